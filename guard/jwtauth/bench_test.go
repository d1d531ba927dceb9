package jwtauth_test

import (
	"context"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/jwtauth"
)

func BenchmarkVerifyToken(b *testing.B) {
	for _, kind := range kinds {
		b.Run(kind.alg, func(b *testing.B) {
			c := newClock()
			v := newVerifier(b, c, configFor(b, kind.private))
			token := sign(kind.private, headerFor(kind.alg).json(), goodClaims(c.Now()).json())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.VerifyToken(context.Background(), token); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRefuse is what a stranger can make us do for nothing.
func BenchmarkRefuse(b *testing.B) {
	c := newClock()
	v := newVerifier(b, c, configFor(b, edKey))
	payload := goodClaims(c.Now()).json()
	header := headerFor("EdDSA")
	for name, token := range map[string]string{
		"garbage":  strings.Repeat("A", 16<<10),
		"kid":      sign(otherEd, header.with(object{"kid": "k2"}).json(), payload),
		"forged":   sign(otherEd, header.json(), payload),
		"large":    sign(otherEd, header.json(), object{"x": strings.Repeat("x", 11<<10)}.json()),
		"embedded": sign(otherEd, header.with(object{"jwk": publicJWK(rsaKey, "x", nil)}).json(), payload),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.VerifyToken(context.Background(), token); err == nil {
					b.Fatal("accepted")
				}
			}
		})
	}
}

func BenchmarkSignIdentity(b *testing.B) {
	c := newClock()
	s := must(jwtauth.NewSigner(jwtauth.SignerConfig{}))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.SignIdentity(ada, "ws://backend:3000", c.Now()); err != nil {
			b.Fatal(err)
		}
	}
}
