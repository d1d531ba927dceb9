package guard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/netip"
	"time"
)

// Store keeps the state that outlives a request: tickets and revocations, and
// what several guards count together. It is safe for concurrent use. Any error
// other than those named here means that the store could not answer: the guard
// refuses tickets with 503, and counts alone.
type Store interface {
	RevocationStore
	CounterStore
	// PutTicket keeps t under hash at least until t.Expires and, where it can,
	// a while longer so that a late ticket can be told from an unknown one. It
	// burns the oldest tickets of t.Owner beyond outstanding and returns how
	// many.
	PutTicket(ctx context.Context, hash TicketHash, t Ticket, outstanding int) (burned int, err error)
	// TakeTicket removes and returns the ticket in one atomic step: of any
	// number of callers at once, one gets it. It returns [ErrTicketUsed] for a
	// ticket that was taken before, as far as it remembers, else
	// [ErrTicketUnknown].
	TakeTicket(ctx context.Context, hash TicketHash) (Ticket, error)
	// Ping reports whether the store can answer.
	Ping(ctx context.Context) error
	// Shared reports whether several guards can use it at once.
	Shared() bool
	// Close ends what the store runs.
	Close() error
}

var (
	// ErrTicketUnknown says that no ticket has this hash.
	ErrTicketUnknown = errors.New("ticket unknown")
	// ErrTicketUsed says that the ticket was presented before: an alarm.
	ErrTicketUsed = errors.New("ticket used")
)

// TicketHash is the SHA-256 of a ticket's value, the only form that is stored.
type TicketHash [sha256.Size]byte

// Short returns the first 8 hex digits, which logs carry.
func (h TicketHash) Short() string { return hex.EncodeToString(h[:4]) }

// Ticket is what the holder of a ticket's value may become.
type Ticket struct {
	// Identity is who minted it.
	Identity Identity
	// Origin, Route and Address bind it. Origin is empty where the route
	// admitted a request without one.
	Origin  string
	Route   string
	Address netip.Prefix
	// Issued and Expires bound its life.
	Issued, Expires time.Time
	// Judged maps the canonical names of the headers that minted the ticket to
	// the SHA-256 of their values. The same headers may travel to the backend.
	Judged map[string][sha256.Size]byte
	// Sealed is the credential that minted it, encrypted under a key that only
	// the ticket's value gives: the store can't read it, the guard that redeems
	// can judge it again. Empty where no verifier judges again.
	Sealed []byte
}

// Owner is whose tickets count together: the session, else the user.
func (t *Ticket) Owner() string {
	if t.Identity.Session != "" {
		return "s:" + t.Identity.Session
	}
	return "u:" + t.Identity.User
}
