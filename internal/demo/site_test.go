package demo_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/internal/demo"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// browser resolves names as browsers do, and keeps no connection.
var browser = &http.Client{
	Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			_, port, err := net.SplitHostPort(address)
			if err != nil {
				return nil, err
			}
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
		},
	},
}

// places are the addresses of a site, as its pages get them.
type places struct {
	Page               string
	Unguarded, Guarded struct{ Page, Socket, Ticket string }
	Attacker, Foreign  string
}

func startSite(t *testing.T) (*demo.Site, places) {
	t.Helper()
	s, err := demo.NewSite()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	var p places
	_, body := request(t, http.MethodGet, s.Address+"/site.json", nil)
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatalf("site.json: %v in %q", err, body)
	}
	return s, p
}

// request sends a request and returns its answer. A header "Host" replaces that of
// the address.
func request(t *testing.T, method, address string, header map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(header["body"]))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		switch name {
		case "body":
		case "Host":
			req.Host = value
		default:
			req.Header.Set(name, value)
		}
	}
	res, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestSiteJudgesHostAndOrigin(t *testing.T) {
	s, p := startSite(t)
	port := func(origin string) string { return origin[strings.LastIndexByte(origin, ':'):] }
	tests := []struct {
		name, method, address, host, origin string
		want                                int
	}{
		{"the printed address", "GET", s.Address + "/", "", "", 200},
		{"the printed address has no attacks", "GET", s.Address + "/attacks.json", "", "", 404},
		{"the page", "GET", p.Page + "/", "", "", 200},
		{"a rebound name", "GET", p.Page + "/", "rebound.evil.example" + port(p.Page), "", 421},
		{"a rebound name at a platform", "GET", p.Unguarded.Page + "/pane.html", "rebound.evil.example" + port(p.Unguarded.Page), "", 421},
		{"a rebound name at the attacker's", "GET", p.Attacker + "/", "rebound.evil.example" + port(p.Attacker), "", 421},
		{"another part's name", "GET", p.Page + "/", "evil.wswarden.localhost" + port(p.Page), "", 421},
		{"the name without its port", "GET", p.Page + "/", "wswarden.localhost", "", 421},
		{"attacks asked for by the page", "POST", p.Page + "/attacks?weakness=WS104", "", p.Page, 200},
		{"attacks asked for by the attacker's page", "POST", p.Page + "/attacks?weakness=WS104", "", p.Attacker, 403},
		{"attacks asked for by the printed address", "POST", p.Page + "/attacks?weakness=WS104", "", s.Address, 403},
		{"attacks asked for by nobody", "POST", p.Page + "/attacks?weakness=WS104", "", "", 403},
		{"attacks on what the table hasn't", "POST", p.Page + "/attacks?weakness=WS999", "", p.Page, 404},
		{"a sign-in from elsewhere", "POST", p.Unguarded.Page + "/login", "", p.Attacker, 403},
		{"the platform's socket beside the guard", "GET", p.Guarded.Page + "/ws", "", "", 404},
		{"the attacker's page, same site", "GET", p.Attacker + "/", "", "", 200},
		{"the attacker's page, another site", "GET", p.Foreign + "/", "", "", 200},
		{"an entry", "GET", p.Page + "/weakness/WS101", "", "", 200},
		{"no entry", "GET", p.Page + "/weakness/WS000", "", "", 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := map[string]string{}
			if tt.host != "" {
				header["Host"] = tt.host
			}
			if tt.origin != "" {
				header["Origin"] = tt.origin
			}
			if res, body := request(t, tt.method, tt.address, header); res.StatusCode != tt.want {
				t.Errorf("got %d %q, want %d", res.StatusCode, body, tt.want)
			}
		})
	}
}

func TestSitePolicies(t *testing.T) {
	s, p := startSite(t)
	strict := []string{"default-src 'none'", "script-src 'self'", "require-trusted-types-for 'script'", "trusted-types 'none'", "base-uri 'none'", "form-action 'none'"}
	for address, frames := range map[string]string{
		s.Address + "/":                    "frame-ancestors 'none'",
		p.Page + "/":                       "frame-ancestors 'none'",
		p.Page + "/weakness.html":          "frame-ancestors 'none'",
		p.Attacker + "/":                   "frame-ancestors " + p.Page,
		p.Unguarded.Page + "/insider.html": "frame-ancestors " + p.Page,
		p.Guarded.Page + "/insider.html":   "frame-ancestors " + p.Page,
	} {
		res, _ := request(t, http.MethodGet, address, nil)
		directives := strings.Split(res.Header.Get("Content-Security-Policy"), "; ")
		for _, want := range append(strict, frames) {
			if !slices.Contains(directives, want) {
				t.Errorf("%s: policy %q lacks %q", address, directives, want)
			}
		}
	}
	// The page with the flaw runs scripts that came as markup, and talks to nobody else.
	for _, side := range []string{p.Unguarded.Page, p.Guarded.Page} {
		res, _ := request(t, http.MethodGet, side+"/pane.html", nil)
		got := res.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "script-src 'self' 'unsafe-inline'", "img-src 'self' data:", "frame-ancestors " + p.Page} {
			if !slices.Contains(strings.Split(got, "; "), want) {
				t.Errorf("%s: policy %q lacks %q", side, got, want)
			}
		}
	}
}

