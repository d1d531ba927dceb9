package guard

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/wswarden/wswarden/catalogue"
)

const (
	// minMarkerLife is the least life of a revocation's marker: a bearer token
	// may outlive the connections of its route, and must not open another one.
	minMarkerLife = 24 * time.Hour
	// maxSubject bounds the name of a subject in bytes. No credential with a
	// longer one is accepted.
	maxSubject = 256
	// storeRetry is the time between attempts to reach a store.
	storeRetry = time.Second
	// storePatience bounds one look at the markers.
	storePatience = 5 * time.Second
)

// ErrRevocation says that a revocation names nobody, more than one, or
// something that can't be a name.
var ErrRevocation = errors.New("revocation must name one user, session or token, or all")

// Revoke ends sign-ins before their time: their tickets and credentials are
// refused from now on, by every guard that shares the store, and their
// connections are closed with 4001. At defaults to now and Expires to when the
// guard can have nothing left that it ends, at least 24 h later: credentials
// that live longer are to be ended at their issuer too. When Revoke returns,
// the Close frames of this guard's connections are on their way. An error
// wraps [ErrRevocation], or says that the store could not keep the marker;
// connections of this guard are closed then too, but may come back.
func (g *Guard) Revoke(ctx context.Context, r Revocation) error {
	if !r.valid() {
		return ErrRevocation
	}
	if r.At.IsZero() {
		r.At = g.now()
	}
	if r.Expires.IsZero() {
		r.Expires = r.At.Add(g.plan.Load().markerLife())
	}
	err := g.store.Revoke(ctx, r)
	g.endRevoked(r)
	if err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	g.counts.revoked(r)
	g.record(nil, Event{Action: "revocation", Outcome: Allowed, Detail: r.cause(), User: r.User, Session: r.Session})
	return nil
}

// valid reports whether r names one.
func (r Revocation) valid() bool {
	named := 0
	for _, name := range r.names() {
		if name != "" {
			named++
		}
		if len(name) > maxSubject || !utf8.ValidString(name) || strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			return false
		}
	}
	return r.All && named == 0 || !r.All && named == 1
}

// ends reports whether r, which names a sign-in, ends one of that time.
func (r Revocation) ends(authenticated time.Time) bool {
	return r.Session != "" || r.Token != "" || !authenticated.After(r.At)
}

// markerLife is how long a marker stands: nothing that it ends lasts longer.
func (p *plan) markerLife() time.Duration {
	life := minMarkerLife
	for _, rt := range p.routes {
		life = max(life, rt.cfg.Session.MaxAge+maxTicketTTL)
	}
	return life
}

// endRevoked closes the connections that r ends. All clients get their Close
// frames, and lose what they could do, before anything is torn down, which
// costs more, is of less hurry, and is not waited for.
func (g *Guard) endRevoked(r Revocation) {
	cs := g.live.revoked(r)
	defer g.tasks.Go(func() {
		for _, c := range cs {
			g.concluded(c)
		}
	})
	var parts sync.WaitGroup
	size := max(len(cs)/runtime.GOMAXPROCS(0)+1, dismissAtOnce)
	for part := range slices.Chunk(cs, size) {
		parts.Go(func() {
			for _, c := range part {
				g.dismissRevoked(c, r)
			}
		})
	}
	parts.Wait()
}

// dismissAtOnce is how many connections are worth a goroutine: what one takes
// is mostly the kernel's time to send its frame.
const dismissAtOnce = 256

func (g *Guard) dismissRevoked(c *conn, r Revocation) {
	defer g.recovered(func() {})
	if c.dismiss(c.refusal(sessionRevoked("%s", r.cause()))) {
		g.counts.revocations.observe(g.now().Sub(r.At))
	}
}

// concluded is conn.conclude for a connection that may have ended otherwise.
func (g *Guard) concluded(c *conn) {
	defer g.recovered(func() {})
	if c.ending() != nil {
		c.conclude()
	}
}

// cause says for a record what ended a sign-in, without its name, which may be
// a secret.
func (r Revocation) cause() string {
	switch {
	case r.User != "":
		return "the user was revoked"
	case r.Session != "":
		return "the session was revoked"
	case r.Token != "":
		return "the token was revoked"
	}
	return "everybody was revoked"
}

func sessionRevoked(format string, args ...any) *Denial {
	return cut(catalogue.RevocationUnwired, "session.revoked", CloseSessionEnded, "session.revoked", RetryNo).because(format, args...)
}

// judgeMarkers refuses a sign-in that was revoked. Nobody can be admitted while
// the markers can't be read. Both hold in monitor mode too: a revocation is an
// order of the operator, not a rule under trial.
func (g *Guard) judgeMarkers(ctx context.Context, id *Identity) *Denial {
	if id.Anonymous() {
		return nil // there is no sign-in to end
	}
	found, err := g.store.Revoked(ctx, namesOf(id).subject())
	if err != nil {
		return g.storeDown(err)
	}
	for _, r := range found {
		if r.ends(id.Authenticated) {
			return sessionRevoked("%s", r.cause()).always()
		}
	}
	return nil
}

// judgeRevoked is judgeMarkers for a request that is not yet answered.
func (g *Guard) judgeRevoked(ctx context.Context, id *Identity) *Denial {
	d := g.judgeMarkers(ctx, id)
	if d != nil && d.Status == 0 {
		d.Status, d.Code, d.Public = http.StatusUnauthorized, "session_revoked", "The session has ended. Sign in again."
	}
	return d
}

// watchRevocations hears what is revoked, by whichever guard, until ctx is
// done.
func (g *Guard) watchRevocations(ctx context.Context) {
	w := RevocationWatch{
		Revoked: func(r Revocation) {
			defer g.recovered(func() {})
			g.endRevoked(r)
		},
		Missed: func() { g.rereadMarkers(ctx) },
	}
	for ctx.Err() == nil {
		if err := g.watchOnce(ctx, w); err != nil && ctx.Err() == nil {
			g.log.Error("can't hear of revocations; trying again", "error", err)
		}
		pause(ctx, storeRetry)
	}
}

// watchOnce runs Watch until it ends.
func (g *Guard) watchOnce(ctx context.Context, w RevocationWatch) (err error) {
	defer g.recovered(func() { err = errors.New("panic") })
	return g.store.Watch(ctx, w)
}

// rereadMarkers ends what was revoked while nobody told this guard. It goes on
// until the store answers: connections that should have ended must not stay
// because one attempt failed.
func (g *Guard) rereadMarkers(ctx context.Context) {
	for ctx.Err() == nil {
		subjects, some := g.live.subjects()
		if !some {
			return
		}
		found, err := g.revokedOf(ctx, subjects)
		if err == nil {
			for _, r := range found {
				g.endRevoked(r)
			}
			return
		}
		g.log.Error("can't read revocations after an interruption; trying again", "error", err)
		pause(ctx, storeRetry)
	}
}

func (g *Guard) revokedOf(ctx context.Context, subjects []Subject) (found []Revocation, err error) {
	defer g.recovered(func() { err = errors.New("panic") })
	ctx, cancel := context.WithTimeout(ctx, storePatience)
	defer cancel()
	return g.store.Revoked(ctx, subjects...)
}

// pause waits for d, or for the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
