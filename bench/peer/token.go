//go:build linux

package peer

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

const (
	// SecretEnv names the variable with the secret that tokens are signed with,
	// in the environment of every proxy.
	SecretEnv = "BENCH_TOKEN_SECRET"
	// Secret protects nothing: it signs the tokens of a benchmark on loopback.
	Secret = "a-secret-of-the-benchmark-that-protects-nothing"

	tokenIssuer   = "bench"
	tokenAudience = "bench"
)

// Token returns a JWT by which user is let in for an hour.
func Token(user string) string {
	encode := base64.RawURLEncoding.EncodeToString
	now := time.Now().Unix()
	input := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		encode(fmt.Appendf(nil, `{"iss":%q,"aud":%q,"sub":%q,"iat":%d,"exp":%d}`, tokenIssuer, tokenAudience, user, now, now+3600))
	mac := hmac.New(sha256.New, []byte(Secret))
	mac.Write([]byte(input))
	return input + "." + encode(mac.Sum(nil))
}
