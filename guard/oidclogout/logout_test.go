package oidclogout_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/oidclogout"
)

var (
	logoutHeader = object{"alg": "ES256", "kid": "1", "typ": "logout+jwt"}
	logoutClaims = object{
		"iss": issuer, "aud": audience, "iat": now.Unix(), "exp": now.Unix() + 120, "jti": "j1", "sub": "alice", "sid": "s1",
		"events": object{logout: object{}},
	}
)

func TestLogout(t *testing.T) {
	for _, c := range []struct {
		name   string
		header object
		claims object
		want   guard.Revocation
	}{
		{"session of a user", nil, nil, guard.Revocation{Session: "s1"}},
		{"session", nil, object{"sub": remove}, guard.Revocation{Session: "s1"}},
		{"user", nil, object{"sid": remove}, guard.Revocation{User: "alice"}},
		{"no type", object{"typ": remove}, nil, guard.Revocation{Session: "s1"}},
		{"general type", object{"typ": "JWT"}, nil, guard.Revocation{Session: "s1"}},
		{"media type", object{"typ": "application/logout+jwt"}, nil, guard.Revocation{Session: "s1"}},
		{"several audiences", nil, object{"aud": []string{"chat", audience}}, guard.Revocation{Session: "s1"}},
		{"an event with members", nil, object{"events": object{logout: object{"reason": "why"}}}, guard.Revocation{Session: "s1"}},
		{"clocks apart", nil, object{"iat": now.Unix() + 29, "exp": now.Unix() - 29}, guard.Revocation{Session: "s1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, nil)
			res := b.logout(b.sign(t, with(logoutHeader, c.header), with(logoutClaims, c.claims)))
			if res.StatusCode != 200 || res.Header.Get("Cache-Control") != "no-store" || bodyOf(t, res) != "" {
				t.Errorf("got %d %v", res.StatusCode, res.Header)
			}
			c.want.At = now
			if got := b.take(); len(got) != 1 || got[0] != c.want {
				t.Errorf("revoked %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestLogoutRefuses goes through the checks of Back-Channel Logout 1.0 section
// 2.6, and those of the form around them.
func TestLogoutRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		header object
		claims object
		says   string
	}{
		{"alg none", object{"alg": "none"}, nil, "signature not valid"},
		{"alg of a secret", object{"alg": "HS256"}, nil, "signature not valid"},
		{"another key", object{"kid": "2"}, nil, "signature not valid"},
		{"critical header", object{"crit": []string{"x"}}, nil, "header not supported"},
		{"type of an access token", object{"typ": "at+jwt"}, nil, "type not accepted"},
		{"type of an event", object{"typ": "secevent+jwt"}, nil, "type not accepted"},
		{"another issuer", nil, object{"iss": issuer + "/"}, "issuer not accepted"},
		{"no issuer", nil, object{"iss": remove}, "issuer not accepted"},
		{"another audience", nil, object{"aud": "chat"}, "audience not accepted"},
		{"no audience", nil, object{"aud": remove}, "audience not accepted"},
		{"no iat", nil, object{"iat": remove}, "time of issue missing"},
		{"iat in the future", nil, object{"iat": now.Unix() + 31}, "issued in the future"},
		{"iat as text", nil, object{"iat": "now"}, "iat claim not a number"},
		{"no exp", nil, object{"exp": remove}, "expiry missing"},
		{"expired", nil, object{"exp": now.Unix() - 30}, "expired"},
		{"no jti", nil, object{"jti": remove}, "jti must be text"},
		{"jti a number", nil, object{"jti": 7}, "jti must be text"},
		{"a nonce", nil, object{"nonce": "n"}, "nonce"},
		{"an empty nonce", nil, object{"nonce": nil}, "nonce"},
		{"no events", nil, object{"events": remove}, "states no event"},
		{"events a list", nil, object{"events": []string{logout}}, "events must be"},
		{"another event", nil, object{"events": object{revoked: object{}}}, "events must be"},
		{"two events", nil, object{"events": object{logout: object{}, revoked: object{}}}, "events must be"},
		{"event as text", nil, object{"events": object{logout: "{}"}}, "events must be"},
		{"event null", nil, object{"events": object{logout: nil}}, "events must be"},
		{"nobody", nil, object{"sub": remove, "sid": remove}, "neither sub nor sid"},
		{"empty names", nil, object{"sub": "", "sid": ""}, "must be text"},
		{"sid a number", nil, object{"sid": 7}, "sid must be text"},
		{"sub a list", nil, object{"sub": []string{"alice"}}, "sub must be text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, nil)
			res := b.logout(b.sign(t, with(logoutHeader, c.header), with(logoutClaims, c.claims)))
			body := bodyOf(t, res)
			if res.StatusCode != 400 || res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(body, c.says) {
				t.Errorf("got %d %s, want 400 that says %q", res.StatusCode, body, c.says)
			}
			if got := b.take(); len(got) > 0 {
				t.Errorf("revoked %+v", got)
			}
			if e := b.audit.Events(); len(e) != 1 || e[0].Outcome != guard.Denied || e[0].Action != "logout" || e[0].ID == "" {
				t.Errorf("recorded %+v", e)
			}
		})
	}
}

func TestLogoutOfAnotherProvider(t *testing.T) {
	b := newBench(t, nil)
	if res := b.logout(newProvider(t).sign(t, logoutHeader, logoutClaims)); res.StatusCode != 400 || len(b.take()) > 0 {
		t.Errorf("status %d", res.StatusCode)
	}
}

// TestLogoutReplay: who has seen a token can't end the next sign-in with it.
func TestLogoutReplay(t *testing.T) {
	b := newBench(t, nil)
	token := b.sign(t, logoutHeader, logoutClaims)
	if res := b.logout(token); res.StatusCode != 200 {
		t.Fatalf("status %d", res.StatusCode)
	}
	for range 3 {
		if res := b.logout(token); res.StatusCode != 400 {
			t.Errorf("again: status %d", res.StatusCode)
		}
		b.clock = b.clock.Add(time.Second)
	}
	if got := b.take(); len(got) != 1 {
		t.Errorf("revoked %+v", got)
	}
	if res := b.logout(b.sign(t, logoutHeader, with(logoutClaims, object{"jti": "j2"}))); res.StatusCode != 200 {
		t.Errorf("another one: status %d", res.StatusCode)
	}
}

// TestLogoutFails: what could not be kept may come again.
func TestLogoutFails(t *testing.T) {
	b := newBench(t, nil)
	token := b.sign(t, logoutHeader, logoutClaims)
	b.fail = errors.New("store down at 10.0.0.7")
	if res := b.logout(token); res.StatusCode != 400 || strings.Contains(bodyOf(t, res), "10.0.0.7") {
		t.Errorf("status %d", res.StatusCode)
	}
	b.fail = guard.ErrRevocation
	if res := b.logout(token); res.StatusCode != 400 {
		t.Errorf("status %d", res.StatusCode)
	}
	b.fail = nil
	if res := b.logout(token); res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	}
}

// TestLogoutNames: a name that credentials do not use ends nobody, which the
// provider is told.
func TestLogoutNames(t *testing.T) {
	for _, c := range []struct {
		name   string
		names  claims.Names
		claims object
		want   guard.Revocation
	}{
		{"user by another claim", claims.Names{User: "email"}, object{"sid": remove}, guard.Revocation{}},
		{"user by another claim that is there", claims.Names{User: "email"}, object{"sid": remove, "email": "a@example.com"}, guard.Revocation{User: "a@example.com"}},
		{"user by a path", claims.Names{User: "account.id"}, object{"sid": remove, "account": object{"id": "a1"}}, guard.Revocation{User: "a1"}},
		{"session by a path", claims.Names{Session: "session.id"}, object{"session": object{"id": "s9"}}, guard.Revocation{Session: "s9"}},
		{"session by another claim", claims.Names{Session: "session_id"}, object{}, guard.Revocation{User: "alice"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, func(cfg *oidclogout.Config) { cfg.Claims = c.names })
			res := b.logout(b.sign(t, logoutHeader, with(logoutClaims, c.claims)))
			got := b.take()
			if c.want == (guard.Revocation{}) {
				if res.StatusCode != 400 || len(got) > 0 {
					t.Errorf("got %d, revoked %+v", res.StatusCode, got)
				}
				return
			}
			c.want.At = now
			if res.StatusCode != 200 || len(got) != 1 || got[0] != c.want {
				t.Errorf("got %d, revoked %+v, want %+v", res.StatusCode, got, c.want)
			}
		})
	}
}

func TestLogoutForm(t *testing.T) {
	b := newBench(t, nil)
	token := b.sign(t, logoutHeader, logoutClaims)
	form := url.Values{"logout_token": {token}}.Encode()
	for _, c := range []struct {
		name, media, body string
	}{
		{"JSON", "application/json", `{"logout_token":"` + token + `"}`},
		{"no media type", "", form},
		{"multipart", "multipart/form-data; boundary=x", form},
		{"two tokens", "application/x-www-form-urlencoded", form + "&" + form},
		{"no token", "application/x-www-form-urlencoded", "token=" + token},
		{"broken escape", "application/x-www-form-urlencoded", "logout_token=%zz"},
		{"endless", "application/x-www-form-urlencoded", form + "&x=" + strings.Repeat("x", 33<<10)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if res := post(b.Logout(), c.media, c.body); res.StatusCode != 400 {
				t.Errorf("status %d", res.StatusCode)
			}
		})
	}
	w := httptest.NewRecorder()
	b.Logout().ServeHTTP(w, httptest.NewRequest("GET", "/?"+form, nil))
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" || len(b.take()) > 0 {
		t.Errorf("GET is answered with %d", w.Code)
	}
	if res := post(b.Logout(), "application/x-www-form-urlencoded; charset=utf-8", "state=1&"+form); res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestConfig(t *testing.T) {
	p := newProvider(t)
	for _, cfg := range []oidclogout.Config{
		{Issuer: issuer, Audience: audience, JWKSFile: p.keys(t)},
		{Audience: audience, JWKSFile: p.keys(t), Revoker: &revoker{}},
		{Issuer: issuer, JWKSFile: p.keys(t), Revoker: &revoker{}},
		{Issuer: issuer, Audience: audience, Revoker: &revoker{}},
	} {
		if _, err := oidclogout.New(cfg); !errors.Is(err, guard.ErrConfig) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}
