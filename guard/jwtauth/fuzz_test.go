package jwtauth_test

import (
	"context"
	"errors"
	"testing"

	"github.com/wswarden/wswarden/guard"
)

// FuzzVerifyToken: of all spellings, only the one that was signed is accepted,
// whatever else comes is refused, and no refusal tells what it was.
func FuzzVerifyToken(f *testing.F) {
	c := newClock()
	payload := goodClaims(c.Now()).json()
	var valid []string
	var verifiers []guard.TokenVerifier
	for _, kind := range kinds {
		verifiers = append(verifiers, newVerifier(f, c, configFor(f, kind.private)))
		token := sign(kind.private, headerFor(kind.alg).json(), payload)
		valid = append(valid, token)
		f.Add(token, uint16(0), byte(0))
		f.Add(token, uint16(len(token)-1), byte(1))
		f.Add(token, uint16(len(token)/2), byte('.'))
		f.Add(sign(kind.other, headerFor(kind.alg).json(), payload), uint16(3), byte(7))
		f.Add(b64(`{"alg":"none"}`)+"."+b64(payload)+".", uint16(0), byte(0))
	}
	f.Fuzz(func(t *testing.T, token string, at uint16, flip byte) {
		garbled := []string{token}
		if len(token) > 0 {
			b := []byte(token)
			b[int(at)%len(b)] ^= flip
			garbled = append(garbled, string(b))
		}
		for i, v := range verifiers {
			// Every valid token is garbled in the same way too.
			b := []byte(valid[i])
			b[int(at)%len(b)] ^= flip
			for _, s := range append(garbled, string(b)) {
				id, err := v.VerifyToken(context.Background(), s)
				if err == nil {
					if s != valid[i] {
						t.Fatalf("%q was accepted, a variation of %q", s, valid[i])
					}
					if id.User != "user-4711-private" {
						t.Fatalf("user %q", id.User)
					}
					continue
				}
				if s == valid[i] {
					t.Fatalf("the valid token was refused: %v", err)
				}
				if !errors.Is(err, guard.ErrCredentialRefused) {
					t.Fatalf("%q: %v, want a refusal", s, err)
				}
			}
		}
	})
}
