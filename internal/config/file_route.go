package config

import "time"

type fileRoute struct {
	// Path of the endpoint. It is matched exactly, in one spelling. Clients ask
	// for tickets at path/ticket. A slash at its end is part of it, as in that of
	// Socket.IO: /socket.io/, whose tickets are at /socket.io/ticket.
	Path string `yaml:"path"`
	// Address of the backend, ws or wss.
	Backend string `yaml:"backend" weakness:"WS106"`
	// Host header towards the backend.
	BackendHost string `yaml:"backend_host" empty:"the Host that the client asked for"`
	// File with the certificates, PEM, that vouch for a wss backend. All wss
	// routes must name the same file in this version.
	BackendCA string `yaml:"backend_ca" empty:"the roots of the system" weakness:"WS107"`
	// enforce refuses what the rules refuse. monitor records it and lets it
	// pass, for trying a configuration on live traffic.
	Mode string `yaml:"mode" one:"enforce monitor"`
	// Exact origins (scheme, host and port) of the pages that may connect.
	Origins []string `yaml:"origins" empty:"none" weakness:"WS101 WS102"`
	// Admits every page on the web. It is refused together with cookie and with
	// origins.
	InsecureAnyOrigin bool `yaml:"insecure_any_origin" weakness:"WS101"`
	// Admits handshakes without an Origin header, for routes of clients that
	// are not browsers. It is refused together with cookie.
	AllowNoOrigin bool `yaml:"allow_no_origin" weakness:"WS103"`
	// Sub-protocols that the application speaks. An offer with any other is
	// refused.
	Subprotocols []string `yaml:"subprotocols" empty:"none" weakness:"WS108"`
	// Parameters of the query that the application reads. A handshake with any
	// other is refused, so that no backend takes from the URL who its client is:
	// write [] where it reads none. A ticket has its own parameter. Without this list
	// everything passes that neither by its name nor by its form is a credential.
	Query []string `yaml:"query" empty:"all but credentials" weakness:"WS202"`
	// Negotiates permessage-deflate with clients, without context takeover. It
	// costs memory and mixes secrets with the input of strangers.
	Compression bool `yaml:"compression" weakness:"WS705"`
	// What opens a connection, in this order; at least one.
	Auth fileAuth `yaml:"auth" weakness:"WS201"`
	// The life of a connection.
	Session fileSession `yaml:"session"`
	// What a client may use. A limit can't be switched off.
	Limits fileLimits `yaml:"limits"`
	// Language that the two ends speak; docs/dialects.md describes each. It counts with
	// messages alone.
	Dialect string `yaml:"dialect" one:"json jsonrpc socketio graphql-transport-ws stomp signalr phoenix actioncable raw" default:"json"`
	// Rules by message type. Without this section messages pass without a look at
	// what they say; with it, a message of a type without a rule is refused.
	Messages *fileMessages `yaml:"messages" empty:"none" weakness:"WS302"`
	// File to write a proposed messages section to, from the messages that are
	// seen: their types, fields and sizes, never values. It is written every
	// minute, at SIGHUP and at the end. Without messages it needs mode: monitor,
	// and everything passes; messages: {type: …} names the field with the type
	// where that is not type.
	Learn string `yaml:"learn" empty:"none"`
}

type fileAuth struct {
	// Single-use tickets. true stands for the section with its defaults. A client
	// that is connected extends its connection by a fresh ticket of the same user, in
	// the text message {"type":"wswarden.ticket","ticket":"wst1_…"}; the answer is
	// {"type":"wswarden.ticket","result":"renewed","expires_in":SECONDS}. The backend
	// sees neither.
	Ticket *fileTicket `yaml:"ticket" bool:"true" empty:"false" weakness:"WS204"`
	// Authorization header, which browsers can't send. It needs sign_in.jwt or
	// sign_in.introspection, or sign_in.forward_auth with Authorization among
	// its headers.
	Bearer bool `yaml:"bearer"`
	// The handshake's own cookies, judged by sign_in.forward_auth: for
	// applications whose clients can't be changed yet.
	Cookie bool `yaml:"cookie" weakness:"WS101"`
	// Admits clients without any credential.
	Anonymous bool `yaml:"anonymous" weakness:"WS201"`
	// Hands the backend the headers of the credential with which a ticket was asked
	// for, such as Authorization, where the handshake has none of that name: for
	// backends that judge the handshake themselves. A ticket carries them encrypted
	// under its own value.
	Forward bool `yaml:"forward"`
	// Parameter of the query in which the backend is given the bearer token that was
	// judged, for backends that read a token nowhere else. Logs behind the guard see
	// it. It needs query, without this name.
	ForwardQuery string `yaml:"forward_query" empty:"none" weakness:"WS202"`
}

