package guard_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// script is a backend whose part the test plays by hand.
type script struct {
	url   string
	conns chan *part
}

// part is one connection to a script, after its 101.
type part struct {
	net.Conn
	br     *bufio.Reader
	reader *wire.Reader
	rest   []byte
}

// startScript listens for connections until the test ends.
func startScript(t *testing.T) *script {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{url: "ws://" + ln.Addr().String() + "/ws", conns: make(chan *part, 16)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { nc.Close() })
			br := bufio.NewReader(nc)
			r, err := http.ReadRequest(br)
			if err != nil || guardtest.Accept(nc, r) != nil {
				continue
			}
			s.conns <- &part{Conn: nc, br: br, reader: wire.NewReader(wire.ReaderConfig{From: wire.FromClient, MaxMessage: 64 << 20, MaxFragments: 1 << 20, Raw: true, Payload: true})}
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return s
}

// next returns the next message or control frame, io.EOF or an error. Its bytes
// are the caller's.
func (p *part) next(t *testing.T) (wire.Unit, error) {
	t.Helper()
	p.SetReadDeadline(time.Now().Add(20 * time.Second))
	buf := make([]byte, 64<<10)
	for {
		n, u, ok, err := p.reader.Next(p.rest)
		p.rest = p.rest[n:]
		if err != nil {
			t.Fatalf("the guard broke the protocol towards the backend: %v", err)
		}
		if ok {
			u.Raw, u.Payload, u.Reason = bytes.Clone(u.Raw), bytes.Clone(u.Payload), bytes.Clone(u.Reason)
			return u, nil
		}
		n, err = p.br.Read(buf)
		if n == 0 && err != nil {
			return wire.Unit{}, err
		}
		p.rest = bytes.Clone(buf[:n])
	}
}

// must returns the next message or control frame, which must come.
func (p *part) must(t *testing.T) wire.Unit {
	t.Helper()
	u, err := p.next(t)
	if err != nil {
		t.Fatalf("backend read: %v", err)
	}
	return u
}

func (p *part) send(t *testing.T, op wire.Opcode, payload string) {
	t.Helper()
	p.write(t, wire.AppendMessage(nil, op, []byte(payload), nil))
}

func (p *part) write(t *testing.T, b []byte) {
	t.Helper()
	if _, err := p.Write(b); err != nil {
		t.Fatal(err)
	}
}

// generous lifts the limits that would be in the way of tests of something
// else.
func generous(cfg *guard.Config) {
	for i := range cfg.Routes {
		l := &cfg.Routes[i].Limits
		l.ConnectionsPerIP, l.ConnectionsPerUser = 10000, 10000
		l.Messages, l.UserMessages, l.ControlFrames = fast, fast, fast
	}
	cfg.Limits.Handshakes = fast
}

var fast = guard.Rate{Count: 1 << 20, Per: time.Second}

// all applies several edits.
func all(edits ...func(*guard.Config)) func(*guard.Config) {
	return func(cfg *guard.Config) {
		for _, e := range edits {
			e(cfg)
		}
	}
}

func limits(edit func(*guard.Limits)) func(*guard.Config) {
	return func(cfg *guard.Config) { edit(&cfg.Routes[0].Limits) }
}

// playGateway starts a gateway in front of a script and opens one connection.
func playGateway(t *testing.T, edits ...func(*guard.Config)) (*gateway, *wireclient.Conn, *part) {
	t.Helper()
	s := startScript(t)
	w := startGateway(t, all(append([]func(*guard.Config){generous, func(cfg *guard.Config) { cfg.Routes[0].Backend = s.url }}, edits...)...))
	return w, w.dial(t, wireclient.Handshake{Origin: appOrigin}), <-s.conns
}

// must returns the next unit that a client gets.
func must(t *testing.T, c *wireclient.Conn) wire.Unit {
	t.Helper()
	u, err := c.Next(testContext(t))
	if err != nil {
		t.Fatalf("client read: %v", err)
	}
	return u
}

// masked returns a client's frame.
func masked(fin bool, op wire.Opcode, payload string) []byte {
	key := wire.NewMaskKey()
	return wire.AppendFrame(nil, fin, op, []byte(payload), &key)
}

