package trading_test

import (
	"testing"

	"github.com/wswarden/wswarden/examples/trading"
	"github.com/wswarden/wswarden/internal/config"
)

// The guard takes wswarden.yaml with nothing in the environment, so that the
// two commands of README are enough.
func TestGuardConfigIsAccepted(t *testing.T) {
	nothing := func(string) (string, bool) { return "", false }
	if _, err := config.Parse("wswarden.yaml", trading.GuardConfig(), nothing); err != nil {
		t.Fatal(err)
	}
}
