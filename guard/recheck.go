package guard

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

const (
	// recheckTime bounds one question whether a credential still holds.
	recheckTime = 10 * time.Second
	// minRecheckPause keeps a validator that fails at once from being asked
	// without end.
	minRecheckPause = 100 * time.Millisecond
)

// rechecks judge the credentials of live connections again, each once however
// many connections it opened: on a timer of its own, so that a client which
// only listens is judged as surely as one that talks, and when somebody needs
// to know now. One mutex guards all of them; nobody is asked under it.
type rechecks struct {
	g    *Guard
	mu   sync.Mutex
	by   map[credentialKey]*recheck // guarded by mu
	shut bool                       // no more questions; guarded by mu
}

// recheck is one credential and the connections that it opened. rechecks.mu
// guards its fields.
type recheck struct {
	all          *rechecks
	key          credentialKey
	credential   credential
	conns        []*conn
	every, grace time.Duration // the shortest of the connections' routes
	timer        *time.Timer
	lost         time.Time // when the first of the questions without an answer was asked; zero: the last was answered
	running      *flight
	next         *flight // starts when running has landed
}

// flight is one question on its way.
type flight struct {
	began   time.Time
	landed  chan struct{}
	verdict verdict // valid once landed
}

func (rs *rechecks) init(g *Guard) { rs.g, rs.by = g, map[credentialKey]*recheck{} }

// join has the credential of who judged again as long as c lives.
func (rs *rechecks) join(c *conn, who *passport) {
	policy := c.rules.Load().cfg.Session
	if len(who.credential) == 0 || policy.Recheck == 0 {
		who.credential.wipe()
		return
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	key := who.credentialKey()
	r := rs.by[key]
	if r == nil {
		r = &recheck{all: rs, key: key, every: policy.Recheck, grace: policy.Grace}
		rs.by[key] = r
		r.timer = time.AfterFunc(between(r.every/2, r.every), r.tick)
	}
	r.credential.wipe()
	r.credential = who.credential
	r.conns = append(r.conns, c)
	r.every, r.grace = min(r.every, policy.Recheck), min(r.grace, policy.Grace)
	c.again = r
}

// retime takes up what a reload says of how often c is judged again.
func (rs *rechecks) retime(c *conn) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r := c.again
	if r == nil {
		return
	}
	before := r.every
	r.every, r.grace = 0, 0
	for _, o := range r.conns {
		// A route that judges nobody again any more leaves those who were as they are.
		switch policy := o.rules.Load().cfg.Session; {
		case policy.Recheck == 0:
		case r.every == 0:
			r.every, r.grace = policy.Recheck, policy.Grace
		default:
			r.every, r.grace = min(r.every, policy.Recheck), min(r.grace, policy.Grace)
		}
	}
	if r.every == 0 {
		r.every, r.grace = before, 2*before
	}
	if r.every != before && r.running == nil && r.lost.IsZero() {
		r.timer.Reset(between(r.every/2, r.every))
	}
}

// leave is called when c has ended. With the last connection the credential is
// gone.
func (rs *rechecks) leave(c *conn) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	r := c.again
	if r == nil {
		return
	}
	c.again = nil
	r.conns = slices.DeleteFunc(r.conns, func(o *conn) bool { return o == c })
	if len(r.conns) > 0 {
		return
	}
	r.timer.Stop()
	r.credential.wipe()
	delete(rs.by, r.key)
}

// holds reports whether c still rests on r's credential.
func (rs *rechecks) holds(r *recheck, c *conn) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return c.again == r
}

// close lets no further question begin.
func (rs *rechecks) close() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.shut = true
}

// tick asks, or ends the connections of a credential that nobody has vouched
// for in time.
func (r *recheck) tick() {
	defer r.all.g.recovered(func() {})
	giveUp(r.due())
}

// due lets the next question depart, or returns the connections whose grace is
// over.
func (r *recheck) due() []*conn {
	r.all.mu.Lock()
	defer r.all.mu.Unlock()
	if len(r.conns) == 0 {
		return nil
	}
	if at := r.deadline(); !at.IsZero() && !r.all.g.now().Before(at) {
		r.all.g.counts.recheck("lost")
		r.lost = time.Time{}
		r.timer.Reset(r.every)
		return slices.Clone(r.conns)
	}
	if r.running == nil {
		r.depart(&flight{landed: make(chan struct{})})
	}
	return nil
}

// deadline returns when grace is over, zero while every question was answered.
func (r *recheck) deadline() time.Time {
	since := r.lost
	if since.IsZero() && r.running != nil {
		since = r.running.began
	}
	if since.IsZero() {
		return since
	}
	return since.Add(r.grace)
}

