package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/console"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const firstView = `{"type":"view","group":false,"route":"","user":null,"query":"","offset":0,"limit":10}`

// served is a console on a real listener.
type served struct {
	t *testing.T
	*httptest.Server
	console *console.Console
}

func serve(t *testing.T, opts console.Options) *served {
	t.Helper()
	if opts.Guard == nil {
		opts.Guard = &fake{}
	}
	opts.Hosts = func() guard.HostList {
		return guard.NewHostList([]string{"localhost", "127.0.0.1", "admin.example.com"})
	}
	c := newConsole(t, opts)
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	t.Cleanup(c.Close) // before the server, which waits for its connections
	return &served{t, s, c}
}

// post sends a request as a page of origin does.
func (s *served) post(path, body, origin string, headers ...string) (int, string) {
	s.t.Helper()
	r, err := http.NewRequest("POST", s.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.Client().Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(answer)
}

// mint returns a ticket for a page of the console itself.
func (s *served) mint(headers ...string) string {
	s.t.Helper()
	status, body := s.post("/live/ticket", "{}", s.URL, headers...)
	var answer struct{ Ticket, URL string }
	if err := json.Unmarshal([]byte(body), &answer); status != 200 || err != nil || answer.Ticket == "" {
		s.t.Fatalf("mint: got %d %s", status, body)
	}
	if want := "ws" + strings.TrimPrefix(s.URL, "http") + "/live"; answer.URL != want {
		s.t.Errorf("the ticket is for %q, want %q", answer.URL, want)
	}
	return answer.Ticket
}

// dial offers a ticket, and returns the connection or the status of the refusal.
func (s *served) dial(ticket, origin string, lines ...wireclient.Line) (*wireclient.Conn, int) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	s.t.Cleanup(cancel)
	h := wireclient.Handshake{URL: "ws" + strings.TrimPrefix(s.URL, "http") + "/live", Origin: origin, Header: lines}
	if ticket != "" {
		h.Header = append(h.Header, wireclient.Line{Name: "Sec-WebSocket-Protocol", Value: "wswarden.v1, wst." + ticket})
	}
	c, res, err := wireclient.Dial(ctx, h)
	if err != nil {
		s.t.Fatal(err)
	}
	if c == nil {
		return nil, res.StatusCode
	}
	s.t.Cleanup(func() { c.Close() })
	return c, 101
}

func (s *served) open() *wireclient.Conn {
	s.t.Helper()
	c, status := s.dial(s.mint(), s.URL)
	if status != 101 {
		s.t.Fatalf("got %d, want a connection", status)
	}
	return c
}

// next returns the next message that has a field.
func next(t *testing.T, c *wireclient.Conn, field string) map[string]json.RawMessage {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		u, err := c.NextMessage(ctx)
		if err != nil {
			t.Fatalf("wait for %s: %v", field, err)
		}
		var m map[string]json.RawMessage
		if err := json.Unmarshal(u.Payload, &m); err != nil {
			t.Fatalf("%q: %v", u.Payload, err)
		}
		if _, ok := m[field]; ok {
			return m
		}
	}
}

// The ticket needs the token and the page's own origin; the socket needs the
// ticket, once, and the same origin.
func TestLiveTicket(t *testing.T) {
	s := serve(t, console.Options{Token: token})
	bearer := []string{"Authorization", "Bearer " + token}
	for _, tt := range []struct {
		name, origin string
		headers      []string
		status       int
	}{
		{"no token", s.URL, nil, 401},
		{"another token", s.URL, []string{"Authorization", "Bearer x"}, 401},
		{"a cookie", s.URL, []string{"Cookie", "token=" + token}, 401},
		{"another origin", "https://evil.example", bearer, 403},
		{"another port", "http://127.0.0.1:1", bearer, 403},
		{"no origin", "", bearer, 403},
		{"a rebound name", "http://evil.example", append([]string{"Host", "evil.example"}, bearer...), 403},
		{"a form", s.URL, append([]string{"Content-Type", "text/plain"}, bearer...), 400},
		{"the page", s.URL, bearer, 200},
		{"the page through a tunnel", "http://localhost:9999", append([]string{"Host", "localhost:9999"}, bearer...), 200},
	} {
		if status, body := s.post("/live/ticket", "{}", tt.origin, tt.headers...); status != tt.status || strings.Contains(body, token) {
			t.Errorf("%s: got %d %s, want %d", tt.name, status, body, tt.status)
		}
	}
	if _, status := s.dial("", s.URL); status != 401 {
		t.Errorf("without a ticket: got %d, want 401", status)
	}
	ticket := s.mint(bearer...)
	if _, status := s.dial(ticket, "https://evil.example"); status != 403 {
		t.Errorf("from another origin: got %d, want 403", status)
	}
	if _, status := s.dial(ticket, s.URL); status != 101 {
		t.Errorf("with the ticket: got %d, want 101", status)
	}
	if _, status := s.dial(ticket, s.URL); status != 401 {
		t.Errorf("with the same ticket again: got %d, want 401", status)
	}
}

