package jwtauth_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

// keyFile writes a key set to a file.
func keyFile(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// kinds are the four algorithms with a key each, and another key of its kind.
var kinds = []struct {
	alg            string
	private, other any
}{
	{"HS256", secret, []byte("another secret of 32 bytes......")},
	{"RS256", rsaKey, otherRSA},
	{"ES256", ecKey, otherEC},
	{"EdDSA", edKey, otherEd},
}

// configFor returns the configuration that accepts tokens by private.
func configFor(t testing.TB, private any) jwtauth.Config {
	if s, ok := private.([]byte); ok {
		return jwtauth.Config{Secret: s}
	}
	return jwtauth.Config{JWKSFile: keyFile(t, jwks(publicJWK(private, "k1", nil)))}
}

func headerFor(alg string) object { return object{"alg": alg, "kid": "k1", "typ": "JWT"} }

func TestEveryAlgorithm(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.alg, func(t *testing.T) {
			c := newClock()
			v := newVerifier(t, c, configFor(t, kind.private))
			payload := goodClaims(c.Now()).json()

			id := accepted(t, v, sign(kind.private, headerFor(kind.alg).json(), payload))
			if id.User != "user-4711-private" || id.Name != "Ada Lovelace" || id.Session != "session-0815" || id.Token != "token-1" {
				t.Errorf("identity %+v does not hold what the claims say", id)
			}
			if want := []string{"trader", "pro"}; !reflect.DeepEqual(id.Roles, want) {
				t.Errorf("roles %q, want %q", id.Roles, want)
			}
			if want := c.Now().Add(5 * time.Minute); !id.Expires.Equal(want) {
				t.Errorf("expires %v, want %v", id.Expires, want)
			}
			if id.Claims["iss"] != issuer {
				t.Errorf("claims %v do not hold all claims", id.Claims)
			}

			refused(t, v, sign(kind.other, headerFor(kind.alg).json(), payload), "signature not valid")
		})
	}
}

func TestKeySetByDefaultTakesEveryPublicKey(t *testing.T) {
	c := newClock()
	v := newVerifier(t, c, jwtauth.Config{JWKSFile: keyFile(t, jwks(
		publicJWK(rsaKey, "r", nil), publicJWK(ecKey, "e", nil), publicJWK(edKey, "d", nil)))})
	payload := goodClaims(c.Now()).json()
	for _, tc := range []struct {
		alg, kid string
		private  any
	}{{"RS256", "r", rsaKey}, {"ES256", "e", ecKey}, {"EdDSA", "d", edKey}} {
		t.Run(tc.alg, func(t *testing.T) {
			accepted(t, v, sign(tc.private, object{"alg": tc.alg, "kid": tc.kid}.json(), payload))
			accepted(t, v, sign(tc.private, object{"alg": tc.alg}.json(), payload))
		})
	}
}

func TestHeaderTypes(t *testing.T) {
	c := newClock()
	v := newVerifier(t, c, jwtauth.Config{Secret: secret})
	payload := goodClaims(c.Now()).json()
	for _, typ := range []any{remove, "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"} {
		accepted(t, v, sign(secret, object{"alg": "HS256"}.with(object{"typ": typ}).json(), payload))
	}
	for _, typ := range []any{"", "logout+jwt", "application/logout+jwt", "secevent+jwt", "dpop+jwt", "JOSE", 7, []string{"JWT"}} {
		refused(t, v, sign(secret, object{"alg": "HS256", "typ": typ}.json(), payload), "token type not accepted")
	}
}

func TestClaimNames(t *testing.T) {
	c := newClock()
	v := newVerifier(t, c, jwtauth.Config{Secret: secret, Claims: claims.Names{
		User: "account.id", Name: "preferred_username", Roles: "realm_access.roles", Session: "https://example.com/session", Token: "account.key",
	}})
	payload := goodClaims(c.Now()).with(object{
		"account": object{"id": "u9", "key": "k9"}, "preferred_username": "ada",
		"realm_access": object{"roles": []string{"admin"}}, "https://example.com/session": "s9",
	})
	id := accepted(t, v, sign(secret, `{"alg":"HS256"}`, payload.json()))
	if id.User != "u9" || id.Name != "ada" || id.Session != "s9" || id.Token != "k9" || !id.HasRole("admin") || id.HasRole("trader") {
		t.Errorf("identity %+v does not follow the configured names", id)
	}
	refused(t, v, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).json()), "user claim missing")
}

