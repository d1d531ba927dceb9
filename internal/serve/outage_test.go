package serve_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

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
