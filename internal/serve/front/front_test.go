package front_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/serve/front"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const upgrade = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

// events is an auditor that keeps what it is told.
type events struct {
	mu   sync.Mutex
	list []guard.Event
}

func (e *events) Record(ev guard.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, ev)
}

func (e *events) rules() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var rules []string
	for _, ev := range e.list {
		rules = append(rules, ev.Rule)
	}
	return strings.Join(rules, " ")
}

// server is a front in front of a handler.
type server struct {
	*front.Listener
	audit *events
	addr  string
}

func serve(t *testing.T, cfg front.Config, h http.HandlerFunc) *server {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{audit: &events{}, addr: ln.Addr().String()}
	cfg.Audit = s.audit
	s.Listener = front.New(ln, cfg)
	srv := &http.Server{Handler: front.Handler(h), ConnContext: front.ConnContext}
	srv.SetKeepAlivesEnabled(false)
	served := make(chan struct{})
	go func() {
		defer close(served)
		srv.Serve(s.Listener)
	}()
	t.Cleanup(func() {
		s.Listener.Close()
		srv.Close()
		<-served
		s.Listener.Wait()
	})
	return s
}

func within(d time.Duration) func() time.Duration {
	return func() time.Duration { return d }
}

func (s *server) dial(t *testing.T, input string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second)) // a hang fails instead of blocking the run
	if _, err := io.WriteString(c, input); err != nil {
		t.Fatal(err)
	}
	return c
}

func readAnswer(t *testing.T, c net.Conn) (*http.Response, string) {
	t.Helper()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func ok(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.RemoteAddr) }

func TestServesOneRequestAndCloses(t *testing.T) {
	s := serve(t, front.Config{}, ok)
	c := s.dial(t, "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n")
	resp, _ := readAnswer(t, c)
	if resp.StatusCode != 200 || !resp.Close {
		t.Errorf("got %d, close %v, want 200 and Connection: close", resp.StatusCode, resp.Close)
	}
	if _, err := io.Copy(io.Discard, c); err != nil {
		t.Errorf("the connection did not end: %v", err)
	}
}

func TestBodyIsServed(t *testing.T) {
	s := serve(t, front.Config{}, func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) })
	c := s.dial(t, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc")
	io.WriteString(c, "def")
	if _, body := readAnswer(t, c); body != "abcdef" {
		t.Errorf("got body %q, want abcdef", body)
	}
}

func TestMalformedHeadIsAnsweredAndRecorded(t *testing.T) {
	s := serve(t, front.Config{}, func(http.ResponseWriter, *http.Request) { t.Error("the handler saw a malformed request") })
	c := s.dial(t, "GET / HTTP/1.1\nHost: a\n\n")
	resp, body := readAnswer(t, c)
	if resp.StatusCode != 400 || !resp.Close || resp.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d, close %v, %v", resp.StatusCode, resp.Close, resp.Header)
	}
	var problem struct {
		Code, ID string
		Status   int
	}
	if err := json.Unmarshal([]byte(body), &problem); err != nil {
		t.Fatal(err)
	}
	ev := s.audit.list[0]
	if ev.ID == "" || ev.ID != problem.ID || ev.Rule != "request.bare-lf" || ev.Status != 400 || ev.Client != "127.0.0.1" || ev.Outcome != guard.Denied || ev.Weakness == "" {
		t.Errorf("the audit log has %+v, the answer %+v", ev, problem)
	}
}

// A request pipelined behind another must not reach the handler, whether it
// comes with the first or while that is being served.
func TestPipelinedRequestIsNeverServed(t *testing.T) {
	const second = "GET /second HTTP/1.1\r\nHost: a\r\n\r\n"
	first := map[string]string{
		"behind a request":           "GET /first HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
		"behind a refused upgrade":   strings.Replace(upgrade, "/ws", "/first", 1),
		"behind a request with body": "POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
	}
	for name, input := range first {
		t.Run(name+", in one piece", func(t *testing.T) {
			s := serve(t, front.Config{}, func(http.ResponseWriter, *http.Request) { t.Error("served") })
			resp, _ := readAnswer(t, s.dial(t, input+second))
			if resp.StatusCode != 400 || s.audit.rules() != "request.early-data" {
				t.Errorf("got %d and audit %q, want 400 for early data", resp.StatusCode, s.audit.rules())
			}
		})
		t.Run(name+", while it is served", func(t *testing.T) {
			entered, sent := make(chan struct{}), make(chan struct{})
			s := serve(t, front.Config{}, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/first" {
					t.Errorf("served %s", r.URL)
				}
				io.Copy(io.Discard, r.Body)
				close(entered)
				<-sent
				w.WriteHeader(http.StatusForbidden)
			})
			c := s.dial(t, input)
			<-entered
			io.WriteString(c, second)
			close(sent)
			if resp, _ := readAnswer(t, c); resp.StatusCode != 403 || !resp.Close {
				t.Errorf("got %d, close %v, want 403 and close", resp.StatusCode, resp.Close)
			}
			io.Copy(io.Discard, c)
		})
	}
}

