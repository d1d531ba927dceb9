package predicate

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

func (m *Machine) eval(fr *frame, x ir.Expr) Value {
	if x == nil {
		return Null()
	}
	m.step()
	if m.nesting >= maxNesting {
		m.overrun = true
		m.Stop()
	}
	m.nesting++
	defer func() { m.nesting-- }()
	switch x := x.(type) {
	case *ir.Name:
		if x.Name == "this" || x.Name == "self" && fr.find("self") == nil {
			if fr.this.kind == null {
				return Unknown("this", false)
			}
			return fr.this
		}
		return m.lookup(fr, x.Name)
	case *ir.Lit:
		return literal(x, fr.lang())
	case *ir.Template:
		return m.template(fr, x)
	case *ir.Member:
		v := m.eval(fr, x.X)
		if v.kind == null && x.Optional {
			return Null()
		}
		return m.member(fr, v, x.Name, x)
	case *ir.Index:
		return m.index(fr, x)
	case *ir.Call:
		return m.call(fr, x)
	case *ir.Object:
		return m.object(fr, x)
	case *ir.List:
		return m.list(fr, x)
	case *ir.Spread:
		return m.eval(fr, x.X)
	case *ir.Unary:
		return m.unary(fr, x)
	case *ir.Binary:
		return m.binary(fr, x)
	case *ir.Logical:
		return m.logical(fr, x)
	case *ir.Cond:
		return m.conditional(fr, x)
	case *ir.Assign:
		return m.assignment(fr, x)
	case *ir.FuncLit:
		return Function(&Func{Fn: x.Func, Scope: fr.scope, This: fr.this, frame: fr})
	case *ir.Await:
		return m.eval(fr, x.X)
	case *ir.Cast:
		return m.eval(fr, x.X)
	case *ir.Comp:
		return m.comprehension(fr, x)
	case *ir.Unknown:
		return m.opaque(fr, x)
	}
	return Unknown(fr.scope.File().Text(x.At()), false)
}

// opaque is what a lowering did not understand: it depends on its operands.
func (m *Machine) opaque(fr *frame, x *ir.Unknown) Value {
	var args []Value
	for _, y := range x.Operands {
		args = append(args, m.eval(fr, y))
	}
	return m.derivedUnknown(fr.scope.File().Text(x.Pos), args...)
}

func literal(x *ir.Lit, l ir.Lang) Value {
	switch x.Kind {
	case ir.Number:
		s := strings.ReplaceAll(strings.TrimSuffix(x.Value, "n"), "_", "")
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return Number(n)
		}
		if n, err := strconv.ParseInt(s, 0, 64); err == nil {
			return Number(float64(n))
		}
		return Number(math.NaN())
	case ir.Bool:
		return Bool(x.Value == "true")
	case ir.Null:
		return Null()
	case ir.Regexp:
		return Pattern(x.Value, x.Flags, l)
	}
	return Text(x.Value)
}

func (m *Machine) template(fr *frame, x *ir.Template) Value {
	args := make([]Value, len(x.Parts))
	for i, p := range x.Parts {
		args[i] = m.eval(fr, p)
		if args[i].kind == thing || args[i].kind == symbol {
			args[i] = m.asUnknown(args[i])
		}
		if args[i].kind == unknown {
			args[i].from = nil
		}
	}
	return m.concat(fr.lang(), args...)
}

// concat joins texts. With a part that isn't known the whole isn't.
func (m *Machine) concat(l ir.Lang, args ...Value) Value {
	for _, a := range args {
		if a.kind == unknown || a.kind == thing {
			return m.derivedUnknown("text", args...)
		}
	}
	return lift(func(a []Value) Value {
		var b strings.Builder
		for _, v := range a {
			b.WriteString(v.display(l))
		}
		return Text(b.String())
	}, args...)
}

// asUnknown turns a value whose content isn't known into an unknown of its name.
func (m *Machine) asUnknown(v Value) Value {
	switch v.kind {
	case thing:
		return Unknown(v.thing.Name(), v.thing.Request())
	case symbol:
		return Unknown(v.text, false)
	case method:
		return m.derivedUnknown("method "+v.text, *v.recv)
	case function, callback, regexpKind:
		return Unknown("a function", false)
	}
	return v
}

