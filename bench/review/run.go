package main

import (
	"time"

	"github.com/wswarden/wswarden/bench/machine"
	"github.com/wswarden/wswarden/bench/result"
)

// Run is what a run of the benchmark measured, in the form that is kept.
type Run struct {
	Started     time.Time           `json:"started"`
	Command     string              `json:"command"` // without paths of the machine
	Environment machine.Environment `json:"environment"`
	Rounds      int                 `json:"rounds"`
	Starts      int                 `json:"starts"`
	Tools       []string            `json:"tools"`
	Trees       []Tree              `json:"trees"`
	Cells       []Cell              `json:"cells"`
	StartUps    []StartUp           `json:"start_ups"`
	// Wall is how long all measurements took together, Busy what the machine's
	// processors worked meanwhile.
	Wall time.Duration `json:"wall_ns"`
	Busy time.Duration `json:"busy_ns"`
}

// Tree is a folder of source that the tools read.
type Tree struct {
	Name  string `json:"name"`
	Files int    `json:"files"`
	Bytes int64  `json:"bytes"`
	Lines int64  `json:"lines"`
}

// Cell is one tool that read one tree once.
type Cell struct {
	Tool  string `json:"tool"`
	Tree  string `json:"tree"`
	Round int    `json:"round"`
	Usage
	// Bytes and Lines are what it read: of review what it says itself, of the
	// others the files of their languages.
	Bytes int64 `json:"bytes"`
	Lines int64 `json:"lines"`
	// Parsed is how much of it review took apart: what has to do with WebSockets,
	// and what is imported there.
	Parsed int64 `json:"parsed_bytes,omitempty"`
}

// The folders of which starts are measured.
const (
	startEmpty   = "empty"
	startOneFile = "one-file"
)

// StartUp is one start of a tool that has next to nothing to do.
type StartUp struct {
	Tool   string `json:"tool"`
	Folder string `json:"folder"`
	Cold   bool   `json:"cold"`
	Round  int    `json:"round"`
	Usage
}

// Usage is what a program took, with all the processes that it started and
// waited for. MaxRSS is that of the largest of them.
type Usage struct {
	CPU    time.Duration `json:"cpu_ns"`
	Wall   time.Duration `json:"wall_ns"`
	MaxRSS int64         `json:"max_rss_bytes"`
}

// Rate is megabytes, of 1,000,000 bytes, per second of processor time.
func (c Cell) Rate() float64 { return float64(c.Bytes) / 1e6 / c.CPU.Seconds() }

// of collects a figure of all rounds of a tool on a tree.
func (r *Run) of(tool, tree string, figure func(Cell) float64) (result.Stat, bool) {
	var values []float64
	for _, c := range r.Cells {
		if c.Tool == tool && c.Tree == tree {
			values = append(values, figure(c))
		}
	}
	return result.Of(values)
}

// peak is the most memory that a tool took on a tree.
func (r *Run) peak(tool, tree string) (int64, bool) {
	most, ok := int64(0), false
	for _, c := range r.Cells {
		if c.Tool == tool && c.Tree == tree {
			most, ok = max(most, c.MaxRSS), true
		}
	}
	return most, ok
}

// start collects a figure of all starts of a tool.
func (r *Run) start(tool, folder string, cold bool, figure func(Usage) float64) (result.Stat, bool) {
	var values []float64
	for _, s := range r.StartUps {
		if s.Tool == tool && s.Folder == folder && s.Cold == cold {
			values = append(values, figure(s.Usage))
		}
	}
	return result.Of(values)
}

// Foreign is the share, 0 to 1, of the machine's processors that others than the
// measured programs took.
func (r *Run) Foreign() float64 {
	own := time.Duration(0)
	for _, c := range r.Cells {
		own += c.CPU
	}
	for _, s := range r.StartUps {
		own += s.CPU
	}
	all := r.Wall * time.Duration(r.Environment.Processors)
	if all == 0 {
		return 0
	}
	return float64(max(0, r.Busy-own)) / float64(all)
}

func wallSeconds(u Usage) float64 { return u.Wall.Seconds() }
func cpuSeconds(u Usage) float64  { return u.CPU.Seconds() }
