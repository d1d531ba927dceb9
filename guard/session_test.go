package guard_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// lockedBuffer is a bytes.Buffer for a log.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// wait receives from ch before the test's patience ends.
func wait[T any](t *testing.T, what string, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(20 * time.Second):
		t.Fatalf("%s did not happen", what)
		panic("unreachable")
	}
}

// sessionOf returns a handler that gives the session away at the first message.
func sessionOf(got chan<- *guard.Session) guard.HandlerFunc {
	return func(_ context.Context, s *guard.Session, _ guard.Message) error {
		got <- s
		return nil
	}
}

// openSession opens a connection and returns both of its ends.
func openSession(t *testing.T, edit func(*guard.Config), h wireclient.Handshake) (*gateway, *wireclient.Conn, *guard.Session) {
	t.Helper()
	got := make(chan *guard.Session, 1)
	w := startHandler(t, edit, sessionOf(got))
	h.Origin = appOrigin
	c := w.dial(t, h)
	if err := c.SendText("who is it?"); err != nil {
		t.Fatal(err)
	}
	return w, c, wait(t, "the first message", got)
}

func TestHandlerGetsMessages(t *testing.T) {
	type got struct {
		binary bool
		data   string
	}
	messages := make(chan got, 100)
	w := startHandler(t, generous, func(_ context.Context, _ *guard.Session, m guard.Message) error {
		messages <- got{m.Binary, string(m.Data)}
		return nil
	})
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	var batch []byte
	for i := range 50 {
		batch = append(batch, masked(true, wire.Text, fmt.Sprint("text ", i))...)
	}
	batch = append(batch, masked(true, wire.Binary, "\xff\x00")...)
	batch = append(batch, masked(false, wire.Text, "in ")...)
	batch = append(batch, masked(true, wire.Ping, "between")...)
	batch = append(batch, masked(true, wire.Continuation, "two")...)
	batch = append(batch, masked(true, wire.Text, "")...)
	c.Write(batch)
	for i := range 50 {
		if m := wait(t, "a message", messages); m.binary || m.data != fmt.Sprint("text ", i) {
			t.Fatalf("message %d is %+v", i, m)
		}
	}
	for _, want := range []got{{true, "\xff\x00"}, {false, "in two"}, {false, ""}} {
		if m := wait(t, "a message", messages); m != want {
			t.Errorf("got %+v, want %+v", m, want)
		}
	}
	if u := must(t, c); u.Opcode != wire.Pong || string(u.Payload) != "between" {
		t.Errorf("the ping was answered with %v %q", u.Opcode, u.Payload)
	}
}

func TestSessionIntroducesItself(t *testing.T) {
	w, _, s := openSession(t, all(generous, func(cfg *guard.Config) { cfg.Routes[0].Subprotocols = []string{"chat.v2", "chat.v1"} }),
		wireclient.Handshake{Bearer: aliceToken, Subprotocols: []string{"chat.v1", "chat.v2"}})
	if id := s.Identity(); id.User != "alice" || !id.HasRole("trader") {
		t.Errorf("identity %+v", id)
	}
	if s.Origin() != appOrigin || s.ID() != w.Connections()[0].ID {
		t.Errorf("origin %q, id %q", s.Origin(), s.ID())
	}
	if s.Value("key") != nil {
		t.Error("there is a value that nobody set")
	}
	s.Set("key", 1)
	s.Set("key", 2)
	if s.Value("key") != 2 {
		t.Errorf("value %v", s.Value("key"))
	}
}

