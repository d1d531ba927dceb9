package main

import (
	"fmt"

	"github.com/wswarden/wswarden/bench/result"
)

// goal is a bound for guard: on the ratio of medians to nginx in the same run,
// or on its memory per idle connection.
type goal struct {
	workload string // a name in workloads; empty for idle memory
	ratio    float64
	bytes    float64
}

// goals are what guard has to reach now. They get tighter, never looser.
var goals = []goal{
	{workload: "256 B p1", ratio: 1.6},
	{workload: "256 B p16", ratio: 1.6},
	{bytes: 10_000},
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
