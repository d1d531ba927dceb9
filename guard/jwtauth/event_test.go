package jwtauth_test

import (
	"errors"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

// TestEvents: an event is no sign-in, and a sign-in is no event, whoever signed
// it.
func TestEvents(t *testing.T) {
	now := newClock()
	cfg := jwtauth.Config{Issuer: issuer, Audience: audience, Secret: secret, Clock: now.Now}
	events, err := jwtauth.NewEventVerifier(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { events.Close() })
	signIns, err := jwtauth.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { signIns.Close() })
	event := goodClaims(now.Now()).with(object{"events": object{"https://example.com/event": object{}}})
	for _, c := range []struct {
		name, typ string
		claims    object
		err       error // nil: it is an event
	}{
		{"event", `"secevent+jwt"`, event, nil},
		{"event of no type", `null`, event, nil},
		{"event without an end", `"secevent+jwt"`, event.with(object{"exp": remove}), nil},
		{"sign-in", `"JWT"`, goodClaims(now.Now()), guard.ErrCredentialRefused},
		{"event of another type", `"logout+jwt"`, event, guard.ErrCredentialRefused},
		{"access token with events", `"at+jwt"`, event, guard.ErrCredentialRefused},
		{"event of tomorrow", `"secevent+jwt"`, event.with(object{"nbf": now.Now().Unix() + 86400}), guard.ErrCredentialRefused},
		{"event that has ended", `"secevent+jwt"`, event.with(object{"exp": now.Now().Unix() - 86400}), guard.ErrCredentialRefused},
		{"event of no time", `"secevent+jwt"`, event.with(object{"iat": remove}), guard.ErrCredentialRefused},
		{"another issuer", `"secevent+jwt"`, event.with(object{"iss": "x"}), jwtauth.ErrIssuer},
		{"another audience", `"secevent+jwt"`, event.with(object{"aud": "x"}), jwtauth.ErrAudience},
	} {
		t.Run(c.name, func(t *testing.T) {
			token := sign(secret, `{"alg":"HS256","typ":`+c.typ+`}`, c.claims.json())
			all, err := events.VerifyEvent(t.Context(), token, "secevent+jwt")
			if c.err == nil && (err != nil || all["sub"] != "user-4711-private") || c.err != nil && (!errors.Is(err, c.err) || all != nil) {
				t.Errorf("got %v, %v, want %v", all, err, c.err)
			}
			if _, signedIn := c.claims["events"]; !signedIn {
				return
			}
			if id, err := signIns.VerifyToken(t.Context(), token); !errors.Is(err, guard.ErrCredentialRefused) {
				t.Errorf("it signs %+v in", id)
			}
		})
	}
	forged := sign([]byte("another secret of 32 bytes, really"), `{"alg":"HS256"}`, event.json())
	if _, err := events.VerifyEvent(t.Context(), forged, "secevent+jwt"); !errors.Is(err, jwtauth.ErrSignature) {
		t.Errorf("forged: %v", err)
	}
}
