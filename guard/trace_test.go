package guard

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/wswarden/wswarden/internal/wire"
)

// traced is a Trace that keeps what it is told.
type traced struct {
	sample bool
	asked  int
	told   []string
}

func (*traced) Propagate(http.Header) {}
func (t *traced) SampleMessage() bool { t.asked++; return t.sample }
func (*traced) End(Event)             {}
func (t *traced) Message(m MessageTrace) {
	t.told = append(t.told, fmt.Sprintf("%s %s %s %s %v", m.From, m.Type, m.Outcome, m.Rule, m.Bytes > 0 && m.Duration >= 0))
}

// TestUnsampledMessagesCostNothing pins the price of a tracer for the messages that
// it does not take.
func TestUnsampledMessagesCostNothing(t *testing.T) {
	read := slices.Repeat((&peer{from: wire.FromClient}).frame(true, wire.Text, order256), 16)
	d := newTestDirection(t, wire.FromClient, messages(allocPolicy()))
	trace := &traced{}
	d.c.trace = trace
	n := testing.AllocsPerRun(200, func() {
		if d.take(read) != goesOn {
			t.Fatal("refused")
		}
	})
	if n != 0 && !raceDetector() {
		t.Errorf("%v allocations", n)
	}
	if trace.asked == 0 || len(trace.told) > 0 {
		t.Errorf("asked %d times, told %v", trace.asked, trace.told)
	}
}

// TestMessagesAreTraced tells each decision once, and nothing of control frames.
func TestMessagesAreTraced(t *testing.T) {
	p := &peer{from: wire.FromClient}
	for name, tt := range map[string]struct {
		mode Mode
		want []string
	}{
		"enforce": {Enforce, []string{"client place_order allowed  true", "client place_order denied message.schema true", "client other denied message.unknown-type true"}},
		"monitor": {Monitor, []string{"client place_order allowed  true", "client place_order monitored  true", "client other monitored  true"}},
	} {
		t.Run(name, func(t *testing.T) {
			policy := allocPolicy()
			policy.Reject = RejectDrop
			d := newTestDirection(t, wire.FromClient, messages(policy), func(r *Route) { r.Mode = tt.mode })
			trace := &traced{sample: true}
			d.c.trace = trace
			for _, text := range []string{order256, `{"action":"place_order"}`, `{"action":"none"}`} {
				if d.take(slices.Concat(p.frame(true, wire.Text, text), p.frame(true, wire.Ping, "x"))) != goesOn {
					t.Fatalf("%s ended the connection", text)
				}
			}
			if !slices.Equal(trace.told, tt.want) {
				t.Errorf("got %q, want %q", trace.told, tt.want)
			}
		})
	}
}
