package celpolicy

import (
	"bytes"
	"strconv"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// scalar is a value that is no container.
type scalar struct {
	kind kind // kindAny for null
	yes  bool
	i    int64
	d    float64
	s    string
	b    []byte // in place of s, for text of the message
	lent bool   // the next text of the message overwrites b
}

// maxFloatInt is up to where a float64 holds every integer.
const maxFloatInt = 1 << 53

// compare returns how two numbers relate; ok is false if they are none, or too
// large to be compared as floats.
func (a scalar) compare(b scalar) (less, equal, ok bool) {
	switch {
	case a.kind == kindInt && b.kind == kindInt:
		return a.i < b.i, a.i == b.i, true
	case a.kind == kindInt && b.kind == kindDouble && inFloat(a.i):
		return float64(a.i) < b.d, float64(a.i) == b.d, true
	case a.kind == kindDouble && b.kind == kindInt && inFloat(b.i):
		return a.d < float64(b.i), a.d == float64(b.i), true
	case a.kind == kindDouble && b.kind == kindDouble && a.d == a.d && b.d == b.d:
		return a.d < b.d, a.d == b.d, true
	}
	return false, false, false
}

func inFloat(i int64) bool { return -maxFloatInt < i && i < maxFloatInt }

func (a scalar) isNumber() bool { return a.kind == kindInt || a.kind == kindDouble }

// equals reports whether two values are the same: those of different types are
// not.
func (a scalar) equals(b scalar) verdict {
	if a.isNumber() && b.isNumber() {
		_, equal, ok := a.compare(b)
		if !ok {
			return unsure
		}
		return verdictOf(equal)
	}
	if a.kind != b.kind {
		return no
	}
	switch a.kind {
	case kindBool:
		return verdictOf(a.yes == b.yes)
	case kindString:
		if a.lent && b.lent {
			return unsure
		}
		return verdictOf(a.sameText(b))
	}
	return verdictOf(a.kind == kindAny)
}

func (a scalar) sameText(b scalar) bool {
	switch {
	case a.b != nil && b.b != nil:
		return bytes.Equal(a.b, b.b)
	case a.b != nil:
		return string(a.b) == b.s
	case b.b != nil:
		return a.s == string(b.b)
	}
	return a.s == b.s
}

func (a scalar) appendJSON(dst []byte) ([]byte, error) {
	switch a.kind {
	case kindBool:
		return strconv.AppendBool(dst, a.yes), nil
	case kindInt:
		return strconv.AppendInt(dst, a.i, 10), nil
	case kindDouble:
		return appendDouble(dst, a.d)
	case kindString:
		if a.b != nil {
			return jsonscan.AppendQuoted(dst, a.b), nil
		}
		return jsonscan.AppendQuoted(dst, a.s), nil
	}
	return append(dst, "null"...), nil
}
