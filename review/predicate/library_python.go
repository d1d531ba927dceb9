package predicate

import (
	"math"

	"github.com/wswarden/wswarden/review/ir"
)

// The functions of Python that can be computed.
func init() {
	functions[ir.Python] = map[string]libraryFunction{
		"urllib.parse.urlparse": parsed(false, false), "urllib.parse.urlsplit": parsed(false, false), "urlparse": parsed(false, false), "urlsplit": parsed(false, false),
		"urlparse.urlparse": parsed(false, false), "yarl.URL": parsed(false, false),
		"re.match": matching(fromStart), "re.fullmatch": matching(all), "re.search": matching(anywhere), "re.compile": patternOf(false), "re.findall": matching(anywhere),
		"regex.match": matching(fromStart), "regex.fullmatch": matching(all), "regex.search": matching(anywhere), "regex.compile": patternOf(false),
		"fnmatch.fnmatch": globbing(false, false, false), "fnmatch.fnmatchcase": globbing(false, false, false), "fnmatch": globbing(false, false, false),
		"min": extreme(-1), "max": extreme(1), "abs": pure(func(a []Value) Value { return Number(math.Abs(toNumber(arg0(a)).num)) }),
		"range": pure(numbers), "enumerate": enumerated, "zip": zipped,
		"len": lengthOf, "any": quantified("any"), "all": quantified("all"),
		"set": collect(true), "frozenset": collect(true), "list": collect(false), "tuple": collect(false), "sorted": collect(false), "reversed": collect(false), "iter": collect(false),
		"filter": func(m *Machine, c *callContext) (Value, bool) { return c.arg(1), len(c.args) > 1 },
		"map":    quantified("map"),
		"str":    stringOf, "bytes": passes, "int": pure(func(a []Value) Value { return toNumber(arg0(a)) }),
		"bool": func(m *Machine, c *callContext) (Value, bool) {
			l := c.fr.lang()
			v := c.arg(0)
			if v.kind == unknown {
				return Bool(m.truthOf(v, l)), true
			}
			return lift(func(a []Value) Value { return Bool(a[0].truth(l)) }, v), true
		},
		"isinstance":           isInstance,
		"urllib.parse.unquote": passes, "typing.cast": func(m *Machine, c *callContext) (Value, bool) { return c.arg(1), true },
		"cast":                 func(m *Machine, c *callContext) (Value, bool) { return c.arg(1), true },
		"ipaddress.ip_address": ipAddress(true), "ipaddress.IPv4Address": ipAddress(true),
		"dict": func(m *Machine, c *callContext) (Value, bool) { return c.arg(0), c.arg(0).kind == object },
	}
}

func stringOf(m *Machine, c *callContext) (Value, bool) {
	v := m.known(c.arg(0))
	if v.kind == unknown {
		return v, true
	}
	l := c.fr.lang()
	return lift(func(a []Value) Value { return Text(a[0].display(l)) }, v), true
}

// isInstance is the test of a type: of the origin it is a text where there is
// one.
func isInstance(m *Machine, c *callContext) (Value, bool) {
	v, t := m.known(c.arg(0)), c.arg(1)
	if v.kind == unknown || t.kind != symbol {
		return m.derivedUnknown("isinstance", v), true
	}
	return lift(func(a []Value) Value {
		switch t.text {
		case "str":
			return Bool(a[0].kind == text)
		case "list":
			return Bool(a[0].kind == list && !a[0].list.set && !a[0].list.tuple)
		case "re.Pattern":
			return Bool(a[0].kind == regexpKind)
		}
		return Bool(false)
	}, v), true
}

// numbers is range(a, b, step).
func numbers(a []Value) Value {
	lo, hi, step := 0, intAt(a, 0, 0), intAt(a, 2, 1)
	if len(a) > 1 {
		lo, hi = intAt(a, 0, 0), intAt(a, 1, 0)
	}
	var out []Value
	for i := lo; step != 0 && (step > 0 && i < hi || step < 0 && i > hi) && len(out) < maxElements; i += step {
		out = append(out, Number(float64(i)))
	}
	return List(out...)
}

// enumerated is a list of pairs of position and element.
func enumerated(m *Machine, c *callContext) (Value, bool) {
	elems, _ := m.elements(c.arg(0), c.fr)
	for i, e := range elems {
		elems[i] = tuple(Number(float64(i)), e)
	}
	return List(elems...), true
}

// zipped is a list of pairs of the elements of two lists.
func zipped(m *Machine, c *callContext) (Value, bool) {
	a, _ := m.elements(c.arg(0), c.fr)
	b, _ := m.elements(c.arg(1), c.fr)
	var out []Value
	for i := range min(len(a), len(b)) {
		out = append(out, tuple(a[i], b[i]))
	}
	return List(out...), true
}
