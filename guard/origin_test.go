package guard_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
)

var (
	foreign   = denial{403, "origin_refused", "origin.foreign", "WS101"}
	lookalike = denial{403, "origin_refused", "origin.lookalike", "WS102"}
	noOrigin  = denial{403, "origin_refused", "origin.absent", "WS103"}
	null      = denial{403, "origin_refused", "origin.null", "WS103"}
)

// originMatrix holds the Origin headers of attacks on the check for
// https://app.example.com, by the mistake that each of them finds.
var originMatrix = []struct {
	name    string
	want    denial
	origins []string
}{
	{"no check at all", foreign, []string{"https://evil.example"}},
	{"empty taken for absent", null, []string{""}},
	{"null trusted", null, []string{"null"}},
	{"scheme ignored", lookalike, []string{"http://app.example.com", "ws://app.example.com", "wss://app.example.com", "ftp://app.example.com"}},
	{"port ignored", lookalike, []string{"https://app.example.com:8443", "https://app.example.com:0", "https://app.example.com:"}},
	{"default port written out", lookalike, []string{"https://app.example.com:443"}},
	{"prefix", lookalike, []string{"https://app.example.com.evil.example"}},
	{"suffix", lookalike, []string{"https://evilapp.example.com", "https://evil-app.example.com"}},
	{"suffix without the dot", lookalike, []string{"https://evilexample.com"}},
	{"end not anchored", lookalike, []string{"https://app.example.com-evil.example", "https://app.example.comevil.example", "https://app.example.community"}},
	{"dot not escaped", lookalike, []string{"https://appXexample.com", "https://app.exampleXcom", "https://appXexampleXcom"}},
	{"trailing dot", lookalike, []string{"https://app.example.com."}},
	{"subdomain", lookalike, []string{"https://x.app.example.com", "https://x.example.com"}},
	{"parent", lookalike, []string{"https://example.com"}},
	{"containment the wrong way round", lookalike, []string{"https://app.example.co", "https://app", "https://a", ".com", "https://"}},
	{"other top-level domain", foreign, []string{"https://app.example.org"}},
	{"same top-level domain", foreign, []string{"https://evil.com"}},
	{"case folded", lookalike, []string{"https://APP.EXAMPLE.COM", "HTTPS://app.example.com", "https://App.example.com"}},
	{"path", lookalike, []string{"https://app.example.com/", "https://app.example.com/x", "https://app.example.com?", "https://app.example.com#"}},
	{"anywhere in the text", lookalike, []string{"https://evil.example/app.example.com", "https://evil.example?app.example.com", "https://evil.example#app.example.com", "https://evil.example/https://app.example.com"}},
	{"user information", lookalike, []string{"https://app.example.com@evil.example", "https://evil.example@app.example.com"}},
	{"port pattern not anchored", lookalike, []string{"https://app.example.com:443@evil.example", "https://app.example.com:80.evil.example"}},
	{"backslash", lookalike, []string{`https://evil.example\@app.example.com`, `https://app.example.com\.evil.example`}},
	{"list", lookalike, []string{"https://app.example.com https://evil.example", "https://evil.example https://app.example.com", "https://app.example.com, https://evil.example", "https://app.example.com,https://app.example.com", "https://app.example.com;"}},
	{"development origins", foreign, []string{"http://localhost", "http://localhost:3000", "http://127.0.0.1", "http://[::1]", "http://0.0.0.0"}},
	{"development prefixes", foreign, []string{"http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://evil.localhost"}},
	{"private and odd addresses", foreign, []string{"http://10.0.0.1", "http://192.168.1.1", "http://2130706433", "http://0x7f.1"}},
	{"schemes that are no origin", foreign, []string{"file://", "data:", "javascript:", "blob:https://evil.example/x", "about:blank"}},
	{"schemes of extensions and shells", foreign, []string{"chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "moz-extension://0", "vscode-webview://x", "capacitor://localhost", "ionic://localhost", "tauri://localhost", "app://x"}},
	{"pattern sent as text", lookalike, []string{"https://*.example.com"}},
	{"pattern sent as text, far off", foreign, []string{"*", "https://*", ".*", "https://.*", "[", "("}},
	{"Cyrillic letter", lookalike, []string{"https://\u0430pp.example.com", "https://xn--pp-6kc.example.com"}},
	{"full-width dot", foreign, []string{"https://app\uff0eexample\uff0ecom"}},
	{"soft hyphen and zero width", lookalike, []string{"https://ap\u00adp.example.com", "https://ap\u200bp.example.com", "https://app.example.com\u200b"}},
	{"percent-encoded NUL and line break", lookalike, []string{"https://app.example.com%00.evil.example", "https://app.example.com%0d%0aX: y"}},
	{"percent-encoded", lookalike, []string{"https%3A%2F%2Fapp.example.com", "https%253A%252F%252Fapp.example.com"}},
	{"8 KiB", lookalike, []string{"https://app.example.com" + strings.Repeat("a", 8<<10), strings.Repeat("https://app.example.com", 350)}},
	{"64 KiB", denial{431, "bad_request", "request.header-size", "WS801"}, []string{"https://app.example.com" + strings.Repeat("a", 64<<10)}},
	{"that do not parse", foreign, []string{"https://a:b", "http://[::1", "://", "%", "\xff\xfe"}},
	{"character classes", lookalike, glued("_-!$&'()*+,;=^`{|}~")},
	{"percent-encoded backtick", lookalike, []string{"https://app.example.com%60.evil.example"}},
}

// glued puts each of the characters between the allowed host and another.
func glued(chars string) (origins []string) {
	for _, c := range chars {
		origins = append(origins, "https://app.example.com"+string(c)+".evil.example")
	}
	return origins
}

// TestOriginMatrix sends every origin as a handshake and as a ticket request,
// with everything else as it should be.
func TestOriginMatrix(t *testing.T) {
	w := startGateway(t, nil)
	const mint = "POST /ws/ticket HTTP/1.1\r\nHost: localhost\r\nCookie: " + aliceLogin + "\r\nX-CSRF-Token: 1\r\nContent-Type: application/json\r\nContent-Length: 2\r\nOrigin: https://app.example.com\r\n\r\n{}"
	for _, c := range originMatrix {
		t.Run(c.name, func(t *testing.T) {
			for _, o := range c.origins {
				w.refusesRaw(t, edited(t, rawHandshake, "Origin: "+appOrigin, "Cookie: "+aliceLogin+"\r\nOrigin: "+o), c.want)
				w.refusesRaw(t, edited(t, mint, appOrigin, o), c.want)
			}
		})
	}
	t.Run("absent", func(t *testing.T) {
		w.refusesRaw(t, edited(t, rawHandshake, "Origin: "+appOrigin+"\r\n", ""), noOrigin)
		w.refusesRaw(t, edited(t, mint, "Origin: "+appOrigin+"\r\n", ""), noOrigin)
	})
	w.waitEmpty(t)
	if n := len(w.backend.Requests()); n != 0 {
		t.Errorf("the backend saw %d of these handshakes", n)
	}
}

// TestOriginBesideOthers: nothing else that a request says stands in for an
// Origin.
func TestOriginBesideOthers(t *testing.T) {
	w := startGateway(t, nil)
	repeated := denial{400, "bad_request", "origin.repeated", "WS102"}
	for _, c := range []struct {
		name, lines string
		want        denial
	}{
		{"allowed, then foreign", "Origin: https://app.example.com\r\nOrigin: https://evil.example\r\n", repeated},
		{"foreign, then allowed", "Origin: https://evil.example\r\nOrigin: https://app.example.com\r\n", repeated},
		{"allowed twice", "Origin: https://app.example.com\r\nOrigin: https://app.example.com\r\n", repeated},
		{"draft header", "Origin: https://evil.example\r\nSec-WebSocket-Origin: https://app.example.com\r\n", foreign},
		{"draft header alone", "Sec-WebSocket-Origin: https://app.example.com\r\n", noOrigin},
		{"forwarded host", "Origin: https://evil.example\r\nX-Forwarded-Host: evil.example\r\nX-Original-Host: evil.example\r\nForwarded: host=evil.example\r\n", foreign},
		{"referer", "Origin: https://evil.example\r\nReferer: https://app.example.com/\r\n", foreign},
		{"referer alone", "Referer: https://app.example.com/\r\n", noOrigin},
		{"fetch metadata alone", "Sec-Fetch-Site: same-origin\r\n", noOrigin},
		{"misspelt name", "Origin_: https://app.example.com\r\n", noOrigin},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.refusesRaw(t, edited(t, rawHandshake, "Origin: https://app.example.com\r\n", c.lines), c.want)
		})
	}
}

