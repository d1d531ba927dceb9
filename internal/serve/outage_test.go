package serve_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// TestValidatorDiesUnderLoad: while clients talk, whoever judges them goes for
// good. Nobody gets in from then on; those who are in talk on until grace is
// over, and then each hears why. No message is lost in silence: each is
// answered, or its sender reads a Close frame.
func TestValidatorDiesUnderLoad(t *testing.T) {
	g, i := newGateway(t), newIdentities(t)
	text := strings.Replace(g.sessionConfig(i, ""), "limits: {", "limits: {messages: 100000/1s, user_messages: 100000/1s, ", 1)
	s := g.start(strings.Replace(text, "routes:", "limits: {handshakes: 100000/1s}\nroutes:", 1))
	var talking sync.WaitGroup
	outlived := make(chan bool, 20)
	for n := range cap(outlived) {
		c := g.token(s, fmt.Sprint("user-", n))
		talking.Go(func() { outlived <- talk(t, c) })
	}
	i.Close()
	ctx, cancel := context.WithCancel(context.Background())
	var knocking sync.WaitGroup
	knocking.Go(func() { knock(t, ctx, s) })
	talking.Wait()
	cancel()
	knocking.Wait()
	close(outlived)
	for ok := range outlived {
		if !ok {
			t.Error("a connection ended without having talked through the outage")
		}
	}
	if n := s.Guard().Stats().Rechecks; n["lost"] == 0 || n["refused"] > 0 {
		t.Errorf("counted %v", n)
	}
}

// talk sends and reads until the Close frame of a lost validator, and reports
// whether that came after grace, which is 2 s.
func talk(t *testing.T, c *wireclient.Conn) bool {
	began, sent, echoed := time.Now(), 0, 0
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for {
		if c.SendText(fmt.Sprint("message ", sent)) == nil {
			sent++
		}
		u, err := c.NextMessage(ctx)
		switch {
		case err != nil:
			t.Errorf("after %d messages: %v", sent, err)
			return false
		case u.Opcode == wire.Close:
			if u.Code != 4001 || !strings.HasPrefix(string(u.Reason), "session.expired;r=fresh") {
				t.Errorf("closed with %d %q", u.Code, u.Reason)
			}
			return time.Since(began) >= 2*time.Second
		case string(u.Payload) != fmt.Sprint("message ", echoed):
			t.Errorf("got %q, want message %d", u.Payload, echoed)
			return false
		}
		echoed++
	}
}

// TestBackendDiesUnderLoad: while clients talk under rules for messages, the
// backend goes without a word. No message is lost in silence: each is answered,
// in order, or its sender reads a Close frame that says to come back later.
// Nobody gets in while there is no backend.
func TestBackendDiesUnderLoad(t *testing.T) {
	g, b := newGateway(t), guardtest.NewBackend(t)
	s := g.start("listen: 127.0.0.1:0\nlimits: {handshakes: 100000/1s}\nroutes:\n  - path: /ws\n    backend: " + b.URL + "\n    origins: [" + origin + "]\n" +
		"    auth: {anonymous: true}\n    limits: {messages: 100000/1s, connections_per_ip: 100}\n" +
		"    messages: {client: {say: {schema: {type: object, additionalProperties: false, properties: {n: {type: integer}}}, set: {by: conn.id}}}}\n")
	var talking, warm sync.WaitGroup
	const clients, before = 20, 50
	warm.Add(clients)
	for range clients {
		c := open(t, s, "/ws")
		talking.Go(func() { sayUntilClosed(t, c, before, warm.Done) })
	}
	warm.Wait()
	b.Close()
	talking.Wait()
	c, resp := dial(t, s, wireclient.Handshake{Origin: origin})
	if c != nil || resp.StatusCode != 502 {
		t.Errorf("without a backend: got %s, want 502", resp.Status)
	}
}

// sayUntilClosed sends one message after the other and reads each answer until a
// Close frame comes. It calls talking after so many answers.
func sayUntilClosed(t *testing.T, c *wireclient.Conn, answers int, talking func()) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for n := 0; ; n++ {
		if n == answers {
			talking()
		}
		c.SendText(fmt.Sprintf(`{"type":"say","n":%d}`, n)) // may fail once a Close frame is on its way
		u, err := c.NextMessage(ctx)
		switch want := fmt.Sprintf(`{"type":"say","n":%d,"by":"`, n); {
		case err != nil:
			t.Errorf("message %d was lost without a Close frame: %v", n, err)
		case u.Opcode == wire.Close:
			if u.Code != 1014 || !strings.HasPrefix(string(u.Reason), "upstream;r=wait") {
				t.Errorf("closed with %d %q", u.Code, u.Reason)
			}
		case !strings.HasPrefix(string(u.Payload), want):
			t.Errorf("got %q, want %s", u.Payload, want)
		default:
			continue
		}
		if n < answers {
			t.Errorf("ended after %d messages, before the backend did", n)
			talking()
		}
		return
	}
}

// knock tries to get in until ctx is done.
func knock(t *testing.T, ctx context.Context, s *serve.Server) {
	for ctx.Err() == nil {
		c, resp, err := wireclient.Dial(ctx, wireclient.Handshake{URL: "ws://" + s.Addr().String() + "/ws", Origin: origin, Bearer: "newcomer"})
		if err != nil {
			if ctx.Err() == nil {
				t.Error(err)
			}
			return
		}
		if c != nil || resp.StatusCode != 503 {
			t.Errorf("a newcomer got %s", resp.Status)
			if c != nil {
				c.Close()
			}
			return
		}
	}
}
