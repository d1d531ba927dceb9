package probe

import (
	"encoding/base64"
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
