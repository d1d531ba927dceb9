package audit

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"strconv"
)

// Break is the first place at which a chain is broken.
type Break struct {
	// File counts the files from 0, Line the lines of the file from 1.
	File, Line int
	Reason     string
}

// Verified is the result of [Verify].
type Verified struct {
	// Lines are those up to the end or the break.
	Lines int
	// First and Last are the numbers of the first and the last line that hold,
	// 0 without any.
	First, Last uint64
	// Head is the hash of the last line that holds, in hex. Lines that are
	// missing behind it can be found only by who knows a later head.
	Head string
	// Before is the hash of the line before the first, in hex; empty where the
	// chain starts with it.
	Before string
	// Torn counts the places at which the writing of a line broke off and a
	// later line accounts for what remained.
	Torn int
	// Break is nil if the chain holds.
	Break *Break
	// HasHead reports whether the head that was asked for is there.
	HasHead bool
}

// ErrKeyed says that a chain was made with a key, and none was given.
var ErrKeyed = errors.New("the chain was made with a key")

// maxLine bounds a line that is read back. Those that are written are far
// shorter.
const maxLine = 1 << 20

// Verify judges the chain in files, the oldest first: each must continue the
// one before. key is that of the chain, nil if it has none. head is a hash in
// hex to look for, or empty. An error is one of reading, or [ErrKeyed].
func Verify(files []io.Reader, key []byte, head string) (Verified, error) {
	v := &verifier{key: key, wanted: head, anchored: true}
	for i, f := range files {
		v.file, v.line, v.fresh = i, 0, true
		if err := v.read(f); err != nil {
			return v.result, err
		}
		if v.result.Break != nil {
			break
		}
	}
	if v.result.Last > 0 {
		v.result.Head = hex.EncodeToString(v.last.hash[:])
	}
	return v.result, nil
}

// verifier walks along a chain.
type verifier struct {
	key    []byte
	wanted string
	result Verified
	last   link
	file   int
	line   int
	fresh  bool // the next line is the first of a file
	// anchored says that last is known. Before, text that is no line is passed
	// over, and the first line of a chain is believed.
	anchored bool
	chained  bool // there was a line of a chain
	// torn accumulates text that is no line since the line tornAt; nil if there
	// is none.
	torn   hash.Hash
	tornAt int
}

// read judges one file.
func (v *verifier) read(f io.Reader) error {
	r := bufio.NewReaderSize(f, 64<<10)
	for v.result.Break == nil {
		text, err := readLine(r)
		if err != nil && err != io.EOF {
			return err
		}
		if len(text) > 0 {
			v.line++
			v.result.Lines++
			if err := v.step(text); err != nil {
				return err
			}
		}
		if err == io.EOF {
			break
		}
	}
	switch {
	case v.result.Break != nil:
	case v.torn != nil:
		v.broken(v.tornAt, "this is no line of a chain, and no line behind it accounts for it")
	case v.fresh:
		v.broken(1, "the file has no line")
	}
	return nil
}

// readLine returns a line with its line feed. One that is too long is cut, and
// can't be one of a chain.
func readLine(r *bufio.Reader) ([]byte, error) {
	var text []byte
	for len(text) < maxLine {
		part, err := r.ReadSlice('\n')
		text = append(text, part...)
		if err != bufio.ErrBufferFull {
			return text, err
		}
	}
	return text, nil
}

func (v *verifier) broken(line int, format string, args ...any) {
	v.result.Break = &Break{v.file, line, fmt.Sprintf(format, args...)}
}

// sealed is a line with its place in the chain as it claims it.
type sealed struct {
	body []byte // what its hash covers
	link
}

// unseal takes a line apart. It is strict: of two texts of one line, one is a
// change.
func unseal(text []byte) (s sealed, ok bool) {
	rest, ok := bytes.CutSuffix(text, []byte("\"}\n"))
	if !ok || len(rest) < hashDigits {
		return s, false
	}
	digits := rest[len(rest)-hashDigits:]
	if n, err := hex.Decode(s.hash[:], digits); err != nil || n != len(s.hash) || hex.EncodeToString(s.hash[:]) != string(digits) {
		return s, false
	}
	s.body, ok = bytes.CutSuffix(rest[:len(rest)-hashDigits], []byte(hashMember))
	if !ok || len(s.body) == 0 || s.body[0] != '{' {
		return s, false
	}
	i := bytes.LastIndex(s.body, []byte(sequenceMember))
	if i < 0 {
		return s, false
	}
	number := string(s.body[i+len(sequenceMember):])
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || strconv.FormatUint(n, 10) != number || n == 0 || n == math.MaxUint64 {
		return s, false
	}
	s.sequence = n
	return s, true
}

