package jwtauth_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

const (
	issuer   = "https://id.example.com"
	audience = "trading"
)

// secret is what HS256 tests share.
var secret = []byte("0123456789abcdef0123456789abcdef")

// Keys are made once: RSA takes long.
var (
	rsaKey   = must(rsa.GenerateKey(rand.Reader, 2048))
	ecKey    = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	edKey    = newEd()
	otherRSA = must(rsa.GenerateKey(rand.Reader, 2048))
	otherEC  = must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	otherEd  = newEd()
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newEd() ed25519.PrivateKey {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	return must(private, err)
}

// clock is a clock that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1_800_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// object is a JSON object. A value of remove is left out by with.
type object map[string]any

type removed struct{}

var remove removed

// with returns o changed by edits.
func (o object) with(edits object) object {
	o = maps.Clone(o)
	for name, value := range edits {
		if value == remove {
			delete(o, name)
			continue
		}
		o[name] = value
	}
	return o
}

func (o object) json() string { return string(must(json.Marshal(o))) }

// goodClaims are the claims of a valid token at now.
func goodClaims(now time.Time) object {
	return object{
		"iss": issuer, "aud": audience, "sub": "user-4711-private", "name": "Ada Lovelace",
		"roles": []string{"trader", "pro"}, "sid": "session-0815", "jti": "token-1",
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
}

// sign signs any header and payload, right or wrong, without the library that
// is under test.
func sign(private any, header, payload string) string {
	input := b64(header) + "." + b64(payload)
	digest := sha256.Sum256([]byte(input))
	var signature []byte
	switch k := private.(type) {
	case []byte:
		mac := hmac.New(sha256.New, k)
		mac.Write([]byte(input))
		signature = mac.Sum(nil)
	case *rsa.PrivateKey:
		signature = must(rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, digest[:]))
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, k, digest[:])
		if err != nil {
			panic(err)
		}
		signature = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	case ed25519.PrivateKey:
		signature = ed25519.Sign(k, []byte(input))
	}
	return input + "." + b64(string(signature))
}

func b64(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

// publicJWK returns the public half of a key as a JWK with edits.
func publicJWK(private any, kid string, edits object) object {
	o := object{"kid": kid, "use": "sig"}
	switch k := private.(type) {
	case *rsa.PrivateKey:
		o["kty"], o["alg"] = "RSA", "RS256"
		o["n"], o["e"] = b64(string(k.N.Bytes())), b64(string(big.NewInt(int64(k.E)).Bytes()))
	case *ecdsa.PrivateKey:
		raw := must(k.PublicKey.Bytes())[1:]
		o["kty"], o["alg"], o["crv"] = "EC", "ES256", k.Curve.Params().Name
		o["x"], o["y"] = b64(string(raw[:len(raw)/2])), b64(string(raw[len(raw)/2:]))
	case ed25519.PrivateKey:
		o["kty"], o["alg"], o["crv"] = "OKP", "EdDSA", "Ed25519"
		o["x"] = b64(string(k.Public().(ed25519.PublicKey)))
	}
	return o.with(edits)
}

func jwks(keys ...object) []byte {
	if keys == nil {
		keys = []object{}
	}
	return must(json.Marshal(object{"keys": keys}))
}

// newVerifier returns a verifier at the time of c that ends with the test.
func newVerifier(t testing.TB, c *clock, cfg jwtauth.Config) *jwtauth.Verifier {
	t.Helper()
	if cfg.Issuer == "" {
		cfg.Issuer = issuer
	}
	if cfg.Audience == "" {
		cfg.Audience = audience
	}
	cfg.Clock = c.Now
	v, err := jwtauth.New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// accepted fails the test unless v accepts token.
func accepted(t *testing.T, v *jwtauth.Verifier, token string) *guard.Identity {
	t.Helper()
	id, err := v.VerifyToken(context.Background(), token)
	if err != nil {
		t.Fatalf("VerifyToken: %v, want no error", err)
	}
	return id
}

// refused fails the test unless v refuses token for the cause want.
func refused(t *testing.T, v *jwtauth.Verifier, token, want string) {
	t.Helper()
	id, err := v.VerifyToken(context.Background(), token)
	if !errors.Is(err, guard.ErrCredentialRefused) {
		t.Fatalf("VerifyToken: %+v, %v; want a refusal: %s", id, err, want)
	}
	if id != nil {
		t.Errorf("VerifyToken returned an identity beside its refusal")
	}
	if err.Error() != want {
		t.Errorf("VerifyToken: %q, want %q", err, want)
	}
	if errors.Is(err, jwtauth.ErrKeys) {
		t.Errorf("the refusal %q is an ErrKeys too", err)
	}
	holdsNothing(t, err, token)
}

// unjudged fails the test unless v says that it can't judge token.
func unjudged(t *testing.T, v *jwtauth.Verifier, token string) {
	t.Helper()
	_, err := v.VerifyToken(context.Background(), token)
	if !errors.Is(err, jwtauth.ErrKeys) || errors.Is(err, guard.ErrCredentialRefused) {
		t.Fatalf("VerifyToken: %v, want an error that wraps ErrKeys and not ErrCredentialRefused", err)
	}
	holdsNothing(t, err, token)
}

// holdsNothing fails the test if the error holds 8 bytes of the token or of
// what is encoded in it.
func holdsNothing(t *testing.T, err error, token string) {
	t.Helper()
	secrets := []string{token}
	for part := range strings.SplitSeq(token, ".") {
		if raw, err := base64.RawURLEncoding.DecodeString(part); err == nil {
			secrets = append(secrets, string(raw))
		}
	}
	text := err.Error()
	for _, s := range secrets {
		for i := 0; i+8 <= len(text); i++ {
			if strings.Contains(s, text[i:i+8]) {
				t.Errorf("the error %q holds %q of the token", text, text[i:i+8])
				return
			}
		}
	}
}

// logBuffer is a log that a test reads.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) logger() *slog.Logger { return slog.New(slog.NewTextHandler(l, nil)) }

func (l *logBuffer) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.b.String(), s)
}
