package js

import (
	"bytes"
	"errors"

	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/syntax"
)

// A reader parses the pieces of code of one file, which may be broken.
type reader struct {
	parse lang.Parse
	// budget is how many bytes may still be parsed to read broken pieces in
	// other ways. It keeps the work in proportion to the file.
	budget int
	// err is why parsing had to stop. What takes too long once isn't tried again.
	err error
}

func newReader(parse lang.Parse, size int) *reader {
	return &reader{parse: parse, budget: 4*size + 16<<10}
}

// A reading is the tree that one way to read a piece of code gives.
type reading struct {
	tree   *syntax.Tree
	base   int // where the parsed text starts in the piece; negative behind a prefix
	damage int
}

// read parses with the first language, and if that has errors with the others,
// then with repairs, and returns the reading that lost least.
func (r *reader) read(languages []syntax.Language, src []byte) (reading, error) {
	if r.err != nil {
		return reading{}, r.err
	}
	best, err := r.attempt(languages[0], src, "", "")
	if err != nil {
		return reading{}, err
	}
	for _, language := range languages[1:] {
		r.retry(&best, language, src, "", "")
	}
	r.repair(&best, src)
	return best, nil
}

// retry replaces best if reading src with something around it loses less.
func (r *reader) retry(best *reading, language syntax.Language, src []byte, before, after string) {
	if best.damage == 0 || r.err != nil || r.budget < len(src) {
		return
	}
	r.budget -= len(src)
	if another, err := r.attempt(language, src, before, after); err == nil && another.damage < best.damage {
		*best = another
	}
}

func (r *reader) attempt(language syntax.Language, src []byte, before, after string) (reading, error) {
	if before != "" || after != "" {
		src = bytes.Join([][]byte{[]byte(before), src, []byte(after)}, nil)
	}
	tree, err := r.parse(language, src)
	if err != nil {
		if !errors.Is(err, syntax.ErrTooLarge) {
			r.err = err
		}
		return reading{}, err
	}
	return reading{tree: tree, base: -len(before), damage: damage(tree)}, nil
}

// damage measures what the parser could not make sense of, in loose pieces: it
// tells one wrong token from a broken file, which the number of errors doesn't.
func damage(tree *syntax.Tree) int {
	if tree.Errors == 0 {
		return 0
	}
	d := 0
	for n := range tree.Root().Descendants() {
		switch {
		case n.IsError():
			d += 1 + n.NumChildren()
		case n.Missing():
			d++
		}
	}
	return d
}
