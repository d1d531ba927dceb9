package console

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/wswarden/wswarden/guard"
)

const (
	livePath   = "/live"
	ticketPath = livePath + "/ticket"

	// maxViewers is how many dashboards may be open. They leave places of the
	// listener to health checks, the scraper and orders to revoke.
	maxViewers = 32
	// maxOrigins is under how many addresses the console is known at a time, as
	// through tunnels.
	maxOrigins = 16
	// maxSnapshot is the room for what waits to be read: a snapshot in the worst
	// case, and some ticks.
	maxSnapshot = 2 << 20
)

// live feeds the open dashboards through a guard of its own.
type live struct {
	handler http.Handler
	guard   *guard.Guard
	viewers viewers
	ticket  passkey

	mu      sync.Mutex
	origins []string // the page's own, latest last; guarded by mu

	end   context.CancelFunc
	ended chan struct{}
}

// passkey stands for the admin token towards the guard of the dashboard: the
// console judges the token, whether there has to be one or not, and vouches
// with a value that nobody else knows.
type passkey string

// VerifyToken implements [guard.TokenVerifier].
func (k passkey) VerifyToken(_ context.Context, token string) (*guard.Identity, error) {
	want, got := sha256.Sum256([]byte(k)), sha256.Sum256([]byte(token))
	if subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		return nil, guard.ErrCredentialRefused
	}
	return &guard.Identity{User: "admin", Authenticated: time.Now()}, nil
}

func newPasskey() passkey {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return passkey(hex.EncodeToString(b[:]))
}

// newLive starts to sample the guard of opts.
func newLive(opts Options) (*live, error) {
	l := &live{ticket: newPasskey(), origins: []string{"http://localhost"}, ended: make(chan struct{})}
	l.viewers = viewers{by: map[string]*viewer{}, feed: feed{guard: opts.Guard, recent: opts.Recent, history: &history{},
		shared: opts.SharedStore, version: opts.Version, started: time.Now().UTC(), revision: opts.Revision}}
	cfg := l.config()
	cfg.Audit, cfg.Log = opts.Recent, opts.Log
	var err error
	if l.guard, err = guard.New(cfg); err != nil {
		return nil, err
	}
	l.handler = l.guard.Handler(l.look)
	l.viewers.begin(time.Now())
	ctx, cancel := context.WithCancel(context.Background())
	l.end = cancel
	go l.run(ctx, opts.Log)
	return l, nil
}

// config is what the guard of the dashboard enforces. It serves one page of our
// own, which sends little and reads much.
func (l *live) config() guard.Config {
	return guard.Config{
		SignIn: guard.SignIn{Token: l.ticket},
		Routes: []guard.Route{{
			Path:    livePath,
			Origins: slices.Clone(l.origins),
			Auth:    guard.Auth{Ticket: &guard.TicketPolicy{}},
			Session: guard.SessionPolicy{MaxAge: 12 * time.Hour, Idle: time.Minute},
			Limits: guard.Limits{
				Connections: maxViewers, ConnectionsPerIP: maxViewers, ConnectionsPerUser: maxViewers,
				MessageBytes: 4 << 10, Fragments: 4, SendQueue: maxSnapshot, SendTimeout: 5 * time.Second,
				Messages:     guard.Rate{Count: 5, Per: time.Second, Burst: 30},
				UserMessages: guard.Rate{Count: 5 * maxViewers, Per: time.Second, Burst: 30 * maxViewers},
			},
		}},
	}
}

// mint answers a request for a ticket, once the console has found the token right
// and the Origin to be the page's own.
func (l *live) mint(w http.ResponseWriter, r *http.Request) {
	if origin := r.Header.Get("Origin"); origin != "" {
		if err := l.learn(origin); err != nil {
			http.Error(w, "This is no address for a dashboard.", http.StatusForbidden)
			return
		}
	}
	r = r.Clone(r.Context())
	r.Body = http.MaxBytesReader(w, r.Body, maxRevocation)
	r.Header.Set("Authorization", "Bearer "+string(l.ticket))
	l.handler.ServeHTTP(w, r)
}

// learn admits pages of origin. Under which addresses the console is reached
// depends on tunnels and on the machine's own addresses, so that no list of them
// can be written beforehand; its names are known, and were compared.
func (l *live) learn(origin string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if slices.Contains(l.origins, origin) {
		return nil
	}
	before := l.origins
	l.origins = append(slices.Clone(before[max(0, len(before)-maxOrigins+1):]), origin)
	err := l.guard.Reload(l.config())
	if err != nil {
		l.origins = before
	}
	return err
}

func (l *live) connect(w http.ResponseWriter, r *http.Request) { l.handler.ServeHTTP(w, r) }

// look serves a message of a dashboard.
func (l *live) look(_ context.Context, s *guard.Session, m guard.Message) error {
	v, err := readView(m.Data)
	if err != nil || m.Binary {
		s.Close(guard.CloseSchema, "schema;r=no")
		return nil
	}
	l.viewers.look(s, v)
	return nil
}

// run beats until ctx is done.
func (l *live) run(ctx context.Context, log *slog.Logger) {
	defer close(l.ended)
	ticker := time.NewTicker(tickEvery)
	defer ticker.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case at := <-ticker.C:
			l.beat(at, n%int(sampleEvery/tickEvery) == 0, log)
		}
	}
}

// beat keeps a defect here from ending the gateway.
func (l *live) beat(at time.Time, sampling bool, log *slog.Logger) {
	defer func() {
		if v := recover(); v != nil {
			log.Error("recovered from a panic; this is a defect of the dashboard", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
		}
	}()
	l.viewers.beat(at, sampling)
}

func (l *live) close() {
	l.end()
	<-l.ended
	l.guard.Close()
}
