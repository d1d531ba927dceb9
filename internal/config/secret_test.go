package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
)

// secretive is base with every secret that a file can name.
const secretive = `listen: 127.0.0.1:8080
admin: 127.0.0.1:9090
admin_token_env: ADMIN_TOKEN
sign_in:
  jwt: {issuer: id, audience: trading, secret_env: JWT_SECRET}
identity: {secret_env: IDENTITY_SECRET}
routes:
  - path: /ws
    backend: ws://127.0.0.1:3000/ws
    origins: ["https://app.example.com"]
    auth: {bearer: true}
`

func TestSecretsAreNeverPrinted(t *testing.T) {
	cfg, err := parse(secretive)
	if err != nil {
		t.Fatal(err)
	}
	if !cfg.AdminToken.IsSet() || cfg.AdminToken.Reveal() != secret {
		t.Fatalf("got token %v, want the one of the environment", cfg.AdminToken)
	}
	// A field that fmt can't call methods of must hide its secret too.
	type holder struct{ hidden config.Secret }
	values := []any{cfg.AdminToken, &cfg.AdminToken, cfg, *cfg, cfg.SignIn.JWT, *cfg.SignIn.JWT, cfg.Identity, *cfg.Identity, holder{cfg.AdminToken}, []config.Secret{cfg.AdminToken}}
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
			if s := fmt.Sprintf(verb, v); leaks(s) {
				t.Errorf("%s of %T prints a secret", verb, v)
			}
		}
		text, err := json.Marshal(v)
		if err != nil || leaks(string(text)) {
			t.Errorf("JSON of %T: error %v, or a secret", v, err)
		}
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("a", "v", v)
		slog.New(slog.NewJSONHandler(&log, nil)).Info("a", "v", v)
		if leaks(log.String()) {
			t.Errorf("the log of %T holds a secret", v)
		}
	}
	for _, s := range cfg.Settings() {
		if leaks(s.Value) {
			t.Errorf("the setting %s shows a secret", s.Path)
		}
	}
	if got := fmt.Sprint(cfg.AdminToken); got != "set from $ADMIN_TOKEN" {
		t.Errorf("got %q, want the name of the variable", got)
	}
	if got := fmt.Sprint(config.Secret{}); got != "not set" {
		t.Errorf("got %q for no secret", got)
	}
}

// leaks looks for the secret as text, in hex of either case, and in decimals.
func leaks(s string) bool {
	return strings.Contains(s, secret) || strings.Contains(strings.ToLower(s), fmt.Sprintf("%x", secret)) ||
		strings.Contains(s, strings.Trim(fmt.Sprint([]byte(secret)), "[]"))
}

// What people paste into the wrong place must not come back in an error.
func TestMisplacedSecretsAreNotQuoted(t *testing.T) {
	const pasted = "hunter2-hunter2-hunter2-hunter2-hunter2"
	for name, pairs := range map[string][]string{
		"variable":            edits("sign_in:", "admin: 127.0.0.1:9090\nadmin_token_env: "+pasted+"\nsign_in:"),
		"unknown key":         edits("sign_in:", "admin_token: "+pasted+"\nsign_in:"),
		"password of a store": edits("sign_in:", "store: redis://u:"+pasted+"@h/0\nsign_in:"),
		"unknown store":       edits("sign_in:", "store: "+pasted+"\nsign_in:"),
		"password of a URL":   edits("http://127.0.0.1:3000", "http://u:"+pasted+"@127.0.0.1:3000"),
		"broken URL":          edits("http://127.0.0.1:3000", "http://u:"+pasted+"/%zz@127.0.0.1:3000"),
		"backend":             edits("ws://127.0.0.1:3000", "ws://u:"+pasted+"@127.0.0.1:3000"),
		"query of a backend":  edits("ws://127.0.0.1:3000/ws", "ws://127.0.0.1:3000/ws?t="+pasted),
		"port of a backend":   edits("ws://127.0.0.1:3000/ws", "ws://127.0.0.1:"+pasted),
		"listener":            edits("127.0.0.1:8080", pasted),
		"broken YAML":         edits("127.0.0.1:8080", "\""+pasted),
		"alias":               edits("127.0.0.1:8080", "*"+pasted),
		"tag":                 edits("127.0.0.1:8080", "!"+pasted+" a"),
		"section":             edits("{issuer: id, audience: trading, jwks_file: jwks.json}", pasted),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parse(with(t, pairs...))
			if err == nil {
				t.Fatal("got no error")
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got error %q, which quotes the secret", err)
			}
		})
	}
}
