package review_test

import (
	"slices"
	"testing"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review"
)

// The inventory calls a session rechecked where something looks at it again: a
// token whose expiry is judged at the handshake is not.
func TestInventoryRecheck(t *testing.T) {
	const absent, present = report.Absent, report.Present
	for path, want := range map[string][]report.State{ // of the servers, in order
		"../examples/trading/goserver":                {absent, absent},
		"../examples/trading/node":                    {absent},
		"../examples/trading/python":                  {absent},
		"rules/ws205/testdata/js/good_ws.js":          {present, present, absent}, // nobody signs in at the last one
		"rules/ws205/testdata/go/good_gorilla.go":     {present},
		"rules/ws205/testdata/python/bad_sessions.py": {absent, absent},
	} {
		rep, err := review.Run(t.Context(), []string{path}, review.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got []report.State
		for _, e := range rep.Endpoints {
			for _, d := range e.Defences {
				if d.Name == report.SessionRecheck && e.Role != report.Client {
					got = append(got, d.State)
				}
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: session recheck is %v, want %v", path, got, want)
		}
	}
}