// list evaluates a list literal.
func (m *Machine) list(fr *frame, x *ir.List) Value {
	var elems []Value
	for _, e := range x.Elems {
		if e == nil {
			elems = append(elems, Null())
			continue
		}
		if s, ok := e.(*ir.Spread); ok {
			v := m.eval(fr, s.X)
			if v.kind == unknown && m.mayBeEmpty(v) {
				continue
			}
			more, _ := m.elements(v, fr)
			elems = append(elems, more...)
			continue
		}
		elems = append(elems, m.eval(fr, e))
	}
	switch x.Kind {
	case ir.Set:
		return Set(elems...)
	case ir.Tuple:
		return tuple(elems...)
	}
	return List(elems...)
}

// mayBeEmpty reports whether a collection that isn't known was found empty.
func (m *Machine) mayBeEmpty(v Value) bool {
	way, ok := m.decided[v.unk.key]
	return ok && !way
}

func (m *Machine) object(fr *frame, x *ir.Object) Value {
	out := Object(false)
	inner := fr
	for i := range x.Props {
		p := &x.Props[i]
		if p.Kind == ir.Getter || p.Kind == ir.Setter {
			out.obj.open = true
			continue
		}
		v := m.eval(inner, p.Value)
		switch {
		case p.Spread:
			if v.kind == object {
				for _, n := range v.obj.names {
					out.obj.set(n, v.obj.fields[n])
				}
			} else {
				out.obj.open = true
			}
		case p.Key != nil:
			k := m.eval(inner, p.Key)
			if s, ok := keyText(k); ok {
				out.obj.set(s, v)
			} else {
				out.obj.open = true
			}
		default:
			out.obj.set(p.Name, v)
		}
	}
	return out
}

func keyText(k Value) (string, bool) {
	switch k.kind {
	case text, number, boolean:
		return k.display(ir.JavaScript), true
	}
	return "", false
}

func (m *Machine) unary(fr *frame, x *ir.Unary) Value {
	v := m.eval(fr, x.X)
	l := fr.lang()
	switch x.Op {
	case "!":
		if v.kind == unknown || v.kind == symbol {
			return Bool(!m.truthOf(v, l))
		}
		return lift(func(a []Value) Value { return Bool(!a[0].truth(l)) }, v)
	case "-":
		return lift(func(a []Value) Value { return Number(-a[0].num) }, v)
	case "+":
		return lift(func(a []Value) Value { return toNumber(a[0]) }, v)
	case "typeof":
		if v.kind == unknown {
			return m.derivedUnknown("typeof", v)
		}
		return lift(func(a []Value) Value { return Text(typeOf(a[0])) }, v)
	case "&", "*", "void":
		return v
	}
	return m.derivedUnknown(x.Op, v)
}

func toNumber(v Value) Value {
	switch v.kind {
	case number:
		return v
	case boolean:
		if v.bool {
			return Number(1)
		}
		return Number(0)
	case text:
		if n, err := strconv.ParseFloat(strings.TrimSpace(v.text), 64); err == nil {
			return Number(n)
		}
	case unknown:
		return v
	}
	return Number(math.NaN())
}

func typeOf(v Value) string {
	switch v.kind {
	case null:
		return "undefined"
	case boolean:
		return "boolean"
	case number:
		return "number"
	case text:
		return "string"
	case function, method, callback:
		return "function"
	}
	return "object"
}

// conditional is test ? a : b. Where the origin decides between two values, the
// result remembers both.
func (m *Machine) conditional(fr *frame, x *ir.Cond) Value {
	test := m.eval(fr, x.Test)
	l := fr.lang()
	if test.from == nil || !effectless(x.Then) || !effectless(x.Else) {
		if m.truthOf(test, l) {
			return m.eval(fr, x.Then)
		}
		return m.eval(fr, x.Else)
	}
	return lift(func(a []Value) Value {
		if a[0].truth(l) {
			return a[1]
		}
		return a[2]
	}, test, m.eval(fr, x.Then), m.eval(fr, x.Else))
}

// effectless reports whether evaluating an expression does nothing but yield its
// value, so that it may be evaluated though it isn't needed.
func effectless(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Lit, *ir.Name:
		return true
	case *ir.Cond:
		return effectless(x.Test) && effectless(x.Then) && effectless(x.Else)
	case *ir.Binary:
		return effectless(x.X) && effectless(x.Y)
	case *ir.Unary:
		return effectless(x.X)
	case *ir.Member: // of a local value, which is there
		_, ok := x.X.(*ir.Name)
		return ok
	}
	return false
}

