package probetest

import (
	"fmt"
	"net"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

// The origins of the pages that the twin serves. Another is allowed beside the
// first, so that a ticket can come from a page that it was not given to.
const (
	Origin  = "https://app.example.com"
	Another = "https://admin.example.com"
)

// maxConns bounds the connections that the twin serves at once, whatever its
// switches say.
const maxConns = 1024

// Options say what a twin is like. The zero value is the hardened one.
type Options struct {
	// Weak are the weaknesses that it has.
	Weak []Switch
	// InBand has connections begin without a credential, which is the first message:
	// {"type":"auth","token":"…"}.
	InBand bool
	// The times of the hardened twin; zero means the default.
	TicketTTL      time.Duration // default 1 s
	Idle           time.Duration // without a frame of the client; default 2 s
	MaxAge         time.Duration // default 20 s
	HeaderTimeout  time.Duration // default 1 s
	MessageTimeout time.Duration // default 1 s
	// The limits of the hardened twin; zero means the default.
	MessageBytes int // default 64 KiB
	Fragments    int // default 64
	Burst        int // messages at once; default 40, of which 20 come back each second
	Controls     int // control frames at once; default 40, in the same way
	PerAddress   int // connections; default 8
	SendQueue    int // bytes; default 256 KiB
}

func (o Options) withDefaults() Options {
	or := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	orTime(&o.TicketTTL, time.Second)
	orTime(&o.Idle, 2*time.Second)
	orTime(&o.MaxAge, 20*time.Second)
	orTime(&o.HeaderTimeout, time.Second)
	orTime(&o.MessageTimeout, time.Second)
	or(&o.MessageBytes, 64<<10)
	or(&o.Fragments, 64)
	or(&o.Burst, 40)
	or(&o.Controls, 40)
	or(&o.PerAddress, 8)
	or(&o.SendQueue, 256<<10)
	return o
}

// Server is a running twin.
type Server struct {
	// URL is the endpoint, as ws://127.0.0.1:PORT/ws; HTTP the same server's address
	// as http://127.0.0.1:PORT.
	URL, HTTP string

	opts     Options
	weak     map[Switch]bool
	listener net.Listener
	address  string
	book     *book
	hub      *hub
	running  sync.WaitGroup

	mu     sync.Mutex
	conns  map[net.Conn]bool // guarded by mu
	places map[string]int    // by address, guarded by mu
	audit  []string          // guarded by mu
	lines  int               // ever recorded, guarded by mu
	closed bool              // guarded by mu
	panics []string          // guarded by mu
}

// Hardened starts the twin without a weakness.
func Hardened(t testing.TB) *Server { return Start(t, Options{}) }

// Vulnerable starts the twin with every weakness that goes with the others.
func Vulnerable(t testing.TB) *Server { return Start(t, Options{Weak: All()}) }

// With starts the twin with these weaknesses alone.
func With(t testing.TB, weak ...Switch) *Server { return Start(t, Options{Weak: weak}) }

// All returns the switches of the vulnerable twin.
func All() []Switch { return append([]Switch{OriginNone}, otherSwitches...) }

// Start runs a twin until the end of the test. It fails the test where a
// goroutine of the twin panicked.
func Start(t testing.TB, opts Options) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start twin: %v", err)
	}
	s := &Server{
		opts: opts.withDefaults(), weak: map[Switch]bool{}, listener: listener, address: listener.Addr().String(),
		hub: newHub(), conns: map[net.Conn]bool{}, places: map[string]int{},
	}
	for _, w := range opts.Weak {
		s.weak[w] = true
	}
	s.book = newBook(s)
	s.URL, s.HTTP = "ws://"+s.address+"/ws", "http://"+s.address
	s.running.Go(s.accept)
	t.Cleanup(func() {
		s.Close()
		for _, p := range s.panics {
			t.Errorf("the twin panicked: %s", p)
		}
	})
	return s
}

// Close ends all connections and waits for their goroutines.
func (s *Server) Close() {
	s.mu.Lock()
	s.closed = true
	s.listener.Close()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.running.Wait()
}

// is reports whether the twin has a weakness.
func (s *Server) is(w Switch) bool { return s.weak[w] }

func (s *Server) accept() {
	for {
		nc, err := s.listener.Accept()
		if err != nil {
			return
		}
		if !s.enter(nc) {
			nc.Close()
			continue
		}
		s.running.Go(func() {
			defer s.leave(nc)
			defer s.recovered()
			s.serve(nc)
		})
	}
}

func (s *Server) enter(nc net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.conns) >= maxConns {
		return false
	}
	s.conns[nc] = true
	return true
}

func (s *Server) leave(nc net.Conn) {
	nc.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, nc)
}

func (s *Server) recovered() {
	if p := recover(); p != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.panics = append(s.panics, fmt.Sprintf("%v\n%s", p, debug.Stack()))
	}
}

// take takes one of the places of an address. The caller must call free once.
func (s *Server) take(address string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places[address] >= s.opts.PerAddress && !s.is(ConnectionUnlimited) {
		return false
	}
	s.places[address]++
	return true
}

func (s *Server) free(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.places[address]--; s.places[address] <= 0 {
		delete(s.places, address)
	}
}

// maxAudit bounds the lines that the twin keeps.
const maxAudit = 10_000

// shownAudit is how many of them, the last ones, GET /audit shows.
const shownAudit = 100

// record writes a line of the audit log, which GET /audit shows.
func (s *Server) record(format string, args ...any) {
	if s.is(AuditMissing) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.audit) == maxAudit {
		s.audit = s.audit[maxAudit/2:]
	}
	s.lines++
	s.audit = append(s.audit, fmt.Sprintf("%d ", s.lines)+fmt.Sprintf(format, args...))
}

// Connections returns how many connections of clients are open.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}
