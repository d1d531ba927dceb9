package guardtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// raceTickets and racers are the size of the redemption race: one GET and DEL
// instead of one GETDEL let most of the tickets be redeemed more than once.
const (
	raceTickets = 500
	racers      = 32
)

// TestStore checks that a store keeps the promises of [guard.Store]. open
// returns an empty store, or one that holds nothing of an earlier test; it ends
// with the test that open is given.
func TestStore(t *testing.T, open func(testing.TB) guard.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, guard.Store)
	}{
		{"a ticket is taken once", takenOnce},
		{"a ticket comes back as it was put", comesBack},
		{"an unknown ticket is not a used one", unknownTicket},
		{"the oldest beyond the bound is burned", burnsOldest},
		{"as many are burned where many are put at once", burnsInARace},
		{"taken tickets do not count as outstanding", takenDoNotCount},
		{"tickets of one owner are no other's", ownersApart},
		{"a bound below one keeps the newest", boundBelowOne},
		{"one of many takers gets it", redemptionRace},
		{"many owners at once", manyOwners},
		{"a revocation is reported by name", revokedByName},
		{"a later revocation never weakens an earlier one", revokedTwice},
		{"an expired revocation is forgotten", revocationExpires},
		{"many subjects are asked about at once", manySubjects},
		{"who watches is told after the marker is written", markerFirst},
		{"who watches hears every revocation", everyRevocation},
		{"nothing is told after Watch returned", watchEnds},
		{"a rate gives its burst and no more", rateBurst},
		{"rates of other keys are apart", rateKeysApart},
		{"a rate comes back in time", rateReturns},
		{"many takers share one rate", rateRace},
		{"places are counted over holders", placesOverHolders},
		{"places of other keys are apart", placesKeysApart},
		{"places in use are counted above the limit", placesDeclared},
		{"a late hold undoes no later one", placesInOrder},
		{"the places of who does not renew are free", placesOfTheDead},
		{"places that were given up are free", placesGivenUp},
		{"many holders share one limit", placesRace},
		{"it answers", answers},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// ticketOf returns a ticket of owner with every field set, and a hash that no
// other ticket of any test has.
func ticketOf(owner string) (guard.TicketHash, guard.Ticket) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	hash := sha256.Sum256(fmt.Appendf(nil, "%s %d", owner, serial.Add(1)))
	return hash, guard.Ticket{
		Identity: guard.Identity{
			User: owner, Name: "A. <b> \"Ü\"", Roles: []string{"trader", "a,b"}, Session: owner, Token: "jti-1",
			Claims: map[string]any{"sub": owner, "level": 3.5, "whole": 3.0, "id": int64(1<<60 + 1), "nested": map[string]any{"list": []any{"x", true, nil}}}, Expires: now.Add(time.Hour),
			Authenticated: now.Add(-time.Hour),
		},
		Origin: "https://app.example.com", Route: "/ws", Address: netip.MustParsePrefix("2001:db8::/64"),
		Issued: now, Expires: now.Add(30 * time.Second),
		Judged: map[string][sha256.Size]byte{"Cookie": sha256.Sum256([]byte(owner))},
		Sealed: []byte{0, 1, 0xff},
	}
}

var serial atomic.Uint64

func put(t *testing.T, s guard.Store, hash guard.TicketHash, ticket guard.Ticket, outstanding int) (burned int) {
	t.Helper()
	burned, err := s.PutTicket(t.Context(), hash, ticket, outstanding)
	if err != nil {
		t.Fatalf("put: %v", err)
	}
	return burned
}

// taken checks what TakeTicket says; want nil means that it gives the ticket.
func taken(t *testing.T, s guard.Store, hash guard.TicketHash, want error) guard.Ticket {
	t.Helper()
	ticket, err := s.TakeTicket(t.Context(), hash)
	if !errors.Is(err, want) || want == nil && err != nil {
		t.Errorf("take: %v, want %v", err, want)
	}
	return ticket
}

func takenOnce(t *testing.T, s guard.Store) {
	hash, ticket := ticketOf("alice")
	put(t, s, hash, ticket, 5)
	taken(t, s, hash, nil)
	for range 3 {
		if got := taken(t, s, hash, guard.ErrTicketUsed); !reflect.DeepEqual(got, guard.Ticket{}) {
			t.Errorf("a used ticket says %+v", got)
		}
	}
}

func comesBack(t *testing.T, s guard.Store) {
	full, ticket := ticketOf("alice")
	empty, _ := ticketOf("bob")
	put(t, s, full, ticket, 5)
	put(t, s, empty, guard.Ticket{Issued: ticket.Issued, Expires: ticket.Expires, Address: ticket.Address}, 5)
	if got := taken(t, s, full, nil); !got.Issued.Equal(ticket.Issued) || !got.Expires.Equal(ticket.Expires) || !got.Identity.Expires.Equal(ticket.Identity.Expires) ||
		!got.Identity.Authenticated.Equal(ticket.Identity.Authenticated) || !equalBesidesTimes(got, ticket) {
		t.Errorf("got  %+v\nwant %+v", got, ticket)
	}
	if got := taken(t, s, empty, nil); !got.Identity.Anonymous() || !got.Identity.Expires.IsZero() || got.Origin != "" || len(got.Judged) != 0 {
		t.Errorf("an empty ticket comes back as %+v", got)
	}
}

// equalBesidesTimes compares without times, whose location a store may change.
func equalBesidesTimes(a, b guard.Ticket) bool {
	for _, t := range []*guard.Ticket{&a, &b} {
		t.Issued, t.Expires, t.Identity.Expires, t.Identity.Authenticated = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	}
	return reflect.DeepEqual(a, b)
}

