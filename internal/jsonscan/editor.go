package jsonscan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Editor notes changes to a document and writes it anew. What no change touches
// is copied as it was written; objects and arrays around a change lose white
// space between their parts, nothing else.
//
// The zero Editor is ready for [Editor.Reset]. It keeps its memory from one
// document to the next.
type Editor struct {
	d     *Doc
	root  uint32 // node of the value that is edited
	edits []edit
	added []addition
}

// edit replaces or drops the value with the node at.
type edit struct {
	at   uint32
	drop bool
	raw  []byte
}

// addition is a member that the object with the node at does not have; rest is
// its path from there.
type addition struct {
	at   uint32
	rest []step
	raw  []byte
}

// Errors of [Editor.Set].
var (
	ErrNotObject = errors.New("a value on the path is no object, or there is no such element")
	ErrOverlap   = errors.New("a value within it, or that it is within, was changed before")
)

// Reset forgets all changes and begins with the document in d.
func (e *Editor) Reset(d *Doc) { e.reset(d, 0) }

// ResetValue forgets all changes and begins with v, which is to the editor what
// the document's value is otherwise: paths start there, and [Editor.Append] writes
// nothing else. v must exist.
func (e *Editor) ResetValue(v Value) { e.reset(v.d, v.i) }

func (e *Editor) reset(d *Doc, root uint32) {
	e.d, e.root = d, root
	clear(e.edits)
	clear(e.added)
	e.edits, e.added = e.edits[:0], e.added[:0]
}

// Changed reports whether there are changes.
func (e *Editor) Changed() bool { return len(e.edits)+len(e.added) > 0 }

// Set has the value at p be raw, which must be a JSON value and stay unchanged
// until [Editor.Append]. Objects on the way that are missing are made. It is an
// error if a value there is no object, if an element is missing, or if there is
// a change to a value around or within the one at p. The same path may be set
// again.
//
// Members that differ from a name on the path only in case are dropped: a server
// that takes them for the same would read what the peer wrote there.
func (e *Editor) Set(p Path, raw []byte) error {
	if err := e.set(p.steps, raw); err != nil {
		return fmt.Errorf("set %q: %w", p.text, err)
	}
	return nil
}

func (e *Editor) set(steps []step, raw []byte) error {
	v := Value{e.d, e.root}
	for i := range steps {
		if _, edited := e.find(v.i); edited {
			return ErrOverlap
		}
		e.dropVariants(v, &steps[i])
		next := v.step(&steps[i])
		if !next.Exists() {
			return e.add(v, steps[i:], raw)
		}
		v = next
	}
	if e.within(v) {
		return ErrOverlap
	}
	e.Replace(v, raw)
	return nil
}

func (e *Editor) dropVariants(v Value, s *step) {
	if s.index >= 0 {
		return
	}
	for m := v.variant(s, Value{}); m.Exists(); m = v.variant(s, m) {
		e.Drop(m)
	}
}

// find returns where in the edits the one of the node at is, or belongs.
func (e *Editor) find(at uint32) (i int, found bool) {
	return slices.BinarySearchFunc(e.edits, at, func(c edit, at uint32) int { return cmp.Compare(c.at, at) })
}

// within reports whether there is a change within v.
func (e *Editor) within(v Value) bool {
	end := v.node().next
	if i, _ := e.find(v.i + 1); i < len(e.edits) && e.edits[i].at < end {
		return true
	}
	return slices.ContainsFunc(e.added, func(a addition) bool { return a.at >= v.i && a.at < end })
}

// add notes a member that v lacks.
func (e *Editor) add(v Value, rest []step, raw []byte) error {
	if v.Kind() != Object || slices.ContainsFunc(rest, func(s step) bool { return s.index >= 0 }) {
		return ErrNotObject
	}
	for i := range e.added {
		a := &e.added[i]
		if a.at != v.i {
			continue
		}
		switch common := commonSteps(a.rest, rest); {
		case common == len(rest) && common == len(a.rest):
			a.raw = raw
			return nil
		case common == len(rest) || common == len(a.rest):
			return ErrOverlap
		}
	}
	e.added = append(e.added, addition{v.i, rest, raw})
	return nil
}

func commonSteps(a, b []step) int {
	n := 0
	for n < len(a) && n < len(b) && a[n].name == b[n].name {
		n++
	}
	return n
}

// Replace has v, a value of the document, be raw, on the terms of [Editor.Set].
func (e *Editor) Replace(v Value, raw []byte) { e.note(edit{at: v.i, raw: raw}) }

// Drop removes v, a member or an element of the document. The document's value
// itself cannot be dropped.
func (e *Editor) Drop(v Value) {
	if v.i != e.root {
		e.note(edit{at: v.i, drop: true})
	}
}

// note adds a change, in place of an earlier one of the same value.
func (e *Editor) note(c edit) {
	if n := len(e.edits); n == 0 || e.edits[n-1].at < c.at {
		e.edits = append(e.edits, c)
		return
	}
	at, found := e.find(c.at)
	if found {
		e.edits[at] = c
		return
	}
	e.edits = append(e.edits, edit{})
	copy(e.edits[at+1:], e.edits[at:])
	e.edits[at] = c
}

// Append appends the document with all changes made to dst. A change within a
// value that is itself replaced or dropped has no effect. The document, which dst
// must not share memory with, stays as it is.
func (e *Editor) Append(dst []byte) []byte {
	slices.SortFunc(e.added, compareAdditions)
	w := rewriter{d: e.d, edits: e.edits, added: e.added, out: dst}
	w.value(e.root)
	return w.out
}

// compareAdditions sorts by the object, and then by the path, so that additions
// that begin alike are next to each other.
func compareAdditions(a, b addition) int {
	if c := cmp.Compare(a.at, b.at); c != 0 {
		return c
	}
	return slices.CompareFunc(a.rest, b.rest, func(x, y step) int { return cmp.Compare(x.name, y.name) })
}
