package guard_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// handshakesAt returns how many of n handshakes from the address pass the rate.
func handshakesAt(t *testing.T, h http.Handler, address string, n int) (passed int) {
	t.Helper()
	for range n {
		r := handshakeFor("/ws")
		r.RemoteAddr = address
		if judgedStatus(h, r) != http.StatusTooManyRequests {
			passed++
		}
	}
	return passed
}

// TestRate runs on a fake clock: as many at once as burst says, then one each
// interval, with no window at whose edge twice as many pass.
func TestRate(t *testing.T) {
	const peer = "198.51.100.7:1"
	for _, c := range []struct {
		name  string
		rate  guard.Rate
		steps []struct {
			after        time.Duration
			sent, passed int
		}
	}{
		{"burst is the count where it is not set", guard.Rate{Count: 3, Per: 3 * time.Second}, rateSteps{
			{0, 5, 3}, {999 * time.Millisecond, 1, 0}, {time.Millisecond, 2, 1}, {10 * time.Second, 5, 3},
		}},
		{"no burst", guard.Rate{Count: 10, Per: time.Second, Burst: 1}, rateSteps{
			{0, 3, 1}, {100 * time.Millisecond, 3, 1}, {50 * time.Millisecond, 1, 0}, {50 * time.Millisecond, 1, 1},
		}},
		{"burst above the count", guard.Rate{Count: 1, Per: time.Minute, Burst: 4}, rateSteps{
			{0, 9, 4}, {time.Minute, 9, 1}, {2 * time.Minute, 9, 2}, {time.Hour, 9, 4},
		}},
		{"over the edge of a minute", guard.Rate{Count: 60, Per: time.Minute}, rateSteps{
			{0, 60, 60}, {59 * time.Second, 60, 59}, {2 * time.Second, 60, 2},
		}},
		{"refused ones cost nothing", guard.Rate{Count: 1, Per: time.Second}, rateSteps{
			{0, 1, 1}, {500 * time.Millisecond, 100, 0}, {500 * time.Millisecond, 1, 1},
		}},
		{"a burst that no clock can hold", guard.Rate{Count: 1, Per: 240 * time.Hour, Burst: 1 << 40}, rateSteps{
			{0, 100, 100},
		}},
		{"an interval that no clock can tell", guard.Rate{Count: 1 << 62, Per: time.Second}, rateSteps{
			{0, 100, 100},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, _ := newJudge(t, func(cfg *guard.Config) { cfg.Limits.Handshakes = c.rate })
				for i, s := range c.steps {
					time.Sleep(s.after)
					if got := handshakesAt(t, h, peer, s.sent); got != s.passed {
						t.Errorf("step %d: %d of %d pass, want %d", i, got, s.sent, s.passed)
					}
				}
				if got := handshakesAt(t, h, "198.51.100.8:1", 1); got != 1 {
					t.Error("another address has to wait too")
				}
			})
		})
	}
}

type rateSteps = []struct {
	after        time.Duration
	sent, passed int
}

// TestRateRetryAfter: a client that comes back when it is told gets in.
func TestRateRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, audit := newJudge(t, func(cfg *guard.Config) { cfg.Limits.Handshakes = guard.Rate{Count: 2, Per: 5 * time.Second, Burst: 1} })
		handshakesAt(t, h, "127.0.0.1:40000", 1)
		time.Sleep(100 * time.Millisecond)
		e, res := judged(h, audit, handshakeFor("/ws"))
		if e.Rule != "handshakes.address" || e.Weakness != "WS703" || res.Header.Get("Retry-After") != "3" {
			t.Fatalf("refused by %q (%s), Retry-After %q; want 3", e.Rule, e.Weakness, res.Header.Get("Retry-After"))
		}
		time.Sleep(3 * time.Second)
		if handshakesAt(t, h, "127.0.0.1:40000", 1) != 1 {
			t.Error("refused when it came back in time")
		}
	})
}

// TestRateSharedByRoutes: the rate is one for handshakes and ticket requests
// of all routes. What fails before it costs an address nothing.
func TestRateSharedByRoutes(t *testing.T) {
	w := startGateway(t, ticketsOnly(func(c *guard.Config) { c.Limits.Handshakes = guard.Rate{Count: 3, Per: time.Hour} }))
	for range 5 {
		w.refuses(t, wireclient.Handshake{Origin: "https://evil.example"}, foreign)
	}
	tooMany := denial{429, "too_many_requests", "handshakes.address", "WS703"}
	m := w.minted(t, nil)
	w.dial(t, withTicket(m))
	w.refuses(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/other"}, denial{401, "sign_in_required", "credential.absent", "WS201"})
	w.refuses(t, wireclient.Handshake{Origin: appOrigin}, tooMany)
	w.refuses(t, wireclient.Handshake{Origin: appOrigin, URL: w.url + "/other"}, tooMany)
	before := w.tally()
	w.checkDenial(t, w.mint(t, nil), before, tooMany)
	h := wireclient.Handshake{Origin: appOrigin, From: "127.0.0.2"}
	w.refuses(t, h, denial{401, "sign_in_required", "credential.absent", "WS201"})
}
