package guard

import (
	"context"
	"net"
	"net/http"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
)

// attempt is one handshake on its way through the checks. Each check fills in
// what the next ones build on.
type attempt struct {
	g    *Guard
	plan *plan
	r    *http.Request

	event  string // what the peer and the audit log know it by
	route  *route
	client client
	origin string
	offer  offer
	place  *reservation // released by whoever ends the attempt
	who    passport
	later  bool  // the credential is to be the first message
	trace  Trace // nil where nothing follows it

	socket  net.Conn // once it was taken from the HTTP server
	started bool     // it belongs to a connection
	welcome bool     // the guard was not draining when it came
}

// admit runs the checks that need no far end, in the order of their cost: raw
// request, route, Origin, quotas, credential. It returns what refused, nil if
// nothing did. The place stays reserved either way until a.place.release.
func (a *attempt) admit(ctx context.Context) *Denial {
	a.readOrigin()
	if d := judgeHandshake(a.r); d != nil {
		return d
	}
	if d := a.identifyClient(); d != nil {
		return d
	}
	if d := a.judgeOrigin(); d != nil {
		return d
	}
	if d := a.reserve(ctx); d != nil {
		return d
	}
	return a.signIn(ctx)
}

// identifyClient finds the client's address and judges the Host.
func (a *attempt) identifyClient() *Denial {
	c, d := findClient(a.r, a.plan.cfg.TrustedProxies)
	if d != nil {
		return d
	}
	a.client = c
	return a.waive(judgeHost(a.plan.hosts, a.r.Host))
}

// readOrigin takes note of the Origin, for records and to bind a ticket.
func (a *attempt) readOrigin() {
	if values := a.r.Header["Origin"]; len(values) == 1 {
		a.origin = values[0]
	}
}

func (a *attempt) judgeOrigin() *Denial {
	return a.waive(a.route.origins.judge(a.r.Header["Origin"]))
}

// reserve takes the place that the connection will hold, here and over all
// guards, and counts the handshake against the rate of its address.
func (a *attempt) reserve(ctx context.Context) *Denial {
	if d := a.waive(a.g.paceAddress(a.plan, a.client)); d != nil {
		return d
	}
	place, d := a.g.quotas.reserve(a.route, a.plan.cfg.Limits.Connections, a.client.prefix())
	a.place = place
	if d := a.waive(d); d != nil {
		return d
	}
	return a.waive(place.share(ctx, a.g.shared, a.route))
}

// signIn judges the query, the sub-protocols and the credential.
func (a *attempt) signIn(ctx context.Context) *Denial {
	if d := a.waive(judgeQuery(a.r.URL, a.route.cfg.Query)); d != nil {
		return d
	}
	o, d := readOffer(a.r.Header, a.route.cfg.Subprotocols)
	if d := a.waive(d); d != nil {
		return d
	}
	a.offer = o
	c, d := readCredentials(a.r, o)
	if d != nil {
		a.g.burn(ctx, c.strays)
	}
	if d := a.waive(d); d != nil {
		return d
	}
	if a.later = a.ticketComesLater(c); a.later {
		return nil
	}
	who, d := a.g.authenticate(ctx, a, c)
	a.who = who
	if d == nil && c.carrier == "" { // a ticket was looked up as it was redeemed
		d = a.g.judgeRevoked(ctx, &who.identity)
	}
	if d := a.waive(d); d != nil {
		return d
	}
	return a.claimUser(ctx)
}

// ticketComesLater reports whether the credential is to be the first message.
func (a *attempt) ticketComesLater(c credentials) bool {
	auth := a.route.cfg.Auth
	if auth.Ticket == nil || !slices.Contains(auth.Ticket.Carriers, CarrierFirstMessage) {
		return false
	}
	presented := c.carrier != "" || auth.Bearer && c.bearer != "" || auth.Cookie && c.cookie
	return !presented && !auth.Anonymous
}

// claimUser counts the connection for its user.
func (a *attempt) claimUser(ctx context.Context) *Denial {
	user := a.who.identity.User
	if a.who.identity.Anonymous() {
		return nil
	}
	if d := a.waive(a.place.claimUser(user, a.route, a.g.now().UnixNano())); d != nil {
		return d
	}
	return a.waive(a.place.shareUser(ctx, user, a.route))
}

// waive records d and lets it pass where the route only monitors.
func (a *attempt) waive(d *Denial) *Denial {
	if d == nil || d.hard || a.route == nil || a.route.cfg.Mode != Monitor {
		return d
	}
	a.record(d, Monitored)
	return nil
}

// record writes the decision d to the audit log.
func (a *attempt) record(d *Denial, outcome Outcome) {
	e := Event{ID: a.event, Action: "handshake", Outcome: outcome, Weakness: d.Weakness, Rule: d.Rule, Detail: d.Detail, Status: d.Status,
		Client: a.from(), Origin: clip(a.origin), User: a.who.identity.User, Session: a.who.identity.Session}
	if a.who.ticket != (TicketHash{}) {
		e.Ticket = a.who.ticket.Short()
	}
	if d.Status == http.StatusSwitchingProtocols { // refused after the 101
		e.Close = d.Close
	}
	if outcome == Denied {
		a.end(e)
	}
	a.g.record(a.route, e)
}

// from returns the client's address for a record, the socket's peer where the
// request was refused before its headers could say more.
func (a *attempt) from() string {
	c := a.client
	if !c.addr.IsValid() {
		c, _ = findClient(a.r, nil)
	}
	if !c.addr.IsValid() {
		return ""
	}
	return c.addr.String()
}

// paceAddress counts a request that costs work against the rate of its
// address.
func (g *Guard) paceAddress(p *plan, c client) *Denial {
	now := g.now()
	wait := g.addresses.take(p.handshakes, c.prefix(), now.UnixNano())
	if late := g.now(); wait > 0 && late.Sub(now) >= wait {
		// Another request took its turn with a later clock: this one waited
		// for a processor, not for its rate.
		wait = g.addresses.take(p.handshakes, c.prefix(), late.UnixNano())
	}
	if wait == 0 {
		return nil
	}
	return deny(catalogue.ConnectionCount, "handshakes.address", http.StatusTooManyRequests, "too_many_requests", "Too many requests.").
		because("more than %d in %v", p.cfg.Limits.Handshakes.Count, p.cfg.Limits.Handshakes.Per).after(wait)
}
