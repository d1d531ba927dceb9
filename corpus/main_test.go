package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/score"
	"github.com/wswarden/wswarden/corpus/tool"
	"github.com/wswarden/wswarden/corpus/tree"
)

var (
	bad   = fact.Version{Repo: "o/n", Commit: strings.Repeat("a", 40)}
	good  = fact.Version{Repo: "o/n", Commit: strings.Repeat("b", 40)}
	other = fact.Version{Repo: "o/gone", Commit: strings.Repeat("c", 40)}
)

// small is a corpus whose rows share versions.
func small() *fact.Corpus {
	place := fact.Place{Path: "a.go", Spans: []fact.Span{{First: 2, Last: 2}}}
	return &fact.Corpus{
		Weaknesses: []fact.Weakness{
			{Name: "go-x", Language: "go", Class: "origin-missing", IDs: []string{"WS101"}, Tier: fact.TierA, Place: place, Version: bad, Fixed: good, FixedState: "fixed"},
			{Name: "go-gone", Language: "go", Class: "origin-missing", IDs: []string{"WS101"}, Tier: fact.TierA, Place: place, Version: other, Fixed: other, FixedState: "fixed"},
			{Name: "go-secret", Language: "go", Class: fact.Unscored, Tier: fact.TierC, Place: place, Version: other, Fixed: other, FixedState: "fixed"},
		},
		Negatives: []fact.Negative{
			{Name: "neg-x", Version: good, Place: place, Expected: []fact.Expectation{{ID: "WS101", AtMost: fact.None, Reason: "r"}}},
		},
		Repositories: []fact.Repository{{Repo: "o/n", Version: good, Language: "go"}},
	}
}

// fakes are a store and a reviewer in one. Each tree has one file; the report
// of a tree is found by its commit.
type fakes struct {
	dir     string
	reports map[string]*tool.Report
	err     error // of the reviewer
	writing error // of the store

	names []string
}

func (f *fakes) Get(_ context.Context, v fact.Version) (string, error) {
	if v == other {
		return "", fmt.Errorf("%w: no mirror", tree.ErrAbsent)
	}
	dir := filepath.Join(f.dir, v.Commit)
	return dir, errors.Join(f.writing, os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, "a.go"), []byte("1\n2\n3\n"), 0o644))
}

func (f *fakes) Review(_ context.Context, dir, name string) (tool.Run, error) {
	f.names = append(f.names, name)
	return tool.Run{Report: f.reports[filepath.Base(dir)], Seconds: 2}, f.err
}

func newFakes(t *testing.T) *fakes {
	return &fakes{dir: t.TempDir(), reports: map[string]*tool.Report{
		bad.Commit: {Version: "1.2", Findings: []tool.Finding{
			{ID: "WS101", Path: "a.go", Line: 2, Severity: tool.HighSeverity, Confidence: tool.HighConfidence},
		}},
		good.Commit: {Version: "1.2", Stats: tool.Stats{Lines: 3}},
	}}
}

func measure(f *fakes, jobs int) (*score.Board, *measurement, error) {
	m := &measurement{trees: f, reviewer: f, jobs: jobs, progress: &bytes.Buffer{}}
	b, err := m.corpus(context.Background(), small(), nil)
	return b, m, err
}

func TestCorpusIsMeasured(t *testing.T) {
	f := newFakes(t)
	b, m, err := measure(f, 1)
	if err != nil {
		t.Fatal(err)
	}
	if w := b.Weaknesses[0]; w.State != score.Found || w.Fixed != score.Clean {
		t.Errorf("go-x: got %q and %q, want found and clean", w.State, w.Fixed)
	}
	if w := b.Weaknesses[1]; w.State != score.Absent || w.Fixed != score.Absent || w.Problem == "" {
		t.Errorf("go-gone: got %q, %q because of %q, want both absent", w.State, w.Fixed, w.Problem)
	}
	if w := b.Weaknesses[2]; w.State != score.None {
		t.Errorf("go-secret: got %q, want no state", w.State)
	}
	if n := b.Negatives[0]; n.State != score.Clean {
		t.Errorf("neg-x: got %q, want clean", n.State)
	}
	if r := b.Repositories[0]; r.State != score.None || r.Lines != 3 || r.OwnLines != 3 {
		t.Errorf("o/n: got %q with %d and %d lines, want 3 and 3", r.State, r.Lines, r.OwnLines)
	}
	if want := []string{"o+n@" + bad.Commit, "o+n@" + good.Commit}; !slices.Equal(f.names, want) {
		t.Errorf("reviewed %q, want each version once: %q", f.names, want)
	}
	if m.reviewed != 2 || m.seconds != 4 || m.version != "1.2" {
		t.Errorf("got %d trees in %v s of version %q", m.reviewed, m.seconds, m.version)
	}
}

