package guard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// gate is a judge of sessions that answers when the test says so.
type gate struct {
	asked  chan string         // users
	answer chan func() *Denial // one for each question
	ended  atomic.Int32        // questions whose connection ended
}

func newGate() *gate { return &gate{make(chan string, 64), make(chan func() *Denial), atomic.Int32{}} }

func (g *gate) judge(ctx context.Context, c *conn) *Denial {
	g.asked <- c.who.identity.User
	select {
	case f := <-g.answer:
		return f()
	case <-ctx.Done():
		g.ended.Add(1)
		return notFresh(ctx, c)
	}
}

func stands() *Denial { return nil }

func revoked() *Denial {
	return cut(nil, "session.revoked", CloseSessionEnded, "session.revoked", RetryNo)
}

func unreachable() *Denial {
	return cut(nil, "session.unreachable", CloseBusy, "busy", RetryWait).says("try again")
}

var freshPolicy = messages(MessagePolicy{Client: map[string]MessageRule{"free": {}, "fresh": {Fresh: true}}})

const (
	free  = `{"type":"free"}`
	fresh = `{"type":"fresh"}`
)

// TestWaitKeepsOrder: nothing overtakes a message that waits, and the server is
// heard meanwhile.
func TestWaitKeepsOrder(t *testing.T) {
	for name, link := range drivers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := newGate()
			r := link(t, g)
			batch := slices.Concat(r.client.frame(true, wire.Text, free), r.client.frame(true, wire.Text, fresh), r.client.frame(true, wire.Text, free),
				r.client.frame(true, wire.Text, fresh), r.client.frame(true, wire.Ping, "p"))
			r.client.Write(batch)
			next := func(p *peer, want string) {
				t.Helper()
				if u := <-p.units; string(u.Payload) != want {
					t.Errorf("got %q, want %q", u.Payload, want)
				}
			}
			next(r.backend, free) // does not wait for what follows
			<-g.asked
			r.backend.send(wire.Text, "meanwhile")
			next(r.client, "meanwhile")
			r.client.send(wire.Text, `{"type":"free","n":2}`)
			r.backend.quiet(t)
			g.answer <- stands
			next(r.backend, fresh)
			next(r.backend, free)
			<-g.asked
			g.answer <- stands
			next(r.backend, fresh)
			next(r.backend, "p")
			next(r.backend, `{"type":"free","n":2}`)
		})
	}
}

// drivers are the ways to drive a connection.
var drivers = map[string]func(*testing.T, *gate, ...func(*Route)) *rig{
	"goroutines": func(t *testing.T, g *gate, edits ...func(*Route)) *rig { return newGated(t, g, goroutines{}, edits...) },
	"platform":   func(t *testing.T, g *gate, edits ...func(*Route)) *rig { return newGated(t, g, nil, edits...) },
}

func newGated(t *testing.T, g *gate, on driver, edits ...func(*Route)) *rig {
	t.Helper()
	r := &rig{driver: on, fresh: g.judge}
	r.talk(t, loopback, append([]func(*Route){freshPolicy}, edits...)...)
	r.client.listen(nil)
	r.backend.listen(nil)
	return r
}

// TestWaitIsAnswered looks at what follows each answer.
func TestWaitIsAnswered(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer func() *Denial
		want   string // what the backend gets next
		told   string
	}{
		{"stands", stands, fresh, ""},
		{"revoked", revoked, "", "session.revoked;r=no"},
		{"unreachable", unreachable, free, `"code":"busy"`},
		{"panics", func() *Denial { panic("validator") }, "", "internal;r=wait"},
	} {
		for name, link := range drivers {
			t.Run(c.name+" on "+name, func(t *testing.T) {
				t.Parallel()
				g := newGate()
				r := link(t, g)
				r.client.Write(slices.Concat(r.client.frame(true, wire.Text, fresh), r.client.frame(true, wire.Text, free)))
				<-g.asked
				g.answer <- c.answer
				if u := <-r.backend.units; string(u.Payload) != c.want && !(c.want == "" && u.Opcode == wire.Close) {
					t.Errorf("the backend got %v %q, want %q", u.Opcode, u.Payload, c.want)
				}
				if c.told == "" {
					return
				}
				if u := <-r.client.units; !strings.Contains(string(u.Payload), c.told) {
					t.Errorf("the client is told %q, want %q", u.Payload, c.told)
				}
			})
		}
	}
}