// TestSend sends from several goroutines at once: every message arrives whole,
// and those of one sender in order.
func TestSend(t *testing.T) {
	w, c, s := openSession(t, generous, wireclient.Handshake{})
	const senders, each = 4, 200
	var wg sync.WaitGroup
	for i := range senders {
		wg.Go(func() {
			for j := range each {
				if err := s.Send(guard.Message{Data: fmt.Appendf(nil, "%d %d %s", i, j, strings.Repeat("x", j))}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var next [senders]int
	for range senders * each {
		u := must(t, c)
		var i, j int
		if _, err := fmt.Sscanf(string(u.Payload), "%d %d", &i, &j); err != nil || j != next[i] || u.Opcode != wire.Text {
			t.Fatalf("got %v %q, want message %d of sender %d", u.Opcode, u.Payload, next[i], i)
		}
		next[i]++
	}
	wg.Wait()
	if err := s.Send(guard.Message{Binary: true, Data: []byte("\xff")}); err != nil {
		t.Error(err)
	}
	if u := must(t, c); u.Opcode != wire.Binary || string(u.Payload) != "\xff" {
		t.Errorf("got %v %q", u.Opcode, u.Payload)
	}
	if err := s.Send(guard.Message{Data: []byte("\xff")}); err == nil || errors.Is(err, guard.ErrSessionEnded) {
		t.Errorf("text that is not UTF-8: %v", err)
	}
	if m := messageStats(t, w.Stats(), "server", guard.Allowed); m.Messages != senders*each+1 {
		t.Errorf("%d messages are counted", m.Messages)
	}
}

// TestTrySendToAClientThatDoesNotRead must not wait, as a broadcast to many
// must not for one.
func TestTrySendToAClientThatDoesNotRead(t *testing.T) {
	_, c, s := openSession(t, all(generous, limits(func(l *guard.Limits) { l.SendTimeout = time.Hour })), wireclient.Handshake{})
	message := guard.Message{Binary: true, Data: make([]byte, 32<<10)}
	sent := 0
	for s.TrySend(message) {
		if sent++; sent > 4000 {
			t.Fatal("there is always room")
		}
	}
	for range sent {
		if u := must(t, c); len(u.Payload) != len(message.Data) {
			t.Fatalf("got %v with %d bytes", u.Opcode, len(u.Payload))
		}
	}
	for !s.TrySend(message) { // as soon as the queue is empty
	}
	must(t, c)
}

// TestSendToAClientThatDoesNotRead waits, for send_timeout at most.
func TestSendToAClientThatDoesNotRead(t *testing.T) {
	w, c, s := openSession(t, all(generous, limits(func(l *guard.Limits) { l.SendTimeout = 200 * time.Millisecond })), wireclient.Handshake{})
	var err error
	for err == nil {
		err = s.Send(guard.Message{Binary: true, Data: make([]byte, 32<<10)})
	}
	if !errors.Is(err, guard.ErrSessionEnded) {
		t.Errorf("got %v", err)
	}
	wait(t, "the end of the context", s.Context().Done())
	if e := w.audit.WaitRule(t, "send.slow"); e.Weakness != "WS706" || e.Close != guard.CloseSlowConsumer {
		t.Errorf("audit says %+v", e)
	}
	c.Close()
}

// TestSessionClose ends a session from the handler, in the middle of a batch.
func TestSessionClose(t *testing.T) {
	var seen []string
	sessions := make(chan *guard.Session, 1)
	w := startHandler(t, generous, func(ctx context.Context, s *guard.Session, m guard.Message) error {
		seen = append(seen, string(m.Data))
		s.Send(guard.Message{Data: []byte("last words")})
		s.Close(4321, "grüße")
		s.Close(4000, "again")
		if ctx.Err() == nil {
			t.Error("the context goes on")
		}
		sessions <- s
		return nil
	})
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	c.Write(bytes.Repeat(masked(true, wire.Text, "x"), 100))
	if u := must(t, c); string(u.Payload) != "last words" {
		t.Errorf("got %v %q", u.Opcode, u.Payload)
	}
	wantClose(t, "client", must(t, c), 4321, "grüße")
	c.Close()
	s := wait(t, "the handler", sessions)
	w.Close()
	if len(seen) != 1 {
		t.Errorf("the handler got %d messages, %d of them after it closed", len(seen), len(seen)-1)
	}
	if err := s.Send(guard.Message{}); !errors.Is(err, guard.ErrSessionEnded) {
		t.Errorf("send after the end: %v", err)
	}
	if s.TrySend(guard.Message{}) {
		t.Error("tried to send after the end, and says that it did")
	}
	if e := w.ended(t); e.Detail != "closed by handler" || e.Close != 4321 {
		t.Errorf("audit says %+v", e)
	}
}

// TestHandlerFails returns an error: the client reads that something failed,
// the log says what.
func TestHandlerFails(t *testing.T) {
	var log lockedBuffer
	w := startHandler(t, all(generous, func(cfg *guard.Config) { cfg.Log = slog.New(slog.NewTextHandler(&log, nil)) }),
		func(context.Context, *guard.Session, guard.Message) error { return errors.New("no such account") })
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	c.SendText("x")
	w.cutBy(t, c, 1011, "internal;r=wait")
	if !strings.Contains(log.String(), "no such account") {
		t.Errorf("the log says %q", log.String())
	}
	if n := w.Stats().Panics; n != 0 {
		t.Errorf("%d panics", n)
	}
}

// TestHandlerPanics ends one connection and no other.
func TestHandlerPanics(t *testing.T) {
	var log lockedBuffer
	w := startHandler(t, all(generous, func(cfg *guard.Config) { cfg.Log = slog.New(slog.NewTextHandler(&log, nil)) }),
		func(_ context.Context, s *guard.Session, m guard.Message) error {
			if string(m.Data) == "boom" {
				panic("with the secret of a client: " + string(m.Data))
			}
			return s.Send(m)
		})
	other := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	c.SendText("boom")
	w.cutBy(t, c, 1011, "internal;r=wait")
	if n := w.Stats().Panics; n != 1 {
		t.Errorf("%d panics are counted, want 1", n)
	}
	if s := log.String(); !strings.Contains(s, "session_test.go") || strings.Contains(s, "secret") {
		t.Errorf("the log does not say where, or says too much: %s", s)
	}
	other.SendText("alive")
	if u := must(t, other); string(u.Payload) != "alive" {
		t.Errorf("got %v %q", u.Opcode, u.Payload)
	}
}

// TestSlowHandlerPausesClient does not return: nothing more is read, the
// client's writes block, and everything arrives in the end.
func TestSlowHandlerPausesClient(t *testing.T) {
	release := make(chan struct{})
	next := 0
	w := startHandler(t, all(generous), func(_ context.Context, s *guard.Session, m guard.Message) error {
		<-release
		if len(m.Data) != 32<<10 || int(m.Data[0])<<8+int(m.Data[1]) != next {
			t.Errorf("got message %x, want %d", m.Data[:2], next)
		}
		next++
		return nil
	})
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	sent, rest := 0, []byte(nil)
	for {
		data := make([]byte, 32<<10)
		data[0], data[1] = byte(sent>>8), byte(sent)
		frame := masked(true, wire.Binary, string(data))
		c.SetWriteDeadline(time.Now().Add(500 * time.Millisecond)) // no room for so long: it is paused
		n, err := c.Write(frame)
		sent++
		if err != nil {
			rest = frame[n:]
			break
		}
		if sent > 4000 {
			t.Fatal("the guard reads on while the handler is busy")
		}
	}
	if st := w.Stats(); st.Connections != 1 {
		t.Fatalf("the connection ended: %+v", w.audit.Events())
	}
	close(release)
	c.SetWriteDeadline(time.Time{})
	c.Write(rest)
	c.SendClose(1000, "")
	wantClose(t, "client", must(t, c), 1000, "")
	w.Close()
	if next != sent {
		t.Errorf("%d of %d messages arrived", next, sent)
	}
}

// TestSessionContextEnds ends a connection in each way there is.
func TestSessionContextEnds(t *testing.T) {
	for name, end := range map[string]func(*gateway, *wireclient.Conn, *guard.Session){
		"the client closes":   func(_ *gateway, c *wireclient.Conn, _ *guard.Session) { c.SendClose(1000, "") },
		"the client vanishes": func(_ *gateway, c *wireclient.Conn, _ *guard.Session) { c.Close() },
		"the client is reset": func(_ *gateway, c *wireclient.Conn, _ *guard.Session) {
			c.Conn.(*net.TCPConn).SetLinger(0)
			c.Close()
		},
		"the client breaks the protocol": func(_ *gateway, c *wireclient.Conn, _ *guard.Session) { c.Write([]byte{0xff, 0xff}) },
		"the session closes":             func(_ *gateway, _ *wireclient.Conn, s *guard.Session) { s.Close(1000, "") },
		"the operator closes":            func(w *gateway, _ *wireclient.Conn, s *guard.Session) { w.CloseConnection(s.ID()) },
		"the guard closes":               func(w *gateway, _ *wireclient.Conn, _ *guard.Session) { w.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			w, c, s := openSession(t, generous, wireclient.Handshake{})
			if s.Context().Err() != nil {
				t.Fatal("the context has ended before the connection")
			}
			end(w, c, s)
			wait(t, "the end of the context", s.Context().Done())
			c.Close()
			w.Close()
			if st := w.Stats(); st.Connections != 0 || st.Reservations != 0 || st.Panics != 0 {
				t.Errorf("at the end: %+v", st)
			}
		})
	}
}

// TestHandlerLimits holds a handler's clients to the same limits.
func TestHandlerLimits(t *testing.T) {
	for _, test := range overLimits {
		t.Run(test.name, func(t *testing.T) {
			var messages int
			w := startHandler(t, all(generous, limits(test.edit)), func(context.Context, *guard.Session, guard.Message) error {
				messages++
				return nil
			})
			c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
			c.Write(test.send)
			advice := strings.SplitN(test.reason, ";", 3)[:2]
			e := w.cutBy(t, c, test.code, strings.Join(advice, ";"))
			if e.Rule != test.rule || e.Weakness != test.weakness {
				t.Errorf("audit says %+v", e)
			}
			w.Close()
			if test.weakness != "WS707" && messages != test.arrive {
				t.Errorf("the handler got %d messages, want %d", messages, test.arrive)
			}
		})
	}
}
