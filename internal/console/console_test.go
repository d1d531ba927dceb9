package console_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/console"
)

const token = "an admin token of enough length"

// fake is a guard with one connection.
type fake struct {
	notReady error
	closed   []string
	revoked  []guard.Revocation
	fail     error
}

func (f *fake) Ready(context.Context) error { return f.notReady }

func (f *fake) Connections() []guard.Connection {
	return []guard.Connection{{ID: "c1", Route: "/ws", User: "alice", Session: "session-1", Client: "192.0.2.7", Since: time.Unix(0, 0)}}
}

func (f *fake) Stats() guard.Stats { return guard.Stats{Connections: 1} }

func (f *fake) Subject(id string) (guard.Subject, bool) {
	if id == "c1" {
		return guard.Subject{User: "alice", Session: "session-1"}, true
	}
	return guard.Subject{}, id == "anonymous"
}

func (f *fake) CloseConnection(id string) bool {
	f.closed = append(f.closed, id)
	return id == "c1"
}

func (f *fake) Revoke(_ context.Context, r guard.Revocation) error {
	f.revoked = append(f.revoked, r)
	return f.fail
}

type auditor struct{ events []guard.Event }

func (a *auditor) Record(e guard.Event) { a.events = append(a.events, e) }

func newConsole(t *testing.T, opts console.Options) *console.Console {
	t.Helper()
	c, err := console.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// ask sends one request, "METHOD PATH", with headers of the form "Name: value".
func ask(t *testing.T, opts console.Options, request string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	if opts.Guard == nil {
		opts.Guard = &fake{}
	}
	opts.Hosts = func() guard.HostList {
		return guard.NewHostList([]string{"localhost", "127.0.0.1", "admin.example.com"})
	}
	opts.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("metrics\n")) })
	method, path, _ := strings.Cut(request, " ")
	r := httptest.NewRequest(method, path, nil)
	r.Host = "localhost:9090"
	r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.IPv4(10, 0, 0, 5), Port: 9090})))
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			r.Host = value
			continue
		}
		r.Header.Add(name, value)
	}
	w := httptest.NewRecorder()
	newConsole(t, opts).ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	tests := []struct {
		request string
		status  int
		body    string
	}{
		{"GET /", 200, "DELETE /connections/{id}"},
		{"GET /configuration", 200, `"settings":[]`},
		{"GET /live", 426, ""},
		{"GET /assets/nothing.js", 404, ""},
		{"GET /assets/..%2fconsole.go", 404, ""},
		{"GET /healthz", 200, "ok\n"},
		{"HEAD /healthz", 200, ""},
		{"GET /readyz", 200, "ready\n"},
		{"GET /metrics", 200, "metrics\n"},
		{"GET /connections", 200, `"id":"c1"`},
		{"DELETE /connections/c1", 204, ""},
		{"DELETE /connections/c2", 404, ""},
		{"DELETE /connections", 405, ""},
		{"GET /connections/c1", 405, ""},
		{"POST /healthz", 405, ""},
		{"GET /revocations", 405, ""},
		{"GET /nothing", 404, ""},
	}
	for _, tt := range tests {
		t.Run(tt.request, func(t *testing.T) {
			w := ask(t, console.Options{}, tt.request)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.body) {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, tt.status, tt.body)
			}
			for _, name := range []string{"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Cache-Control"} {
				if w.Header().Get(name) == "" {
					t.Errorf("%s is not set", name)
				}
			}
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("other sites may read it: %q", got)
			}
		})
	}
}

func TestNotReady(t *testing.T) {
	w := ask(t, console.Options{Guard: &fake{notReady: errors.New("draining")}}, "GET /readyz")
	if w.Code != 503 || w.Body.String() != "draining\n" {
		t.Errorf("got %d %q, want 503 with the reason", w.Code, w.Body)
	}
	if w := ask(t, console.Options{Guard: &fake{notReady: errors.New("draining")}}, "GET /healthz"); w.Code != 200 {
		t.Errorf("healthz is %d while the process runs, want 200", w.Code)
	}
}

func TestList(t *testing.T) {
	w := ask(t, console.Options{}, "GET /connections")
	var got struct{ Connections []map[string]string }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	c := got.Connections[0]
	if c["route"] != "/ws" || c["user"] != "alice" || c["client"] != "192.0.2.7" || c["since"] != "1970-01-01T00:00:00Z" {
		t.Errorf("got %v", c)
	}
	if c["session"] != "84097828" {
		t.Errorf("session is %q, want its pseudonym: the ID alone may open an account", c["session"])
	}
}

