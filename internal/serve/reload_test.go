package serve_test

import (
	"os"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/wireclient"
)

func TestReload(t *testing.T) {
	g := newGateway(t)
	s := g.start(g.plain())
	kept := open(t, s, "/ws")
	if _, resp := dial(t, s, wireclient.Handshake{URL: "ws://" + s.Addr().String() + "/new", Origin: origin}); resp.StatusCode != 404 {
		t.Fatalf("the new route is there before the reload: %s", resp.Status)
	}
	g.write("wswarden.yaml", g.plain()+g.route("/new"))
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if !echoes(t, open(t, s, "/new")) {
		t.Error("no echo on the new route")
	}
	if !echoes(t, kept) {
		t.Error("the connection on a route that did not change was dropped")
	}
}

func TestReloadKeepsConnectionsToBackendsWithOwnRoots(t *testing.T) {
	g := newGateway(t)
	g.certificate(1)
	text := g.plain() + "  - {path: /tls, backend: \"wss://localhost:1/ws\", backend_ca: cert.pem, origins: [" + origin + "], auth: {anonymous: true}}\n"
	s := g.start(text)
	kept := open(t, s, "/ws")
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if !echoes(t, kept) {
		t.Error("the connection was dropped although nothing changed")
	}
}

func TestReloadOfABadFile(t *testing.T) {
	g := newGateway(t)
	s := g.start(g.plain())
	kept := open(t, s, "/ws")
	tests := []struct {
		name, text string
		problems   []string // each a record of its own
	}{
		{"two problems", "nonsense: 1\nlisten: nowhere\nroutes:\n" + g.route("/other"), []string{"1:1: nonsense", "2:9: listen"}},
		{"not YAML", "routes: [", []string{"wswarden.yaml:"}},
		{"an audit file that can't be opened", "audit: {file: ..}\n" + g.plain(), []string{"audit"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := len(g.log.String())
			g.write("wswarden.yaml", tt.text)
			if s.Reload() == nil {
				t.Fatal("a bad file was put in force")
			}
			log := g.log.String()[before:]
			for _, want := range tt.problems {
				if !strings.Contains(log, want) {
					t.Errorf("the log does not name %s:\n%s", want, log)
				}
			}
			if !echoes(t, kept) || !echoes(t, open(t, s, "/ws")) {
				t.Error("the old configuration is no longer in force")
			}
		})
	}
	if _, metrics := admin(t, s, "GET", "/metrics"); !strings.Contains(metrics, "\nwswarden_reload_failures_total 3") {
		t.Error("the failures are not counted")
	}
}

func TestReloadThatNeedsARestart(t *testing.T) {
	t.Setenv("ADMIN_TOKEN", "an admin token of enough length")
	g := newGateway(t)
	s := g.start(g.plain())
	address := s.Addr().String()
	g.certificate(1)
	g.write("wswarden.yaml", "listen: 127.0.0.1:1\nadmin: 127.0.0.1:2\nadmin_token_env: ADMIN_TOKEN\ntls: {cert: cert.pem, key: key.pem}\nroutes:\n"+
		strings.Replace(g.route("/ws"), "auth:", "mode: monitor, learn: messages.yaml, auth:", 1)+g.route("/new"))
	for range 2 { // the second time it still differs from what is in force
		before := len(g.log.String())
		if err := s.Reload(); err != nil {
			t.Fatal(err)
		}
		log := g.log.String()[before:]
		for _, setting := range []string{"listen", "admin", "admin_token_env", "tls", "routes[].learn"} {
			if !strings.Contains(log, "needs a restart; the old value stays in force\" setting="+setting+"\n") {
				t.Errorf("the log does not say that %s needs a restart:\n%s", setting, log)
			}
		}
	}
	if s.Addr().String() != address || !echoes(t, open(t, s, "/new")) {
		t.Error("the rest of the configuration is not in force on the old listener")
	}
	if status, _ := admin(t, s, "GET", "/connections"); status != 200 {
		t.Errorf("the admin listener answers %d, want 200 as before", status)
	}
}

