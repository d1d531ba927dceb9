package probe_test

import (
	"io"
	"net"
	"net/http"
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

// mortal is a relay to a twin that ends for good when a client sends a reserved
// opcode, as a program does that has no handler for the error.
func mortal(t *testing.T, s *probetest.Server) *url.URL {
	t.Helper()
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	relay := func(client net.Conn) {
		defer client.Close()
		server, err := net.Dial("tcp", to.Host)
		if err != nil {
			return
		}
		defer server.Close()
		wg.Go(func() { io.Copy(client, server); client.Close() })
		b := make([]byte, 64<<10)
		for {
			n, err := client.Read(b)
			if h, size, _ := wire.ParseHeader(b[:n]); size > 0 && h.Opcode == 3 && h.Masked {
				l.Close()
				return
			}
			if n > 0 {
				server.Write(b[:n])
			}
			if err != nil {
				return
			}
		}
	}
	wg.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { relay(client) })
		}
	})
	out := *to
	out.Host = l.Addr().String()
	return &out
}

// TestEndOfTheServerIsAFinding has the server end in the last check but one.
func TestEndOfTheServerIsAFinding(t *testing.T) {
	s := probetest.Hardened(t)
	opt := probe.Options{Target: target(t, s), With: []string{"frame-length"}, Only: []string{"host", "framing", "frame-length"}}
	opt.Target.URL = mortal(t, s)
	r := run(t, opt)
	if got := strings.Join(found(r), " "); got != "WS301 framing" {
		t.Fatalf("got %q, want WS301 framing%s", got, describe(r))
	}
	if e := r.Findings[0].Evidence.Request; !strings.Contains(e, "reserved opcode 3") {
		t.Errorf("the evidence is not what ended it: %s", e)
	}
	for _, j := range r.Judgements {
		switch j.Check {
		case "host":
			if j.Verdict != report.Passed {
				t.Errorf("host: got %q %s, want what was known before", j.Verdict, j.Message)
			}
		case "frame-length":
			if j.Verdict != report.NotJudged || !strings.Contains(j.Message, `gone since the check "framing"`) {
				t.Errorf("frame-length: got %q %s", j.Verdict, j.Message)
			}
		}
	}
}

// deadBackend is a proxy that takes some handshakes and says from then on that what
// stands behind it is gone, with or without asking to wait.
func deadBackend(t *testing.T, taken int32, retryAfter string) *url.URL {
	var n atomic.Int32
	return peer{refuse: func(r *http.Request) int {
		if n.Add(1) <= taken {
			return 0
		}
		return http.StatusServiceUnavailable
	}, retryAfter: retryAfter}.start(t)
}

// TestDeadBackend: what a proxy answers for a dead server is no limit of a rate,
// and nothing that a run without a verdict may pass for.
func TestDeadBackend(t *testing.T) {
	for name, c := range map[string]struct {
		taken      int32
		retryAfter string
	}{
		"from the start":                  {0, ""},
		"from the start, with a wait":     {0, "1"},
		"from the start, with a long one": {0, "600"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opt := probe.Options{Target: probe.Target{URL: deadBackend(t, c.taken, c.retryAfter), Origin: probetest.Origin}}
			plan, err := probe.NewPlan(opt)
			if err != nil {
				t.Fatal(err)
			}
			if r, err := plan.Run(t.Context(), nil); err == nil {
				t.Errorf("got a report, want an error: nothing can be judged%s", describe(r))
			}
		})
	}
	t.Run("on the way", func(t *testing.T) {
		t.Parallel()
		opt := probe.Options{Target: probe.Target{URL: deadBackend(t, 3, "1"), Origin: probetest.Origin}, Only: []string{"host", "compression", "refusal"}}
		if got := strings.Join(found(run(t, opt)), " "); !strings.HasPrefix(got, "WS301 ") {
			t.Errorf("got %q, want WS301: the server has ended", got)
		}
	})
}
