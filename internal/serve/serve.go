// Package serve runs a gateway from a loaded configuration: the public and the
// admin listener, the audit log, reloads and the way to the end.
//
// Start and Run take a configuration that holds. Everything that judges clients
// is in package guard; this package opens what the guard needs, hands it over,
// and closes it again. It parses no flags and no configuration text.
package serve

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/oidclogout"
	"github.com/wswarden/wswarden/guard/otel"
	"github.com/wswarden/wswarden/guard/prom"
	"github.com/wswarden/wswarden/internal/audit"
	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/console"
	"github.com/wswarden/wswarden/internal/learn"
	"github.com/wswarden/wswarden/internal/serve/front"
)

// Options say what a [Server] runs with besides its configuration. The zero
// value serves.
type Options struct {
	// Log receives operational messages; nil discards them.
	Log *slog.Logger
	// Stdout receives audit lines where the configuration names no file; nil
	// means os.Stdout.
	Stdout io.Writer
	// Version is that of the program, for the dashboard.
	Version string
	// Load reads the configuration again; nil loads cfg.File with the
	// environment of the process.
	Load func() (*config.Config, error)
	// Started is called by [Run] once the listeners are open; nil is not.
	Started func(*Server)
	// Signals stand for those of the process in [Run], and Ticks say when it
	// looks whether files changed. Nil means the process's own signals, and
	// every 2 s.
	Signals <-chan os.Signal
	Ticks   <-chan time.Time
}

// Server is a running gateway.
type Server struct {
	opts     Options
	log      *slog.Logger
	guard    *guard.Guard
	audit    *audit.Log
	recent   *console.Recent           // passes events on to audit
	spans    *otel.Exporter            // nil where none are exported
	learners map[string]*learn.Learner // by the path of the route
	store    guard.Store               // nil where the guard keeps all in memory
	timed    *prom.Store               // how long the store takes
	front    *front.Listener
	admin    *admin           // nil where there is none
	console  *console.Console // nil where there is no admin listener

	cert     *certificate // nil where plaintext is spoken
	current  atomic.Pointer[config.Config]
	hosts    atomic.Pointer[guard.HostList] // of the admin listener
	logout   atomic.Pointer[oidclogout.Receiver]
	reloads  reloadCounts
	stopping atomic.Bool

	reloading sync.Mutex // guards the following fields
	signIn    *signIn
	watched   watcher

	public    *http.Server
	handling  sync.RWMutex   // held for reading by every request of the public listener
	running   sync.WaitGroup // the Serve loops
	failed    chan error     // a listener that ended by itself
	closing   context.Context
	cancel    context.CancelFunc // ends closing
	closeOnce sync.Once
}

