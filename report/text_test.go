package report_test

import (
	"bytes"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func text(t *testing.T, r *report.Report, opt report.TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Text(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextGolden(t *testing.T) {
	r := sample(t)
	golden(t, "sample.txt", []byte(text(t, r, report.TextOptions{Source: sampleSource})))
	golden(t, "sample.narrow.ansi", []byte(text(t, r, report.TextOptions{Source: sampleSource, Width: 72, Color: true})))
}

// The finding that the documentation shows is one that Text writes.
func TestTextIsDocumented(t *testing.T) {
	docs, err := os.ReadFile("../docs/review.md")
	if err != nil {
		t.Fatal(err)
	}
	_, shown, _ := strings.Cut(string(docs), "\n```\n")
	shown, _, ok := strings.Cut(shown, "```")
	if !ok || !strings.Contains(text(t, sample(t), report.TextOptions{Source: sampleSource}), shown) {
		t.Errorf("docs/review.md shows a finding that Text does not write:\n%s", shown)
	}
}

func TestTextWithoutSource(t *testing.T) {
	out := text(t, sample(t), report.TextOptions{})
	if strings.Contains(out, " | ") {
		t.Errorf("a code frame without source:\n%s", out)
	}
	if !strings.Contains(out, "server.js:14:15: critical WS305 sql-injection: msg.userId of a client's message") {
		t.Errorf("no head line of a finding:\n%s", out)
	}
}

// TestColorChangesStyleOnly checks that colours add nothing but escape
// sequences.
func TestColorChangesStyleOnly(t *testing.T) {
	r := sample(t)
	plain := text(t, r, report.TextOptions{Source: sampleSource, Width: 80})
	color := text(t, r, report.TextOptions{Source: sampleSource, Width: 80, Color: true})
	if strings.Contains(plain, "\x1b") {
		t.Error("an escape sequence without Color")
	}
	if got := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(color, ""); got != plain {
		t.Errorf("without its colours the text is\n%s\nwant\n%s", got, plain)
	}
}

func TestTextKeepsItsWidth(t *testing.T) {
	for _, width := range []int{1, 40, 72, 120} {
		out := text(t, sample(t), report.TextOptions{Source: sampleSource, Width: width})
		for line := range strings.Lines(out) {
			line = strings.TrimRight(line, "\n")
			// The one wide word of the sample makes the count of runes smaller than that of cells.
			oneWord := len(strings.Fields(line)) <= 4 && !strings.Contains(line, "|")
			if n := utf8.RuneCountInString(line); n > max(width, 40) && !oneWord && !strings.HasPrefix(line, "'wswarden") && !strings.HasPrefix(line, "Read ") && !strings.Contains(line, "findings") {
				t.Errorf("width %d: line of %d: %q", width, n, line)
			}
		}
	}
}

// A frame must point at its span whatever the line holds.
func TestFrame(t *testing.T) {
	long := strings.Repeat("a(b,c);", 40000)
	tests := []struct {
		name, source string
		span         report.Span
		want         string
	}{
		{"the middle of a file", "1\n2\n3\nfoo(bar)\n5\n6\n7\n", report.Span{Line: 4, Column: 5, EndLine: 4, EndColumn: 8}, `
    2 | 2
    3 | 3
  > 4 | foo(bar)
      |     ^^^
    5 | 5
    6 | 6
`},
		{"the only line, without a line feed", "foo", report.Span{Line: 1, Column: 1, EndLine: 1, EndColumn: 4}, `
  > 1 | foo
      | ^^^
`},
		{"tabs", "\tif x {\n\t\tfoo(\tbar)\n\t}\n", report.Span{Line: 2, Column: 8, EndLine: 2, EndColumn: 11}, `
    1 |     if x {
  > 2 |         foo(    bar)
      |                 ^^^
    3 |     }
`},
		{"line ends of Windows", "a\r\nfoo\r\nb\r\n", report.Span{Line: 2, Column: 1, EndLine: 2, EndColumn: 4}, `
    1 | a
  > 2 | foo
      | ^^^
    3 | b
`},
		{"wide and combining characters", "x = '名前 e\u0301' + foo\n", report.Span{Line: 1, Column: 20, EndLine: 1, EndColumn: 23}, `
  > 1 | x = '名前 e` + "\u0301" + `' + foo
      |                ^^^
`},
		{"several lines", "f(\n  a,\n  b\n)\nend\n", report.Span{Line: 1, Column: 1, EndLine: 4, EndColumn: 2}, `
  > 1 | f(
      | ^^
  > 2 |   a,
  > 3 |   b
  > 4 | )
    5 | end
`},
		{"a span that ends at the start of a line", "f()\ng()\n", report.Span{Line: 1, Column: 1, EndLine: 2, EndColumn: 1}, `
  > 1 | f()
      | ^^^
    2 | g()
`},
		{"a span of many lines", "f(\n" + strings.Repeat("x,\n", 50) + ")\n", report.Span{Line: 1, Column: 1, EndLine: 52, EndColumn: 2}, `
  > 1 | f(
      | ^^
  > 2 | x,
  > 3 | x,
  > 4 | x,
`},
		{"a point", "foo\n", report.Span{Line: 1, Column: 2}, `
  > 1 | foo
      |  ^
`},
		{"a line without a column", "  foo(bar)  \n", report.Span{Line: 1}, `
  > 1 |   foo(bar)
      |   ^^^^^^^^
`},
		{"a column behind the line", "foo\n", report.Span{Line: 1, Column: 90, EndLine: 1, EndColumn: 95}, `
  > 1 | foo
      |    ^
`},
		{"a line behind the file", "foo\n", report.Span{Line: 9, Column: 1}, "\n"},
		{"the line behind the last line feed", "foo\n", report.Span{Line: 2, Column: 1}, "\n"},
		{"blank lines around", "\n\nfoo\n\n\n", report.Span{Line: 3, Column: 1, EndLine: 3, EndColumn: 4}, `
  > 3 | foo
      | ^^^
`},
		{"control characters", "a\x1b[2J\u202e\x00\x9b\xffb = foo\n", report.Span{Line: 1, Column: 16, EndLine: 1, EndColumn: 19}, `
  > 1 | a\x1b[2J\u202e\x00\x9b\xffb = foo
      |                               ^^^
`},
		{"a minified file", long, report.Span{Line: 1, Column: 70001, EndLine: 1, EndColumn: 70007}, `
  > 1 | …;a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b,c);a(b…
      |                                                                                                                   ^^^^^^
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.span.Path = "x"
			r := &report.Report{Findings: []report.Finding{{
				Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.HighConfidence, Span: tt.span, Message: "m",
			}}}
			out := text(t, r, report.TextOptions{Source: func(string) ([]byte, error) { return []byte(tt.source), nil }})
			_, frame, _ := strings.Cut(out, "\n")
			frame, _, _ = strings.Cut("\n"+frame, "\n\n")
			if got, want := strings.TrimRight(frame, "\n"), strings.TrimRight(tt.want, "\n"); got != want {
				t.Errorf("%+v in %.60q\ngot %s\nwant %s", tt.span, tt.source, got, want)
			}
		})
	}
}

// Whatever reaches the terminal from the source must be harmless there.
func TestTextIsHarmless(t *testing.T) {
	const evil = "x\x1b]0;owned\x07\r\u202e\u2066\u200b\x9b31m\x00\nsecond line"
	step := report.Step{Span: report.Span{Path: evil, Line: 1, Column: 1}, Message: evil}
	r := &report.Report{
		Findings: []report.Finding{{
			Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.LowConfidence, Span: step.Span, Message: evil, Fix: evil,
			Endpoint: evil, Trace: []report.Step{step}, Related: []report.Step{step}, Check: evil, Evidence: &report.Evidence{Request: evil, Response: evil},
		}},
		Endpoints: []report.Endpoint{
			{ID: evil, Span: step.Span, Framework: evil, Role: report.Server, Route: evil, Defences: []report.Defence{{Name: report.Origin, State: report.Present, Value: evil}},
				Messages: []report.MessageType{{Name: evil, Direction: report.FromClient}}},
			{ID: "b", Role: report.Client},
		},
		Notes: []report.Note{{Span: step.Span, Message: evil}},
	}
	for _, width := range []int{0, 60} {
		out := text(t, r, report.TextOptions{Width: width, Source: func(string) ([]byte, error) { return []byte(evil), nil }})
		for _, c := range out {
			if c != '\n' && (c < ' ' || c == 0x7f || 0x80 <= c && c < 0xa0 || c == '\u202e' || c == '\u2066' || c == '\u200b' || c == utf8.RuneError) {
				t.Fatalf("character %U in %q", c, out)
			}
		}
		if n := strings.Count(out, `\x1b`); n < 10 {
			t.Errorf("%d escape characters are spelt out, want all of them:\n%s", n, out)
		}
	}
}

func TestTextSum(t *testing.T) {
	stats := report.Stats{FilesWalked: 34, Lines: 5400, Elapsed: 40 * time.Millisecond}
	parsed := stats
	parsed.FilesParsed = 1
	endpoint := []report.Endpoint{{ID: "a", Role: report.Server}}
	tests := []struct {
		name   string
		report report.Report
		want   string
	}{
		{"no WebSocket code", report.Report{Stats: stats}, "No WebSocket code found: 34 files, 5,400 lines in 0.04 s.\n"},
		{"nothing at all", report.Report{}, "No WebSocket code found: 0 files, 0 lines in 0.00 s.\n"},
		{"clean", report.Report{Stats: parsed, Endpoints: endpoint}, "No findings.\nRead 34 files, 5,400 lines in 0.04 s; 1 file has to do with WebSockets.\n"},
		{"all hidden", report.Report{Stats: parsed, Hidden: report.Hidden{Uncertain: 3, Known: 1200, Unchanged: 2, Unselected: 1}},
			"No findings.\nNot shown: 3 of lower confidence (--min-confidence low shows all), 2 on unchanged lines, 1,200 in the baseline, 1 not selected.\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := text(t, &tt.report, report.TextOptions{}); !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q in it", got, tt.want)
			}
		})
	}
}

func TestWriteErrorsAreReported(t *testing.T) {
	r := sample(t)
	for name, err := range map[string]error{
		"text":  report.Text(full{}, r, report.TextOptions{}),
		"json":  report.JSON(full{}, r),
		"sarif": report.SARIF(full{}, r, nil),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want %v", name, err, errFull)
		}
	}
	if _, err := report.NewBaseline(r).WriteTo(full{}); !errors.Is(err, errFull) {
		t.Errorf("baseline: got %v, want %v", err, errFull)
	}
}
