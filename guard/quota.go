package guard

import (
	"context"
	"net/http"
	"net/netip"
	"sync"

	"github.com/wswarden/wswarden/catalogue"
)

// quotas counts the places that open and half-open connections hold. A place
// is held by a reservation, and given back by it alone, so that no path can
// forget one (WS709).
type quotas struct {
	mu     sync.Mutex
	total  int
	routes map[string]*routePlaces
}

// routePlaces are the places of one route. Its fields are guarded by quotas.mu.
type routePlaces struct {
	total     int
	byAddress map[netip.Prefix]int
	byUser    map[string]*userPlaces
	sweepAt   int // size of byUser at which to forget idle users
}

// userPlaces are the places of one user, with what all of them share. They
// outlive the last place while the message rate is in use: closing and opening
// a connection must not refill it.
type userPlaces struct {
	held     int
	messages bucket

	mu     sync.Mutex
	types  map[string]*bucket    // messages by type; guarded by mu
	shared map[string]*allowance // what all guards count, by type, "" for all messages; guarded by mu
}

// bucket returns what the user has used of the rate of a type of messages, as the
// configuration names it.
func (u *userPlaces) bucket(name string) *bucket {
	u.mu.Lock()
	defer u.mu.Unlock()
	b := u.types[name]
	if b == nil {
		if u.types == nil {
			u.types = map[string]*bucket{}
		}
		b = new(bucket)
		u.types[name] = b
	}
	return b
}

// allowance returns what the user may send by the count of all guards, of a type of
// messages, or of all where name is empty.
func (u *userPlaces) allowance(c *conn, name string, r Rate) *allowance {
	u.mu.Lock()
	defer u.mu.Unlock()
	a := u.shared[name]
	if a == nil || a.rate != r {
		if u.shared == nil {
			u.shared = map[string]*allowance{}
		}
		a = newAllowance("m\x00"+c.route.cfg.Path+"\x00"+c.who.identity.User+"\x00"+name, r)
		u.shared[name] = a
	}
	return a
}

// idle reports whether no rate of the user is in use.
func (u *userPlaces) idle(now int64) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, b := range u.types {
		if b.until.Load() > now {
			return false
		}
	}
	return u.messages.until.Load() <= now
}

// reservation is a place, from the first check of a handshake that costs
// something to the end of the connection.
type reservation struct {
	q       *quotas
	route   *routePlaces
	address netip.Prefix
	places  *userPlaces // nil until claimUser
	gone    bool        // guarded by q.mu

	// What is counted over all guards, too. Nil and empty where there is one.
	shared *shared
	leases []*lease // written until the connection starts
}

// reserve takes a place for address. If a quota is full it says which, and
// takes a place all the same where the route only monitors and the guard as a
// whole has one.
func (q *quotas) reserve(rt *route, most int, address netip.Prefix) (*reservation, *Denial) {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := q.placesOf(rt.cfg.Path)
	if q.total >= most {
		return nil, full("connections.total", "all %d places are taken", most).always()
	}
	d := p.judge(rt.cfg.Limits, address)
	if d != nil && rt.cfg.Mode != Monitor {
		return nil, d
	}
	q.total++
	p.total++
	p.byAddress[address]++
	return &reservation{q: q, route: p, address: address}, d
}

// placesOf returns the places of the route with this path, which outlive a
// reload. q.mu must be held.
func (q *quotas) placesOf(path string) *routePlaces {
	p := q.routes[path]
	if p == nil {
		p = &routePlaces{byAddress: map[netip.Prefix]int{}, byUser: map[string]*userPlaces{}}
		if q.routes == nil {
			q.routes = map[string]*routePlaces{}
		}
		q.routes[path] = p
	}
	return p
}

// judge says which quota is full. quotas.mu must be held.
func (p *routePlaces) judge(l Limits, address netip.Prefix) *Denial {
	switch {
	case p.total >= l.Connections:
		return full("connections.route", "all %d places of the route are taken", l.Connections)
	case p.byAddress[address] >= l.ConnectionsPerIP:
		return full("connections.address", "the address holds its %d places", l.ConnectionsPerIP)
	}
	return nil
}

// claimUser counts the place for user too, which is known only after sign-in.
// If the quota is full it says so, and counts all the same where the route
// only monitors.
func (r *reservation) claimUser(user string, rt *route, now int64) *Denial {
	r.q.mu.Lock()
	defer r.q.mu.Unlock()
	p := r.route.user(user, now)
	var d *Denial
	if p.held >= rt.cfg.Limits.ConnectionsPerUser {
		d = full("connections.user", "the user holds the %d places", rt.cfg.Limits.ConnectionsPerUser)
		if rt.cfg.Mode != Monitor {
			return d
		}
	}
	p.held++
	r.places = p
	return d
}

// user returns the places of a user. quotas.mu must be held.
func (p *routePlaces) user(name string, now int64) *userPlaces {
	if u := p.byUser[name]; u != nil {
		return u
	}
	if len(p.byUser) >= max(p.sweepAt, 1024) {
		for k, u := range p.byUser {
			if u.held == 0 && u.idle(now) {
				delete(p.byUser, k)
			}
		}
		p.sweepAt = 2 * len(p.byUser)
	}
	u := new(userPlaces)
	p.byUser[name] = u
	return u
}

// release gives the place back. Every call but the first does nothing.
func (r *reservation) release() {
	r.q.mu.Lock()
	defer r.q.mu.Unlock()
	if r.gone {
		return
	}
	r.gone = true
	r.q.total--
	r.route.total--
	if r.route.byAddress[r.address]--; r.route.byAddress[r.address] == 0 {
		delete(r.route.byAddress, r.address)
	}
	if r.places != nil {
		r.places.held--
	}
	for _, e := range r.leases {
		r.shared.release(e)
	}
}

// share counts the place over all guards. If a quota is full over all of them
// it says which.
func (r *reservation) share(ctx context.Context, s *shared, rt *route) *Denial {
	if s == nil {
		return nil
	}
	r.shared = s
	l, path := &rt.cfg.Limits, rt.cfg.Path
	if !r.hold(ctx, "a\x00"+path+"\x00"+r.address.String(), l.ConnectionsPerIP) {
		return full("connections.address", "the address holds its %d places over all guards", l.ConnectionsPerIP)
	}
	if !r.hold(ctx, "c\x00"+path, l.Connections) {
		return full("connections.route", "all %d places of the route are taken over all guards", l.Connections)
	}
	return nil
}

// shareUser counts the place of a user over all guards, as share does.
func (r *reservation) shareUser(ctx context.Context, user string, rt *route) *Denial {
	if r.shared == nil {
		return nil
	}
	l := &rt.cfg.Limits
	if !r.hold(ctx, "u\x00"+rt.cfg.Path+"\x00"+user, l.ConnectionsPerUser) {
		return full("connections.user", "the user holds the %d places over all guards", l.ConnectionsPerUser)
	}
	return nil
}

func (r *reservation) hold(ctx context.Context, key string, limit int) bool {
	e := r.shared.take(ctx, key, limit)
	if e == nil {
		return false
	}
	r.leases = append(r.leases, e)
	return true
}

// held returns how many places are taken.
func (q *quotas) held() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.total
}

func full(rule, format string, args ...any) *Denial {
	d := deny(catalogue.ConnectionCount, rule, http.StatusTooManyRequests, "too_many_connections", "Too many connections.").because(format, args...)
	d.Close = CloseRate
	return d.after(connectionRetry)
}
