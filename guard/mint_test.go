package guard_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// mintAnswer is what a ticket request gives.
type mintAnswer struct {
	Ticket    string `json:"ticket"`
	ExpiresIn int    `json:"expires_in"`
	Protocol  string `json:"protocol"`
	URL       string `json:"url"`
}

// mint asks for a ticket for alice by her cookie, unless edit says otherwise.
func (w *gateway) mint(t *testing.T, edit func(*http.Request)) *http.Response {
	t.Helper()
	return w.mintFrom(t, "127.0.0.1", edit)
}

// mintFrom is mint from another local address.
func (w *gateway) mintFrom(t *testing.T, from string, edit func(*http.Request)) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(testContext(t), http.MethodPost, "http"+w.url[len("ws"):]+"/ws/ticket", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{"Origin": {appOrigin}, "Cookie": {aliceLogin}, "X-Csrf-Token": {"1"}, "Content-Type": {"application/json"}}
	if edit != nil {
		edit(r)
	}
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	tr := &http.Transport{DialContext: d.DialContext, DisableKeepAlives: r.Header.Get("Connection") == ""}
	defer tr.CloseIdleConnections()
	res, err := tr.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// minted is mint that must succeed.
func (w *gateway) minted(t *testing.T, edit func(*http.Request)) mintAnswer {
	t.Helper()
	res := w.mint(t, edit)
	var m mintAnswer
	d := json.NewDecoder(res.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil || res.StatusCode != http.StatusOK || m.Ticket == "" {
		t.Fatalf("no ticket: %d, %v", res.StatusCode, err)
	}
	return m
}

// byBearer changes a ticket request to a bearer token, without cookie or CSRF
// header.
func byBearer(token string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Del("Cookie")
		r.Header.Del("X-Csrf-Token")
		r.Header.Set("Authorization", "Bearer "+token)
	}
}

// verifier answers every question alike.
type verifier struct {
	id     *guard.Identity
	err    error
	judges []string
}

func (v verifier) VerifyToken(context.Context, string) (*guard.Identity, error) { return v.id, v.err }
func (v verifier) VerifyRequest(context.Context, http.Header) (*guard.Identity, error) {
	return v.id, v.err
}
func (v verifier) Judges() []string { return v.judges }

var errDown = errors.New("connection refused")

func TestMint(t *testing.T) {
	w := startGateway(t, nil)
	for _, c := range []struct {
		name string
		edit func(*http.Request)
	}{
		{"cookie", nil},
		{"bearer", byBearer(aliceToken)},
		{"bearer in another case", func(r *http.Request) {
			byBearer(aliceToken)(r)
			r.Header.Set("Authorization", "bEARER "+aliceToken)
		}},
		{"bearer beside a cookie of somebody else", func(r *http.Request) {
			byBearer(aliceToken)(r)
			r.Header.Set("Cookie", "session=mallory")
		}},
		{"content type with a parameter", func(r *http.Request) { r.Header.Set("Content-Type", "Application/JSON; charset=utf-8") }},
		{"no body", func(r *http.Request) { r.Body, r.ContentLength = http.NoBody, 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := w.mint(t, c.edit)
			var m mintAnswer
			if err := json.NewDecoder(res.Body).Decode(&m); err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("status %d, %v", res.StatusCode, err)
			}
			if m.ExpiresIn != 30 || m.Protocol != "wst."+m.Ticket || m.URL != w.url+"/ws" {
				t.Errorf("got %+v", m)
			}
			for name, want := range map[string]string{
				"Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
				"Vary": "Origin", "Access-Control-Allow-Origin": appOrigin, "Access-Control-Allow-Credentials": "true",
			} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			w.dial(t, wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{"wswarden.v1", m.Protocol}}).Close()
			e := w.audit.Wait(t, "the minting", func(e guard.Event) bool { return e.Action == "ticket.mint" && e.Outcome == guard.Allowed })
			if e.User != "alice" || e.Session != "s1" || e.Client != "127.0.0.1" || len(e.Ticket) != 8 || e.Route != "/ws" || e.Origin != appOrigin {
				t.Errorf("recorded %+v", e)
			}
			w.waitEmpty(t)
		})
	}
}

