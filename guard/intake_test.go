package guard

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// conversation is what a client may send, of every form that there is.
func conversation(p *peer) []byte {
	return slices.Concat(
		p.frame(true, wire.Text, "one"), p.frame(true, wire.Text, ""),
		p.frame(false, wire.Text, "grü"), p.frame(true, wire.Ping, "in between"), p.frame(false, wire.Continuation, ""), p.frame(true, wire.Continuation, "ße"),
		p.frame(true, wire.Binary, strings.Repeat("\xfe", 126)), p.frame(true, wire.Pong, ""), p.frame(true, wire.Binary, strings.Repeat("x", 70000)),
		p.frame(false, wire.Binary, "a"), p.frame(true, wire.Continuation, "b"), p.frame(false, wire.Binary, "c"), p.frame(true, wire.Continuation, "d"),
		p.frame(true, wire.Text, "last"), p.frame(true, wire.Close, "\x0f\xa0bye"))
}

// arrival is one unit that arrived.
type arrival struct {
	op      wire.Opcode
	payload string
}

var conversationUnits = []arrival{
	{wire.Text, "one"}, {wire.Text, ""}, {wire.Ping, "in between"}, {wire.Text, "grüße"}, {wire.Binary, strings.Repeat("\xfe", 126)}, {wire.Pong, ""},
	{wire.Binary, strings.Repeat("x", 70000)}, {wire.Binary, "ab"}, {wire.Binary, "cd"}, {wire.Text, "last"}, {wire.Close, "\x0f\xa0bye"},
}

// ways are the ways in which bytes come and go: by the platform's driver and by
// goroutines, over a socket that can be waited for without a buffer and one
// that can't.
var ways = map[string]struct {
	driver driver
	link   func(testing.TB) (net.Conn, net.Conn)
}{
	"platform, tcp":   {nil, loopback},
	"goroutines, tcp": {goroutines{}, loopback},
	"pipe":            {nil, pipe},
}

// TestAnySplit cuts what is sent into pieces of all sizes: the same arrives.
func TestAnySplit(t *testing.T) {
	splits := map[string]func(left int) int{
		"at once":        func(left int) int { return left },
		"bytes":          func(int) int { return 1 },
		"three":          func(int) int { return 3 },
		"a small buffer": func(int) int { return smallBuffer },
		"a large buffer": func(int) int { return readBuffer },
		"any":            func(left int) int { return 1 + rand.IntN(min(left, 200)) },
	}
	for way, on := range ways {
		for name, next := range splits {
			t.Run(way+" "+name, func(t *testing.T) {
				r := newRigOn(t, on.driver, on.link, func(r *Route) { r.Limits.MessageBytes = 70000 })
				r.client.listen(nil)
				r.backend.listen(nil)
				go func() {
					b := conversation(r.client)
					for len(b) > 0 {
						n := min(next(len(b)), len(b))
						if _, err := r.client.Write(b[:n]); err != nil {
							t.Error(err)
							return
						}
						b = b[n:]
					}
				}()
				for i, want := range conversationUnits {
					if u := <-r.backend.units; u.Opcode != want.op || string(u.Payload) != want.payload {
						t.Fatalf("unit %d: got %v %.20q of %d bytes, want %v %.20q", i, u.Opcode, u.Payload, len(u.Payload), want.op, want.payload)
					}
				}
			})
		}
	}
}

// TestEarlyBytes starts with bytes that came with the handshake of either
// side, cut in the middle of a message.
func TestEarlyBytes(t *testing.T) {
	events := new(recorder)
	nearClient, client := loopback(t)
	nearBackend, backend := loopback(t)
	r := &rig{events: events, client: newPeer(client, wire.FromClient), backend: newPeer(backend, wire.FromServer)}
	r.client.listen(nil)
	down := slices.Concat(r.backend.frame(true, wire.Text, "early"), r.backend.frame(true, wire.Text, "cut in two"))
	r.connect(t, rigConfig(events), nearClient, &opened{backend: &far{conn: nearBackend, early: down[:len(down)-4]}}, Identity{})
	r.backend.Write(down[len(down)-4:])
	r.backend.send(wire.Text, "later")
	for _, want := range []string{"early", "cut in two", "later"} {
		if u := <-r.client.units; string(u.Payload) != want {
			t.Errorf("client got %v %q, want %q", u.Opcode, u.Payload, want)
		}
	}
}

