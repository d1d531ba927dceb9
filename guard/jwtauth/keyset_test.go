package jwtauth_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"math/big"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/jwtauth"
)

// smallRSA makes an RSA key that the library no longer makes.
func smallRSA(bits int) *rsa.PrivateKey {
	for {
		p, q := must(rand.Prime(rand.Reader, bits/2)), must(rand.Prime(rand.Reader, bits/2))
		n := new(big.Int).Mul(p, q)
		one := big.NewInt(1)
		phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
		d := new(big.Int).ModInverse(big.NewInt(65537), phi)
		if n.BitLen() == bits && d != nil {
			return &rsa.PrivateKey{PublicKey: rsa.PublicKey{N: n, E: 65537}, D: d, Primes: []*big.Int{p, q}}
		}
	}
}

// TestKeysThatAreIgnored publishes one good key and one that must not count.
func TestKeysThatAreIgnored(t *testing.T) {
	weak := smallRSA(1024)
	p384 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	even := new(big.Int).Lsh(big.NewInt(1), 2047)
	for _, tc := range []struct {
		name   string
		key    object
		reason string
	}{
		{"RSA of 1024 bits", publicJWK(weak, "x", nil), "RSA of 1024 bits"},
		{"RSA of 2047 bits", publicJWK(rsaKey, "x", object{"n": b64(string(new(big.Int).Rsh(rsaKey.N, 1).Bytes()))}), "RSA of 2047 bits"},
		{"RSA of 16384 bits", publicJWK(rsaKey, "x", object{"n": b64(strings.Repeat("\xff", 2048))}), "numbers not accepted"},
		{"RSA with exponent 1", publicJWK(rsaKey, "x", object{"e": b64("\x01")}), "numbers not accepted"},
		{"RSA with exponent 2", publicJWK(rsaKey, "x", object{"e": b64("\x02")}), "numbers not accepted"},
		{"RSA with an even modulus", publicJWK(rsaKey, "x", object{"n": b64(string(even.Bytes()))}), "numbers not accepted"},
		{"P-384", publicJWK(p384, "x", object{"alg": "ES384"}), "curve P-384"},
		{"point off the curve", publicJWK(ecKey, "x", object{"y": b64(strings.Repeat("\x01", 32))}), "numbers not accepted"},
		{"Ed25519 point of low order", publicJWK(edKey, "x", object{"x": b64(strings.Repeat("\x00", 32))}), "numbers not accepted"},
		{"Ed25519 cut short", publicJWK(edKey, "x", object{"x": b64("short")}), "numbers not accepted"},
		{"X25519", publicJWK(edKey, "x", object{"crv": "X25519"}), "numbers not accepted"},
		{"secret", object{"kty": "oct", "kid": "x", "alg": "HS256", "k": b64(string(secret))}, "no place"},
		{"private", publicJWK(edKey, "x", object{"d": b64(string(edKey.Seed()))}), "private"},
		{"for encryption", publicJWK(edKey, "x", object{"use": "enc"}), "use is"},
		{"for signing only", publicJWK(edKey, "x", object{"key_ops": []string{"sign"}}), "key_ops"},
		{"another algorithm", publicJWK(rsaKey, "x", object{"alg": "PS256"}), "alg is"},
		{"alg HS256 on an RSA key", publicJWK(rsaKey, "x", object{"alg": "HS256"}), "alg is"},
		{"alg none", publicJWK(edKey, "x", object{"alg": "none"}), "alg is"},
		{"unknown kind", object{"kty": "XYZ", "kid": "x"}, "numbers not accepted"},
		{"kid a number", publicJWK(edKey, "x", object{"kid": 7}), "malformed"},
		{"kid too long", publicJWK(edKey, "x", object{"kid": strings.Repeat("k", 257)}), "kid longer"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newClock()
			var log logBuffer
			v := newVerifier(t, c, jwtauth.Config{
				JWKSFile: keyFile(t, jwks(tc.key, publicJWK(otherEd, "good", nil))), Log: log.logger()})
			accepted(t, v, edToken(c, otherEd, "good"))
			for _, kind := range kinds[1:] {
				token := sign(kind.private, object{"alg": kind.alg, "kid": "x"}.json(), goodClaims(c.Now()).json())
				refused(t, v, token, "signing key unknown")
			}
			if log.count(tc.reason) != 1 {
				t.Errorf("the log does not say %q once:\n%s", tc.reason, log.b.String())
			}
		})
	}
}

func TestKeysThatCount(t *testing.T) {
	for name, key := range map[string]object{
		"no use":                 publicJWK(edKey, "k1", object{"use": remove}),
		"no alg":                 publicJWK(edKey, "k1", object{"alg": remove}),
		"renamed algorithm":      publicJWK(edKey, "k1", object{"alg": "Ed25519"}),
		"key_ops":                publicJWK(edKey, "k1", object{"key_ops": []string{"verify"}}),
		"certificate of no use":  publicJWK(edKey, "k1", object{"x5c": []string{"garbage"}, "x5t": "garbage"}),
		"members of other kinds": publicJWK(edKey, "k1", object{"issuer": "x", "nbf": 1}),
	} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			v := newVerifier(t, c, jwtauth.Config{JWKSFile: keyFile(t, jwks(key))})
			accepted(t, v, edToken(c, edKey, "k1"))
		})
	}
	t.Run("one kid twice", func(t *testing.T) {
		c := newClock()
		v := newVerifier(t, c, jwtauth.Config{JWKSFile: keyFile(t, jwks(
			publicJWK(otherEd, "k1", nil), publicJWK(ecKey, "k1", nil), publicJWK(edKey, "k1", nil)))})
		accepted(t, v, edToken(c, edKey, "k1"))
		accepted(t, v, edToken(c, otherEd, "k1"))
	})
}

func TestAlgorithmsNarrowAKeySet(t *testing.T) {
	c := newClock()
	v := newVerifier(t, c, jwtauth.Config{
		Algorithms: []string{"ES256"},
		JWKSFile:   keyFile(t, jwks(publicJWK(edKey, "k1", nil), publicJWK(ecKey, "k2", nil))),
	})
	refused(t, v, edToken(c, edKey, "k1"), "algorithm not accepted")
	accepted(t, v, sign(ecKey, `{"alg":"ES256","kid":"k2"}`, goodClaims(c.Now()).json()))
}
