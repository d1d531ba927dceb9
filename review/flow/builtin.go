package flow

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// builtin does what the types of the languages themselves do: collections,
// promises, texts. It returns nil for any other call.
func (in *interp) builtin(c *callSpec) *value {
	if c.callee.sym == "collections.defaultdict" {
		o := in.allocate(c.x.Pos)
		o.makes = true
		return &value{objects: []*object{o}}
	}
	if !c.method {
		return in.builtinFunction(c)
	}
	if c.callee.sym == "Object.create" {
		return in.created(c)
	}
	if len(c.recv.objects) > 0 || c.recv.typ != nil || len(c.recv.chosen) > 0 {
		if v := in.collection(c); v != nil {
			return v
		}
	}
	switch c.name {
	case "then":
		return in.settles(c, 0, c.recv)
	case "catch":
		env := in.env
		in.callWith(c.at(0), &value{flows: []*flow{{label: model.FromError, source: in.place(c.x.Pos), whole: true}}})
		in.env = env
		return c.recv
	case "finally":
		in.callWith(c.at(0), nothing)
		return c.recv
	case "Error":
		if in.file().Lang == ir.Go && len(c.args) == 0 && len(c.recv.objects) == 0 {
			f := &flow{label: model.FromError, source: in.place(c.x.Pos)}
			return &value{flows: joinFlows([]*flow{f}, c.recv.flows)}
		}
	case "forEach", "map", "filter", "find", "some", "every", "flatMap", "findIndex", "findLast", "reduce", "sort":
		if len(c.at(0).funcs) > 0 {
			return in.each(c)
		}
	case "has", "includes", "contains", "indexOf", "hasOwnProperty", "Contains", "startsWith", "endsWith", "startswith", "endswith", "test", "match", "search", "fullmatch", "EqualFold", "HasPrefix", "HasSuffix", "MatchString", "equals", "localeCompare":
		return in.membership(c)
	}
	if v := in.dataEntry(c); v != nil {
		return v
	}
	return in.textMethod(c)
}

// dataEntry is data.get(key) of Python's dictionaries: a field of the data.
func (in *interp) dataEntry(c *callSpec) *value {
	if in.file().Lang != ir.Python || c.recv.kind != nil || len(c.recv.flows) == 0 {
		return nil
	}
	if c.name == "items" {
		o := in.allocate(c.x.Pos)
		o.list = true
		o.elem = in.pair(c.x.Pos, in.keys(c.recv), in.elements(c.recv, c.x.Pos))
		return &value{objects: []*object{o}}
	}
	if len(c.args) == 0 {
		return nil
	}
	switch c.name {
	case "get", "pop", "setdefault":
	default:
		return nil
	}
	var out *value
	if name, ok := c.at(0).str(); ok && len(c.at(0).flows) == 0 {
		out = in.get(c.recv, name, c.x)
	} else {
		out = in.lookup(c.recv, c.at(0), c.x)
	}
	if len(c.args) > 1 {
		out = join(in.overrides(out, c.at(1), c.args[1].x), c.at(1))
	}
	return out
}

// settles runs the handlers of a promise.
func (in *interp) settles(c *callSpec, i int, v *value) *value {
	out := in.callWith(c.at(i), v)
	if len(c.args) > 1 {
		in.callWith(c.at(1), &value{flows: []*flow{{label: model.FromError, source: in.place(c.x.Pos), whole: true}}})
	}
	return out
}

func (in *interp) callWith(fn *value, args ...*value) *value {
	var list []arg
	for _, a := range args {
		list = append(list, arg{v: a, x: &ir.Unknown{}})
	}
	out := nothing
	env, n := in.env, len(in.guards)
	for _, f := range fn.funcs {
		out = join(out, in.apply(f, nothing, list, nil))
	}
	awaited := in.env.awaited
	in.env, in.guards = env, in.guards[:n]
	in.env.awaited = awaited
	return out
}
