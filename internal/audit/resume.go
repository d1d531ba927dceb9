package audit

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
)

// tailBytes is how much of a file's end is read to continue its chain. It holds
// many lines of the longest kind.
const tailBytes = 512 << 10

var (
	errUnchained = errors.New("it has lines without a hash chain: move it away first")
	errTampered  = errors.New("the end of its hash chain does not hold: it was changed, or audit.hash_chain_key_env has another key; move it away first")
)

// begin makes the chain of an open file, nil for standard output, with the line
// that it starts with: a new chain, the one before in the next file, or the one
// in the file.
func begin(f *os.File, key []byte, before *chain) (*chain, []byte, error) {
	c := &chain{key: key}
	empty := f == nil
	if f != nil {
		info, err := f.Stat()
		if err != nil {
			return nil, nil, err
		}
		empty = !info.Mode().IsRegular() || info.Size() == 0
	}
	if !empty {
		if err := c.resume(f); err != nil {
			return nil, nil, fmt.Errorf("continue audit log %q: %w", f.Name(), err)
		}
		return c, ownLine(actionResume, "the log was opened again", chainPart{Algorithm: c.algorithm()}), nil
	}
	if before != nil && before.last.sequence > 0 {
		c.last = before.last
		return c, ownLine(actionContinue, "the lines before are in another file",
			chainPart{Algorithm: c.algorithm(), Previous: hex.EncodeToString(c.last.hash[:])}), nil
	}
	return c, ownLine(actionStart, "a chain starts", chainPart{Algorithm: c.algorithm()}), nil
}

// resume reads the place in the chain from the end of the file, and notes what
// was torn there.
func (c *chain) resume(f *os.File) error {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	from := max(0, size-tailBytes)
	tail := make([]byte, size-from)
	if _, err := f.ReadAt(tail, from); err != nil && err != io.EOF {
		return err
	}
	if from > 0 { // the first line may be cut
		tail = tail[bytes.IndexByte(tail, '\n')+1:]
	}
	return c.resumeFrom(tail, from == 0)
}

// resumeFrom is resume from the end of a file's text. whole says that it is all
// of the text; else the first line that is chained is taken as it is.
func (c *chain) resumeFrom(tail []byte, whole bool) error {
	v := &verifier{key: c.key, fresh: whole, anchored: whole}
	for text := range bytes.Lines(tail) {
		if text[len(text)-1] != '\n' {
			c.lineOpen = true
			if closed := append(bytes.Clone(text), '\n'); isSealed(closed) {
				text = closed // nothing but its line feed is missing
			}
		}
		if err := v.step(text); err != nil {
			return errTampered // made with a key, and there is none now
		}
		if v.result.Break != nil {
			break
		}
	}
	switch {
	case v.result.Last == 0 && !v.chained:
		return errUnchained
	case v.result.Break != nil || v.result.Last == 0:
		return errTampered
	}
	c.last, c.torn = v.last, v.torn
	return nil
}

func isSealed(text []byte) bool {
	_, ok := unseal(text)
	return ok
}
