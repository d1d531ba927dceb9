package report_test

import (
	"reflect"
	"testing"

	"github.com/wswarden/wswarden/report"
)

func ids(r *report.Report) []string {
	out := []string{}
	for _, f := range r.Findings {
		out = append(out, f.Weakness.ID)
	}
	return out
}

func TestFilter(t *testing.T) {
	all := sample(t) // WS605 WS601 WS101 WS701 WS305 WS403 WS501
	lines := func(path string, numbers ...int) func(report.Span) bool {
		return func(s report.Span) bool {
			for _, n := range numbers {
				if s.Path == path && s.Line <= n && n <= s.EndLine {
					return true
				}
			}
			return false
		}
	}
	tests := []struct {
		name   string
		filter report.Filter
		want   []string
		hidden report.Hidden
	}{
		{"zero", report.Filter{}, []string{"WS605", "WS601", "WS101", "WS701", "WS305", "WS403", "WS501"}, report.Hidden{}},
		{"only", report.Filter{Only: []string{"WS1..", "message-size"}}, []string{"WS101", "WS701"}, report.Hidden{Unselected: 5}},
		{"skip", report.Filter{Skip: []string{"ws6xx", "WS101"}}, []string{"WS701", "WS305", "WS403", "WS501"}, report.Hidden{Unselected: 3}},
		{"only and skip", report.Filter{Only: []string{"WS6.."}, Skip: []string{"WS605"}}, []string{"WS601"}, report.Hidden{Unselected: 6}},
		{"medium", report.Filter{MinConfidence: report.MediumConfidence}, []string{"WS601", "WS101", "WS701", "WS305", "WS403", "WS501"}, report.Hidden{Uncertain: 1}},
		{"high", report.Filter{MinConfidence: report.HighConfidence}, []string{"WS601", "WS101", "WS701", "WS305", "WS501"}, report.Hidden{Uncertain: 2}},
		{"the place changed", report.Filter{Changed: lines("server.js", 17)}, []string{"WS403"}, report.Hidden{Unchanged: 6}},
		{"a step changed", report.Filter{Changed: lines("server.js", 11)}, []string{"WS305"}, report.Hidden{Unchanged: 6}},
		{"another file changed", report.Filter{Changed: lines("x.js", 11)}, []string{}, report.Hidden{Unchanged: 7}},
		{"baseline", report.Filter{Baseline: report.NewBaseline(all)}, []string{}, report.Hidden{Known: 7}},
		{"the first reason counts", report.Filter{Only: []string{"WS6.."}, MinConfidence: report.MediumConfidence, Baseline: report.NewBaseline(all)},
			[]string{}, report.Hidden{Unselected: 5, Uncertain: 1, Known: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.filter.Apply(all)
			if !reflect.DeepEqual(ids(got), tt.want) || got.Hidden != tt.hidden {
				t.Errorf("got %v, hidden %+v; want %v, hidden %+v", ids(got), got.Hidden, tt.want, tt.hidden)
			}
			if !reflect.DeepEqual(all, sample(t)) {
				t.Fatal("Apply changed its argument")
			}
			known := map[string]bool{"": true}
			for _, e := range got.Endpoints {
				known[e.ID] = true
			}
			for _, f := range got.Findings {
				if !known[f.Endpoint] {
					t.Errorf("%s names an endpoint that is not in the report: %q", f.Weakness.ID, f.Endpoint)
				}
			}
		})
	}
}