func TestTimes(t *testing.T) {
	c := newClock()
	at := func(d time.Duration) int64 { return c.Now().Add(d).Unix() }
	const leeway = 10 * time.Second
	v := newVerifier(t, c, jwtauth.Config{Secret: secret, Leeway: leeway})
	for _, tc := range []struct {
		name string
		edit object
		want string // empty: accepted
	}{
		{"expired within the leeway", object{"exp": at(-9 * time.Second)}, ""},
		{"expired at the leeway", object{"exp": at(-leeway)}, "token expired"},
		{"expired long ago", object{"exp": 1}, "token expired"},
		{"no expiry", object{"exp": remove}, "expiry missing"},
		{"expiry null", object{"exp": nil}, "expiry missing"},
		{"expiry as a string", object{"exp": "9999999999"}, "exp claim not a number"},
		{"expiry as a list", object{"exp": []int{1}}, "exp claim not a number"},
		{"expiry true", object{"exp": true}, "exp claim not a number"},
		{"expiry negative", object{"exp": -1}, "exp claim out of range"},
		{"expiry in milliseconds", object{"exp": at(time.Hour) * 1000}, "exp claim out of range"},
		{"expiry with a fraction", object{"exp": float64(at(time.Hour)) + 0.5}, ""},
		{"begins within the leeway", object{"nbf": at(leeway)}, ""},
		{"begins after the leeway", object{"nbf": at(leeway + time.Second)}, "token not valid yet"},
		{"begins at a string", object{"nbf": "1"}, "nbf claim not a number"},
		{"issued within the leeway", object{"iat": at(leeway)}, ""},
		{"issued after the leeway", object{"iat": at(leeway + time.Second)}, "token issued in the future"},
		{"no time of issue", object{"iat": remove}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			token := sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(tc.edit).json())
			if tc.want == "" {
				accepted(t, v, token)
				return
			}
			refused(t, v, token, tc.want)
		})
	}
	t.Run("the expiry is not extended by the leeway", func(t *testing.T) {
		id := accepted(t, v, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(object{"exp": at(-time.Second)}).json()))
		if want := c.Now().Add(-time.Second); !id.Expires.Equal(want) {
			t.Errorf("expires %v, want %v", id.Expires, want)
		}
	})
	t.Run("a valid token expires", func(t *testing.T) {
		token := sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).json())
		accepted(t, v, token)
		c.Add(5*time.Minute + leeway)
		refused(t, v, token, "token expired")
	})
}

func TestIssuerAndAudience(t *testing.T) {
	c := newClock()
	v := newVerifier(t, c, jwtauth.Config{Secret: secret})
	many := make([]string, 65)
	for i := range many {
		many[i] = audience
	}
	for _, tc := range []struct {
		name string
		edit object
		want string
	}{
		{"one audience in a list", object{"aud": []string{"other", audience}}, ""},
		{"no audience", object{"aud": remove}, "audience not accepted"},
		{"audience null", object{"aud": nil}, "audience not accepted"},
		{"another audience", object{"aud": "trading2"}, "audience not accepted"},
		{"audience in another case", object{"aud": "Trading"}, "audience not accepted"},
		{"audience as part of another", object{"aud": "not trading at all"}, "audience not accepted"},
		{"list of others", object{"aud": []string{"a", "b"}}, "audience not accepted"},
		{"empty list", object{"aud": []string{}}, "audience not accepted"},
		{"list with a number", object{"aud": []any{audience, 1}}, "audience not accepted"},
		{"endless list", object{"aud": many}, "audience not accepted"},
		{"object", object{"aud": object{audience: true}}, "audience not accepted"},
		{"no issuer", object{"iss": remove}, "issuer not accepted"},
		{"another issuer", object{"iss": "https://id.example.org"}, "issuer not accepted"},
		{"issuer with a slash", object{"iss": issuer + "/"}, "issuer not accepted"},
		{"issuer in a list", object{"iss": []string{issuer}}, "issuer not accepted"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			token := sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(tc.edit).json())
			if tc.want == "" {
				accepted(t, v, token)
				return
			}
			refused(t, v, token, tc.want)
		})
	}
}

func TestVerifyTokenManyAtOnce(t *testing.T) {
	c := newClock()
	v := newVerifier(t, c, configFor(t, edKey))
	token := sign(edKey, headerFor("EdDSA").json(), goodClaims(c.Now()).json())
	failures := make(chan error, 16)
	for range cap(failures) {
		go func() {
			var err error
			for i := 0; i < 20 && err == nil; i++ {
				_, err = v.VerifyToken(context.Background(), token)
				c.Add(time.Second)
			}
			failures <- err
		}()
	}
	for range cap(failures) {
		if err := <-failures; err != nil && err.Error() != "token expired" {
			t.Errorf("VerifyToken: %v", err)
		}
	}
}
