package main

import (
	"fmt"
	"time"

	"github.com/wswarden/wswarden/bench/result"
)

// goal is a bound for guard: on the ratio of medians to nginx in the same run,
// on its memory per idle connection, or on the time from a revocation to the
// Close frames.
type goal struct {
	workload string // a name in workloads; empty for the others
	ratio    float64
	bytes    float64
	p99      time.Duration
}

// goals are what guard has to reach now. They get tighter, never looser.
var goals = []goal{
	{workload: "256 B p1", ratio: 1.6},
	{workload: "256 B p16", ratio: 1.6},
	{bytes: 10_000},
	{p99: 100 * time.Millisecond},
}

// judge names the goals that a run fell short of. What wasn't measured falls
// short too.
func judge(r *result.Run) []string {
	var short []string
	for _, g := range goals {
		if s := g.judge(r); s != "" {
			short = append(short, s)
		}
	}
	return short
}

func (g goal) judge(r *result.Run) string {
	if g.p99 > 0 {
		v, ok := r.RevocationOf("guard")
		if !ok {
			return "revocation: not measured"
		}
		if !(v.P99 > 0 && v.P99 <= g.p99) {
			return fmt.Sprintf("revocation: p99 %v to the Close frame, goal %v", v.P99, g.p99)
		}
		return ""
	}
	if g.workload == "" {
		idle, ok := r.IdleOf("guard")
		if !ok {
			return "memory per idle connection: not measured"
		}
		// Nothing at all would be a mismeasurement.
		if got := idle.PerConnection(); !(got > 0 && got <= g.bytes) {
			return fmt.Sprintf("memory per idle connection: %.0f bytes, goal %.0f", got, g.bytes)
		}
		return ""
	}
	guard, ok := r.Micros("guard", g.workload)
	nginx, ok2 := r.Micros("nginx", g.workload)
	if !ok || !ok2 {
		return fmt.Sprintf("%s: not measured for guard and nginx", g.workload)
	}
	if got := guard.Over(nginx).Median; !(got <= g.ratio) {
		return fmt.Sprintf("%s: %.2f times nginx (median), goal %.2f", g.workload, got, g.ratio)
	}
	return ""
}
