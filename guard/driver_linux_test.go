package guard_test

import (
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// faultyAudit panics in the path of a message.
type faultyAudit struct{ guard.Auditor }

func (a faultyAudit) Record(e guard.Event) {
	if e.Action == "message" {
		panic("audit")
	}
	a.Auditor.Record(e)
}

// TestLoopSurvivesPanic ends one connection of a loop by a panic and finds the
// others as they were: more of them than there are loops.
func TestLoopSurvivesPanic(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) {
		c.Audit = faultyAudit{c.Audit}
		r := &c.Routes[0]
		r.Mode = guard.Monitor // a message too many is recorded, and passes
		r.Limits.Messages = guard.Rate{Count: 1, Per: time.Hour, Burst: 5}
		r.Limits.ConnectionsPerIP = 100
	})
	var others []*wireclient.Conn
	for range 16 {
		others = append(others, w.dial(t, wireclient.Handshake{Origin: appOrigin}))
	}
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	for range 6 {
		c.SendText("hello")
	}
	for {
		u, err := c.NextMessage(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		if u.Opcode == wire.Close {
			if u.Code != wire.CloseInternalError {
				t.Errorf("got %d %q", u.Code, u.Reason)
			}
			break
		}
	}
	for i, o := range others {
		o.SendText("still here")
		if u, err := o.NextMessage(testContext(t)); err != nil || string(u.Payload) != "still here" {
			t.Errorf("connection %d: %v %d %q", i, err, u.Code, u.Payload)
		}
	}
	if n := w.Stats().Panics; n != 1 {
		t.Errorf("%d panics counted, want 1", n)
	}
}
