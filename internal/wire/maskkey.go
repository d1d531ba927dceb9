package wire

import (
	"crypto/rand"
	"sync"
)

// keyBatch is a supply of random bytes for masking keys: one call of the system's
// generator for many keys.
type keyBatch struct {
	left []byte
	buf  [1024]byte
}

var keyBatches = sync.Pool{New: func() any { return new(keyBatch) }}

// NewMaskKey returns a masking key from the system's cryptographic generator. RFC
// 6455 section 5.3: "the masking key MUST be derived from a strong source of
// entropy, and the masking key for a given frame MUST NOT make it simple for a
// server/proxy to predict the masking key for a subsequent frame". It may be
// called from any goroutine.
func NewMaskKey() [4]byte {
	k := keyBatches.Get().(*keyBatch)
	if len(k.left) < 4 {
		rand.Read(k.buf[:])
		k.left = k.buf[:]
	}
	key := [4]byte(k.left)
	clear(k.left[:4])
	k.left = k.left[4:]
	keyBatches.Put(k)
	return key
}
