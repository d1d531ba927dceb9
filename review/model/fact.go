package model

// A Fact is something that a condition checks. It is in force behind an if
// whose other branch leaves, inside the branch, and behind a call that throws.
type Fact struct {
	Place
	Kind FactKind
	// Holds says that the positive form is true where the fact is in force:
	// is equal, is a member, is valid, is below the limit.
	Holds bool
	// Text is the condition as written, shortened.
	Text string
	// Flows are the data it judges, Type what it pins them to, as in Flow.
	Flows []*Flow
	Type  string
	// Types are, of a SchemaFact, the types to which it pins fields, by their path
	// below the data, as far as the schema is in view.
	Types map[string]string
	// Alternative says that another check may have held in its place: a || b.
	Alternative bool
	// Guessed says that only a name tells what it is: an unresolved call such
	// as requireAdmin(ws).
	Guessed bool
	Phase   Phase
}

// A FactKind is what a Fact is about.
type FactKind string

// The kinds of facts.
const (
	IdentityFact   FactKind = "identity"   // somebody is signed in
	RoleFact       FactKind = "role"       // a role, permission or capability
	OwnerFact      FactKind = "owner"      // an object's owner, or a field of the message, is the connection's identity
	MemberFact     FactKind = "member"     // the connection, or its identity, belongs to a room
	OriginFact     FactKind = "origin"     // the Origin header
	HostFact       FactKind = "host"       // the Host header
	SchemaFact     FactKind = "schema"     // a whole message's shape
	TypeFact       FactKind = "type"       // one value's type, format, range or presence
	AllowFact      FactKind = "allow"      // one value is an element of a fixed list, or an own key
	RateFact       FactKind = "rate"       // a counter, bucket or clock
	CountFact      FactKind = "count"      // connections of a client
	SizeFact       FactKind = "size"       // a length
	CapacityFact   FactKind = "capacity"   // how many rooms, topics or subscriptions there are already
	SessionFact    FactKind = "session"    // the session is still valid
	SignatureFact  FactKind = "signature"  // a token's signature
	TicketFact     FactKind = "ticket"     // a single-use credential
	OpenFact       FactKind = "open"       // a socket is open: readyState
	BackoffFact    FactKind = "backoff"    // attempts of a client are counted or spread
	AddressFact    FactKind = "address"    // the peer's network address
	BufferFact     FactKind = "buffer"     // what is waiting to be sent
	SchemeFact     FactKind = "scheme"     // a URL's scheme or host
	FreshFact      FactKind = "fresh"      // identity or permissions were read anew
	SubprotoFact   FactKind = "subproto"   // offered sub-protocols
	UnresolvedFact FactKind = "unresolved" // a call in a condition that is not in view
)

// Has reports whether a check of one of the kinds was seen on the endpoint.
func (e *Endpoint) Has(kinds ...FactKind) bool { return e.Fact(kinds...) != nil }

// Fact returns the first check of one of the kinds seen on the endpoint, or
// nil.
func (e *Endpoint) Fact(kinds ...FactKind) *Fact {
	for _, f := range e.Facts {
		for _, k := range kinds {
			if f.Kind == k {
				return f
			}
		}
	}
	return nil
}

// Of returns the endpoint's events of one of the kinds.
func (e *Endpoint) Of(kinds ...EventKind) []*Event {
	var out []*Event
	for _, ev := range e.Events {
		for _, k := range kinds {
			if ev.Kind == k {
				out = append(out, ev)
				break
			}
		}
	}
	return out
}
