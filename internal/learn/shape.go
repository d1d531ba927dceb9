package learn

import (
	"math"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// shape is what was seen of the values at one place.
type shape struct {
	kinds [jsonscan.Object + 1]int // how many of each kind
	exact int                      // numbers without a fraction
	text  int                      // longest string, in characters
	least float64                  // number
	most  float64                  // number
	items int                      // longest array
	elem  *shape                   // of arrays; nil before one was seen
	size  int                      // members of the largest object
	// fields are those of objects, by name. An object that is open has fields of
	// any name, all of which are like rest.
	fields map[string]*field
	open   bool
	rest   *shape
}

// field is a member of objects.
type field struct {
	count int
	shape *shape
}

// anything is the shape of what is not looked into, because a bound was reached.
var anything = new(shape)

func newShape() *shape { return &shape{least: math.Inf(1), most: math.Inf(-1)} }

// see adds v to s, nil being a shape that nothing was seen of. mu must be held.
func (l *Learner) see(s *shape, v jsonscan.Value, depth int) *shape {
	switch {
	case s == anything:
		return s
	case s != nil:
	case l.shapes >= maxShapes || depth > maxDepth:
		l.full = true
		return anything
	default:
		l.shapes++
		s = newShape()
	}
	s.kinds[v.Kind()]++
	switch v.Kind() {
	case jsonscan.String:
		s.text = max(s.text, utf8.RuneCount(v.Text()))
	case jsonscan.Number:
		f, _ := v.Float64()
		s.least, s.most = min(s.least, f), max(s.most, f)
		if v.IsInteger() {
			s.exact++
		}
	case jsonscan.Array:
		s.items = max(s.items, v.Len())
		for e := range v.Elements() {
			s.elem = l.see(s.elem, e, depth+1)
		}
	case jsonscan.Object:
		l.seeMembers(s, v, depth)
	}
	return s
}

func (l *Learner) seeMembers(s *shape, v jsonscan.Value, depth int) {
	s.size = max(s.size, v.Len())
	if s.fields == nil {
		s.fields = map[string]*field{}
	}
	for name, member := range v.Members() {
		f := s.fields[string(name)]
		if !s.open && f == nil && (len(s.fields) >= maxFields || !isName(fieldName, name)) {
			s.generalize()
		}
		switch {
		case s.open:
			s.rest = l.see(s.rest, member, depth+1)
			continue
		case f == nil:
			f = new(field)
			s.fields[string(name)] = f
		}
		f.count++
		f.shape = l.see(f.shape, member, depth+1)
	}
}

// generalize opens an object: what was seen of its fields is of any field.
func (s *shape) generalize() {
	s.open = true
	for _, f := range s.fields {
		s.rest = merge(s.rest, f.shape)
	}
	s.fields = nil
}

// merge returns what was seen of a and b as of one place. Both may be changed.
func merge(a, b *shape) *shape {
	switch {
	case a == nil || b == anything:
		return b
	case b == nil || a == anything:
		return a
	}
	for i := range a.kinds {
		a.kinds[i] += b.kinds[i]
	}
	a.exact += b.exact
	a.text, a.items, a.size = max(a.text, b.text), max(a.items, b.items), max(a.size, b.size)
	a.least, a.most = min(a.least, b.least), max(a.most, b.most)
	a.elem = merge(a.elem, b.elem)
	if a.open || b.open {
		a.generalize()
		b.generalize()
		a.rest = merge(a.rest, b.rest)
		return a
	}
	for name, f := range b.fields {
		if a.fields == nil {
			a.fields = map[string]*field{}
		}
		mine := a.fields[name]
		if mine == nil {
			mine = new(field)
			a.fields[name] = mine
		}
		mine.count += f.count
		mine.shape = merge(mine.shape, f.shape)
	}
	if len(a.fields) > maxFields {
		a.generalize()
	}
	return a
}
