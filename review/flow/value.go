package flow

import (
	"slices"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// Bounds that keep values small. A value that would have more of something
// keeps the first ones: what is lost is a path among many.
const (
	maxFlows   = 12 // origins of the data of one value
	maxFuncs   = 12 // functions that one value may be, unless a table has more
	maxObjects = 6  // objects that one value may be, likewise
	maxAtoms   = 20 // checks that a condition on one value makes
	maxSteps   = 12 // steps of a trace
	maxPath    = 3  // segments of an access path
)

// A value is what the interpreter knows of the value of an expression. Values
// are immutable once they were handed out; nothing is a valid value.
type value struct {
	sym      string           // a dotted symbol outside the program
	kind     *frameworks.Kind // what a framework makes of it
	endpoint *endpoint        // whose socket, server or request it is
	objects  []*object
	funcs    []*closure
	class    *classRef   // it is a class
	classes  []*classRef // others that it may be too
	ofClass  *classRef   // it is something of this class's parent outside the program
	module   *module     // it is a module of the program
	flows    []*flow
	atoms    []atom // what a condition on it checks
	lit      *literal
	pattern  string           // it is a compiled regular expression
	shape    string           // a text as far as it is known, as in model.Value
	composed *model.Place     // where a credential became part of it
	lead     []*flow          // the data that decides where it leads, as an address
	led      bool             // lead is known: it was put together in view
	form     string           // as in model.Value
	method   *frameworkMethod // a method of a kind that was read, not called
	special  string           // a callback that a framework hands out: "accept", "next", …
	behind   []*model.Fact    // what is in force behind it, where it is middleware
	bound    bool             // an identity of the connection is part of it
	sockets  bool             // it is a collection of connections
	element  bool             // it is one of a collection of connections
	room     bool             // it is one of several such collections, or a part of one
	stored   string           // name of the counter or collection that it was read from
	delta    int              // +1 or -1: it is what was stored, and one more or less
	chosen   []*flow          // the data that chose it among others
	chooser  string           // how: byProperty, byKey or byAttribute
	chosenIn *ir.Func         // where
	choice   *value           // the key as a value
	among    *value           // the values that it was chosen among
	into     ir.Expr          // it is an encoder: what it writes to
	typed    schema           // it is a schema, as far as it is in view
	cut      bool             // it may be functions or classes that were left out
	missing  string           // it may be missing: missingHeader or missingRecord
	typ      *ir.Type
	typFile  *ir.File
}

// A frameworkMethod is a method of a kind with its receiver: what destructuring
// and passing on keep of it.
type frameworkMethod struct {
	effect *frameworks.Effect
	self   *value
}

// A literal is a value known in full.
type literal struct {
	kind ir.LitKind
	text string
}

var nothing = &value{}

// A flow is data on its way. It is immutable.
type flow struct {
	label  model.Label
	field  string
	wire   string // field as the message has it; empty where that is the same
	source model.Place
	steps  *step
	typ    string
	closed []string
	whole  bool
	loose  int    // how many calls it went through that aren't in view
	shape  schema // the schema that it passed at base
	base   string
	over   bool         // who the connection is stands where the message has none of it
	strip  bool         // of a record: secret fields were taken out of it
	key    []*flow      // of a record: the data that chose it
	fn     *ir.Func     // where its first field was read, or all of it came from
	read   *model.Place // where its first field was read; nil for all of it
}

// A step is the last of the places that data came through; it links to those
// before.
type step struct {
	place  model.Place
	text   string
	before *step
	length int

	exported []model.Step // what export returned
}

// An atom is one check that a condition on a value makes.
type atom struct {
	fact *model.Fact // without Holds
	when bool        // the positive form is true where the value is truthy
}

func (v *value) isNothing() bool {
	return v.sym == "" && v.kind == nil && len(v.objects) == 0 && len(v.funcs) == 0 && v.class == nil && v.module == nil && len(v.flows) == 0 && v.lit == nil && v.typ == nil
}

// with returns a copy of v that change was applied to.
func (v *value) with(change func(*value)) *value {
	c := *v
	change(&c)
	return &c
}

// join returns what is known of a value that is a or b.
func join(a, b *value) *value {
	switch {
	case a == b || b == nothing || b == nil:
		if a == nil {
			return nothing
		}
		return a
	case a == nil || a == nothing:
		return b
	}
	c := *a
	if c.sym == "" {
		c.sym = b.sym
	}
	if c.kind == nil {
		c.kind = b.kind
	}
	if c.endpoint == nil {
		c.endpoint = b.endpoint
	}
	c.joinClasses(b)
	if c.module == nil {
		c.module = b.module
	}
	if c.special == "" {
		c.special = b.special
	}
	if c.method == nil {
		c.method = b.method
	}
	if c.pattern == "" {
		c.pattern = b.pattern
	}
	if len(c.shape) < len(b.shape) {
		c.shape = b.shape
	}
	if c.composed == nil {
		c.composed = b.composed
	}
	if c.led = a.led || b.led; c.led {
		c.lead = joinFlows(a.leading(), b.leading())
	}
	c.behind = union(c.behind, b.behind, maxAtoms)
	if c.typ == nil {
		c.typ, c.typFile = b.typ, b.typFile
	}
	if c.form == "" {
		c.form = b.form
	}
	if c.stored == "" {
		c.stored, c.delta = b.stored, b.delta
	}
	if len(c.chosen) == 0 {
		c.chosen, c.chooser, c.chosenIn, c.choice, c.among = b.chosen, b.chooser, b.chosenIn, b.choice, b.among
	}
	if c.missing == "" {
		c.missing = b.missing
	}
	if c.typed == nil {
		c.typed = b.typed
	}
	c.bound = a.bound || b.bound
	c.sockets = a.sockets || b.sockets
	c.element = a.element || b.element
	c.room = a.room || b.room
	c.objects = union(a.objects, b.objects, roomFor(maxObjects, a.objects, b.objects))
	limit := roomFor(maxFuncs, a.funcs, b.funcs)
	c.funcs = unionFunc(a.funcs, b.funcs, limit, sameClosure)
	c.cut = a.cut || b.cut || len(c.funcs) == limit && leavesOut(c.funcs, b.funcs)
	c.flows = joinFlows(a.flows, b.flows)
	c.atoms = unionFunc(a.atoms, b.atoms, maxAtoms, sameAtom)
	if a.lit != nil && (b.lit == nil || *a.lit != *b.lit) {
		// Null beside another value says nothing about that value.
		switch {
		case b.lit == nil && a.lit.kind == ir.Null, b.lit == nil:
			c.lit = nil
		case a.lit.kind == ir.Null:
			c.lit = b.lit
		case b.lit.kind == ir.Null:
			c.lit = a.lit
		default:
			c.lit = nil
		}
	}
	return &c
}

func union[T comparable](a, b []T, limit int) []T {
	return unionFunc(a, b, limit, func(x, y T) bool { return x == y })
}

func unionFunc[T any](a, b []T, limit int, same func(T, T) bool) []T {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 {
		return b
	}
	out := slices.Clip(a)
	for _, y := range b {
		if len(out) >= limit {
			break
		}
		if !slices.ContainsFunc(a, func(x T) bool { return same(x, y) }) {
			out = append(out, y)
		}
	}
	return out
}

func sameAtom(a, b atom) bool {
	return a.when == b.when && a.fact.Kind == b.fact.Kind && a.fact.Span == b.fact.Span && sameData(a.fact, b.fact)
}

// sameData reports whether two facts judge the same data: a helper judges in one
// place what several callers give it.
func sameData(a, b *model.Fact) bool {
	return slices.EqualFunc(a.Flows, b.Flows, func(f, g *model.Flow) bool {
		return f.Label == g.Label && f.Field == g.Field && f.Source.Span == g.Source.Span
	})
}

// joinFlows unites flows. Of two with one origin the less checked one stays,
// since it is the one that a rule must hear of.
func joinFlows(a, b []*flow) []*flow {
	if len(b) == 0 {
		return a
	}
	if len(a) == 0 {
		return b
	}
	out := slices.Clip(a)
	for _, y := range b {
		i := slices.IndexFunc(out, func(x *flow) bool {
			return x.label == y.label && x.field == y.field && x.source.Span == y.source.Span
		})
		switch {
		case i < 0 && len(out) < maxFlows:
			out = append(out, y)
		case i >= 0 && out[i] != y && (out[i].typ != "" && y.typ == "" || len(y.closed) < len(out[i].closed)):
			out = slices.Clone(out)
			out[i] = y
		}
	}
	return out
}

// mapFlows returns v with each flow replaced by what change makes of it; nil
// drops it.
func (v *value) mapFlows(change func(flow) *flow) *value {
	if len(v.flows) == 0 {
		return v
	}
	return v.with(func(c *value) {
		c.flows = make([]*flow, 0, len(v.flows))
		for _, f := range v.flows {
			if g := change(*f); g != nil {
				c.flows = append(c.flows, g)
			}
		}
	})
}

// has reports whether data with one of the labels is part of v.
func (v *value) has(labels ...model.Label) bool { return v.flow(labels...) != nil }

// flow returns the first flow with one of the labels, or nil.
func (v *value) flow(labels ...model.Label) *flow {
	for _, f := range v.flows {
		if slices.Contains(labels, f.label) {
			return f
		}
	}
	return nil
}

// data returns a value that carries the flows of v and nothing else.
func (v *value) data() *value {
	if len(v.flows) == 0 {
		return nothing
	}
	return &value{flows: v.flows}
}

// str returns the string that v is known to be.
func (v *value) str() (string, bool) {
	if v.lit == nil || v.lit.kind == ir.Null || v.lit.kind == ir.Regexp {
		return "", false
	}
	return v.lit.text, true
}

// truth returns whether v is known to be true or false.
func (v *value) truth() (truth, known bool) {
	switch {
	case v.lit == nil:
		return false, false
	case v.lit.kind == ir.Null:
		return false, true
	case v.lit.kind == ir.Bool:
		return v.lit.text == "true", true
	case v.lit.kind == ir.Number:
		return v.lit.text != "0", true
	}
	return v.lit.text != "", true
}

// field returns the flow of a field of the data.
func (f flow) fieldOf(name string) *flow { return f.fieldAs(name, name) }

// fieldAs is fieldOf for a field that the message has by another name.
func (f flow) fieldAs(name, wire string) *flow {
	f.whole = false
	if f.label == model.FromStack || f.label == model.FromSecret {
		return &f
	}
	if n := segments(f.field); n < maxPath {
		if wire != name || f.wire != "" {
			f.wire = below(f.wireName(), wire)
		}
		if f.field == "" {
			f.field = name
		} else {
			f.field += "." + name
		}
	}
	return f.pinned()
}

func segments(path string) int {
	if path == "" {
		return 0
	}
	n := 1
	for i := range len(path) {
		if path[i] == '.' {
			n++
		}
	}
	return n
}

// through returns the flow with one more step.
func (f flow) through(p model.Place, text string) *flow {
	if f.steps != nil && (f.steps.place.Span == p.Span || f.steps.length >= maxSteps) {
		return &f
	}
	n := 1
	if f.steps != nil {
		n = f.steps.length + 1
	}
	f.steps = &step{place: p, text: text, before: f.steps, length: n}
	return &f
}

// export turns a flow into the form that rules see.
func (f *flow) export() *model.Flow {
	out := &model.Flow{Label: f.label, Field: f.field, Wire: f.wire, Source: f.source, Type: f.typ, Closed: f.closed, Whole: f.whole, Read: f.read, Loose: f.loose, Own: len(f.key) > 0, Stripped: f.strip, Overrides: f.over}
	out.Steps = f.steps.export()
	return out
}

// export returns the steps, oldest first. They are put together once: all that
// came the same way share them, and nobody changes them.
func (s *step) export() []model.Step {
	if s == nil {
		return nil
	}
	if s.exported == nil {
		s.exported = make([]model.Step, s.length)
		for at := s; at != nil; at = at.before {
			s.exported[at.length-1] = model.Step{Place: at.place, Message: at.text}
		}
	}
	return s.exported
}
