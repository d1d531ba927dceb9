package guard_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// people are signed in by tokens of their names, an hour ago.
func people(names ...string) guardtest.Tokens {
	tokens := guardtest.Tokens{}
	for _, n := range names {
		user, _, _ := strings.Cut(n, "/")
		tokens[n] = guard.Identity{User: user, Session: "session of " + n, Token: "token of " + n, Authenticated: time.Now().Add(-time.Hour)}
	}
	return tokens
}

func as(token string) wireclient.Handshake {
	return wireclient.Handshake{Origin: appOrigin, Bearer: token}
}

// startPeople runs a gateway for the people named.
func startPeople(t *testing.T, edit func(*guard.Config), names ...string) *gateway {
	t.Helper()
	return startGateway(t, all(generous, func(c *guard.Config) {
		c.SignIn.Token = people(names...)
		if edit != nil {
			edit(c)
		}
	}))
}

func TestRevoke(t *testing.T) {
	names := []string{"alice/laptop", "alice/phone", "bob"}
	for _, c := range []struct {
		name   string
		r      guard.Revocation
		closed map[string]bool
	}{
		{"user", guard.Revocation{User: "alice"}, map[string]bool{"alice/laptop": true, "alice/phone": true}},
		{"session", guard.Revocation{Session: "session of alice/phone"}, map[string]bool{"alice/phone": true}},
		{"token", guard.Revocation{Token: "token of bob"}, map[string]bool{"bob": true}},
		{"all", guard.Revocation{All: true}, map[string]bool{"alice/laptop": true, "alice/phone": true, "bob": true}},
		{"nobody here", guard.Revocation{User: "carol"}, nil},
		{"a session named like a user", guard.Revocation{Session: "alice"}, nil},
		{"a user ordered before the sign-in", guard.Revocation{User: "alice", At: time.Now().Add(-2 * time.Hour)}, nil},
		{"everybody ordered before the sign-in", guard.Revocation{All: true, At: time.Now().Add(-2 * time.Hour)}, nil},
		{"a session ordered before the sign-in", guard.Revocation{Session: "session of bob", At: time.Now().Add(-2 * time.Hour)}, map[string]bool{"bob": true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startPeople(t, nil, names...)
			conns := map[string][]*wireclient.Conn{}
			for _, n := range names {
				for range 2 {
					k := w.dial(t, as(n))
					echoes(t, k)
					conns[n] = append(conns[n], k)
				}
			}
			if err := w.Revoke(t.Context(), c.r); err != nil {
				t.Fatal(err)
			}
			for n, ks := range conns {
				for _, k := range ks {
					if c.closed[n] {
						w.cutBy(t, k, 4001, "session.revoked;r=no")
					} else {
						echoes(t, k)
					}
				}
				if got, res := w.try(t, as(n)); (got == nil) != c.closed[n] {
					t.Errorf("%s comes back with status %d", n, res.StatusCode)
				}
			}
		})
	}
}

// TestRevokeAnonymous: nobody who never signed in is kept out, but everybody
// is closed.
func TestRevokeAnonymous(t *testing.T) {
	w := startGateway(t, generous)
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	echoes(t, c)
	if err := w.Revoke(t.Context(), guard.Revocation{All: true}); err != nil {
		t.Fatal(err)
	}
	w.cutBy(t, c, 4001, "session.revoked;r=no")
	echoes(t, w.dial(t, wireclient.Handshake{Origin: appOrigin}))
}