// Without an admin token a page of the console still needs a ticket, which only
// a page of the console gets.
func TestLiveWithoutToken(t *testing.T) {
	s := serve(t, console.Options{})
	if _, status := s.dial("", s.URL); status != 403 {
		t.Errorf("from an origin that never asked for a ticket: got %d, want 403", status)
	}
	if status, _ := s.post("/live/ticket", "{}", "https://evil.example"); status != 403 {
		t.Errorf("from another origin: got %d, want 403", status)
	}
	s.open()
	if _, status := s.dial("", s.URL); status != 401 {
		t.Errorf("without a ticket: got %d, want 401", status)
	}
}

// The console is reached under names and ports that nobody wrote down: through
// tunnels and proxies. Each is an origin of its own, and no number of them grows
// without bound.
func TestLiveUnderOtherNames(t *testing.T) {
	s := serve(t, console.Options{})
	try := func(host, scheme string) int {
		t.Helper()
		origin := scheme + "://" + host
		status, body := s.post("/live/ticket", "{}", origin, "Host", host)
		var minted struct{ Ticket string }
		if err := json.Unmarshal([]byte(body), &minted); err != nil {
			return status
		}
		_, status = s.dial(minted.Ticket, origin, wireclient.Line{Name: "Host", Value: host})
		return status
	}
	for _, tt := range []struct {
		host, scheme string
		status       int
	}{
		{"localhost:9999", "http", 101},
		{"admin.example.com", "https", 101},
		{"admin.example.com:8443", "https", 101},
		{"evil.example", "http", 403},
		{"admin.example.com:443", "https", 403}, // not how a browser spells it
	} {
		if got := try(tt.host, tt.scheme); got != tt.status {
			t.Errorf("%s://%s: got %d, want %d", tt.scheme, tt.host, got, tt.status)
		}
	}
	ticket := s.mint()
	for port := range 20 {
		if got := try(fmt.Sprint("localhost:", 10_000+port), "http"); got != 101 {
			t.Errorf("port %d: got %d, want 101", port, got)
		}
	}
	if _, status := s.dial(ticket, s.URL); status != 403 {
		t.Errorf("the oldest origin: got %d, want 403 until its page asks again", status)
	}
	s.open()
}

func TestLiveSnapshot(t *testing.T) {
	recent := console.NewRecent(nil)
	for i := range 300 {
		recent.Record(guard.Event{ID: fmt.Sprint("e", i), Action: "message", Outcome: guard.Denied, Weakness: "WS101", Rule: "origin.foreign", Detail: "Bearer abcdefghijkl", User: strings.Repeat("u", 1000), Session: "session-1"})
	}
	recent.Record(guard.Event{ID: "fine", Outcome: guard.Allowed})
	s := serve(t, console.Options{Recent: recent})
	c := s.open()
	c.SendText(firstView)
	m := next(t, c, "version")
	var got struct {
		Refusals []map[string]any
		Page     struct {
			Total int
			Rows  []map[string]string
		}
		Now    struct{ Refusals map[string]int }
		Titles map[string]string
	}
	raw, _ := json.Marshal(m)
	json.Unmarshal(raw, &got)
	if len(got.Refusals) != 200 || got.Refusals[0]["id"] != "e100" || got.Refusals[199]["id"] != "e299" {
		t.Errorf("got %d refusals, want the last 200 of 300, oldest first", len(got.Refusals))
	}
	if got.Titles["WS101"] == "" {
		t.Error("the weaknesses have no titles")
	}
	if got.Now.Refusals["WS101"] != 300 {
		t.Errorf("counted %v, want 300 of WS101", got.Now.Refusals)
	}
	if got.Page.Total != 1 || got.Page.Rows[0]["id"] != "c1" {
		t.Errorf("page %+v", got.Page)
	}
	if bytes.Contains(raw, []byte("abcdefghijkl")) || bytes.Contains(raw, []byte("session-1")) || bytes.Contains(raw, bytes.Repeat([]byte("u"), 600)) {
		t.Error("the snapshot holds a credential, a session or a text without bound")
	}
}

