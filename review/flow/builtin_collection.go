package flow

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// each runs a function on the elements of a collection.
func (in *interp) each(c *callSpec) *value {
	elem := in.elements(c.recv, c.x.Pos)
	if elem == nothing && len(c.recv.flows) > 0 {
		elem = c.recv.data().mapFlows(func(f flow) *flow { return f.fieldOf("[]") })
	}
	env := in.env
	if fn, ok := c.x.Fn.(*ir.Member); ok {
		elem = in.visits(c.recv, elem, in.file().Text(fn.X.At()))
	}
	if fn := c.at(0).funcs; c.name == "forEach" && len(fn) > 0 && fn[0].fn.Async {
		in.env.detached, in.env.inTry = true, 0
	}
	args := []*value{elem, nothing, c.recv}
	if c.name == "reduce" {
		args = []*value{c.at(1), elem}
	}
	res := in.callWith(c.at(0), args...)
	in.env = env
	switch c.name {
	case "forEach":
		return nothing
	case "find", "findLast":
		if len(res.chosenBy()) > 0 {
			elem = elem.with(func(v *value) { v.chosen = res.chosenBy() })
		}
		return in.foundBy(c, elem, res)
	case "filter":
		return selected(c.recv, res.atoms)
	case "sort":
		return c.recv
	case "some", "every":
		return &value{atoms: res.atoms}
	case "findIndex":
		return nothing
	case "reduce":
		return join(c.at(1), res)
	}
	o := in.allocate(c.x.Pos)
	o.list = true
	o.add(res)
	return &value{objects: []*object{o}, flows: res.flows, form: "list", sockets: in.isConnection(res)}
}

// chosenBy is the data in the conditions of a predicate.
func (v *value) chosenBy() []*flow { return v.chosen }

// foundBy is list.find(x => x.id === msg.id): a record that a message chose.
func (in *interp) foundBy(c *callSpec, elem, res *value) *value {
	for _, a := range res.atoms {
		for _, f := range a.fact.Flows {
			if f.Label == model.FromMessage && (a.fact.Kind == model.AllowFact || a.fact.Kind == model.OwnerFact) {
				g := &flow{label: model.FromRecord, source: in.place(c.x.Pos), whole: true}
				return elem.with(func(v *value) { v.flows = joinFlows(v.flows, []*flow{g}); v.form = "record" })
			}
		}
	}
	return elem
}

// collection is a method of an array, map, set, list, dict or channel of the
// program.
func (in *interp) collection(c *callSpec) *value {
	x := c.recv
	if in.isInstance(x) && in.classHas(x, c.name) {
		return nil
	}
	switch c.name {
	case "push", "add", "append", "unshift", "appendleft", "put", "put_nowait", "enqueue", "<-", "Push", "Add", "insert", "extend", "PushBack":
		in.recordChanged(x, c.x)
		for _, a := range c.args {
			v := a.v
			if c.name == "extend" {
				v = in.elements(v, c.x.Pos)
			}
			for _, o := range x.objects {
				o.add(v)
			}
			in.joined(x, nothing, v, c.x)
		}
		return x
	case "set", "Store", "setdefault", "Set":
		if len(c.args) < 2 {
			return nil
		}
		k, v := c.at(0), c.at(1)
		in.put(x, k, v, c.x)
		if s, ok := k.str(); ok && len(k.flows) == 0 {
			for _, o := range x.objects {
				o.set(s, v)
			}
		}
		if c.name == "setdefault" {
			return join(in.lookup(x, k, c.x), v)
		}
		return x
	case "get", "Load", "pop", "Get":
		if len(c.args) == 0 {
			return in.elements(x, c.x.Pos)
		}
		v := in.lookupIn(x, c.at(0), c)
		if len(c.args) > 1 {
			v = join(in.overrides(v, c.at(1), c.args[1].x), c.at(1))
		}
		return v
	case "has", "includes", "contains", "indexOf", "hasOwnProperty", "__contains__":
		return in.membership(c)
	case "delete", "remove", "discard", "Delete":
		in.counting(x, c.at(0), nothing, c.x)
		if f := c.at(0).flow(model.FromMessage); f != nil && !x.sockets {
			in.emit(&model.Event{Kind: model.Operation, Op: model.DeleteAct + model.Own, Callee: in.text(c.x.Fn)}, c.x, c.at(0))
		}
		return nothing
	case "values", "keys", "entries", "items", "copy", "slice", "concat", "toArray", "splice", "filter", "reverse", "sort", "flat", "popleft", "shift", "popitem", "Values":
		if c.name == "keys" {
			o := in.allocate(c.x.Pos)
			o.list = true
			o.add(in.keys(x))
			return &value{objects: []*object{o}, sockets: x.sockets || in.isConnection(in.keys(x))}
		}
		if len(c.at(0).funcs) > 0 {
			return in.each(c)
		}
		switch c.name {
		case "shift", "popleft":
			return in.elements(x, c.x.Pos)
		case "items", "entries":
			o := in.allocate(c.x.Pos)
			o.list = true
			o.add(in.pair(c.x.Pos, in.keys(x), in.elements(x, c.x.Pos)))
			return &value{objects: []*object{o}, sockets: x.sockets || in.isConnection(in.elements(x, c.x.Pos))}
		}
		return x
	case "forEach", "map", "find", "some", "every", "flatMap", "findIndex", "reduce", "Range":
		return in.each(c)
	case "join":
		return in.deep(x).data().with(func(v *value) { v.form = "concat" })
	case "update":
		for _, o := range x.objects {
			for _, src := range c.at(0).objects {
				for _, name := range src.order {
					o.set(name, src.fields[name])
				}
			}
		}
		if f := in.deep(c.at(0)).flow(model.FromMessage); f != nil && f.whole {
			in.sink(model.MergeSink, []*value{c.at(0)}, c.x, in.text(c.x.Fn), x)
		}
		return x
	}
	return nil
}