// own returns what a line says, if it is one of the chain's own.
func (s sealed) own() (l line) {
	if bytes.Contains(s.body, []byte(`"event.action":"audit.`)) {
		_ = json.Unmarshal(append(bytes.Clone(s.body), '}'), &l) // else l says nothing, and matches nothing
	}
	return l
}

// step judges one line.
func (v *verifier) step(text []byte) error {
	s, ok := unseal(text)
	if !ok {
		v.noLine(text)
		return nil
	}
	v.chained = true
	l := s.own()
	switch {
	case v.fresh:
		if v.fresh = false; !v.begin(s, l) {
			return v.keyed(l)
		}
	case v.anchored:
		v.follows(s)
	}
	if v.anchored && v.result.Break == nil {
		v.accounts(l)
	}
	if v.result.Break != nil {
		return nil
	}
	v.anchored = true
	v.last = s.link
	v.result.Last = s.sequence
	if v.result.First == 0 {
		v.result.First = s.sequence
	}
	if hex.EncodeToString(s.hash[:]) == v.wanted {
		v.result.HasHead = true
	}
	return nil
}

// keyed returns the error for a chain whose key is missing.
func (v *verifier) keyed(l line) error {
	if v.key == nil && l.Algorithm == algorithm([]byte{}) {
		v.result.Break = nil
		return ErrKeyed
	}
	return nil
}

// noLine notes text that is no line of a chain.
func (v *verifier) noLine(text []byte) {
	if !v.anchored {
		return
	}
	if v.fresh {
		v.broken(v.line, "the file does not start with a line of a chain")
		return
	}
	if v.torn == nil {
		v.torn, v.tornAt = sha256.New(), v.line
	}
	v.torn.Write(text)
}

// begin judges the first line of a file.
func (v *verifier) begin(s sealed, l line) bool {
	var before digest
	switch n, err := hex.Decode(before[:], []byte(clipHex(l.Previous))); {
	case l.Action == actionStart && l.Previous == "" && s.sequence == 1 && v.file == 0:
	case l.Action == actionStart && v.file > 0:
		v.broken(v.line, "the file starts a chain of its own instead of continuing the one before")
		return false
	case l.Action == actionContinue && err == nil && n == len(before):
		if v.file > 0 && (before != v.last.hash || s.sequence != v.last.sequence+1) {
			v.broken(v.line, "the file does not continue the one before: it follows line number %d", s.sequence-1)
			return false
		}
		if v.file == 0 {
			v.result.Before = l.Previous
		}
	default:
		v.broken(v.line, "lines are missing in front: the file starts in the middle of a chain")
		return false
	}
	return v.hashed(s, before)
}

func clipHex(s string) string {
	if len(s) != hashDigits {
		return ""
	}
	return s
}

// follows judges a line by the one before.
func (v *verifier) follows(s sealed) {
	switch want := v.last.sequence + 1; {
	case s.sequence > want:
		v.broken(v.at(), "line number %d is here where %d should be: lines are missing", s.sequence, want)
	case s.sequence < want:
		v.broken(v.at(), "line number %d is here where %d should be: the line was moved, or is here twice", s.sequence, want)
	default:
		v.hashed(s, v.last.hash)
	}
}

// at is the first line since the last one that holds.
func (v *verifier) at() int {
	if v.torn != nil {
		return v.tornAt
	}
	return v.line
}

func (v *verifier) hashed(s sealed, previous digest) bool {
	want := digestOf(v.key, previous, s.body)
	if hmac.Equal(want[:], s.hash[:]) {
		return true
	}
	v.broken(v.at(), "the hash does not match: the line was changed, or the key is another one")
	return false
}

// accounts judges whether a line accounts for text that is no line in front of
// it, and for nothing else.
func (v *verifier) accounts(l line) {
	switch {
	case v.torn == nil && l.Action != actionTorn:
	case v.torn != nil && l.Action == actionTorn && l.Torn == hex.EncodeToString(v.torn.Sum(nil)):
		v.torn = nil
		v.result.Torn++
	case v.torn != nil:
		v.broken(v.tornAt, "this is no line of a chain, and the line behind it does not account for it")
	default:
		v.broken(v.line, "the remains of a broken line were here, and are not")
	}
}
