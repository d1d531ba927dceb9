package config_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/forwardauth"
	"github.com/wswarden/wswarden/guard/jwtauth"
	"github.com/wswarden/wswarden/internal/config"
)

// FuzzParse: no input panics; every error is a list of places in the file with
// no secret in it; what is accepted, the packages that use it accept.
func FuzzParse(f *testing.F) {
	seeds, err := filepath.Glob(filepath.Join("testdata", "*", "*.yaml"))
	if err != nil || len(seeds) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range seeds {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(base)
	f.Add(secretive)
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := parse(text)
		if err != nil {
			checkError(t, err, text)
			return
		}
		usable(t, cfg)
		for _, s := range cfg.Settings() {
			if s.Path == "" || s.Source == "" || leaks(s.Value) {
				t.Errorf("got setting %+v", s)
			}
		}
		for _, w := range cfg.Warnings() {
			if w.Weakness == "" || w.Path == "" || w.Line < 1 {
				t.Errorf("got warning %+v", w)
			}
		}
	})
}

// FuzzValue puts any text where a setting with rules of its own stands, so that
// what this package accepts and what the users of the settings accept are
// compared at their edges.
func FuzzValue(f *testing.F) {
	places := [][]string{
		{"127.0.0.1:8080"}, {`"http://127.0.0.1:3000/whoami"`}, {"/ws"}, {"ws://127.0.0.1:3000/ws"}, {`"https://app.example.com"`},
		{"sign_in:", "hosts: [", "]\nsign_in:"}, {"sign_in:", "trusted_proxies: [", "]\nsign_in:"}, {"sign_in:", "admin: ", "\nsign_in:"},
		{"routes:", "  csrf_header: ", "\nroutes:"}, {"routes:", "  claims: {roles: ", "}\nroutes:"}, {"jwks_file: jwks.json", "jwks_url: ", ""},
		{"    auth:", "    subprotocols: [", "]\n    auth:"}, {"    auth:", "    backend_host: ", "\n    auth:"},
		{"http://127.0.0.1:3000/whoami\"", "http://127.0.0.1:3000/whoami\", headers: [", "]"},
		{"    auth:", "    messages: {client: {a: {allow: ", "}}}\n    auth:"}, {"    auth:", "    messages: {client: {a: {set: {b: ", "}}}}\n    auth:"},
		{"    auth:", "    messages: {client: {a: {schema: {pattern: ", "}}}}\n    auth:"}, {"    auth:", "    messages: {client: {", ": {fresh: true}}}\n    auth:"},
		{"    auth:", "    messages: {type: ", "}\n    auth:"}, {"    auth:", "    messages: {client: {a: {clean: {", ": strip}}}}\n    auth:"},
		{"issuer: id", "issuer: ", ""}, {"    auth:", "    limits: {messages: ", "}\n    auth:"}, {"    auth:", "    limits: {send_timeout: ", "}\n    auth:"},
	}
	for _, s := range []string{"https://[::1]:3000", "10.0.0.0/8", "localhost:80", "wss://a.b/c?d#e", "http://a/b", "X-CSRF-Token", "/a/b", "[::1]:80", "v1", "60/1m", "5s", "*", "null", "xn--a.b", "a%41",
		"message.a <= 1 || 'pro' in session.roles", "session.user + \"\\u00e9\"", "message.a.all(x, x ==", "^[a-z]+$", "data.kind", "a[0].b", "join:*"} {
		for i := range places {
			f.Add(i, s)
		}
	}
	f.Fuzz(func(t *testing.T, place int, value string) {
		quoted, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		at := places[uint(place)%uint(len(places))]
		text := string(quoted)
		if len(at) == 3 {
			text = at[1] + text + at[2]
		}
		cfg, err := parse(strings.Replace(base, at[0], text, 1))
		if err != nil {
			checkError(t, err, base+text)
			return
		}
		usable(t, cfg)
	})
}

func checkError(t *testing.T, err error, text string) {
	var e *config.Error
	if !errors.As(err, &e) || len(e.Problems) == 0 {
		t.Fatalf("got error %v, want a list of problems", err)
	}
	lines := strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u0085") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029") + 2
	before := 0
	for _, p := range e.Problems {
		if p.Line < max(1, before) || p.Line > lines || p.Column < 1 || p.Reason == "" || p.Next == "" {
			t.Errorf("got problem %+v of a text of %d lines, after line %d", p, lines, before)
		}
		if strings.ContainsAny(p.String(), "\r\n\x1b") {
			t.Errorf("got problem %q, want one line", p)
		}
		before = p.Line
	}
	if leaks(err.Error()) {
		t.Error("the error holds a secret")
	}
}

// usable fails unless the packages that take the settings accept them.
func usable(t *testing.T, cfg *config.Config) {
	t.Helper()
	g := cfg.Guard
	if j := cfg.SignIn.JWT; j != nil {
		in := jwtauth.Config{Issuer: j.Issuer, Audience: j.Audience, Algorithms: j.Algorithms, JWKSFile: j.JWKSFile, JWKSURL: j.JWKSURL, Claims: cfg.SignIn.Claims, Leeway: j.Leeway}
		if j.Secret.IsSet() {
			in.Secret = []byte(j.Secret.Reveal())
		}
		v, err := jwtauth.New(in)
		if err != nil {
			t.Fatalf("jwtauth refuses the settings: %v", err)
		}
		g.SignIn.Token = v
		defer v.Close()
	}
	if f := cfg.SignIn.ForwardAuth; f != nil {
		v, err := forwardauth.New(forwardauth.Config{URL: f.URL, InsecurePlaintext: f.InsecurePlaintext, Headers: f.Headers, CSRFHeader: cfg.Guard.SignIn.CSRFHeader, Timeout: f.Timeout, Claims: cfg.SignIn.Claims})
		if err != nil {
			t.Fatalf("forwardauth refuses the settings: %v", err)
		}
		g.SignIn.Request = v
	}
	if id := cfg.Identity; id != nil {
		in := jwtauth.SignerConfig{}
		if id.Secret.IsSet() {
			in.Secret = []byte(id.Secret.Reveal())
		}
		if id.Key.IsSet() {
			in.PrivateKey = []byte(id.Key.Reveal())
		}
		s, err := jwtauth.NewSigner(in)
		if err != nil {
			t.Fatalf("jwtauth refuses the key: %v", err)
		}
		g.Identity = s
	}
	built, err := guard.New(g)
	if err != nil {
		t.Fatalf("guard refuses the settings: %v", err)
	}
	if err := built.Close(); err != nil {
		t.Error(err)
	}
}
