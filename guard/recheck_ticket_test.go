package guard_test

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// telling is a request verifier that tells a test what it is asked.
type telling struct {
	asked chan http.Header
	no    chan struct{} // closed: it refuses
}

func (v telling) Judges() []string { return []string{"Cookie"} }

func (v telling) VerifyRequest(_ context.Context, h http.Header) (*guard.Identity, error) {
	select {
	case v.asked <- h:
	default:
	}
	select {
	case <-v.no:
		return nil, guard.ErrCredentialRefused
	default:
		return &guard.Identity{User: "alice"}, nil
	}
}

// TestTicketCarriesItsCredential: the handshake brings a ticket alone, and yet
// the cookie that minted it is judged again, with its CSRF header.
func TestTicketCarriesItsCredential(t *testing.T) {
	v := telling{make(chan http.Header, 10), make(chan struct{})}
	var kept guard.Ticket
	store := &fakeStore{MemoryStore: guard.NewMemoryStore(), take: func(t guard.Ticket) (guard.Ticket, error) {
		kept = t
		return t, nil
	}}
	w := startGateway(t, ticketsOnly(func(c *guard.Config) {
		c.SignIn = guard.SignIn{Request: v}
		c.Store = store
		c.Routes[0].Session.Recheck = time.Second
	}))
	m := w.minted(t, nil)
	<-v.asked
	c := w.dial(t, withTicket(m))
	again := wait(t, "a question about the session", v.asked)
	if again.Get("Cookie") != aliceLogin || again.Get("X-CSRF-Token") != "1" || len(again) != 2 {
		t.Errorf("asked about %v", again)
	}
	if len(kept.Sealed) == 0 || bytes.Contains(kept.Sealed, []byte(aliceLogin)) {
		t.Errorf("the store sees %q", kept.Sealed)
	}
	close(v.no)
	w.cutBy(t, c, 4001, "session.revoked;r=no")
}

// TestTicketWithoutItsCredential opens nothing that could not be judged again.
func TestTicketWithoutItsCredential(t *testing.T) {
	for name, spoil := range map[string]func([]byte) []byte{
		"lost":    func([]byte) []byte { return nil },
		"changed": func(b []byte) []byte { b[0] ^= 1; return b },
	} {
		t.Run(name, func(t *testing.T) {
			store := &fakeStore{MemoryStore: guard.NewMemoryStore(), take: func(t guard.Ticket) (guard.Ticket, error) {
				t.Sealed = spoil(t.Sealed)
				return t, nil
			}}
			w := startGateway(t, ticketsOnly(func(c *guard.Config) { c.Store = store }))
			w.refuses(t, withTicket(w.minted(t, nil)), ticketInvalid("ticket.sealed"))
		})
	}
}