// TestRelayKeepsBytes holds the guard to its promise that an allowed message
// travels as it came: same frames, same masking key.
func TestRelayKeepsBytes(t *testing.T) {
	_, c, p := playGateway(t)
	sent := [][]byte{
		masked(true, wire.Text, "one"),
		masked(true, wire.Binary, "\x00\xff"),
		masked(true, wire.Ping, "ping"),
		slices.Concat(masked(false, wire.Text, "a"), masked(false, wire.Continuation, ""), masked(true, wire.Continuation, "b")),
		wire.AppendFrame(nil, true, wire.Text, []byte("all-zero mask"), new([4]byte)),
		masked(true, wire.Text, strings.Repeat("x", 60000)),
	}
	for _, b := range sent {
		if _, err := c.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	for i, b := range sent {
		if u := p.must(t); !bytes.Equal(u.Raw, b) {
			t.Errorf("unit %d: backend got %v of %d bytes, want the %d bytes that were sent", i, u.Opcode, len(u.Raw), len(b))
		}
	}
}

// TestRelayFragmentedBatch sends fragmented messages that arrive in one read:
// what was assembled for one must not be what is sent for another.
func TestRelayFragmentedBatch(t *testing.T) {
	_, c, p := playGateway(t)
	var batch []byte
	var want []string
	for i := range 20 {
		text := strings.Repeat(string(rune('a'+i)), 100+i)
		want = append(want, text)
		batch = append(batch, masked(false, wire.Text, text[:50])...)
		batch = append(batch, masked(true, wire.Continuation, text[50:])...)
		if i%3 == 0 {
			batch = append(batch, masked(true, wire.Text, "whole")...)
			want = append(want, "whole")
		}
	}
	if _, err := c.Write(batch); err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		if u := p.must(t); string(u.Payload) != w {
			t.Fatalf("message %d: got %.60q, want %.60q", i, u.Payload, w)
		}
	}
}

// TestRelayControlInsideMessage sends a ping between two fragments: it passes
// before the message, which is still whole.
func TestRelayControlInsideMessage(t *testing.T) {
	_, c, p := playGateway(t)
	c.Write(slices.Concat(masked(false, wire.Text, "he"), masked(true, wire.Ping, "now"), masked(true, wire.Continuation, "llo")))
	if u := p.must(t); u.Opcode != wire.Ping || string(u.Payload) != "now" {
		t.Errorf("got %v %q, want the ping first", u.Opcode, u.Payload)
	}
	if u := p.must(t); u.Opcode != wire.Text || string(u.Payload) != "hello" || u.Fragments != 2 {
		t.Errorf("got %v %q in %d fragments, want hello in 2", u.Opcode, u.Payload, u.Fragments)
	}
}

// TestRelayBatch sends many messages in one segment: they arrive complete, in
// order, and not in a write each.
func TestRelayBatch(t *testing.T) {
	const messages = 500
	var batch, back []byte
	for i := range messages {
		batch = append(batch, masked(true, wire.Text, fmt.Sprintf("message %04d", i))...)
		back = wire.AppendMessage(back, wire.Text, fmt.Appendf(nil, "answer %04d", i), nil)
	}
	_, c, p := playGateway(t)
	if _, err := c.Write(batch); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 0, len(batch))
	buf := make([]byte, 64<<10)
	reads := 0
	for len(got) < len(batch) {
		n, err := p.br.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, buf[:n]...)
		reads++
	}
	if !bytes.Equal(got, batch) {
		t.Error("the backend got other bytes than the client sent")
	}
	if reads > messages/10 {
		t.Errorf("%d messages of one write arrived in %d reads", messages, reads)
	}
	p.write(t, back)
	for i := range messages {
		if u := must(t, c); string(u.Payload) != fmt.Sprintf("answer %04d", i) {
			t.Fatalf("answer %d: got %q", i, u.Payload)
		}
	}
}

