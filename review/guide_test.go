package review_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review"
)

var update = flag.Bool("update", false, "write the golden files anew")

// The snippets of the code review guide, as they stand there: half of them
// vulnerable on purpose, half "secure", some of these with defects of their own.
const (
	guideJS     = "lang/js/testdata/guide"
	guidePython = "lang/python/testdata"
)

// guide says of each snippet what must be found, by rule and line, and what
// must not be found anywhere in it at medium confidence or more.
var guide = []struct {
	file string
	want []string
	not  []string
}{
	{"01-trading-platform.js", []string{"WS101:2", "WS202:6", "WS301:12", "WS302:12", "WS404:17", "WS401:23", "WS501:33", "WS401:36"}, nil},
	{"02-attack-page.html", nil, []string{"WS101", "WS201", "WS601"}},
	{"03-no-origin-check.js", []string{"WS101:2"}, []string{"WS102"}},
	{"04-weak-origin-check.js", []string{"WS102:5", "WS102:11", "WS102:17"}, []string{"WS101"}},
	{"05-strict-origin-check.js", []string{"WS109:11"}, []string{"WS101", "WS102", "WS103", "WS201", "WS202"}},
	{"06-no-authorization.js", []string{"WS402:7", "WS504:8", "WS402:13", "WS403:19", "WS403:27", "WS306:13"}, nil},
	{"07-authorization.js", nil, []string{"WS302", "WS402", "WS403", "WS501", "WS504"}},
	{"08-unsafe-rendering.js", []string{"WS601:8", "WS601:17", "WS602:22"}, nil},
	{"09-safe-rendering.js", nil, []string{"WS601", "WS602", "WS604"}},
	{"10-token-in-query.js", []string{"WS202:3"}, nil},
	{"11-ticket.js", []string{"WS211:33"}, []string{"WS202", "WS204", "WS205"}},
	// Real defects of the guide's own answer: the listener behind an await, the
	// place per address that is given back in a listener that may never be there.
	{"12-secure-server.js", []string{"WS203:76", "WS709:33"}, []string{"WS101", "WS102", "WS103", "WS201", "WS202", "WS302", "WS701", "WS702", "WS703"}},
	{"13-secure-client.js", []string{"WS605:46"}, []string{"WS202", "WS601", "WS604"}},
	{"guide_session_unchecked.py", []string{"WS205:17"}, []string{"WS211"}},
	{"guide_session_rechecked.py", []string{"WS211:18"}, []string{"WS205"}},
}

func TestGuide(t *testing.T) {
	for _, g := range guide {
		t.Run(g.file, func(t *testing.T) {
			dir := guideJS
			if strings.HasSuffix(g.file, ".py") {
				dir = guidePython
			}
			findings := reviewFile(t, filepath.Join(dir, g.file))
			for _, want := range g.want {
				if !slices.ContainsFunc(findings, func(f report.Finding) bool { return near(f, want) }) {
					t.Errorf("no finding %s", want)
				}
			}
			for _, f := range findings {
				if f.Confidence >= report.MediumConfidence && slices.Contains(g.not, f.Weakness.ID) {
					t.Errorf("%s:%d: unexpected %s: %s", g.file, f.Line, f.Weakness.ID, f.Message)
				}
			}
			golden(t, filepath.Join("testdata", "guide", g.file+".golden"), listing(findings))
		})
	}
}

// near reports whether a finding is the one that "WS101:2" names: the line may
// be the next one, since a statement's parts have lines of their own.
func near(f report.Finding, want string) bool {
	id, at, _ := strings.Cut(want, ":")
	var line int
	if _, err := fmt.Sscan(at, &line); err != nil {
		return false
	}
	return f.Weakness.ID == id && f.Line >= line-1 && f.Line <= line+1
}

func reviewFile(t *testing.T, path string) []report.Finding {
	t.Helper()
	rep, err := review.Run(context.Background(), []string{path}, review.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report.Finish(rep)
	return rep.Findings
}

// listing is findings as golden files have them, a line each.
func listing(findings []report.Finding) []byte {
	var b bytes.Buffer
	for _, f := range findings {
		fmt.Fprintf(&b, "%d:%d %s %s %s: %s\n", f.Line, f.Column, f.Weakness.ID, f.Severity, f.Confidence, f.Message)
	}
	return b.Bytes()
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("findings differ from %s (go test ./review -run %s -update writes it anew)\ngot:\n%s\nwant:\n%s", path, t.Name(), got, want)
	}
}
