package flow

import (
	"slices"
	"strings"

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
		out = join(out, c.at(1))
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
			v = join(v, c.at(1))
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
	for _, o := range x.objects {
		out = join(out, o.values())
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

// membership is a test whether something is an element, or has a form.
func (in *interp) membership(c *callSpec) *value {
	var args []*value
	for _, a := range c.args {
		args = append(args, a.v)
	}
	out := &value{}
	add := func(kind model.FactKind, typ string, flows []*flow) {
		f := in.fact(kind, c.x)
		f.Type = typ
		for _, fl := range flows {
			f.Flows = append(f.Flows, fl.export())
		}
		out.atoms = append(out.atoms, atom{f, true})
	}
	all := append([]*value{c.recv}, args...)
	outside := []model.Label{model.FromMessage, model.FromQuery, model.FromHeader, model.FromPush, model.FromPage, model.FromCookie, model.FromRecord}
	anyHas := func(l ...model.Label) bool {
		for _, v := range all {
			if v.has(l...) {
				return true
			}
		}
		return false
	}
	identity := anyHas(model.FromIdentity)
	switch {
	case anyHas(model.FromOrigin):
		add(model.OriginFact, "", nil)
		in.out.originTest(in, c.x)
	case anyHas(model.FromHost):
		add(model.HostFact, "", nil)
	case anyHas(model.FromAddress):
		add(model.AddressFact, "", nil)
	case identity && anyHas(model.FromMessage):
		add(model.OwnerFact, "", nil)
	case c.recv.has(model.FromIdentity) || identity && roleWords.any(words(in.text(c.x))):
		add(model.RoleFact, "", nil)
	case identity && memberWords.any(words(in.text(c.x.Fn))):
		add(model.MemberFact, "", nil)
	default:
		for i, v := range args {
			if data := select1(v, outside...); len(data) > 0 && i == 0 && !c.recv.has(outside...) {
				kind, typ := model.AllowFact, in.elementType(c.recv, in.receiverText(c))
				switch c.name {
				case "test", "match", "search", "fullmatch", "MatchString":
					kind, typ = model.TypeFact, patternType(c.recv)
				case "startsWith", "startswith", "endsWith", "endswith", "HasPrefix", "HasSuffix", "indexOf":
					kind, typ = model.TypeFact, "pattern"
				}
				add(kind, typ, data)
			}
		}
		if data := select1(c.recv, outside...); len(data) > 0 {
			add(model.TypeFact, "pattern", data)
		}
	}
	if anyHas(model.FromOrigin, model.FromHost, model.FromAddress) {
		return out // what the list is called says nothing more
	}
	if !anyHas(outside...) && namesRole(c) {
		add(model.RoleFact, "", nil) // user.tags.includes("admin")
	}
	for _, kind := range factsOfName(conditionName(in.file().Text(c.x.At()))) {
		if kind == model.RoleFact || kind == model.MemberFact || kind == model.SessionFact || kind == model.OwnerFact {
			if !anyHas(model.FromMessage) || identity {
				add(kind, "", nil)
				out.atoms[len(out.atoms)-1].fact.Guessed = true
			}
		}
	}
	return out
}

// namesRole reports whether what is looked for in a collection is a role.
func namesRole(c *callSpec) bool {
	return slices.ContainsFunc(c.args, func(a arg) bool {
		text, ok := a.v.str()
		return ok && setOf("admin admins administrator moderator superuser staff operator root owner").any([]string{strings.ToLower(text)})
	})
}

// textMethod is a method of a text: the data stays, sometimes pinned.
func (in *interp) textMethod(c *callSpec) *value {
	switch c.name {
	case "toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart", "strip", "lower", "upper", "toString", "valueOf", "normalize", "split", "slice", "substring", "substr", "decode", "encode", "replace", "replaceAll", "rstrip", "lstrip", "removeprefix", "removesuffix", "partition", "rsplit", "casefold", "String", "at", "charAt", "padStart", "concat", "title", "toJSON", "format":
	default:
		return nil
	}
	data := c.recv
	if c.name == "format" || c.name == "concat" || c.name == "replace" || c.name == "replaceAll" {
		for _, a := range c.args {
			data = join(data.data(), in.deep(a.v).data())
		}
	}
	if len(data.flows) == 0 {
		if c.recv.sym != "" || len(c.recv.atoms) > 0 || c.recv.isNothing() {
			return nil
		}
		return &value{stored: c.recv.stored}
	}
	out := data.data()
	if c.name == "format" || c.name == "concat" {
		out = out.with(func(v *value) { v.form = "template" })
	}
	if c.name == "replace" || c.name == "replaceAll" {
		return in.replaced(c, out)
	}
	if c.name == "toString" || c.name == "String" {
		return out.mapFlows(func(f flow) *flow {
			if f.typ == "" && f.label != model.FromMessage {
				f.typ = "string"
			}
			return &f
		})
	}
	return out
}

// replaced is a text some of whose characters were replaced: an escape, where
// these are what the class needs.
func (in *interp) replaced(c *callSpec, out *value) *value {
	pattern := ""
	if len(c.x.Args) > 0 {
		if l, ok := c.x.Args[0].Value.(*ir.Lit); ok {
			pattern = l.Value
		}
	}
	var closed []string
	switch {
	case strings.Contains(pattern, "<"):
		closed = []string{model.HTMLSink, "broadcast"}
	case pattern == "'" || pattern == "[^a-zA-Z0-9]" || strings.HasPrefix(pattern, "[^") && !strings.ContainsAny(pattern, "<>/.'\";$"):
		closed = []string{model.HTMLSink, model.SQLSink, model.PathSink, model.CommandSink, "broadcast"}
	case strings.Contains(pattern, `[.*+?^${}`) || strings.Contains(pattern, `\\$&`):
		closed = []string{model.RegexpSink}
	case strings.Contains(pattern, "\n") || strings.Contains(pattern, `\n`):
		closed = []string{model.LogSink}
	}
	if strings.HasPrefix(pattern, "[^") {
		closed = append(closed, model.LogSink)
	}
	if len(closed) == 0 {
		return out
	}
	return out.mapFlows(func(f flow) *flow { f.closed = union(f.closed, closed, 16); return &f })
}

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
