// Package model is what review knows of a program once its language no longer
// matters: the endpoints, what happens on them and under which checks, and
// where data goes. It is the narrow waist between the analysis, which fills it
// in, and the rules, which read nothing else.
//
// It holds facts, not verdicts: that an order is executed with a user id from
// the message and without a role check is in the model; that this is a weakness
// is for a rule to say.
package model

import "github.com/wswarden/wswarden/report"

// A Program is everything that was found in the files of one run.
type Program struct {
	Endpoints    []*Endpoint
	Events       []*Event // in the order of their places; those of an endpoint are in its Events too
	Dependencies []Dependency
}

// A Place is a place in source text.
type Place struct {
	report.Span
	// Func names the function around it, such as "Hub.broadcast", or is empty
	// at the top level.
	Func string
}

// An Endpoint is a place where the program accepts WebSocket connections, or
// opens one.
type Endpoint struct {
	Place
	ID        string
	Framework string
	Language  string // "javascript", "python", "go"
	Role      report.Role
	Route     string
	// ThrowEnds says what an exception in a handler ends: "process",
	// "connection", "nothing", or empty where it isn't known.
	ThrowEnds string
	// Library says that the code is a library's or framework's own, whose
	// users decide: a wrapper that passes its options on.
	Library bool

	Origin  Origin
	Ambient Ambient
	Limits  Limits
	// Facts are the checks that were seen on the endpoint's handlers, by kind,
	// whatever they dominate. Of two at one place one is kept.
	Facts    []*Fact
	Events   []*Event
	Messages []*Message
	// Reads are the fields of messages that the handlers look at, in the order of
	// their places: all of them, whether or not their data goes anywhere.
	Reads []*Read
	// TypeField is the field that tells the types of messages apart, dotted where it
	// is nested; empty where none was seen. Dialect is the framework's own way to
	// say it, where it has one, and DefaultPath the path that it serves unless told
	// otherwise.
	TypeField, Dialect, DefaultPath string
	URL                             *Value // a client's address
	// Untyped says that messages without a type are handled; nil where no case for
	// them was seen.
	Untyped *Untyped
	// Partial says that the place where connections are accepted isn't in view:
	// what is missing there can't be told.
	Partial bool
	// Hidden says that handlers of the endpoint are not in view: calls that
	// take the socket could not be resolved.
	Hidden bool
	// Unfinished says that the analysis reached a bound where messages are
	// handled: there may be types of them that aren't in Messages.
	Unfinished bool
	// HiddenAuth says that an unresolved call or middleware of a telling name
	// may authenticate; it is the name.
	HiddenAuth string
	// HiddenHandshake says that code decides on the handshake that is not in
	// view.
	HiddenHandshake bool
	// LosesEarly says that messages which arrive before the program has attached
	// its listener are lost.
	LosesEarly bool
	// Upgrades says that connection handlers start before the upgrade, and
	// complete it themselves: what they close before that is a refused handshake.
	Upgrades bool
	// Handshake says that code of the program runs in the handshake and can
	// refuse it: verifyClient, an upgrade listener, a check before accept.
	Handshake bool
}

// Origin is what decides on the Origin header of an endpoint.
type Origin struct {
	// Policy is what holds where nothing in the code is said.
	Default OriginPolicy
	// Replaced is the framework's own check where the program has put another in
	// its place; Default is OriginNone then.
	Replaced OriginPolicy
	// Off is the place that switches the check off, such as a CheckOrigin that
	// returns true; nil without.
	Off *Place
	// OffHow says in words how, such as "CheckOrigin always returns true".
	OffHow string
	// Configurable says that a setting which is not in view decides, and that
	// it is open where the setting is empty (OpenByDefault) or not.
	Configurable, OpenByDefault bool
	Checks                      []OriginCheck
	// Escapes are ways around the checks: a mode, flag or route for which they
	// don't run.
	Escapes []Place
}

// An OriginPolicy is a framework's own check.
type OriginPolicy uint8

// The policies, weakest first.
const (
	OriginNone     OriginPolicy = iota // any origin is let in
	OriginPresent                      // the header must be there, and is not compared
	OriginSameHost                     // host and port must be those of the request; a missing header passes
	OriginStrict                       // as OriginSameHost, and a missing header is refused
)

