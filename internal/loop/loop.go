// Package loop runs the three faces on one program: what review finds in its
// source, what a guard with the configuration that is drafted from it contains, and
// what attacks on the running program come to without that guard and with it.
//
// The program stays as it is, and so does the draft: what is marked in it for
// somebody to confirm is taken as drafted, or as somebody has confirmed it in the
// file, and the table says so. On the trading platform the attacks are those of
// package demo, which know it; probe judges every program before and after, message by
// message of what the configuration promises, and a program's own clients are run.
package loop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/demo"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review"
	"github.com/wswarden/wswarden/review/draft"
)

// ErrNoEndpoint says that the source has no endpoint that a guard could stand in
// front of.
var ErrNoEndpoint = errors.New("no endpoint that serves was found")

// Options are what one run is about.
type Options struct {
	// Source is the folder that is reviewed.
	Source string
	// Platform is the address of the running program: http://127.0.0.1:PORT.
	Platform string
	// Trading says that it is the trading platform.
	Trading bool
	// Identities are who may connect to another program, for probe; none: it is
	// judged without credentials.
	Identities []probe.Identity
	// Confirmed is a draft in which somebody has confirmed what is marked. Nil: a
	// fresh one is taken as it is.
	Confirmed []byte
	// ConfirmedFile is the name of its file.
	ConfirmedFile string
	// Origin is one from which pages of the program connect. A fresh draft is made to
	// list it. Empty: the first that the configuration lists.
	Origin string
	// With allows probe more than its safe checks, by group or name.
	With []string
	// Clients are commands of the shell that do what clients of the program do. They
	// find the endpoint in their environment and must exit with 0.
	Clients []string
	// CacheDir is where review keeps what it compiles; empty means a folder of the
	// user's cache.
	CacheDir string
	// Progress, where it is set, is told what is being done, and how far it is; total
	// is 0 where that isn't known. It must not block.
	Progress func(what string, done, total int)
}

// Result is what a run came to.
type Result struct {
	Report *report.Report // what review found
	Draft  []byte         // the configuration
	Rows   []Row          // by weakness
	// Sessions are those of the program's own clients, where these are known.
	Sessions []demo.Row

	known bool
}

// Row is what is known of one weakness.
type Row struct {
	Weakness *catalogue.Weakness
	Found    []report.Finding // in the source
	Contains []draft.Line     // of the draft
	Checks   []demo.Row       // attacks that exploit it
	// Promises are what the draft promises against it, as probe has found them kept.
	Promises []Promise
}

// A Promise is one of the configuration, as the guard keeps it, and what became of it
// without the guard.
type Promise struct {
	report.Promise
	Bare report.Promise
}

// proven reports whether only the guard keeps the promise.
func (p Promise) proven() bool {
	return p.Bare.Verdict == report.PromiseBroken && p.Verdict == report.PromiseHeld
}

// Run reviews, drafts, guards and attacks. It returns what is known so far with an
// error that ends it early, such as that of ctx.
func Run(ctx context.Context, opt Options) (*Result, error) {
	if opt.Progress == nil {
		opt.Progress = func(string, int, int) {}
	}
	out := &Result{}
	if err := out.review(ctx, opt); err != nil {
		return out, err
	}
	var err error
	if opt.Trading {
		err = out.attacked(ctx, opt)
	}
	if err == nil {
		err = out.probed(ctx, opt)
	}
	out.table()
	return out, err
}

// attacked lets the demonstration attack the platform.
func (r *Result) attacked(ctx context.Context, opt Options) error {
	stage, err := demo.NewStageConfigured(opt.Platform, r.Draft)
	if err != nil {
		return fmt.Errorf("start a guard from the draft: %w", err)
	}
	defer stage.Close()
	r.known = true
	return r.attack(ctx, stage, opt.Progress)
}

// review finds, and drafts.
func (r *Result) review(ctx context.Context, opt Options) error {
	words := map[string]string{"walk": "looking for files", "parse": "reading files", "analyse": "following the data"}
	rep, err := review.Run(ctx, []string{opt.Source}, review.Options{
		CacheDir: opt.CacheDir,
		Progress: func(p review.Progress) { opt.Progress(words[p.Stage], p.Done, p.Total) },
		Draft:    func(text []byte) { r.Draft = text },
	})
	if err != nil {
		return fmt.Errorf("review: %w", err)
	}
	report.Finish(rep)
	r.Report = rep
	if r.Draft == nil {
		return ErrNoEndpoint
	}
	if opt.Confirmed != nil {
		r.Draft = opt.Confirmed // it is judged as it stands
		return nil
	}
	if r.Draft, err = Accepted("wswarden.yaml", r.Draft); err != nil {
		return fmt.Errorf("judge the draft: %w", err)
	}
	return nil
}