func TestToken(t *testing.T) {
	requests := []string{"GET /", "GET /readyz", "GET /metrics", "GET /connections", "DELETE /connections/c1", "POST /revocations", "GET /configuration", "POST /live/ticket"}
	credentials := []struct {
		name    string
		headers []string
		ok      bool
	}{
		{"none", nil, false},
		{"the token", []string{"Authorization: Bearer " + token}, true},
		{"the scheme in lower case", []string{"Authorization: bearer " + token}, true},
		{"another token", []string{"Authorization: Bearer " + strings.ToUpper(token)}, false},
		{"a prefix of it", []string{"Authorization: Bearer " + token[:10]}, false},
		{"the token and more", []string{"Authorization: Bearer " + token + "x"}, false},
		{"an empty token", []string{"Authorization: Bearer "}, false},
		{"another scheme", []string{"Authorization: Basic " + token}, false},
		{"the token alone", []string{"Authorization: " + token}, false},
		{"two headers", []string{"Authorization: Bearer " + token, "Authorization: Bearer x"}, false},
		{"a cookie", []string{"Cookie: token=" + token}, false},
	}
	for _, request := range requests {
		for _, tt := range credentials {
			t.Run(request+" with "+tt.name, func(t *testing.T) {
				f, a := &fake{}, &auditor{}
				w := ask(t, console.Options{Guard: f, Token: token, Recent: console.NewRecent(a)}, request, tt.headers...)
				if (w.Code != 401) != tt.ok {
					t.Errorf("got %d, allowed is %v", w.Code, tt.ok)
				}
				if !tt.ok && (len(f.closed) > 0 || len(a.events) != 1 || a.events[0].Rule != "admin.token" || a.events[0].Status != 401) {
					t.Errorf("closed %v, audit %+v", f.closed, a.events)
				}
				if strings.Contains(w.Body.String(), token) {
					t.Error("the answer holds the token")
				}
			})
		}
	}
	if w := ask(t, console.Options{Token: token}, "GET /healthz"); w.Code != 200 {
		t.Errorf("healthz without the token is %d, want 200", w.Code)
	}
}

// Pages that the operator's browser shows reach a loopback listener.
func TestForeignPages(t *testing.T) {
	tests := []struct {
		name    string
		headers []string
		rule    string // empty: allowed
	}{
		{"no browser", nil, ""},
		{"its own page", []string{"Origin: http://localhost:9090", "Sec-Fetch-Site: same-origin"}, ""},
		{"typed by the user", []string{"Sec-Fetch-Site: none"}, ""},
		{"a configured host", []string{"Host: admin.example.com:9090"}, ""},
		{"the address of the socket", []string{"Host: 10.0.0.5:9090"}, ""},
		{"another origin", []string{"Origin: https://evil.example"}, "admin.origin"},
		{"another port", []string{"Origin: http://localhost:3000"}, "admin.origin"},
		{"an opaque origin", []string{"Origin: null"}, "admin.origin"},
		{"two origins", []string{"Origin: http://localhost:9090", "Origin: http://localhost:9090"}, "admin.origin"},
		{"a page without an Origin header", []string{"Sec-Fetch-Site: cross-site"}, "admin.origin"},
		{"a page of a neighbour", []string{"Sec-Fetch-Site: same-site"}, "admin.origin"},
		{"a rebound name", []string{"Host: evil.example:9090", "Origin: http://evil.example:9090"}, "admin.host"},
		{"a name that ends like ours", []string{"Host: xadmin.example.com"}, "admin.host"},
		{"another address", []string{"Host: 10.0.0.6:9090"}, "admin.host"},
		{"an empty host", []string{"Host: "}, "admin.host"},
	}
	for _, request := range []string{"GET /healthz", "GET /connections", "DELETE /connections/c1"} {
		for _, tt := range tests {
			t.Run(request+" from "+tt.name, func(t *testing.T) {
				f, a := &fake{}, &auditor{}
				w := ask(t, console.Options{Guard: f, Recent: console.NewRecent(a)}, request, tt.headers...)
				if tt.rule == "" {
					if w.Code >= 300 {
						t.Errorf("got %d, want it to be allowed", w.Code)
					}
					return
				}
				if w.Code != 403 || len(f.closed) > 0 || len(a.events) != 1 || a.events[0].Rule != tt.rule {
					t.Errorf("got %d, closed %v, audit %+v, want 403 for %s", w.Code, f.closed, a.events, tt.rule)
				}
			})
		}
	}
}

func TestBodyIsRefused(t *testing.T) {
	h := newConsole(t, console.Options{Guard: &fake{}, Hosts: func() guard.HostList { return guard.NewHostList([]string{"localhost"}) }})
	for name, length := range map[string]int64{"a length": 1 << 20, "chunks": -1} {
		r := httptest.NewRequest("DELETE", "/connections/c1", strings.NewReader("x"))
		r.Host, r.ContentLength = "localhost", length
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 413 {
			t.Errorf("%s: got %d, want 413", name, w.Code)
		}
	}
}
