package guard_test

import (
	"context"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// TestMain fails if any goroutine outlives the tests: what a guard starts, it
// waits for.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// behaviours are the ways in which a client may act, well and badly.
var behaviours = []func(*wireclient.Conn, *gateway, context.Context){
	func(c *wireclient.Conn, _ *gateway, ctx context.Context) { // well
		c.SendText("hello")
		c.NextMessage(ctx)
		c.SendClose(1000, "")
		c.NextMessage(ctx)
	},
	func(c *wireclient.Conn, _ *gateway, _ context.Context) { c.SendClose(1000, "") },
	func(c *wireclient.Conn, _ *gateway, _ context.Context) { c.SendText("never read") },
	func(c *wireclient.Conn, _ *gateway, _ context.Context) {
		c.Write(masked(false, wire.Text, "half a message"))
	},
	func(c *wireclient.Conn, _ *gateway, _ context.Context) { c.Write([]byte{0xff}) },
	func(c *wireclient.Conn, _ *gateway, _ context.Context) { c.CloseWrite() },
	func(c *wireclient.Conn, _ *gateway, _ context.Context) {
		c.SendText("and a reset")
		if tcp, ok := c.Conn.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
	},
	func(c *wireclient.Conn, _ *gateway, _ context.Context) {
		for range 50 { // more than the rate
			c.SendText("flood")
		}
	},
	func(c *wireclient.Conn, _ *gateway, _ context.Context) {
		c.SetWriteDeadline(time.Now().Add(50 * time.Millisecond))
		for range 100 { // reads nothing of the echo
			if c.Send(wire.Binary, make([]byte, 60000)) != nil {
				break
			}
		}
	},
	func(c *wireclient.Conn, w *gateway, _ context.Context) {
		for _, live := range w.Connections()[:min(1, len(w.Connections()))] {
			w.CloseConnection(live.ID)
		}
	},
	func(_ *wireclient.Conn, w *gateway, _ context.Context) { w.backend.Drop() },
}

// TestChaos opens connections that end in every way there is, at the same time:
// nothing is left of them, no counter is off, and a good client still enters.
func TestChaos(t *testing.T) {
	const workers, each = 8, 60
	w := startGateway(t, all(generous, limits(func(l *guard.Limits) {
		l.Messages = guard.Rate{Count: 30, Per: time.Hour}
		l.SendQueue, l.SendTimeout = 64<<10, 100*time.Millisecond
	})))
	var wg sync.WaitGroup
	for i := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for range each {
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				c, _, err := wireclient.Dial(ctx, wireclient.Handshake{URL: w.url + "/ws", Origin: appOrigin})
				if err == nil && c != nil {
					behaviours[random.IntN(len(behaviours))](c, w, ctx)
					c.Close()
				}
				cancel()
			}
		})
	}
	wg.Wait()
	echoes(t, w.dial(t, wireclient.Handshake{Origin: appOrigin}))
	w.Close()
	st := w.Stats()
	if st.Connections != 0 || st.Reservations != 0 || st.Routes[0].Connections != 0 || st.Panics != 0 {
		t.Errorf("at the end: %+v", st)
	}
	ends := map[string]int{}
	for _, e := range w.audit.Events() {
		if e.Action == "connection" {
			ends[e.Connection]++
		}
	}
	if uint64(len(ends)) != st.Routes[0].Accepted {
		t.Errorf("%d connections were accepted, and the end of %d is recorded", st.Routes[0].Accepted, len(ends))
	}
	for id, n := range ends {
		if n != 1 {
			t.Errorf("the end of %s is recorded %d times", id, n)
		}
	}
}
