package jwtauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

func pemKey(t *testing.T, private any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

var ada = guard.Identity{User: "u1", Name: "Ada", Roles: []string{"pro"}, Session: "s1", Token: "t1",
	Claims: map[string]any{"email": "ada@example.com"}}

// backendVerifier is what a backend does with the token and the published keys.
func backendVerifier(t *testing.T, c *clock, s *jwtauth.Signer, shared []byte) *jwtauth.Verifier {
	cfg := jwtauth.Config{Issuer: jwtauth.SignerIssuer, Audience: "ws://backend:3000", Leeway: 1}
	if cfg.Secret = shared; shared == nil {
		cfg.JWKSFile = keyFile(t, s.PublicJWKS())
	}
	return newVerifier(t, c, cfg)
}

func TestSigner(t *testing.T) {
	for _, tc := range []struct {
		name, alg string
		cfg       jwtauth.SignerConfig
	}{
		{"secret", "HS256", jwtauth.SignerConfig{Secret: secret}},
		{"Ed25519", "EdDSA", jwtauth.SignerConfig{PrivateKey: pemKey(t, edKey)}},
		{"ECDSA", "ES256", jwtauth.SignerConfig{PrivateKey: pemKey(t, ecKey)}},
		{"own key", "EdDSA", jwtauth.SignerConfig{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClock()
			s, err := jwtauth.NewSigner(tc.cfg)
			if err != nil {
				t.Fatalf("NewSigner: %v", err)
			}
			token, err := s.SignIdentity(ada, "ws://backend:3000", c.Now())
			if err != nil {
				t.Fatalf("SignIdentity: %v", err)
			}
			v := backendVerifier(t, c, s, tc.cfg.Secret)
			id := accepted(t, v, token)
			if id.User != "u1" || id.Name != "Ada" || id.Session != "s1" || !reflect.DeepEqual(id.Roles, ada.Roles) {
				t.Errorf("the backend reads %+v, want %+v", id, ada)
			}
			if len(id.Token) != 22 {
				t.Errorf("jti %q, want 128 bits in base64url", id.Token)
			}
			for _, private := range []string{"email", "ada@example.com", "t1"} {
				for name, value := range id.Claims {
					if name == private || value == private {
						t.Errorf("the token holds %q", private)
					}
				}
			}
			if want := c.Now().Add(time.Minute); !id.Expires.Equal(want) {
				t.Errorf("expires %v, want %v", id.Expires, want)
			}
			c.Add(time.Minute + time.Second)
			refused(t, v, token, "token expired")

			header := must(base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0]))
			var h struct{ Alg, Typ, Kid string }
			if err := json.Unmarshal(header, &h); err != nil || h.Alg != tc.alg || h.Typ != "JWT" {
				t.Errorf("header %s, want alg %s and typ JWT", header, tc.alg)
			}
		})
	}
}

func TestSignerTokensDiffer(t *testing.T) {
	c := newClock()
	s := must(jwtauth.NewSigner(jwtauth.SignerConfig{Secret: secret}))
	first := must(s.SignIdentity(ada, "ws://backend:3000", c.Now()))
	second := must(s.SignIdentity(ada, "ws://backend:3000", c.Now()))
	if first == second {
		t.Errorf("two tokens are the same: a backend can't tell a replay")
	}
}

func TestSignerAnonymousAndWithoutRoles(t *testing.T) {
	c := newClock()
	s := must(jwtauth.NewSigner(jwtauth.SignerConfig{}))
	v := backendVerifier(t, c, s, nil)
	refused(t, v, must(s.SignIdentity(guard.Identity{}, "ws://backend:3000", c.Now())), "user claim missing")
	id := accepted(t, v, must(s.SignIdentity(guard.Identity{User: "u"}, "ws://backend:3000", c.Now())))
	if roles, ok := id.Claims["roles"].([]any); !ok || len(roles) != 0 {
		t.Errorf("roles %v, want an empty list", id.Claims["roles"])
	}
	if _, err := s.SignIdentity(ada, "", c.Now()); err == nil {
		t.Errorf("SignIdentity for no audience: no error, want one")
	}
	refused(t, v, must(s.SignIdentity(ada, "ws://other:3000", c.Now())), "audience not accepted")
}

