package score_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/score"
	"github.com/wswarden/wswarden/corpus/tool"
)

const (
	low, medium, high = tool.LowSeverity, tool.MediumSeverity, tool.HighSeverity
	unsure, sure      = tool.LowConfidence, tool.HighConfidence
)

func finding(id, path string, line int, s tool.Severity, c tool.Confidence) tool.Finding {
	return tool.Finding{ID: id, Path: path, Line: line, Severity: s, Confidence: c, Fingerprint: id + path}
}

func naming(f tool.Finding, endpoint string) tool.Finding {
	f.Endpoint = endpoint
	return f
}

func reviewed(findings ...tool.Finding) score.Tree {
	return score.Tree{Report: &tool.Report{
		Findings: findings,
		Endpoints: []tool.Endpoint{
			{ID: "here", Path: "a.go", Line: 21},
			{ID: "far", Path: "a.go", Line: 90},
		},
	}}
}

// folder makes a tree with one file, a line a word.
func folder(t *testing.T, words string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.go"), []byte(strings.ReplaceAll(words, " ", "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func row() fact.Weakness {
	return fact.Weakness{
		Name: "go-x", Language: "go", Class: "session-not-revalidated", IDs: []string{"WS205", "WS206"}, Tier: fact.TierB,
		Place:   fact.Place{Path: "a.go", Spans: []fact.Span{{First: 20, Last: 22}, {First: 40, Last: 40}}},
		Version: fact.Version{Repo: "o/n", Commit: strings.Repeat("a", 40)},
	}
}

func TestWeakness(t *testing.T) {
	cases := []struct {
		name       string
		tree       score.Tree
		want       score.State
		byEndpoint bool
	}{
		{"in the range", reviewed(finding("WS205", "a.go", 21, low, sure)), score.Found, false},
		{"other id of the class", reviewed(finding("WS206", "a.go", 40, low, sure)), score.Found, false},
		{"three lines before", reviewed(finding("WS205", "a.go", 17, high, sure)), score.Found, false},
		{"three lines after", reviewed(finding("WS205", "a.go", 25, high, sure)), score.Found, false},
		{"four lines before", reviewed(finding("WS205", "a.go", 16, high, sure)), score.Missed, false},
		{"four lines after", reviewed(finding("WS205", "a.go", 26, high, sure)), score.Missed, false},
		{"between the ranges", reviewed(finding("WS205", "a.go", 31, high, sure)), score.Missed, false},
		{"other file", reviewed(finding("WS205", "b.go", 21, high, sure)), score.Missed, false},
		{"other id", reviewed(finding("WS101", "a.go", 21, high, sure)), score.Missed, false},
		{"low confidence", reviewed(finding("WS205", "a.go", 21, high, unsure)), score.Unsure, false},
		{"elsewhere, naming the endpoint", reviewed(naming(finding("WS205", "b.go", 500, high, sure), "here")), score.Found, true},
		{"elsewhere, naming another endpoint", reviewed(naming(finding("WS205", "a.go", 500, high, sure), "far")), score.Missed, false},
		{"the surer one counts", reviewed(finding("WS205", "a.go", 21, high, unsure), naming(finding("WS206", "b.go", 1, low, sure), "here")), score.Found, true},
		{"nothing found", reviewed(), score.Missed, false},
		{"absent", score.Tree{Absent: "no mirror"}, score.Absent, false},
		{"failed", score.Tree{Failure: "exit 2"}, score.Failed, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := score.Weakness(row(), c.tree, score.Tree{})
			if err != nil {
				t.Fatal(err)
			}
			if got.State != c.want {
				t.Errorf("got state %q, want %q", got.State, c.want)
			}
			if byEndpoint := got.By != nil && got.By.ByEndpoint; byEndpoint != c.byEndpoint {
				t.Errorf("got by endpoint %v, want %v", byEndpoint, c.byEndpoint)
			}
			if got.Fixed != score.None {
				t.Errorf("fixed version: got %q, want none", got.Fixed)
			}
		})
	}
}

