package guard_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

func speaking(protocols ...string) func(*guard.Config) {
	return func(c *guard.Config) { c.Routes[0].Subprotocols = protocols }
}

func TestSubprotocolRefused(t *testing.T) {
	unknown := denial{400, "subprotocol_refused", "subprotocol.unknown", "WS108"}
	bad := func(rule string) denial { return denial{400, "bad_request", rule, "WS801"} }
	many := "a"
	for range 16 {
		many += ", wswarden.v1"
	}
	for _, c := range []struct {
		name  string
		lines []string
		want  denial
	}{
		{"not spoken", []string{"admin.v1"}, unknown},
		{"one of two not spoken", []string{"chat.v1, admin.v1"}, unknown},
		{"in another line", []string{"chat.v1", "admin.v1"}, unknown},
		{"in another case", []string{"CHAT.v1"}, unknown},
		{"prefix", []string{"chat.v"}, unknown},
		{"longer", []string{"chat.v11"}, unknown},
		{"a JWT", []string{jwt}, unknown},
		{"a token that browsers put there", []string{"chat.v1, access_token." + jwt}, unknown},
		{"twice", []string{"chat.v1, chat.v1"}, bad("subprotocol.repeated")},
		{"twice in two lines", []string{"chat.v1", "chat.v1"}, bad("subprotocol.repeated")},
		{"no token", []string{"chat v1"}, bad("subprotocol.token")},
		{"quoted", []string{`"chat.v1"`}, bad("subprotocol.token")},
		{"percent-encoded line break", []string{"chat.v1%0d%0aX:y"}, bad("subprotocol.token")},
		{"not ASCII", []string{"ch\u00e4t"}, bad("subprotocol.token")},
		{"with a parameter", []string{"chat.v1;q=1"}, bad("subprotocol.token")},
		{"seventeen", []string{many}, bad("subprotocol.count")},
		{"8 KiB", []string{strings.Repeat("x", 8<<10)}, bad("subprotocol.size")},
		{"8 KiB over lines", slices.Repeat([]string{strings.Repeat("x", 128)}, 64), bad("subprotocol.size")},
		{"spaces inside (CVE-2021-32640)", []string{"b" + strings.Repeat(" ", 30000) + "x"}, bad("subprotocol.size")},
		{"fewer spaces inside", []string{"b" + strings.Repeat(" ", 4000) + "x"}, bad("subprotocol.token")},
		{"commas", []string{strings.Repeat(",", 5000)}, bad("subprotocol.size")},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, speaking("chat.v1", "chat.v2"))
			var lines []wireclient.Line
			for _, l := range c.lines {
				lines = append(lines, wireclient.Line{Name: "Sec-WebSocket-Protocol", Value: l})
			}
			e := w.refuses(t, wireclient.Handshake{Origin: appOrigin, Header: lines}, c.want)
			if strings.Contains(e.Detail, "eyJ") || strings.Contains(e.Detail, "admin") {
				t.Errorf("the record quotes what may be a credential: %q", e.Detail)
			}
		})
	}
}

func TestSubprotocolSelected(t *testing.T) {
	for _, c := range []struct {
		name             string
		spoken           []string
		offer            string
		reaches, selects string
	}{
		{"none", nil, "", "", ""},
		{"one", []string{"chat.v1"}, "chat.v1", "chat.v1", "chat.v1"},
		{"two, in the client's order", []string{"chat.v1", "chat.v2"}, "chat.v2, chat.v1", "chat.v2, chat.v1", "chat.v2"},
		{"the guard's alone", nil, "wswarden.v1", "", "wswarden.v1"},
		{"the guard's twice", nil, "wswarden.v1, wswarden.v1", "", "wswarden.v1"},
		{"the guard's first", []string{"chat.v1"}, "wswarden.v1, chat.v1", "chat.v1", "chat.v1"},
		{"empty elements", []string{"chat.v1"}, ", chat.v1 ,,", "chat.v1", "chat.v1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, speaking(c.spoken...))
			_, res := w.try(t, wireclient.Handshake{Origin: appOrigin, Header: []wireclient.Line{{Name: "Sec-WebSocket-Protocol", Value: c.offer}}})
			if got := res.Header["Sec-Websocket-Protocol"]; res.StatusCode != 101 || strings.Join(got, "|") != c.selects || c.selects == "" && got != nil {
				t.Errorf("status %d, selected %q; want %q", res.StatusCode, got, c.selects)
			}
			if got := w.backend.Requests()[0].Header.Get("Sec-WebSocket-Protocol"); got != c.reaches {
				t.Errorf("the backend was offered %q, want %q", got, c.reaches)
			}
		})
	}
}

// FuzzSubprotocols: an offer passes if it is a list of what is spoken, and
// nothing of any other offer is recorded.
func FuzzSubprotocols(f *testing.F) {
	for _, s := range []string{"", "chat.v1", "chat.v1,chat.v2", "wst.wst1_x", "wswarden.v1", ",,", "a b", "\"", "wst.", "CHAT.V1", jwt, "chat.v1\tchat.v2"} {
		f.Add(s, s)
	}
	spoken := []string{"chat.v1", "chat.v2"}
	f.Fuzz(func(t *testing.T, first, second string) {
		h, audit := newJudge(t, speaking(spoken...))
		r := handshakeFor("/ws")
		r.Header["Sec-Websocket-Protocol"] = []string{first, second}
		if len(first)+len(second) > 8<<10 {
			return
		}
		e, res := judged(h, audit, r)
		var offered []string
		odd := false
		for _, p := range strings.Split(first+","+second, ",") {
			p = strings.Trim(p, " \t")
			switch {
			case p == "" || p == "wswarden.v1":
			case !slices.Contains(spoken, p) || slices.Contains(offered, p):
				odd = true
			default:
				offered = append(offered, p)
			}
		}
		if passed := e.Rule == "server.hijack"; passed && odd || !passed && res.StatusCode != http.StatusBadRequest && res.StatusCode != http.StatusUnauthorized {
			t.Errorf("offer %q, %q: %d by %q", first, second, res.StatusCode, e.Rule)
		}
		if len(first) > 30 && strings.Contains(e.Detail, first) {
			t.Errorf("the record holds the offer: %q", e.Detail)
		}
	})
}
