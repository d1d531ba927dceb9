package report_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func at(path string, line, column int) report.Span {
	return report.Span{Path: path, Line: line, Column: column, EndLine: line, EndColumn: column + 3}
}

func finding(w *catalogue.Weakness, s report.Span, anchor string) report.Finding {
	return report.Finding{Weakness: w, Severity: w.Severity, Confidence: report.HighConfidence, Span: s, Message: "a message", Anchor: anchor}
}

func places(r *report.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, fmt.Sprintf("%s:%d:%d %s", f.Path, f.Line, f.Column, f.Weakness.ID))
	}
	return out
}

// The order must not depend on the order in which workers found things.
func TestFinishIsDeterministic(t *testing.T) {
	want := sample(t)
	for seed := range uint64(20) {
		got := sample(t)
		random := rand.New(rand.NewPCG(seed, 1))
		random.Shuffle(len(got.Findings), func(i, j int) { got.Findings[i], got.Findings[j] = got.Findings[j], got.Findings[i] })
		random.Shuffle(len(got.Endpoints), func(i, j int) { got.Endpoints[i], got.Endpoints[j] = got.Endpoints[j], got.Endpoints[i] })
		random.Shuffle(len(got.Notes), func(i, j int) { got.Notes[i], got.Notes[j] = got.Notes[j], got.Notes[i] })
		report.Finish(got)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("shuffled with seed %d: got %v, want %v", seed, places(got), places(want))
		}
	}
}

func TestFinishSorts(t *testing.T) {
	r := &report.Report{Findings: []report.Finding{
		finding(catalogue.IDOR, at("b.js", 1, 1), ""),
		finding(catalogue.MessageSize, at("a.js", 10, 1), ""),
		finding(catalogue.IDOR, at("a.js", 9, 2), ""),
		finding(catalogue.OriginWeak, at("a.js", 9, 2), ""),
		finding(catalogue.OriginWeak, at("a.js", 9, 1), ""),
	}}
	report.Finish(r)
	want := []string{"a.js:9:1 WS102", "a.js:9:2 WS102", "a.js:9:2 WS402", "a.js:10:1 WS701", "b.js:1:1 WS402"}
	if got := places(r); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFinishMerges(t *testing.T) {
	long, short := []report.Step{{Message: "a"}, {Message: "b"}, {Message: "c"}}, []report.Step{{Message: "b"}, {Message: "c"}}
	see := func(n int) report.Step { return report.Step{Span: at("a.js", n, 1), Message: "see"} }
	a := finding(catalogue.SQLInjection, at("a.js", 3, 1), "x")
	a.Confidence, a.Trace, a.Related = report.MediumConfidence, long, []report.Step{see(1)}
	b := a
	b.Confidence, b.Severity, b.Trace, b.Related = report.HighConfidence, catalogue.Low, short, []report.Step{see(1), see(2)}
	other := a
	other.Message = "another message"
	r := &report.Report{Findings: []report.Finding{a, other, b}}
	report.Finish(r)
	if len(r.Findings) != 2 {
		t.Fatalf("got %d findings, want 2", len(r.Findings))
	}
	got := r.Findings[0]
	if got.Confidence != report.HighConfidence || got.Severity != catalogue.Critical || len(got.Trace) != 2 || len(got.Related) != 2 {
		t.Errorf("got %+v, want the surest, the worst, the shortest trace and all related places", got)
	}
	if len(a.Related) != 1 {
		t.Error("merging changed the slice of a finding that was handed in")
	}
}

func fingerprints(r *report.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Fingerprint)
	}
	return out
}

func TestFingerprints(t *testing.T) {
	make := func(shift int) *report.Report {
		r := &report.Report{Findings: []report.Finding{
			finding(catalogue.IDOR, at("a.js", 1+shift, 1), "f>delete"),
			finding(catalogue.IDOR, at("a.js", 2+shift, 1), "f>delete"), // equal to the first but for the place
			finding(catalogue.IDOR, at("a.js", 3+shift, 1), "f>update"),
			finding(catalogue.IDOR, at("b.js", 1+shift, 1), "f>delete"),
			finding(catalogue.PrivilegedUnchecked, at("a.js", 3+shift, 1), "f>delete"),
			finding(catalogue.IDOR, at("a.js", 9+shift, 1), ""),
		}}
		report.Finish(r)
		return r
	}
	first := fingerprints(make(0))
	seen := map[string]bool{}
	for _, f := range first {
		if len(f) != 32 || seen[f] {
			t.Errorf("fingerprint %q is not unique or of another length than 32", f)
		}
		seen[f] = true
	}
	if moved := fingerprints(make(40)); !reflect.DeepEqual(moved, first) {
		t.Errorf("after lines moved: got %v, want %v", moved, first)
	}
	again := make(0)
	report.Finish(again)
	if got := fingerprints(again); !reflect.DeepEqual(got, first) {
		t.Errorf("after a second Finish: got %v, want %v", got, first)
	}
	// They are stored in baselines and by code scanning services: another way
	// to make them would open all findings anew.
	if was := "250b377876041a27f892e1ca58e44e94"; first[0] != was {
		t.Errorf("the fingerprint of the first finding is %s, was %s", first[0], was)
	}
}

// Parts of a fingerprint must not run into each other.
func TestFingerprintParts(t *testing.T) {
	r := &report.Report{Findings: []report.Finding{
		finding(catalogue.IDOR, report.Span{Path: "ab"}, "c"),
		finding(catalogue.IDOR, report.Span{Path: "a"}, "bc"),
	}}
	report.Finish(r)
	if r.Findings[0].Fingerprint == r.Findings[1].Fingerprint {
		t.Error("path ab with anchor c is path a with anchor bc")
	}
}

func TestCounts(t *testing.T) {
	r := sample(t)
	for s, want := range map[catalogue.Severity]int{catalogue.Critical: 3, catalogue.High: 2, catalogue.Medium: 1, catalogue.Low: 1} {
		if got := r.Count(s); got != want {
			t.Errorf("Count(%v): got %d, want %d", s, got, want)
		}
	}
	low := report.Report{Findings: []report.Finding{{Severity: catalogue.Medium}}}
	if !low.Reaches(catalogue.Low) || !low.Reaches(catalogue.Medium) || low.Reaches(catalogue.High) {
		t.Error("a report with one medium finding must reach low and medium, and not high")
	}
}
