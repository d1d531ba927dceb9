package jwtauth_test

import (
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wswarden/wswarden/guard/jwtauth"
)

// TestAttacks presents forgeries to a verifier of each kind. Every one of them
// must be refused, for the cause that the operator is to read.
func TestAttacks(t *testing.T) {
	c := newClock()
	payload := goodClaims(c.Now()).json()
	pub := must(x509.MarshalPKIXPublicKey(rsaKey.Public()))
	pubPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pub})

	hs := newVerifier(t, c, jwtauth.Config{Secret: secret})
	rs := newVerifier(t, c, configFor(t, rsaKey))
	ed := newVerifier(t, c, configFor(t, edKey))
	goodEd := sign(edKey, headerFor("EdDSA").json(), payload)
	es := newVerifier(t, c, configFor(t, ecKey))
	goodHS := sign(secret, headerFor("HS256").json(), payload)
	goodRS := sign(rsaKey, headerFor("RS256").json(), payload)
	accepted(t, hs, goodHS)
	accepted(t, rs, goodRS)
	hsParts, rsParts := strings.Split(goodHS, "."), strings.Split(goodRS, ".")
	none := func(alg string) string { return b64(object{"alg": alg, "kid": "k1"}.json()) + "." + b64(payload) + "." }
	admin := b64(goodClaims(c.Now()).with(object{"sub": "admin"}).json())

	for _, tc := range []struct {
		name  string
		v     *jwtauth.Verifier
		token string
		want  string
	}{
		{"empty", hs, "", "token missing"},
		{"one part", hs, hsParts[0], "token malformed"},
		{"two parts", hs, hsParts[0] + "." + hsParts[1], "token malformed"},
		{"four parts", hs, goodHS + ".e30", "token malformed"},
		{"four parts, the last empty", hs, goodHS + ".", "token malformed"},
		{"five parts (encrypted)", hs, "e30.e30.e30.e30.e30", "token malformed"},
		{"a digit too many", hs, hsParts[0] + "." + hsParts[1] + "." + "AAAAA", "token malformed"},
		{"JSON serialisation", hs, `{"protected":"` + hsParts[0] + `","payload":"` + hsParts[1] + `","signature":"` + hsParts[2] + `"}`, "token malformed"},
		{"huge", hs, hsParts[0] + "." + strings.Repeat("A", 16<<10) + "." + hsParts[2], "token too long"},
		{"just too long", hs, goodHS + strings.Repeat("A", 16<<10+1-len(goodHS)), "token too long"},

		{"alg none", hs, none("none"), "token malformed"},
		{"alg none against a key set", rs, none("none"), "token malformed"},
		{"alg none with a signature", hs, strings.TrimSuffix(none("none"), ".") + "." + hsParts[2], "algorithm not accepted"},
		{"alg NoNe with a signature", rs, strings.TrimSuffix(none("NoNe"), ".") + "." + rsParts[2], "algorithm not accepted"},
		{"signature stripped", hs, hsParts[0] + "." + hsParts[1] + ".", "token malformed"},
		{"alg missing", hs, sign(secret, `{"typ":"JWT"}`, payload), "token malformed"},
		{"alg null", hs, sign(secret, `{"alg":null}`, payload), "token malformed"},
		{"alg a list", hs, sign(secret, `{"alg":["HS256"]}`, payload), "token malformed"},
		{"alg in another case", hs, sign(secret, `{"alg":"hs256"}`, payload), "algorithm not accepted"},
		{"alg twice", hs, sign(secret, `{"alg":"HS256","alg":"none"}`, payload), "token malformed"},
		{"alg HS512", hs, sign(secret, `{"alg":"HS512"}`, payload), "algorithm not accepted"},
		{"Alg beside alg", hs, sign(secret, `{"Alg":"HS256"}`, payload), "token malformed"},

		{"public key (PEM) as the secret", rs, sign(pubPEM, headerFor("HS256").json(), payload), "algorithm not accepted"},
		{"public key (DER) as the secret", rs, sign(pub, headerFor("HS256").json(), payload), "algorithm not accepted"},
		{"modulus as the secret", rs, sign(rsaKey.N.Bytes(), headerFor("HS256").json(), payload), "algorithm not accepted"},
		{"RS256 against a secret", hs, goodRS, "algorithm not accepted"},
		{"ES256 with the kid of an RSA key", rs, sign(ecKey, headerFor("ES256").json(), payload), "signing key unknown"},
		{"RS256 with the kid of an EC key", es, goodRS, "signing key unknown"},
		{"EC signature of zeros", es, b64(headerFor("ES256").json()) + "." + b64(payload) + "." + b64(strings.Repeat("\x00", 64)), "signature not valid"},
		{"EC signature in DER", es, b64(headerFor("ES256").json()) + "." + b64(payload) + "." + b64("\x30\x06\x02\x01\x01\x02\x01\x01"), "signature not valid"},
		{"EC signature with r of the order", es, b64(headerFor("ES256").json()) + "." + b64(payload) + "." + b64(string(append(elliptic.P256().Params().N.Bytes(), big.NewInt(1).FillBytes(make([]byte, 32))...))), "signature not valid"},

		{"other payload, same signature", hs, hsParts[0] + "." + admin + "." + hsParts[2], "signature not valid"},
		{"other payload, same RSA signature", rs, rsParts[0] + "." + admin + "." + rsParts[2], "signature not valid"},
		{"other header, same signature", hs, b64(`{"alg":"HS256"}`) + "." + hsParts[1] + "." + hsParts[2], "signature not valid"},
		{"signature cut by its last 3 bytes", hs, hsParts[0] + "." + hsParts[1] + "." + hsParts[2][:40], "signature not valid"},
		{"signature with spare bits", hs, goodHS[:len(goodHS)-1] + spare(goodHS[len(goodHS)-1]), "token malformed"},
		{"signature with four spare bits", ed, goodEd[:len(goodEd)-1] + spare(goodEd[len(goodEd)-1]), "token malformed"},
		{"line break in the signature", hs, goodHS[:len(goodHS)-5] + "\n" + goodHS[len(goodHS)-5:], "token malformed"},
		{"line break at the end", hs, goodHS + "\n", "token malformed"},
		{"carriage return in the payload", hs, hsParts[0] + ".\r" + hsParts[1] + "." + hsParts[2], "token malformed"},
		{"space in front", hs, " " + goodHS, "token malformed"},
		{"padding", hs, goodHS + "=", "token malformed"},
		{"standard base64", hs, hsParts[0] + "." + hsParts[1] + "." + strings.Repeat("+/", 21) + "A", "token malformed"},

		{"kid of another key", rs, sign(rsaKey, `{"alg":"RS256","kid":"k2"}`, payload), "signing key unknown"},
		{"kid is a path", rs, sign(rsaKey, `{"alg":"RS256","kid":"../../../dev/null"}`, payload), "signing key unknown"},
		{"kid is SQL", rs, sign([]byte("x"), `{"alg":"HS256","kid":"x' UNION SELECT 'x'--"}`, payload), "algorithm not accepted"},
		{"kid is a number", rs, sign(rsaKey, `{"alg":"RS256","kid":1}`, payload), "token malformed"},
		{"kid is null", rs, sign(rsaKey, `{"alg":"RS256","kid":null}`, payload), "token malformed"},
		{"kid too long", rs, sign(rsaKey, object{"alg": "RS256", "kid": strings.Repeat("k", 257)}.json(), payload), "token malformed"},
		{"kid twice", rs, sign(otherRSA, `{"alg":"RS256","kid":"k1","kid":"k2"}`, payload), "token malformed"},

		{"crit of an unknown extension", hs, sign(secret, `{"alg":"HS256","crit":["x"],"x":1}`, payload), "token header not supported"},
		{"crit empty", hs, sign(secret, `{"alg":"HS256","crit":[]}`, payload), "token header not supported"},
		{"crit null", hs, sign(secret, `{"alg":"HS256","crit":null}`, payload), "token header not supported"},
		{"unencoded payload", hs, sign(secret, `{"alg":"HS256","b64":false,"crit":["b64"]}`, payload), "token header not supported"},
		{"b64 without crit", hs, sign(secret, `{"alg":"HS256","b64":false}`, payload), "token header not supported"},
		{"header no object", hs, sign(secret, `["HS256"]`, payload), "token malformed"},
		{"header not JSON", hs, sign(secret, `{"alg":"HS256"`, payload), "token malformed"},
		{"header with more behind", hs, sign(secret, `{"alg":"HS256"}{}`, payload), "token malformed"},
		{"header of invalid UTF-8", hs, sign(secret, "{\"alg\":\"HS256\",\"x\":\"\xff\"}", payload), "token malformed"},
		{"header nested deeply", hs, sign(secret, `{"alg":"HS256","x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}`, payload), "token malformed"},

		{"logout token by type", hs, sign(secret, `{"alg":"HS256","typ":"logout+jwt"}`, payload), "token type not accepted"},
		{"logout token by its event", hs, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(object{
			"events": object{"http://schemas.openid.net/event/backchannel-logout": object{}}}).json()), "token states an event, not a sign-in"},

		{"claims no object", hs, sign(secret, `{"alg":"HS256"}`, `"admin"`), "claims malformed"},
		{"claims not JSON", hs, sign(secret, `{"alg":"HS256"}`, `sub=admin`), "claims malformed"},
		{"claims nested deeply", hs, sign(secret, `{"alg":"HS256"}`, `{"x":`+strings.Repeat("[", 5000)+strings.Repeat("]", 5000)+`}`), "claims malformed"},
		{"claims twice", hs, sign(secret, `{"alg":"HS256"}`, strings.TrimSuffix(payload, "}")+`,"sub":"admin"}`), "claims malformed"},
		{"claims twice, once escaped", hs, sign(secret, `{"alg":"HS256"}`, strings.TrimSuffix(payload, "}")+`,"\u0073ub":"admin"}`), "claims malformed"},
		{"user missing", hs, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(object{"sub": remove}).json()), "user claim missing"},
		{"user empty", hs, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(object{"sub": ""}).json()), "user claim missing"},
		{"user a number", hs, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(object{"sub": 7}).json()), "user claim not a string"},
		{"user with a line break", hs, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(object{"sub": "u\r\nWswarden-Roles: admin"}).json()), "user claim has a control character"},
		{"roles an object", hs, sign(secret, `{"alg":"HS256"}`, goodClaims(c.Now()).with(object{"roles": object{"admin": true}}).json()), "roles claim not an array of strings"},
	} {
		t.Run(tc.name, func(t *testing.T) { refused(t, tc.v, tc.token, tc.want) })
	}
}