func unknownTicket(t *testing.T, s guard.Store) {
	never, _ := ticketOf("alice")
	taken(t, s, never, guard.ErrTicketUnknown)
	taken(t, s, never, guard.ErrTicketUnknown) // asking does not make it a used one
	hash, ticket := ticketOf("alice")
	put(t, s, hash, ticket, 5)
	taken(t, s, never, guard.ErrTicketUnknown)
	taken(t, s, hash, nil)
}

// burnsOldest: a burned ticket was never taken, so that it is unknown and not
// an alarm.
func burnsOldest(t *testing.T, s guard.Store) {
	var hashes []guard.TicketHash
	for i := range 7 {
		hash, ticket := ticketOf("alice")
		hashes = append(hashes, hash)
		if burned, want := put(t, s, hash, ticket, 5), max(0, min(1, i-4)); burned != want {
			t.Errorf("ticket %d burned %d, want %d", i, burned, want)
		}
	}
	hash, ticket := ticketOf("alice")
	if burned := put(t, s, hash, ticket, 2); burned != 4 {
		t.Errorf("a lower bound burned %d, want 4", burned)
	}
	for _, h := range hashes[:6] {
		taken(t, s, h, guard.ErrTicketUnknown)
	}
	taken(t, s, hashes[6], nil)
	taken(t, s, hash, nil)
}

// burnsInARace: however many are put at once, no more than the bound stay.
func burnsInARace(t *testing.T, s guard.Store) {
	const outstanding = 3
	var mu sync.Mutex
	var hashes []guard.TicketHash
	burned := 0
	var wg sync.WaitGroup
	for range racers {
		wg.Go(func() {
			for range 4 {
				hash, ticket := ticketOf("alice")
				n, err := s.PutTicket(t.Context(), hash, ticket, outstanding)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				hashes = append(hashes, hash)
				burned += n
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	left := 0
	for _, h := range hashes {
		switch _, err := s.TakeTicket(t.Context(), h); {
		case err == nil:
			left++
		case !errors.Is(err, guard.ErrTicketUnknown):
			t.Errorf("take: %v", err)
		}
	}
	if left > outstanding || left+burned != len(hashes) {
		t.Errorf("of %d tickets %d were burned and %d are left, want %d", len(hashes), burned, left, outstanding)
	}
}

func takenDoNotCount(t *testing.T, s guard.Store) {
	for range 20 {
		hash, ticket := ticketOf("alice")
		if burned := put(t, s, hash, ticket, 2); burned != 0 {
			t.Fatalf("burned %d", burned)
		}
		taken(t, s, hash, nil)
	}
}

func ownersApart(t *testing.T, s guard.Store) {
	alice, of := ticketOf("alice")
	put(t, s, alice, of, 1)
	for _, owner := range []string{"bob", "alice2", "ALICE", "s:alice", ""} {
		hash, ticket := ticketOf(owner)
		if burned := put(t, s, hash, ticket, 1); burned != 0 {
			t.Errorf("a ticket of %q burned %d", owner, burned)
		}
	}
	// A user of this name without a session is another owner than the session.
	user, ticket := ticketOf("alice")
	ticket.Identity.Session = ""
	if burned := put(t, s, user, ticket, 1); burned != 0 {
		t.Errorf("a ticket of the user alice burned %d", burned)
	}
	taken(t, s, alice, nil)
	taken(t, s, user, nil)
}

func boundBelowOne(t *testing.T, s guard.Store) {
	first, ticket := ticketOf("alice")
	put(t, s, first, ticket, 0)
	second, ticket := ticketOf("alice")
	put(t, s, second, ticket, 0)
	taken(t, s, first, guard.ErrTicketUnknown)
	taken(t, s, second, nil)
}

// redemptionRace has many takers for each of many tickets at the same time.
func redemptionRace(t *testing.T, s guard.Store) {
	hashes := make([]guard.TicketHash, raceTickets)
	for i := range hashes {
		var ticket guard.Ticket
		hashes[i], ticket = ticketOf(fmt.Sprintf("user-%d", i))
		put(t, s, hashes[i], ticket, 5)
	}
	wins := make([]atomic.Int32, raceTickets)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for r := range racers {
		wg.Go(func() {
			<-start
			for i := range hashes {
				if r%2 == 1 { // half of them from the other end
					i = raceTickets - 1 - i
				}
				ticket, err := s.TakeTicket(t.Context(), hashes[i])
				switch {
				case err == nil && ticket.Identity.User != fmt.Sprintf("user-%d", i):
					t.Errorf("ticket %d is that of %q", i, ticket.Identity.User)
				case err == nil:
					wins[i].Add(1)
				case !errors.Is(err, guard.ErrTicketUsed):
					t.Errorf("ticket %d: %v", i, err)
				}
			}
		})
	}
	close(start)
	wg.Wait()
	for i := range wins {
		if n := wins[i].Load(); n != 1 {
			t.Errorf("ticket %d was redeemed %d times", i, n)
		}
	}
}

// manyOwners puts and takes at the same time: none of it disturbs another.
func manyOwners(t *testing.T, s guard.Store) {
	var wg sync.WaitGroup
	for n := range racers {
		wg.Go(func() {
			owner := fmt.Sprintf("owner-%d", n)
			for range 20 {
				hash, ticket := ticketOf(owner)
				if burned, err := s.PutTicket(t.Context(), hash, ticket, 1); err != nil || burned != 0 {
					t.Errorf("put: %d burned, %v", burned, err)
				}
				if got, err := s.TakeTicket(t.Context(), hash); err != nil || got.Identity.User != owner {
					t.Errorf("take: a ticket of %q, %v", got.Identity.User, err)
				}
			}
		})
	}
	wg.Wait()
}

func answers(t *testing.T, s guard.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Ping(ctx); err != nil {
		t.Errorf("ping: %v", err)
	}
}
