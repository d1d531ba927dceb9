package flow

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// builtinFunction is a function of the language itself.
func (in *interp) builtinFunction(c *callSpec) *value {
	lang := in.file().Lang
	if in.isLocalName(c) {
		return nil
	}
	if lang == ir.JavaScript {
		return in.newCollection(c)
	}
	switch c.name {
	case "len":
		return &value{form: "length", flows: numeric(c.at(0)).flows, stored: in.text(c.x)}
	case "append":
		out := c.at(0)
		o := in.allocate(c.x.Pos)
		o.list = true
		for i := 1; i < len(c.args); i++ {
			o.add(c.args[i].v)
			out = out.with(func(v *value) { v.flows = joinFlows(v.flows, c.args[i].v.flows) })
		}
		return out.with(func(v *value) { v.objects = union(v.objects, []*object{o}, maxObjects) })
	case "make", "new":
		if len(c.x.Args) > 0 {
			if v := in.madeOf(c); v != nil {
				return v
			}
		}
		return nothing
	case "delete":
		if len(c.args) == 2 {
			in.counting(c.at(0), c.at(1), nothing, c.x)
			if c.at(1).has(model.FromMessage) && !c.at(0).sockets {
				in.emit(&model.Event{Kind: model.Operation, Op: model.DeleteAct + model.Own, Callee: in.text(c.x)}, c.x, c.at(1))
			}
		}
		return nothing
	case "isinstance":
		if lang == ir.Python && len(c.x.Args) == 2 {
			f := in.fact(model.TypeFact, c.x)
			f.Type = typeNames[lastName(in.file().Text(c.x.Args[1].Value.At()))]
			for _, fl := range c.at(0).flows {
				f.Flows = append(f.Flows, fl.export())
			}
			return &value{atoms: []atom{{f, true}}}
		}
	case "int", "float":
		return numeric(c.at(0))
	case "str", "string", "bytes", "list", "tuple", "sorted", "reversed", "iter", "aiter", "dict", "frozenset", "set", "enumerate", "zip", "min", "max", "abs", "bool", "deque", "copy":
		if len(c.args) == 0 {
			if lang == ir.Python {
				o := in.allocate(c.x.Pos)
				return &value{objects: []*object{o}}
			}
			return nothing
		}
		out := c.at(0).with(func(v *value) { v.lit = nil })
		if c.name == "str" && lang == ir.Python {
			out = out.data().mapFlows(func(f flow) *flow {
				if stronger("string", f.typ) {
					f.typ = "string"
				}
				f.whole = false
				return &f
			})
		}
		return out
	case "super":
		return in.super()
	case "any", "all":
		return c.at(0)
	case "getattr":
		if len(c.args) > 1 {
			return in.attributeOf(c)
		}
	case "setattr":
		if len(c.args) > 2 && c.at(1).has(model.FromMessage) {
			in.propertyEvent("write", c.x.Pos, c.at(1), c.at(0), c.at(2))
		}
		return nothing
	case "hasattr":
		if c.at(1).has(model.FromMessage) {
			f := in.fact(model.TypeFact, c.x)
			f.Type = "present"
			return &value{atoms: []atom{{f, true}}}
		}
	case "next", "anext":
		return in.elements(c.at(0), c.x.Pos)
	}
	return nil
}

// attributeOf is getattr(x, name).
func (in *interp) attributeOf(c *callSpec) *value {
	k := c.at(1)
	if s, ok := k.str(); ok && len(k.flows) == 0 {
		return in.get(c.at(0), s, c.x)
	}
	out := nothing
	for _, o := range c.at(0).objects {
		out = join(out, o.all())
		if o.class != nil {
			for _, m := range o.class.list() {
				out = join(out, &value{funcs: []*closure{m.boundTo(c.at(0))}})
			}
		}
	}
	if k.has(model.FromMessage) {
		in.propertyEvent("read", c.x.Pos, k, c.at(0))
		return in.choose(out, k, byAttribute, c.at(0))
	}
	return out
}
