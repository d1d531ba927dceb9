package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/examples/trading/goserver"
	"github.com/wswarden/wswarden/internal/serve"
)

// siteTick is the time between two prices.
const siteTick = time.Second

// Site is the demo in a browser: the trading platform twice, bare and behind the
// guard, the attacker's page, and the page that shows them beside each other. Each
// has a host name or a port of its own, for a browser an origin of its own, and
// all of them are on loopback.
//
// The names end in .localhost, which browsers resolve to loopback themselves. Those
// below wswarden.localhost are one site to a browser, as app.example.com and
// blog.example.com are: cookies with SameSite reach a platform from the attacker's
// page. The attacker's page also has an address on another site.
type Site struct {
	// Address is where it is to be opened, an http URL.
	Address string

	addresses siteMap
	config    []byte // of the guard
	feed      *auditFeed
	platform  []*goserver.Server
	servers   []*http.Server
	gateway   *serve.Server
	table     sync.Mutex // held by the one who runs attacks in this process

	stop     context.CancelFunc
	serving  sync.WaitGroup
	handling sync.RWMutex // held for reading by every request
}

// NewSite starts everything. The caller must call [Site.Close].
func NewSite() (*Site, error) {
	ctx, stop := context.WithCancel(context.Background())
	s := &Site{feed: newAuditFeed(), stop: stop}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("demo: %w", err), s.Close())
	}
	return s, nil
}

// siteListeners are the sockets of a site, open before anything is served: every
// part has to know the addresses of the others.
type siteListeners struct {
	page, unguarded, guarded, hidden, attacker net.Listener
}

func (l *siteListeners) open() error {
	var opened []net.Listener
	for _, at := range []*net.Listener{&l.page, &l.unguarded, &l.guarded, &l.hidden, &l.attacker} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			for _, o := range opened {
				o.Close()
			}
			return err
		}
		*at = ln
		opened = append(opened, ln)
	}
	return nil
}

func (s *Site) start(ctx context.Context) error {
	var ln siteListeners
	if err := ln.open(); err != nil {
		return err
	}
	bare := goserver.New(goserver.Options{Tick: siteTick})
	// Nobody but the guard reaches the sockets of this one, so that it may believe
	// what the guard says of its clients.
	fenced := goserver.New(goserver.Options{Tick: siteTick, TrustGuard: true})
	s.platform = []*goserver.Server{bare, fenced}
	s.serve(ctx, ln.hidden, behindGuard(fenced))

	s.addresses = siteMap{page: port(ln.page), unguarded: port(ln.unguarded), guarded: port(ln.guarded), attacker: port(ln.attacker)}
	var err error
	if s.config, err = siteConfig(ln.hidden.Addr().String(), s.addresses.guardedPage()); err == nil {
		s.gateway, err = startGuard(s.config, s.feed)
	}
	if err != nil {
		for _, l := range []net.Listener{ln.page, ln.unguarded, ln.guarded, ln.attacker} {
			l.Close()
		}
		return err
	}
	_, s.addresses.guard, _ = net.SplitHostPort(s.gateway.Addr().String())

	s.Address = "http://localhost:" + s.addresses.page
	s.serve(ctx, ln.page, s.pageHandler())
	s.serve(ctx, ln.unguarded, s.platformHandler(bare, s.addresses.unguardedPage()))
	s.serve(ctx, ln.guarded, s.platformHandler(withoutSocket(fenced), s.addresses.guardedPage()))
	s.serve(ctx, ln.attacker, s.attackerHandler())
	return nil
}

func port(ln net.Listener) string {
	_, port, _ := net.SplitHostPort(ln.Addr().String())
	return port
}

// serve answers on ln until the site is closed.
func (s *Site) serve(ctx context.Context, ln net.Listener, h http.Handler) {
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			s.handling.RLock()
			defer s.handling.RUnlock()
			h.ServeHTTP(w, r)
		}),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    32 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	s.servers = append(s.servers, server)
	s.serving.Go(func() { server.Serve(ln) })
}

// Close ends everything and waits for it. It may be called once.
func (s *Site) Close() error {
	s.stop()
	var err error
	if s.gateway != nil {
		err = s.gateway.Close()
	}
	for _, p := range s.platform {
		p.Close()
	}
	for _, server := range s.servers {
		// Shutdown would wait for the connections that browsers open in advance.
		err = errors.Join(err, server.Close())
	}
	s.serving.Wait()
	s.handling.Lock() // their context has ended: they are about to return
	defer s.handling.Unlock()
	return err
}

// siteConfig is the configuration of the example for a platform at another address,
// whose page has one origin. The introduction of the file is about ports that aren't
// those of the demo.
func siteConfig(platform, origin string) ([]byte, error) {
	text := string(guardConfig(platform))
	_, port, _ := net.SplitHostPort(platform)
	before := "      - http://" + platform + "\n      - http://localhost:" + port + "\n"
	if strings.Count(text, before) != 1 {
		return nil, errors.New("the example's list of origins has changed")
	}
	text = strings.Replace(text, before, "      - "+origin+"\n", 1)
	from := strings.Index(text, "\nlisten:")
	return []byte(text[from+1:]), nil
}

// behindGuard is a platform whose sockets take nobody but the guard, which is the
// only one to send the header: no page of a browser can.
func behindGuard(platform http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/whoami" && (r.URL.Path != "/ws" || r.Header.Get("Wswarden-User") == "") {
			http.Error(w, "This port is for the guard.", http.StatusForbidden)
			return
		}
		platform.ServeHTTP(w, r)
	})
}

// withoutSocket is a platform without its WebSocket.
func withoutSocket(platform http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/ws" {
			http.Error(w, "The socket of this platform is behind the guard.", http.StatusNotFound)
			return
		}
		platform.ServeHTTP(w, r)
	})
}
