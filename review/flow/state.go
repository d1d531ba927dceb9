package flow

import (
	"github.com/wswarden/wswarden/review/frameworks"
)

// cellValue is the field of a cell that has its value, where the cell is a pair of
// value and setter.
const cellValue = "\x00value"

// setterSpecial is the callback that stores in a cell.
const setterSpecial = "set-state"

// state is what a framework keeps for a component between its runs: what one run
// stores, the next one reads, as the second pass does here. A cell belongs to the
// place that makes it.
func (in *interp) state(s *frameworks.State, c *callSpec) *value {
	cell := in.allocate(c.x.Pos)
	initial := nothing
	if s.Initial > 0 {
		initial = in.made(c.at(s.Initial - 1))
	}
	if s.Field != "" {
		cell.whole = s.Field
		cell.set(s.Field, initial)
		return &value{objects: []*object{cell}}
	}
	cell.set(cellValue, initial)
	setter := &value{special: setterSpecial, objects: []*object{cell}}
	if s.Reducer > 0 {
		setter.funcs = c.at(s.Reducer - 1).funcs
	}
	pair := newObject(in.file(), c.x.Pos)
	pair.closed = true
	pair.set(position(0), cell.get(cellValue))
	pair.set(position(1), setter)
	return &value{objects: []*object{pair}}
}

// made is a value, or what the function gives that makes it.
func (in *interp) made(v *value) *value {
	out := v
	for _, f := range v.funcs {
		out = join(out, in.apply(f, nothing, nil, nil))
	}
	if len(v.funcs) > 0 {
		out = out.with(func(w *value) { w.funcs = nil })
	}
	return out
}

// setState stores what a setter is given: a value, the result of a function of
// the old one, or that of the reducer.
func (in *interp) setState(c *callSpec) *value {
	for _, cell := range c.callee.objects {
		old := cell.get(cellValue)
		if old == nil {
			old = nothing
		}
		if len(c.callee.funcs) > 0 {
			for _, f := range c.callee.funcs {
				cell.set(cellValue, in.apply(f, nothing, []arg{{v: old}, {v: c.at(0)}}, c.x))
			}
			continue
		}
		given := c.at(0)
		for _, f := range given.funcs {
			cell.set(cellValue, in.apply(f, nothing, []arg{{v: old}}, c.x))
		}
		if len(given.funcs) == 0 {
			cell.set(cellValue, given)
		}
	}
	return nothing
}
