package report

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
)

// fingerprintSize is the length of a fingerprint in bytes: too long for two of
// a report to meet by chance, short enough for a line of a baseline.
const fingerprintSize = 16

// setFingerprints gives every finding its fingerprint. Findings that are equal
// in all that it is made of are numbered in their order, which is that of the
// lines: inserting lines moves none of them, inserting one more of the same kind
// moves those behind it.
func setFingerprints(sorted []Finding) {
	seen := make(map[[fingerprintSize]byte]uint64, len(sorted))
	for i := range sorted {
		f := &sorted[i]
		base := fingerprint(f, 0)
		ordinal := seen[base]
		seen[base]++
		if ordinal > 0 {
			base = fingerprint(f, ordinal)
		}
		f.Fingerprint = hex.EncodeToString(base[:])
	}
}

// fingerprint hashes what tells f from other findings and stays when lines
// move. The message stands in for an anchor that is missing.
func fingerprint(f *Finding, ordinal uint64) [fingerprintSize]byte {
	anchor := f.Anchor
	if anchor == "" {
		anchor = f.Message
	}
	h := sha256.New()
	for _, part := range []string{f.Weakness.ID, f.Path, f.URL, f.Check, anchor} {
		// The length before each part keeps ("a", "bc") from being ("ab", "c").
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		io.WriteString(h, part)
	}
	h.Write(binary.BigEndian.AppendUint64(nil, ordinal))
	return [fingerprintSize]byte(h.Sum(nil))
}
