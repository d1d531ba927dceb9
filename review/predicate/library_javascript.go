package predicate

import "github.com/wswarden/wswarden/review/ir"

// The functions of JavaScript and Node that can be computed.
func init() {
	functions[ir.JavaScript] = map[string]libraryFunction{
		"URL": parsed(true, false), "url.URL": parsed(true, false), "URL.parse": parsed(false, false), "url.parse": parsed(false, false), "url-parse": parsed(false, false),
		"Set": collect(true), "Array.from": collect(false), "Array": collect(false), "Array.of": collectArgs,
		"Map": mapOf, "Object.fromEntries": mapOf, "Object.freeze": passes, "Object.keys": keysOf, "Object.values": valuesOf, "Promise.resolve": passes,
		"RegExp": patternOf(false),
		"String": pure(func(a []Value) Value { return Text(arg0(a).display(ir.JavaScript)) }),
		"Boolean": func(m *Machine, c *callContext) (Value, bool) {
			l := c.fr.lang()
			v := c.arg(0)
			if v.kind == unknown {
				return Bool(m.truthOf(v, l)), true
			}
			return lift(func(a []Value) Value { return Bool(a[0].truth(l)) }, v), true
		},
		"Number": pure(func(a []Value) Value { return toNumber(arg0(a)) }), "parseInt": pure(func(a []Value) Value { return toNumber(arg0(a)) }),
		"Number.parseInt":    pure(func(a []Value) Value { return toNumber(arg0(a)) }),
		"Array.isArray":      pure(func(a []Value) Value { return Bool(arg0(a).kind == list) }),
		"decodeURIComponent": passes, "encodeURIComponent": passes, "decodeURI": passes,
		"URL.canParse":                         pure(func(a []Value) Value { _, ok := parseAddress(arg0(a).text, ir.JavaScript); return Bool(ok) }),
		"Object.prototype.hasOwnProperty.call": membership(false), "Object.hasOwn": membership(false),
		"path.matchesGlob": globbing(true, false, false), "minimatch": globbing(true, false, false), "micromatch.isMatch": globbing(true, false, false), "picomatch.isMatch": globbing(true, false, false),
		"Math.min": extreme(-1), "Math.max": extreme(1),
		"net.isIP": isIP, "net.isIPv4": isIP,
	}
}

func arg0(a []Value) Value {
	if len(a) == 0 {
		return Null()
	}
	return a[0]
}

func isIP(m *Machine, c *callContext) (Value, bool) {
	s := m.known(c.arg(0))
	if s.kind != text {
		return m.derivedUnknown("IP address", s), true
	}
	v := lift(func(a []Value) Value {
		if _, ok := describeIP(a[0].text); ok {
			return Number(4)
		}
		return Number(0)
	}, s)
	m.site(c.fr, c.x, "address", lift(func(a []Value) Value { return Bool(a[0].num != 0) }, v), s)
	return v, true
}

func collectArgs(m *Machine, c *callContext) (Value, bool) { return List(c.args...), true }

// mapOf is new Map(pairs).
func mapOf(m *Machine, c *callContext) (Value, bool) {
	v := c.arg(0)
	out := Object(false)
	switch v.kind {
	case null:
		return out, true
	case list:
		for _, pair := range v.list.elems {
			k, ok := keyText(at(pair, 0))
			if pair.kind != list || !ok {
				out.obj.open = true
				continue
			}
			out.obj.set(k, at(pair, 1))
		}
		return out, true
	}
	return m.asUnknown(v), v.kind == unknown
}

func keysOf(m *Machine, c *callContext) (Value, bool) {
	if v := c.arg(0); v.kind == object {
		return objectKeys(v), true
	}
	return m.known(c.arg(0)), c.arg(0).kind == unknown
}

func valuesOf(m *Machine, c *callContext) (Value, bool) {
	if v := c.arg(0); v.kind == object {
		return objectValues(v), true
	}
	return m.known(c.arg(0)), c.arg(0).kind == unknown
}