func TestReloadOfSignIn(t *testing.T) {
	t.Setenv("KEY_ONE", strings.Repeat("1", 32))
	g := newGateway(t)
	guarded := func(audience string) string {
		return "listen: 127.0.0.1:0\nsign_in: {jwt: {issuer: i, audience: " + audience + ", secret_env: KEY_ONE}}\nroutes:\n" +
			"  - {path: /ws, backend: " + g.backend + "/ws, origins: [" + origin + "], auth: {bearer: true}}\n"
	}
	s := g.start(guarded("one"))
	// The claims are {"iss":"i","aud":"one","sub":"alice","exp":4102444800}.
	const token = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJpIiwiYXVkIjoib25lIiwic3ViIjoiYWxpY2UiLCJleHAiOjQxMDI0NDQ4MDB9."
	with := wireclient.Handshake{Origin: origin, Bearer: token + signature(token, strings.Repeat("1", 32))}
	if c, resp := dial(t, s, with); c == nil {
		t.Fatalf("a valid token got %s", resp.Status)
	}
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if c, resp := dial(t, s, with); c == nil {
		t.Fatalf("after a reload that changed nothing, a valid token got %s", resp.Status)
	}
	g.write("wswarden.yaml", guarded("two"))
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	if _, resp := dial(t, s, with); resp.StatusCode != 401 {
		t.Errorf("a token for the old audience got %s, want 401", resp.Status)
	}
	s.Close()
	for name, text := range map[string]string{"log": g.log.String(), "audit log": g.audit.String()} {
		if strings.Contains(text, token[:40]) {
			t.Errorf("the %s holds the token:\n%s", name, text)
		}
	}
}

func TestFilesAreWatched(t *testing.T) {
	g := newGateway(t)
	r := g.run(g.plain())
	s := r.started(t)
	reloads := func() int { return strings.Count(g.log.String(), "configuration reloaded") }
	r.tick()
	g.write("wswarden.yaml", g.plain()+g.route("/new"))
	// Each tick says that the one before has been dealt with: the first may
	// meet the write, the second notes the change, the third finds it settled.
	for range 4 {
		r.tick()
	}
	if n := reloads(); n != 1 || !echoes(t, open(t, s, "/new")) {
		t.Errorf("%d reloads, want 1 and the changed file in force", n)
	}
	os.Remove(g.file())
	r.tick()
	r.tick()
	r.tick()
	if n := reloads(); n != 1 || strings.Contains(g.log.String(), "reload failed") {
		t.Errorf("%d reloads, want 1 and none failed:\n%s", n, g.log.String())
	}
	r.stop(t)
}

// A file that a change brought in may be what has to be corrected.
func TestPartsOfAFailedReloadAreWatched(t *testing.T) {
	g := newGateway(t)
	r := g.run(g.plain())
	r.started(t)
	r.tick()
	g.write("chat.json", `{"type": "a mistake"}`)
	g.write("wswarden.yaml", strings.Replace(g.plain(), "auth:", "messages: {client: {chat: {schema_file: chat.json}}}, auth:", 1))
	for range 4 {
		r.tick()
	}
	if !strings.Contains(g.log.String(), "reload failed") {
		t.Fatalf("the mistake was not found:\n%s", g.log.String())
	}
	g.write("chat.json", `{"type": "object"}`)
	for range 4 {
		r.tick()
	}
	if !strings.Contains(g.log.String(), "configuration reloaded") {
		t.Errorf("the correction was not noticed:\n%s", g.log.String())
	}
	r.stop(t)
}

func TestHangup(t *testing.T) {
	g := newGateway(t)
	text := "audit: {file: audit.jsonl}\n" + g.plain()
	r := g.run(text)
	s := r.started(t)
	refused := func() { dial(t, s, wireclient.Handshake{Origin: "https://evil.example"}) }
	refused()
	file := g.dir + "/audit.jsonl"
	if err := os.Rename(file, file+".1"); err != nil {
		t.Fatal(err)
	}
	// The log is opened again also while the configuration is broken.
	g.write("wswarden.yaml", "nonsense")
	r.hangup()
	r.tick() // the signal before has been dealt with
	refused()
	r.stop(t)
	data, err := os.ReadFile(file)
	if err != nil || strings.Count(string(data), "\n") == 0 {
		t.Errorf("the new audit file has %q, %v, want a line", data, err)
	}
}