// After the snapshot comes what changed: refusals once, the page where it is
// another one, and samples.
func TestLiveDeltas(t *testing.T) {
	recent := console.NewRecent(nil)
	recent.Record(guard.Event{ID: "before", Outcome: guard.Denied})
	s := serve(t, console.Options{Recent: recent})
	c := s.open()
	c.SendText(firstView)
	next(t, c, "version")
	for i := range 70 {
		recent.Record(guard.Event{ID: fmt.Sprint("e", i), Outcome: guard.Monitored, Weakness: "WS301"})
	}
	m := next(t, c, "refusals")
	var refusals []struct{ ID, Outcome string }
	json.Unmarshal(m["refusals"], &refusals)
	skipped := 0
	json.Unmarshal(m["skipped"], &skipped)
	// A tick may fall among the 70: then the rest is in the next message.
	for len(refusals)+skipped < 70 {
		var more []struct{ ID, Outcome string }
		json.Unmarshal(next(t, c, "refusals")["refusals"], &more)
		refusals = append(refusals, more...)
	}
	if last := refusals[len(refusals)-1]; last.ID != "e69" || last.Outcome != "monitored" || len(refusals)+skipped != 70 {
		t.Errorf("got %d refusals up to %v and %d skipped, want 70 up to e69", len(refusals), last, skipped)
	}
	m = next(t, c, "sample")
	if _, ok := m["page"]; ok {
		t.Errorf("the page that the viewer has came again: %s", m["page"])
	}
	if _, ok := m["refusals"]; ok {
		t.Errorf("refusals that the viewer has came again: %s", m["refusals"])
	}
}

// A question for another view is answered at once, not with the next tick.
func TestLiveView(t *testing.T) {
	s := serve(t, console.Options{})
	c := s.open()
	c.SendText(firstView)
	next(t, c, "version")
	c.SendText(strings.Replace(firstView, `"query":""`, `"query":"BOB"`, 1))
	m := next(t, c, "page")
	if _, ok := m["now"]; ok {
		t.Errorf("got a tick, want an answer")
	}
	if got := string(m["page"]); got != `{"total":0,"offset":0}` {
		t.Errorf("got %s", got)
	}
	c.SendText(strings.Replace(firstView, `"group":false`, `"group":true`, 1))
	if got := string(next(t, c, "page")["page"]); !strings.Contains(got, `"user":"alice","count":1,"sessions":1,"routes":["/ws"]`) {
		t.Errorf("got %s", got)
	}
}

func TestLiveRefusesWhatIsNoView(t *testing.T) {
	s := serve(t, console.Options{})
	for _, text := range []string{"", "x", "{}", `{"type":"view"}`, firstView + firstView, strings.Replace(firstView, `"limit":10`, `"limit":101`, 1),
		strings.Replace(firstView, `"offset":0`, `"offset":-1`, 1), strings.Replace(firstView, `"limit"`, `"more":1,"limit"`, 1)} {
		c := s.open()
		c.SendText(text)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		u, err := c.Next(ctx)
		cancel()
		if err != nil || u.Opcode != wire.Close || !bytes.Contains(u.Payload, []byte("schema;r=no")) {
			t.Errorf("%q: got %v %q %v, want a Close frame", text, u.Opcode, u.Payload, err)
		}
	}
}

// Whoever has a dashboard open is told to come back when the console closes.
func TestLiveClose(t *testing.T) {
	s := serve(t, console.Options{})
	c := s.open()
	c.SendText(firstView)
	next(t, c, "version")
	s.console.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		u, err := c.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if u.Opcode == wire.Close {
			if !bytes.Contains(u.Payload, []byte("drain;r=now")) {
				t.Errorf("closed with %q, want drain;r=now", u.Payload)
			}
			return
		}
	}
}
