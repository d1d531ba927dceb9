package wire

import (
	"crypto/sha1"
	"encoding/base64"
)

// handshakeGUID is the constant of RFC 6455 section 4.2.2, step 5.4.
const handshakeGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// AcceptKey returns the Sec-WebSocket-Accept value that answers a Sec-WebSocket-Key:
// RFC 6455 section 4.2.2, the base64 of the SHA-1 of the key as it was sent and a
// fixed GUID. SHA-1 secures nothing here; the value shows that the answer comes from
// something that speaks WebSocket.
func AcceptKey(key string) string {
	sum := sha1.Sum([]byte(key + handshakeGUID))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// NewKey returns a Sec-WebSocket-Key for one handshake: 16 unpredictable bytes in
// base64 (RFC 6455 section 4.1).
func NewKey() string {
	var nonce [16]byte
	for i := 0; i < len(nonce); i += 4 {
		k := NewMaskKey()
		copy(nonce[i:], k[:])
	}
	return base64.StdEncoding.EncodeToString(nonce[:])
}

// keyLength is the length of 16 bytes in base64.
const keyLength = 24

// ValidKey reports whether key is a Sec-WebSocket-Key: RFC 6455 section 4.2.1, "a
// base64-encoded value that, when decoded, is 16 bytes in length". It takes the one
// canonical form only: standard alphabet, padding, no spaces, no stray bits.
func ValidKey(key string) bool {
	if len(key) != keyLength {
		return false
	}
	var nonce [18]byte // what the decoder wants for 24 characters
	n, err := base64.StdEncoding.Strict().Decode(nonce[:], []byte(key))
	return err == nil && n == 16
}