func TestOriginAdmitted(t *testing.T) {
	for _, c := range []struct {
		name  string
		route func(*guard.Route)
		lines string
	}{
		{"the listed one", nil, "Origin: https://app.example.com\r\n"},
		{"white space around the value is not part of it", nil, "Origin: \t https://app.example.com \t \r\n"},
		{"name in another case", nil, "oRIGIN: https://app.example.com\r\n"},
		{"another listed one", func(r *guard.Route) { r.Origins = append(r.Origins, "http://localhost:3000") }, "Origin: http://localhost:3000\r\n"},
		{"absent where the route says so", func(r *guard.Route) { r.AllowNoOrigin = true }, ""},
		{"listed where absent may be", func(r *guard.Route) { r.AllowNoOrigin = true }, "Origin: https://app.example.com\r\n"},
		{"any where the route says so", func(r *guard.Route) { r.Origins, r.InsecureAnyOrigin = nil, true }, "Origin: https://evil.example\r\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				if c.route != nil {
					c.route(&cfg.Routes[0])
				}
			})
			openRaw(t, w, edited(t, rawHandshake, "Origin: https://app.example.com\r\n", c.lines))
		})
	}
}

// TestOriginExceptions: a route that admits one unusual thing admits no other.
func TestOriginExceptions(t *testing.T) {
	repeated := denial{400, "bad_request", "origin.repeated", "WS102"}
	for _, c := range []struct {
		name  string
		route func(*guard.Route)
		lines string
		want  denial
	}{
		{"absent allowed, null sent", func(r *guard.Route) { r.AllowNoOrigin = true }, "Origin: null\r\n", null},
		{"absent allowed, empty sent", func(r *guard.Route) { r.AllowNoOrigin = true }, "Origin:\r\n", null},
		{"absent allowed, foreign sent", func(r *guard.Route) { r.AllowNoOrigin = true }, "Origin: https://evil.example\r\n", foreign},
		{"absent alone allowed, one sent", func(r *guard.Route) { r.AllowNoOrigin, r.Origins = true, nil }, "Origin: https://app.example.com\r\n", foreign},
		{"any allowed, none sent", func(r *guard.Route) { r.Origins, r.InsecureAnyOrigin = nil, true }, "", noOrigin},
		{"any allowed, two sent", func(r *guard.Route) { r.Origins, r.InsecureAnyOrigin = nil, true }, "Origin: https://a.example\r\nOrigin: https://b.example\r\n", repeated},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) { c.route(&cfg.Routes[0]) })
			w.refusesRaw(t, edited(t, rawHandshake, "Origin: https://app.example.com\r\n", c.lines), c.want)
		})
	}
}

