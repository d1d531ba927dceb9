package promise_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/promise"
	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/corpus"
	"github.com/wswarden/wswarden/probe/probetest"
	"github.com/wswarden/wswarden/report"
)

const twinSecret = "a-secret-for-tests-alone-of-more-than-32-bytes"

// twinConfig fences the vulnerable twin, whose application is another than the
// example's: rooms, roles, a search, and programs that come with tokens.
const twinConfig = `
listen: 127.0.0.1:0
sign_in: {jwt: {issuer: "https://id.example.com", audience: twin, secret_env: TWIN_SECRET}}
routes:
  - path: /ws
    backend: ws://BACKEND/ws
    origins: ["https://app.example.com"]
    auth: {bearer: true}
    session: {max_age: 4s, idle: 3s}
    limits: {message_bytes: 4KiB, messages: {rate: 120/1m, burst: 30}, user_messages: 1200/1m, fragments: 8, control_frames: {rate: 60/1m, burst: 20}, connections_per_user: 6}
    messages:
      secret: [passwordHash]
      client:
        whoami: {schema: {type: object, additionalProperties: false}}
        get_order: {schema: {type: object, required: [id], additionalProperties: false, properties: {id: {type: integer, minimum: 1, maximum: 99999, examples: [1001]}}}}
        place_order:
          schema:
            type: object
            required: [item, quantity]
            additionalProperties: false
            properties: {item: {type: string, maxLength: 20}, quantity: {type: integer, minimum: 1, maximum: 9}, userId: {type: string}}
          set: {userId: session.user}
          limit: {rate: 20/1s, burst: 10}
        subscribe:
          schema: {type: object, required: [channel], additionalProperties: false, properties: {channel: {type: string, maxLength: 40}}}
          allow: message.channel == "room:lobby" || message.channel == "user:" + session.user
        chat:
          schema: {type: object, required: [text], additionalProperties: false, properties: {text: {type: string, maxLength: 200}}}
          clean: {text: strip}
        admin_stats: {schema: {type: object, additionalProperties: false}, allow: '"admin" in session.roles'}
      server:
        profile: {schema: {type: object, properties: {type: {type: string}, user: {type: string}, roles: {}}}, undeclared: drop}
`

// bearer is a token of a user with roles.
func bearer(user, roles string) probe.Identity {
	part := base64.RawURLEncoding.EncodeToString
	now := time.Now().Unix()
	text := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		part(fmt.Appendf(nil, `{"iss":"https://id.example.com","aud":"twin","sub":%q,"roles":[%s],"iat":%d,"exp":%d}`, user, roles, now, now+600))
	mac := hmac.New(sha256.New, []byte(twinSecret))
	mac.Write([]byte(text))
	return probe.Identity{Name: user, Lines: []wireclient.Line{{Name: "Authorization", Value: "Bearer " + text + "." + part(mac.Sum(nil))}}}
}

// Another application behind a guard: everything holds, the ends of connections
// too. Without it what was fenced is open.
func TestTwin(t *testing.T) {
	s := probetest.Vulnerable(t)
	text := strings.Replace(twinConfig, "BACKEND", strings.TrimPrefix(s.HTTP, "http://"), 1)
	cfg, err := config.Parse("twin.yaml", []byte(text), func(string) (string, bool) { return twinSecret, true })
	if err != nil {
		t.Fatal(err)
	}
	promises, err := promise.Of(cfg, "/ws")
	if err != nil {
		t.Fatal(err)
	}
	identities := []probe.Identity{bearer("alice", `"member"`), bearer("bob", `"member"`)}
	t.Run("guarded", func(t *testing.T) {
		server, err := serve.Start(cfg, serve.Options{Stdout: io.Discard})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		// What is known of the server without a guard: who carries the secret.
		known := &corpus.Corpus{Server: []*corpus.Type{{Name: "profile", Fields: []string{"passwordHash"}}}}
		r := hold(t, probe.Target{URL: parse(t, "ws://"+server.Addr().String()+"/ws"), Origin: probetest.Origin, Identities: identities, Promises: promises, Corpus: known})
		for _, p := range r.Promises {
			if p.Verdict == report.PromiseBroken {
				t.Errorf("broken: %s %s: %s", p.Message, p.Text, p.Why)
			}
		}
		for _, want := range []string{
			"userId is what the guard says", "markup in text arrives as text", `refused unless "admin"`, "refused unless message.channel",
			"a connection that is silent for 3s ends", "a connection ends after 4s", "id is above the maximum", "members [\"passwordHash\"]",
		} {
			if !slices.ContainsFunc(r.Promises, func(p report.Promise) bool {
				return p.Verdict == report.PromiseHeld && strings.Contains(p.Text, want)
			}) {
				t.Errorf("not held: %s", want)
			}
		}
		if t.Failed() {
			show(t, r)
		}
	})
	t.Run("bare", func(t *testing.T) {
		r := hold(t, probe.Target{URL: parse(t, s.URL), Origin: probetest.Origin, Identities: identities, Promises: promises})
		var got []string
		for _, f := range r.Findings {
			got = append(got, f.Weakness.ID)
		}
		for _, want := range []string{"WS101", "WS201", "WS302", "WS401", "WS403", "WS404", "WS405", "WS501", "WS504", "WS701", "WS702", "WS704", "WS707", "WS708", "WS209"} {
			if !slices.Contains(got, want) {
				t.Errorf("%s is not reported", want)
			}
		}
		if t.Failed() {
			show(t, r)
		}
	})
}
