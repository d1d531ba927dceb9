package goserver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
)

var tokenHeader = base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`))

func signToken(c *claims, secret []byte) string {
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and integers always marshal
	}
	text := tokenHeader + "." + base64.RawURLEncoding.EncodeToString(payload)
	return text + "." + base64.RawURLEncoding.EncodeToString(tokenMAC(text, secret))
}

// verifyToken returns the claims if algorithm and signature are right, else nil.
// What the claims say is for the caller to judge.
func verifyToken(token string, secret []byte) *claims {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil
	}
	// The algorithm is ours to choose, not the token's: "none" and all others
	// are refused (RFC 8725, section 3.1).
	var header struct {
		Alg string `json:"alg"`
	}
	if !decodePart(parts[0], &header) || header.Alg != "HS256" {
		return nil
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil || !hmac.Equal(signature, tokenMAC(parts[0]+"."+parts[1], secret)) {
		return nil
	}
	var c claims
	if !decodePart(parts[1], &c) {
		return nil
	}
	return &c
}

func decodePart(part string, into any) bool {
	text, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(text, into) == nil
}

func tokenMAC(text string, secret []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
