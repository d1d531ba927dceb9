package guard

import (
	"reflect"
	"time"
)

// catchUp has c follow the plan in force, which may be another one than that of
// its handshake, and may be replaced at the same time.
func (g *Guard) catchUp(c *conn) {
	for p := g.plan.Load(); ; {
		p.follow(c, 0)
		next := g.plan.Load()
		if next == p {
			return
		}
		p = next
	}
}

// follow has c live on under p: by its rules from the next message on where
// that can be done, else c is told to come back within spread.
func (p *plan) follow(c *conn, spread time.Duration) {
	now, next := c.rules.Load(), p.routes[c.route.cfg.Path]
	switch {
	case next == now:
	case next == nil || !now.becomes(next, c):
		c.drain("drained", spread)
	default:
		c.rules.Store(next)
		c.life.soon()
		c.g.rechecks.retime(c)
		if d := next.origins.judge(c.originHeader()); d != nil && next.cfg.Mode != Monitor {
			d.Close, d.Code, d.Retry = CloseDenied, "denied", RetryNo
			c.refuse(d)
		}
	}
}

// becomes reports whether a live connection of rt can be judged by next: what
// was settled by its handshake is the same.
func (rt *route) becomes(next *route, c *conn) bool {
	switch {
	case rt.tls != next.tls, !reflect.DeepEqual(rt.cfg.settled(), next.cfg.settled()):
		return false
	case rt.cfg.Mode == Monitor && next.cfg.Mode != Monitor:
		return false // it may have passed checks that it would have failed
	case rt.cfg.Session.Recheck == 0 && next.cfg.Session.Recheck > 0 && !c.who.identity.Anonymous():
		return false // its credential was not kept
	}
	return rt.messageRules.speaksAs(next.messageRules)
}

// settled returns of a route what a handshake settles for the connection.
func (r Route) settled() Route {
	r.Mode, r.Origins, r.InsecureAnyOrigin, r.AllowNoOrigin = "", nil, false, false
	r.Session, r.Messages = SessionPolicy{}, nil
	r.Limits = Limits{SendQueue: r.Limits.SendQueue, SendTimeout: r.Limits.SendTimeout}
	return r
}

// speaksAs reports whether both read messages in the same way, so that a
// conversation goes on.
func (m *messageRules) speaksAs(next *messageRules) bool {
	if m == nil || next == nil {
		return m == next
	}
	return reflect.DeepEqual(m.dialect, next.dialect)
}

// originHeader returns the Origin header of the handshake.
func (c *conn) originHeader() []string {
	if c.origin == "" {
		return nil
	}
	return []string{c.origin}
}
