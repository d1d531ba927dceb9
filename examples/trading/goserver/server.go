// Package goserver is the guide's trading platform in Go: small, in memory, and
// vulnerable on purpose. Each flaw carries a comment "FLAW" with its weakness
// id. It speaks the protocol of examples/trading/PROTOCOL.md, as the Node and
// Python servers beside it do. It is not a model for a server: run it on
// loopback, alone or behind the guard.
package goserver

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wswarden/wswarden/examples/trading"
)

// Options configure a Server. The zero value is the server as the guide shows
// it.
type Options struct {
	// Secret is the HS256 key of the tokens. Empty means the demo secret that
	// all flavours share.
	Secret string
	// Tick is the time between two price changes. Zero means 1 s; a negative
	// value stops the prices.
	Tick time.Duration
	// TrustGuard takes the identity of a connection from the header
	// Wswarden-User. Set it only where nobody but the guard reaches the
	// server: whoever can set the header is whom it names.
	TrustGuard bool
}

// OptionsFromEnv reads TRADING_JWT_SECRET, TRADING_TICK_MS and
// TRADING_TRUST_GUARD, with getenv as os.Getenv.
func OptionsFromEnv(getenv func(string) string) (Options, error) {
	opts := Options{
		Secret:     getenv("TRADING_JWT_SECRET"),
		TrustGuard: getenv("TRADING_TRUST_GUARD") == "1",
	}
	if text := getenv("TRADING_TICK_MS"); text != "" {
		ms, err := strconv.Atoi(text)
		if err != nil || ms < 1 {
			return Options{}, fmt.Errorf("read TRADING_TICK_MS: %q is not a number of milliseconds", text)
		}
		opts.Tick = time.Duration(ms) * time.Millisecond
	}
	return opts, nil
}

// Server is one trading platform with its own accounts, sessions and prices.
// It is an http.Handler for all paths of the protocol.
type Server struct {
	opts     Options
	mux      *http.ServeMux
	upgrader websocket.Upgrader
	book     *accountBook
	market   *market

	stop    chan struct{}  // closed by Close
	running sync.WaitGroup // the price ticker and every open connection

	mu     sync.Mutex
	closed bool // guarded by mu; no connection is added once it is true
}

var _ http.Handler = (*Server)(nil)

// New returns a running Server: prices tick from now on. The caller calls
// Close.
func New(opts Options) *Server {
	platform := trading.LoadPlatform()
	if opts.Secret == "" {
		opts.Secret = platform.DemoSecret
	}
	if opts.Tick == 0 {
		opts.Tick = time.Second
	}
	s := &Server{
		opts: opts,
		upgrader: websocket.Upgrader{
			Subprotocols: []string{"trading.v1"},
			// FLAW WS101: every Origin is accepted although a cookie signs the
			// browser in: any page can open a socket as its visitor (CSWSH).
			CheckOrigin: func(*http.Request) bool { return true },
		},
		book:   newAccountBook(platform, opts.Secret),
		market: newMarket(platform),
		stop:   make(chan struct{}),
	}
	s.mux = s.routes()
	if opts.Tick > 0 {
		s.running.Add(1)
		go s.tick(opts.Tick)
	}
	return s
}

// ServeHTTP answers every path of the protocol; on /ws it returns when the
// connection has ended.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mux.ServeHTTP(w, r)
}

// Close ends every connection with 1001 and stops the prices. It returns when
// their goroutines have ended: a peer that does not read is cut off after 1 s.
// It may be called more than once and does not close the listener.
func (s *Server) Close() error {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if first {
		close(s.stop)
	}
	cut := time.AfterFunc(time.Second, s.market.cut)
	defer cut.Stop()
	s.running.Wait()
	return nil
}

// enter counts a connection in, or reports false when the server is closing.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.running.Add(1)
	return true
}

func (s *Server) tick(every time.Duration) {
	defer s.running.Done()
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.market.move()
		case <-s.stop:
			return
		}
	}
}
