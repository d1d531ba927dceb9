package demo_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/demo"
)

// TestMessagesOfEveryFlavour holds the message rules to the platform in Node and
// in Python too: they are not about one server. The Go one is that of TestRun.
func TestMessagesOfEveryFlavour(t *testing.T) {
	// What finds nothing to exploit in any of them, and in one of them.
	nothing := []string{"message that makes its sender an admin", "query operator in place of an id", "type that nobody declared",
		"order with fields of the server's own", "message that makes the server trip"}
	own := map[string][]string{tradingtest.Python: {"message nested 5,000 deep"}}
	for _, flavour := range []string{tradingtest.Node, tradingtest.Python} {
		t.Run(flavour, func(t *testing.T) {
			t.Parallel()
			s, err := demo.NewStageAt(tradingtest.Start(t, flavour))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			_, err = demo.RunAttacks(t.Context(), s, demo.MessageAttacks, func(r demo.Row) {
				if !r.Holds() {
					t.Errorf("%s: behind the guard %+v, %v", r.Name, r.Guarded, r.Err)
				}
				if want := !slices.Contains(slices.Concat(nothing, own[flavour]), r.Name); r.Unguarded.Worked != want {
					t.Errorf("%s: unguarded %+v, want that it works: %v", r.Name, r.Unguarded, want)
				}
				if r.Rule == "" {
					t.Errorf("%s: %q, and nothing says why", r.Name, r.Guarded.Seen)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestNamesOfAttacksDiffer keeps a row from being taken for another.
func TestNamesOfAttacksDiffer(t *testing.T) {
	var names []string
	for _, a := range demo.Attacks {
		if slices.Contains(names, a.Name) || strings.TrimSpace(a.Name) == "" {
			t.Errorf("the name %q is there twice, or empty", a.Name)
		}
		names = append(names, a.Name)
	}
}
