package main

import (
	"strings"
	"testing"
	"time"
)

// figures is a run whose goals are all reached just so.
func figures() *Run {
	r := &Run{
		Rounds: 3, Starts: 1, Tools: []string{"wswarden", "ast-grep", "eslint"},
		Trees: []Tree{{Name: treeLibraries, Files: 2, Bytes: 8_000_000, Lines: 100_000}, {Name: treeLarge, Bytes: 40_000_000, Lines: 500_000}},
		Wall:  time.Second,
	}
	r.Environment.Processors = 2
	add := func(tool, tree string, megabytes, lines int64, cpu ...float64) {
		for i, s := range cpu {
			r.Cells = append(r.Cells, Cell{
				Tool: tool, Tree: tree, Round: i + 1, Bytes: megabytes * 1e6, Lines: lines,
				Usage: Usage{CPU: time.Duration(s * 1e9), MaxRSS: 200_000_000 + int64(i)},
			})
		}
	}
	add("wswarden", treeLibraries, 8, 100_000, 9, 8, 10)
	add("ast-grep", treeLibraries, 8, 100_000, 9, 9, 9)
	add("eslint", treeLibraries, 4, 50_000, 20, 20, 20)
	add("wswarden", treeLarge, 40, 500_000, 50, 40, 55)
	add("ast-grep", treeLarge, 40, 500_000, 50, 51, 52)
	r.StartUps = []StartUp{
		{Tool: "wswarden", Folder: startOneFile, Cold: true, Usage: Usage{Wall: 900 * time.Millisecond}},
		{Tool: "wswarden", Folder: startOneFile, Usage: Usage{Wall: 149 * time.Millisecond}},
		{Tool: "eslint", Folder: startOneFile, Usage: Usage{Wall: 300 * time.Millisecond}},
	}
	return r
}

func TestRate(t *testing.T) {
	c := Cell{Bytes: 8_000_000, Usage: Usage{CPU: 2 * time.Second}}
	if got := c.Rate(); got != 4 {
		t.Errorf("got %g, want 4 MB a second", got)
	}
}

func TestFiguresOfRounds(t *testing.T) {
	r := figures()
	if s, ok := r.of("wswarden", treeLibraries, Cell.Rate); !ok || s.Min != 0.8 || s.Median != 8.0/9 {
		t.Errorf("got %+v, %t, want the slowest and the middle round", s, ok)
	}
	if _, ok := r.of("eslint", treeLarge, Cell.Rate); ok {
		t.Error("got a rate of what wasn't measured")
	}
	if peak, ok := r.peak("wswarden", treeLibraries); !ok || peak != 200_000_002 {
		t.Errorf("got %d, %t, want the most of all rounds", peak, ok)
	}
	if s, ok := r.start("wswarden", startOneFile, false, wallSeconds); !ok || s.Median != 0.149 {
		t.Errorf("got %+v, %t, want the warm start", s, ok)
	}
	r.Cells, r.StartUps = []Cell{{Usage: Usage{CPU: time.Second}}}, []StartUp{{Usage: Usage{CPU: time.Second / 2}}}
	for busy, want := range map[time.Duration]float64{1500 * time.Millisecond: 0, time.Second: 0, 2 * time.Second: 0.25} {
		r.Busy = busy
		if got := r.Foreign(); got != want {
			t.Errorf("%v busy: got %g, want %g", busy, got, want)
		}
	}
}

func TestJudge(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Run)
		missed []string // a word of each goal
	}{
		{"all reached", func(*Run) {}, nil},
		{"slower than ast-grep", func(r *Run) { r.Cells[0].CPU, r.Cells[1].CPU = 11*time.Second, 11*time.Second }, []string{"throughput on libraries"}},
		{"slow start", func(r *Run) { r.StartUps[1].Wall = 150 * time.Millisecond }, []string{"warm start: 0.150"}},
		{"much memory once", func(r *Run) { r.Cells[9].MaxRSS = 300_000_000 }, []string{"300 MB at most, on large"}},
		{"slow on many lines", func(r *Run) {
			for i := range r.Cells {
				r.Cells[i].CPU *= 2
			}
		}, []string{"500000 lines of WebSocket code: 100.0 s"}},
		{"grows faster than its input", func(r *Run) {
			for i := range 3 {
				r.Cells[i].CPU /= 2
			}
		}, []string{"growth"}},
		{"fewer lines", func(r *Run) {
			for i := range r.Cells {
				r.Cells[i].Lines /= 2
			}
		}, []string{"500000 lines of WebSocket code: not measured"}},
		{"no ast-grep", func(r *Run) {
			for i := range r.Cells {
				if r.Cells[i].Tool == "ast-grep" {
					r.Cells[i].Tool = "other"
				}
			}
		}, []string{"throughput on libraries: not measured", "throughput on large: not measured"}},
		{"nothing", func(r *Run) { *r = Run{} }, []string{"throughput", "warm start", "memory", "500000", "growth"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := figures()
			tt.change(r)
			var missed []string
			for _, v := range judge(r) {
				if !v.reached {
					missed = append(missed, v.text)
				}
			}
			if len(missed) != len(tt.missed) {
				t.Fatalf("missed %q, want %q", missed, tt.missed)
			}
			for i, want := range tt.missed {
				if !strings.Contains(missed[i], want) {
					t.Errorf("missed %q, want it to contain %q", missed[i], want)
				}
			}
		})
	}
}

func TestLayout(t *testing.T) {
	r := figures()
	for name, got := range map[string]string{"text": text(r), "markdown": markdown(r, "review.svg")} {
		for _, want := range []string{"8.00/9.00", "0.800/0.889", "1.00x", "0.149", "cold", "reached: memory: 200 MB", "libraries: 2 files"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing in\n%s", name, want, got)
			}
		}
		if strings.Contains(got, "NaN") || strings.Contains(got, "Inf") || strings.Contains(got, "MISSED") {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
	rows := readGrid(r)
	if len(rows) != 6 { // eslint doesn't read the large tree
		t.Errorf("got %d rows, want a head and 5", len(rows))
	}
	for _, row := range rows {
		if len(row) != len(rows[0]) {
			t.Errorf("got %q, want as many cells as in the head", row)
		}
	}
	svg := plot(r)
	if strings.Count(svg, "<rect") != 6 || strings.Contains(svg, "NaN") {
		t.Errorf("got %s, want the background and a bar for each of 5", svg)
	}
	if got := text(&Run{}); !strings.Contains(got, "MISSED: throughput: not measured") {
		t.Errorf("an empty run: got\n%s", got)
	}
}
