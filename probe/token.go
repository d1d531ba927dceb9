package probe

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// tokenPart decodes a part of a JWT: 0 the header, 1 the claims.
func tokenPart(token string, i int) ([]byte, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, false
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[i])
	return text, err == nil
}

// tokenWith returns a JWT of a header and claims with a signature as it is.
func tokenWith(header, claims map[string]any, signature string) string {
	encode := func(v map[string]any) string {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // both were decoded from JSON
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	return encode(header) + "." + encode(claims) + "." + signature
}
