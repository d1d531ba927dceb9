package jsonscan

import (
	"unicode"
	"unicode/utf8"
)

// Ambiguous reports whether an object on the way to p has a member that differs
// from the name there only in case, such as "Type" beside or instead of "type".
// Some servers (Go's encoding/json, .NET) take the two for the same, so that
// what they read at p is not what [Doc.Lookup] finds.
func (d *Doc) Ambiguous(p Path) bool { return d.Root().Ambiguous(p) }

// Ambiguous is [Doc.Ambiguous] for a path from v.
func (v Value) Ambiguous(p Path) bool {
	for i := range p.steps {
		s := &p.steps[i]
		if s.index < 0 && v.variant(s, Value{}).Exists() {
			return true
		}
		v = v.step(s)
	}
	return false
}

// variant returns the first member of v behind the member after whose name
// differs from that of s only in case; after may be missing.
func (v Value) variant(s *step, after Value) Value {
	if v.Kind() != Object {
		return Value{}
	}
	i, end := v.i+1, v.node().next
	if after.Exists() {
		i = after.node().next
	}
	for ; i < end; i = v.d.nodes[i].next {
		n := &v.d.nodes[i]
		if differ(v.d.rawName(n), s.name) {
			continue
		}
		if equalFold(v.d.memberName(n), s.name) && !v.d.nameIs(n, s) {
			return Value{v.d, i}
		}
	}
	return Value{}
}

// differ reports whether two names, the first as it is written, differ by their
// first bytes already, as most do. Two letters of ASCII are equal but for case if
// all bits but one agree; what else folds to one of them is not ASCII.
func differ(raw []byte, name string) bool {
	return len(raw) > 0 && len(name) > 0 && raw[0] != '\\' && (raw[0]|name[0]) < utf8.RuneSelf && raw[0]|0x20 != name[0]|0x20
}

// equalFold reports whether two names differ at most in case, as
// [unicode.SimpleFold] has it.
func equalFold(a []byte, b string) bool {
	for len(a) > 0 && len(b) > 0 {
		r, n := utf8.DecodeRune(a)
		s, m := utf8.DecodeRuneInString(b)
		if r != s && foldRune(r) != foldRune(s) {
			return false
		}
		a, b = a[n:], b[m:]
	}
	return len(a)+len(b) == 0
}

// foldRune returns the least of the runes that are equal to r but for case.
func foldRune(r rune) rune {
	switch {
	case 'a' <= r && r <= 'z':
		return r - 'a' + 'A' // before it in Unicode is nothing that folds to it
	case r < utf8.RuneSelf:
		return r
	}
	least := r
	for s := unicode.SimpleFold(r); s != r; s = unicode.SimpleFold(s) {
		least = min(least, s)
	}
	return least
}

// appendFolded appends name to dst, so that names that are equal but for case give
// the same.
func appendFolded(dst, name []byte) []byte {
	for len(name) > 0 {
		r, n := utf8.DecodeRune(name)
		dst = utf8.AppendRune(dst, foldRune(r))
		name = name[n:]
	}
	return dst
}
