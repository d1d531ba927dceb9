package probe_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/corpus"
	"github.com/wswarden/wswarden/report"
)

// judge runs one check against a peer.
func judge(t *testing.T, p peer, target probe.Target, check string) *report.Report {
	t.Helper()
	u := p.start(t)
	target.URL, target.Origin = u, "https://app.example.com"
	return run(t, probe.Options{Target: target, Only: []string{check}})
}

const sessionValue = "k7Q2mZ0pX4vB8nR1sT6w"

// TestCredentialInQuery tries every name with every kind of credential.
func TestCredentialInQuery(t *testing.T) {
	reads := func(name string) peer {
		return peer{refuse: func(r *http.Request) int {
			c, err := r.Cookie("crew")
			if err == nil && c.Value == sessionValue || r.Header.Get("Authorization") == "Bearer "+sessionValue || r.URL.Query().Get(name) == sessionValue {
				return 0
			}
			return http.StatusUnauthorized
		}}
	}
	for _, c := range []struct {
		name string
		who  probe.Identity
		want report.Verdict
	}{
		{"key", as("ann", "Cookie", "crew="+sessionValue), report.Weak},
		{"access_token", as("ann", "Cookie", "crew="+sessionValue), report.Weak},
		{"crew", as("ann", "Cookie", "crew="+sessionValue), report.Weak},
		{"apikey", as("ann", "Authorization", "Bearer "+sessionValue), report.Weak},
		{"sid", as("ann", "Authorization", "Bearer "+sessionValue), report.Weak},
		{"hull_pass", as("ann", "Authorization", "Bearer "+sessionValue), report.Passed},
	} {
		t.Run(c.name+" "+c.who.Lines[0].Name, func(t *testing.T) {
			t.Parallel()
			r := judge(t, reads(c.name), probe.Target{Identities: []probe.Identity{c.who}}, "url-token")
			j := r.Judgements[0]
			if j.Verdict != c.want {
				t.Fatalf("got %s (%s), want %s", j.Verdict, j.Message, c.want)
			}
			if c.want == report.Passed && !strings.Contains(j.Message, "under these names: token, access_token") {
				t.Errorf("got %q, want the names that were tried", j.Message)
			}
		})
	}
}

// TestRefusalInProtocol has servers that open the WebSocket for everybody and
// refuse strangers by a message of the protocol above.
func TestRefusalInProtocol(t *testing.T) {
	known := func(r *http.Request) bool { c, err := r.Cookie("crew"); return err == nil && c.Value == sessionValue }
	// either is what who is known, or a stranger, gets as answer to a first message.
	either := func(begins, yes, no string) func(*http.Request, string) []string {
		return func(r *http.Request, m string) []string {
			switch {
			case !strings.HasPrefix(m, begins):
				return nil
			case known(r):
				return []string{yes}
			}
			return []string{no}
		}
	}
	for name, c := range map[string]peer{
		"socket.io": {
			greet:  func(*http.Request) []string { return []string{`0{"sid":"Yx3k","upgrades":[],"pingInterval":25000}`} },
			answer: either("40", `40{"sid":"Zb2"}`, `44{"message":"not signed in"}`)},
		"graphql": {
			subprotocols: []string{"graphql-transport-ws"},
			answer:       either(`{"type":"connection_init"`, `{"type":"connection_ack"}`, `{"type":"connection_error","payload":{}}`)},
		"stomp": {
			subprotocols: []string{"v12.stomp"},
			answer:       either("CONNECT", "CONNECTED\nversion:1.2\n\n\x00", "ERROR\nmessage:bad credentials\n\n\x00")},
		"action cable": {
			subprotocols: []string{"actioncable-v1-json"},
			greet: func(r *http.Request) []string {
				if known(r) {
					return []string{`{"type":"welcome"}`}
				}
				return []string{`{"type":"disconnect","reason":"unauthorized","reconnect":false}`}
			}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := probe.Target{Identities: []probe.Identity{as("ann", "Cookie", "crew="+sessionValue)}, Subprotocols: c.subprotocols}
			r := judge(t, c, target, "auth")
			for _, j := range r.Judgements {
				if j.Weakness == catalogue.AuthMissing && j.Verdict != report.Passed {
					t.Errorf("got %s (%s), want passed%s", j.Verdict, j.Message, describe(r))
				}
			}
		})
	}
}

// TestHostWithoutCookie: a page after DNS rebinding has no bearer token.
func TestHostWithoutCookie(t *testing.T) {
	p := peer{refuse: func(r *http.Request) int {
		if r.Header.Get("Authorization") == "" && r.Header.Get("Cookie") == "" {
			return http.StatusUnauthorized
		}
		return 0
	}}
	for header, want := range map[string]catalogue.Severity{"Authorization": catalogue.Low, "Cookie": catalogue.Medium} {
		value := map[string]string{"Authorization": "Bearer " + sessionValue, "Cookie": "crew=" + sessionValue}[header]
		r := judge(t, p, probe.Target{Identities: []probe.Identity{as("ann", header, value)}}, "host")
		if got := found(r); !slices.Equal(got, []string{"WS104 host"}) || r.Findings[0].Severity != want {
			t.Errorf("%s: got %v%s, want WS104 %v", header, got, describe(r), want)
		}
	}
}

// TestErrorDetailIsProvoked has a handler that fails on invalid parameters of a
// method that only who knows the messages can name.
func TestErrorDetailIsProvoked(t *testing.T) {
	p := peer{answer: func(_ *http.Request, m string) []string {
		if strings.Contains(m, `"method":"list_berths"`) && !strings.Contains(m, `"harbour":"`) {
			return []string{`{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"TypeError: harbour.trim is not a function\n    at list (/srv/berth/api.js:31:7)"}}`}
		}
		return []string{`{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"unknown method"}}`}
	}}
	known := &corpus.Corpus{Dialect: "jsonrpc", Client: []*corpus.Type{{
		Name: "list_berths", Schema: []byte(`{"type":"object","required":["harbour"],"properties":{"harbour":{"type":"string"}}}`)}}}
	for name, c := range map[string]struct {
		corpus *corpus.Corpus
		want   report.Verdict
	}{"with messages": {known, report.Weak}, "without": {nil, report.NotJudged}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := judge(t, p, probe.Target{Corpus: c.corpus}, "error-detail")
			if j := r.Judgements[0]; j.Verdict != c.want || c.want == report.NotJudged && !strings.HasPrefix(j.Message, "not provoked") {
				t.Errorf("got %s (%s), want %s", j.Verdict, j.Message, c.want)
			}
		})
	}
}
