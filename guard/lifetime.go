package guard

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

// lifetime ends a connection in time: at its greatest age, with its
// credential, when its client is gone, or when a Close frame is not answered.
// One timer serves all of them, so that an idle connection costs no goroutine,
// and so that a client that sends nothing ends as surely as one that does.
type lifetime struct {
	c     *conn
	ping  atomic.Uint64 // payload of the guard's own ping, 0 while none is out
	asked atomic.Int64  // when that was sent, in Unix nanoseconds

	mu    sync.Mutex
	timer *time.Timer // guarded by mu
	over  bool        // guarded by mu
	born  time.Time   // from when session.max_age counts; guarded by mu
	until time.Time   // when the credential ends; zero: it says nothing; guarded by mu
	close time.Time   // when a Close frame must be answered; zero while none waits; guarded by mu
}

func (l *lifetime) init(c *conn) {
	l.c, l.born, l.until = c, c.since, c.who.identity.Expires
}

// limit returns when the connection ends whatever happens, and whether that is
// with its credential. l.mu must be held.
func (l *lifetime) limit() (at time.Time, expires bool) {
	at = l.born.Add(l.c.rules.Load().cfg.Session.MaxAge)
	if !l.until.IsZero() && !at.Before(l.until) {
		return l.until, true
	}
	return at, false
}

// expire sets when the credential ends.
func (l *lifetime) expire(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until = at
	l.rearm()
}

// renew lets the connection rest on a sign-in that was shown now and ends at
// expires, zero if it does not say.
func (l *lifetime) renew(now, expires time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.born, l.until = now, expires
	l.rearm()
}

// left returns how long the connection may last yet.
func (l *lifetime) left(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, _ := l.limit()
	return max(at.Sub(now), 0)
}

// start sets the timer.
func (l *lifetime) start() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		l.timer = time.AfterFunc(l.next(l.c.g.now()), l.tick)
	}
}

// stop ends the timer for good.
func (l *lifetime) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over = true
	if l.timer != nil {
		l.timer.Stop()
	}
}

// closeBy ends the connection at t.
func (l *lifetime) closeBy(t time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.close = t
	l.rearm()
}

// rearm sets the timer anew. l.mu must be held.
func (l *lifetime) rearm() {
	if !l.over && l.timer != nil {
		l.timer.Reset(l.next(l.c.g.now()))
	}
}

// soon lets the timer look at what has become due earlier.
func (l *lifetime) soon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rearm()
}

// next returns how long until something is due. l.mu must be held.
func (l *lifetime) next(now time.Time) time.Duration {
	due, _ := l.limit()
	if !l.close.IsZero() && l.close.Before(due) {
		due = l.close
	}
	if silent := time.Unix(0, l.silentUntil()); silent.Before(due) {
		due = silent
	}
	for _, d := range []*direction{&l.c.up, &l.c.down} {
		if at := d.due.Load(); at != 0 && at < due.UnixNano() {
			due = time.Unix(0, at)
		}
	}
	return max(due.Sub(now), 0)
}

// tick does what is due and sets the timer again.
func (l *lifetime) tick() {
	defer l.c.g.recovered(func() { l.c.refuse(internalError()) })
	now := l.c.g.now()
	if l.c.up.taking.Load() {
		l.c.heard.Store(now.UnixNano()) // it is the guard that does not listen
	}
	if l.expired(now) || l.gone(now) || l.stalled(&l.c.up, now) || l.stalled(&l.c.down, now) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rearm()
}

// expired ends a connection whose time is up.
func (l *lifetime) expired(now time.Time) bool {
	l.mu.Lock()
	unanswered := !l.close.IsZero() && !now.Before(l.close)
	limit, expires := l.limit()
	l.mu.Unlock()
	switch {
	case unanswered:
		l.c.end(ending{outcome: "close not answered", toClient: closing{code: CloseNormal}, toFar: closing{code: CloseGoingAway}})
	case now.Before(limit):
		return false
	case expires:
		l.c.refuse(cut(catalogue.SessionUnrechecked, "session.expired", CloseSessionEnded, "session.expired", RetryFresh).because("the credential has expired"))
	default:
		l.c.refuse(cut(catalogue.LifetimeUnbounded, "session.max-age", CloseExpired, "max-age", RetryFresh).because("session.max_age has passed"))
	}
	return true
}

// gone ends a connection whose client is silent, and pings it in good time:
// one that only listens answers from its protocol stack.
func (l *lifetime) gone(now time.Time) bool {
	if now.UnixNano() < l.silentUntil() {
		return false
	}
	if l.asked.Load() <= l.c.heard.Load() {
		l.sendPing(now)
		return false
	}
	l.c.refuse(cut(catalogue.IdleUnbounded, "session.idle", CloseExpired, "idle", RetryFresh).because("nothing came for session.idle, nor an answer to a ping"))
	return true
}

// silentUntil returns when a client that says nothing is to be asked, or, since
// it was asked, given up. However late the timer is, half of session.idle is
// left to answer.
func (l *lifetime) silentUntil() int64 {
	idle := int64(l.c.rules.Load().cfg.Session.Idle)
	heard, asked := l.c.heard.Load(), l.asked.Load()
	if asked <= heard {
		return heard + idle/2
	}
	return max(heard+idle, asked+idle/2)
}

// stalled ends a connection on which a message does not end. The time in which
// the guard itself does not read is not the sender's, unless it is the moment
// that any read takes.
func (l *lifetime) stalled(d *direction, now time.Time) bool {
	at := d.due.Load()
	if at == 0 || now.UnixNano() < at {
		return false
	}
	if d.taking.Load() && now.UnixNano()-d.began.Load() > int64(closePatience) {
		d.due.CompareAndSwap(at, now.Add(l.c.rules.Load().cfg.Limits.Message).UnixNano())
		return false
	}
	d.refuse(stalled())
	return true
}

func (l *lifetime) sendPing(now time.Time) {
	id := rand.Uint64() | 1
	l.ping.Store(id)
	l.asked.Store(now.UnixNano())
	payload := binary.BigEndian.AppendUint64(nil, id)
	l.c.client.out.push(wire.AppendMessage(nil, wire.Ping, payload, l.c.client.mask()))
}

// isOwnPong reports whether a pong answers the guard's own ping. It is not for
// the backend, which has sent none.
func (l *lifetime) isOwnPong(payload []byte) bool {
	id := l.ping.Load()
	if id == 0 || len(payload) != 8 || binary.BigEndian.Uint64(payload) != id {
		return false
	}
	l.ping.Store(0)
	return true
}