func TestRevokeNeedsOneName(t *testing.T) {
	w := startGateway(t, nil)
	for _, r := range []guard.Revocation{
		{},
		{User: "a", Session: "b"},
		{User: "a", All: true},
		{User: strings.Repeat("x", 257)},
		{Session: "a\nb"},
		{Token: "\xff"},
	} {
		if err := w.Revoke(t.Context(), r); !errors.Is(err, guard.ErrRevocation) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

// TestLaterSignIn: a revoked user is welcome with a sign-in that is newer.
func TestLaterSignIn(t *testing.T) {
	tokens := people("alice")
	w := startGateway(t, all(generous, func(c *guard.Config) { c.SignIn.Token = tokens }))
	if err := w.Revoke(t.Context(), guard.Revocation{User: "alice"}); err != nil {
		t.Fatal(err)
	}
	w.refuses(t, as("alice"), denial{401, "session_revoked", "session.revoked", "WS206"})
	fresh := tokens["alice"]
	fresh.Authenticated = time.Now()
	tokens["later"] = fresh
	echoes(t, w.dial(t, as("later")))
	unknown := tokens["alice"]
	unknown.Authenticated, unknown.Session, unknown.Token = time.Time{}, "s9", "t9"
	tokens["unknown"] = unknown
	w.refuses(t, as("unknown"), denial{401, "session_revoked", "session.revoked", "WS206"})
}

// TestRevokedTickets: nobody mints or redeems after a revocation.
func TestRevokedTickets(t *testing.T) {
	for _, mode := range []guard.Mode{guard.Enforce, guard.Monitor} {
		t.Run(string(mode), func(t *testing.T) {
			w := startPeople(t, all(ticketsOnly(nil), func(c *guard.Config) { c.Routes[0].Mode = mode }), "alice")
			m := w.minted(t, byBearer("alice"))
			if err := w.Revoke(t.Context(), guard.Revocation{User: "alice"}); err != nil {
				t.Fatal(err)
			}
			w.refuses(t, withTicket(m), ticketInvalid("ticket.revoked"))
			if res := w.mint(t, byBearer("alice")); res.StatusCode != http.StatusUnauthorized {
				t.Errorf("minted with status %d", res.StatusCode)
			}
		})
	}
}

// gapStore lets a test act while a guard looks at the markers.
type gapStore struct {
	*guard.MemoryStore
	looks  atomic.Int32
	before func(look int32) // nil: nothing
	after  func(look int32)
	fail   func(look int32) error
}

func (s *gapStore) Revoked(ctx context.Context, u ...guard.Subject) ([]guard.Revocation, error) {
	n := s.looks.Add(1)
	if s.before != nil {
		s.before(n)
	}
	if s.fail != nil {
		if err := s.fail(n); err != nil {
			return nil, err
		}
	}
	found, err := s.MemoryStore.Revoked(ctx, u...)
	if s.after != nil {
		s.after(n)
	}
	return found, err
}

// TestRevocationInTheGap: wherever in a handshake a revocation falls, the
// connection ends and nothing of it reaches the backend. Looking at the
// markers before the connection is in the index fails "after look 2", not
// looking again "after look 1" and "before look 2".
func TestRevocationInTheGap(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after int32
	}{{"before look 1", 1, 0}, {"after look 1", 0, 1}, {"before look 2", 2, 0}, {"after look 2", 0, 2}} {
		t.Run(c.name, func(t *testing.T) {
			store := &gapStore{MemoryStore: guard.NewMemoryStore()}
			w := startPeople(t, func(c *guard.Config) { c.Store = store }, "alice")
			revoke := func(at int32) func(int32) {
				return func(look int32) {
					if look == at {
						if err := w.Revoke(context.Background(), guard.Revocation{User: "alice"}); err != nil {
							t.Error(err)
						}
					}
				}
			}
			store.before, store.after = revoke(c.before), revoke(c.after)
			k, res := w.try(t, as("alice"))
			if k == nil {
				if res.StatusCode != http.StatusUnauthorized || c.before != 1 {
					t.Errorf("refused with %d", res.StatusCode)
				}
				return
			}
			k.SendText("let me in")
			w.cutBy(t, k, 4001, "session.revoked;r=no")
			w.Close()
			for _, r := range w.Stats().Routes {
				for _, m := range r.Messages {
					if m.From == "client" && m.Decision == guard.Allowed && m.Messages > 0 {
						t.Errorf("%d messages passed", m.Messages)
					}
				}
			}
		})
	}
}

// TestMarkersUnreadable: while the store can't say who was revoked nobody gets
// in.
func TestMarkersUnreadable(t *testing.T) {
	for look := range int32(2) {
		t.Run(fmt.Sprint("look ", look+1), func(t *testing.T) {
			store := &gapStore{MemoryStore: guard.NewMemoryStore(), fail: func(n int32) error {
				if n == look+1 {
					return errDown
				}
				return nil
			}}
			w := startPeople(t, func(c *guard.Config) { c.Store = store }, "alice")
			if k, res := w.try(t, as("alice")); k != nil {
				w.cutBy(t, k, 1013, "unavailable;r=wait")
			} else if res.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("status %d", res.StatusCode)
			}
			echoes(t, w.dial(t, as("alice")))
		})
	}
}