// Start opens the listeners of cfg and serves. Nothing is left open where it
// fails. The caller must call [Server.Close].
func Start(cfg *config.Config, opts Options) (*Server, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Load == nil {
		opts.Load = func() (*config.Config, error) { return config.Load(cfg.File, nil) }
	}
	s := &Server{opts: opts, log: opts.Log, failed: make(chan error, 2)}
	s.closing, s.cancel = context.WithCancel(context.Background())
	s.current.Store(cfg)
	s.watched = watch(cfg)
	if err := s.start(cfg); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// start opens everything in the order in which it is needed. Close copes with
// a start that ended half way.
func (s *Server) start(cfg *config.Config) error {
	var err error
	if cfg.TLS != nil {
		if s.cert, err = loadCertificate(cfg.TLS); err != nil {
			return err
		}
	}
	if s.audit, err = audit.Open(audit.Options{Settings: auditSettings(cfg), Stdout: s.opts.Stdout, Log: s.log}); err != nil {
		return err
	}
	s.recent = console.NewRecent(s.audit)
	if s.signIn, err = newSignIn(cfg, revoker{s}, s.recent, s.log); err != nil {
		return err
	}
	s.logout.Store(s.signIn.logout)
	if err = s.startLearning(cfg); err != nil {
		return err
	}
	settings, err := guardConfig(cfg, nil, s.signIn)
	if err != nil {
		return err
	}
	if s.spans, err = exportSpans(cfg, s.log); err != nil {
		return err
	}
	if s.spans != nil {
		settings.Tracer = s.spans
	}
	if s.store, s.timed, err = newStore(cfg.Store); err != nil {
		return err
	}
	settings.Audit, settings.Log, settings.Store = s.recent, s.log, s.store
	if s.guard, err = guard.New(settings); err != nil {
		return err
	}
	ln, err := listen("listen", cfg.Listen)
	if err != nil {
		return err
	}
	s.servePublic(ln)
	if cfg.Admin != "" {
		return s.serveAdmin(cfg)
	}
	return nil
}

// servePublic puts the guard behind ln.
func (s *Server) servePublic(ln net.Listener) {
	s.front = front.New(ln, front.Config{
		TLS:         s.cert.tlsConfig(),
		Trusted:     s.trusted,
		HeadTimeout: s.handshakeTimeout,
		Audit:       s.recent,
		Log:         s.log,
	})
	s.public = newHTTPServer(front.Handler(s.counted(s.endpoints(s.guard.Gateway()))), s.log)
	s.public.ConnContext = front.ConnContext
	// One request a connection: what is behind it is never served.
	s.public.SetKeepAlivesEnabled(false)
	s.serve(s.public, s.front)
}

func (s *Server) serveAdmin(cfg *config.Config) error {
	ln, err := listen("admin", cfg.Admin)
	if err != nil {
		return err
	}
	s.setAdminHosts(cfg)
	s.console, err = console.New(console.Options{
		Guard:         stoppable{s.guard, &s.stopping},
		Metrics:       s.metrics(),
		Token:         cfg.AdminToken.Reveal(),
		Hosts:         func() guard.HostList { return *s.hosts.Load() },
		Recent:        s.recent,
		Configuration: s.configuration,
		Revision:      func() uint64 { return 1 + s.reloads.done.Load() },
		Version:       s.opts.Version,
		SharedStore:   cfg.Store != nil,
		Log:           s.log,
	})
	if err != nil {
		ln.Close()
		return err
	}
	s.admin = newAdmin(ln, s.console, s.log)
	s.serve(s.admin.server, s.admin)
	return nil
}

// counted lets Close wait for the requests that next is serving.
func (s *Server) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.handling.RLock()
		defer s.handling.RUnlock()
		next.ServeHTTP(w, r)
	})
}

// serve runs srv until it is closed.
func (s *Server) serve(srv *http.Server, ln net.Listener) {
	s.running.Go(func() {
		if err := srv.Serve(ln); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			s.failed <- err
		}
	})
}

// Addr returns the address of the public listener.
func (s *Server) Addr() net.Addr { return s.front.Addr() }

// AdminAddr returns the address of the admin listener, nil if there is none.
func (s *Server) AdminAddr() net.Addr {
	if s.admin == nil {
		return nil
	}
	return s.admin.Addr()
}

// Guard returns the guard that serves.
func (s *Server) Guard() *guard.Guard { return s.guard }

// Close ends everything at once and waits for it. It may be called more than
// once.
func (s *Server) Close() error {
	s.closeOnce.Do(s.close)
	return nil
}

// close ends what was started, the last first: the audit log takes the events
// of everything else that ends.
func (s *Server) close() {
	s.stopping.Store(true)
	s.cancel() // a drain that waits
	if s.front != nil {
		s.front.Close()
		s.public.Close()
	}
	if s.guard != nil {
		s.guard.Close()
	}
	if s.front != nil {
		s.front.Wait()
	}
	if s.console != nil {
		s.console.Close()
	}
	if s.admin != nil {
		s.admin.server.Close()
	}
	s.running.Wait()
	s.handling.Lock()
	s.handling.Unlock() //lint:ignore SA2001 it waits for the readers alone
	s.signIn.close()
	s.stopLearning()
	if s.spans != nil {
		if err := s.spans.Close(); err != nil {
			s.log.Warn("the last spans were not exported", "error", err)
		}
	}
	if s.store != nil {
		s.store.Close()
	}
	if s.audit != nil {
		if err := s.audit.Close(); err != nil {
			s.log.Error("close audit log", "error", err)
		}
	}
}

// stoppable is a guard that is not ready from the first moment of the end on.
type stoppable struct {
	*guard.Guard
	stopping *atomic.Bool
}

func (g stoppable) Ready(ctx context.Context) error {
	if g.stopping.Load() {
		return errors.New("draining")
	}
	return g.Guard.Ready(ctx)
}

// Stats says that the guard drains, also before it has begun to.
func (g stoppable) Stats() guard.Stats {
	s := g.Guard.Stats()
	s.Draining = s.Draining || g.stopping.Load()
	return s
}
