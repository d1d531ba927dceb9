package guard

import (
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

const (
	// mintSuffix after a route's path is where tickets are minted.
	mintSuffix = "/ticket"
	// ownPrefix is where the guard's own endpoints live.
	ownPrefix = "/-/"
	// corsMaxAge is how long a browser may remember a preflight, in seconds.
	corsMaxAge = "600"
)

// minted is the answer to a ticket request.
type minted struct {
	Ticket    string `json:"ticket"`
	ExpiresIn int    `json:"expires_in"` // seconds
	Protocol  string `json:"protocol"`   // the sub-protocol that carries it
	URL       string `json:"url"`        // where to take it
}

// serveMint answers POST <route>/ticket, and the preflight of a page of another
// origin that the route admits.
func (a *attempt) serveMint(w http.ResponseWriter) {
	ctx, cancel := context.WithTimeout(a.r.Context(), a.plan.cfg.Limits.Handshake)
	defer cancel()
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Add("Vary", "Origin")
	if d := a.admitMint(w.Header()); d != nil {
		a.refuseMint(w, d)
		return
	}
	if a.r.Method == http.MethodOptions {
		a.preflight(w)
		return
	}
	answer, d := a.mint(ctx)
	if d != nil {
		a.refuseMint(w, d)
		return
	}
	a.g.counts.ticket("minted")
	a.g.record(a.route, Event{ID: a.event, Action: "ticket.mint", Outcome: Allowed, Client: a.client.addr.String(), Origin: clip(a.origin),
		User: a.who.identity.User, Session: a.who.identity.Session, Ticket: a.who.ticket.Short(), Status: http.StatusOK})
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	json.NewEncoder(w).Encode(answer)
}

// admitMint judges where the request comes from. Tickets are credentials, so
// that a route which only monitors its sockets enforces all of this.
func (a *attempt) admitMint(h http.Header) *Denial {
	a.readOrigin()
	if d := judgeHeaders(a.r); d != nil {
		return d
	}
	c, d := findClient(a.r, a.plan.cfg.TrustedProxies)
	if d != nil {
		return d
	}
	a.client = c
	if d := judgeHost(a.plan.hosts, a.r.Host); d != nil {
		return d
	}
	if d := a.route.origins.judge(a.r.Header["Origin"]); d != nil {
		return d
	}
	if a.origin != "" {
		h.Set("Access-Control-Allow-Origin", a.origin)
		h.Set("Access-Control-Expose-Headers", "Retry-After")
	}
	if !a.route.origins.any {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	return a.g.paceAddress(a.plan, a.client)
}

func (a *attempt) preflight(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "POST")
	h.Set("Access-Control-Allow-Headers", "Content-Type, Authorization, "+a.plan.cfg.SignIn.CSRFHeader)
	h.Set("Access-Control-Max-Age", corsMaxAge)
	w.WriteHeader(http.StatusNoContent)
}

// mint judges the primary credential and puts a ticket into the store.
func (a *attempt) mint(ctx context.Context) (*minted, *Denial) {
	if d := a.judgeMintRequest(); d != nil {
		return nil, d
	}
	who, d := a.primary(ctx)
	if d != nil {
		return nil, d
	}
	a.who = who
	defer who.credential.wipe()
	if d := a.g.judgeRevoked(ctx, &who.identity); d != nil {
		return nil, d
	}
	policy, now := a.route.cfg.Auth.Ticket, a.g.now()
	t := Ticket{Identity: who.identity, Origin: a.origin, Route: a.route.cfg.Path, Address: a.client.prefix(), Issued: now, Expires: now.Add(policy.TTL), Judged: who.judged}
	if d := a.g.paceMint(a.route, &t, now.UnixNano()); d != nil {
		return nil, d
	}
	value, hash := newTicketValue()
	if a.route.sealed() {
		t.Sealed = who.credential.seal(value)
	}
	burned, err := a.g.store.PutTicket(ctx, hash, t, outstandingTickets)
	if err != nil {
		a.g.counts.ticket("store")
		return nil, a.g.storeDown(err)
	}
	for range burned {
		a.g.counts.ticket("burned")
	}
	a.who.ticket = hash
	return &minted{Ticket: value, ExpiresIn: int(policy.TTL.Seconds()), Protocol: ticketSubprotocolPrefix + value, URL: a.socketURL()}, nil
}

// judgeMintRequest holds the request to a form that a page of another site
// can't send without a preflight.
func (a *attempt) judgeMintRequest() *Denial {
	if a.r.Method != http.MethodPost {
		d := malformed("mint.method", "method %q", a.r.Method)
		d.Status = http.StatusMethodNotAllowed
		return d
	}
	if t, _, err := mime.ParseMediaType(a.r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return malformed("mint.content-type", "Content-Type is %q", clip(a.r.Header.Get("Content-Type")))
	}
	if a.r.URL.RawQuery != "" {
		return malformed("mint.query", "a ticket request with a query")
	}
	return nil
}

// primary judges the credential that mints: a bearer token, else the cookies
// of the application together with the CSRF header.
func (a *attempt) primary(ctx context.Context) (passport, *Denial) {
	in := a.plan.cfg.SignIn
	if token := bearerToken(a.r.Header); token != "" {
		return a.g.byBearer(ctx, in, a.r.Header, token)
	}
	if len(a.r.Header["Cookie"]) == 0 || !judges(in.Request, "Cookie") {
		return passport{}, signInRefused("no credential that sign_in can judge")
	}
	if a.r.Header.Get(in.CSRFHeader) == "" {
		return passport{}, deny(catalogue.OriginUnchecked, "mint.csrf", http.StatusForbidden, "csrf_header_required", "A cookie mints tickets only with the CSRF header.").
			because("no %s header beside the cookie", in.CSRFHeader)
	}
	if a.route.origins.any {
		return passport{}, refuseOrigin(catalogue.OriginUnchecked, "mint.any-origin").
			because("a cookie mints no ticket on a route that admits any origin: every page could have one for its visitor")
	}
	return a.g.byRequest(ctx, in, a.r.Header)
}

// paceMint bounds how fast one session mints.
func (g *Guard) paceMint(rt *route, t *Ticket, now int64) *Denial {
	wait := g.minters.take(rt.ticketPace, rt.cfg.Path+"\x00"+t.Owner(), now)
	if wait == 0 {
		return nil
	}
	return deny(catalogue.TicketWeak, "mint.rate", http.StatusTooManyRequests, "too_many_requests", "Too many ticket requests.").
		because("the session mints faster than auth.ticket.rate").after(wait)
}

// socketURL returns where the ticket is to be taken: the same host by which
// the client reached the mint.
func (a *attempt) socketURL() string {
	scheme := "ws://"
	if a.client.secure {
		scheme = "wss://"
	}
	return scheme + strings.ToLower(a.r.Host) + a.route.cfg.Path
}

func (a *attempt) refuseMint(w http.ResponseWriter, d *Denial) {
	a.g.counts.refuse(a.route, d, Denied)
	a.g.record(a.route, Event{ID: a.event, Action: "ticket.mint", Outcome: Denied, Weakness: d.Weakness, Rule: d.Rule, Detail: d.Detail, Status: d.Status,
		Client: a.from(), Origin: clip(a.origin), User: a.who.identity.User, Session: a.who.identity.Session})
	writeProblem(w, d, a.event)
}
