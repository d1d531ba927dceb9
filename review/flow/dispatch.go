package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// How data chose a value among others.
const (
	byProperty  = "property"  // x[key]
	byKey       = "map"       // m.get(key), and x[key] where keys are no properties
	byAttribute = "attribute" // getattr, reflection
)

// choose marks a value as one that data chose.
func (in *interp) choose(v, key *value, how string, among *value) *value {
	return v.with(func(c *value) {
		c.chosen, c.chooser, c.chosenIn, c.choice, c.among = key.flows, how, in.act.fn, key, among
	})
}

// keyed reports whether x[key] names a property of x, inherited ones too, as
// opposed to an entry of a table or an element.
func (in *interp) keyed(x *value) bool {
	if in.file().Lang != ir.JavaScript {
		return false
	}
	for _, o := range x.objects {
		if o.list {
			return false
		}
	}
	return x.form != nullPrototype && (len(x.flows) == 0 || len(x.objects) > 0)
}

// nullPrototype is the form of Object.create(null).
const nullPrototype = "null-prototype"

// chosenKey is the key by which data chose a value.
func chosenKey(v *value) *value {
	if v.choice != nil {
		return v.choice
	}
	return &value{flows: v.chosen}
}

// propertyEvent notes data that names a property, and what it is set to.
func (in *interp) propertyEvent(op string, p ir.Pos, key, on *value, set ...*value) {
	ev := &model.Event{Kind: model.Property, Op: op, Callee: shorten(in.file().Text(p))}
	if on != nil {
		ev.Receiver = in.exportValue(on, nil)
	}
	in.emit(ev, &ir.Unknown{Pos: p}, append([]*value{key}, set...)...)
}

// changedChosen notes that a property of what data named is set: x[key].name = v
// sets a property of everything where the key is __proto__.
func (in *interp) changedChosen(x *value, at ir.Node) {
	if x.chooser == byProperty && len(x.chosen) > 0 && x.chosenIn == in.act.fn {
		in.propertyEvent("nested", at.At(), chosenKey(x), x.among)
	}
}

// dispatched notes a call of a function that data chose, and of a method of a
// value that it chose.
func (in *interp) dispatched(c *callSpec) {
	switch {
	case len(c.callee.chosen) > 0:
		ev := &model.Event{Kind: model.Dispatch, Op: c.callee.chooser, Callee: in.text(c.x.Fn)}
		if c.callee.among != nil {
			ev.Receiver = in.exportValue(c.callee.among, nil)
		}
		in.emit(ev, c.x, chosenKey(c.callee))
	case c.method && c.recv.chooser == byAttribute && (c.name == "Call" || c.name == "CallSlice"): // Go's reflect
		in.emit(&model.Event{Kind: model.Dispatch, Op: byAttribute, Callee: in.text(c.x.Fn)}, c.x, chosenKey(c.recv))
	case c.method && c.recv.chooser == byProperty && len(c.recv.chosen) > 0 && c.recv.chosenIn == in.act.fn:
		in.propertyEvent("call", c.x.Fn.At(), chosenKey(c.recv), c.recv.among)
	}
}

// methodsOf are all methods of instances of the program's classes.
func (in *interp) methodsOf(v *value) *value {
	out := nothing
	for _, o := range v.objects {
		if o.class == nil {
			continue
		}
		for _, m := range o.class.list() {
			if m.fn.Kind == ir.PlainFunc {
				out = join(out, &value{funcs: []*closure{m.boundTo(v)}})
			}
		}
	}
	return out
}

// containerOf is the x of x[key].
func containerOf(x ir.Expr) ir.Expr {
	if ix, ok := x.(*ir.Index); ok {
		return ix.X
	}
	return x
}

// namespace reports whether an expression is a table of all names of a Python
// module, function or object.
func namespace(text string) bool {
	text = strings.ReplaceAll(text, " ", "")
	return text == "globals()" || text == "locals()" || strings.HasPrefix(text, "vars(") || strings.HasSuffix(text, ".__dict__")
}

// created is Object.create(prototype).
func (in *interp) created(c *callSpec) *value {
	out := &value{objects: []*object{in.allocate(c.x.Pos)}, form: "object"}
	if proto := c.at(0); proto.lit != nil && proto.lit.kind == ir.Null {
		out.form = nullPrototype
	}
	return out
}
