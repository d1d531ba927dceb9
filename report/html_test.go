package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func htmlOf(t *testing.T, r *report.Report, source report.Source) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.HTML(&b, r, source); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// between returns what stands between the first a and the b behind it.
func between(t *testing.T, s, a, b string) string {
	t.Helper()
	_, s, ok := strings.Cut(s, a)
	s, _, end := strings.Cut(s, b)
	if !ok || !end {
		t.Fatalf("the page has no %q … %q", a, b)
	}
	return s
}

// The policy must allow the page's own style and script, and nothing else.
func TestHTMLPolicy(t *testing.T) {
	page := htmlOf(t, sample(t), sampleSource)
	policy := strings.ReplaceAll(between(t, page, `<meta http-equiv="Content-Security-Policy" content="`, `"`), "&#39;", "'")
	policy = strings.ReplaceAll(policy, "&#43;", "+")
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	want := "default-src 'none'; style-src " + hash(between(t, page, "<style>", "</style>")) +
		"; script-src " + hash(between(t, page, "<script>", "</script>")) + "; base-uri 'none'; form-action 'none'"
	if policy != want {
		t.Errorf("policy: got %s, want %s", policy, want)
	}
	if n := strings.Count(page, "<script") + strings.Count(page, "<style"); n != 2 {
		t.Errorf("%d scripts and styles, want 2", n)
	}
	// The policy would keep these from working; that nobody tries is better.
	for _, bad := range []string{` style="`, ` onclick=`, "javascript:", "@import", "url(", "<iframe", "<link", "<img", "<form"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
}

// Only links that a reader follows lead out of the page.
func TestHTMLLoadsNothing(t *testing.T) {
	page := htmlOf(t, sample(t), sampleSource)
	outside := regexp.MustCompile(`(?i)\s(src|href|xlink:href|action|data|poster|srcset)\s*=\s*"([^"#][^"]*)"`)
	for _, m := range outside.FindAllStringSubmatch(page, -1) {
		if m[1] != "href" || !strings.HasPrefix(m[2], "https://") {
			t.Errorf("the page refers to %s=%q", m[1], m[2])
		}
	}
}

// Every link within the page must lead somewhere, and no anchor be given twice.
func TestHTMLLinks(t *testing.T) {
	page := htmlOf(t, sample(t), sampleSource)
	ids := map[string]int{}
	for _, m := range regexp.MustCompile(`\sid="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		ids[m[1]]++
	}
	for id, n := range ids {
		if n > 1 {
			t.Errorf("anchor %q is given %d times", id, n)
		}
	}
	links := regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1)
	if len(links) < 20 {
		t.Fatalf("%d links", len(links))
	}
	for _, m := range links {
		if ids[m[1]] == 0 {
			t.Errorf("a link leads to %q, which is not there", m[1])
		}
	}
}

func TestHTMLShowsEverything(t *testing.T) {
	r := sample(t)
	page := htmlOf(t, r, sampleSource)
	for _, f := range r.Findings {
		for _, want := range []string{f.Weakness.ID, f.Weakness.Title, `id="f-` + f.Fingerprint + `"`, f.Path + ":" + strconv.Itoa(f.Line)} {
			if !strings.Contains(page, strings.ReplaceAll(want, "'", "&#39;")) {
				t.Errorf("%s: no %q", f.Weakness.ID, want)
			}
		}
	}
	// The map: who comes in, the checks, the messages, what they reach.
	picture := between(t, page, "<svg", "</svg>")
	for _, want := range []string{"any page on the web", "message size: 100 MiB", "place_order", "broadcast", ">WS501<", ">WS101<", `class="absent"`, `class="present"`} {
		if !strings.Contains(picture, want) {
			t.Errorf("the map lacks %q", want)
		}
	}
	if strings.Contains(page, "ZgotmplZ") {
		t.Error("the template engine refused a value")
	}
}

func TestHTMLIsHarmless(t *testing.T) {
	evils := []string{
		`</script><script>alert(1)</script>`, `"><svg onload=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, `<!--`, `]]>`,
		"{{.}}", "</style>", "</title>", "</pre>", "<a href=\"https://evil.example\">",
	}
	for _, evil := range evils {
		t.Run(evil, func(t *testing.T) {
			at := report.Span{Path: evil, Line: 1, Column: 1, EndLine: 1, EndColumn: 5}
			step := report.Step{Span: at, Message: evil}
			r := &report.Report{
				Version: evil,
				Findings: []report.Finding{{
					Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.HighConfidence, Span: at, Message: evil, Fix: evil,
					Endpoint: evil, Trace: []report.Step{step}, Related: []report.Step{step}, Check: evil, Evidence: &report.Evidence{Request: evil, Response: evil},
				}, {Weakness: catalogue.IDOR, Severity: catalogue.High, Confidence: report.HighConfidence, URL: evil}},
				Endpoints: []report.Endpoint{{
					ID: evil, Span: at, Framework: evil, Role: report.Server, Route: evil,
					Defences: []report.Defence{{Name: report.Origin, State: report.Present, Value: evil, Span: at}},
					Messages: []report.MessageType{{
						Name: evil, Direction: report.FromClient, Span: at, Fields: []report.MessageField{{Name: evil, Type: evil}},
						Flows: []report.MessageFlow{{Field: evil, Kind: evil, Span: at, Weakness: "WS402"}, {Kind: evil, Weakness: "WS501"}},
					}},
				}},
				Notes: []report.Note{{Span: at, Message: evil}},
			}
			report.Finish(r)
			page := htmlOf(t, r, func(string) ([]byte, error) { return []byte(evil), nil })
			clean := htmlOf(t, &report.Report{}, nil)
			for _, tag := range []string{"<script", "</script", "</style", "<style", "</title>", "<!--", "onload=alert(1)>", "' onmouseover='", "evil.example\">", `href="javascript`} {
				// The titles of SVG are ours.
				got, want := strings.Count(page, tag), strings.Count(clean, tag)
				if tag == "</title>" {
					want += strings.Count(page, "<title>") - strings.Count(clean, "<title>")
				}
				if got != want {
					t.Errorf("%d times %q, want %d", got, tag, want)
				}
			}
		})
	}
}

func TestHTMLOfNothing(t *testing.T) {
	page := htmlOf(t, &report.Report{}, nil)
	if !strings.Contains(page, "Nothing was found, and no WebSocket endpoint was seen.") {
		t.Errorf("an empty report says %s", between(t, page, "<main>", "</main>"))
	}
	if err := report.HTML(full{}, sample(t), nil); !errors.Is(err, errFull) {
		t.Errorf("got %v, want %v", err, errFull)
	}
}

// A map has bounds, and so has the text in it.
func TestHTMLMapOfManyMessages(t *testing.T) {
	e := report.Endpoint{ID: "x", Role: report.Server, Span: at("a.js", 1, 1)}
	for i := range 200 {
		e.Messages = append(e.Messages, report.MessageType{
			Name: strings.Repeat("m", i+1), Direction: report.FromClient,
			Flows: []report.MessageFlow{{Kind: "sql", Span: at("a.js", i+2, 1)}},
		})
	}
	page := htmlOf(t, &report.Report{Endpoints: []report.Endpoint{e}}, nil)
	picture := between(t, page, "<svg", "</svg>")
	if !strings.Contains(picture, "and 186 more") {
		t.Error("the map does not say how much it leaves out")
	}
	if n := strings.Count(picture, "<rect"); n > 40 {
		t.Errorf("the map has %d boxes", n)
	}
	for _, m := range regexp.MustCompile(`<text[^>]*>([^<]*)</text>`).FindAllStringSubmatch(picture, -1) {
		if len([]rune(m[1])) > 40 {
			t.Errorf("a text of %d characters in the map", len([]rune(m[1])))
		}
	}
	if n := strings.Count(page, "<tr><th scope=\"row\">mm"); n != 199 {
		t.Errorf("the table has %d messages of more than one letter, want 199", n)
	}
}
