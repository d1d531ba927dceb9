package probe

import "time"

// Promises are what a configuration of guard promises of one route. They are
// plain values, so that this package needs to know nothing of configurations.
type Promises struct {
	// Source names the configuration, Path is that of the route.
	Source, Path string
	// TicketPath is where tickets are minted.
	TicketPath string
	// CSRFHeader must be there where a cookie mints a ticket.
	CSRFHeader string
	// Monitor says that nothing is refused but recorded: there is nothing to test.
	Monitor bool
	// Origins are those that may connect; AnyOrigin lets all, NoOrigin those without
	// the header.
	Origins             []string
	AnyOrigin, NoOrigin bool
	Subprotocols        []string
	Compression         bool
	// What opens a connection.
	Ticket                    *TicketPromise
	Bearer, Cookie, Anonymous bool
	// MaxAge and Idle end connections, Recheck is how often a session is judged
	// again; zero: never.
	MaxAge, Idle, Recheck time.Duration
	// What a client may use.
	PerAddress, PerUser                   int
	MessageBytes                          int64
	Fragments                             int
	Messages, UserMessages, ControlFrames Rate
	// Rules are those of messages; nil: what is said is not looked at.
	Rules *MessagePromises
}

// TicketPromise is what is promised of tickets.
type TicketPromise struct {
	TTL time.Duration
	// BoundToAddress says that a ticket of another address is refused.
	BoundToAddress bool
	// InProtocol, InQuery and InMessage are where it may come in.
	InProtocol, InQuery, InMessage bool
}

// Rate is Count events in Per, of which Burst may come at once; 0 means Count.
// The zero Rate is no limit.
type Rate struct {
	Count int
	Per   time.Duration
	Burst int
}

// burst is how many events may come at once.
func (r Rate) burst() int {
	if r.Burst > 0 {
		return r.Burst
	}
	return r.Count
}

// MessagePromises are the rules of messages.
type MessagePromises struct {
	Dialect, TypeField string
	// UnknownPasses says that types without a rule pass.
	UnknownPasses bool
	// PrototypeKeys says that __proto__ passes.
	PrototypeKeys bool
	// Strikes is how many refusals end a connection; 0: none do.
	Strikes int
	// Depth is how deep a message may be nested.
	Depth int
	// Secret are members that never reach a client.
	Secret         []string
	Client, Server []MessagePromise
}

// MessagePromise is the rule of one type.
type MessagePromise struct {
	Type string
	// Schema is a JSON Schema of the payload, nil if there is none.
	Schema []byte
	// Drop says that members that the schema does not name are removed.
	Drop bool
	// Set are the paths whose values the guard overwrites, Clean what becomes of
	// markup below a path: escape, strip or reject.
	Set   []string
	Clean map[string]string
	// Limit is the rate of the type.
	Limit Rate
	Fresh bool
	// Monitor says that the rule refuses nothing.
	Monitor bool
	// Allow is the source of the condition, and Allows evaluates it over a payload.
	// It is nil where there is none.
	Allow  string
	Allows func(payload []byte, who Claims) (bool, error)
	// Redact are members that are removed.
	Redact []string
}

// Claims are who somebody is to a condition.
type Claims struct {
	User, Name, Session string
	Roles               []string
}
