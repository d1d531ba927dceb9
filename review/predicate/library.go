package predicate

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// A libraryFunction computes a call. It returns false where it can't.
type libraryFunction func(*Machine, *callContext) (Value, bool)

// functions are those that can be computed, by language and symbol.
var functions = map[ir.Lang]map[string]libraryFunction{}

// A callContext is a call of a function outside the program.
type callContext struct {
	fr    *frame
	x     *ir.Call
	args  []Value
	names []string
}

func (c *callContext) arg(i int) Value {
	n := 0
	for j, a := range c.args {
		if j < len(c.names) && c.names[j] != "" {
			continue
		}
		if n == i {
			return a
		}
		n++
	}
	return Null()
}

// callSymbol calls something outside the program: a function that can be
// computed, one that a framework knows, or one of which nothing is known.
func (m *Machine) callSymbol(fr *frame, x *ir.Call, name string, args []Value, names []string) Value {
	c := &callContext{fr, x, args, names}
	if f := functions[fr.lang()][strings.TrimPrefix(name, "globalThis.")]; f != nil {
		if v, ok := f(m, c); ok {
			return v
		}
	}
	if lib := m.lib(fr.scope.File()); lib != nil {
		if v, ok := lib.Call(m, name, args); ok {
			return v
		}
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(args) == 1 && !strings.HasSuffix(name[:i], ")") {
		// A method of something that is imported: env.ORIGINS.includes(origin).
		if v, ok := m.lookupUnknown(fr, x, Symbol(name[:i]), name[i+1:], args); ok {
			return v
		}
	}
	m.guess(name[strings.LastIndexByte(name, '.')+1:], args)
	m.handlers(fr, x, name[strings.LastIndexByte(name, '.')+1:], args)
	return m.derivedUnknown(name+"()", args...)
}

// pure makes a function of known values out of one on values.
func pure(f func(a []Value) Value) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		args := make([]Value, len(c.args))
		for i, a := range c.args {
			args[i] = m.known(a)
			if deepUnknown(args[i]) {
				return m.derivedUnknown(c.fr.scope.File().Text(c.x.Fn.At())+"()", args...), true
			}
		}
		m.note(args)
		return lift(f, args...), true
	}
}

// onText is pure for functions of texts.
func onText(f func(a []string) Value) libraryFunction {
	return pure(func(a []Value) Value {
		s := make([]string, len(a))
		for i, v := range a {
			if v.kind != text && v.kind != number {
				return Null()
			}
			s[i] = v.display(ir.Go)
		}
		for len(s) < 3 {
			s = append(s, "")
		}
		return f(s)
	})
}

// test is a comparison of two arguments.
func test(how string) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		return m.textTest(c.fr, c.x, how, c.arg(0), c.arg(1)), true
	}
}

// passes is a function that gives back its argument, or its likeness.
func passes(m *Machine, c *callContext) (Value, bool) { return c.arg(0), len(c.args) > 0 }

// collect makes a list or set of the elements of the argument.
func collect(set bool) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		v := c.arg(0)
		switch v.kind {
		case null:
			if set {
				return Set(), true
			}
			return List(), true
		case unknown:
			return v, true
		case thing, symbol:
			return m.asUnknown(v), true
		case object, list, text:
		default:
			return Null(), false
		}
		if v.from != nil {
			return v, true
		}
		elems, _ := m.elements(v, c.fr)
		if set {
			return Set(elems...), true
		}
		return List(elems...), true
	}
}

// parsed is a function that parses an address. throws says that a text which
// isn't one raises; a pair has an error beside it.
func parsed(throws, pair bool) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		l := c.fr.lang()
		s := m.known(c.arg(0))
		if s.kind == urlKind {
			return s, true
		}
		if s.kind == unknown {
			u := m.derivedUnknown("address of", s)
			if pair {
				return List(u, Null()), true
			}
			return u, true
		}
		if pair {
			ok := lift(func(a []Value) Value {
				if _, ok := parseAddress(a[0].display(l), l); ok {
					return Null()
				}
				return Text("error")
			}, s)
			u := m.Address(s, l)
			if u.kind == null {
				u = lift(func(a []Value) Value {
					p, ok := parseAddress(a[0].display(l), l)
					if !ok {
						return Null()
					}
					return Value{kind: urlKind, url: p}
				}, s)
			}
			return List(u, ok), true
		}
		u := lift(func(a []Value) Value {
			p, ok := parseAddress(a[0].display(l), l)
			if !ok || throws && a[0].kind != text {
				if throws {
					panic(thrown{})
				}
				return Null()
			}
			return Value{kind: urlKind, url: p}
		}, s)
		return u, true
	}
}