// attack carries out what the demonstration knows.
func (r *Result) attack(ctx context.Context, stage *demo.Stage, progress func(string, int, int)) error {
	attacks := slices.Concat(demo.Legitimate(), demo.Attacks)
	done := 0
	progress("attacking", 0, len(attacks))
	rows, err := demo.RunAttacks(ctx, stage, attacks, func(demo.Row) {
		done++
		progress("attacking", done, len(attacks))
	})
	for _, row := range rows {
		if row.Weakness == nil {
			r.Sessions = append(r.Sessions, row)
			continue
		}
		i := r.row(row.Weakness)
		r.Rows[i].Checks = append(r.Rows[i].Checks, row)
	}
	return err
}

// row is the place of a weakness among the rows; it makes one.
func (r *Result) row(w *catalogue.Weakness) int {
	i := slices.IndexFunc(r.Rows, func(x Row) bool { return x.Weakness == w })
	if i < 0 {
		r.Rows = append(r.Rows, Row{Weakness: w})
		i = len(r.Rows) - 1
	}
	return i
}

// table adds what was found and what contains it, and sorts by weakness.
func (r *Result) table() {
	for _, f := range r.Report.Findings {
		i := r.row(f.Weakness)
		r.Rows[i].Found = append(r.Rows[i].Found, f)
	}
	lines := draft.Contains(r.Draft)
	for i := range r.Rows {
		r.Rows[i].Contains = lines[r.Rows[i].Weakness.ID]
	}
	slices.SortFunc(r.Rows, func(a, b Row) int { return strings.Compare(a.Weakness.ID, b.Weakness.ID) })
}

// A Verdict is what a row comes to.
type Verdict string

// The verdicts.
const (
	Proven    Verdict = "proven"     // it worked without the guard, and does not with it
	Stopped   Verdict = "stopped"    // no attack passes the guard; it works nowhere here
	Contained Verdict = "contained"  // a line of the draft contains it, or what it promises was held; no attack here shows it
	Code      Verdict = "in code"    // the guard can't contain it: the code has to change
	Open      Verdict = "open"       // an attack passes the guard, or nothing contains it
	NotJudged Verdict = "not judged" // an attack could not be carried out
	NotTried  Verdict = "not tried"  // nothing was found, and what the draft promises takes longer to try
)

// Verdict says what the row comes to.
func (r *Row) Verdict() Verdict {
	worked, unknown := false, false
	for _, p := range r.Promises {
		if p.Verdict == report.PromiseBroken {
			return Open
		}
		worked = worked || p.proven()
		unknown = unknown || p.Verdict == report.PromiseNotJudged && p.Bare.Verdict == report.PromiseBroken
	}
	for _, c := range r.Checks {
		switch {
		case c.Err != nil:
			return NotJudged
		case c.Guarded.Worked:
			return Open
		}
		worked = worked || c.Unguarded.Worked
	}
	switch {
	case worked:
		return Proven
	case unknown:
		return NotJudged
	case len(r.Checks) > 0:
		return Stopped
	case len(r.Contains) > 0, slices.ContainsFunc(r.Promises, func(p Promise) bool { return p.Verdict == report.PromiseHeld }):
		return Contained
	case len(r.Found) == 0:
		return NotTried
	case !r.Weakness.Guard:
		return Code
	}
	return Open
}

// Holds reports whether the loop is closed: nothing that the guard is there for is
// open, and the program's own clients are served.
func (r *Result) Holds() bool {
	if r.Draft == nil || r.known && len(r.Sessions) == 0 || !demo.Hold(r.Sessions) {
		return false
	}
	return !slices.ContainsFunc(r.Rows, func(x Row) bool {
		return x.unanswered() || x.Verdict() == Open && (len(x.Checks) > 0 || x.Weakness.Guard && x.grave())
	})
}

// unanswered reports whether an attack or a check could not be carried out. A
// promise that nothing came up for is told as not judged, and is no open one.
func (r *Row) unanswered() bool {
	return slices.ContainsFunc(r.Checks, func(c demo.Row) bool { return c.Err != nil })
}

// grave reports whether a finding of the row is of medium severity or more.
func (r *Row) grave() bool {
	return slices.ContainsFunc(r.Found, func(f report.Finding) bool { return f.Severity >= catalogue.Medium })
}