func TestWeaknessTellsHowCloseAMissWas(t *testing.T) {
	got, err := score.Weakness(row(), reviewed(
		finding("WS101", "a.go", 22, high, sure), finding("WS702", "a.go", 22, low, unsure), finding("WS101", "z.go", 22, high, sure)), score.Tree{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Nearby) != 1 || got.Nearby[0].ID != "WS101" || !got.EndpointSeen {
		t.Errorf("got nearby %v, endpoint seen %v", got.Nearby, got.EndpointSeen)
	}
}

func TestWeaknessWithoutID(t *testing.T) {
	w := row()
	w.IDs = nil
	got, err := score.Weakness(w, reviewed(), reviewed())
	if err != nil || got.State != score.None || got.Fixed != score.None {
		t.Errorf("got %q and %q, %v, want no state", got.State, got.Fixed, err)
	}
}

func TestFixed(t *testing.T) {
	w := row()
	w.FixedState = "fixed"
	w.Place.Spans = []fact.Span{{First: 6, Last: 6}}
	before := "a b c d e BAD f g h i j"
	cases := []struct {
		name     string
		after    string // "" where the file is gone
		findings []tool.Finding
		want     score.State
	}{
		{"at the line it moved to", "1 2 3 4 5 6 7 8 9 a b c d e BAD f g", []tool.Finding{finding("WS205", "a.go", 15, medium, sure)}, score.Hit},
		{"at the line it was at", "1 2 3 4 5 6 7 8 9 a b c d e BAD f g", []tool.Finding{finding("WS205", "a.go", 6, medium, sure)}, score.Clean},
		{"in its replacement", "a b c d e G O O D G O O D G O O D f g", []tool.Finding{finding("WS205", "a.go", 12, medium, sure)}, score.Hit},
		{"low severity", before, []tool.Finding{finding("WS205", "a.go", 6, low, sure)}, score.Clean},
		{"low confidence", before, []tool.Finding{finding("WS205", "a.go", 6, high, unsure)}, score.Clean},
		{"other id", before, []tool.Finding{finding("WS101", "a.go", 6, high, sure)}, score.Clean},
		{"file gone", "", []tool.Finding{finding("WS205", "a.go", 6, high, sure)}, score.Clean},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			vulnerable, fixed := reviewed(), reviewed(c.findings...)
			fixed.Report.Endpoints = nil
			vulnerable.Dir, fixed.Dir = folder(t, before), t.TempDir()
			if c.after != "" {
				fixed.Dir = folder(t, c.after)
			}
			got, err := score.Weakness(w, vulnerable, fixed)
			if err != nil {
				t.Fatal(err)
			}
			if got.Fixed != c.want {
				t.Errorf("got %q by %v, want %q", got.Fixed, got.FixedBy, c.want)
			}
		})
	}
}

func TestFixedSaysNothingWhereTheFixIsNone(t *testing.T) {
	w := row()
	w.FixedState = "opt-in"
	vulnerable, fixed := reviewed(), reviewed(finding("WS205", "a.go", 21, high, sure))
	vulnerable.Dir, fixed.Dir = folder(t, "a b c"), folder(t, "a b c")
	if got, err := score.Weakness(w, vulnerable, fixed); err != nil || got.Fixed != score.None {
		t.Errorf("got %q, %v", got.Fixed, err)
	}
}

func negative() fact.Negative {
	return fact.Negative{
		Name: "neg-x", Place: fact.Place{Path: "a.go", Spans: []fact.Span{{First: 20, Last: 20}}},
		Version: fact.Version{Repo: "o/n", Commit: strings.Repeat("a", 40)},
		Expected: []fact.Expectation{
			{ID: "WS101", AtMost: fact.None, Places: []fact.Place{{Path: "b.go", Spans: []fact.Span{{First: 5, Last: 5}}}}},
			{ID: "WS102", AtMost: "low"},
		},
	}
}