// TestBackendThatNeverReads lets the client send to a backend that reads
// nothing: its writes block, and memory stays flat.
func TestBackendThatNeverReads(t *testing.T) {
	for name, on := range ways {
		t.Run(name, func(t *testing.T) { backendNeverReads(t, newRigOn(t, on.driver, on.link, sending(64<<10, time.Hour))) })
	}
}

func backendNeverReads(t *testing.T, r *rig) {
	const slack = 8 << 20
	before := heapInUse()
	message := r.client.frame(true, wire.Binary, string(make([]byte, 32<<10)))
	sent := 0
	for {
		r.client.SetWriteDeadline(time.Now().Add(time.Second)) // no room for so long: it is paused
		n, err := r.client.Write(message)
		sent += n
		if err != nil {
			if errDeadline(err) != err {
				t.Fatal(err)
			}
			break
		}
		if sent > 100<<20 {
			t.Fatal("the guard takes more than 100 MB for a backend that reads nothing")
		}
	}
	if grown := heapInUse() - before; grown > slack {
		t.Errorf("the heap grew by %d KiB, want at most %d", grown>>10, slack>>10)
	}
	if len(r.g.live.all()) != 1 {
		t.Fatalf("the connection ended: %+v", r.events.end(t))
	}
	// The other way is open, control frames included.
	r.client.listen(nil)
	r.backend.send(wire.Ping, "alive?")
	r.backend.send(wire.Text, "hello")
	if u := <-r.client.units; u.Opcode != wire.Ping {
		t.Errorf("client got %v, want the ping", u.Opcode)
	}
	if u := <-r.client.units; string(u.Payload) != "hello" {
		t.Errorf("client got %v %q", u.Opcode, u.Payload)
	}
	// What it sent before arrives as soon as the backend reads.
	r.backend.listen(nil)
	for range sent / len(message) {
		if u := <-r.backend.units; u.Opcode != wire.Binary || len(u.Payload) != 32<<10 {
			t.Fatalf("backend got %v of %d bytes", u.Opcode, len(u.Payload))
		}
	}
}

// TestBackendThatNeverReadsIsGivenUp ends a connection whose backend takes
// nothing within the time; the client is not to blame.
func TestBackendThatNeverReadsIsGivenUp(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newRig(t, pipe, sending(1<<10, 10*time.Second))
		r.client.listen(nil)
		start := time.Now()
		r.client.send(wire.Text, "hello")
		r.client.closedWith(t, CloseUpstream, "upstream;r=wait;i=")
		if d := time.Since(start); d != 10*time.Second {
			t.Errorf("took %v", d)
		}
	})
}

// TestControlFramesPassWhileDataWaits sends control frames to the backend
// for a client whose own feed is stuck.
func TestControlFramesPassWhileDataWaits(t *testing.T) {
	r := newRig(t, loopback, sending(64<<10, time.Hour))
	r.backend.listen(nil)
	stuck := make(chan struct{})
	go func() {
		defer close(stuck)
		message := r.backend.frame(true, wire.Binary, string(make([]byte, 32<<10)))
		for range 4000 {
			r.backend.SetWriteDeadline(time.Now().Add(time.Second))
			if _, err := r.backend.Write(message); err != nil {
				return
			}
		}
	}()
	<-stuck
	for i := range 10 {
		r.client.send(wire.Ping, fmt.Sprint(i))
		if u := <-r.backend.units; u.Opcode != wire.Ping || string(u.Payload) != fmt.Sprint(i) {
			t.Fatalf("backend got %v %q", u.Opcode, u.Payload)
		}
	}
	r.client.send(wire.Close, "\x03\xe8")
	if u := <-r.backend.units; u.Opcode != wire.Close || u.Code != 1000 {
		t.Fatalf("backend got %v %d", u.Opcode, u.Code)
	}
}

