package guard

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// join opens one more connection over pipes on the guard of r.
func (r *rig) join(t *testing.T) *rig {
	t.Helper()
	near, client := net.Pipe()
	nearBackend, backend := net.Pipe()
	more := &rig{g: r.g, events: r.events, client: newPeer(client, wire.FromClient), backend: newPeer(backend, wire.FromServer)}
	p := r.g.plan.Load()
	place, d := r.g.quotas.reserve(p.routes["/ws"], p.cfg.Limits.Connections, netip.MustParsePrefix("192.0.2.2/32"))
	if d != nil {
		t.Fatal(d)
	}
	a := &attempt{g: r.g, plan: p, event: newID(eventIDBytes), route: p.routes["/ws"], place: place}
	more.client.listen(nil)
	more.backend.listen(nil)
	a.start(t.Context(), near, &opened{backend: &far{conn: nearBackend}}, nil, nil)
	return more
}

var drainReason = regexp.MustCompile(`^drain;r=now(;t=([0-9]+))?;i=[0-9a-f]+$`)

// drained reads the Close frame of a drain and returns its t.
func (p *peer) drained(t *testing.T) (wait int) {
	t.Helper()
	u, ok := <-p.units
	m := drainReason.FindStringSubmatch(string(u.Reason))
	if !ok || u.Opcode != wire.Close || u.Code != 1012 || m == nil {
		t.Fatalf("got %v %d %q", u.Opcode, u.Code, u.Reason)
	}
	if m[2] != "" {
		wait, _ = strconv.Atoi(m[2])
	}
	return wait
}

// TestDrainSpreads closes connections one after the other over the spread, and
// tells each when to come back.
func TestDrainSpreads(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const n, spread = 5, 10 * time.Second
		r := newRig(t, pipe)
		r.client.listen(nil)
		r.backend.listen(nil)
		rigs := []*rig{r}
		for range n - 1 {
			time.Sleep(time.Millisecond)
			rigs = append(rigs, r.join(t))
		}
		start := time.Now()
		done := make(chan error, 1)
		go func() { done <- r.g.Drain(t.Context(), spread) }()
		for i, r := range rigs {
			wait := r.client.drained(t)
			if at, want := time.Since(start), spread*time.Duration(i)/n; at != want {
				t.Errorf("connection %d was closed after %v, want %v", i, at, want)
			}
			if wait < 1 || wait > int(spread/time.Second) {
				t.Errorf("connection %d may come back in %d s, with a spread of %v", i, wait, spread)
			}
			r.backend.closedWith(t, CloseGoingAway, "")
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if st := r.g.Stats(); st.Connections != 0 || st.Reservations != 0 || !st.Draining || st.Routes[0].Closes[CloseRestart] != n {
			t.Errorf("at the end: %+v", st)
		}
		if err := r.g.Ready(t.Context()); err == nil {
			t.Error("a guard that has drained is ready")
		}
	})
}

// TestDrainEndsWithTheLastConnection does not wait for the rest of the spread.
func TestDrainEndsWithTheLastConnection(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe)
		r.client.listen(nil)
		r.backend.listen(nil)
		time.Sleep(time.Millisecond)
		other := r.join(t)
		start := time.Now()
		done := make(chan error, 1)
		go func() { done <- r.g.Drain(t.Context(), time.Hour) }()
		r.client.drained(t)
		other.client.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if d := time.Since(start); d > time.Minute {
			t.Errorf("took %v", d)
		}
	})
}

// TestDrainDeadline cuts off what does not go by itself, and those whose turn
// has not come: all are told to come back.
func TestDrainDeadline(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe) // neither end of it reads
		time.Sleep(time.Millisecond)
		other := r.join(t)
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		err := r.g.Drain(ctx, time.Hour)
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "2 connections") {
			t.Errorf("got %v", err)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("took %v", d)
		}
		other.client.drained(t)
		if st := r.g.Stats(); st.Connections != 0 || st.Reservations != 0 {
			t.Errorf("at the end: %+v", st)
		}
	})
}

