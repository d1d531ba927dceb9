// Package console is the admin listener's handler: health, readiness, metrics,
// the live connections, revocations, and the dashboard over all of it.
//
// The dashboard is a page (assets, built from dashboard/) that is fed through a
// guard of its own at /live: a ticket that the admin token mints opens a
// WebSocket, over which a snapshot and then, once a second, what has changed is
// sent.
//
// A browser on the operator's machine reaches a loopback listener, and so does
// every page that it shows. The handler therefore judges the Host header
// (against a rebound DNS name), refuses what a foreign page caused, allows no
// cross-origin reading, and asks for a token where one is configured.
//
// It decides nothing about clients of the guard, and it does not listen.
package console

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/audit"
)

// Guard is what a console shows; a [guard.Guard] is one.
type Guard interface {
	Ready(ctx context.Context) error
	Stats() guard.Stats
	Connections() []guard.Connection
	Subject(id string) (guard.Subject, bool)
	CloseConnection(id string) bool
	Revoke(ctx context.Context, r guard.Revocation) error
}

var _ Guard = (*guard.Guard)(nil)

// Options say what a console shows, and to whom.
type Options struct {
	Guard Guard
	// Metrics answers /metrics; nil answers 404.
	Metrics http.Handler
	// Token, if not empty, must come with every request but those for /healthz.
	// Without one the console must listen on loopback only.
	Token string
	// Hosts returns the names that the Host header may hold besides the address
	// of the socket. It must not be nil.
	Hosts func() guard.HostList
	// Recent is what the console shows of the audit events of the guard, and
	// receives what the console itself refuses. Nil shows none and drops those.
	Recent *Recent
	// Configuration returns what is in force; nil shows nothing.
	Configuration func() Configuration
	// Revision counts the configurations that were put in force, so that a
	// dashboard knows when to ask for the one of now; nil means one.
	Revision func() uint64
	// Version is that of the program, for the dashboard's foot.
	Version string
	// SharedStore says that the guard keeps its state in a store of several.
	SharedStore bool
	// Log receives operational messages, never credentials. Nil discards them.
	Log *slog.Logger
}

// Console is the handler of the admin listener.
type Console struct {
	opts    Options
	token   [sha256.Size]byte
	handler http.Handler
	live    *live
}

// New returns a console that samples the guard's counts from now on. The caller
// must call [Console.Close].
func New(opts Options) (*Console, error) {
	if opts.Recent == nil {
		opts.Recent = NewRecent(nil)
	}
	if opts.Configuration == nil {
		opts.Configuration = func() Configuration { return Configuration{} }
	}
	if opts.Revision == nil {
		opts.Revision = func() uint64 { return 1 }
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	c := &Console{opts: opts, token: sha256.Sum256([]byte(opts.Token))}
	var err error
	if c.live, err = newLive(opts); err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.index)
	mux.HandleFunc("GET "+assetsPath+"{name}", c.asset)
	mux.HandleFunc("GET /healthz", c.health)
	mux.HandleFunc("GET /readyz", c.ready)
	mux.HandleFunc("GET /connections", c.list)
	mux.HandleFunc("DELETE /connections/{id}", c.close)
	mux.HandleFunc("GET /configuration", c.configuration)
	mux.HandleFunc("POST "+revocationsPath, c.revoke)
	mux.HandleFunc("GET "+livePath, c.live.connect)
	mux.HandleFunc("POST "+ticketPath, c.live.mint)
	if opts.Metrics != nil {
		mux.Handle("GET /metrics", opts.Metrics)
	}
	c.handler = c.guarded(mux)
	return c, nil
}

// ServeHTTP answers a request of the admin listener.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// Close tells the dashboards that are open to come back later, and waits for
// what the console started.
func (c *Console) Close() { c.live.close() }

// headers keep a browser from reading, framing or running anything of it.
var headers = map[string]string{
	"Cache-Control":                "no-store",
	"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Referrer-Policy":              "no-referrer",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
}

// guarded judges a request before next sees it.
func (c *Console) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range headers {
			w.Header().Set(name, value)
		}
		if d := c.judge(r); d != nil {
			c.record(r, d)
			if d.Status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", "Bearer")
			}
			http.Error(w, d.Public, d.Status)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (c *Console) judge(r *http.Request) *guard.Denial {
	switch {
	case !c.knowsHost(r):
		return deny(catalogue.HostUnchecked, "admin.host", http.StatusForbidden, "This host is not served here.")
	case isForeign(r):
		return deny(catalogue.OriginUnchecked, "admin.origin", http.StatusForbidden, "Other sites may not do this.")
	case needsToken(r) && !c.isAuthorized(r):
		return deny(catalogue.AuthMissing, "admin.token", http.StatusUnauthorized, "The admin token is needed.")
	case r.ContentLength != 0 && !takesBody(r):
		return deny(catalogue.MalformedFrame, "admin.body", http.StatusRequestEntityTooLarge, "A request body is not accepted here.")
	}
	return nil
}

// needsToken reports whether a request is for anything but what tells nothing:
// that the process runs, the page, which has nothing of the guard in it, and the
// socket, which opens for a ticket that the token has minted.
func needsToken(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return true
	}
	switch p := r.URL.Path; p {
	case "/healthz", livePath:
		return false
	case "/":
		return !wantsPage(r)
	default:
		return !strings.HasPrefix(p, assetsPath)
	}
}

// knowsHost admits names that nobody else can make point here. The address that
// the request came to is one, as a health check in a cluster uses it: rebinding
// needs a name.
func (c *Console) knowsHost(r *http.Request) bool {
	if c.opts.Hosts().Allows(r.Host) {
		return true
	}
	local, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	ap, err := netip.ParseAddrPort(local.String())
	addr := ap.Addr().Unmap().WithZone("")
	if addr.Is6() {
		return err == nil && guard.NewHostList([]string{"[" + addr.String() + "]"}).Allows(r.Host)
	}
	return err == nil && guard.NewHostList([]string{addr.String()}).Allows(r.Host)
}

// isForeign reports whether a page of another site caused the request.
func isForeign(r *http.Request) bool {
	if origins, ok := r.Header["Origin"]; ok {
		if len(origins) != 1 || origins[0] != "http://"+r.Host && origins[0] != "https://"+r.Host {
			return true
		}
	}
	site := r.Header.Get("Sec-Fetch-Site")
	return site != "" && site != "same-origin" && site != "none"
}

// isAuthorized compares hashes, so that neither the time nor the length of the
// comparison tells anything about the token (WS210).
func (c *Console) isAuthorized(r *http.Request) bool {
	if c.opts.Token == "" {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	got := sha256.Sum256([]byte(token))
	return subtle.ConstantTimeCompare(got[:], c.token[:]) == 1 && strings.EqualFold(scheme, "Bearer") && len(r.Header["Authorization"]) == 1
}

func deny(w *catalogue.Weakness, rule string, status int, public string) *guard.Denial {
	return &guard.Denial{Weakness: w.ID, Rule: rule, Status: status, Public: public}
}

func (c *Console) record(r *http.Request, d *guard.Denial) {
	client, _, _ := net.SplitHostPort(r.RemoteAddr)
	c.opts.Recent.Record(guard.Event{
		Time:     time.Now(),
		ID:       audit.NewID(),
		Action:   "admin",
		Outcome:  guard.Denied,
		Weakness: d.Weakness,
		Rule:     d.Rule,
		Detail:   "on the admin listener",
		Client:   client,
		Origin:   r.Header.Get("Origin"),
		Status:   d.Status,
	})
}
