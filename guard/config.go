package guard

import (
	"crypto/tls"
	"log/slog"
	"net/netip"
	"time"
)

// Config says what a [Guard] enforces. Its zero value has no route and so
// admits nobody; a zero field takes the safe default that its comment names.
type Config struct {
	// Routes are the endpoints. Every other path is answered with 404.
	Routes []Route
	// Hosts are the names (with or without a port) that a request's Host may
	// carry. Empty means the loopback names and the hosts of all Origins, so
	// that a rebound DNS name never reaches a route.
	Hosts []string
	// TrustedProxies are the addresses whose Forwarded and X-Forwarded-For
	// headers name the client. Empty: the socket's peer is the client.
	TrustedProxies []netip.Prefix
	// SignIn judges the credentials that mint tickets and open connections.
	SignIn SignIn
	// Limits bound what all routes share.
	Limits SharedLimits
	// Store keeps tickets. Nil means a [MemoryStore], which serves one node.
	Store Store
	// Nodes is the number of guards that serve the same clients; 0 means 1.
	// More than one needs a store that they share.
	Nodes int
	// Identity signs who the client is for the backend. Nil sends the
	// Wswarden-User, -Name, -Roles and -Session headers without a signature.
	Identity IdentitySigner
	// BackendTLS configures wss backends. Nil verifies against the system's
	// roots; there is no way to skip verification short of setting it here.
	BackendTLS *tls.Config
	// Audit receives one event for every decision worth keeping. Nil drops them.
	Audit Auditor
	// Tracer follows connections, for distributed tracing. Nil follows none.
	Tracer Tracer
	// Log receives operational messages, never credentials. Nil discards them.
	Log *slog.Logger
}

// SharedLimits bound what all routes of a guard share.
type SharedLimits struct {
	// Connections is the largest number of open connections; 0 means 10000.
	Connections int
	// Handshakes is the rate of handshakes and ticket requests from one
	// address (IPv6 by /64) that pass the Origin check; the zero value means
	// 200 a second with a burst of 400.
	Handshakes Rate
	// Handshake is the longest time from the first byte of a request to the
	// 101 answer; 0 means 10 s.
	Handshake time.Duration
}

// SignIn names who judges primary credentials.
type SignIn struct {
	// Token judges bearer tokens that are JWTs; nil means that none is accepted.
	Token TokenVerifier
	// Introspection asks the issuer about opaque bearer tokens (RFC 7662), and
	// about every bearer token when a session is judged again; nil means that
	// it is not asked.
	Introspection TokenVerifier
	// Request judges a request by its cookies or opaque token, such as
	// forward authentication; nil means that none is accepted.
	Request RequestVerifier
	// CSRFHeader must be present on a ticket request that a cookie
	// authenticates; empty means X-CSRF-Token.
	CSRFHeader string
}

// Mode says what happens to what a rule refuses.
type Mode string

const (
	// Enforce refuses it. The zero value of Mode means Enforce.
	Enforce Mode = "enforce"
	// Monitor records the refusal and lets it pass. Malformed requests,
	// malformed frames and the bounds of memory are enforced all the same.
	Monitor Mode = "monitor"
)

// Route is one WebSocket endpoint.
type Route struct {
	// Path is matched exactly, in one spelling. It starts with "/". A slash at its end
	// is part of it, as in that of Socket.IO: "/socket.io/".
	Path string
	// Backend is the ws:// or wss:// address behind [Guard.Gateway]. It must be
	// empty for [Guard.Handler] and [Guard.Proxy].
	Backend string
	// BackendHost replaces the Host header towards the backend; empty sends the
	// Host that the client asked for.
	BackendHost string
	// Mode is Enforce unless set.
	Mode Mode
	// Origins are the exact origins (scheme, host and port) that may connect.
	Origins []string
	// InsecureAnyOrigin admits every Origin (WS101).
	InsecureAnyOrigin bool
	// AllowNoOrigin admits handshakes without an Origin header: for routes of
	// clients that are not browsers.
	AllowNoOrigin bool
	// Subprotocols are the application protocols that a client may offer. An
	// offer that holds any other is refused; empty means none.
	Subprotocols []string
	// Query names the parameters of the query that the application reads; a
	// handshake with any other is refused, so that no backend takes from the
	// URL who its client is (WS202). Empty means none but that of a ticket. Nil
	// passes what neither by its name nor by its form is a credential.
	Query []string
	// Auth lists the credentials that open a connection; at least one.
	Auth Auth
	// Session bounds the life of a connection.
	Session SessionPolicy
	// Limits bound what a client may use.
	Limits Limits
	// Messages judges what is said. Nil passes every message that the frame rules
	// and the limits pass.
	Messages *MessagePolicy
	// Compression negotiates permessage-deflate with clients, without context
	// takeover. Off by default: it costs memory and mixes secrets with input
	// of strangers (WS705).
	Compression bool
}

