// Package reviewtest tests the rules of review against annotated source.
//
// A rule's folder has testdata/<language>/ with files, or folders of files that
// belong together. A line that the rule must report ends in a comment with the
// word want and a regular expression for the message, whatever the comment
// marker of the language:
//
//	wss.on('connection', f)           // want `without any check of Origin`
//	websockets.serve(handler, h, p)   # want `without any check of Origin` high
//
// Where files have no comments, want.txt at the root of the case's folder says it
// for them, a line each, and is not reviewed:
//
//	package-lock.json:14 `ws 8.16.0` high
//
// A severity, and a confidence, may follow the expression. A case whose name
// begins with "bad" must be reported somewhere; one whose name begins with
// "good" nowhere, and is to hold the nearest harmless look-alike. Each language
// needs both: a rule that never fires, or always does, proves nothing.
package reviewtest

import (
	"context"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review"
	"github.com/wswarden/wswarden/review/rule"
)

// Languages are the folders of test data, and what they stand for.
var Languages = []string{"js", "python", "go"}

// A Case is one file, or one folder of files, of test data.
type Case struct {
	Name     string // such as "bad_exec.js"
	Language string
	Files    map[string]string
	Wants    string // what want.txt says
}

// wantsFile holds what must be reported in files without comments.
const wantsFile = "want.txt"

var (
	want   = regexp.MustCompile("\\bwant((?: +`[^`]*`(?: (?:low-confidence|medium-confidence|high-confidence|low|medium|high|critical)\\b)*)+)")
	wanted = regexp.MustCompile("`([^`]*)`((?: (?:low-confidence|medium-confidence|high-confidence|low|medium|high|critical)\\b)*)")
)

// Cases reads the test data below dir.
func Cases(dir string) ([]Case, error) {
	var out []Case
	for _, lang := range Languages {
		entries, err := os.ReadDir(path.Join(dir, lang))
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			c := Case{Name: e.Name(), Language: lang, Files: map[string]string{}}
			root := path.Join(dir, lang, e.Name())
			err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				b, err := os.ReadFile(path.Join(root, name))
				if name == wantsFile {
					c.Wants = string(b)
				} else {
					c.Files[name] = string(b)
				}
				return err
			})
			if !e.IsDir() {
				var b []byte
				b, err = os.ReadFile(root)
				c.Files = map[string]string{e.Name(): string(b)}
			}
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

// Run checks that a rule reports what the cases under testdata say, no more and
// no less.
func Run(t *testing.T, r *rule.Rule) {
	t.Helper()
	cases, err := Cases("testdata")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string][2]bool{}
	for _, c := range cases {
		k := kinds[c.Language]
		switch {
		case strings.HasPrefix(c.Name, "bad"):
			k[0] = true
		case strings.HasPrefix(c.Name, "good"):
			k[1] = true
		default:
			t.Errorf("%s/%s: the name of a case begins with bad or good", c.Language, c.Name)
		}
		kinds[c.Language] = k
		t.Run(c.Language+"/"+c.Name, func(t *testing.T) { check(t, r, c) })
	}
	if len(kinds) == 0 {
		t.Fatal("no cases under testdata")
	}
	for lang, k := range kinds {
		if !k[0] || !k[1] {
			t.Errorf("%s: a reported and a clean case are needed, to show that the rule tells them apart", lang)
		}
	}
}

// An expectation is one want.
type expectation struct {
	message    *regexp.Regexp
	severity   string
	confidence string
	met        bool
}

func check(t *testing.T, r *rule.Rule, c Case) {
	findings, _, err := review.Source(context.Background(), c.Files, []*rule.Rule{r})
	if err != nil {
		t.Fatal(err)
	}
	expected, n := map[string]map[int][]*expectation{}, 0
	expect := func(name string, line int, list []*expectation) {
		if expected[name] == nil {
			expected[name] = map[int][]*expectation{}
		}
		expected[name][line] = append(expected[name][line], list...)
		n += len(list)
	}
	for name, text := range c.Files {
		for i, line := range strings.Split(text, "\n") {
			expect(name, i+1, expectations(line))
		}
	}
	for line := range strings.Lines(c.Wants) {
		place, rest, _ := strings.Cut(line, " ")
		name, number, _ := strings.Cut(place, ":")
		i, err := strconv.Atoi(number)
		list := expectations("want " + rest)
		if err != nil || len(list) == 0 {
			t.Fatalf("%s: %q: want path:line and an expression in backquotes", wantsFile, line)
		}
		expect(name, i, list)
	}
	if bad := strings.HasPrefix(c.Name, "bad"); bad != (n > 0) {
		t.Errorf("the case has %d wants, and its name says otherwise", n)
	}
	for _, f := range findings {
		if !meets(expected[f.Path][f.Line], f) {
			t.Errorf("%s:%d:%d: unexpected finding (%s, %s confidence): %s", f.Path, f.Line, f.Column, f.Severity, f.Confidence, f.Message)
		}
		if f.Message == "" || f.Fix == "" {
			t.Errorf("%s:%d: a finding needs a message and a fix, got %q and %q", f.Path, f.Line, f.Message, f.Fix)
		}
	}
	for name, lines := range expected {
		for line, list := range lines {
			for _, e := range list {
				if !e.met {
					t.Errorf("%s:%d: no finding matches %q %s %s", name, line, e.message, e.severity, e.confidence)
				}
			}
		}
	}
}

func expectations(line string) []*expectation {
	m := want.FindStringSubmatch(line)
	if m == nil {
		return nil
	}
	var out []*expectation
	for _, w := range wanted.FindAllStringSubmatch(m[1], -1) {
		e := &expectation{message: regexp.MustCompile(w[1])}
		for _, word := range strings.Fields(w[2]) {
			if c, ok := strings.CutSuffix(word, "-confidence"); ok {
				e.confidence = c
			} else {
				e.severity = word
			}
		}
		out = append(out, e)
	}
	return out
}

func meets(list []*expectation, f report.Finding) bool {
	i := slices.IndexFunc(list, func(e *expectation) bool {
		return !e.met && e.message.MatchString(f.Message) && (e.severity == "" || e.severity == f.Severity.String()) && (e.confidence == "" || e.confidence == f.Confidence.String())
	})
	if i >= 0 {
		list[i].met = true
	}
	return i >= 0
}
