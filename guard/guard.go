package guard

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	eventIDBytes      = 6
	connectionIDBytes = 8
)

// Guard judges handshakes and messages. Its methods are safe for concurrent
// use.
type Guard struct {
	store    Store
	ownStore bool // made by New
	audit    Auditor
	log      *slog.Logger
	driver   driver
	counts   *counts

	plan      atomic.Pointer[plan]
	reloading sync.Mutex // held by Reload
	quotas    quotas
	addresses rates[netip.Prefix]
	minters   rates[string]
	waiting   atomic.Int64                         // connections that have not shown their ticket
	waits     atomic.Int64                         // messages that wait for an answer
	fresh     func(context.Context, *conn) *Denial // judges the session of a connection again
	shared    *shared                              // nil where nobody else counts in the store
	live      live
	rechecks  rechecks
	ending    context.Context // done when handshakes under way are to be cut short
	cutShort  context.CancelFunc
	tasks     tasks           // what outlives requests and connections
	over      context.Context // done when tasks are to end
	endTasks  context.CancelFunc
}

// ErrConfig is wrapped by the error that [New] and [Guard.Reload] return for a
// configuration that does not hold.
var ErrConfig = errors.New("invalid configuration")

// New returns a guard for cfg. It opens no socket. Call [Guard.Close] when it is
// no longer needed: where cfg names a store, the guard listens to it. The error lists every
// problem of cfg at once and wraps [ErrConfig].
func New(cfg Config) (*Guard, error) {
	g := &Guard{store: cfg.Store, audit: cfg.Audit, driver: newDriver(), counts: newCounts(), fresh: func(ctx context.Context, c *conn) *Denial { return c.recheckNow(ctx) }}
	if g.store == nil {
		g.store, g.ownStore = NewMemoryStore(), true
	}
	p, err := g.prepare(cfg, nil)
	if err != nil {
		return nil, err
	}
	g.log = p.cfg.Log
	g.live.init()
	g.rechecks.init(g)
	g.ending, g.cutShort = context.WithCancel(context.Background())
	g.over, g.endTasks = context.WithCancel(context.Background())
	g.plan.Store(p)
	g.shared = newShared(g)
	g.shared.start(g.over, g)
	if !g.ownStore { // else nobody but this guard revokes
		g.tasks.Go(func() { g.watchRevocations(g.over) })
	}
	return g, nil
}

// prepare judges cfg and makes a plan of it.
func (g *Guard) prepare(cfg Config, old *plan) (*plan, error) {
	if problems := cfg.Validate(); len(problems) > 0 {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		return nil, fmt.Errorf("%w:\n  %s", ErrConfig, strings.Join(lines, "\n  "))
	}
	return newPlan(cfg.WithDefaults(), old, g.counts)
}

// Reload puts cfg in force, for live connections too. What can be judged
// differently from one message to the next is: mode, origins, the life of
// sessions, limits and the rules for messages. A connection from an origin
// that is no longer allowed is closed with 4003. Connections on a route that was
// removed, or of which anything else has changed, such as its backend or its
// auth, are closed with 1012 and may come back. On an error nothing has
// changed. Store, Audit, Tracer, Log and Nodes stay as [New] took them.
func (g *Guard) Reload(cfg Config) error {
	g.reloading.Lock()
	defer g.reloading.Unlock()
	old := g.plan.Load()
	cfg.Store, cfg.Nodes, cfg.Audit, cfg.Tracer, cfg.Log = g.store, old.cfg.Nodes, g.audit, old.cfg.Tracer, g.log
	p, err := g.prepare(cfg, old)
	if err != nil {
		return err
	}
	g.plan.Store(p)
	for _, c := range g.live.all() {
		p.follow(c, reloadSpread)
	}
	return nil
}

// reloadSpread is over what time clients of a changed route come back.
const reloadSpread = 5 * time.Second

// Gateway returns the handler of all routes and their ticket endpoints, each
// in front of its own Backend.
func (g *Guard) Gateway() http.Handler { return endpoint{g, proxyTo{}} }

// Proxy returns the handler of all routes and their ticket endpoints in front
// of one backend, a ws:// or wss:// address.
func (g *Guard) Proxy(address string) (http.Handler, error) {
	b, err := newBackend(Route{Backend: address}, g.plan.Load().cfg.BackendTLS)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	return endpoint{g, proxyTo{b}}, nil
}

// Handler returns the handler of all routes and their ticket endpoints in
// front of a function in this process.
func (g *Guard) Handler(handle HandlerFunc) http.Handler { return endpoint{g, serveBy{handle}} }

// endpoint is the pipeline with one of its ends.
type endpoint struct {
	g *Guard
	t terminal
}

// ServeHTTP judges a handshake or mints a ticket.
func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g := e.g
	a := &attempt{g: g, plan: g.plan.Load(), r: r, event: newID(eventIDBytes), welcome: g.live.enter()}
	if a.welcome {
		defer g.live.exit()
	}
	defer g.recovered(func() {
		a.hangUp()
		a.refuse(w, internalFailure())
	})
	if path, ok := strings.CutSuffix(requestPath(r), mintSuffix); ok {
		if rt := a.plan.mints(path); rt != nil {
			a.route = rt
			a.serveMint(w)
			return
		}
	}
	a.route = a.plan.routes[requestPath(r)]
	if d := a.serve(w, e.t); d != nil {
		a.refuse(w, d)
	}
}

