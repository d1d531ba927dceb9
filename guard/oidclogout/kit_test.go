package oidclogout_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/guard/oidclogout"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	issuer   = "https://id.example.com"
	audience = "trading"
	logout   = "http://schemas.openid.net/event/backchannel-logout"
	revoked  = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
)

var now = time.Unix(1_800_000_000, 0)

type object = map[string]any

// remove, as an edit, takes a member away.
var remove = new(int)

func with(o, edits object) object {
	o = maps.Clone(o)
	for name, value := range edits {
		if o[name] = value; value == remove {
			delete(o, name)
		}
	}
	return o
}

// provider signs tokens.
type provider struct{ key *ecdsa.PrivateKey }

func newProvider(t testing.TB) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &provider{key}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// keys writes the key set to a file.
func (p *provider) keys(t testing.TB) string {
	t.Helper()
	point, err := p.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	set, err := json.Marshal(object{"keys": []object{{"kty": "EC", "crv": "P-256", "kid": "1", "x": b64(point[1:33]), "y": b64(point[33:])}}})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(name, set, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// sign returns a token with any header and claims.
func (p *provider) sign(t testing.TB, header, claims object) string {
	t.Helper()
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	c, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	input := b64(h) + "." + b64(c)
	digest := sha256.Sum256([]byte(input))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return input + "." + b64(signature)
}

// revoker keeps what it is told.
type revoker struct {
	mu   sync.Mutex
	got  []guard.Revocation
	fail error
}

func (r *revoker) Revoke(_ context.Context, v guard.Revocation) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail == nil {
		r.got = append(r.got, v)
	}
	return r.fail
}

func (r *revoker) take() []guard.Revocation {
	r.mu.Lock()
	defer r.mu.Unlock()
	got := r.got
	r.got = nil
	return got
}

// bench is a receiver for the tokens of a provider.
type bench struct {
	*provider
	*revoker
	*oidclogout.Receiver
	audit guardtest.Audit
	clock time.Time
}

func newBench(t testing.TB, edit func(*oidclogout.Config)) *bench {
	t.Helper()
	b := &bench{provider: newProvider(t), revoker: &revoker{}, clock: now}
	cfg := oidclogout.Config{Issuer: issuer, Audience: audience, JWKSFile: b.keys(t), Revoker: b.revoker, Audit: &b.audit, Clock: func() time.Time { return b.clock }}
	if edit != nil {
		edit(&cfg)
	}
	var err error
	if b.Receiver, err = oidclogout.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// post sends a body to a handler.
func post(h http.Handler, media, body string) *http.Response {
	r := httptest.NewRequest("POST", "/", strings.NewReader(body))
	r.Header.Set("Content-Type", media)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func (b *bench) logout(token string) *http.Response {
	return post(b.Logout(), "application/x-www-form-urlencoded", url.Values{"logout_token": {token}}.Encode())
}

func (b *bench) event(token string) *http.Response {
	return post(b.Events(), "application/secevent+jwt", token)
}

func bodyOf(t testing.TB, r *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