func (in *interp) isInstance(v *value) bool {
	for _, o := range v.objects {
		if o.class != nil {
			return true
		}
	}
	return false
}

func (in *interp) classHas(v *value, name string) bool {
	for _, o := range v.objects {
		if o.class != nil && o.class.method(name) != nil {
			return true
		}
	}
	return false
}

// lookupIn is map.get(key): a record where a message chose it.
func (in *interp) lookupIn(x, k *value, c *callSpec) *value {
	if s, ok := k.str(); ok && len(k.flows) == 0 {
		return in.get(x, s, c.x)
	}
	out := nothing
	add := k.joining()
	for _, o := range x.objects {
		out = add(out, o.values(add))
	}
	if x.typ != nil {
		out = join(out, in.typedElem(x.typ, x.typFile))
	}
	out = out.with(func(v *value) { v.stored, v.room = in.text(c.x), true })
	if k.has(model.FromMessage, model.FromQuery) {
		out = in.choose(out, k, byKey, x)
		out = in.record(out, x, k, c.x)
	}
	return out
}

// newCollection is new Map(), new Set(list), Array(n).
func (in *interp) newCollection(c *callSpec) *value {
	switch c.name {
	case "Map", "WeakMap", "Set", "WeakSet", "Array", "Object":
	case "Promise":
		// new Promise((resolve, reject) => …): the executor runs at once.
		in.callWith(c.at(0))
		return nothing
	default:
		return nil
	}
	o := in.allocate(c.x.Pos)
	o.list = c.name != "Object"
	out := &value{objects: []*object{o}}
	if len(c.args) > 0 {
		v := in.elements(c.at(0), c.x.Pos)
		o.add(v)
		out.flows = in.deep(c.at(0)).flows
		out.sockets, out.room = in.isConnection(v), c.at(0).room
		o.items = nil
		for _, src := range c.at(0).objects {
			o.items = append(o.items, src.items...)
		}
	}
	return out
}

// madeOf is make(T) and new(T).
func (in *interp) madeOf(c *callSpec) *value {
	t := in.typeExpr(c.x.Args[0].Value)
	if t == nil {
		return nil
	}
	v := in.typeValue(t, in.file())
	if t.Kind == ir.MapType || t.Kind == ir.SliceType || t.Kind == ir.ChanType {
		o := in.allocate(c.x.Pos)
		o.list = t.Kind != ir.MapType
		v = v.with(func(w *value) { w.objects = []*object{o} })
	}
	return v
}
