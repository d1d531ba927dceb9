package jsonscan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Path says where in a document a value is: "type", "data.action", "[0]",
// `args[1]["a.b"].name`. It is immutable.
type Path struct {
	steps []step
	text  string
}

// step is a name, or if there is none a position.
type step struct {
	sig   uint64
	name  string
	index int // -1 for a name
}

func stepOf(name string) step {
	return step{sig: nameSignature(name), name: name, index: -1}
}

func nameSignature(name string) uint64 {
	var sig uint64
	for i := min(len(name), 8) - 1; i >= 0; i-- {
		sig = sig<<8 | uint64(name[i])
	}
	return sig
}

// ParsePath reads a path: names separated by dots, positions in brackets, and in
// brackets and quotes as of JSON any name that has one of . [ ] " itself. The
// empty path is that of the whole document.
func ParsePath(text string) (Path, error) {
	p := Path{text: text}
	rest := text
	for rest != "" {
		var s step
		var err error
		if s, rest, err = parseStep(rest, len(p.steps) == 0); err != nil {
			return Path{}, fmt.Errorf("parse path %q: %w", text, err)
		}
		p.steps = append(p.steps, s)
	}
	return p, nil
}

// NamePath returns the path of the member with that name, which may be any, of
// the document's value.
func NamePath(name string) Path {
	return Path{steps: []step{stepOf(name)}, text: name}
}

func parseStep(text string, first bool) (s step, rest string, err error) {
	switch {
	case text[0] == '[':
		return parseBracket(text[1:])
	case first:
	case text[0] == '.':
		text = text[1:]
	default:
		return s, "", errors.New("a dot is missing")
	}
	end := strings.IndexAny(text, `.[]"`)
	if end < 0 {
		end = len(text)
	}
	switch {
	case end == 0:
		return s, "", errors.New("a name is empty")
	case end < len(text) && text[end] != '.' && text[end] != '[':
		return s, "", fmt.Errorf("%q within a name", text[end])
	}
	return stepOf(text[:end]), text[end:], nil
}

func parseBracket(text string) (s step, rest string, err error) {
	if strings.HasPrefix(text, `"`) {
		var d Doc
		end := closingQuote(text)
		if end < 0 || !strings.HasPrefix(text[end:], "]") || !NewScanner(Limits{}).Scan([]byte(text[:end]), &d).OK() {
			return s, "", errors.New("a quoted name is not a JSON string, or lacks its bracket")
		}
		return stepOf(string(d.Root().Text())), text[end+1:], nil
	}
	inner, rest, ok := strings.Cut(text, "]")
	n, err := strconv.Atoi(inner)
	if !ok || err != nil || n < 0 || strconv.Itoa(n) != inner {
		return s, "", errors.New("brackets hold neither a position nor a quoted name")
	}
	return step{index: n}, rest, nil
}

// closingQuote returns the offset behind the string that text begins with, or -1.
func closingQuote(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// String returns the path as it was written.
func (p Path) String() string { return p.text }

// Lookup returns the value at p, or a missing one.
func (d *Doc) Lookup(p Path) Value { return d.Root().Lookup(p) }

// Lookup returns the value at p below v, or a missing one.
func (v Value) Lookup(p Path) Value {
	for i := range p.steps {
		v = v.step(&p.steps[i])
	}
	return v
}

func (v Value) step(s *step) Value {
	if s.index >= 0 {
		return v.Index(s.index)
	}
	return v.get(s)
}