// TestMintWithSlash mints beside a path that ends in a slash, as Socket.IO's does.
func TestMintWithSlash(t *testing.T) {
	w := startGateway(t, func(cfg *guard.Config) { cfg.Routes[0].Path = "/ws/" })
	res := w.mint(t, nil)
	var m mintAnswer
	if err := json.NewDecoder(res.Body).Decode(&m); err != nil || res.StatusCode != http.StatusOK || m.URL != w.url+"/ws/" {
		t.Fatalf("status %d, %v, %+v", res.StatusCode, err, m)
	}
}

func TestMintRefused(t *testing.T) {
	refused := denial{401, "sign_in_required", "credential.refused", "WS201"}
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header[name] = []string{value} }
	}
	down := verifier{err: errDown, judges: []string{"Cookie"}}
	for _, c := range []struct {
		name string
		cfg  func(*guard.Config)
		edit func(*http.Request)
		want denial
	}{
		{"GET", nil, func(r *http.Request) { r.Method, r.Body, r.ContentLength = "GET", nil, 0 }, denial{405, "bad_request", "mint.method", "WS801"}},
		{"PUT", nil, func(r *http.Request) { r.Method = "PUT" }, denial{405, "bad_request", "mint.method", "WS801"}},
		{"a form", nil, header("Content-Type", "application/x-www-form-urlencoded"), denial{400, "bad_request", "mint.content-type", "WS801"}},
		{"text", nil, header("Content-Type", "text/plain"), denial{400, "bad_request", "mint.content-type", "WS801"}},
		{"text that mentions JSON", nil, header("Content-Type", "text/plain; application/json"), denial{400, "bad_request", "mint.content-type", "WS801"}},
		{"no content type", nil, func(r *http.Request) { r.Header.Del("Content-Type") }, denial{400, "bad_request", "mint.content-type", "WS801"}},
		{"two content types", nil, func(r *http.Request) { r.Header["Content-Type"] = []string{"application/json", "text/plain"} }, denial{400, "bad_request", "request.repeated-header", "WS801"}},
		{"a query", nil, func(r *http.Request) { r.URL.RawQuery = "token=x" }, denial{400, "bad_request", "mint.query", "WS801"}},
		{"two cookies", nil, func(r *http.Request) { r.Header["Cookie"] = []string{aliceLogin, "session=bob"} }, denial{400, "bad_request", "request.repeated-header", "WS801"}},
		{"too many headers", nil, func(r *http.Request) { r.Header["X-Same"] = make([]string, 101) }, denial{431, "bad_request", "request.header-size", "WS801"}},
		{"malformed chain", trusting("127.0.0.0/8"), header("X-Forwarded-For", "x"), denial{400, "bad_request", "address.malformed", "WS703"}},
		{"no credential", nil, func(r *http.Request) { r.Header.Del("Cookie") }, refused},
		{"cookie without CSRF header", nil, func(r *http.Request) { r.Header.Del("X-Csrf-Token") }, denial{403, "csrf_header_required", "mint.csrf", "WS101"}},
		{"cookie with an empty CSRF header", nil, header("X-Csrf-Token", ""), denial{403, "csrf_header_required", "mint.csrf", "WS101"}},
		{"CSRF header of another name", func(c *guard.Config) { c.SignIn.CSRFHeader = "X-App" }, nil, denial{403, "csrf_header_required", "mint.csrf", "WS101"}},
		{"forged cookie", nil, header("Cookie", "session=mallory"), refused},
		{"refused token", nil, byBearer("nobody"), refused},
		{"refused token beside an honest cookie", nil, header("Authorization", "Bearer nobody"), refused},
		{"token too long", nil, byBearer(strings.Repeat("x", 17<<10)), refused},
		{"basic", nil, func(r *http.Request) {
			r.Header.Del("Cookie")
			r.SetBasicAuth("alice", aliceToken)
		}, refused},
		{"a cookie that nothing judges", func(c *guard.Config) { c.SignIn.Request = nil }, nil, refused},
		{"a token that nothing judges", func(c *guard.Config) { c.SignIn.Token, c.Routes[0].Auth.Bearer = nil, false }, byBearer(aliceToken), refused},
		{"an identity without user", func(c *guard.Config) { c.SignIn.Token = verifier{id: &guard.Identity{Session: "s"}} }, byBearer("x"), refused},
		{"an identity that has ended", func(c *guard.Config) {
			c.SignIn.Token = verifier{id: &guard.Identity{User: "alice", Expires: time.Now().Add(-time.Second)}}
		}, byBearer("x"), refused},
		{"token verifier down", func(c *guard.Config) { c.SignIn.Token = verifier{err: errDown} }, byBearer("x"), denial{503, "unavailable", "sign-in.down", ""}},
		{"token verifier says nothing", func(c *guard.Config) { c.SignIn.Token = verifier{} }, byBearer("x"), denial{503, "unavailable", "sign-in.down", ""}},
		{"cookie verifier down", func(c *guard.Config) { c.SignIn.Request = down }, nil, denial{503, "unavailable", "sign-in.down", ""}},
		{"store down", func(c *guard.Config) {
			c.Store = &fakeStore{MemoryStore: guard.NewMemoryStore(), put: func() error { return errDown }}
		}, nil, denial{503, "unavailable", "store.down", ""}},
		{"monitor mode mints for nobody either", func(c *guard.Config) { c.Routes[0].Mode = guard.Monitor }, header("Cookie", "session=mallory"), refused},
		{"cookie where any origin may connect", func(c *guard.Config) { c.Routes[0].Origins, c.Routes[0].InsecureAnyOrigin = nil, true }, nil, denial{403, "origin_refused", "mint.any-origin", "WS101"}},
		{"a route without tickets", func(c *guard.Config) { c.Routes[0].Auth.Ticket = nil }, nil, denial{404, "not_found", "route.unknown", ""}},
		{"another route", nil, func(r *http.Request) { r.URL.Path = "/other/ticket" }, denial{404, "not_found", "route.unknown", ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, c.cfg)
			before := w.tally()
			res := w.mint(t, c.edit)
			w.checkDenial(t, res, before, c.want)
			if got := res.Header.Get("Allow"); (c.want.status == http.StatusMethodNotAllowed) != (got == "POST, OPTIONS") {
				t.Errorf("Allow is %q with status %d", got, c.want.status)
			}
			if w.Stats().Tickets["minted"] != 0 {
				t.Error("a ticket was minted")
			}
		})
	}
}