func TestNegative(t *testing.T) {
	judged := score.NewVerdicts([]fact.Verdict{
		{Repo: "o/n", ID: "WS701", Path: "a.go", Line: 22, Judgement: fact.True, Reason: "no limit"},
		{Repo: "o/other", ID: "WS704", Path: "a.go", Line: 22, Judgement: fact.True, Reason: "another repository"},
	})
	cases := []struct {
		name        string
		tree        score.Tree
		want        score.State
		hits, grave int
	}{
		{"silent", reviewed(), score.Clean, 0, 0},
		{"what is not there", reviewed(finding("WS101", "a.go", 20, low, sure)), score.Hit, 1, 0},
		{"what is not there, at the endpoint", reviewed(finding("WS101", "b.go", 8, low, sure)), score.Hit, 1, 0},
		{"what is not there, far off", reviewed(finding("WS101", "b.go", 9, low, sure)), score.Clean, 0, 0},
		{"what is not there, not shown", reviewed(finding("WS101", "a.go", 20, high, unsure)), score.Clean, 0, 0},
		{"no graver than allowed", reviewed(finding("WS102", "a.go", 20, low, sure)), score.Clean, 0, 0},
		{"graver than allowed", reviewed(finding("WS102", "a.go", 20, medium, sure)), score.Hit, 1, 0},
		{"medium of another id", reviewed(finding("WS704", "a.go", 20, medium, sure)), score.Clean, 0, 0},
		{"high of another id", reviewed(finding("WS704", "a.go", 22, high, sure)), score.Hit, 0, 1},
		{"high of another id, judged true", reviewed(finding("WS701", "a.go", 22, high, sure)), score.Clean, 0, 1},
		{"high of another id, by endpoint", reviewed(naming(finding("WS704", "z.go", 1, high, sure), "here")), score.Hit, 0, 1},
		{"absent", score.Tree{Absent: "no mirror"}, score.Absent, 0, 0},
		{"failed", score.Tree{Failure: "exit 2"}, score.Failed, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := score.Negative(negative(), c.tree, judged)
			if got.State != c.want || len(got.Hits) != c.hits || len(got.Grave) != c.grave {
				t.Errorf("got %q with hits %v and grave %v, want %q with %d and %d", got.State, got.Hits, got.Grave, c.want, c.hits, c.grave)
			}
		})
	}
}

func repository(name string, lines int64, findings ...tool.Finding) score.RepositoryResult {
	t := reviewed(findings...)
	t.Report.Stats.Lines, t.Lines = lines, int(lines)
	return score.Repository(fact.Repository{Repo: name, Language: "go"}, t, score.NewVerdicts([]fact.Verdict{
		{Repo: name, ID: "WS101", Path: "moved.go", Line: 1, Fingerprint: "WS101a.go", Judgement: fact.True},
		{Repo: name, ID: "WS701", Path: "a.go", Line: 3, Judgement: fact.ByDesign},
		{Repo: name, ID: "WS702", Path: "a.go", Line: 4, Judgement: fact.False},
	}))
}

func TestRepository(t *testing.T) {
	r := repository("o/n", 2000,
		finding("WS702", "a.go", 4, medium, sure), finding("WS101", "a.go", 9, high, sure), finding("WS701", "a.go", 3, high, sure),
		finding("WS704", "a.go", 5, medium, sure), finding("WS605", "a.go", 6, low, sure), finding("WS501", "a.go", 7, high, unsure))
	if len(r.Findings) != 4 || r.All != 5 || r.Endpoints != 2 {
		t.Errorf("got %d findings of %d, %d endpoints, want 4 of 5 and 2", len(r.Findings), r.All, r.Endpoints)
	}
	var lines []int
	for _, f := range r.Findings {
		lines = append(lines, f.Line)
	}
	if !slices.IsSorted(lines) {
		t.Errorf("findings are not in the order of their lines: %v", lines)
	}
	for j, want := range map[fact.Judgement]int{fact.True: 1, fact.ByDesign: 1, fact.False: 1, fact.Unjudged: 1} {
		if got := r.Count(j); got != want {
			t.Errorf("%s: got %d, want %d", j, got, want)
		}
	}
	if r.Wrong() != 2 || r.Rate() != 2 {
		t.Errorf("got %d wrong, rate %v, want 2 and 2", r.Wrong(), r.Rate())
	}
}

