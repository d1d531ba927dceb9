package review_test

import (
	"testing"

	"github.com/wswarden/wswarden/review"
	"github.com/wswarden/wswarden/review/rule"
	"github.com/wswarden/wswarden/review/rules/ws603"
)

// TestVendored: what a tool has downloaded isn't the program's, and is told by its
// name where it lies among the program's own files.
func TestVendored(t *testing.T) {
	const client = `const ws = new WebSocket('wss://app.example.com/ws');
ws.onmessage = (event) => { eval(event.data); };
`
	findings, _, err := review.Source(t.Context(), map[string]string{
		"javascripts/@hotwired--turbo.js": client, "javascripts/chart.min.js": client, "javascripts/@chat.js": client, "javascripts/chat--room.js": client,
	}, []*rule.Rule{ws603.Rule})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range findings {
		got = append(got, f.Path)
	}
	if len(got) != 2 || got[0] != "javascripts/@chat.js" || got[1] != "javascripts/chat--room.js" {
		t.Errorf("got findings in %v, want those in @chat.js and chat--room.js", got)
	}
}
