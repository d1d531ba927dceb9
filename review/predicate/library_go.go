package predicate

import (
	"net"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// The functions of Go that can be computed.
func init() {
	functions[ir.Go] = map[string]libraryFunction{
		"strings.HasPrefix": test("prefix"), "strings.HasSuffix": test("suffix"), "strings.Contains": test("substring"),
		"strings.EqualFold":  equalFold,
		"strings.Compare":    func(m *Machine, c *callContext) (Value, bool) { return m.compared(c) },
		"strings.ToLower":    onText(func(a []string) Value { return Text(strings.ToLower(a[0])) }),
		"strings.ToUpper":    onText(func(a []string) Value { return Text(strings.ToUpper(a[0])) }),
		"strings.TrimSpace":  settingOr(onText(func(a []string) Value { return Text(strings.TrimSpace(a[0])) })),
		"strings.TrimPrefix": settingOr(onText(func(a []string) Value { return Text(strings.TrimPrefix(a[0], a[1])) })),
		"strings.TrimSuffix": settingOr(onText(func(a []string) Value { return Text(strings.TrimSuffix(a[0], a[1])) })),
		"strings.Trim":       settingOr(onText(func(a []string) Value { return Text(strings.Trim(a[0], a[1])) })),
		"strings.TrimRight":  settingOr(onText(func(a []string) Value { return Text(strings.TrimRight(a[0], a[1])) })),
		"strings.TrimLeft":   settingOr(onText(func(a []string) Value { return Text(strings.TrimLeft(a[0], a[1])) })),
		"strings.ReplaceAll": settingOr(onText(func(a []string) Value { return Text(strings.ReplaceAll(a[0], a[1], a[2])) })),
		"strings.Replace":    settingOr(onText(func(a []string) Value { return Text(strings.ReplaceAll(a[0], a[1], a[2])) })),
		"strings.Split":      settingOr(onText(func(a []string) Value { return texts(strings.SplitN(a[0], a[1], maxElements)) })),
		"strings.Fields":     settingOr(onText(func(a []string) Value { return texts(strings.Fields(a[0])) })),
		"strings.SplitN": settingOr(pure(func(a []Value) Value {
			if len(a) < 3 {
				return Null()
			}
			return texts(strings.SplitN(a[0].text, a[1].text, intAt(a, 2, -1)))
		})),
		"strings.Index":     onText(func(a []string) Value { return Number(float64(strings.Index(a[0], a[1]))) }),
		"strings.LastIndex": onText(func(a []string) Value { return Number(float64(strings.LastIndex(a[0], a[1]))) }),
		"strings.IndexByte": onText(func(a []string) Value { return Number(float64(strings.Index(a[0], a[1]))) }),
		"strings.Cut": onText(func(a []string) Value {
			x, y, ok := strings.Cut(a[0], a[1])
			return List(Text(x), Text(y), Bool(ok))
		}),
		"strings.CutPrefix": onText(func(a []string) Value { x, ok := strings.CutPrefix(a[0], a[1]); return List(Text(x), Bool(ok)) }),
		"strings.CutSuffix": onText(func(a []string) Value { x, ok := strings.CutSuffix(a[0], a[1]); return List(Text(x), Bool(ok)) }),
		"strings.Join": func(m *Machine, c *callContext) (Value, bool) {
			return m.joined(c.fr, m.known(c.arg(0)), c.arg(1)), true
		},
		"slices.Contains": membership(false), "slices.Index": membership(true), "golang.org/x/exp/slices.Contains": membership(false), "github.com/samber/lo.Contains": membership(false),
		"slices.ContainsFunc": quantified("any"), "slices.IndexFunc": quantified("findIndex"), "golang.org/x/exp/slices.ContainsFunc": quantified("any"),
		"net/url.Parse": parsed(false, true), "net/url.ParseRequestURI": parsed(false, true),
		"regexp.MustCompile": patternOf(false), "regexp.Compile": patternOf(true), "regexp.QuoteMeta": passes,
		"regexp.MatchString": func(m *Machine, c *callContext) (Value, bool) {
			v, ok := matching(anywhere)(m, c)
			if v.kind == unknown || v.kind == boolean {
				return List(v, Null()), ok
			}
			return List(lift(func(a []Value) Value { return Bool(a[0].kind != null) }, v), Null()), ok
		},
		"path.Match": globbing(true, true, true), "path/filepath.Match": globbing(true, true, true),
		"net.SplitHostPort": onText(func(a []string) Value {
			h, p, err := net.SplitHostPort(a[0])
			if err != nil {
				return List(Text(""), Text(""), Text(err.Error()))
			}
			return List(Text(h), Text(p), Null())
		}),
		"net.JoinHostPort": onText(func(a []string) Value { return Text(net.JoinHostPort(a[0], a[1])) }),
		"net.ParseIP":      ipAddress(false),
		"fmt.Sprintf": pure(func(a []Value) Value {
			if len(a) == 0 || a[0].kind != text {
				return Null()
			}
			return format(a[0].text, a[1:])
		}),
		"fmt.Sprint": pure(func(a []Value) Value { return Text(arg0(a).display(ir.Go)) }),
		"min":        extreme(-1), "max": extreme(1),
		"len": lengthOf, "string": passes, "append": appended, "strings.Clone": passes,
		"errors.New": errorValue, "fmt.Errorf": errorValue, "panic": raises, "log.Fatal": raises, "log.Fatalf": raises,
	}
}

func errorValue(m *Machine, c *callContext) (Value, bool) { return Text("error"), true }

func raises(m *Machine, c *callContext) (Value, bool) { m.Throw(); return Null(), true }

// settingOr gives back a setting whose text is only brought into form.
func settingOr(f func(*Machine, *callContext) (Value, bool)) func(*Machine, *callContext) (Value, bool) {
	return func(m *Machine, c *callContext) (Value, bool) {
		if v := m.known(c.arg(0)); v.kind == unknown {
			return v, true
		}
		return f(m, c)
	}
}

func appended(m *Machine, c *callContext) (Value, bool) {
	v := c.arg(0)
	switch v.kind {
	case null:
		v = List()
	case list:
	default:
		return v, true
	}
	return List(append(v.list.elems[:len(v.list.elems):len(v.list.elems)], c.args[1:]...)...), true
}

func equalFold(m *Machine, c *callContext) (Value, bool) {
	a, b := m.known(c.arg(0)), m.known(c.arg(1))
	fold := func(v Value) Value {
		return lift(func(x []Value) Value { return Text(strings.ToLower(x[0].text)) }, v)
	}
	if a.kind == text {
		a = fold(a)
	}
	if b.kind == text {
		b = fold(b)
	}
	return m.same(c.fr, c.x, a, b), true
}

func (m *Machine) compared(c *callContext) (Value, bool) {
	eq := m.same(c.fr, c.x, c.arg(0), c.arg(1))
	if eq.kind != boolean {
		return Null(), false
	}
	return lift(func(a []Value) Value {
		if a[0].bool {
			return Number(0)
		}
		return Number(1)
	}, eq), true
}