func TestCorpusWhenReviewNeverWorks(t *testing.T) {
	f := newFakes(t)
	f.err = errors.New("review: exit status 2")
	if _, _, err := measure(f, 1); err == nil || !strings.Contains(err.Error(), "exit status 2") {
		t.Errorf("got error %v, want the one of review", err)
	}
}

func TestCorpusWhenATreeCannotBeWritten(t *testing.T) {
	f := newFakes(t)
	f.writing = errors.New("disk full")
	if _, _, err := measure(f, 1); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got error %v, want the one of the store", err)
	}
}

func TestCorpusInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := newFakes(t)
	m := &measurement{trees: f, reviewer: f, jobs: 2, progress: &bytes.Buffer{}}
	if _, err := m.corpus(ctx, small(), nil); err == nil || err.Error() != "interrupted" {
		t.Errorf("got error %v", err)
	}
}

func TestUnseen(t *testing.T) {
	f := newFakes(t)
	for _, v := range []fact.Version{bad, good} {
		if _, err := f.Get(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	m := &measurement{trees: f, reviewer: f, jobs: 1, progress: &bytes.Buffer{}}
	b, err := m.unseen(t.Context(), f.dir, regexp.MustCompile("^a"))
	if err != nil {
		t.Fatal(err)
	}
	if len(b.Repositories) != 1 || len(b.Repositories[0].Findings) != 1 || f.names[0] != "" {
		t.Errorf("got %+v, kept under %q, want one repository with one finding that is not kept", b.Repositories, f.names)
	}
}

func TestParse(t *testing.T) {
	cases := []struct {
		args, want string // want is part of the error, empty for none
	}{
		{"", ""},
		{"-only dev -rows ^go- -jobs 2", ""},
		{"-write", ""},
		{"-only some", "neither dev, negatives nor repos"},
		{"-rows (", "-rows"},
		{"-jobs 0", "at least 1"},
		{"-write -only dev", "would overwrite the whole"},
		{"-write -rows x", "would overwrite the whole"},
		{"dev", `unexpected argument "dev"`},
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, c := range cases {
		o, err := parse(strings.Fields(c.args), &bytes.Buffer{})
		switch {
		case c.want == "" && (err != nil || filepath.Base(o.cache) != "corpus"):
			t.Errorf("%q: got cache %q, error %v", c.args, o.cache, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%q: got error %v, want one with %q", c.args, err, c.want)
		}
	}
}

func TestChoose(t *testing.T) {
	cases := []struct {
		only, rows string
		want       [3]int
	}{
		{"", "", [3]int{3, 1, 1}},
		{"dev", "", [3]int{3, 0, 0}},
		{"negatives", "", [3]int{0, 1, 0}},
		{"repos", "", [3]int{0, 0, 1}},
		{"", "^go-x$", [3]int{1, 0, 0}},
		{"", "^o/n$", [3]int{1, 1, 1}},
	}
	for _, c := range cases {
		got := choose(small(), options{only: c.only, rows: regexp.MustCompile(c.rows)})
		if n := [3]int{len(got.Weaknesses), len(got.Negatives), len(got.Repositories)}; n != c.want {
			t.Errorf("-only %q -rows %q: got %v, want %v", c.only, c.rows, n, c.want)
		}
	}
}

// TestRunFails asks for an executable that is not there.
func TestRunFails(t *testing.T) {
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"-cache", t.TempDir(), "-wswarden", "missing"}, &bytes.Buffer{}, &stderr)
	if code != exitFailed || !strings.Contains(stderr.String(), "corpus: read the executable") {
		t.Errorf("got exit code %d, %q", code, stderr.String())
	}
}
