package probe

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// rubbish is a credential that no server can have issued.
const rubbish = "wswarden-no-such-credential-000000"

// unsignedJWT returns a token with the algorithm "none" and the claims of model
// where that is a JSON Web Token, else with claims that servers ask for.
func unsignedJWT(model, algorithm string) string {
	encode := func(v any) string {
		b, _ := json.Marshal(v) // of maps of plain values
		return base64.RawURLEncoding.EncodeToString(b)
	}
	claims := ""
	if parts := strings.Split(model, "."); len(parts) == 3 && isJWT(model) {
		claims = parts[1]
	} else {
		now := time.Now().Unix()
		claims = encode(map[string]any{"sub": "1", "id": "1", "userId": "1", "name": "wswarden", "iat": now, "exp": now + 3600})
	}
	return encode(map[string]any{"alg": algorithm, "typ": "JWT"}) + "." + claims + "."
}

// isJWT reports whether a text has the form of a JSON Web Token.
func isJWT(s string) bool {
	head, _, ok := strings.Cut(s, ".")
	if !ok || strings.Count(s, ".") != 2 {
		return false
	}
	raw, err := base64.RawURLEncoding.DecodeString(head)
	var h struct{ Alg string }
	return err == nil && json.Unmarshal(raw, &h) == nil && h.Alg != ""
}

// forgeSignature returns a signed token with another signature of the same
// length.
func forgeSignature(token string) string {
	i := strings.LastIndexByte(token, '.')
	forged := strings.Map(func(r rune) rune {
		if r == 'A' {
			return 'B'
		}
		return 'A'
	}, token[i+1:])
	return token[:i+1] + forged
}