func TestDrippedHead(t *testing.T) {
	s := serve(t, front.Config{}, ok)
	c := s.dial(t, "")
	for _, b := range []byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n") {
		if _, err := c.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	if resp, _ := readAnswer(t, c); resp.StatusCode != 200 {
		t.Errorf("got %d, want 200", resp.StatusCode)
	}
}

// A body that never comes must not hold a place for ever, also where the
// handler answers without reading it.
func TestBodyThatNeverComes(t *testing.T) {
	for name, handler := range map[string]http.HandlerFunc{
		"read":   func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) },
		"unread": ok,
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, front.Config{HeadTimeout: within(50 * time.Millisecond)}, handler)
			c := s.dial(t, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc")
			if _, err := io.Copy(io.Discard, c); err != nil {
				t.Errorf("the connection did not end: %v", err)
			}
		})
	}
}

func TestHeadThatNeverEnds(t *testing.T) {
	s := serve(t, front.Config{HeadTimeout: within(50 * time.Millisecond)}, ok)
	resp, _ := readAnswer(t, s.dial(t, "GET / HTTP/1.1\r\nHost: a\r\n"))
	if resp.StatusCode != 408 || s.audit.rules() != "request.timeout" {
		t.Errorf("got %d and audit %q, want 408 for request.timeout", resp.StatusCode, s.audit.rules())
	}
}

// Browsers open connections ahead of need. They are let go without a word.
func TestSilentConnectionIsClosedQuietly(t *testing.T) {
	s := serve(t, front.Config{HeadTimeout: within(20 * time.Millisecond)}, ok)
	got, err := io.ReadAll(s.dial(t, ""))
	if err != nil || len(got) > 0 || s.audit.rules() != "" {
		t.Errorf("got %q, %v, audit %q, want nothing", got, err, s.audit.rules())
	}
}

func TestCloseEndsPendingHeads(t *testing.T) {
	s := serve(t, front.Config{HeadTimeout: within(time.Hour)}, ok)
	c := s.dial(t, "GET / HTTP/1.1\r\n")
	second := s.dial(t, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	readAnswer(t, second) // both were accepted
	s.Close()
	s.Wait()
	if got, _ := io.ReadAll(c); len(got) > 0 || s.audit.rules() != "" {
		t.Errorf("got %q, audit %q, want nothing", got, s.audit.rules())
	}
	if _, err := s.Accept(); err == nil {
		t.Error("Accept works after Close")
	}
}

func TestExcessConnectionsAreClosed(t *testing.T) {
	loopback := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	tests := []struct {
		name    string
		trusted []netip.Prefix
		fit     int
	}{
		{"one address may hold a quarter", nil, 2},
		{"a trusted proxy may hold all", loopback, 8},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, front.Config{MaxPending: 8, Trusted: func() []netip.Prefix { return tt.trusted }}, ok)
			var held []net.Conn
			for range tt.fit {
				held = append(held, s.dial(t, "GET / HTTP/1.1\r\n"))
			}
			// Accepted in order, so when this one is closed the others are in.
			one := make([]byte, 1)
			if n, err := s.dial(t, "").Read(one); n > 0 || err == nil {
				t.Errorf("read %d bytes, %v, want a closed connection", n, err)
			}
			if st := s.Stats(); st.Pending != tt.fit || st.Excess != 1 || st.Accepted != uint64(tt.fit)+1 {
				t.Errorf("got %+v, want %d pending and one excess", st, tt.fit)
			}
			io.WriteString(held[0], "Host: a\r\n\r\n")
			if resp, _ := readAnswer(t, held[0]); resp.StatusCode != 200 {
				t.Errorf("a held connection got %d, want 200", resp.StatusCode)
			}
			io.Copy(io.Discard, held[0])
			if resp, _ := readAnswer(t, s.dial(t, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")); resp.StatusCode != 200 {
				t.Errorf("a new connection got %d, want 200: the place was not given back", resp.StatusCode)
			}
		})
	}
}

func TestTLS(t *testing.T) {
	cert, pool := certificate(t)
	s := serve(t, front.Config{TLS: &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}}, func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			t.Error("Request.TLS is nil")
		}
		ok(w, r)
	})
	c := tls.Client(s.dial(t, ""), &tls.Config{RootCAs: pool, ServerName: "localhost"})
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if resp, body := readAnswer(t, c); resp.StatusCode != 200 || body != c.LocalAddr().String() {
		t.Errorf("got %d %q, want 200 %q", resp.StatusCode, body, c.LocalAddr())
	}
	got, _ := io.ReadAll(s.dial(t, upgrade)) // an alert, perhaps, but no HTTP
	if strings.Contains(string(got), "HTTP") {
		t.Errorf("plaintext on a TLS listener got %q", got)
	}
	if st := s.Stats(); st.Refused != 1 {
		t.Errorf("%d refused, want 1", st.Refused)
	}
}