// many opens n connections by TCP on one guard. Their ends are not read.
func many(t *testing.T, n int, edits ...func(*Route)) (rigs []*rig) {
	t.Helper()
	events := new(recorder)
	cfg := rigConfig(events, append(edits, func(r *Route) { r.Limits.ConnectionsPerIP = n })...)
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	p := g.plan.Load()
	for range n {
		nearClient, client := loopback(t)
		nearBackend, backend := loopback(t)
		place, d := g.quotas.reserve(p.routes["/ws"], n, netip.MustParsePrefix("192.0.2.1/32"))
		if d != nil {
			t.Fatal(d)
		}
		a := &attempt{g: g, plan: p, event: newID(eventIDBytes), route: p.routes["/ws"], place: place}
		a.start(t.Context(), nearClient, &opened{backend: &far{conn: nearBackend}}, nil, nil)
		rigs = append(rigs, &rig{g: g, events: events, client: newPeer(client, wire.FromClient), backend: newPeer(backend, wire.FromServer)})
	}
	return rigs
}

// TestIdleConnectionsHoldNoBuffers sends a long fragmented message over each of
// many connections: once it has passed, nothing of it is kept.
func TestIdleConnectionsHoldNoBuffers(t *testing.T) {
	const n, size = 50, 1 << 20
	rigs := many(t, n, func(r *Route) { r.Limits.MessageBytes = size })
	before := heapInUse()
	message := slices.Concat(rigs[0].client.frame(false, wire.Binary, string(make([]byte, size/2))), rigs[0].client.frame(true, wire.Continuation, string(make([]byte, size/2))))
	buf := make([]byte, len(message))
	for _, r := range rigs {
		go r.client.Write(message)
		if _, err := io.ReadFull(r.backend, buf); err != nil || !bytes.Equal(buf, message) {
			t.Fatalf("the message did not arrive: %v", err)
		}
	}
	deadline := time.Now().Add(10 * time.Second) // the last one may still be under way
	for heapInUse()-before > n*size/5 {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections hold %d KiB after a message of %d KiB each", n, (heapInUse()-before)>>10, size>>10)
		}
	}
	runtime.KeepAlive(rigs)
}

// TestAnnouncedDataCostsNothing sends headers of messages that never come.
func TestAnnouncedDataCostsNothing(t *testing.T) {
	const n, size = 100, 1 << 20
	rigs := many(t, n, func(r *Route) { r.Limits.MessageBytes = size })
	before := heapInUse()
	for _, r := range rigs {
		h := wire.Header{Fin: true, Opcode: wire.Binary, Length: size, Masked: true}
		r.client.Write(append(r.client.frame(true, wire.Ping, ""), append(h.Append(nil), "only this"...)...))
		if _, err := io.ReadFull(r.backend, make([]byte, 6)); err != nil {
			t.Fatal(err)
		}
	}
	if grown := heapInUse() - before; grown > n*(32<<10) {
		t.Errorf("%d announced messages of %d KiB cost %d KiB", n, size>>10, grown>>10)
	}
	runtime.KeepAlive(rigs)
}

// TestReframeBoundsItsBuffer passes messages that inflated a thousandfold in
// one read: what waits to be sent is bounded all the same.
func TestReframeBoundsItsBuffer(t *testing.T) {
	near, away := loopback(t)
	to := &end{nc: near, key: true}
	to.out = outbox{}
	to.out.init(near, 64<<10, 0, func(err error) {})
	to.out.patience = closeTimeout
	received := make(chan int64)
	go func() {
		n, _ := io.Copy(io.Discard, away)
		received <- n
	}()
	r := &reframe{to: to, role: wire.FromClient}
	const n, size = 64, 1 << 20
	for range n {
		if err := r.pass(wire.Unit{Opcode: wire.Binary, Payload: make([]byte, size)}, false); err != nil {
			t.Fatal(err)
		}
		if len(r.out.b) > readBuffer {
			t.Fatalf("%d KiB wait to be sent", len(r.out.b)>>10)
		}
	}
	if err := r.flush(); err != nil || r.out.open() {
		t.Errorf("after the flush a buffer is held: %v", err)
	}
	near.Close()
	if got := <-received; got != n*(size+14) {
		t.Errorf("%d bytes arrived, want %d", got, n*(size+14))
	}
}