func TestLinesDiffer(t *testing.T) {
	for _, c := range []struct {
		lines int64
		own   int
		want  bool
	}{{1000, 1000, false}, {1100, 1000, false}, {1101, 1000, true}, {899, 1000, true}, {0, 0, false}, {5, 0, true}} {
		if got := (score.RepositoryResult{Lines: c.lines, OwnLines: c.own}).LinesDiffer(); got != c.want {
			t.Errorf("%d against %d: got %v, want %v", c.lines, c.own, got, c.want)
		}
	}
}

func TestBoard(t *testing.T) {
	w := func(language, framework string, tier fact.Tier, s, fixed score.State) score.WeaknessResult {
		return score.WeaknessResult{Row: fact.Weakness{
			Language: language, Framework: framework, Tier: tier, Class: "origin-missing", IDs: []string{"WS101"},
		}, State: s, Fixed: fixed}
	}
	b := &score.Board{
		Weaknesses: []score.WeaknessResult{
			w("go", "gorilla", fact.TierA, score.Found, score.Clean),
			w("js", "ws", fact.TierA, score.Found, score.Hit),
			w("ts", "ws", fact.TierA, score.Unsure, score.Absent),
			w("python", "aiohttp", fact.TierA, score.Failed, score.None),
			w("python", "aiohttp", fact.TierA, score.Absent, score.Failed),
			w("python", "aiohttp", fact.TierB, score.Missed, score.Clean),
			w("js", "ws (library)", fact.TierA, score.Missed, score.Clean),
			w("java", "Spring", fact.TierA, score.Found, score.Clean),
		},
		Negatives: []score.NegativeResult{{State: score.Clean}, {State: score.Hit}, {State: score.Absent}, {State: score.Failed}},
		Repositories: []score.RepositoryResult{
			repository("o/one", 3000, finding("WS702", "a.go", 4, medium, sure), finding("WS101", "a.go", 9, high, sure)),
			repository("o/two", 1000, finding("WS704", "a.go", 5, medium, sure)),
			{State: score.Absent},
		},
	}
	if got, want := b.TierRecall(score.Applications, fact.TierA), (score.Recall{Found: 2, Unsure: 1, Failed: 1, Absent: 1}); got != want || got.Total() != 4 {
		t.Errorf("tier A of applications: got %+v of %d, want %+v of 4", got, got.Total(), want)
	}
	if got := b.TierRecall(score.Libraries, fact.TierA); got.Missed != 1 || got.Total() != 1 {
		t.Errorf("tier A of libraries: got %+v", got)
	}
	if got := b.TierRecall(score.Others, fact.TierA); got.Found != 1 || got.Total() != 1 {
		t.Errorf("tier A of other languages: got %+v", got)
	}
	if flagged, of := b.Flagged(func(score.WeaknessResult) bool { return true }); flagged != 1 || of != 5 {
		t.Errorf("still flagged: got %d of %d, want 1 of 5", flagged, of)
	}
	if hit, of := b.NegativesHit(); hit != 1 || of != 2 {
		t.Errorf("negatives hit: got %d of %d, want 1 of 2", hit, of)
	}
	d := b.Density(func(score.RepositoryResult) bool { return true })
	if d.Repositories != 2 || d.Lines != 4000 || d.Rate() != 0.75 || d.WrongRate() != 0.5 {
		t.Errorf("got %+v, rate %v, wrong %v, want 2 repositories, 4000 lines, 0.75, 0.5", d, d.Rate(), d.WrongRate())
	}
	if got := b.Classes(); !slices.Equal(got, []string{"origin-missing"}) {
		t.Errorf("classes: got %v", got)
	}
}
