package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"time"
)

// A chained line ends with its number and its hash, which covers all of the
// line before it and the hash of the line before. So no line can be changed,
// dropped, added or moved without a break that [Verify] finds, but for lines at
// the end: whoever wants to know that none of those is missing has to compare
// the head, the last hash, with one that was kept elsewhere.
//
// Without a key, whoever can write the file can compute all hashes anew. With
// one they can't.
const (
	sequenceMember = `,"wswarden.chain.sequence":`
	hashMember     = `,"wswarden.chain.hash":"`
	hashDigits     = 2 * sha256.Size
	// chainDomain keeps a hash of this chain from being one of anything else.
	chainDomain = "wswarden audit chain 1\n"
)

// The actions of the chain's own lines.
const (
	actionStart    = "audit.start"    // the first line of a chain
	actionContinue = "audit.continue" // the first line of a file behind another one
	actionResume   = "audit.resume"   // the first line after a restart
	actionTorn     = "audit.torn"     // accounts for what is no line in front of it
	actionLost     = "audit.lost"     // lines that could not be written
)

// chainPart is what the chain's own lines hold besides.
type chainPart struct {
	Algorithm string `json:"wswarden.chain.algorithm,omitempty"`
	Previous  string `json:"wswarden.chain.previous,omitempty"` // hash of the line before, in hex
	Torn      string `json:"wswarden.chain.torn,omitempty"`     // SHA-256 of what is no line, in hex
}

// digest is the hash of a line.
type digest [sha256.Size]byte

// link is a line's place in a chain: what the next line is chained to.
type link struct {
	sequence uint64
	hash     digest
}

// chain seals lines. It is used under the mutex of its [Log].
type chain struct {
	key  []byte // nil means that the hashes have no key
	last link
	// torn accumulates what the file holds behind the last line and is no
	// line; nil if there is nothing. lineOpen says that a line feed is missing.
	torn     hash.Hash
	lineOpen bool
}

// serves reports whether c is what s asks for.
func (c *chain) serves(s Settings) bool {
	if c == nil {
		return !s.HashChain
	}
	return s.HashChain && (c.key == nil) == (s.ChainKey == nil) && bytes.Equal(c.key, s.ChainKey)
}

func (c *chain) algorithm() string { return algorithm(c.key) }

func algorithm(key []byte) string {
	if key != nil {
		return "hmac-sha256"
	}
	return "sha256"
}

// digestOf returns the hash of a line that follows the one with the hash
// previous. body is all of it in front of the member with its own hash.
func digestOf(key []byte, previous digest, body []byte) (d digest) {
	h := sha256.New()
	if key != nil {
		h = hmac.New(sha256.New, key)
	}
	h.Write([]byte(chainDomain))
	h.Write(previous[:])
	h.Write(body)
	h.Sum(d[:0])
	return d
}

// seal appends a line, an object and its line feed, with its place in the chain
// behind last to b.
func (c *chain) seal(b, line []byte, last link) ([]byte, link) {
	next := link{sequence: last.sequence + 1}
	start := len(b)
	b = append(b, bytes.TrimSuffix(line, []byte("}\n"))...)
	b = append(b, sequenceMember...)
	b = strconv.AppendUint(b, next.sequence, 10)
	next.hash = digestOf(c.key, last.hash, b[start:])
	b = append(b, hashMember...)
	b = hex.AppendEncode(b, next.hash[:])
	return append(b, '"', '}', '\n'), next
}

// batch is lines that are written at once.
type batch struct {
	text []byte
	ends []int  // where each line ends
	at   []link // its place in the chain
	own  int    // how many of the lines are the chain's own
}

// batch returns the lines as they are to be written, with a line in front that
// accounts for what was torn before.
func (c *chain) batch(lines [][]byte) batch {
	var out batch
	if c.lineOpen {
		out.text = append(out.text, '\n')
	}
	if c.torn != nil {
		lines = append([][]byte{c.tornLine()}, lines...)
		out.own++
	}
	last := c.last
	for _, line := range lines {
		out.text, last = c.seal(out.text, line, last)
		out.ends, out.at = append(out.ends, len(out.text)), append(out.at, last)
	}
	return out
}

// tornLine accounts for what is no line.
func (c *chain) tornLine() []byte {
	sum := hashOf(c.torn, c.lineOpen)
	return ownLine(actionTorn, "the text before this line is what remained of lines whose writing broke off", chainPart{Torn: hex.EncodeToString(sum)})
}

// hashOf returns the hash of what was torn, with the line feed that ends it.
func hashOf(torn hash.Hash, open bool) []byte {
	if !open {
		return torn.Sum(nil)
	}
	// Sum leaves the state as it is, and a copy can take the line feed.
	state, err := torn.(interface{ MarshalBinary() ([]byte, error) }).MarshalBinary()
	if err != nil {
		panic(err) // the hashes of the standard library can be copied
	}
	h := sha256.New()
	if err := h.(interface{ UnmarshalBinary([]byte) error }).UnmarshalBinary(state); err != nil {
		panic(err)
	}
	h.Write([]byte{'\n'})
	return h.Sum(nil)
}

// wrote notes that the file took n bytes of b, and returns how many lines are
// whole, its own among them. The others are lost.
func (c *chain) wrote(b batch, n int) (whole int) {
	if n == 0 {
		return 0
	}
	end := 0 // of what is accounted for
	if c.lineOpen {
		if end = 1; c.torn != nil {
			c.torn.Write([]byte{'\n'})
		}
	}
	c.lineOpen = false
	for whole < len(b.ends) && b.ends[whole]-1 <= n {
		c.last, end, c.torn = b.at[whole], b.ends[whole], nil
		whole++
	}
	switch {
	case end > n: // all of the last line but its line feed
		c.lineOpen = true
	case end < n:
		if c.torn == nil {
			c.torn = sha256.New()
		}
		c.torn.Write(b.text[end:n])
		c.lineOpen = true
	}
	return whole
}

// ownLine returns a line of the chain's own.
func ownLine(action, detail string, part chainPart) []byte {
	return marshal(line{
		Time: time.Now().UTC().Format(time.RFC3339Nano), ID: NewID(), Action: action, Outcome: "allowed", Detail: detail, chainPart: part,
	})
}

// lostLine says in the chain how many lines are missing from it.
func lostLine(count uint64) []byte {
	return ownLine(actionLost, fmt.Sprintf("%d lines could not be written", count), chainPart{})
}