type fileTicket struct {
	// Life of a ticket.
	TTL time.Duration `yaml:"ttl" min:"5s" max:"60s" why:"a ticket that lives longer is a credential to steal, a shorter one can't be used in time" weakness:"WS204"`
	// What happens to a ticket that comes from another address than it was
	// given to (IPv6 by /64): enforce refuses it, monitor records it, off does
	// not look.
	IP string `yaml:"ip" one:"enforce monitor off" weakness:"WS204"`
	// Where a ticket may come in. query puts it into the URL; first_message
	// opens the socket before the client is known.
	Carriers []string `yaml:"carriers" one:"subprotocol query first_message" weakness:"WS202 WS203"`
	// Rate at which one session and one address get tickets.
	Rate rate `yaml:"rate"`
}

type fileSession struct {
	// Longest life of a connection, from its handshake or the last ticket by which
	// it was extended.
	MaxAge time.Duration `yaml:"max_age" min:"1s" weakness:"WS209"`
	// How long a client may send nothing, not even the answer to a ping. The
	// guard pings in good time.
	Idle time.Duration `yaml:"idle" min:"1s" weakness:"WS704"`
	// How often the credential of a connection is judged again, whether or not
	// messages come. One question serves all connections of a credential. By
	// default 60s where sign_in has introspection or forward_auth. A bearer token is
	// judged by introspection, where there is one, else as it was at first.
	Recheck time.Duration `yaml:"recheck" min:"1s" empty:"never" weakness:"WS205"`
	// How long connections stay while nobody can judge their credential. By
	// default twice recheck.
	Grace time.Duration `yaml:"grace" min:"1s" empty:"none" weakness:"WS211"`
}

type fileLimits struct {
	// Connections from one address (IPv6 by /64).
	ConnectionsPerIP int `yaml:"connections_per_ip" min:"1" weakness:"WS703"`
	// Connections of one user.
	ConnectionsPerUser int `yaml:"connections_per_user" min:"1" weakness:"WS703"`
	// Connections of the route.
	Connections int `yaml:"connections" min:"1" weakness:"WS703"`
	// Largest message of a client, also after inflating.
	MessageBytes byteSize `yaml:"message_bytes" min:"1" weakness:"WS701 WS705"`
	// Largest message of the backend.
	ServerMessageBytes byteSize `yaml:"server_message_bytes" min:"1" weakness:"WS701"`
	// Rate of messages of one connection.
	Messages rate `yaml:"messages" weakness:"WS702"`
	// Rate of messages of one user over all connections.
	UserMessages rate `yaml:"user_messages" weakness:"WS702"`
	// Rate of pings, pongs and closes of one connection.
	ControlFrames rate `yaml:"control_frames" weakness:"WS707"`
	// Largest number of frames of one message.
	Fragments int `yaml:"fragments" min:"1" weakness:"WS708"`
	// Bytes that wait for a slow reader. While it is full the other side is not
	// read. A reader that leaves it full, and takes less than that within
	// send_timeout, is given up.
	SendQueue byteSize `yaml:"send_queue" min:"1" weakness:"WS706"`
	// Patience with a slow reader.
	SendTimeout time.Duration `yaml:"send_timeout" min:"1ms" weakness:"WS706"`
	// Longest time from the first byte of a message to its last.
	MessageTimeout time.Duration `yaml:"message_timeout" min:"1ms" weakness:"WS708"`
}