// An OriginCheck is one place that compares the Origin header.
type OriginCheck struct {
	Place
	// How says what it compares: "set", "equality", "substring", "prefix",
	// "suffix", "regexp", "host", "port", "call".
	How string
	// Bypass is a foreign origin that passes; empty where none of those tried
	// does. Allowed is an origin that it is meant to admit, as far as known.
	Bypass, Allowed string
	// Optional says that a request without the header passes; Null that "null"
	// does.
	Optional, Null bool
	// Proven says that the predicate was evaluated; otherwise Bypass is empty
	// and the form alone speaks.
	Proven bool
	// Late says that it runs after the upgrade was accepted.
	Late bool
	// Toothless says that its outcome refuses nothing.
	Toothless bool
	// Reach says who can have the origin of Bypass: "foreign" anybody, "sibling"
	// who controls another name below the same domain, "prefix" who has a domain
	// that the allowed one begins with, "private" a machine in the local network,
	// "extension" any browser extension, "scheme" who can write to the network,
	// "port" another server of the same host.
	Reach string
	// Likely says that Bypass passes all comparisons in view, and that a call
	// which isn't has a say too.
	Likely bool
	// Conditional says that Bypass passes under some conditions alone that have
	// nothing to do with the origin.
	Conditional bool
	// Configured says that the other side of the comparison is configuration:
	// Allowed, and what Bypass was made of, stand for it.
	Configured bool
	// Rebinds says that an origin passes because it is that of the Host header.
	Rebinds bool
}

// Ambient is what authenticates a browser without its page's doing: what makes
// a hijacked connection worth something.
type Ambient struct {
	Cookie    *Place // a cookie or session is read at the handshake or on the connection
	SameSite  *Place // cookies are kept from pages of other sites
	Token     *Place // a ticket or bearer token is demanded, which a foreign page doesn't have
	Loopback  *Place // it listens on loopback only
	AllHosts  *Place // it listens on all addresses, or an address that is none of loopback
	HostCheck *Place // the Host header is compared
}

// Limits are the bounds of an endpoint's resources.
type Limits struct {
	MessageSize Limit // Bytes
	Compression Limit // On says whether it is negotiated
	Idle        Limit // heartbeat, read deadline, idle timeout
	Lifetime    Limit // maximum age
	SendQueue   Limit
}

// A Limit is one bound.
type Limit struct {
	State report.State
	Bytes int64 // of MessageSize: 0 where it isn't known, -1 for none at all
	On    bool
	Text  string // for people: "100 MiB, the default of ws"
	Place *Place // where it is set
}

// A Message is one kind of message of an endpoint.
type Message struct {
	Place
	Name      string
	Direction report.Direction
	Fields    []report.MessageField
}

// An Untyped is the case for messages that name no type.
type Untyped struct {
	Place
	As string // the type that they are handled as; empty where it is none that has a name
}

// A Read is a field that a handler takes out of a message, or a check of one.
type Read struct {
	Place
	// Messages are the types whose branch is in force; empty where that is not
	// known, and the field may be one of every type.
	Messages []string
	// Except are, where Messages is empty, the types that it can't be.
	Except []string
	// Field is the path as it is on the wire: of a struct in Go that of the tags.
	Field string
	// Type is what a check, a schema or the use pins it to, as in Flow; empty where
	// nothing does.
	Type string
	// Called says that it is a method of its parent that is called: name.trim().
	Called bool
	// Checked says that a condition or an operator says something of it, as opposed
	// to the place that takes it out.
	Checked bool
	// Opaque says that all of Field is taken into something whose members are not in
	// view: it may have any.
	Opaque bool
	// Declared says that a schema or a struct names it, whether or not it is read.
	Declared bool
}

// A Dependency is a library version that a lock file pins.
type Dependency struct {
	report.Span
	Ecosystem     string // "npm", "PyPI", "Go"
	Name, Version string
	// Dev says that only development needs it; Indirect that the lock file lists
	// it for another library's sake, and that it need not be part of the program.
	// Where a lock file doesn't tell, both are false.
	Dev, Indirect bool
}