func TestSiteShapesCookies(t *testing.T) {
	_, p := startSite(t)
	for samesite, want := range map[string]string{
		"":       "; Path=/; HttpOnly; SameSite=Lax",
		"lax":    "; Path=/; HttpOnly; SameSite=Lax",
		"strict": "; Path=/; HttpOnly; SameSite=Strict",
		"none":   "; Path=/; HttpOnly; Secure; SameSite=None",
		"unset":  "; Path=/; HttpOnly",
	} {
		res, body := request(t, http.MethodPost, p.Unguarded.Page+"/login?samesite="+samesite, map[string]string{
			"Origin": p.Unguarded.Page, "Content-Type": "application/json", "body": `{"user":"alice","password":"alice-demo"}`,
		})
		cookies := res.Header["Set-Cookie"]
		if len(cookies) != 1 || !strings.HasPrefix(cookies[0], "session=") || !strings.HasSuffix(cookies[0], want) {
			t.Errorf("samesite %q: got %d %q and cookies %q, want one that ends %q", samesite, res.StatusCode, body, cookies, want)
		}
	}
	res, _ := request(t, http.MethodPost, p.Unguarded.Page+"/login?samesite=other", map[string]string{"Origin": p.Unguarded.Page})
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("another samesite: got %d, want 400", res.StatusCode)
	}
}

// TestSiteSendsAuditLines lets the guard refuse a handshake, and reads of it where
// the page does.
func TestSiteSendsAuditLines(t *testing.T) {
	_, p := startSite(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.Page+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got := knock(t, p.Guarded.Socket, p.Attacker); got != http.StatusForbidden {
		t.Fatalf("the guard answers %d to another origin, want 403", got)
	}
	if got := knock(t, p.Unguarded.Socket, p.Attacker); got != http.StatusSwitchingProtocols {
		t.Fatalf("the platform answers %d to another origin, want 101", got)
	}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var line map[string]any
		if err := json.Unmarshal([]byte(data), &line); err != nil {
			t.Fatalf("%v in %q", err, data)
		}
		if line["http.request.origin"] != p.Attacker || !strings.HasPrefix(line["wswarden.rule"].(string), "origin.") {
			t.Errorf("got %s, want the refusal of %s", data, p.Attacker)
		}
		return
	}
	t.Fatalf("the stream ended: %v", lines.Err())
}

// knock sends a handshake from an origin and returns the status of the answer.
func knock(t *testing.T, socket, origin string) int {
	t.Helper()
	_, rest, _ := strings.Cut(socket, "://")
	host, _, _ := strings.Cut(rest, "/")
	_, port, _ := net.SplitHostPort(host)
	c, res, err := wireclient.Dial(t.Context(), wireclient.Handshake{
		URL: "ws://127.0.0.1:" + port + "/ws", Origin: origin, Header: []wireclient.Line{{Name: "Host", Value: host}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c != nil {
		c.Close()
	}
	return res.StatusCode
}

// TestSiteHidesThePlatformBehindTheGuard tries the way around the guard that any page
// of a browser could try.
func TestSiteHidesThePlatformBehindTheGuard(t *testing.T) {
	_, p := startSite(t)
	_, config := request(t, http.MethodGet, p.Page+"/config.yaml", nil)
	_, rest, _ := strings.Cut(config, "backend: ws://")
	hidden, _, _ := strings.Cut(rest, "/ws\n")
	if _, _, err := net.SplitHostPort(hidden); err != nil {
		t.Fatalf("no backend in %s", config)
	}
	for _, origin := range []string{p.Attacker, p.Guarded.Page, ""} {
		if got := knock(t, "ws://"+hidden+"/ws", origin); got != http.StatusForbidden {
			t.Errorf("from %q: got %d, want 403", origin, got)
		}
	}
	for path, want := range map[string]int{"/": 403, "/login": 403, "/whoami": 401} {
		if res, body := request(t, http.MethodGet, "http://"+hidden+path, nil); res.StatusCode != want {
			t.Errorf("%s: got %d %q, want %d", path, res.StatusCode, body, want)
		}
	}
}

func TestSiteRunsAttacks(t *testing.T) {
	_, p := startSite(t)
	res, body := request(t, http.MethodPost, p.Page+"/attacks?weakness=WS102", map[string]string{"Origin": p.Page})
	if res.StatusCode != http.StatusOK {
		t.Fatalf("got %d %q", res.StatusCode, body)
	}
	rows := 0
	for line := range strings.Lines(body) {
		var row struct {
			Weakness           string
			Holds              bool
			Unguarded, Guarded struct{ Worked bool }
		}
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("%v in %q", err, line)
		}
		if row.Weakness != "WS102" || !row.Holds || !row.Unguarded.Worked || row.Guarded.Worked {
			t.Errorf("got %s", line)
		}
		rows++
	}
	if rows < 3 {
		t.Errorf("got %d rows, want those of all lookalikes", rows)
	}
}

// TestSiteCloses ends a site while a page reads its audit lines and a socket is open.
func TestSiteCloses(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := demo.NewSite()
	if err != nil {
		t.Fatal(err)
	}
	var p places
	_, body := request(t, http.MethodGet, s.Address+"/site.json", nil)
	if err := json.Unmarshal([]byte(body), &p); err != nil {
		t.Fatal(err)
	}
	res, err := browser.Get(p.Page + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(p.Unguarded.Page, "http://"))
	c, _, err := wireclient.Dial(t.Context(), wireclient.Handshake{URL: "ws://127.0.0.1:" + port + "/ws", Header: []wireclient.Line{{Name: "Host", Value: strings.TrimPrefix(p.Unguarded.Page, "http://")}}})
	if err != nil || c == nil {
		t.Fatalf("no socket: %v", err)
	}
	defer c.Close()
	if err := s.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
}
