package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// eval evaluates an expression. It never returns nil.
func (in *interp) eval(x ir.Expr) *value {
	if x == nil || !in.spend() {
		return nothing
	}
	in.nesting++
	defer func() { in.nesting-- }()
	if in.nesting > maxNesting {
		return nothing
	}
	v := in.evalKind(x)
	if v == nil {
		return nothing
	}
	return v
}

func (in *interp) evalKind(x ir.Expr) *value {
	switch x := x.(type) {
	case *ir.Name:
		return in.name(x)
	case *ir.Lit:
		if x.Kind == ir.Regexp && strings.Contains(x.Flags, "m") {
			return &value{lit: &literal{x.Kind, "(?m)" + x.Value}, form: "literal"} // its ends are those of any line
		}
		return &value{lit: &literal{x.Kind, x.Value}, form: "literal"}
	case *ir.Template:
		return in.concat("template", x.Pos, x.Parts...)
	case *ir.Member:
		return in.member(x)
	case *ir.Index:
		return in.indexed(x)
	case *ir.Call:
		return in.call(x)
	case *ir.Object:
		return in.object(x)
	case *ir.List:
		return in.list(x)
	case *ir.Spread:
		return in.eval(x.X)
	case *ir.Default:
		return join(in.eval(x.Target), in.eval(x.Value))
	case *ir.Unary:
		return in.unary(x)
	case *ir.Binary:
		return in.binary(x)
	case *ir.Logical:
		return in.logical(x)
	case *ir.Cond:
		return in.conditional(x)
	case *ir.Assign:
		return in.assignment(x)
	case *ir.FuncLit:
		return in.closure(x.Func)
	case *ir.ClassLit:
		return in.classValue(x.Class)
	case *ir.Await:
		v := in.eval(x.X)
		in.env.awaited = true
		return in.settled(v)
	case *ir.Yield:
		return in.eval(x.X)
	case *ir.Cast:
		return in.cast(x)
	case *ir.TypeExpr:
		return nothing
	case *ir.Comp:
		return in.comprehension(x)
	case *ir.Element:
		return in.element(x)
	case *ir.Unknown:
		out := nothing
		for _, y := range x.Operands {
			out = join(out, in.eval(y).data())
		}
		return out
	}
	return nothing
}

// settled is the value that a promise or future ends with: they are not told
// apart from it.
func (in *interp) settled(v *value) *value { return v }

// concat is text that is put together of parts.
func (in *interp) concat(form string, p ir.Pos, parts ...ir.Expr) *value {
	out := &value{form: form}
	known := true
	var text, shape strings.Builder
	for _, part := range parts {
		v := in.eval(part)
		if !leads(shape.String()) {
			out.lead = joinFlows(out.lead, v.leading())
		}
		shape.WriteString(in.piece(v, part))
		if s, ok := v.str(); ok && len(v.flows) == 0 {
			text.WriteString(s)
		} else {
			known = false
		}
		out.flows = joinFlows(out.flows, v.flows)
		out.bound = out.bound || v.bound
	}
	if known {
		out.lit = &literal{ir.String, text.String()}
		return out
	}
	out.shape, out.led = cut(shape.String()), true
	in.composes(out, p)
	place := in.place(p)
	return out.mapFlows(func(f flow) *flow {
		f.whole = false
		return f.through(place, partOfText)
	})
}

// name evaluates a variable.
func (in *interp) name(x *ir.Name) *value {
	switch x.Name {
	case "this":
		if in.act.scope.this != nil {
			return in.act.scope.this
		}
		return nothing
	case "super":
		return in.super()
	}
	if b := in.act.scope.lookup(x.Name); b != nil {
		return in.variable(b)
	}
	return in.global(x.Name)
}

// variable reads a binding: its current value where it is ours, else anything
// that it was ever given.
func (in *interp) variable(b *binding) *value {
	v := b.all
	if w, ok := in.act.layer.get(b); ok {
		v = w
	}
	if v == nil {
		v = nothing
	}
	if b.typ != nil && v.kind == nil && len(v.objects) == 0 {
		v = join(v, in.typeValue(b.typ, b.file))
	}
	if v.isNothing() {
		return in.guess(b.name, v)
	}
	return v
}

// global is a name that the program doesn't declare: a symbol, and what
// everybody means by it.
func (in *interp) global(name string) *value {
	v := in.guess(name, nothing)
	if v != nothing {
		return v
	}
	return &value{sym: in.index().Global(name)}
}

