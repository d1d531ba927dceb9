package jwtauth

import (
	"encoding/base64"
	"strings"

	"github.com/wswarden/wswarden/guard/claims"
)

// maxTokenBytes is the longest token that is looked at. Header blocks of most
// servers end near it.
const maxTokenBytes = 16 << 10

// maxKeyID is the longest kid that a token or a key may have, in bytes.
const maxKeyID = 256

// header is what a token says about itself. Nothing in it is trusted: it only
// picks among keys and algorithms that the configuration allows.
type header struct {
	alg string
	kid string
}

// parseCompact judges the form of a token (RFC 7515 section 7.1) and reads its
// header.
//
// The form is judged more strictly than the decoder of the signature library
// does, which skips line breaks and ignores the spare bits of the last digit:
// there is exactly one spelling of a token, so that what is logged, hashed or
// revoked is what was verified.
//
// accepts says which "typ" the token may have.
func parseCompact(token string, accepts func(typ any) bool) (header, error) {
	switch {
	case token == "":
		return header{}, refuseMissing
	case len(token) > maxTokenBytes:
		return header{}, refuseLong
	}
	protected, rest, _ := strings.Cut(token, ".")
	payload, signature, _ := strings.Cut(rest, ".")
	if !canonicalBase64(protected) || !canonicalBase64(payload) {
		return header{}, refuseMalformed
	}
	// An empty signature is how "alg":"none" looks (RFC 7515 appendix A.5). A
	// fourth part leaves a dot here.
	if !canonicalBase64(signature) {
		return header{}, refuseMalformed
	}
	return parseHeader(protected, accepts)
}

func parseHeader(protected string, accepts func(typ any) bool) (header, error) {
	raw, err := base64.RawURLEncoding.DecodeString(protected)
	if err != nil {
		return header{}, refuseMalformed
	}
	fields, err := claims.Decode(raw)
	if err != nil {
		return header{}, refuseMalformed
	}
	// No extension is understood, so any critical one is a reason to refuse
	// (RFC 7515 section 4.1.11). b64 changes what is signed and must not be
	// used in a JWT (RFC 7797 section 7).
	for _, name := range []string{"crit", "b64"} {
		if _, set := fields[name]; set {
			return header{}, refuseCritical
		}
	}
	if !accepts(fields["typ"]) {
		return header{}, refuseType
	}
	var h header
	var ok bool
	if h.alg, ok = fields["alg"].(string); !ok {
		return header{}, refuseMalformed
	}
	if kid, set := fields["kid"]; set {
		if h.kid, ok = kid.(string); !ok || len(h.kid) > maxKeyID {
			return header{}, refuseMalformed
		}
	}
	return h, nil
}

// accessType reports whether typ is that of an access token: absent, JWT or
// at+jwt (RFC 9068). Other types, such as logout+jwt, secevent+jwt or
// dpop+jwt, are tokens for another purpose that the same issuer may have
// signed for the same audience (RFC 8725 section 3.11).
func accessType(typ any) bool { return plainOr(typ, "at+jwt") }

// plainOr reports whether typ is absent, JWT or own.
func plainOr(typ any, own string) bool {
	if typ == nil {
		return true
	}
	s, ok := typ.(string)
	if !ok {
		return false
	}
	s = strings.TrimPrefix(strings.ToLower(s), "application/")
	return s == "jwt" || s == own
}

// canonicalBase64 reports whether s is the one spelling of some bytes, at
// least one, in base64url without padding (RFC 4648 section 3.5).
func canonicalBase64(s string) bool {
	if s == "" {
		return false
	}
	for i := range len(s) {
		if digit(s[i]) < 0 {
			return false
		}
	}
	last := digit(s[len(s)-1])
	switch len(s) % 4 {
	case 0:
		return true
	case 2:
		return last&0x0f == 0
	case 3:
		return last&0x03 == 0
	}
	return false
}

// digit returns the value of a base64url digit, or -1.
func digit(c byte) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 26
	case '0' <= c && c <= '9':
		return int(c-'0') + 52
	case c == '-':
		return 62
	case c == '_':
		return 63
	}
	return -1
}
