package demo_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/demo"
)

// TestLearning watches the platform's own clients, and then serves them under the
// rules that were proposed, unchanged.
func TestLearning(t *testing.T) {
	platform := tradingtest.Start(t, tradingtest.InProcess, "TRADING_TICK_MS=100")
	file := filepath.Join(t.TempDir(), "messages.yaml")
	// The example's configuration with other rules than its own.
	with := func(rules string) func(string) string {
		return func(text string) string {
			text, _, _ = strings.Cut(text, "    messages:\n")
			return text + rules
		}
	}
	serve := func(edit func(string) string) {
		t.Helper()
		s, err := demo.NewStageWith(platform, edit)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := demo.RunAttacks(t.Context(), s, demo.Legitimate(), func(r demo.Row) {
			if !r.Holds() {
				t.Errorf("%s: %+v, %v", r.Name, r.Guarded, r.Err)
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	serve(with("    mode: monitor\n    learn: " + file + "\n"))
	proposal, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"place_order:", "chat:", "welcome:", "price:", "undeclared: drop"} {
		if !strings.Contains(string(proposal), want) {
			t.Errorf("the proposal has no %s", want)
		}
	}
	for _, value := range []string{"alice", "Archer", "AAPL", "AA-1001", "good morning", "190"} {
		if strings.Contains(string(proposal), value) {
			t.Errorf("the proposal holds the value %q", value)
		}
	}
	serve(with("    " + strings.ReplaceAll(string(proposal), "\n", "\n    ")))
	if t.Failed() {
		t.Logf("%s", proposal)
	}
}