// TestDrainRefusesHandshakes answers 503, with a time to come back.
func TestDrainRefusesHandshakes(t *testing.T) {
	g, err := New(rigConfig(new(recorder)))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Drain(t.Context(), time.Hour); err != nil {
		t.Error(err)
	}
	w := httptest.NewRecorder()
	g.Gateway().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/ws", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" || w.Header().Get("Connection") != "close" {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	if err := g.Drain(t.Context(), time.Hour); err != nil {
		t.Errorf("drain again: %v", err)
	}
	if err := errors.Join(g.Close(), g.Close()); err != nil {
		t.Errorf("close: %v", err)
	}
}

// TestCloseCutsHandshakesShort closes the guard while a handshake waits for a
// backend that does not answer.
func TestCloseCutsHandshakesShort(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	cfg := rigConfig(new(recorder), func(r *Route) { r.Backend = "ws://" + ln.Addr().String() + "/ws" })
	cfg.Limits.Handshake = time.Hour
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(g.Gateway())
	defer s.Close()
	client, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	fmt.Fprintf(client, "GET /ws HTTP/1.1\r\nHost: %s\r\nOrigin: https://app.example.com\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", s.Listener.Addr(), wire.NewKey())
	backend, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer backend.Close()
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if st := g.Stats(); st.Reservations != 0 || st.Connections != 0 {
		t.Errorf("at the end: %+v", st)
	}
	res, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil || res.StatusCode != http.StatusBadGateway {
		t.Errorf("the client got %v, %v", res, err)
	}
}

// TestArrivingWhileDraining starts a connection whose handshake was admitted
// before the drain began.
func TestArrivingWhileDraining(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe)
		r.client.listen(nil)
		r.backend.listen(nil)
		r.g.live.close()
		late := r.join(t)
		late.client.drained(t)
		late.backend.closedWith(t, CloseGoingAway, "")
	})
}

// TestArrivingWhileReloading starts a connection that was admitted under a
// configuration that is not in force any more.
func TestArrivingWhileReloading(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe)
		r.client.listen(nil)
		r.backend.listen(nil)
		old := r.g.plan.Load()
		if err := r.g.Reload(rigConfig(nil, func(r *Route) { r.Subprotocols = []string{"chat.v2"} })); err != nil {
			t.Fatal(err)
		}
		now := r.g.plan.Swap(old) // join takes the route of its handshake from here
		near, client := net.Pipe()
		nearBackend, backend := net.Pipe()
		late := &rig{client: newPeer(client, wire.FromClient), backend: newPeer(backend, wire.FromServer)}
		late.client.listen(nil)
		late.backend.listen(nil)
		place, _ := r.g.quotas.reserve(old.routes["/ws"], 10, netip.MustParsePrefix("192.0.2.2/32"))
		a := &attempt{g: r.g, plan: old, event: newID(eventIDBytes), route: old.routes["/ws"], place: place}
		r.g.plan.Store(now)
		a.start(t.Context(), near, &opened{backend: &far{conn: nearBackend}}, nil, nil)
		late.client.drained(t)
	})
}

// TestCloseWaits ends everything at once: when it returns, nothing runs.
func TestCloseWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, pipe)
		r.client.listen(nil)
		r.backend.listen(nil)
		rigs := []*rig{r, r.join(t), r.join(t)}
		r.client.Write(r.client.frame(false, wire.Text, "half a message"))
		if err := r.g.Close(); err != nil {
			t.Error(err)
		}
		if st := r.g.Stats(); st.Connections != 0 || st.Reservations != 0 {
			t.Errorf("at the end: %+v", st)
		}
		for _, r := range rigs {
			r.client.drained(t)
			r.backend.closedWith(t, CloseGoingAway, "")
		}
	})
}
