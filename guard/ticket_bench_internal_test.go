//go:build unix

package guard

import (
	"context"
	"fmt"
	"net/netip"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// nobody is a verifier that knows no token.
type nobody struct{}

func (nobody) VerifyToken(context.Context, string) (*Identity, error) {
	return nil, ErrCredentialRefused
}

// BenchmarkTicket mints and redeems tickets of many sessions in memory, with all
// that is judged, but without HTTP.
func BenchmarkTicket(b *testing.B) {
	cfg := Config{SignIn: SignIn{Token: nobody{}}, Routes: []Route{{Path: "/ws", AllowNoOrigin: true, Auth: Auth{Ticket: &TicketPolicy{}}}}}
	g, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	address := client{addr: netip.MustParseAddr("192.0.2.1")}
	rt := g.plan.Load().routes["/ws"]
	var sessions atomic.Int64
	b.ReportAllocs()
	own := processorTime(b)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		id := Identity{User: "alice", Session: fmt.Sprint("session-", sessions.Add(1)), Roles: []string{"trader"}, Authenticated: time.Now(), Claims: map[string]any{"sub": "alice"}}
		for pb.Next() {
			now := g.now()
			value, hash := newTicketValue()
			t := Ticket{Identity: id, Route: "/ws", Address: address.prefix(), Issued: now, Expires: now.Add(30 * time.Second)}
			if _, err := g.store.PutTicket(b.Context(), hash, t, outstandingTickets); err != nil {
				b.Error(err)
				return
			}
			if _, _, d := g.redeem(b.Context(), presentation{value: value, route: rt, client: address}); d != nil {
				b.Errorf("%+v", d)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
	b.ReportMetric(float64(processorTime(b)-own)/float64(b.N), "cpu-ns/op")
}

// processorTime returns what this process has used of all processors, which
// says the same on a machine that others use.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
