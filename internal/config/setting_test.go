package config_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/config"
)

func TestSettingsSayWhereTheyCameFrom(t *testing.T) {
	cfg, err := parse(with(t, "    auth:", "    limits:\n      messages: {rate: 60/1m, burst: 20}\n      user_messages: 90/90s\n    auth:",
		"routes:", "identity: {secret_env: IDENTITY_SECRET}\nroutes:"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range cfg.Settings() {
		if _, twice := got[s.Path]; twice {
			t.Errorf("the setting %s is listed twice", s.Path)
		}
		got[s.Path] = s.Value + " | " + s.Source
	}
	for path, want := range map[string]string{
		"listen":                         "127.0.0.1:8080 | line 1",
		"tls":                            "none | default",
		"store":                          "memory | default",
		"nodes":                          "1 | default",
		"hosts":                          "[localhost, 127.0.0.1, [::1], app.example.com] | derived from the loopback names and routes[].origins",
		"sign_in.jwt.jwks_file":          folder + "/jwks.json | line 3",
		"sign_in.jwt.algorithms":         "[RS256, ES256, EdDSA] | derived from the kind of key",
		"sign_in.forward_auth.headers":   "[Cookie, Authorization] | default",
		"sign_in.claims.user":            "sub | default",
		"identity.secret_env":            "set from $IDENTITY_SECRET | line 5",
		"audit.file":                     "standard output | default",
		"drain.deadline":                 "30s | default",
		"routes[0].origins":              "[https://app.example.com] | line 9",
		"routes[0].subprotocols":         "none | default",
		"routes[0].auth.ticket.ttl":      "30s | default",
		"routes[0].auth.ticket.carriers": "[subprotocol] | default",
		"routes[0].auth.bearer":          "false | default",
		"routes[0].session.max_age":      "24h | default",
		"routes[0].limits.messages":      "{rate: 60/1m, burst: 20} | line 11",
		"routes[0].limits.user_messages": "90/1m30s | line 12",
		"routes[0].limits.message_bytes": "64KiB | default",
	} {
		if got[path] != want {
			t.Errorf("%s: got %q, want %q", path, got[path], want)
		}
	}
	if first := cfg.Settings()[0].Path; first != "listen" {
		t.Errorf("got first setting %q, want that of the reference", first)
	}
}

// A default that is written into the file must give the same configuration.
func TestDefaultsHoldWhenWritten(t *testing.T) {
	def := config.Defaults()
	for _, name := range slices.Sorted(maps.Keys(def)) {
		if route, ok := strings.CutPrefix(name, "routes[].limits."); ok {
			got := problemsOf(t, with(t, "    auth:", "    limits: {"+route+": "+def[name]+"}\n    auth:"))
			if len(got) > 0 {
				t.Errorf("the default of %s is refused: %q", name, got)
			}
		}
	}
}

func TestDefaultsAreThoseOfGuard(t *testing.T) {
	def := config.Defaults()
	for path, want := range map[string]string{
		"routes[].limits.message_bytes":      "64KiB",
		"routes[].limits.messages":           "60/1m",
		"limits.handshakes":                  "{rate: 200/1s, burst: 400}",
		"sign_in.csrf_header":                "X-CSRF-Token",
		"routes[].auth.ticket.ttl":           "30s",
		"routes[].limits.connections_per_ip": "10",
	} {
		if def[path] != want {
			t.Errorf("%s: got %q, want %q", path, def[path], want)
		}
	}
	for _, required := range []string{"routes[].path", "routes[].backend", "sign_in.jwt.issuer", "tls.cert"} {
		if s, ok := def[required]; ok {
			t.Errorf("%s: got default %q, want none", required, s)
		}
	}
}

func TestConfigOfAFullFile(t *testing.T) {
	cfg, err := parse(`
listen: 0.0.0.0:8443
tls: {cert: cert.pem, key: key.pem}
admin: 127.0.0.1:9090
admin_token_env: ADMIN_TOKEN
trusted_proxies: [10.0.0.0/8, 192.0.2.7]
hosts: [ws.example.com]
limits: {connections: 100, handshakes: {rate: 5/1s, burst: 9}, handshake: 3s}
sign_in:
  jwt: {issuer: id, audience: trading, secret_env: JWT_SECRET, leeway: 5s}
  forward_auth: {url: "http://app/whoami", headers: [cookie], timeout: 2s}
  claims: {user: uid}
  csrf_header: X-Page
identity: {key_file: key.pem}
audit: {file: audit.jsonl, accepted: true}
drain: {spread: 0s, deadline: 20s}
routes:
  - path: /ws
    backend: wss://app/ws
    backend_host: app.internal
    backend_ca: cert.pem
    mode: monitor
    origins: ["https://app.example.com"]
    subprotocols: [v1]
    compression: true
    auth: {ticket: {ttl: 20s, ip: monitor, carriers: [query], rate: 1/1s}, bearer: true, cookie: true}
    session: {max_age: 2h, idle: 2m}
    limits: {connections_per_ip: 1, connections_per_user: 2, connections: 3, message_bytes: 4, server_message_bytes: 5, messages: 6/1m,
      user_messages: 7/1m, control_frames: 8/1m, fragments: 9, send_queue: 10, send_timeout: 11s, message_timeout: 12s}
  - path: /open
    backend: ws://127.0.0.1:3000
    insecure_any_origin: true
    allow_no_origin: true
    auth: {anonymous: true}
`)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "listen", cfg.Listen, "0.0.0.0:8443")
	equal(t, "certificate", *cfg.TLS, config.TLS{CertFile: folder + "/cert.pem", KeyFile: folder + "/key.pem"})
	equal(t, "admin", cfg.Admin, "127.0.0.1:9090")
	equal(t, "admin token", cfg.AdminToken.Reveal(), secret)
	equal(t, "audit", cfg.Audit, config.Audit{File: folder + "/audit.jsonl", Accepted: true})
	equal(t, "drain", cfg.Drain, config.Drain{Deadline: 20e9})
	equal(t, "JWT secret", cfg.SignIn.JWT.Secret.Reveal(), secret)
	equal(t, "algorithms", strings.Join(cfg.SignIn.JWT.Algorithms, " "), "HS256")
	equal(t, "leeway", cfg.SignIn.JWT.Leeway, 5e9)
	equal(t, "headers", strings.Join(cfg.SignIn.ForwardAuth.Headers, " "), "Cookie")
	equal(t, "plaintext", cfg.SignIn.ForwardAuth.InsecurePlaintext, true)
	equal(t, "claim", cfg.SignIn.Claims.User+" "+cfg.SignIn.Claims.Token, "uid jti")
	equal(t, "key", strings.HasPrefix(cfg.Identity.Key.Reveal(), "-----BEGIN PRIVATE KEY"), true)

	g := cfg.Guard
	equal(t, "proxies", len(g.TrustedProxies), 2)
	equal(t, "proxy", g.TrustedProxies[1].String(), "192.0.2.7/32")
	equal(t, "hosts", strings.Join(g.Hosts, " "), "ws.example.com")
	equal(t, "shared limits", g.Limits, guard.SharedLimits{Connections: 100, Handshakes: guard.Rate{Count: 5, Per: 1e9, Burst: 9}, Handshake: 3e9})
	equal(t, "CSRF header", g.SignIn.CSRFHeader, "X-Page")
	equal(t, "roots", g.BackendTLS != nil && g.BackendTLS.RootCAs != nil && !g.BackendTLS.InsecureSkipVerify, true)
	r := g.Routes[0]
	equal(t, "route", r.Path+" "+r.Backend+" "+r.BackendHost+" "+string(r.Mode), "/ws wss://app/ws app.internal monitor")
	equal(t, "compression", r.Compression, true)
	equal(t, "sub-protocols", strings.Join(r.Subprotocols, " "), "v1")
	equal(t, "origins", strings.Join(r.Origins, " "), "https://app.example.com")
	equal(t, "bearer and cookie", r.Auth.Bearer && r.Auth.Cookie && !r.Auth.Anonymous, true)
	equal(t, "carrier", r.Auth.Ticket.Carriers[0], guard.CarrierQuery)
	equal(t, "ticket", [2]any{r.Auth.Ticket.TTL.String(), r.Auth.Ticket.IP}, [2]any{"20s", guard.BindMonitor})
	equal(t, "ticket rate", r.Auth.Ticket.Rate, guard.Rate{Count: 1, Per: 1e9})
	equal(t, "session", r.Session, guard.SessionPolicy{MaxAge: 7200e9, Idle: 120e9})
	minute := func(n int) guard.Rate { return guard.Rate{Count: n, Per: 60e9} }
	equal(t, "limits", r.Limits, guard.Limits{
		ConnectionsPerIP: 1, ConnectionsPerUser: 2, Connections: 3, MessageBytes: 4, ServerMessageBytes: 5, Messages: minute(6),
		UserMessages: minute(7), ControlFrames: minute(8), Fragments: 9, SendQueue: 10, SendTimeout: 11e9, Message: 12e9,
	})
	open := g.Routes[1]
	equal(t, "open route", open.InsecureAnyOrigin && open.AllowNoOrigin && open.Auth.Anonymous && open.Auth.Ticket == nil, true)
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
