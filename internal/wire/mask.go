package wire

import (
	"encoding/binary"
	"math/bits"
)

// Mask xors b with key in place (RFC 6455 section 5.3). The first byte of b is
// byte offset of the frame's payload, so that a payload can be masked in parts.
// Masking twice with the same key and offset restores b.
func Mask(b []byte, key [4]byte, offset int) {
	k := maskWord(key, offset)
	for len(b) >= 32 {
		p := b[:32:32]
		binary.LittleEndian.PutUint64(p[0:], binary.LittleEndian.Uint64(p[0:])^k)
		binary.LittleEndian.PutUint64(p[8:], binary.LittleEndian.Uint64(p[8:])^k)
		binary.LittleEndian.PutUint64(p[16:], binary.LittleEndian.Uint64(p[16:])^k)
		binary.LittleEndian.PutUint64(p[24:], binary.LittleEndian.Uint64(p[24:])^k)
		b = b[32:]
	}
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, binary.LittleEndian.Uint64(b)^k)
		b = b[8:]
	}
	for i := range b {
		b[i] ^= byte(k)
		k = bits.RotateLeft64(k, -8)
	}
}

// maskWord returns key twice, turned so that its lowest byte masks the payload
// byte at offset.
func maskWord(key [4]byte, offset int) uint64 {
	k := bits.RotateLeft32(binary.LittleEndian.Uint32(key[:]), -8*(offset&3))
	return uint64(k) | uint64(k)<<32
}

// highBits has the highest bit of every byte: none of them is set in ASCII.
const highBits = 0x8080808080808080

// maskCopy writes src, xored with the mask word k, to dst, which must be as long,
// and reports whether the result is pure ASCII. One pass does both, because text
// has to be looked at anyway and a second pass would cost as much again.
func maskCopy(dst, src []byte, k uint64) (ascii bool) {
	dst = dst[:len(src)]
	var seen uint64
	for len(src) >= 32 && len(dst) >= 32 {
		s, d := src[:32:32], dst[:32:32]
		w0 := binary.LittleEndian.Uint64(s[0:]) ^ k
		w1 := binary.LittleEndian.Uint64(s[8:]) ^ k
		w2 := binary.LittleEndian.Uint64(s[16:]) ^ k
		w3 := binary.LittleEndian.Uint64(s[24:]) ^ k
		binary.LittleEndian.PutUint64(d[0:], w0)
		binary.LittleEndian.PutUint64(d[8:], w1)
		binary.LittleEndian.PutUint64(d[16:], w2)
		binary.LittleEndian.PutUint64(d[24:], w3)
		seen |= w0 | w1 | w2 | w3
		src, dst = src[32:], dst[32:]
	}
	for len(src) >= 8 && len(dst) >= 8 {
		w := binary.LittleEndian.Uint64(src) ^ k
		binary.LittleEndian.PutUint64(dst, w)
		seen |= w
		src, dst = src[8:], dst[8:]
	}
	for i := range src {
		c := src[i] ^ byte(k)
		dst[i] = c
		seen |= uint64(c)
		k = bits.RotateLeft64(k, -8)
	}
	return seen&highBits == 0
}

// maskedASCII reports whether src, xored with the mask word k, is pure ASCII.
func maskedASCII(src []byte, k uint64) bool {
	var seen uint64
	for len(src) >= 32 {
		s := src[:32:32]
		seen |= (binary.LittleEndian.Uint64(s[0:]) ^ k) | (binary.LittleEndian.Uint64(s[8:]) ^ k) |
			(binary.LittleEndian.Uint64(s[16:]) ^ k) | (binary.LittleEndian.Uint64(s[24:]) ^ k)
		src = src[32:]
	}
	for len(src) >= 8 {
		seen |= binary.LittleEndian.Uint64(src) ^ k
		src = src[8:]
	}
	for i := range src {
		seen |= uint64(src[i] ^ byte(k))
		k = bits.RotateLeft64(k, -8)
	}
	return seen&highBits == 0
}
