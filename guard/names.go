package guard

import (
	"bytes"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// nameSet is a set of names of members, in any case.
type nameSet [][]byte

func newNameSet(names []string) nameSet {
	var s nameSet
	for _, n := range names {
		s = append(s, []byte(n))
	}
	return s
}

func (s nameSet) empty() bool { return len(s) == 0 }

func (s nameSet) has(name []byte) bool {
	for _, n := range s {
		if bytes.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// appendMembers appends the members at any depth of v that are in s or in t. What
// is in one of them is not looked at.
func appendMembers(dst []jsonscan.Value, v jsonscan.Value, s, t nameSet) []jsonscan.Value {
	switch v.Kind() {
	case jsonscan.Object:
		for name, m := range v.Members() {
			if s.has(name) || t.has(name) {
				dst = append(dst, m)
			} else if m.Len() > 0 {
				dst = appendMembers(dst, m, s, t)
			}
		}
	case jsonscan.Array:
		for m := range v.Elements() {
			if m.Len() > 0 {
				dst = appendMembers(dst, m, s, t)
			}
		}
	}
	return dst
}
