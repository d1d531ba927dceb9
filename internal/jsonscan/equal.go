package jsonscan

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"math/rand/v2"
	"slices"
)

// equality compares values as JSON Schema has it: numbers by value, objects in
// any order. It owns the memory that this takes, because one of the values may
// be of a schema, whose Doc is shared by goroutines and must not be written to.
type equality struct {
	left, right []byte
	hashes      []elementHash
	budget      int // how many more values may be looked at; beyond it nothing is equal
}

type elementHash struct {
	hash uint64
	node uint32
}

func (e *equality) size() int {
	return max(cap(e.left), cap(e.right), cap(e.hashes))
}

// values reports whether two values are equal.
func (e *equality) values(a, b Value) bool {
	if e.budget--; e.budget < 0 {
		return false
	}
	x, y := a.node(), b.node()
	kind := x.kind()
	if kind != y.kind() || x.count() != y.count() {
		return false
	}
	switch kind {
	case Null:
		return true
	case Bool:
		return (x.info^y.info)&flagTrue == 0
	case Number:
		return equalNumbers(a.Raw(), b.Raw())
	case String:
		return e.strings(a, b)
	case Array:
		return e.arrays(a, b)
	}
	return e.objects(a, b)
}

func equalNumbers(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, y := parseDecimal(a), parseDecimal(b)
	return x.compare(&y) == 0
}

func (e *equality) strings(a, b Value) bool {
	if (a.node().info|b.node().info)&flagEscaped == 0 {
		return bytes.Equal(a.Raw(), b.Raw())
	}
	e.left = a.AppendText(e.left[:0])
	e.right = b.AppendText(e.right[:0])
	return bytes.Equal(e.left, e.right)
}

func (e *equality) arrays(a, b Value) bool {
	i, j := a.i+1, b.i+1
	for end := a.node().next; i < end; i, j = a.d.nodes[i].next, b.d.nodes[j].next {
		if !e.values(Value{a.d, i}, Value{b.d, j}) {
			return false
		}
	}
	return true
}

// objects compares objects of as many members. Names do not repeat, so it is
// enough that b has all that a has.
func (e *equality) objects(a, b Value) bool {
	for i, end := a.i+1, a.node().next; i < end; i = a.d.nodes[i].next {
		j, ok := e.sameMember(a.d, &a.d.nodes[i], b)
		if !ok || !e.values(Value{a.d, i}, j) {
			return false
		}
	}
	return true
}

// sameMember finds the member of object that has the name of n, a member in d.
func (e *equality) sameMember(d *Doc, n *node, object Value) (Value, bool) {
	for m := range object.Elements() {
		e.budget--
		o := m.node()
		if o.sig != n.sig {
			continue
		}
		if (o.info|n.info)&flagKeyEscaped == 0 {
			if o.klen == n.klen && (o.klen <= 8 || bytes.Equal(d.rawName(n), m.d.rawName(o))) {
				return m, true
			}
			continue
		}
		e.left = appendUnescaped(e.left[:0], d.rawName(n))
		e.right = appendUnescaped(e.right[:0], m.d.rawName(o))
		if bytes.Equal(e.left, e.right) {
			return m, true
		}
	}
	return Value{}, false
}

// fewElements is how many elements are compared with each other. Of more,
// only those are whose hashes are equal.
const fewElements = 12

// unique reports whether no two elements of an array are equal.
func (e *equality) unique(array Value) bool {
	if array.Len() <= fewElements {
		return e.uniqueByPairs(array)
	}
	e.hashes = e.hashes[:0]
	for v := range array.Elements() {
		e.hashes = append(e.hashes, elementHash{e.hash(v), v.i})
	}
	slices.SortFunc(e.hashes, func(a, b elementHash) int { return cmp.Compare(a.hash, b.hash) })
	for i := range e.hashes {
		for j := i + 1; j < len(e.hashes) && e.hashes[j].hash == e.hashes[i].hash; j++ {
			if e.values(Value{array.d, e.hashes[i].node}, Value{array.d, e.hashes[j].node}) {
				return false
			}
		}
	}
	return true
}

func (e *equality) uniqueByPairs(array Value) bool {
	for a := range array.Elements() {
		end := array.node().next
		for i := a.node().next; i < end; i = array.d.nodes[i].next {
			if e.values(a, Value{array.d, i}) {
				return false
			}
		}
	}
	return true
}

// hash returns the same for equal values, and what a peer cannot foresee.
func (e *equality) hash(v Value) uint64 {
	e.budget--
	kind := hashSecret ^ uint64(v.Kind())
	switch v.Kind() {
	case Bool:
		return mix(kind, uint64(v.node().info&flagTrue))
	case Number:
		return mix(kind, e.hashNumber(v))
	case String:
		e.left = v.AppendText(e.left[:0])
		return mix(kind, maphash.Bytes(hashSeed, e.left))
	case Array:
		h := kind
		for elem := range v.Elements() {
			h = mix(h, e.hash(elem))
		}
		return h
	case Object:
		h := kind
		for m := range v.Elements() {
			e.left = appendUnescaped(e.left[:0], v.d.rawName(m.node()))
			h += mix(maphash.Bytes(hashSeed, e.left), e.hash(m))
		}
		return h
	}
	return kind
}

// hashNumber hashes the digits that do not depend on how the number is written.
func (e *equality) hashNumber(v Value) uint64 {
	d := parseDecimal(v.Raw())
	e.left = e.left[:0]
	rest := d.digits
	for range d.significant() {
		var c byte
		c, rest = nextDigit(rest)
		e.left = append(e.left, c)
	}
	return mix(maphash.Bytes(hashSeed, e.left), uint64(d.point)<<2+uint64(d.sign()+1))
}

// hashSecret keeps a peer from foreseeing hashes of values without text.
var hashSecret = rand.Uint64()

// mix combines two hashes, the order counting.
func mix(a, b uint64) uint64 {
	a = (a ^ b>>29) * 0xff51afd7ed558ccd
	return (a ^ a>>32) + b*0x9e3779b97f4a7c15
}