// serve takes a handshake to its connection, or returns why not.
func (a *attempt) serve(w http.ResponseWriter, t terminal) *Denial {
	if a.route == nil {
		return deny(nil, "route.unknown", http.StatusNotFound, "not_found", "There is nothing here.").because("path %s is no route", quotePath(requestPath(a.r)))
	}
	if !a.welcome {
		return deny(nil, "draining", http.StatusServiceUnavailable, "unavailable", "The service is going away.").because("draining").after(serviceRetry).always()
	}
	a.follow()
	ctx, cancel := context.WithTimeout(a.r.Context(), a.plan.cfg.Limits.Handshake)
	defer cancel()
	defer context.AfterFunc(a.g.ending, cancel)()
	if d := a.admit(ctx); d != nil {
		return d
	}
	if a.later {
		return a.connectLater(ctx, w, t)
	}
	return a.connect(ctx, w, t)
}

// quotePath quotes a path for a record, unless it holds a credential by its
// form.
func quotePath(p string) string {
	if slices.ContainsFunc(strings.FieldsFunc(p, func(r rune) bool { return r == '/' || r == ';' }), looksSecret) {
		return "(which holds what looks like a credential)"
	}
	return strconv.Quote(clip(p))
}

// refuse ends an attempt: it gives the place back, answers, counts and
// records.
func (a *attempt) refuse(w http.ResponseWriter, d *Denial) {
	if a.place != nil {
		a.place.release()
	}
	a.who.credential.wipe()
	a.g.counts.refuse(a.route, d, Denied)
	a.record(d, Denied)
	if !d.answered {
		writeProblem(w, d, a.event)
	}
}

// record gives e to the auditor, with what every event has.
func (g *Guard) record(rt *route, e Event) {
	if e.Outcome == Monitored && rt != nil {
		g.counts.refuse(rt, &Denial{Weakness: e.Weakness}, Monitored)
	}
	if g.audit == nil {
		return
	}
	e.Time = g.now()
	if e.ID == "" {
		e.ID = newID(eventIDBytes)
	}
	if rt != nil {
		e.Route = rt.cfg.Path
	}
	g.audit.Record(e)
}

// Ready reports whether the guard can admit anybody: its store answers and it
// is not draining.
func (g *Guard) Ready(ctx context.Context) error {
	if g.live.closing() {
		return errors.New("draining")
	}
	if err := g.store.Ping(ctx); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return nil
}

// Stats returns the counts so far.
func (g *Guard) Stats() Stats {
	s := g.counts.stats()
	s.Reservations = g.quotas.held()
	s.Draining = g.live.closing()
	if g.shared != nil {
		s.StoreLost, s.StoreLosses = g.shared.lost.Load(), g.shared.losses.Load()
	}
	return s
}

// Connections lists the live connections, oldest first.
func (g *Guard) Connections() []Connection {
	cs := g.live.all()
	out := make([]Connection, len(cs))
	for i, c := range cs {
		out[i] = Connection{ID: c.id, Route: c.route.cfg.Path, User: c.who.identity.User, Session: c.who.identity.Session, Client: c.address, Since: c.since}
	}
	return out
}

// Subject returns whom the connection with this ID rests on now, which a ticket
// may have changed since its handshake. It reports whether there is one.
func (g *Guard) Subject(id string) (Subject, bool) {
	g.live.mu.Lock()
	defer g.live.mu.Unlock()
	c := g.live.by[id]
	if c == nil {
		return Subject{}, false
	}
	return c.names.subject(), true
}

// CloseConnection closes the connection with this ID with 4003 and reports
// whether there was one.
func (g *Guard) CloseConnection(id string) bool {
	c := g.live.find(id)
	if c == nil {
		return false
	}
	c.refuse(cut(nil, "operator.close", CloseDenied, "denied", RetryNo).because("closed by the operator"))
	return true
}

func (g *Guard) now() time.Time { return time.Now() }

// recovered is deferred where a panic must end one connection and not the
// process. It counts the panic and calls clean.
func (g *Guard) recovered(clean func()) {
	v := recover()
	if v == nil {
		return
	}
	g.panicked(v)
	clean()
}

// panicked counts a recovered panic. The value is not logged: it could hold
// what a client sent.
func (g *Guard) panicked(v any) {
	g.counts.panics.Add(1)
	g.log.Error("recovered from a panic; this is a defect of the guard", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
}

// panicError carries a panic from a goroutine to its owner.
type panicError struct{ value any }

func (e panicError) Error() string { return "panic" }

func internalError() *Denial {
	return cut(nil, "internal", CloseInternal, "internal", RetryWait)
}

func internalFailure() *Denial {
	return deny(nil, "internal", http.StatusInternalServerError, "internal", "Something went wrong.").always()
}

func randomBelow(n int64) int64 { return rand.Int64N(n) }