// TestConnectionsAndStats follows one connection through the counters.
func TestConnectionsAndStats(t *testing.T) {
	w := startGateway(t, generous)
	before := time.Now()
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	c.SendText("hello")
	must(t, c)

	cs := w.Connections()
	if len(cs) != 1 {
		t.Fatalf("got %d connections, want 1", len(cs))
	}
	if got := cs[0]; got.Route != "/ws" || got.User != "alice" || got.Session != "s1" || got.Client != "127.0.0.1" || got.ID == "" || got.Since.Before(before.Add(-time.Minute)) {
		t.Errorf("got %+v", got)
	}
	st := w.Stats()
	if st.Connections != 1 || st.Reservations != 1 || st.Routes[0].Connections != 1 || st.Routes[0].Accepted != 1 {
		t.Errorf("while open: %+v", st)
	}
	c.SendClose(1000, "")
	must(t, c)
	w.Close()
	st = w.Stats()
	if st.Connections != 0 || st.Reservations != 0 || st.Routes[0].Connections != 0 || st.Routes[0].Accepted != 1 || st.Panics != 0 {
		t.Errorf("at the end: %+v", st)
	}
	for _, from := range []string{"client", "server"} {
		if m := messageStats(t, st, from, guard.Allowed); m.Messages != 1 || m.Bytes == 0 {
			t.Errorf("from the %s: %+v, want one message", from, m)
		}
	}
	if len(w.Connections()) != 0 {
		t.Errorf("at the end: %+v", w.Connections())
	}
}

func messageStats(t *testing.T, s guard.Stats, from string, decision guard.Outcome) guard.MessageStats {
	t.Helper()
	for _, m := range s.Routes[0].Messages {
		if m.From == from && m.Decision == decision {
			return m
		}
	}
	t.Fatalf("no stats of messages from %s, %s", from, decision)
	return guard.MessageStats{}
}

func TestCloseConnection(t *testing.T) {
	w, c, p := playGateway(t)
	c.SendText("hello")
	p.must(t) // it is in the index
	other := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	if w.CloseConnection("no such connection") {
		t.Error("closed a connection that there is not")
	}
	if !w.CloseConnection(w.Connections()[0].ID) {
		t.Fatal("the connection was not found")
	}
	if u := must(t, c); u.Opcode != wire.Close || u.Code != 4003 {
		t.Errorf("client got %v %d, want a close with 4003", u.Opcode, u.Code)
	}
	if u := p.must(t); u.Opcode != wire.Close || u.Code != 1001 {
		t.Errorf("backend got %v %d, want a close with 1001", u.Opcode, u.Code)
	}
	c.Close()
	p.ends(t)
	p.Close()
	if e := w.audit.WaitRule(t, "operator.close"); e.Close != guard.CloseDenied || e.Outcome != guard.Denied {
		t.Errorf("audit says %+v", e)
	}
	if err := other.SendText("still here"); err != nil {
		t.Error(err)
	}
}

// TestRecordsOfRelay checks what the audit log says of an ordinary connection:
// its handshake and its end, under the same connection id.
func TestRecordsOfRelay(t *testing.T) {
	w := startGateway(t, nil)
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	c.SendClose(1000, "")
	must(t, c)
	end := w.audit.Wait(t, "the end", func(e guard.Event) bool { return e.Action == "connection" })
	start := w.audit.Wait(t, "the start", func(e guard.Event) bool { return e.Action == "handshake" })
	for _, e := range []guard.Event{start, end} {
		if e.Outcome != guard.Allowed || e.Route != "/ws" || e.User != "alice" || e.Session != "s1" || e.Origin != appOrigin || e.Client != "127.0.0.1" || e.ID == "" {
			t.Errorf("got %+v", e)
		}
	}
	if start.Connection == "" || start.Connection != end.Connection || start.ID != end.ID {
		t.Errorf("start and end do not name the same connection: %+v and %+v", start, end)
	}
	if end.Detail != "closed" || end.Close != 0 || end.Rule != "" {
		t.Errorf("an ordinary end reads %+v", end)
	}
}

// eof reads c to its end and fails the test if data still comes.
func eof(t *testing.T, c *wireclient.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	u, err := c.Next(ctx)
	if err == nil {
		t.Fatalf("got %v %q after the end", u.Opcode, u.Payload)
	}
	if ctx.Err() != nil {
		t.Fatal("the socket stayed open")
	}
}
