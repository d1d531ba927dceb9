package guard

import "time"

// Auditor keeps decisions. Record is called from many goroutines and should
// not block for long: it runs in the path of the request that it records.
type Auditor interface {
	Record(Event)
}

// Outcome is what became of a decision.
type Outcome string

const (
	// Allowed says that a check admitted it.
	Allowed Outcome = "allowed"
	// Denied says that it was refused.
	Denied Outcome = "denied"
	// Monitored says that it would have been refused but for [Monitor].
	Monitored Outcome = "monitored"
)

// Event is one line of the audit log. It holds no payload and no credential.
type Event struct {
	// Time and ID identify it; the ID is what a peer reads in a close reason
	// or a problem document.
	Time time.Time
	ID   string
	// Action is what was judged: handshake, ticket.mint, ticket.redeem, ticket.renew,
	// message, session, connection; revocation, logout and security-event for
	// orders to end sign-ins.
	Action string
	// Outcome is what became of it.
	Outcome Outcome
	// Weakness, Rule and Detail come from the [Denial]; empty when allowed.
	Weakness, Rule, Detail string
	// Message is the type of message that was judged, as the configuration names
	// it: "other" where it has no rule for it.
	Message string
	// Route is the path of the route; Listener names it where there is none.
	Route string
	// Client is the address of the client.
	Client string
	// Origin is the Origin header, quoted input.
	Origin string
	// User, Session and Connection are known after sign-in and handshake.
	User, Session, Connection string
	// Ticket is the first 8 hex digits of a ticket's hash.
	Ticket string
	// Status and Close are the answers given.
	Status int
	Close  CloseCode
	// Duration is the age of a connection at its end.
	Duration time.Duration
}
