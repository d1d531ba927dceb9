package serve_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wire"
)

// run is a running serve.Run.
type run struct {
	signals chan os.Signal
	ticks   chan time.Time
	servers chan *serve.Server
	ended   chan error
	cancel  context.CancelFunc
}

// run starts serve.Run on the configuration text. Signals and ticks are not
// buffered: what one asked for is done when the next is taken.
func (g *gateway) run(text string) *run {
	g.t.Helper()
	r := &run{make(chan os.Signal), make(chan time.Time), make(chan *serve.Server, 1), make(chan error, 1), nil}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	cfg, opts := g.load(text), g.options()
	opts.Signals, opts.Ticks = r.signals, r.ticks
	opts.Started = func(s *serve.Server) { r.servers <- s }
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.ended <- serve.Run(ctx, cfg, opts)
	}()
	g.t.Cleanup(func() {
		cancel()
		<-done
	})
	return r
}

func (r *run) started(t *testing.T) *serve.Server {
	t.Helper()
	select {
	case s := <-r.servers:
		return s
	case err := <-r.ended:
		t.Fatalf("Run returned %v", err)
		return nil
	}
}

func (r *run) tick()   { r.ticks <- time.Time{} }
func (r *run) hangup() { r.signals <- syscall.SIGHUP }

func (r *run) stop(t *testing.T) {
	t.Helper()
	r.signals <- syscall.SIGTERM
	if err := <-r.ended; err != nil {
		t.Errorf("Run returned %v, want nil", err)
	}
}

func TestDrain(t *testing.T) {
	g := newGateway(t)
	r := g.run("drain: {spread: 0s, deadline: 10s}\n" + g.plain())
	s := r.started(t)
	c := open(t, s, "/ws")
	r.signals <- syscall.SIGTERM
	r.signals <- syscall.SIGHUP // must not count as the second signal
	u, err := c.NextMessage(contextOf(t))
	if err != nil || u.Opcode != wire.Close || u.Code != 1012 {
		t.Fatalf("got %v %d %q, %v, want a close with 1012", u.Opcode, u.Code, u.Reason, err)
	}
	// The listener is closed by now, and the admin listener says why.
	if conn, err := net.Dial("tcp", s.Addr().String()); err == nil {
		conn.Close()
		t.Error("a new connection was accepted")
	}
	if status, body := admin(t, s, "GET", "/readyz"); status != 503 || !strings.Contains(body, "draining") {
		t.Errorf("readyz is %d %q while it drains, want 503", status, body)
	}
	if status, _ := admin(t, s, "GET", "/healthz"); status != 200 {
		t.Errorf("healthz is %d while it drains, want 200", status)
	}
	c.SendClose(1012, "")
	c.Close()
	if err := <-r.ended; err != nil {
		t.Errorf("Run returned %v, want nil", err)
	}
}

func TestDrainDeadline(t *testing.T) {
	g := newGateway(t)
	r := g.run("drain: {spread: 0s, deadline: 1s}\n" + g.plain())
	c := open(t, r.started(t), "/ws")
	r.stop(t) // c never answers the close
	if !strings.Contains(g.log.String(), "level=INFO msg=draining") {
		t.Errorf("the log does not say that it drains:\n%s", g.log.String())
	}
	c.Close()
}

func TestSecondSignal(t *testing.T) {
	g := newGateway(t)
	r := g.run("drain: {spread: 1h, deadline: 1h}\n" + g.plain())
	s := r.started(t)
	first, second := open(t, s, "/ws"), open(t, s, "/ws") // the second would wait half an hour
	defer first.Close()
	defer second.Close()
	r.signals <- syscall.SIGTERM
	r.signals <- syscall.SIGINT
	if err := <-r.ended; !errors.Is(err, serve.ErrCutOff) {
		t.Errorf("Run returned %v, want ErrCutOff", err)
	}
}

func TestContextEndsRun(t *testing.T) {
	g := newGateway(t)
	r := g.run(g.plain())
	r.started(t)
	r.cancel()
	if err := <-r.ended; err != nil {
		t.Errorf("Run returned %v, want nil", err)
	}
}

func signature(signed, key string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(strings.TrimSuffix(signed, ".")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
