package report_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

// Every form shows each promise with what became of it.
func TestPromises(t *testing.T) {
	r := &report.Report{Target: "ws://127.0.0.1/ws", Promises: []report.Promise{
		{Route: "/ws", Text: "nobody connects", Verdict: report.PromiseHeld, Why: "refused with 401", Weakness: catalogue.AuthMissing},
		{Route: "/ws", Message: "chat", Text: "markup arrives as text", Verdict: report.PromiseBroken, Why: "as it was \x1b[31m", Weakness: catalogue.BroadcastRaw},
		{Route: "/ws", Message: "chat", Text: "5 a second", Verdict: report.PromiseNotJudged, Why: "nothing came back"},
	}}
	report.Finish(r)
	var text, json, html strings.Builder
	if err := report.Text(&text, r, report.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := report.JSON(&json, r); err != nil {
		t.Fatal(err)
	}
	if err := report.HTML(&html, r, nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"held       nobody connects\n", `messages "chat"`, "broken     WS501 markup arrives as text: as it was", "not judged 5 a second: nothing came back", "1 held, 1 broken, 1 not judged"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("text lacks %q:\n%s", want, text.String())
		}
	}
	if strings.Contains(text.String(), "\x1b") {
		t.Error("text passes an escape of the server on")
	}
	for _, want := range []string{`"verdict": "broken"`, `"weakness": "WS501"`, `"reason": "refused with 401"`, `"type": ""`} {
		if !strings.Contains(json.String(), want) {
			t.Errorf("JSON lacks %s:\n%s", want, json.String())
		}
	}
	for _, want := range []string{"What the configuration promises", "markup arrives as text", `<td class="absent">broken</td>`} {
		if !strings.Contains(html.String(), want) {
			t.Errorf("HTML lacks %q", want)
		}
	}
}