// TestMintAcrossOrigins: a page that may have tickets can read why it gets
// none; another page reads nothing.
func TestMintAcrossOrigins(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) {
		c.Routes[0].Auth.Ticket.Rate = guard.Rate{Count: 1, Per: time.Hour}
	})
	preflight := func(r *http.Request) {
		r.Method, r.Body, r.ContentLength = http.MethodOptions, nil, 0
		r.Header = http.Header{"Origin": {r.Header.Get("Origin")}, "Access-Control-Request-Method": {"POST"}, "Access-Control-Request-Headers": {"content-type,x-csrf-token"}}
	}
	from := func(origin string, edit func(*http.Request)) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Set("Origin", origin)
			if edit != nil {
				edit(r)
			}
		}
	}
	for _, c := range []struct {
		name   string
		edit   func(*http.Request)
		status int
		reads  string // the origin that may read the answer
	}{
		{"preflight", from(appOrigin, preflight), 204, appOrigin},
		{"foreign preflight", from("https://evil.example", preflight), 403, ""},
		{"preflight of a null origin", from("null", preflight), 403, ""},
		{"ticket", nil, 200, appOrigin},
		{"too many tickets", nil, 429, appOrigin},
		{"forged cookie", func(r *http.Request) { r.Header.Set("Cookie", "session=mallory") }, 401, appOrigin},
		{"no CSRF header", func(r *http.Request) { r.Header.Del("X-Csrf-Token") }, 403, appOrigin},
		{"foreign page with the cookie", from("https://evil.example", nil), 403, ""},
		{"other host", func(r *http.Request) { r.Host = "evil.example" }, 403, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := w.mint(t, c.edit)
			h := res.Header
			if res.StatusCode != c.status || h.Get("Access-Control-Allow-Origin") != c.reads || (h.Get("Access-Control-Allow-Credentials") == "true") != (c.reads != "") {
				t.Errorf("status %d, readable by %q (credentials %q); want %d, %q", res.StatusCode, h.Get("Access-Control-Allow-Origin"), h.Get("Access-Control-Allow-Credentials"), c.status, c.reads)
			}
			if !slices.Contains(h["Vary"], "Origin") || h.Get("Cache-Control") != "no-store" {
				t.Errorf("a cache may mix origins up: Vary %q, Cache-Control %q", h["Vary"], h["Cache-Control"])
			}
			if c.reads != "" && h.Get("Access-Control-Expose-Headers") != "Retry-After" {
				t.Errorf("Retry-After can't be read: %q", h["Access-Control-Expose-Headers"])
			}
			if c.status == http.StatusNoContent && (h.Get("Access-Control-Allow-Methods") != "POST" || h.Get("Access-Control-Allow-Headers") != "Content-Type, Authorization, X-CSRF-Token" || h.Get("Access-Control-Max-Age") != "600") {
				t.Errorf("preflight answers %v", h)
			}
		})
	}
}

