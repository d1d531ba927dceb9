package probe_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
	"github.com/wswarden/wswarden/report"
)

// counter is a relay in front of a server that counts what comes: connections,
// and frames behind the head of a request that are no Close frames.
type counter struct {
	url                 *url.URL
	connections, frames atomic.Int64
}

func newCounter(t *testing.T, s *probetest.Server) *counter {
	t.Helper()
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	from := *to
	from.Host = l.Addr().String()
	c := &counter{url: &from}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			c.connections.Add(1)
			wg.Go(func() { c.relay(client, to.Host) })
		}
	})
	return c
}

func (c *counter) relay(client net.Conn, to string) {
	defer client.Close()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer server.Close()
	var wg sync.WaitGroup
	wg.Go(func() { io.Copy(client, server); client.Close() })
	b := make([]byte, 64<<10)
	var head strings.Builder
	var rest []byte
	for {
		n, err := client.Read(b)
		if n > 0 {
			server.Write(b[:n])
			if _, after, ok := strings.Cut(head.String(), "\r\n\r\n"); ok && after == "" && head.Len() > 0 {
				rest = c.count(append(rest, b[:n]...))
			} else {
				head.Write(b[:n])
			}
		}
		if err != nil {
			break
		}
	}
	server.Close()
	wg.Wait()
}

// count counts whole frames and returns what is left.
func (c *counter) count(b []byte) []byte {
	for {
		h, n, err := wire.ParseHeader(b)
		if err != nil || n == 0 || uint64(len(b)-n) < h.Length {
			return b
		}
		if h.Opcode != wire.Close {
			c.frames.Add(1)
		}
		b = b[n+int(h.Length):]
	}
}

// TestBudgetIsNeverExceeded counts at the server what a run of any budget sends.
// The checks are those that send well-formed frames, one a message.
func TestBudgetIsNeverExceeded(t *testing.T) {
	s := probetest.With(t, probetest.ConnectionUnlimited, probetest.RateUnlimited)
	var connections, frames int64
	for range 8 {
		budget := probe.Cost{Connections: 1 + rand.IntN(260), Messages: 1 + rand.IntN(80)}
		c := newCounter(t, s)
		opt := probe.Options{Target: target(t, s), Budget: budget, Rate: 2000}
		opt.Target.URL = c.url
		opt.Only = []string{"origin", "auth", "host", "connection-count", "message-rate", "malformed-message", "dispatch", "subprotocol"}
		plan, err := probe.NewPlan(opt)
		if err != nil {
			t.Fatal(err)
		}
		r, err := plan.Run(t.Context(), nil)
		if err != nil && !errors.Is(err, probe.ErrBudget) {
			t.Fatal(err)
		}
		if got := c.connections.Load(); got > int64(budget.Connections) {
			t.Errorf("%d connections came, of a budget of %d", got, budget.Connections)
		}
		if got := c.frames.Load(); got > int64(budget.Messages) {
			t.Errorf("%d messages came, of a budget of %d", got, budget.Messages)
		}
		connections, frames = connections+c.connections.Load(), frames+c.frames.Load()
		if err == nil && int(c.connections.Load()) != r.Stats.Connections {
			t.Errorf("%d connections came, the report says %d", c.connections.Load(), r.Stats.Connections)
		}
	}
	if connections == 0 || frames == 0 {
		t.Errorf("counted %d connections and %d messages in all: the counter sees nothing", connections, frames)
	}
}

// TestInterruptedRunKeepsWhatIsKnown ends a run after its first checks.
func TestInterruptedRunKeepsWhatIsKnown(t *testing.T) {
	s := probetest.With(t, probetest.OriginNone)
	plan, err := probe.NewPlan(probe.Options{Target: target(t, s), Rate: 1000, Only: []string{"compression", "refusal", "host", "framing"}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := plan.Run(ctx, func(p probe.Progress) {
		if p.Check == "framing" {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]report.Judgement{}
	for _, j := range r.Judgements {
		verdicts[j.Check] = j
	}
	if got := verdicts["host"].Verdict; got != report.Passed {
		t.Errorf("host: got %q, want passed: it was over", got)
	}
	if j := verdicts["framing"]; j.Verdict != report.NotJudged || j.Message != "interrupted" {
		t.Errorf("framing: got %v, want not judged: interrupted", j)
	}
	if len(r.Notes) == 0 || !strings.HasPrefix(r.Notes[len(r.Notes)-1].Message, "interrupted") {
		t.Errorf("got notes %v, want one that says so", r.Notes)
	}
}

// TestInterruptedBeforeAnything is an error: nothing was judged.
func TestInterruptedBeforeAnything(t *testing.T) {
	s := probetest.Hardened(t)
	plan, err := probe.NewPlan(probe.Options{Target: target(t, s)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := plan.Run(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

// TestReportIsTheSameEachTime runs the same checks twice: neither the verdicts nor
// their order depend on chance.
func TestReportIsTheSameEachTime(t *testing.T) {
	s := probetest.With(t, probetest.OriginNone, probetest.AuthMissing)
	var first []string
	for range 2 {
		r := run(t, probe.Options{Target: target(t, s), Only: []string{"origin", "auth", "refusal", "compression"}})
		got := found(r)
		for _, j := range r.Judgements {
			got = append(got, j.Check+" "+string(j.Verdict))
		}
		if first == nil {
			first = got
		}
		if strings.Join(got, "|") != strings.Join(first, "|") {
			t.Errorf("got %v, then %v", first, got)
		}
	}
}
