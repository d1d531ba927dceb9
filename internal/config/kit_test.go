package config_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/config"
)

var (
	update = flag.Bool("update", false, "write the expected output under testdata")
	folder string // with the files that configurations of the tests name
)

// secret is the value of every variable that holds one.
const secret = "correct-horse-battery-staple-0123456789"

var environment = map[string]string{
	"ADMIN_TOKEN":     secret,
	"JWT_SECRET":      secret,
	"IDENTITY_SECRET": secret + "-of-its-own",
	"SHORT":           "tooshort",
	"EMPTY":           "",
}

func getenv(name string) (string, bool) {
	v, ok := environment[name]
	return v, ok
}

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if folder, err = os.MkdirTemp("", "config"); err == nil {
		err = writeFiles(folder)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

// writeFiles makes keys and certificates, so that none stands in the repository.
func writeFiles(dir string) error {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "localhost"},
		DNSNames:     []string{"WS.example.com", "*.example.com"},
		IPAddresses:  []net.IP{net.ParseIP("192.0.2.7")},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return err
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return err
	}
	other, err := x509.MarshalPKCS8PrivateKey(p384)
	if err != nil {
		return err
	}
	files := map[string][]byte{
		"cert.pem":            pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		"key.pem":             pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}),
		"p384.pem":            pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: other}),
		"jwks.json":           []byte(`{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"1","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}`),
		"order.json":          []byte(`{"type": "object", "additionalProperties": false, "properties": {"symbol": {"type": "string"}}}`),
		"order.yaml":          []byte("type: object\nadditionalProperties: false\nproperties:\n  symbol: {type: string}\n"),
		"wrong.json":          []byte(`{"type": "object", "properties": {"symbol": {"type": "text"}}}`),
		"wrong.yaml":          []byte("type: object\nproperties:\n  symbol:\n    type: text\n"),
		"asyncapi.yaml":       []byte(asyncDocument),
		"asyncapi-bad.yaml":   []byte("asyncapi: 3.0.0\ninfo: {title: x, version: '1'}\nchannels:\n  a: {messages: {m: {payload: {schemaFormat: application/vnd.apache.avro, schema: {}}}}}\noperations:\n  o: {action: receive, channel: {$ref: '#/channels/a'}}\n"),
		"asyncapi-empty.yaml": []byte("asyncapi: 3.0.0\ninfo: {title: x, version: '1'}\nchannels: {}\noperations: {}\n"),
		"no-keys.json":        []byte(`{"keys":[]}`),
		"not-keys.txt":        []byte("text"),
		"large.json":          []byte(strings.Repeat(" ", 1<<20+1)),
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// parse reads text as the file wswarden.yaml in the folder of the test files.
func parse(text string) (*config.Config, error) {
	return config.Parse(filepath.Join(folder, "wswarden.yaml"), []byte(text), getenv)
}

// base is a configuration that holds. The tests change a line of it.
const base = `listen: 127.0.0.1:8080
sign_in:
  jwt: {issuer: id, audience: trading, jwks_file: jwks.json}
  forward_auth: {url: "http://127.0.0.1:3000/whoami"}
routes:
  - path: /ws
    backend: ws://127.0.0.1:3000/ws
    origins: ["https://app.example.com"]
    auth: {ticket: true}
`

// with replaces pairs of old and new text in base.
func with(t *testing.T, pairs ...string) string {
	t.Helper()
	text := base
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the text has no %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// problemCase is a configuration and how its problems begin, in their order.
type problemCase struct {
	name  string
	edits []string
	want  []string
}

func edits(pairs ...string) []string { return pairs }

func wants(s ...string) []string { return s }

// judge runs cases that change base.
func judge(t *testing.T, cases []problemCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Helper()
			compare(t, with(t, c.edits...), c.want)
		})
	}
}

// compare checks how the problems of a configuration begin.
func compare(t *testing.T, text string, want []string) {
	t.Helper()
	got := problemsOf(t, text)
	for i := range max(len(got), len(want)) {
		switch {
		case i >= len(got):
			t.Errorf("missing problem %q", want[i])
		case i >= len(want):
			t.Errorf("unexpected problem %q", got[i])
		case !strings.HasPrefix(got[i], want[i]):
			t.Errorf("got problem %q, want it to begin with %q", got[i], want[i])
		}
	}
	if t.Failed() {
		t.Logf("the text:\n%s", text)
	}
}

func problemsOf(t *testing.T, text string) []string {
	t.Helper()
	cfg, err := parse(text)
	if err == nil {
		return nil
	}
	if cfg != nil {
		t.Error("got settings beside the error")
	}
	var e *config.Error
	if !errors.As(err, &e) {
		t.Fatalf("got error %T, want *config.Error", err)
	}
	var out []string
	for _, p := range e.Problems {
		if p.Next == "" {
			t.Errorf("the problem %q names no next step", p)
		}
		out = append(out, strings.ReplaceAll(p.String(), folder+string(filepath.Separator), ""))
	}
	return out
}

// at writes a place as problems begin.
func at(line, column int) string { return fmt.Sprintf("%d:%d: ", line, column) }

// asyncDocument describes a message of each side, and one of both.
const asyncDocument = `asyncapi: 3.0.0
info: {title: Chat, version: "1"}
channels:
  room:
    messages:
      say: {payload: {type: object, additionalProperties: false, properties: {type: {}, text: {type: string, maxLength: 5}}}}
      said: {payload: {type: object, properties: {text: {type: string}}}}
      leave: {payload: {type: object, additionalProperties: false, properties: {type: {}}}}
operations:
  hear: {action: receive, channel: {$ref: "#/channels/room"}, messages: [{$ref: "#/channels/room/messages/say"}, {$ref: "#/channels/room/messages/leave"}]}
  tell: {action: send, channel: {$ref: "#/channels/room"}, messages: [{$ref: "#/channels/room/messages/said"}]}
`
