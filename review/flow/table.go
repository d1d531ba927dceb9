package flow

import (
	"slices"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// maxTable bounds the entries of a table of handlers that are told apart. Tables
// of anything else are cut off where other values are: their entries differ in
// what they hold, not in what the program does.
const maxTable = 512

// roomFor is how much the union of two lists may have: where one of them is a table
// already, as much as a table.
func roomFor[T any](limit int, a, b []T) int {
	if max(len(a), len(b)) > limit {
		return maxTable
	}
	return limit
}

// joinEntries is join for two entries of one collection: all functions, classes and
// objects with functions stay, up to maxTable.
func joinEntries(a, b *value) *value {
	out := join(a, b)
	if a == nil || b == nil || out == a || out == b {
		return out
	}
	objects := unionFunc(a.objects, acting(b.objects), maxTable, func(x, y *object) bool { return x == y })
	funcs := unionFunc(a.funcs, b.funcs, maxTable, sameClosure)
	cut := a.cut || b.cut || len(objects) == maxTable || len(funcs) == maxTable
	if len(objects) <= len(out.objects) && len(funcs) == len(out.funcs) && cut == out.cut {
		return out
	}
	return out.with(func(c *value) {
		if len(objects) > len(c.objects) {
			c.objects = objects
		}
		c.funcs, c.cut = funcs, cut
	})
}

// joining is how entries are joined that a key may choose: where data of a client is
// the key, they are those of a table. All other collections would only cost: what is
// kept in one is called by whoever runs through it.
func (k *value) joining() func(a, b *value) *value {
	if k.has(model.FromMessage, model.FromQuery) {
		return joinEntries
	}
	return join
}

// leavesOut reports whether a union of functions hasn't all of those that were added.
func leavesOut(all, added []*closure) bool {
	return slices.ContainsFunc(added, func(f *closure) bool {
		return !slices.ContainsFunc(all, func(g *closure) bool { return sameClosure(f, g) })
	})
}

// joinClasses adds the classes that b may be.
func (v *value) joinClasses(b *value) {
	switch {
	case b.class == nil:
	case v.class == nil:
		v.class, v.classes = b.class, b.classes
	default:
		more := b.classes
		if b.class != v.class {
			more = append(slices.Clip(more), b.class)
		}
		v.classes = union(v.classes, more, maxTable)
	}
}

// acting are the objects that have functions: those of a table of handlers.
func acting(list []*object) []*object {
	for i, o := range list {
		if !o.acts(1) {
			out := slices.Clone(list[:i])
			for _, o := range list[i:] {
				if o.acts(1) {
					out = append(out, o)
				}
			}
			return out
		}
	}
	return list
}

// acts reports whether an object, or one in a field of it, has functions.
func (o *object) acts(depth int) bool {
	if o.class != nil && len(o.class.methods) > 0 {
		return true
	}
	for _, name := range o.order {
		v := o.fields[name]
		if len(v.funcs) > 0 || v.class != nil {
			return true
		}
		if depth > 0 && slices.ContainsFunc(v.objects, func(p *object) bool { return p.acts(depth - 1) }) {
			return true
		}
	}
	return false
}

// handlers reports whether a value is an entry of a table of handlers: a class, or
// an object that is written in place with functions.
func (v *value) handlers() bool {
	return v.class != nil || slices.ContainsFunc(v.objects, func(o *object) bool { return o.class == nil && o.acts(0) })
}

// chosenAmong is the table out of which data chose what is called, or what a method
// is called on, with the key; nil without.
func chosenAmong(c *callSpec) (table, key *value) {
	switch {
	case c.callee.among != nil:
		return c.callee.among, chosenKey(c.callee)
	case c.recv.among != nil:
		return c.recv.among, chosenKey(c.recv)
	}
	return nil, nil
}

// entryNames are the keys under which a table, of which data chose an entry, has a
// function, or something that it is a method or a field of.
func entryNames(table *value, f *closure) []string {
	var out []string
	for _, o := range table.objects {
		for _, name := range o.order {
			if v := o.fields[name]; v.reaches(f.fn, 1) && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// reaches reports whether a value is a function, or something with it.
func (v *value) reaches(fn *ir.Func, depth int) bool {
	if slices.ContainsFunc(v.funcs, func(g *closure) bool { return g.fn == fn }) || v.class != nil && v.class.has(fn) {
		return true
	}
	for _, o := range v.objects {
		if o.class != nil && o.class.has(fn) {
			return true
		}
		if o.class != nil || depth == 0 {
			continue
		}
		for _, name := range o.order {
			if o.fields[name].reaches(fn, depth-1) {
				return true
			}
		}
	}
	return false
}

// has reports whether a function is what instances answer to one of their methods
// with.
func (c *classRef) has(fn *ir.Func) bool {
	m := c.method(fn.Name)
	return m != nil && m.fn == fn
}

// dispatch runs a function that a call may mean. What data chose out of a table by
// the type of a message handles the types that it has there.
func (in *interp) dispatch(c *callSpec, f *closure) *value {
	message, among := in.env.message, in.env.among
	defer func() { in.env.message, in.env.among = message, among }()
	table, key := chosenAmong(c)
	if table != nil {
		if names := in.handles(c, table, key, f); len(names) > 0 {
			// A handler is a root of its own, with its own share of steps.
			steps := in.steps
			in.steps = 0
			defer func() { in.steps = steps }()
		}
	}
	return in.apply(f, c.recv, c.args, c.x).kept()
}

// handles narrows the message to the types for which a table has a function.
func (in *interp) handles(c *callSpec, table, key *value, f *closure) []string {
	names := entryNames(table, f)
	if len(names) == 0 || !in.namesMessage(c.x.Fn, key) {
		return nil
	}
	for _, name := range names {
		in.out.message(in.env.endpoint, name, in.prog.place(f.file, f.fn.Pos, ""))
	}
	in.narrow(names)
	return names
}

// unfinished notes that not all was followed that happens with messages: there may
// be types of them that nothing in the model tells of.
func (in *interp) unfinished() {
	if ep := in.env.endpoint; in.out.record && ep != nil && in.env.phase == model.Messages && len(in.env.types()) == 0 {
		ep.Unfinished = true
	}
}
