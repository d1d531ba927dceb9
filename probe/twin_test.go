package probe_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
	"github.com/wswarden/wswarden/report"
)

// target is a twin as probe is pointed at it, with a cookie of alice.
func target(t *testing.T, s *probetest.Server) probe.Target {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	alice := probe.Identity{Name: "alice", Lines: []wireclient.Line{{Name: "Cookie", Value: s.SignIn("alice")}}}
	return probe.Target{URL: u, Origin: probetest.Origin, Identities: []probe.Identity{alice}}
}

// bearer is a twin with a bearer token of alice.
func bearer(t *testing.T, s *probetest.Server) probe.Target {
	t.Helper()
	out := target(t, s)
	out.Identities[0].Lines = []wireclient.Line{{Name: "Authorization", Value: "Bearer " + s.Token("alice", patience)}}
	return out
}

// run runs the checks that are on by default.
func run(t *testing.T, opt probe.Options) *report.Report {
	t.Helper()
	opt.Rate = 1000
	plan, err := probe.NewPlan(opt)
	if err != nil {
		t.Fatal(err)
	}
	r, err := plan.Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	b := plan.Budget()
	if r.Stats.Connections > b.Connections || r.Stats.Messages > b.Messages {
		t.Errorf("used %d connections, %d messages of a budget of %v", r.Stats.Connections, r.Stats.Messages, b)
	}
	report.Finish(r)
	return r
}

// found are the weaknesses and checks of the findings, such as "WS101 origin".
func found(r *report.Report) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.Weakness.ID+" "+f.Check)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// describe is a report in lines, for the text of a failure.
func describe(r *report.Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n  %s %s %s: %s\n%s\n%s", f.Weakness.ID, f.Severity, f.Check, f.Message, f.Evidence.Request, f.Evidence.Response)
	}
	for _, j := range r.Judgements {
		if j.Verdict == report.NotJudged {
			fmt.Fprintf(&b, "\n  not judged %s: %s", j.Check, j.Message)
		}
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "\n  note: %s", n.Message)
	}
	return b.String()
}

func TestHardenedTwinHasNoFindings(t *testing.T) {
	for name, of := range map[string]func(*testing.T, *probetest.Server) probe.Target{"cookie": target, "bearer": bearer} {
		t.Run(name, func(t *testing.T) {
			s := probetest.Hardened(t)
			r := run(t, probe.Options{Target: of(t, s)})
			if got := found(r); len(got) > 0 {
				t.Errorf("got %v, want none%s", got, describe(r))
			}
			t.Logf("%v, %d connections%s", r.Stats.Elapsed, r.Stats.Connections, describe(r))
		})
	}
}
