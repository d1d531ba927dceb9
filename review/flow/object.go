package flow

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
)

// An object stands for all objects that are made at one place, or for all
// instances of one class: what is stored in one of them may be read from any.
type object struct {
	numbered
	fields map[string]*value
	order  []string           // names of fields, in the order in which they came
	places map[string]ir.Node // where fields are written
	elem   *value             // what is stored under keys that aren't known, and the elements of a list
	class  *classRef
	list   bool     // an array, set, list or channel: no names
	items  []*value // the elements of a list that is written in place, in order
	whole  string   // name of the field that stands for all of it in markup, if one does
	inside bool     // that field is being read in its place
	closed bool     // written in place: it has no other fields than these at first
	makes  bool     // reading under a key makes an entry: Python's defaultdict
	at     ir.Pos
	file   *ir.File
	module *module // it is the variable "module" of this module
	writes int     // changes, to see whether a pass learned something
}

func newObject(file *ir.File, at ir.Pos) *object {
	return &object{fields: map[string]*value{}, file: file, at: at}
}

// get returns what a field may hold; nil where nothing was stored.
func (o *object) get(name string) *value {
	return o.fields[name]
}

// set stores a value beside what is there.
func (o *object) set(name string, v *value) {
	v = v.kept()
	old, ok := o.fields[name]
	if !ok {
		o.order = append(o.order, name)
		o.fields[name] = v
		o.writes++
		return
	}
	if n := join(old, v); n != old {
		o.fields[name] = n
		o.writes++
	}
}

// written notes where a field is written.
func (o *object) written(name string, at ir.Node) {
	if o.places == nil {
		o.places = map[string]ir.Node{}
	}
	if at != nil && o.places[name] == nil {
		o.places[name] = at
	}
}

// kept is a value as it is stored: whether something may be missing is known
// only where it was looked for.
func (v *value) kept() *value {
	if v == nil || v.missing == "" {
		return v
	}
	return v.with(func(c *value) { c.missing = "" })
}

// add stores a value under a key that isn't known.
func (o *object) add(v *value) {
	v = v.kept()
	if n := join(o.elem, v); n != o.elem {
		o.elem = n
		o.writes++
	}
}

// all returns the join of everything stored.
func (o *object) all() *value {
	out := o.elem
	for _, name := range o.order {
		out = join(out, o.fields[name])
	}
	if out == nil {
		return nothing
	}
	return out
}

// values returns the union, by add, of what is stored, without the keys that it is
// stored under.
func (o *object) values(add func(a, b *value) *value) *value {
	out := o.elem
	for _, name := range o.order {
		if !strings.HasPrefix(name, "\x00") {
			out = add(out, o.fields[name])
		}
	}
	if out == nil {
		return nothing
	}
	return out
}

// A closure is a function with what is around it.
type closure struct {
	fn    *ir.Func
	file  *ir.File
	scope *scope // around the function
	this  *value // bound receiver; nil takes that of the call
	class *classRef
	// bound are leading arguments: f.bind(this, a), functools.partial.
	bound []*value
	// types are the type arguments of a generic function by its parameters' names.
	types map[string]*value
}

func sameClosure(a, b *closure) bool {
	return a == b || a.fn == b.fn && a.scope == b.scope && a.this == b.this && len(a.bound) == len(b.bound) && maps.Equal(a.types, b.types)
}

// A classRef is a class of the program.
type classRef struct {
	class    *ir.Class
	file     *ir.File
	scope    *scope
	name     string
	instance *object             // stands for every instance
	decoded  *object             // stands for every one that data was decoded into; nil without
	static   *object             // fields of the class itself
	methods  map[string]*closure // own methods by name
	bases    []*value            // evaluated superclasses
	selfKind *frameworks.Kind    // what a framework makes of instances
	endpoint *endpoint
	pass     int // the pass in which it was evaluated last
}

// common reports whether an object stands for many values of a struct or class.
func (o *object) common() bool {
	return o.class != nil && (o == o.class.instance || o == o.class.decoded)
}

// filled is an instance that data was decoded into.
func (c *classRef) filled() *object {
	if c.decoded == nil {
		c.decoded = newObject(c.instance.file, c.instance.at)
		c.decoded.class = c
	}
	return c.decoded
}

// list returns the class's own methods in the order of their places.
func (c *classRef) list() []*closure {
	out := make([]*closure, 0, len(c.methods))
	for _, m := range c.methods {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b *closure) int {
		return cmp.Or(strings.Compare(a.file.Path, b.file.Path), cmp.Compare(a.fn.Start, b.fn.Start), strings.Compare(a.fn.Name, b.fn.Name))
	})
	return out
}

// method finds a method in the class or the classes of the program above it.
func (c *classRef) method(name string) *closure {
	for depth := 0; c != nil && depth < 12; depth++ {
		if m := c.methods[name]; m != nil {
			return m
		}
		next := (*classRef)(nil)
		for _, b := range c.bases {
			if b.class != nil && b.class != c {
				next = b.class
				break
			}
		}
		c = next
	}
	return nil
}

// A module is a file seen from outside.
type module struct {
	file      *ir.File
	scope     *scope
	exports   *object
	whole     *value  // what module.exports was set to as a whole
	pkg       *module // the package of a Go file
	ran       int     // the pass in which it ran last
	exporting int     // nested look-ups: modules may re-export each other
}

// throughWhole reads the field that stands for all of an object, if one does. What
// a cell holds may be the cell itself: that is read once.
func (o *object) throughWhole(read func(inner *value) *value) *value {
	inner := o.get(o.whole)
	if o.whole == "" || inner == nil || o.inside {
		return nothing
	}
	o.inside = true
	defer func() { o.inside = false }()
	return read(inner)
}
