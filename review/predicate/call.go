package predicate

import (
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// call evaluates a call.
func (m *Machine) call(fr *frame, x *ir.Call) Value {
	member, isMethod := x.Fn.(*ir.Member)
	var recv Value
	if isMethod {
		recv = m.eval(fr, member.X)
		if recv.kind == null && (member.Optional || x.Optional) {
			return Null()
		}
	}
	if l, ok := m.goBuiltin(fr, x); ok {
		return l
	}
	args, names := m.arguments(fr, x)
	if isMethod {
		return m.callMethod(fr, x, recv, member.Name, args, names)
	}
	if t, ok := x.Fn.(*ir.TypeExpr); ok && t != nil {
		if len(args) > 0 {
			return args[0] // a conversion
		}
		return Null()
	}
	return m.callValue(fr, x, m.eval(fr, x.Fn), Null(), args, names)
}

// goBuiltin is make and new, whose first argument is a type.
func (m *Machine) goBuiltin(fr *frame, x *ir.Call) (Value, bool) {
	n, ok := x.Fn.(*ir.Name)
	if !ok || fr.lang() != ir.Go || fr.find(n.Name) != nil {
		return Null(), false
	}
	switch n.Name {
	case "make":
		if len(x.Args) > 0 {
			if t, ok := x.Args[0].Value.(*ir.TypeExpr); ok && t.Type != nil && t.Type.Kind == ir.MapType {
				return Object(false), true
			}
		}
		return List(), true
	case "new":
		return Object(true), true
	}
	return Null(), false
}

func (m *Machine) arguments(fr *frame, x *ir.Call) (args []Value, names []string) {
	for i := range x.Args {
		a := &x.Args[i]
		v := m.eval(fr, a.Value)
		if a.Spread && a.Name == "" {
			more, _ := m.elements(v, fr)
			for _, e := range more {
				args, names = append(args, e), append(names, "")
			}
			continue
		}
		args, names = append(args, v), append(names, a.Name)
	}
	return args, names
}

// callValue calls a function.
func (m *Machine) callValue(fr *frame, x *ir.Call, f, this Value, args []Value, names []string) Value {
	switch f.kind {
	case function:
		if f.fn.Unbound && f.fn.Fn.Recv != nil && len(args) > 0 {
			return m.apply(f.fn, args[0], arrange(f.fn.Fn, args[1:], names[min(1, len(names)):]))
		}
		if f.fn.This.kind != null && this.kind == null {
			this = f.fn.This
		}
		return m.apply(f.fn, this, arrange(f.fn.Fn, args, names))
	case method:
		return m.callMethod(fr, x, *f.recv, f.text, args, names)
	case callback:
		m.decision(Decider(f.text), args, fr.lang())
		return Null()
	case symbol:
		return m.callSymbol(fr, x, f.text, args, names)
	case thing:
		if v, ok := f.thing.Method(m, "", args); ok {
			return v
		}
	case null:
		m.Throw()
	}
	m.handlers(fr, x, "", args)
	return m.derivedUnknown(m.calleeText(fr, x), args...)
}

// guess takes a call that isn't in view at its name: rejectUpgrade(socket).
func (m *Machine) guess(name string, args []Value) {
	name = strings.ToLower(name)
	if len(args) == 0 || len(name) > 30 || name == "reject" {
		return // of a promise
	}
	for _, verb := range []string{"reject", "refuse", "deny", "forbid", "abort"} {
		if strings.HasPrefix(name, verb) {
			m.Refuse()
		}
	}
}

func (m *Machine) calleeText(fr *frame, x *ir.Call) string {
	return shorten(fr.scope.File().Text(x.Fn.At())) + "()"
}

// arrange puts keyword arguments where the parameters are.
func arrange(fn *ir.Func, args []Value, names []string) []Value {
	keyword := false
	for _, n := range names {
		keyword = keyword || n != ""
	}
	if !keyword {
		return args
	}
	out := make([]Value, len(fn.Params))
	next := 0
	for i, a := range args {
		if i >= len(names) || names[i] == "" {
			if next < len(out) {
				out[next] = a
			}
			next++
			continue
		}
		for j, p := range fn.Params {
			if p.Name == names[i] {
				out[j] = a
				next = max(next, j+1)
			}
		}
	}
	return out[:min(next, len(out))]
}

// decision is a call of a framework's callback.
func (m *Machine) decision(d Decider, args []Value, l ir.Lang) {
	arg := func(i int) Value {
		if i < len(args) {
			return args[i]
		}
		return Null()
	}
	ok := true
	switch d {
	case AcceptCallback:
		ok = m.truthOf(arg(0), l)
	case ErrorCallback:
		ok = !m.truthOf(m.failure(arg(0)), l)
		if ok && len(args) > 1 {
			ok = m.truthOf(arg(1), l)
		}
	case NextCallback:
		ok = !m.truthOf(m.failure(arg(0)), l)
	}
	if m.outcome != undecided {
		return
	}
	m.outcome = refused
	if ok {
		m.outcome = admitted
	}
}

// failure is an argument that says what went wrong: one that was made in place
// is an error for sure.
func (m *Machine) failure(v Value) Value {
	if v.kind == unknown && strings.Contains(v.unk.key, "Error") {
		return Bool(true)
	}
	return v
}

// callMethod calls a method of a value.
func (m *Machine) callMethod(fr *frame, x *ir.Call, recv Value, name string, args []Value, names []string) Value {
	switch recv.kind {
	case null:
		m.Throw()
	case symbol:
		return m.callSymbol(fr, x, recv.text+"."+name, args, names)
	case thing:
		return m.thingMethod(fr, x, recv, name, args, names)
	case function:
		if v, ok := m.functionMethod(fr, x, recv, name, args); ok {
			return v
		}
	case object:
		if f, ok := recv.obj.fields[name]; ok {
			return m.callValue(fr, x, f, recv, args, names)
		}
		if v, ok := m.mapMethod(fr, x, recv, name, args); ok {
			return v
		}
	case list:
		if v, ok := m.listMethod(fr, x, recv, name, args); ok {
			return v
		}
	case text:
		if v, ok := m.textMethod(fr, x, recv, name, args); ok {
			return v
		}
	case regexpKind:
		if v, ok := m.patternMethod(fr, x, recv, name, args); ok {
			return v
		}
	case urlKind:
		v := lift(func(a []Value) Value {
			if a[0].kind != urlKind {
				panic(thrown{})
			}
			r, _ := a[0].url.method(name)
			return r
		}, recv)
		if _, ok := recv.url.method(name); ok {
			return v
		}
	case unknown:
		return m.unknownMethod(fr, x, recv, name, args)
	}
	m.handlers(fr, x, name, args)
	return m.derivedUnknown("."+name, append([]Value{recv}, args...)...)
}

// functionMethod is f.call(this, …), f.apply and f.bind.
func (m *Machine) functionMethod(fr *frame, x *ir.Call, f Value, name string, args []Value) (Value, bool) {
	switch name {
	case "call":
		if len(args) == 0 {
			return m.callValue(fr, x, f, Null(), nil, nil), true
		}
		return m.callValue(fr, x, f, args[0], args[1:], nil), true
	case "bind":
		bound := *f.fn
		if len(args) > 0 {
			bound.This = args[0]
		}
		return Function(&bound), len(args) < 2
	}
	return Null(), false
}

// thingMethod calls a method of a value that frameworks know.
func (m *Machine) thingMethod(fr *frame, x *ir.Call, recv Value, name string, args []Value, names []string) Value {
	if v, ok := recv.thing.Method(m, name, args); ok {
		return v
	}
	if f, ok := recv.thing.Member(m, name); ok && f.kind == function {
		return m.callValue(fr, x, f, recv, args, names)
	} else if ok && f.kind == callback {
		return m.callValue(fr, x, f, recv, args, names)
	}
	if v, ok := m.lookupUnknown(fr, x, recv, name, args); ok {
		return v
	}
	m.handlers(fr, x, name, args)
	return m.derivedUnknown(recv.thing.Name()+"."+name+"()", args...)
}

// lookupUnknown is the test whether the origin, or a part of it, is in a
// collection that isn't known: a setting, taken to hold a legitimate one.
func (m *Machine) lookupUnknown(fr *frame, x *ir.Call, recv Value, name string, args []Value) (Value, bool) {
	u := m.asUnknown(recv)
	if len(args) == 0 || args[0].from == nil || u.kind != unknown || u.unk.origin || u.unk.request {
		return Null(), false
	}
	if name == "match" && fr.lang() == ir.Python {
		return m.matchSetting(fr, x, u, args[0], fromStart), true
	}
	switch name {
	case "has", "includes", "contains", "Contains", "__contains__", "test", "match", "fullmatch", "MatchString", "search", "Has", "exec", "equals":
		return m.amongSettings(fr, x, args[0], u), true
	case "indexOf", "find":
		v := m.amongSettings(fr, x, args[0], u)
		return lift(func(a []Value) Value {
			if a[0].bool {
				return Number(0)
			}
			return Number(-1)
		}, v), true
	case "startsWith", "startswith":
		return m.textTest(fr, x, "prefix", u, args[0]), true
	case "endsWith", "endswith":
		return m.textTest(fr, x, "suffix", u, args[0]), true
	}
	return Null(), false
}

// unknownMethod calls a method of something that isn't known.
func (m *Machine) unknownMethod(fr *frame, x *ir.Call, recv Value, name string, args []Value) Value {
	if v, ok := m.lookupUnknown(fr, x, recv, name, args); ok {
		return v
	}
	switch name {
	case "split", "Split", "map", "filter", "trim", "strip", "toLowerCase", "lower", "toUpperCase", "upper", "toString", "values", "keys", "slice", "flat", "flatMap",
		"rstrip", "lstrip", "replace", "replaceAll", "splitlines", "concat", "valueOf", "sort", "copy", "entries":
		return recv // the same setting in another form: as empty, and naming the same
	case "some", "every", "find", "findIndex", "any", "all":
		if len(args) > 0 && args[0].kind == function {
			return m.eachUnknown(fr, x, recv, name, args[0])
		}
	case "get", "getstr", "getlist", "getString", "pop", "setdefault", "value":
		if len(args) == 2 && !recv.unk.origin && !recv.unk.request {
			return m.Setting(shorten(recv.unk.key+"."+args[0].Literal()), args[1])
		}
	case "then", "catch", "finally":
		out := recv
		if len(args) > 0 && name != "catch" {
			out = m.callValue(fr, x, args[0], Null(), []Value{recv}, nil)
		}
		return out
	}
	if lib := m.lib(fr.scope.File()); lib != nil {
		if v, ok := lib.Method(m, name, args); ok {
			return v
		}
	}
	m.handlers(fr, x, name, args)
	return m.derivedUnknown(shorten(recv.unk.key+"."+name+"()"), append([]Value{recv}, args...)...)
}

// eachUnknown asks a callback about the element of a setting.
func (m *Machine) eachUnknown(fr *frame, x *ir.Call, recv Value, name string, f Value) Value {
	if m.mayBeEmpty(recv) {
		return Bool(name == "every" || name == "all")
	}
	elem := m.derivedUnknown("element of", recv)
	v := m.callValue(fr, x, f, Null(), []Value{elem}, nil)
	switch name {
	case "find":
		if m.truthOf(v, fr.lang()) {
			return elem
		}
		return Null()
	case "findIndex":
		if m.truthOf(v, fr.lang()) {
			return Number(0)
		}
		return Number(-1)
	}
	return v
}

// handlers runs functions that are handed to a call that isn't in view, once,
// with arguments of which nothing is known: it may be that the decision is
// taken there. Listeners are for later.
func (m *Machine) handlers(fr *frame, x *ir.Call, name string, args []Value) {
	switch name {
	case "on", "once", "addListener", "addEventListener", "setTimeout", "setInterval", "use", "forEach", "Every", "subscribe", "add_done_callback":
		return
	}
	if n, ok := x.Fn.(*ir.Name); ok && (strings.HasPrefix(n.Name, "set") || n.Name == "queueMicrotask") {
		return
	}
	for _, a := range args {
		if a.kind != function || m.depth > 6 {
			continue
		}
		given := make([]Value, len(a.fn.Fn.Params))
		for i := range given {
			given[i] = m.derivedUnknown("argument "+strconv.Itoa(i)+" of "+m.calleeText(fr, x), args...)
		}
		m.attempt(func() (completion, Value) {
			m.callValue(fr, x, a, Null(), given, nil)
			return falls, Null()
		})
	}
}

// member reads a property.
func (m *Machine) member(fr *frame, v Value, name string, at ir.Node) Value {
	switch v.kind {
	case null:
		m.Throw()
	case thing:
		if w, ok := v.thing.Member(m, name); ok {
			return w
		}
		return Unknown(v.thing.Name()+"."+name, v.thing.Request())
	case symbol:
		if lib := m.lib(fr.scope.File()); lib != nil {
			if w, ok := lib.Property(m, v.text+"."+name); ok {
				return w
			}
		}
		return Symbol(v.text + "." + name)
	case unknown:
		if name == "length" || name == "size" {
			u := *v.unk
			u.length = true
			return Value{kind: unknown, unk: &u}
		}
		u := *v.unk
		u.key = shorten(u.key + "." + name)
		return Value{kind: unknown, unk: &u}
	case object:
		if w, ok := v.obj.fields[name]; ok {
			return w
		}
		if name == "size" {
			return Number(float64(len(v.obj.names)))
		}
		if v.obj.open {
			return Unknown(fr.scope.File().Text(at.At()), false)
		}
		if fr.lang() == ir.JavaScript && !mapMethods[name] {
			return Null()
		}
	case urlKind:
		if _, ok := v.url.member(name); ok {
			return lift(func(a []Value) Value {
				if a[0].kind != urlKind {
					panic(thrown{})
				}
				w, _ := a[0].url.member(name)
				return w
			}, v)
		}
	case list, text:
		if name == "length" || name == "size" {
			return lift(length, v)
		}
	}
	return Value{kind: method, text: name, recv: &v}
}

func length(a []Value) Value {
	switch v := a[0]; v.kind {
	case text:
		return Number(float64(len(v.text)))
	case list:
		return Number(float64(len(v.list.elems)))
	case object:
		return Number(float64(len(v.obj.names)))
	case null:
		panic(thrown{})
	}
	return Number(0)
}
