// Package review finds WebSocket weaknesses in source code.
//
// Run walks folders, reads the files that have to do with WebSockets and what
// they import, and reports what the rules find in them, with the inventory of
// endpoints. It writes nothing and judges no severity threshold: filters,
// baselines and forms of output are report's.
package review

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/draft"
	"github.com/wswarden/wswarden/review/flow"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
	"github.com/wswarden/wswarden/review/rules"
	"github.com/wswarden/wswarden/review/source"
)

// Options are the settings of Run. The zero value is good for most.
type Options struct {
	// CacheDir keeps what is compiled once for the machine; empty means a folder
	// of the user's cache. Where it can't be written, nothing is kept.
	CacheDir string
	// Jobs is how many files are parsed at once; 0 means one for each processor.
	Jobs int
	// Progress, where it is set, is told how far the run is. It is not called
	// from two goroutines at once, and must not block.
	Progress func(Progress)
	// Rules are the rules to apply; nil means all.
	Rules []*rule.Rule
	// Draft, where it is set, is given a configuration of the guard for the endpoints
	// that were found, nil where none of them serves.
	Draft func(text []byte)
}

// Progress is how far a run is.
type Progress struct {
	Stage       string // "walk", "parse", "analyse"
	Done, Total int    // files; Total is 0 where it isn't known
}

// Run reviews files and folders. Paths of the report are relative to the
// working directory where they lie below it. The same files give the same
// report. A file that can't be read is a note, not an error; it fails where a
// path doesn't exist, where the analysis can't start, or when ctx ends.
func Run(ctx context.Context, paths []string, opt Options) (*report.Report, error) {
	start := time.Now()
	if opt.Jobs <= 0 {
		opt.Jobs = runtime.GOMAXPROCS(0)
	}
	if opt.Rules == nil {
		opt.Rules = rules.All
	}
	set := frameworks.Builtin()
	src, err := source.Read(ctx, paths, source.Options{
		CacheDir: opt.CacheDir, Jobs: opt.Jobs, Frameworks: set,
		Progress: func(stage string, done, total int) {
			if opt.Progress != nil {
				opt.Progress(Progress{stage, done, total})
			}
		},
	})
	if err != nil {
		return nil, err
	}
	if opt.Progress != nil {
		opt.Progress(Progress{Stage: "analyse", Total: len(src.Files)})
	}
	out := &report.Report{Notes: src.Notes}
	res, err := flow.Analyze(ctx, src.Files, set)
	if err != nil {
		return nil, err
	}
	for _, path := range res.Overrun {
		out.Notes = append(out.Notes, report.Note{Span: report.Span{Path: path}, Message: "too much code to follow every call to its end; findings may be missing here"})
	}
	for _, d := range res.Defects {
		out.Notes = append(out.Notes, report.Note{Span: report.Span{Path: d.Path}, Message: "internal error of the analysis, findings may be missing here; please report it: " + d.Text})
	}
	res.Dependencies = src.Dependencies
	findings := apply(opt.Rules, res.Program)
	soften(findings, source.Examples(paths))
	findings, notes := suppress(findings, src.Files)
	out.Findings, out.Notes = findings, append(out.Notes, notes...)
	out.Endpoints = inventory(res.Program, out.Findings)
	if opt.Draft != nil {
		report.Finish(out)
		opt.Draft(draft.Write(draft.Input{Program: res.Program, Findings: out.Findings, Files: src.Files}))
	}
	out.Stats = src.Stats
	out.Stats.Elapsed = time.Since(start)
	out.Stats.PeakRSSBytes = peakRSS()
	return out, nil
}

// apply runs rules one after the other: they are cheap beside the analysis.
func apply(list []*rule.Rule, p *model.Program) []report.Finding {
	var out []report.Finding
	for _, r := range list {
		out = append(out, rule.Run(r, p)...)
	}
	return out
}

// Source reviews one file that is held in memory, with the given rules. It is
// for tests of rules and for editors.
func Source(ctx context.Context, files map[string]string, list []*rule.Rule) ([]report.Finding, []report.Endpoint, error) {
	dir, err := os.MkdirTemp("", "wswarden-review-")
	if err != nil {
		return nil, nil, fmt.Errorf("review source: %w", err)
	}
	defer os.RemoveAll(dir)
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return nil, nil, fmt.Errorf("review source: %w", err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return nil, nil, fmt.Errorf("review source: %w", err)
		}
	}
	rep, err := Run(ctx, []string{dir}, Options{Rules: list})
	if err != nil {
		return nil, nil, err
	}
	prefix := filepath.ToSlash(dir) + "/"
	for i := range rep.Findings {
		f := &rep.Findings[i]
		f.Path = strings.TrimPrefix(f.Path, prefix)
		for _, steps := range [][]report.Step{f.Trace, f.Related} {
			for j := range steps {
				steps[j].Path = strings.TrimPrefix(steps[j].Path, prefix)
			}
		}
	}
	slices.SortStableFunc(rep.Findings, func(a, b report.Finding) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return rep.Findings, rep.Endpoints, nil
}
