package jwtauth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

func TestNewRefuses(t *testing.T) {
	good := jwtauth.Config{Issuer: issuer, Audience: audience, Secret: secret}
	url := jwtauth.Config{Issuer: issuer, Audience: audience, JWKSURL: "https://id.example.com/jwks"}
	for _, tc := range []struct {
		name string
		base jwtauth.Config
		edit func(*jwtauth.Config)
		want string
	}{
		{"no issuer", good, func(c *jwtauth.Config) { c.Issuer = "" }, "issuer: must be set"},
		{"no audience", good, func(c *jwtauth.Config) { c.Audience = "" }, "audience: must be set"},
		{"no key", good, func(c *jwtauth.Config) { c.Secret = nil }, "keys: set exactly one"},
		{"two keys", good, func(c *jwtauth.Config) { c.JWKSURL = "https://id.example.com" }, "keys: set exactly one"},
		{"empty secret", good, func(c *jwtauth.Config) { c.Secret = []byte{} }, "secret: must be at least 32 bytes"},
		{"empty secret beside a URL", url, func(c *jwtauth.Config) { c.Secret = []byte{} }, "keys: set exactly one"},
		{"short secret", good, func(c *jwtauth.Config) { c.Secret = secret[:31] }, "secret: must be at least 32 bytes"},
		{"HS256 with a key set", url, func(c *jwtauth.Config) { c.Algorithms = []string{"RS256", "HS256"} }, "HS256 needs a secret"},
		{"RS256 with a secret", good, func(c *jwtauth.Config) { c.Algorithms = []string{"RS256"} }, "RS256 needs a key set"},
		{"none", good, func(c *jwtauth.Config) { c.Algorithms = []string{"none"} }, `"none" is none of`},
		{"unknown algorithm", url, func(c *jwtauth.Config) { c.Algorithms = []string{"RS1"} }, `"RS1" is none of`},
		{"plaintext", url, func(c *jwtauth.Config) { c.JWKSURL = "http://id.example.com/jwks" }, "jwks_url: must be https"},
		{"name that begins like loopback", url, func(c *jwtauth.Config) { c.JWKSURL = "http://127.0.0.1.example.com/" }, "jwks_url: must be https"},
		{"file scheme", url, func(c *jwtauth.Config) { c.JWKSURL = "file:///etc/passwd" }, "jwks_url: must have a host"},
		{"no scheme", url, func(c *jwtauth.Config) { c.JWKSURL = "id.example.com" }, "jwks_url: must have a host"},
		{"password in the URL", url, func(c *jwtauth.Config) { c.JWKSURL = "https://u:hunter2@id.example.com" }, "jwks_url: must not hold a user"},
		{"broken URL", url, func(c *jwtauth.Config) { c.JWKSURL = "https://u:hunter2@%" }, "jwks_url: not a URL"},
		{"negative leeway", good, func(c *jwtauth.Config) { c.Leeway = -1 }, "leeway: must be at most 1m0s"},
		{"long leeway", good, func(c *jwtauth.Config) { c.Leeway = time.Minute + 1 }, "leeway: must be at most 1m0s"},
		{"long timeout", url, func(c *jwtauth.Config) { c.Timeout = time.Minute }, "timeout: must be at most 30s"},
		{"claim name", good, func(c *jwtauth.Config) { c.Claims = claims.Names{User: "a\nb"} }, "claims.user: has a control character"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := tc.base
			tc.edit(&cfg)
			v, err := jwtauth.New(cfg)
			if v != nil || !errors.Is(err, guard.ErrConfig) || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("New: %v, want an ErrConfig that says %q", err, tc.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error %q holds a password", err)
			}
		})
	}
	t.Run("all at once", func(t *testing.T) {
		_, err := jwtauth.New(jwtauth.Config{Leeway: time.Hour})
		for _, want := range []string{"issuer", "audience", "keys", "leeway"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("New: %v, want it to name %s", err, want)
			}
		}
	})
}

func TestNewAccepts(t *testing.T) {
	for name, cfg := range map[string]jwtauth.Config{
		"secret":           {Secret: secret, Algorithms: []string{"HS256"}},
		"https":            {JWKSURL: "https://id.example.com/jwks?v=1"},
		"loopback":         {JWKSURL: "http://127.0.0.1:1/jwks"},
		"loopback IPv6":    {JWKSURL: "http://[::1]:1/jwks"},
		"localhost":        {JWKSURL: "http://localhost:1/jwks"},
		"greatest leeway":  {Secret: secret, Leeway: time.Minute},
		"smallest leeway":  {Secret: secret, Leeway: 1},
		"some algorithms":  {JWKSURL: "https://id.example.com", Algorithms: []string{"EdDSA", "ES256"}},
		"greatest timeout": {JWKSURL: "https://id.example.com", Timeout: 30 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			cfg.Issuer, cfg.Audience = issuer, audience
			v, err := jwtauth.New(cfg)
			if err != nil {
				t.Fatalf("New: %v", err)
			}
			v.Close()
		})
	}
}

// TestConfigIsCopied changes what New was given.
func TestConfigIsCopied(t *testing.T) {
	c := newClock()
	mine := append([]byte(nil), secret...)
	algorithms := []string{"HS256"}
	v := newVerifier(t, c, jwtauth.Config{Secret: mine, Algorithms: algorithms})
	clear(mine)
	algorithms[0] = "none"
	accepted(t, v, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).json()))
}

// TestDefaultLeeway pins the 30 s that a zero Leeway means.
func TestDefaultLeeway(t *testing.T) {
	c := newClock()
	v := newVerifier(t, c, jwtauth.Config{Secret: secret})
	token := sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(object{"exp": c.Now().Unix()}).json())
	c.Add(29 * time.Second)
	accepted(t, v, token)
	c.Add(time.Second)
	refused(t, v, token, "token expired")
}