func (m *Machine) logical(fr *frame, x *ir.Logical) Value {
	a := m.eval(fr, x.X)
	if a.from != nil && a.kind != unknown && x.Op != "??" && effectless(x.Y) {
		l := fr.lang()
		or := x.Op == "||"
		return lift(func(v []Value) Value {
			if v[0].truth(l) == or {
				return v[0]
			}
			return v[1]
		}, a, m.eval(fr, x.Y))
	}
	switch x.Op {
	case "&&":
		if m.truthOf(a, fr.lang()) {
			return m.eval(fr, x.Y)
		}
		return m.settled(a, false)
	case "||":
		if m.truthOf(a, fr.lang()) {
			return a
		}
		return m.eval(fr, x.Y)
	}
	if a.kind == null || a.kind == unknown && !m.truthOf(a, fr.lang()) { // ??
		return m.eval(fr, x.Y)
	}
	return a
}

// settled is an unknown whose truth was decided: as far as conditions go it is
// known.
func (m *Machine) settled(v Value, truth bool) Value {
	if v.kind == unknown {
		return Bool(truth)
	}
	return v
}

func (m *Machine) binary(fr *frame, x *ir.Binary) Value {
	a, b := m.eval(fr, x.X), m.eval(fr, x.Y)
	switch x.Op {
	case "==", "!=", "is", "is not", "in", "not in", "<", "<=", ">", ">=":
		return m.compare(fr, x, x.Op, a, b)
	case "instanceof":
		return m.derivedUnknown("instanceof", a, b)
	}
	a, b = m.known(a), m.known(b)
	if a.kind == unknown || b.kind == unknown {
		return m.derivedUnknown(x.Op, a, b)
	}
	l := fr.lang()
	return lift(func(v []Value) Value { return arithmetic(x.Op, v[0], v[1], l) }, a, b)
}

// known turns things into unknowns for operators that can't use them.
func (m *Machine) known(v Value) Value {
	if v.kind == thing || v.kind == symbol || v.kind == method {
		return m.asUnknown(v)
	}
	return v
}

func arithmetic(op string, a, b Value, l ir.Lang) Value {
	if op == "+" {
		if a.kind == list && b.kind == list {
			return List(append(append([]Value(nil), a.list.elems...), b.list.elems...)...)
		}
		if a.kind != number || b.kind != number {
			return Text(a.display(l) + b.display(l))
		}
	}
	if op == "%" && a.kind == text { // Python's formatting
		args := []Value{b}
		if b.kind == list {
			args = b.list.elems
		}
		return format(a.text, args)
	}
	if op == "|" && a.kind == list && b.kind == list {
		return Set(append(append([]Value(nil), a.list.elems...), b.list.elems...)...)
	}
	n, k := toNumber(a).num, toNumber(b).num
	switch op {
	case "+":
		return Number(n + k)
	case "-":
		return Number(n - k)
	case "*":
		return Number(n * k)
	case "/":
		return Number(n / k)
	case "%":
		return Number(math.Mod(n, k))
	}
	return Number(math.NaN())
}

var verbs = regexp.MustCompile(`%[-+ #0]*[0-9]*[a-zA-Z%]`)

// format fills in the verbs of a format one after the other.
func format(s string, args []Value) Value {
	i := 0
	return Text(verbs.ReplaceAllStringFunc(s, func(v string) string {
		if v == "%%" || i >= len(args) {
			return strings.TrimPrefix(v, "%")
		}
		i++
		return args[i-1].display(ir.Go)
	}))
}

func (m *Machine) assignment(fr *frame, x *ir.Assign) Value {
	if x.Value == nil {
		if n, ok := x.Target.(*ir.Name); ok {
			fr.declare(n.Name, zero(x.Type))
		}
		return Null()
	}
	var v Value
	if l, ok := x.Target.(*ir.List); ok && len(l.Elems) == 2 && fr.lang() == ir.Go {
		v = m.commaOK(fr, x.Value)
	} else {
		v = m.eval(fr, x.Value)
	}
	if x.Op != "" {
		old := m.known(m.eval(fr, x.Target))
		v = m.known(v)
		if old.kind == unknown || v.kind == unknown {
			v = m.derivedUnknown(x.Op, old, v)
		} else {
			l := fr.lang()
			v = lift(func(a []Value) Value { return arithmetic(x.Op, a[0], a[1], l) }, old, v)
		}
	}
	m.assignTo(fr, x.Target, v, x.Decl != ir.NoDecl)
	return v
}