// spare returns the base64url digit after c, which says the same but for bits
// that no byte is made of.
func spare(c byte) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return string(digits[strings.IndexByte(digits, c)|1])
}

// TestKeysInTheToken shows that a key which a token brings along, or an
// address that it names, is not looked at.
func TestKeysInTheToken(t *testing.T) {
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		w.Write(jwks(publicJWK(otherEd, "k1", nil)))
	}))
	defer server.Close()
	c := newClock()
	v := newVerifier(t, c, configFor(t, edKey))
	payload := goodClaims(c.Now()).json()
	for name, value := range map[string]any{
		"jwk": publicJWK(otherEd, "k1", nil),
		"jku": server.URL,
		"x5u": server.URL,
	} {
		t.Run(name, func(t *testing.T) {
			header := headerFor("EdDSA").with(object{name: value}).json()
			refused(t, v, sign(otherEd, header, payload), "signature not valid")
			// An honest token is not worse for having it.
			accepted(t, v, sign(edKey, header, payload))
		})
	}
	t.Run("x5c garbage", func(t *testing.T) {
		header := headerFor("EdDSA").with(object{"x5c": []string{"!"}}).json()
		refused(t, v, sign(otherEd, header, payload), "token malformed")
	})
	if n := asked.Load(); n != 0 {
		t.Errorf("the token's address was asked %d times", n)
	}
}

// TestTokenWithoutKid bounds how many keys a stranger makes us try.
func TestTokenWithoutKid(t *testing.T) {
	c := newClock()
	payload := goodClaims(c.Now()).json()
	v := newVerifier(t, c, jwtauth.Config{JWKSFile: keyFile(t, jwks(
		publicJWK(newEd(), "a", nil), publicJWK(newEd(), "b", nil), publicJWK(edKey, "c", nil)))})
	accepted(t, v, sign(edKey, `{"alg":"EdDSA"}`, payload))
	refused(t, v, sign(otherEd, `{"alg":"EdDSA"}`, payload), "signature not valid")
	refused(t, v, sign(rsaKey, `{"alg":"RS256"}`, payload), "signing key unknown")

	var many []object
	for range 4 {
		many = append(many, publicJWK(newEd(), "x", nil))
	}
	v = newVerifier(t, c, jwtauth.Config{JWKSFile: keyFile(t, jwks(append(many, publicJWK(edKey, "k1", nil))...))})
	refused(t, v, sign(edKey, `{"alg":"EdDSA"}`, payload), "signature not valid")
	accepted(t, v, sign(edKey, headerFor("EdDSA").json(), payload))
}