// TestSignerTokenIsNoSignIn presents the token for the backend to the guard.
func TestSignerTokenIsNoSignIn(t *testing.T) {
	c := newClock()
	s := must(jwtauth.NewSigner(jwtauth.SignerConfig{Secret: secret}))
	v := newVerifier(t, c, jwtauth.Config{Secret: secret})
	refused(t, v, must(s.SignIdentity(ada, audience, c.Now())), "issuer not accepted")
}

func TestPublicJWKS(t *testing.T) {
	for name, tc := range map[string]struct {
		cfg  jwtauth.SignerConfig
		want int
	}{
		"secret":  {jwtauth.SignerConfig{Secret: secret}, 0},
		"Ed25519": {jwtauth.SignerConfig{PrivateKey: pemKey(t, edKey)}, 1},
		"ECDSA":   {jwtauth.SignerConfig{PrivateKey: pemKey(t, ecKey)}, 1},
		"own key": {jwtauth.SignerConfig{}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := must(jwtauth.NewSigner(tc.cfg))
			var set struct{ Keys []map[string]any }
			if err := json.Unmarshal(s.PublicJWKS(), &set); err != nil || set.Keys == nil || len(set.Keys) != tc.want {
				t.Fatalf("PublicJWKS: %s, want %d keys", s.PublicJWKS(), tc.want)
			}
			for _, k := range set.Keys {
				for _, private := range []string{"d", "k", "p", "q"} {
					if k[private] != nil {
						t.Errorf("the published key has %q", private)
					}
				}
				if k["use"] != "sig" || k["alg"] == nil || k["kid"] == "" {
					t.Errorf("the published key %v lacks use, alg or kid", k)
				}
			}
			clear(s.PublicJWKS())
			if !json.Valid(s.PublicJWKS()) {
				t.Errorf("the caller's change of PublicJWKS stays")
			}
		})
	}
	one := must(jwtauth.NewSigner(jwtauth.SignerConfig{PrivateKey: pemKey(t, edKey)}))
	two := must(jwtauth.NewSigner(jwtauth.SignerConfig{PrivateKey: pemKey(t, edKey)}))
	if string(one.PublicJWKS()) != string(two.PublicJWKS()) {
		t.Errorf("two signers with one key publish %s and %s", one.PublicJWKS(), two.PublicJWKS())
	}
}

func TestNewSignerRefuses(t *testing.T) {
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	sec1 := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: must(x509.MarshalECPrivateKey(ecKey))})
	for _, tc := range []struct {
		name string
		cfg  jwtauth.SignerConfig
		want string
	}{
		{"both", jwtauth.SignerConfig{Secret: secret, PrivateKey: pemKey(t, edKey)}, "not both"},
		{"short secret", jwtauth.SignerConfig{Secret: secret[:31]}, "at least 32 bytes"},
		{"empty secret", jwtauth.SignerConfig{Secret: []byte{}}, "at least 32 bytes"},
		{"empty key", jwtauth.SignerConfig{PrivateKey: []byte{}}, "not PEM"},
		{"not PEM", jwtauth.SignerConfig{PrivateKey: edKey.Seed()}, "not PEM"},
		{"SEC 1", jwtauth.SignerConfig{PrivateKey: sec1}, "openssl pkcs8"},
		{"encrypted", jwtauth.SignerConfig{PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("x")})}, "unencrypted"},
		{"public", jwtauth.SignerConfig{PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")})}, "PKCS #8"},
		{"garbage in PEM", jwtauth.SignerConfig{PrivateKey: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("x")})}, "PKCS #8"},
		{"two keys", jwtauth.SignerConfig{PrivateKey: append(pemKey(t, edKey), pemKey(t, ecKey)...)}, "more than one"},
		{"RSA", jwtauth.SignerConfig{PrivateKey: pemKey(t, rsaKey)}, "Ed25519 or ECDSA P-256"},
		{"P-384", jwtauth.SignerConfig{PrivateKey: pemKey(t, p384)}, "Ed25519 or ECDSA P-256"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := jwtauth.NewSigner(tc.cfg)
			if !errors.Is(err, guard.ErrConfig) || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("NewSigner: %v, want an ErrConfig that says %q", err, tc.want)
			}
		})
	}
}