func TestMintWithoutOrigin(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Routes[0].AllowNoOrigin = true })
	res := w.mint(t, func(r *http.Request) {
		byBearer(aliceToken)(r)
		r.Header.Del("Origin")
	})
	if got := res.Header["Access-Control-Allow-Origin"]; res.StatusCode != http.StatusOK || got != nil {
		t.Errorf("status %d, readable by %q", res.StatusCode, got)
	}
}

// TestMintAnyOrigin: where any origin may connect, a page gets a ticket for the
// token that it holds, never for the cookies of its visitor.
func TestMintAnyOrigin(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Routes[0].Origins, c.Routes[0].InsecureAnyOrigin = nil, true })
	res := w.mint(t, func(r *http.Request) {
		byBearer(aliceToken)(r)
		r.Header.Set("Origin", "https://any.example")
	})
	if res.StatusCode != http.StatusOK || res.Header.Get("Access-Control-Allow-Origin") != "https://any.example" || res.Header["Access-Control-Allow-Credentials"] != nil {
		t.Errorf("status %d, %v", res.StatusCode, res.Header)
	}
}

func TestMintRate(t *testing.T) {
	sessions := guardtest.Cookies{aliceLogin: {User: "alice", Session: "s1"}, "session=alice2": {User: "alice", Session: "s2"}, "session=bob": {User: "bob"}, "session=bob2": {User: "bob"}}
	w := startGateway(t, func(c *guard.Config) {
		c.SignIn.Request = sessions
		c.Routes[0].Auth.Ticket.Rate = guard.Rate{Count: 1, Per: time.Hour, Burst: 2}
	})
	for i, c := range []struct {
		cookie string
		passes bool
	}{
		{aliceLogin, true}, {aliceLogin, true}, {aliceLogin, false}, {"session=alice2", true}, {"session=alice2", true}, {"session=alice2", false},
		{"session=bob", true}, {"session=bob2", true}, {"session=bob", false}, // no session: the user counts
	} {
		before := w.tally()
		res := w.mint(t, func(r *http.Request) { r.Header.Set("Cookie", c.cookie) })
		if c.passes != (res.StatusCode == http.StatusOK) {
			t.Fatalf("request %d, by %s: %d", i, c.cookie, res.StatusCode)
		}
		if !c.passes {
			e := w.checkDenial(t, res, before, denial{429, "too_many_requests", "mint.rate", "WS204"})
			if e.User != sessions[c.cookie].User || res.Header.Get("Retry-After") != "3600" {
				t.Errorf("recorded user %q, Retry-After %q", e.User, res.Header.Get("Retry-After"))
			}
		}
	}
}

// TestMintOutstanding: the sixth ticket of a session burns the first, which is
// no alarm when it comes: it was never presented.
func TestMintOutstanding(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) {
		c.Routes[0].Limits.ConnectionsPerUser = 10
		c.SignIn.Request = guardtest.Cookies{aliceLogin: {User: "alice", Session: "s1"}, "session=bob": {User: "bob", Session: "s2"}}
	})
	bob := w.minted(t, func(r *http.Request) { r.Header.Set("Cookie", "session=bob") })
	var tickets []mintAnswer
	for range 6 {
		tickets = append(tickets, w.minted(t, nil))
	}
	if got := w.Stats().Tickets; got["minted"] != 7 || got["burned"] != 1 {
		t.Errorf("counted %v", got)
	}
	w.refuses(t, wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{tickets[0].Protocol}}, denial{401, "ticket_invalid", "ticket.unknown", "WS204"})
	for i, m := range append(tickets[1:], bob) {
		t.Run(fmt.Sprint(i+2), func(t *testing.T) {
			w.dial(t, wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{m.Protocol}})
		})
	}
}