// matching is re.match(pattern, text) and the like.
func matching(extent string) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		p, s := c.arg(0), m.known(c.arg(1))
		if p.kind == text && p.from == nil {
			flags := ""
			for _, a := range c.args[min(2, len(c.args)):] {
				if a.kind == symbol && (strings.HasSuffix(a.text, ".I") || strings.HasSuffix(a.text, "IGNORECASE")) {
					flags = "i"
				}
			}
			p = Pattern(p.text, flags, c.fr.lang())
		}
		if p.kind != regexpKind {
			return m.matchSetting(c.fr, c.x, m.known(p), s, extent), true
		}
		return m.match(c.fr, c.x, p, s, extent), true
	}
}

// pattern is re.compile, new RegExp and regexp.MustCompile.
func patternOf(pair bool) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		v := c.arg(0)
		switch {
		case v.kind == regexpKind:
		case v.kind == text && v.from == nil:
			flags := ""
			if f := c.arg(1); f.kind == text {
				flags = f.text
			} else if f.kind == symbol && (strings.HasSuffix(f.text, ".I") || strings.HasSuffix(f.text, "IGNORECASE")) {
				flags = "i"
			}
			v = Pattern(v.text, flags, c.fr.lang())
		default:
			v = m.derivedUnknown("pattern", m.known(v))
		}
		if pair {
			return List(v, Null()), true
		}
		return v, true
	}
}

func globbing(slash, pair, patternFirst bool) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		p, s := m.known(c.arg(0)), m.known(c.arg(1))
		if !patternFirst {
			p, s = s, p
		}
		var v Value
		switch {
		case p.kind == unknown:
			w, ok := m.lookupUnknown(c.fr, c.x, p, "test", []Value{s})
			if !ok {
				w = m.derivedUnknown("glob", p, s)
			}
			v = w
		default:
			v = lift(func(a []Value) Value { return Bool(glob(a[0].text, a[1].text, slash)) }, p, s)
			m.site(c.fr, c.x, "glob", v, s, p)
		}
		if pair {
			return List(v, Null()), true
		}
		return v, true
	}
}

// membership is slices.Contains and the like.
func membership(index bool) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		v := m.contains(c.fr, c.x, c.arg(0), c.arg(1))
		if !index || v.kind == unknown {
			return v, true
		}
		return lift(func(a []Value) Value {
			if a[0].bool {
				return Number(0)
			}
			return Number(-1)
		}, v), true
	}
}

// quantified is Python's any and all over a list, and functions with a
// predicate.
func quantified(name string) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		v := c.arg(0)
		if len(c.args) > 1 { // slices.ContainsFunc(list, f)
			f := c.arg(1)
			if v.kind == function || v.kind == null && f.kind == list { // map(f, list)
				v, f = f, v
			}
			switch v.kind {
			case list:
				return m.each(c.fr, c.x, v, name, f), true
			case unknown, thing, symbol:
				return m.eachUnknown(c.fr, c.x, m.asUnknown(v), name, f), true
			}
			return Null(), false
		}
		if v.kind != list {
			return m.derivedUnknown(name, m.known(v)), true
		}
		last := Bool(name == "all")
		elems, _ := m.elements(v, c.fr)
		for _, e := range elems {
			holds := m.truthOf(e, c.fr.lang())
			if holds == (name != "all") {
				return e, true
			}
			last = e
		}
		if name == "all" {
			return last, true
		}
		// What made none of them true is what decides for other origins.
		return lift(func(a []Value) Value {
			for _, e := range a {
				if e.truth(ir.Python) {
					return Bool(true)
				}
			}
			return Bool(false)
		}, elems...), true
	}
}

func lengthOf(m *Machine, c *callContext) (Value, bool) {
	v := m.known(c.arg(0))
	if v.kind == unknown {
		u := *v.unk
		u.length = true
		return Value{kind: unknown, unk: &u}, true
	}
	return lift(length, v), true
}

// ipAddress parses an IP address: it raises, or gives nothing, where the text
// is a name.
func ipAddress(throws bool) libraryFunction {
	return func(m *Machine, c *callContext) (Value, bool) {
		s := m.known(c.arg(0))
		if s.kind == unknown {
			return m.derivedUnknown("IP address", s), true
		}
		v, ok := describeIP(s.text)
		m.note([]Value{s})
		valid := lift(func(a []Value) Value {
			_, ok := describeIP(a[0].text)
			return Bool(ok)
		}, s)
		m.site(c.fr, c.x, "address", valid, s)
		if !ok && throws {
			m.Throw()
		}
		return v, true
	}
}

// extreme is the least or greatest of some numbers.
func extreme(sign float64) libraryFunction {
	return pure(func(a []Value) Value {
		if len(a) == 1 && a[0].kind == list {
			a = a[0].list.elems
		}
		if len(a) == 0 {
			return Null()
		}
		out := toNumber(a[0]).num
		for _, v := range a[1:] {
			if n := toNumber(v).num; (n-out)*sign > 0 {
				out = n
			}
		}
		return Number(out)
	})
}