// TestRevokeOverTwoGuards: what one guard is told, all hear.
func TestRevokeOverTwoGuards(t *testing.T) {
	store := guard.NewMemoryStore()
	shared := func(c *guard.Config) { c.Store = store }
	one, two := startPeople(t, shared, "alice", "bob"), startPeople(t, shared, "alice", "bob")
	alice, bob := two.dial(t, as("alice")), two.dial(t, as("bob"))
	echoes(t, alice)
	echoes(t, bob)
	if err := one.Revoke(t.Context(), guard.Revocation{User: "alice"}); err != nil {
		t.Fatal(err)
	}
	two.cutBy(t, alice, 4001, "session.revoked;r=no")
	echoes(t, bob)
	two.refuses(t, as("alice"), denial{401, "session_revoked", "session.revoked", "WS206"})
	if s := two.Stats(); s.RevocationLatency.Count != 1 || len(s.Revocations) != 0 {
		t.Errorf("counted %+v and %v", s.RevocationLatency, s.Revocations)
	}
	if s := one.Stats(); s.Revocations["user"] != 1 {
		t.Errorf("counted %v", s.Revocations)
	}
}

// deafStore is a store whose subscription the test interrupts.
type deafStore struct {
	*guard.MemoryStore
	missed chan func() // of each Watch
	fails  atomic.Int32
}

func (s *deafStore) Watch(ctx context.Context, w guard.RevocationWatch) error {
	s.missed <- w.Missed
	<-ctx.Done()
	return nil
}

func (s *deafStore) Revoked(ctx context.Context, u ...guard.Subject) ([]guard.Revocation, error) {
	if s.fails.Add(-1) >= 0 {
		return nil, errDown
	}
	return s.MemoryStore.Revoked(ctx, u...)
}

// TestMissedRevocations: what was published while a guard could not hear is
// read from the markers, as soon as they can be read.
func TestMissedRevocations(t *testing.T) {
	store := &deafStore{MemoryStore: guard.NewMemoryStore(), missed: make(chan func(), 1)}
	w := startPeople(t, func(c *guard.Config) { c.Store = store }, "alice/a", "alice/b", "bob")
	missed := wait(t, "the subscription", store.missed)
	missed() // with no connection
	a, b, bob := w.dial(t, as("alice/a")), w.dial(t, as("alice/b")), w.dial(t, as("bob"))
	for _, c := range []*wireclient.Conn{a, b, bob} {
		echoes(t, c)
	}
	elsewhere := guard.Revocation{Session: "session of alice/a", At: time.Now(), Expires: time.Now().Add(time.Hour)}
	if err := store.Revoke(t.Context(), elsewhere); err != nil {
		t.Fatal(err)
	}
	echoes(t, a) // nobody has told the guard
	store.fails.Store(1)
	missed()
	w.cutBy(t, a, 4001, "session.revoked;r=no")
	echoes(t, b)
	echoes(t, bob)
}

// TestMissedRevocationOfAll: it ends those without a name too, also where nobody on
// this guard has one.
func TestMissedRevocationOfAll(t *testing.T) {
	store := &deafStore{MemoryStore: guard.NewMemoryStore(), missed: make(chan func(), 1)}
	w := startGateway(t, func(c *guard.Config) {
		generous(c)
		c.Store = store
	})
	missed := wait(t, "the subscription", store.missed)
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	echoes(t, c)
	now := time.Now()
	if err := store.Revoke(t.Context(), guard.Revocation{All: true, At: now, Expires: now.Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	missed()
	w.cutBy(t, c, 4001, "session.revoked;r=no")
}
