package report_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

// probed is a report of probe. What the server sent is hostile.
func probed() *report.Report {
	const evil = "{0} [click](https://evil.example) <script>alert(1)</script> \x1b[2J \xff"
	r := &report.Report{
		Version: "v1", Target: "wss://app.example.com/ws",
		Findings: []report.Finding{{
			Weakness: catalogue.OriginWeak, Severity: catalogue.High, Confidence: report.HighConfidence, URL: "wss://app.example.com/ws", Check: "origin",
			Message: "It is let in.", Fix: "compare", Evidence: &report.Evidence{Request: "GET /ws HTTP/1.1\nOrigin: x\n", Response: "HTTP/1.1 101\n" + evil},
		}},
		Judgements: []report.Judgement{
			{Check: "origin", Weakness: catalogue.OriginUnchecked, Verdict: report.Passed, Message: "it is refused with 403"},
			{Check: "origin", Weakness: catalogue.OriginWeak, Verdict: report.Weak, Message: "It is let in."},
			{Check: "message-rate", Weakness: catalogue.MessageRate, Verdict: report.NotJudged, Message: "no limit was met " + evil},
			{Check: "cookie", Verdict: report.Passed},
		},
		Notes: []report.Note{{Message: evil}},
		Stats: report.Stats{Connections: 12, Messages: 1},
	}
	report.Finish(r)
	return r
}

// Every form tells what passed and what is not judged, and why.
func TestJudgements(t *testing.T) {
	forms := map[string]struct {
		write func(*strings.Builder) error
		want  []string
	}{
		"text": {func(b *strings.Builder) error { return report.Text(b, probed(), report.TextOptions{}) }, []string{
			"wss://app.example.com/ws: high WS102 origin-weak: It is let in.\n  check: origin\n    > GET /ws HTTP/1.1\n    > Origin: x\n    < HTTP/1.1 101\n",
			"Passed\n  WS101 origin: it is refused with 403\n\nNot judged\n  WS702 message-rate: no limit was met ",
			"1 finding: 1 high\n1 weak, 1 passed, 1 not judged; 12 connections and 1 message in 0.00 s.\n",
		}},
		"JSON": {func(b *strings.Builder) error { return report.JSON(b, probed()) }, []string{
			`"url": "wss://app.example.com/ws",`, `"check": "message-rate"`, `"verdict": "not judged"`, `"weakness": null`, `"connections": 12`,
		}},
		"SARIF": {func(b *strings.Builder) error { return report.SARIF(b, probed(), nil) }, []string{
			`"check": "origin"`, `"request": "GET /ws HTTP/1.1\nOrigin: x\n"`, `WS702 is not judged by check message-rate: no limit was met {{0}}`, `"id": "WS702"`,
		}},
		"HTML": {func(b *strings.Builder) error { return report.HTML(b, probed(), nil) }, []string{
			"<title>WebSocket probe: 1 finding: 1 high</title>", "<code>wss://app.example.com/ws</code>", "<h2 id=\"checks\">What was checked</h2>",
			`<td class="unknown">not judged</td>`, "&lt;script&gt;",
		}},
	}
	for name, f := range forms {
		var b strings.Builder
		if err := f.write(&b); err != nil {
			t.Fatal(err)
		}
		for _, want := range f.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("%s lacks %q", name, want)
			}
		}
		if name != "HTML" && strings.Contains(b.String(), "\x1b") || name == "HTML" && strings.Contains(b.String(), "<script>alert") {
			t.Errorf("%s passes on what a server sent as it came", name)
		}
	}
	// A rule is one that was sought: review's others are not.
	var b strings.Builder
	if err := report.SARIF(&b, probed(), nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), `"id": "WS304"`) {
		t.Error("SARIF lists rules that probe does not look for")
	}
}