// guess is the last resort for a variable of which nothing is known but a name
// that nearly everybody gives to one kind of thing.
func (in *interp) guess(name string, v *value) *value {
	k := in.prog.nameKind(in.file(), name)
	if k == nil {
		return v
	}
	return v.with(func(c *value) {
		c.kind = k
		c.endpoint = in.env.endpoint
		if k.Is == "socket" || k.Is == "server" {
			c.endpoint = in.implicitEndpoint(k)
		}
	})
}

func (in *interp) list(x *ir.List) *value {
	o := in.allocate(x.Pos)
	o.list = true
	o.items = nil
	out := &value{objects: []*object{o}, form: "list"}
	if x.Type != nil {
		out.typ, out.typFile = x.Type, in.file()
	}
	for _, e := range x.Elems {
		if e == nil {
			continue
		}
		v := in.eval(e)
		if s, ok := e.(*ir.Spread); ok {
			out.room = out.room || v.room
			v = in.elements(v, s.Pos)
		}
		o.add(v)
		o.items = append(o.items, v)
		out.flows = joinFlows(out.flows, v.flows)
		out.bound = out.bound || v.bound
		if in.isConnection(v) {
			out.sockets = true
		}
	}
	if x.Type != nil && len(x.Elems) == 0 && in.isConnection(in.typedElem(x.Type, in.file())) {
		out.sockets = true
	}
	return out
}

// object makes an object. Its fields are told apart, and all data in it is the
// object's too.
func (in *interp) object(x *ir.Object) *value {
	if x.Type != nil {
		if v := in.composite(x); v != nil {
			return v
		}
	}
	o := in.allocate(x.Pos)
	o.closed = true
	out := &value{objects: []*object{o}, form: "object"}
	outer := in.act.scope
	in.act.scope = newScope(outer)
	in.act.scope.this = out
	defer func() { in.act.scope = outer }()
	in.props(x, o, out)
	return out
}

func (in *interp) props(x *ir.Object, o *object, out *value) {
	for i := range x.Props {
		p := &x.Props[i]
		v := in.eval(p.Value)
		switch {
		case p.Spread:
			in.spreadInto(o, v, p)
		case p.Key != nil:
			k := in.eval(p.Key)
			if name, ok := k.str(); ok {
				o.set(name, v)
			} else {
				o.add(v)
				if f := k.flow(model.FromMessage); f != nil {
					in.propertyEvent("write", p.Pos, k, out)
				}
			}
		default:
			o.set(p.Name, v)
			if o.places == nil {
				o.places = map[string]ir.Node{}
			}
			o.places[p.Name] = p
		}
		if p.Kind == ir.Getter {
			continue
		}
		out.flows = joinFlows(out.flows, v.flows)
		out.bound = out.bound || v.bound || v.has(model.FromIdentity)
	}
}

// spreadInto copies the fields of v into o.
func (in *interp) spreadInto(o *object, v *value, p *ir.Prop) {
	for _, src := range v.objects {
		for _, name := range src.order {
			o.set(name, src.fields[name])
		}
		if src.elem != nil {
			o.add(src.elem)
		}
	}
	if len(v.flows) > 0 {
		o.add(v.with(func(c *value) { c.form = "spread" }))
	}
}

// allocate returns the object of a place: one for all that are made there.
func (in *interp) allocate(p ir.Pos) *object {
	key := objectKey{in.file(), p}
	o := in.prog.objects[key]
	if o == nil {
		o = newObject(in.file(), p)
		in.prog.objects[key] = o
	}
	return o
}

type objectKey struct {
	file *ir.File
	pos  ir.Pos
}

func (in *interp) unary(x *ir.Unary) *value {
	if x.Op == "!" {
		return negate(in.condition(x.X))
	}
	v := in.eval(x.X)
	switch x.Op {
	case "&", "*", "<-":
		if x.Op == "<-" {
			return in.received(x, v)
		}
		return v
	case "typeof":
		return v.with(func(c *value) { *c = value{form: "typeof", flows: v.flows} })
	case "-":
		if s, ok := v.str(); ok && v.lit.kind == ir.Number {
			return &value{lit: &literal{ir.Number, "-" + s}, form: "literal"}
		}
		return numeric(v)
	case "+", "~":
		return numeric(v)
	case "delete":
		in.deleted(x, v)
		return nothing
	}
	return nothing
}

// negate is not v.
func negate(v *value) *value {
	out := &value{atoms: flip(v.atoms)}
	if t, known := v.truth(); known {
		text := "true"
		if t {
			text = "false"
		}
		out.lit = &literal{ir.Bool, text}
	}
	return out
}

