package guard

import (
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// faulty is a socket of somebody else's making, with a defect.
type faulty struct {
	net.Conn
	read, write bool
	armed       chan struct{} // closed: it fails from now on
}

func (f *faulty) failing() bool {
	select {
	case <-f.armed:
		return true
	default:
		return false
	}
}

func (f *faulty) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	if f.read && err == nil && f.failing() {
		panic("read")
	}
	return n, err
}

func (f *faulty) Write(b []byte) (int, error) {
	if f.write && f.failing() {
		panic("write")
	}
	return f.Conn.Write(b)
}

// newFaultyRig returns a rig whose client's socket is f's.
func newFaultyRig(t *testing.T, f *faulty, edits ...func(*Route)) *rig {
	t.Helper()
	f.armed = make(chan struct{})
	return newRig(t, func(testing.TB) (net.Conn, net.Conn) {
		near, away := net.Pipe()
		if f.Conn == nil {
			f.Conn = near
			return f, away
		}
		return near, away
	}, edits...)
}

// ended fails the test unless the connection is gone and one panic is counted.
func (r *rig) ended(t *testing.T) {
	t.Helper()
	r.end(t)
	synctest.Wait() // the panic of an Auditor is counted last
	if st := r.g.Stats(); st.Connections != 0 || st.Reservations != 0 || st.Panics != 1 {
		t.Errorf("at the end: %+v", st)
	}
}

// TestPanicOfAReader ends one connection: both of its sides are told, and the
// process lives.
func TestPanicOfAReader(t *testing.T) {
	bubble(t, func(t *testing.T) {
		f := &faulty{read: true}
		r := newFaultyRig(t, f)
		r.client.listen(nil)
		r.backend.listen(nil)
		close(f.armed)
		r.client.send(wire.Text, "hello")
		r.client.closedWith(t, CloseInternal, "internal;r=wait;i=")
		r.backend.closedWith(t, CloseGoingAway, "")
		r.ended(t)
	})
}

// TestPanicOfAWriter fails where a message of the backend is written.
func TestPanicOfAWriter(t *testing.T) {
	bubble(t, func(t *testing.T) {
		f := &faulty{write: true}
		r := newFaultyRig(t, f)
		r.client.listen(nil)
		r.backend.listen(nil)
		close(f.armed)
		r.backend.send(wire.Text, "hello")
		r.backend.closedWith(t, CloseGoingAway, "")
		r.ended(t)
	})
}

// TestPanicOfAFlusher fails in the goroutine that writes what could not be
// written at once.
func TestPanicOfAFlusher(t *testing.T) {
	bubble(t, func(t *testing.T) {
		f := &faulty{write: true}
		r := newFaultyRig(t, f, session(SessionPolicy{Idle: time.Minute}))
		r.client.listen(nil)
		r.backend.listen(nil)
		close(f.armed) // the guard's ping is the first thing to be written
		r.backend.closedWith(t, CloseGoingAway, "")
		r.ended(t)
	})
}

// careless is an Auditor with a defect.
type careless struct{ recorder }

func (a *careless) Record(e Event) {
	a.recorder.Record(e)
	if e.Action == "connection" {
		panic("audit")
	}
}

// TestPanicOfAnAuditor fails while the end of a connection is recorded: the
// connection is gone all the same.
func TestPanicOfAnAuditor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		audit := new(careless)
		r := &rig{events: &audit.recorder}
		near, client := net.Pipe()
		nearBackend, backend := net.Pipe()
		r.client, r.backend = newPeer(client, wire.FromClient), newPeer(backend, wire.FromServer)
		r.client.listen(nil)
		r.backend.listen(nil)
		cfg := rigConfig(nil)
		cfg.Audit = audit
		r.connect(t, cfg, near, &opened{backend: &far{conn: nearBackend}}, Identity{})
		r.client.Close()
		r.backend.closedWith(t, CloseGoingAway, "")
		r.ended(t)
	})
}
