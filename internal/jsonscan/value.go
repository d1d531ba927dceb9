package jsonscan

import (
	"iter"
	"strconv"
)

// Value is a view of one value of a [Doc]. It costs nothing to make and copies
// nothing. The zero Value is missing: every method may be called on it, and
// finds nothing. A Value is good until its Doc is used for another document.
type Value struct {
	d *Doc
	i uint32
}

func (v Value) node() *node { return &v.d.nodes[v.i] }

// Exists reports whether v is a value at all; null is one.
func (v Value) Exists() bool { return v.d != nil }

// Kind returns what v is.
func (v Value) Kind() Kind {
	if v.d == nil {
		return Missing
	}
	return v.node().kind()
}

// Raw returns v as it is written in the document. The bytes are those of the
// document and must not be changed.
func (v Value) Raw() []byte {
	if v.d == nil {
		return nil
	}
	n := v.node()
	return v.d.src[n.start:n.end]
}

// Range returns the offsets of v's first byte and of the byte behind its last.
func (v Value) Range() (start, end int) {
	if v.d == nil {
		return 0, 0
	}
	n := v.node()
	return int(n.start), int(n.end)
}

// Bool returns whether v is true; it is false for anything but a boolean.
func (v Value) Bool() bool {
	return v.Kind() == Bool && v.node().info&flagTrue != 0
}

// Text returns what the string v stands for, nil if v is no string. Where the
// document spells it without escape sequences, the bytes are those of the
// document. Otherwise they are in memory of the Doc that the next call of Text,
// of a name, or of [Schema.Check] overwrites: copy them with [Value.AppendText].
func (v Value) Text() []byte {
	if v.Kind() != String {
		return nil
	}
	return v.d.stringText(v.node())
}

// AppendText appends what the string v stands for; nothing if v is no string.
func (v Value) AppendText(dst []byte) []byte {
	if v.Kind() != String {
		return dst
	}
	n := v.node()
	raw := v.d.src[n.start+1 : n.end-1]
	if n.info&flagEscaped == 0 {
		return append(dst, raw...)
	}
	return appendUnescaped(dst, raw)
}

// EqualText reports whether v is the string text.
func (v Value) EqualText(text string) bool {
	return v.Kind() == String && string(v.Text()) == text
}

// Int64 returns the number v; ok is false if v is no number or is not exactly an
// int64. A number such as 1.0 or 1e3 is an integer, as in JSON Schema.
func (v Value) Int64() (n int64, ok bool) {
	if v.Kind() != Number {
		return 0, false
	}
	if n, ok = plainInteger(v.Raw(), v.node().info); ok {
		return n, true
	}
	d := parseDecimal(v.Raw())
	return d.int64()
}

// Float64 returns the float64 nearest to the number v; ok is false if v is no
// number. Integers beyond 2^53 lose digits.
func (v Value) Float64() (f float64, ok bool) {
	if v.Kind() != Number {
		return 0, false
	}
	if n, ok := plainInteger(v.Raw(), v.node().info); ok && n>>53 == 0 && n != 0 {
		return float64(n), true
	}
	f, err := strconv.ParseFloat(string(v.Raw()), 64)
	return f, err == nil
}

// IsInteger reports whether v is a number without a fractional part, however it
// is written.
func (v Value) IsInteger() bool {
	if v.Kind() != Number {
		return false
	}
	if v.node().info&flagInteger != 0 {
		return true
	}
	d := parseDecimal(v.Raw())
	return d.isInteger()
}

// Len returns how many elements or members v has; 0 if it is no container.
func (v Value) Len() int {
	if v.d == nil {
		return 0
	}
	return v.node().count()
}

// Get returns the member of v with that name; it is missing if v is no object or
// has none.
func (v Value) Get(name string) Value {
	key := stepOf(name)
	return v.get(&key)
}

// Index returns the element of v at that position, counted from 0.
func (v Value) Index(i int) Value {
	if v.Kind() != Array || i < 0 || i >= v.Len() {
		return Value{}
	}
	at := v.i + 1
	for ; i > 0; i-- {
		at = v.d.nodes[at].next
	}
	return Value{v.d, at}
}

// Members iterates over the members of an object, in the order of the document.
// Names are given as by [Value.Text].
func (v Value) Members() iter.Seq2[[]byte, Value] {
	return func(yield func([]byte, Value) bool) {
		if v.Kind() != Object {
			return
		}
		for i, end := v.i+1, v.node().next; i < end; i = v.d.nodes[i].next {
			if !yield(v.d.memberName(&v.d.nodes[i]), Value{v.d, i}) {
				return
			}
		}
	}
}

// Elements iterates over the elements of an array, or the members of an object
// without their names.
func (v Value) Elements() iter.Seq[Value] {
	return func(yield func(Value) bool) {
		if v.Len() == 0 {
			return
		}
		for i, end := v.i+1, v.node().next; i < end; i = v.d.nodes[i].next {
			if !yield(Value{v.d, i}) {
				return
			}
		}
	}
}

// get finds a member by a name that has been prepared.
func (v Value) get(s *step) Value {
	if v.Kind() != Object {
		return Value{}
	}
	if at := v.d.member(v.i, s); at != 0 {
		return Value{v.d, at}
	}
	return Value{}
}

// member returns the node of the member of the object with the node at that has
// the name s, or 0.
func (d *Doc) member(at uint32, s *step) uint32 {
	for i, end := at+1, d.nodes[at].next; i < end; i = d.nodes[i].next {
		if d.nameIs(&d.nodes[i], s) {
			return i
		}
	}
	return 0
}

// nameIs reports whether n has the name s.
func (d *Doc) nameIs(n *node, s *step) bool { return n.sig == s.sig && d.hasName(n, s) }

// hasName reports whether n, whose signature is that of s, has the name s.
func (d *Doc) hasName(n *node, s *step) bool {
	if int(n.klen) == len(s.name) && n.klen <= 8 && n.info&flagKeyEscaped == 0 {
		return true
	}
	return d.hasLongName(n, s)
}

func (d *Doc) hasLongName(n *node, s *step) bool {
	if n.info&flagKeyEscaped != 0 {
		return string(d.memberName(n)) == s.name
	}
	return string(d.src[n.key:n.key+n.klen]) == s.name
}