func flip(atoms []atom) []atom {
	out := make([]atom, len(atoms))
	for i, a := range atoms {
		out[i] = atom{a.fact, !a.when}
	}
	return out
}

// numeric is data that can only be a number from here on.
func numeric(v *value) *value {
	return v.data().mapFlows(func(f flow) *flow {
		f.typ = "number"
		f.whole = false
		return &f
	})
}

func (in *interp) logical(x *ir.Logical) *value {
	a := in.condition(x.X)
	// The right side runs where the left one was true (&&) or false.
	n := len(in.guards)
	before, among := in.env.message, in.env.among
	if x.Op != "??" {
		in.assume(a, x.Op == "&&")
		if x.Op == "&&" {
			in.narrow(in.messagesOf(x.X))
		}
	}
	b := in.condition(x.Y)
	in.guards = in.guards[:n]
	in.env.message, in.env.among = before, among
	if x.Op != "&&" {
		a = in.overrides(a, b, x.Y)
		in.defaulted(a, x.Y)
	}
	out := join(a, b)
	if x.Op == "&&" {
		// The value is b's where it is anything; a is what was asked.
		out = b.with(func(c *value) { c.atoms = unionFunc(a.atoms, b.atoms, maxAtoms, sameAtom) })
	} else {
		atoms := unionFunc(a.atoms, b.atoms, maxAtoms, sameAtom)
		out = out.with(func(c *value) { c.atoms, c.missing = alternatives(atoms), b.missing })
	}
	if x.Op == "&&" || a.lit != nil && b.lit != nil {
		return out.with(func(c *value) { c.lit = mergeTruth(x.Op, a, b) })
	}
	return out
}

// alternatives marks checks of which one did in place of another.
func alternatives(atoms []atom) []atom {
	if len(atoms) < 2 {
		return atoms
	}
	out := make([]atom, len(atoms))
	for i, a := range atoms {
		f := *a.fact
		f.Alternative = true
		out[i] = atom{&f, a.when}
	}
	return out
}

func mergeTruth(op string, a, b *value) *literal {
	ta, ka := a.truth()
	tb, kb := b.truth()
	switch {
	case op == "&&" && ka && !ta, op == "||" && ka && ta:
		return a.lit
	case ka && kb && (op == "&&" && ta || op == "||" && !ta):
		return b.lit
	case op == "&&" && kb && !tb:
		return nil
	}
	return nil
}

func (in *interp) conditional(x *ir.Cond) *value {
	c := in.condition(x.Test)
	var a, b *value
	in.branch(c, true, func() completion { a = in.eval(x.Then); return falls })
	in.branch(c, false, func() completion { b = in.eval(x.Else); return falls })
	a, b = in.overrides(a, b, x.Else), in.overrides(b, a, x.Then)
	return join(a, b).with(func(v *value) { v.missing = "" }) // the test asked
}

func (in *interp) cast(x *ir.Cast) *value {
	v := in.eval(x.X)
	if x.Type == nil {
		return v
	}
	if t := in.typeValue(x.Type, in.file()); t != nothing && (t.kind != nil || len(t.objects) > 0) {
		v = join(v, t)
	}
	if x.Checked {
		if name := basicType(x.Type); name != "" {
			return v.mapFlows(func(f flow) *flow { f.typ = name; return &f })
		}
	}
	return v
}

func (in *interp) comprehension(x *ir.Comp) *value {
	outer := in.act.scope
	in.act.scope = newScope(outer)
	env := in.env
	defer func() { in.act.scope, in.env = outer, env }()
	n := len(in.guards)
	for _, c := range x.Clauses {
		iter := in.eval(c.Iter)
		elem := in.elements(iter, c.Iter.At())
		elem = in.visits(iter, elem, in.file().Text(c.Iter.At()))
		in.declareTarget(c.Target, elem)
		for _, cond := range c.Conds {
			v := in.condition(cond)
			in.assume(v, true)
		}
	}
	if x.Key != nil {
		in.eval(x.Key)
	}
	v := in.eval(x.Elem)
	in.guards = in.guards[:n]
	o := in.allocate(x.Pos)
	o.list = x.Key == nil
	o.add(v)
	return &value{objects: []*object{o}, flows: v.flows, sockets: in.isConnection(v), form: "list"}
}

// text is an expression as written, shortened for messages.
func (in *interp) text(x ir.Node) string {
	return shorten(in.file().Text(x.At()))
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const limit = 80
	if len(s) <= limit {
		return s
	}
	cut := limit
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