// Auth lists what opens a connection, in the order in which it is tried.
type Auth struct {
	// Ticket admits single-use tickets; nil does not. A client that is
	// connected, in whatever way, extends its connection by a fresh ticket of
	// the same user, sent as a text message of one frame,
	// {"type":"wswarden.ticket","ticket":"wst1_…"}. The backend does not see it. The answer is
	// {"type":"wswarden.ticket","result":"renewed","expires_in":SECONDS}, with
	// the result "unavailable" if it can't be judged now. Session.MaxAge
	// counts anew from there. A ticket that is not valid closes with 4003.
	Ticket *TicketPolicy
	// Bearer admits an Authorization header, which browsers can't send.
	Bearer bool
	// Cookie admits the handshake's own cookies, judged by SignIn.Request. It
	// needs an exact list of Origins.
	Cookie bool
	// Anonymous admits clients without any credential.
	Anonymous bool
	// Forward hands the backend the headers of the credential with which a ticket was
	// asked for, where the handshake has none of that name: for backends that judge
	// the handshake themselves. The ticket carries them encrypted under its own
	// value.
	Forward bool
	// ForwardQuery is the parameter of the query in which the backend is given the
	// bearer token that was judged; empty gives none. It is for backends that read
	// a token nowhere else: theirs and every log behind the guard sees it (WS202).
	ForwardQuery string
}

// forwards reports whether a ticket has to carry what it was asked for with.
func (a *Auth) forwards() bool { return a.Forward || a.ForwardQuery != "" }

// Carrier is a place where a handshake can hold a ticket.
type Carrier string

const (
	// CarrierSubprotocol is "wst.<ticket>" in Sec-WebSocket-Protocol.
	CarrierSubprotocol Carrier = "subprotocol"
	// CarrierQuery is the query parameter "ticket".
	CarrierQuery Carrier = "query"
	// CarrierFirstMessage is the first text message,
	// {"type":"wswarden.ticket","ticket":"wst1_…"}.
	CarrierFirstMessage Carrier = "first_message"
)

// Binding says what happens to a ticket that comes from another address.
type Binding string

const (
	// BindEnforce refuses it: IPv4 by address, IPv6 by /64. The zero value of
	// Binding means BindEnforce.
	BindEnforce Binding = "enforce"
	// BindMonitor records it.
	BindMonitor Binding = "monitor"
	// BindOff does not look.
	BindOff Binding = "off"
)

// TicketPolicy says how tickets of a route are minted and redeemed.
type TicketPolicy struct {
	// TTL is the life of a ticket, 5 s to 60 s; 0 means 30 s.
	TTL time.Duration
	// IP binds a ticket to the address that minted it; BindEnforce unless set.
	IP Binding
	// Carriers are the places a ticket may come in; empty means subprotocol.
	Carriers []Carrier
	// Rate bounds the minting by one session and one address; the zero value
	// means 10 a second with a burst of 100.
	Rate Rate
}

// SessionPolicy bounds the life of a connection.
type SessionPolicy struct {
	// MaxAge is the longest life of a connection, from its handshake or the last
	// ticket by which it was extended; 0 means 24 h, least 1 s.
	MaxAge time.Duration
	// Idle is how long a client may send nothing, not even the answer to a
	// ping; 0 means 5 min, least 1 s. A client that only listens stays: the
	// guard pings it in good time.
	Idle time.Duration
	// Recheck is how often the credential of a connection is judged again by
	// whoever judged it, Introspection being asked about every bearer token. A
	// credential that is refused, that belongs to another user or gives other
	// roles ends all connections that it opened. 0 means 60 s where SignIn has
	// an Introspection or a Request verifier, else never; least 1 s.
	Recheck time.Duration
	// Grace is how long connections stay while nobody can judge their
	// credential; 0 means twice Recheck, least 1 s.
	Grace time.Duration
}

// Limits bound what one client may use of a route. Zero means the default.
type Limits struct {
	// ConnectionsPerIP counts by address, IPv6 by /64; default 10.
	ConnectionsPerIP int
	// ConnectionsPerUser counts by identity; default 5.
	ConnectionsPerUser int
	// Connections is the bound of the route; default 10000.
	Connections int
	// MessageBytes is the largest message of a client, after inflating;
	// default 64 KiB.
	MessageBytes int64
	// ServerMessageBytes is the largest message of the backend; default 16 MiB.
	ServerMessageBytes int64
	// Messages is the rate of one connection; default 60 a minute.
	Messages Rate
	// UserMessages is the rate of one user over all connections; default 300
	// a minute.
	UserMessages Rate
	// ControlFrames is the rate of pings, pongs and closes of one connection;
	// default 60 a minute.
	ControlFrames Rate
	// Fragments is the largest number of frames of a message; default 64.
	Fragments int
	// SendQueue is how many bytes wait for a slow reader; default 256 KiB.
	// While it is full the guard stops reading from the other side. Who leaves
	// it full and takes less than that within SendTimeout is given up: a
	// client with 4040, a backend with 1014 to its client.
	SendQueue int
	// SendTimeout is the patience with a slow reader; default 10 s.
	SendTimeout time.Duration
	// Message is the longest time from the first byte of a message to its
	// last; default 30 s.
	Message time.Duration
}

// Rate is Count events in Per, of which Burst may come at once. A zero Burst
// means Count.
type Rate struct {
	Count int
	Per   time.Duration
	Burst int
}

// IdentitySigner states to a backend who the client is.
type IdentitySigner interface {
	// SignIdentity returns a short-lived token over who and audience, the
	// backend's origin. It is called once a handshake.
	SignIdentity(who Identity, audience string, now time.Time) (string, error)
}
