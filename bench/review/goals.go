package main

import "fmt"

// What review has to reach now. Goals get tighter, never looser.
const (
	goalRatio      = 1.0         // of ast-grep's throughput, on every tree
	goalWarmStart  = 0.15        // seconds from start to end, with one file
	goalMemory     = 300_000_000 // bytes, on any tree
	goalLargeLines = 500_000     // lines of WebSocket code
	goalLargeCPU   = 60.0        // seconds of processor time for them
	goalGrowth     = 1.25        // processor time per line, many lines to few
)

// A verdict is whether one goal was reached.
type verdict struct {
	text    string
	reached bool
}

// judge compares a run with the goals. What wasn't measured wasn't reached.
func judge(r *Run) []verdict {
	out := judgeThroughput(r)
	return append(out, judgeStart(r), judgeMemory(r), judgeLarge(r), judgeGrowth(r))
}

func judgeThroughput(r *Run) []verdict {
	var out []verdict
	for _, t := range r.Trees {
		own, ok := r.of("wswarden", t.Name, Cell.Rate)
		other, ok2 := r.of("ast-grep", t.Name, Cell.Rate)
		if !ok || !ok2 {
			out = append(out, verdict{text: fmt.Sprintf("throughput on %s: not measured for wswarden and ast-grep", t.Name)})
			continue
		}
		ratio := own.Median / other.Median
		out = append(out, verdict{
			text:    fmt.Sprintf("throughput on %s: %.2f of ast-grep's, goal at least %.2f", t.Name, ratio, goalRatio),
			reached: ratio >= goalRatio,
		})
	}
	if len(out) == 0 {
		out = append(out, verdict{text: "throughput: not measured"})
	}
	return out
}

func judgeStart(r *Run) verdict {
	s, ok := r.start("wswarden", startOneFile, false, wallSeconds)
	if !ok {
		return verdict{text: "warm start: not measured"}
	}
	return verdict{
		text:    fmt.Sprintf("warm start: %.3f s (median), goal below %.2f s", s.Median, goalWarmStart),
		reached: s.Median < goalWarmStart,
	}
}

func judgeMemory(r *Run) verdict {
	most, where := int64(0), ""
	for _, t := range r.Trees {
		if peak, ok := r.peak("wswarden", t.Name); ok && peak > most {
			most, where = peak, t.Name
		}
	}
	if most == 0 {
		return verdict{text: "memory: not measured"}
	}
	return verdict{
		text:    fmt.Sprintf("memory: %.0f MB at most, on %s, goal below %d MB", float64(most)/1e6, where, goalMemory/1_000_000),
		reached: most < goalMemory,
	}
}

// perLine is review's processor time for a line of a tree.
func (r *Run) perLine(tree string) (seconds, lines float64, ok bool) {
	s, ok := r.of("wswarden", tree, func(c Cell) float64 { return c.CPU.Seconds() })
	n, ok2 := r.of("wswarden", tree, func(c Cell) float64 { return float64(c.Lines) })
	if !ok || !ok2 || n.Median == 0 {
		return 0, 0, false
	}
	return s.Median / n.Median, n.Median, true
}

func judgeLarge(r *Run) verdict {
	per, lines, ok := r.perLine(treeLarge)
	if !ok || lines < 0.95*goalLargeLines { // review leaves out a file here and there
		return verdict{text: fmt.Sprintf("%d lines of WebSocket code: not measured", goalLargeLines)}
	}
	took := per * goalLargeLines
	return verdict{
		text:    fmt.Sprintf("%d lines of WebSocket code: %.1f s of processor time, goal below %.0f s", goalLargeLines, took, goalLargeCPU),
		reached: took < goalLargeCPU,
	}
}

func judgeGrowth(r *Run) verdict {
	few, fewLines, ok := r.perLine(treeLibraries)
	many, manyLines, ok2 := r.perLine(treeLarge)
	if !ok || !ok2 {
		return verdict{text: "growth with the input: not measured"}
	}
	return verdict{
		text:    fmt.Sprintf("growth with the input: %.2f times the processor time per line at %.0f lines to %.0f, goal at most %.2f", many/few, manyLines, fewLines, goalGrowth),
		reached: many/few <= goalGrowth,
	}
}
