package review_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review"
)

// flaw finds the comments of the example that mark its flaws.
var flaw = regexp.MustCompile(`FLAW ((?:WS\d{3}(?:, | and )?)+)`)

// unseen are the marks that review doesn't find, with what hides them. Whoever
// teaches it one takes it out.
var unseen = map[string]string{
	"node WS205":     "that failed sign-ins are served (WS201) is said in its place",
	"node WS206":     "the logout is a function in a table of routes, which no framework of ours calls",
	"python WS205":   "the session is looked up in a dictionary by a function with a name of its own",
	"python WS201":   "process_request of the protocol answers HTTP, and is taken for a check of the handshake",
	"python WS502":   "as WS201",
	"goserver WS201": "the user of the query, header or cookie counts as one that was asked for",
	"goserver WS502": "as WS201",
}

// TestTrading holds review to the trading platform: each flaw that its
// comments mark is found there, in every language.
func TestTrading(t *testing.T) {
	for _, dir := range []string{"node", "python", "goserver", "page"} {
		t.Run(dir, func(t *testing.T) {
			root := filepath.Join("../examples/trading", dir)
			rep, err := review.Run(context.Background(), []string{root}, review.Options{})
			if err != nil {
				t.Fatal(err)
			}
			report.Finish(rep)
			marks := flaws(t, root)
			if len(marks) == 0 {
				t.Fatalf("no FLAW comments below %s", root)
			}
			for _, m := range marks {
				found := slices.ContainsFunc(rep.Findings, func(f report.Finding) bool { return m.marks(f, rep) })
				reason, excused := unseen[dir+" "+m.id]
				switch {
				case !found && !excused:
					t.Errorf("%s: not found", m)
				case found && excused:
					t.Errorf("%s: found, but listed as unseen (%s)", m, reason)
				}
			}
		})
	}
}

// A mark is one flaw that a comment names.
type mark struct {
	path string
	line int
	id   string
}

func (m mark) String() string { return fmt.Sprintf("%s:%d: %s", m.path, m.line, m.id) }

// marks reports whether a finding is the flaw: near the comment, or of the
// endpoint that the comment stands at.
func (m mark) marks(f report.Finding, rep *report.Report) bool {
	if f.Weakness.ID != m.id {
		return false
	}
	const reach = 12 // a comment stands above a few lines of code
	switch m.id {
	case "WS201", "WS205", "WS206", "WS209", "WS701", "WS702", "WS703", "WS704":
		return true // about what is nowhere in the server: comment and finding each have a place for it
	}
	near := func(s report.Span) bool {
		return strings.HasSuffix(s.Path, m.path) && s.Line >= m.line-3 && s.Line <= m.line+reach
	}
	if near(f.Span) {
		return true
	}
	for _, s := range slices.Concat(f.Trace, f.Related) {
		if near(s.Span) {
			return true
		}
	}
	for _, e := range rep.Endpoints {
		if e.ID == f.Endpoint && near(e.Span) {
			return true
		}
	}
	return false
}

func flaws(t *testing.T, root string) []mark {
	t.Helper()
	var out []mark
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(p, "node_modules") {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		for i, line := range strings.Split(string(b), "\n") {
			for _, s := range flaw.FindAllStringSubmatch(line, -1) {
				for _, id := range regexp.MustCompile(`WS\d{3}`).FindAllString(s[1], -1) {
					out = append(out, mark{filepath.Base(p), i + 1, id})
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