// judged runs a request against a guard without a socket and returns the rule
// that refused it. One that is admitted fails at the upgrade, which takes a
// socket, by the rule "server.hijack".
func judged(h http.Handler, audit *guardtest.Audit, r *http.Request) (guard.Event, *http.Response) {
	seen := len(audit.Events())
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	for _, e := range audit.Events()[seen:] {
		if e.Outcome == guard.Denied {
			return e, rec.Result()
		}
	}
	return guard.Event{}, rec.Result()
}

// handshakeFor returns a handshake for judged.
func handshakeFor(target string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	r.Host, r.RemoteAddr = "localhost", "127.0.0.1:40000"
	for name, value := range map[string]string{"Upgrade": "websocket", "Connection": "Upgrade", "Sec-Websocket-Version": "13", "Sec-Websocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": appOrigin} {
		r.Header[name] = []string{value}
	}
	return r
}

// newJudge returns a guard for judged, whose far end is a function unless edit
// names a backend.
func newJudge(tb testing.TB, edit func(*guard.Config)) (http.Handler, *guardtest.Audit) {
	tb.Helper()
	audit := &guardtest.Audit{}
	cfg := guard.Config{SignIn: signIn(), Audit: audit, Limits: guard.SharedLimits{Handshakes: guard.Rate{Count: 1e9, Per: 1e9}}, Routes: []guard.Route{{
		Path: "/ws", Origins: []string{appOrigin}, Auth: guard.Auth{Ticket: &guard.TicketPolicy{}, Bearer: true, Anonymous: true},
	}}}
	if edit != nil {
		edit(&cfg)
	}
	g, err := guard.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { g.Close() })
	if cfg.Routes[0].Backend != "" {
		return g.Gateway(), audit
	}
	return g.Handler(nil), audit
}

// FuzzOrigin: only what is listed passes, whatever else is sent.
func FuzzOrigin(f *testing.F) {
	for _, c := range originMatrix {
		for _, o := range c.origins {
			if len(o) < 100 {
				f.Add(o)
			}
		}
	}
	f.Add(appOrigin)
	f.Fuzz(func(t *testing.T, origin string) {
		h, audit := newJudge(t, nil)
		r := handshakeFor("/ws")
		r.Header["Origin"] = []string{origin}
		e, res := judged(h, audit, r)
		io.Copy(io.Discard, res.Body)
		switch {
		case origin == appOrigin && e.Rule == "server.hijack":
		case origin != appOrigin && (res.StatusCode == http.StatusForbidden && strings.HasPrefix(e.Rule, "origin.") || len(origin) > 30<<10 && res.StatusCode == 431):
		default:
			t.Errorf("Origin %q: %d by %q", origin, res.StatusCode, e.Rule)
		}
	})
}

// judgedStatus is judged for the status alone.
func judgedStatus(h http.Handler, r *http.Request) int {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Code
}