// zero is the first value of a variable that is declared without one.
func zero(t *ir.Type) Value {
	if t != nil && t.Kind == ir.NamedType {
		switch t.Name {
		case "bool":
			return Bool(false)
		case "string":
			return Text("")
		case "int", "int64", "float64":
			return Number(0)
		}
	}
	return Null()
}

// commaOK is the pair that Go's v, ok := x[k] and x.(T) yield.
func (m *Machine) commaOK(fr *frame, x ir.Expr) Value {
	switch y := x.(type) {
	case *ir.Index:
		if y.Key == nil {
			break
		}
		v := m.eval(fr, y.X)
		k := m.eval(fr, y.Key)
		return List(m.indexed(fr, v, k, y), m.compare(fr, y, "in", k, v))
	case *ir.Cast:
		v := m.eval(fr, y.X)
		return List(v, m.derivedUnknown("type of", v))
	}
	return m.eval(fr, x)
}

// assignTo stores a value in a target.
func (m *Machine) assignTo(fr *frame, target ir.Expr, v Value, declare bool) {
	switch t := target.(type) {
	case *ir.Name:
		if declare {
			fr.declare(t.Name, v)
		} else {
			fr.assign(t.Name, v)
		}
	case *ir.Default:
		if v.kind == null {
			v = m.eval(fr, t.Value)
		}
		m.assignTo(fr, t.Target, v, declare)
	case *ir.List:
		for i, e := range t.Elems {
			if s, ok := e.(*ir.Spread); ok {
				m.assignTo(fr, s.X, m.known(Unknown("rest", false)), declare)
			} else if e != nil {
				m.assignTo(fr, e, m.nth(v, i), declare)
			}
		}
	case *ir.Object:
		for i := range t.Props {
			p := &t.Props[i]
			if !p.Spread && p.Key == nil {
				m.assignTo(fr, p.Value, m.member(fr, v, p.Name, p), declare)
			}
		}
	case *ir.Cast:
		m.assignTo(fr, t.X, v, declare)
	case *ir.Member:
		if o := m.eval(fr, t.X); o.kind == object {
			o.obj.set(t.Name, v)
		}
	case *ir.Index:
		if o := m.eval(fr, t.X); o.kind == object && t.Key != nil {
			if k, ok := keyText(m.eval(fr, t.Key)); ok {
				o.obj.set(k, v)
			} else {
				o.obj.open = true
			}
		}
	}
}

// nth is an element of a list that is taken apart.
func (m *Machine) nth(v Value, i int) Value {
	if v.kind != list {
		return m.derivedUnknown("part "+strconv.Itoa(i)+" of", m.known(v))
	}
	if v.from == nil {
		return element(v, i)
	}
	return lift(func(a []Value) Value { return element(a[0], i) }, v)
}

// comprehension evaluates [elem for target in iter if cond].
func (m *Machine) comprehension(fr *frame, x *ir.Comp) Value {
	var out []Value
	o := Object(false)
	var walk func(f *frame, i int)
	walk = func(f *frame, i int) {
		if i == len(x.Clauses) {
			v := m.eval(f, x.Elem)
			if x.Key != nil {
				if k, ok := keyText(m.eval(f, x.Key)); ok {
					o.obj.set(k, v)
				} else {
					o.obj.open = true
				}
			}
			out = append(out, v)
			return
		}
		c := &x.Clauses[i]
		elems, _ := m.elements(m.eval(f, c.Iter), f)
		for _, e := range elems {
			g := f.child()
			m.assignTo(g, c.Target, e, true)
			keep := true
			for _, cond := range c.Conds {
				keep = keep && m.truthOf(m.eval(g, cond), fr.lang())
			}
			if keep {
				walk(g, i+1)
			}
		}
	}
	walk(fr, 0)
	if x.Key != nil {
		return o
	}
	return List(out...)
}
