package loop_test

import (
	"context"
	"slices"
	"testing"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/demo"
	"github.com/wswarden/wswarden/review"
)

// sources are the folders of the platform's flavours.
var sources = map[string]string{
	tradingtest.Node:      "../../examples/trading/node",
	tradingtest.Python:    "../../examples/trading/python",
	tradingtest.InProcess: "../../examples/trading/goserver",
}

func drafted(t *testing.T, folder string) []byte {
	t.Helper()
	var text []byte
	if _, err := review.Run(t.Context(), []string{folder}, review.Options{Draft: func(b []byte) { text = b }}); err != nil {
		t.Fatal(err)
	}
	if text == nil {
		t.Fatalf("%s: no endpoint was found", folder)
	}
	return text
}

// TestTradingFromDraft puts what is drafted from each flavour in front of that
// flavour as it is: nothing is confirmed by hand.
func TestTradingFromDraft(t *testing.T) {
	for flavour, folder := range sources {
		t.Run(flavour, func(t *testing.T) {
			t.Parallel()
			s, err := demo.NewStageConfigured(tradingtest.Start(t, flavour), drafted(t, folder))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			_, err = demo.RunAttacks(ctx, s, slices.Concat(demo.Legitimate(), demo.Attacks), func(r demo.Row) {
				if !r.Holds() {
					t.Errorf("%s: behind the drafted guard %+v, %v", r.Name, r.Guarded, r.Err)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