// TestWaitEndsWithTheConnection: whoever ends it, the question is given up and
// nothing of the message passes.
func TestWaitEndsWithTheConnection(t *testing.T) {
	for ending, end := range map[string]func(*rig){
		"by the backend":  func(r *rig) { r.backend.Close() },
		"by the operator": func(r *rig) { r.g.CloseConnection(r.c.id) },
		"by Close":        func(r *rig) { r.g.Close() },
	} {
		for name, link := range drivers {
			t.Run(ending+" on "+name, func(t *testing.T) {
				t.Parallel()
				g := newGate()
				r := link(t, g)
				r.client.Write(slices.Concat(r.client.frame(true, wire.Text, fresh), r.client.frame(true, wire.Text, free)))
				<-g.asked
				end(r)
				r.g.live.wait()
				if g.ended.Load() != 1 {
					t.Error("the question was not given up")
				}
				for u := range r.backend.units {
					if u.Opcode == wire.Text {
						t.Errorf("the backend got %q", u.Payload)
					}
				}
				if n := r.g.waits.Load(); n != 0 {
					t.Errorf("%d waits are counted", n)
				}
			})
		}
	}
}

// TestWaitIsNotTheClientsFault: while the guard waits, neither session.idle nor
// limits.message_timeout runs against the client.
func TestWaitIsNotTheClientsFault(t *testing.T) {
	bubble(t, func(t *testing.T) {
		g := newGate()
		r := newGatedTalk(t, g, freshPolicy, session(SessionPolicy{Idle: time.Minute}), func(r *Route) { r.Limits.Message = 30 * time.Second })
		batch := slices.Concat(r.client.frame(true, wire.Text, fresh), r.client.frame(false, wire.Text, `{"type":`))
		r.client.Write(batch)
		<-g.asked
		time.Sleep(hour)
		synctest.Wait()
		r.backend.quiet(t)
		g.answer <- stands
		r.client.Write(r.client.frame(true, wire.Continuation, `"free"}`))
		r.backend.want(t, fresh, free)
	})
}

// TestWaitsAreBounded refuses what would wait beside too many others.
func TestWaitsAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newGatedTalk(t, newGate(), freshPolicy)
		r.g.waits.Store(maxWaits)
		r.client.send(wire.Text, fresh)
		if got := strings.Join(errorCodes(r.client.got(t)), " "); got != "error busy" {
			t.Errorf("told %q", got)
		}
		if n := r.g.waits.Load(); n != maxWaits {
			t.Errorf("%d waits are counted", n)
		}
	})
}

// TestWaitHoldsNoReadBuffer keeps what waits in memory of its own size.
func TestWaitHoldsNoReadBuffer(t *testing.T) {
	g := newGate()
	r := drivers["platform"](t, g)
	long := `{"type":"free","x":"` + strings.Repeat("x", 1000) + `"}`
	r.client.Write(slices.Concat(r.client.frame(true, wire.Text, free), r.client.frame(true, wire.Text, fresh), r.client.frame(true, wire.Text, long)))
	<-g.asked
	g.answer <- func() *Denial {
		if r.c.up.driven != nil && (r.c.up.from.in.buf != nil || cap(r.c.up.parked.rest) > 2000) {
			return internalError()
		}
		return nil
	}
	for _, want := range []string{free, fresh, long} {
		if u := <-r.backend.units; string(u.Payload) != want {
			t.Errorf("got %v %q, want %q", u.Opcode, u.Payload, want)
		}
	}
}

// TestManyWait lets many connections of one guard wait at once, and each goes on.
func TestManyWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		g := newGate()
		var rigs []*rig
		for range 32 {
			r := newGatedTalk(t, g, freshPolicy)
			r.client.send(wire.Text, fresh)
			rigs = append(rigs, r)
		}
		for range rigs {
			g.answer <- stands
		}
		for i, r := range rigs {
			if got := r.backend.got(t); len(got) != 1 {
				t.Errorf("connection %d: the backend got %s", i, fmt.Sprint(got))
			}
		}
	})
}
