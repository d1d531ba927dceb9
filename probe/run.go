package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/report"
)

// Progress is how far a run has come.
type Progress struct {
	Check       string // what is running
	Done, Total int    // checks
	Used        Cost
}

// run is what the checks of one run share.
type run struct {
	plan    *Plan
	target  Target
	meter   *meter
	pace    *pacer // of connections
	secrets secrets
	facts   Facts

	messages *pacer
	control  Outcome
	settle   time.Duration
	slow     time.Duration // how long the control handshake took
	mute     atomic.Int32  // Close frames that were not answered
	// throttled counts answers that ask to wait, on end.
	throttled atomic.Int32
	gone      string // the check in which the server ended

	mu    sync.Mutex
	notes []report.Note // guarded by mu
}

const (
	localRate  = 200 // connections a second on this machine
	remoteRate = 10
	// messageFactor is how many messages are allowed for each connection of the
	// rate: a check of a rate limit has to be faster than one.
	messageFactor = 20
)

// Run carries the plan out. It calls progress, which may be nil, before each
// check. An error says that nothing could be judged: the target can't be
// reached, or ctx ended before. Otherwise what is known is in the report, also
// where ctx ended on the way.
func (p *Plan) Run(ctx context.Context, progress func(Progress)) (*report.Report, error) {
	start := time.Now()
	r := p.newRun()
	budget, cancel := context.WithTimeoutCause(ctx, p.Budget().Time, ErrBudget)
	defer cancel()
	out := &report.Report{}
	tell := func(name string, done int) {
		if progress != nil {
			progress(Progress{name, done, len(p.Checks), r.meter.spent()})
		}
	}
	tell("control", 0)
	if err := r.open(budget); err != nil {
		return nil, err
	}
	judged, unanswered := false, error(nil)
	for i, c := range p.Checks {
		tell(c.Name, i)
		s := r.session(c)
		err := r.carryOut(budget, s)
		if lost(err) {
			unanswered = err
		}
		if lost(err) && r.gone == "" && budget.Err() == nil {
			if how := r.unreachable(budget, s); how != "" {
				r.gone = c.Name
				s.reportGone(how)
				err = errors.New("the server is gone")
			}
		}
		js := s.judgements(err)
		judged = judged || len(s.findings()) > 0
		for _, j := range js {
			judged = judged || j.Verdict == report.Weak || j.Verdict == report.Passed && j.Weakness != nil && !c.Last
		}
		out.Judgements = append(out.Judgements, js...)
		out.Findings = append(out.Findings, s.findings()...)
		out.Promises = append(out.Promises, s.promises...)
	}
	if ctx.Err() != nil && !judged {
		return nil, ctx.Err()
	}
	if unanswered != nil && !judged {
		return nil, fmt.Errorf("probe %q: nothing could be judged: %w", r.secrets.mask(r.target.URL.String()), unanswered)
	}
	if ctx.Err() != nil {
		r.note("", "interrupted: what stands here is what was known by then")
	}
	used := r.meter.spent()
	out.Notes = r.notes
	out.Target = r.secrets.mask(r.target.URL.String())
	out.Stats = report.Stats{Elapsed: time.Since(start), Connections: used.Connections, Messages: used.Messages}
	return out, nil
}

func (p *Plan) newRun() *run {
	rate := p.opt.Rate
	if rate <= 0 {
		rate = remoteRate
		if Loopback(p.opt.Target.URL.Hostname()) {
			rate = localRate
		}
	}
	b := p.Budget()
	r := &run{plan: p, target: p.opt.Target, pace: newPacer(rate), messages: newPacer(rate * messageFactor), settle: longSettle}
	r.target.Foreign = cmp.Or(r.target.Foreign, "evil.example")
	r.meter = &meter{limit: b}
	for _, i := range r.target.Identities {
		r.secrets.addIdentity(i)
	}
	return r
}

// session makes the session of a check.
func (r *run) session(c *Check) *Session {
	return &Session{Target: &r.target, Control: r.control, check: c, run: r, meter: &meter{limit: r.plan.share(c), up: r.meter}}
}

// lost reports whether a check ended because the endpoint no longer answers as it
// did.
func lost(err error) bool {
	return errors.Is(err, errConnect) || errors.Is(err, ErrUnsteady) || errors.Is(err, ErrThrottled)
}

// carryOut runs a check, and the control behind it.
func (r *run) carryOut(ctx context.Context, s *Session) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	c := s.check
	if r.gone != "" && !c.Last {
		return fmt.Errorf("the server is gone since the check %q", r.gone)
	}
	if lack := c.Needs.missing(s.Target); lack != "" {
		return errors.New(lack)
	}
	if c.Needs&NeedAccepted != 0 && !s.Control.Accepted() {
		return fmt.Errorf("the control handshake was %v, so there is no connection to try it on", s.Control)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, r.plan.share(c).Time, ErrBudget)
	defer cancel()
	err := protect(ctx, s)
	if err == nil && !c.Last {
		err = s.Steady(ctx)
		if errors.Is(err, ErrUnsteady) {
			s.doubt(err)
		}
	}
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// protect runs a check and turns a panic into an error: one check that fails on
// a strange server must not take the others with it.
func protect(ctx context.Context, s *Session) (err error) {
	defer func() {
		if x := recover(); x != nil {
			s.Note("the check ended by a fault of its own; please report it: %v at %s", x, clip(string(debug.Stack()), maxEvidence))
			err = errors.New("the check ended by a fault of its own")
		}
	}()
	return s.check.Run(ctx, s)
}

// doubt takes back what passed: refusals of a server that refuses everything
// are no defence.
func (s *Session) doubt(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.seen {
		if s.seen[i].verdict == report.Passed {
			s.seen[i].verdict, s.seen[i].text = report.NotJudged, reason(err)
		}
	}
}

// reason is an error as the reason why something is not judged.
func reason(err error) string {
	switch {
	case errors.Is(err, ErrBudget):
		return ErrBudget.Error()
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, context.DeadlineExceeded):
		return ErrBudget.Error()
	}
	return err.Error()
}

func (r *run) note(check, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if check != "" {
		text = check + ": " + text
	}
	r.notes = append(r.notes, report.Note{Message: text})
}
