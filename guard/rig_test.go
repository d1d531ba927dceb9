package guard

import (
	"bytes"
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// rig is one connection between two ends that the test holds, without a
// handshake. Over pipes it runs in a bubble of synctest, where time stands
// still until everybody waits.
type rig struct {
	g               *Guard
	driver          driver                               // nil: the platform's
	fresh           func(context.Context, *conn) *Denial // nil: the guard's
	reframed        bool                                 // the client has negotiated compression
	c               *conn
	client, backend *peer
	events          *recorder
}

// peer is one end of a rig.
type peer struct {
	net.Conn
	from   wire.Role
	reader *wire.Reader
	units  chan wire.Unit // what listen has read; closed at the end
}

// recorder keeps audit events.
type recorder struct {
	mu     sync.Mutex
	events []Event
}

func (r *recorder) Record(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, e)
}

// end returns the event of the connection's end.
func (r *recorder) end(t *testing.T) Event {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.events {
		if e.Action == "connection" {
			return e
		}
	}
	t.Fatalf("the connection has not ended: %+v", r.events)
	return Event{}
}

// end waits for the end of the connection and returns its event.
func (r *rig) end(t *testing.T) Event {
	t.Helper()
	r.g.live.wait()
	return r.events.end(t)
}

func (r *recorder) all() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

// pipe links two ends without a socket.
func pipe(testing.TB) (near, away net.Conn) { return net.Pipe() }

// loopback links two ends by TCP.
func loopback(t testing.TB) (near, away net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	away, err = net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	near, err = ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		near.Close()
		away.Close()
	})
	return near, away
}

// rigConfig is the configuration of a rig, changed by edits.
func rigConfig(events *recorder, edits ...func(*Route)) Config {
	fast := Rate{Count: 1 << 20, Per: time.Second}
	r := Route{Path: "/ws", Backend: "ws://127.0.0.1:1/ws", Origins: []string{"https://app.example.com"}, Auth: Auth{Anonymous: true},
		Limits: Limits{Messages: fast, UserMessages: fast, ControlFrames: fast}}
	for _, e := range edits {
		e(&r)
	}
	return Config{Audit: events, Routes: []Route{r}}
}

// newRig starts a connection between two ends.
func newRig(t testing.TB, link func(testing.TB) (net.Conn, net.Conn), edits ...func(*Route)) *rig {
	t.Helper()
	return newRigOn(t, nil, link, edits...)
}

// newRigOn starts a connection on a driver.
func newRigOn(t testing.TB, on driver, link func(testing.TB) (net.Conn, net.Conn), edits ...func(*Route)) *rig {
	t.Helper()
	r := &rig{events: new(recorder), driver: on}
	nearClient, client := link(t)
	nearBackend, backend := link(t)
	r.client, r.backend = newPeer(client, wire.FromClient), newPeer(backend, wire.FromServer)
	r.connect(t, rigConfig(r.events, edits...), nearClient, &opened{backend: &far{conn: nearBackend}}, Identity{})
	return r
}

func newPeer(nc net.Conn, from wire.Role) *peer {
	reads := wire.FromServer
	if from == wire.FromServer {
		reads = wire.FromClient
	}
	return &peer{Conn: nc, from: from, units: make(chan wire.Unit, 1<<12),
		reader: wire.NewReader(wire.ReaderConfig{From: reads, MaxMessage: 64 << 20, MaxFragments: 1 << 20, Payload: true})}
}

// connect starts the connection of a rig, as an attempt does after its 101.
func (r *rig) connect(t testing.TB, cfg Config, client net.Conn, o *opened, who Identity) {
	t.Helper()
	g, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.g = g
	if r.driver != nil {
		g.driver = r.driver
	}
	if r.fresh != nil {
		g.fresh = r.fresh
	}
	p := g.plan.Load()
	rt := p.routes["/ws"]
	address := netip.MustParseAddr("192.0.2.1")
	place, d := g.quotas.reserve(rt, p.cfg.Limits.Connections, netip.PrefixFrom(address, 32))
	if d != nil {
		t.Fatal(d)
	}
	if !who.Anonymous() {
		if d := place.claimUser(who.User, rt, g.now().UnixNano()); d != nil {
			t.Fatal(d)
		}
	}
	a := &attempt{g: g, plan: p, event: newID(eventIDBytes), route: rt, place: place}
	a.client.addr = address
	a.who.identity = who
	var deflate *wire.Deflate
	if r.reframed {
		deflate = new(wire.Deflate)
	}
	a.start(t.Context(), client, o, deflate, nil)
	if cs := g.live.all(); len(cs) == 1 {
		r.c = cs[0]
	}
	t.Cleanup(func() {
		r.client.Close()
		r.backend.Close()
		g.Close()
	})
}

// frame returns one frame as this end sends it.
func (p *peer) frame(fin bool, op wire.Opcode, payload string) []byte {
	if p.from == wire.FromServer {
		return wire.AppendFrame(nil, fin, op, []byte(payload), nil)
	}
	key := wire.NewMaskKey()
	return wire.AppendFrame(nil, fin, op, []byte(payload), &key)
}

// send writes one message or control frame.
func (p *peer) send(op wire.Opcode, payload string) error {
	_, err := p.Write(p.frame(true, op, payload))
	return err
}

// listen reads what comes until the end, and writes what answer says to it.
// answer may be nil.
func (p *peer) listen(answer func(wire.Unit) []byte) {
	go func() {
		defer close(p.units)
		buf := make([]byte, 32<<10)
		for {
			n, err := p.Read(buf)
			if err != nil || !p.take(buf[:n], answer) {
				return
			}
		}
	}()
}

func (p *peer) take(b []byte, answer func(wire.Unit) []byte) bool {
	for {
		n, u, ok, err := p.reader.Next(b)
		b = b[n:]
		if err != nil || !ok {
			return err == nil
		}
		u.Payload, u.Reason = bytes.Clone(u.Payload), bytes.Clone(u.Reason)
		p.units <- u
		if answer == nil {
			continue
		}
		if frames := answer(u); len(frames) > 0 {
			if _, err := p.Write(frames); err != nil {
				return false
			}
		}
	}
}

// pong answers pings, as every protocol stack does.
func (p *peer) pong(u wire.Unit) []byte {
	if u.Opcode != wire.Ping {
		return nil
	}
	return p.frame(true, wire.Pong, string(u.Payload))
}

// quiet fails the test if this end has read anything.
func (p *peer) quiet(t *testing.T) {
	t.Helper()
	select {
	case u, ok := <-p.units:
		if ok {
			t.Errorf("got %v %d %q", u.Opcode, u.Code, u.Payload)
		} else {
			t.Error("the socket has ended")
		}
	default:
	}
}

// closedWith reads to the Close frame and to the end behind it.
func (p *peer) closedWith(t *testing.T, code CloseCode, reason string) {
	t.Helper()
	for u := range p.units {
		if u.Opcode != wire.Close {
			continue
		}
		if u.Code != wire.CloseCode(code) || !strings.HasPrefix(string(u.Reason), reason) {
			t.Errorf("closed with %d %q, want %d %q", u.Code, u.Reason, code, reason)
		}
		for u := range p.units {
			t.Errorf("got %v after the close", u.Opcode)
		}
		return
	}
	t.Errorf("no close frame, want %d %q", code, reason)
}

func session(s SessionPolicy) func(*Route) { return func(r *Route) { r.Session = s } }

// bubble runs f where time is virtual, and everything that it starts must end.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		f(t)
		synctest.Wait()
	})
}