// giveUp ends connections that nobody has vouched for in time. Where a route
// only monitors they stay, and another time of grace begins.
func giveUp(conns []*conn) {
	for _, c := range conns {
		c.endSession(cut(catalogue.RecheckFailsOpen, "recheck.lost", CloseSessionEnded, "session.expired", RetryFresh).
			because("nobody could say for session.grace whether the credential still holds"))
	}
}

// depart sends f off. The timer guards its arrival: a validator may hang.
func (r *recheck) depart(f *flight) {
	if r.all.shut || len(r.conns) == 0 {
		f.verdict = verdict{result: "unreachable", err: errors.New("the connection has ended")}
		close(f.landed)
		return
	}
	f.began = r.all.g.now()
	r.running = f
	until := r.deadline()
	r.timer.Reset(max(until.Sub(f.began), minRecheckPause))
	kind, header, ok := r.credential.decode()
	r.all.g.tasks.Go(func() {
		ctx, cancel := context.WithTimeout(r.all.g.over, recheckTime)
		defer cancel()
		v := verdict{result: "unreachable", err: errUnsealed}
		if ok {
			v = r.all.g.judgeAgain(ctx, kind, header)
		}
		r.land(f, v)
	})
}

// land applies the verdict to all connections and lets the next flight depart.
func (r *recheck) land(f *flight, v verdict) {
	g := r.all.g
	defer close(f.landed)
	defer g.recovered(func() {}) // an Auditor may panic
	f.verdict = v
	g.counts.recheck(v.result)
	for _, c := range r.arrive(f) {
		if r.all.holds(r, c) {
			c.judgedAgain(&v)
		}
	}
}

// arrive sets the timer anew, lets the next flight depart, and returns whom the
// verdict concerns.
func (r *recheck) arrive(f *flight) []*conn {
	r.all.mu.Lock()
	defer r.all.mu.Unlock()
	switch {
	case f.verdict.result != "unreachable":
		r.lost = time.Time{}
	case r.lost.IsZero():
		r.lost = f.began
		r.all.g.log.Warn("can't tell whether a session still holds; its connections stay for session.grace", "grace", r.grace, "error", f.verdict.err)
	}
	r.running = nil
	next := r.next
	r.next = nil
	switch {
	case next != nil:
		r.depart(next)
	case len(r.conns) > 0:
		r.timer.Reset(r.pause())
	}
	return slices.Clone(r.conns)
}

// pause returns when to ask again: the sooner, the less is known.
func (r *recheck) pause() time.Duration {
	pause := between(r.every-r.every/5, r.every)
	if at := r.deadline(); !at.IsZero() {
		pause = max(min(pause/4, at.Sub(r.all.g.now())), minRecheckPause)
	}
	return pause
}

// demand returns a flight that begins no earlier than now: the answer to a
// question asked before would not tell what has happened since.
func (r *recheck) demand() *flight {
	if r.running == nil {
		f := &flight{landed: make(chan struct{})}
		r.depart(f)
		return f
	}
	if r.next == nil {
		r.next = &flight{landed: make(chan struct{})}
	}
	return r.next
}

// recheckNow judges the session anew and returns nil if it stands, else why
// what needs a fresh session must not happen. The question is asked after the
// call, or the answer would not hold for it; callers at the same time share
// it. A session that turns out to have ended ends all of its connections. A
// connection without a sign-in has nothing to judge. It waits for a validator,
// so no loop may call it.
func (c *conn) recheckNow(ctx context.Context) *Denial {
	if c.who.identity.Anonymous() {
		return nil
	}
	if d := c.g.judgeMarkers(ctx, c.g.live.identity(c)); d != nil {
		if d.Close == CloseSessionEnded {
			c.refuse(d)
		}
		return d
	}
	f := c.g.rechecks.demand(c)
	if f == nil {
		return nil
	}
	select {
	case <-f.landed:
	case <-ctx.Done():
		return unconfirmed(context.Cause(ctx))
	}
	if f.verdict.result == "unreachable" {
		return unconfirmed(f.verdict.err)
	}
	return c.denied(&f.verdict)
}

// demand returns a flight for c, nil where nobody can judge it again.
func (rs *rechecks) demand(c *conn) *flight {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if c.again == nil {
		return nil
	}
	return c.again.demand()
}

func unconfirmed(err error) *Denial {
	return cut(catalogue.SensitiveUnrefreshed, "fresh.unreachable", CloseBusy, "unavailable", RetryWait).because("can't tell whether the session still holds: %v", err).always()
}

// between returns a time from least to most, so that what began together does
// not stay together.
func between(least, most time.Duration) time.Duration {
	if most <= least {
		return least
	}
	return least + rand.N(most-least)
}
