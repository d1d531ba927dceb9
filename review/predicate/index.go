package predicate

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// index evaluates x[key] and x[a:b].
func (m *Machine) index(fr *frame, x *ir.Index) Value {
	v := m.eval(fr, x.X)
	if v.kind == null {
		if x.Optional || fr.lang() == ir.Go {
			return Null()
		}
		m.Throw()
	}
	if x.Key == nil {
		return m.slice(fr, v, x)
	}
	return m.indexed(fr, v, m.eval(fr, x.Key), x)
}

// indexed is x[key].
func (m *Machine) indexed(fr *frame, v, k Value, x *ir.Index) Value {
	switch {
	case k.kind == unknown:
		return m.derivedUnknown("element of", m.known(v), k)
	case v.kind == thing:
		return m.thingIndex(fr, v, k, x)
	case v.kind == unknown:
		if k.from != nil && !v.unk.origin && !v.unk.request {
			return m.amongSettings(fr, x, k, v)
		}
		u := *v.unk
		u.key = shorten(u.key + "[" + k.display(ir.JavaScript) + "]")
		u.origin = u.origin || k.from != nil
		return Value{kind: unknown, unk: &u}
	case v.kind == symbol:
		if s, ok := keyText(k); ok && k.from == nil {
			return m.member(fr, v, s, x)
		}
		return m.derivedUnknown("element of", m.asUnknown(v), k)
	case v.kind == object:
		return m.field(fr, v, k, x)
	case k.kind == number:
		return lift(func(a []Value) Value { return at(a[0], int(a[1].num)) }, v, k)
	}
	if s, ok := keyText(k); ok && k.from == nil {
		return m.member(fr, v, s, x)
	}
	return m.derivedUnknown("element of", m.known(v), k)
}

// at is an element or character; negative positions count from the end.
func at(v Value, i int) Value {
	n := len(v.text)
	if v.kind == list {
		n = len(v.list.elems)
	}
	if i < 0 {
		i += n
	}
	if v.kind == list {
		return element(v, i)
	}
	return character(v, i)
}

// field is object[key]: where the key comes from the origin, a look-up in a set
// of origins.
func (m *Machine) field(fr *frame, v, k Value, x *ir.Index) Value {
	if k.from == nil {
		s, ok := keyText(k)
		if w, found := v.obj.fields[s]; ok && found {
			return w
		}
		if v.obj.open {
			return Unknown(fr.scope.File().Text(x.At()), false)
		}
		return Null()
	}
	there := m.key(fr, x, v, k)
	if there.kind == unknown {
		return there
	}
	fields := v.obj.fields
	return lift(func(a []Value) Value {
		if !a[0].bool {
			return Null()
		}
		if w, ok := fields[a[1].display(ir.JavaScript)]; ok && w.kind != thing {
			return w
		}
		return Bool(true)
	}, there, k)
}

// thingIndex is headers["origin"]. Go's header has a list under each name.
func (m *Machine) thingIndex(fr *frame, v, k Value, x *ir.Index) Value {
	s, ok := keyText(k)
	if !ok || k.from != nil {
		if w, ok := m.lookupUnknown(fr, &ir.Call{Pos: x.Pos, Fn: x}, v, "has", []Value{k}); ok {
			return w
		}
		return m.derivedUnknown(v.thing.Name()+"[]", k)
	}
	w, ok := v.thing.Member(m, s)
	if !ok {
		return Unknown(v.thing.Name()+"["+s+"]", v.thing.Request())
	}
	if fr.lang() == ir.Go && w.kind == text && w.from != nil {
		return lift(func(a []Value) Value {
			if a[0].text == "" {
				return List()
			}
			return List(a[0])
		}, w)
	}
	return w
}

var sliceBounds = regexp.MustCompile(`\[\s*(-?\d*)\s*:\s*(-?\d*)\s*\]$`)

// slice is x[a:b]. Bounds that are written as numbers are read from the source;
// others are evaluated where the tree has them.
func (m *Machine) slice(fr *frame, v Value, x *ir.Index) Value {
	src := strings.TrimSpace(fr.scope.File().Text(x.Pos))
	v = m.known(v)
	if v.kind == unknown {
		return v
	}
	if b := sliceBounds.FindStringSubmatch(src); b != nil {
		from, err1 := strconv.Atoi(b[1])
		to, err2 := strconv.Atoi(b[2])
		return lift(func(a []Value) Value {
			lo, hi := 0, size(a[0])
			if err1 == nil {
				lo = from
			}
			if err2 == nil {
				hi = to
			}
			return part(a[0], lo, hi)
		}, v)
	}
	rest := fr.scope.File().Text(ir.Pos{Start: x.X.At().End, End: x.Pos.End})
	if len(x.Bounds) == 0 || len(x.Bounds) > 2 {
		return m.derivedUnknown("slice of", v)
	}
	first := m.eval(fr, x.Bounds[0])
	second := Null()
	if len(x.Bounds) == 2 {
		second = m.eval(fr, x.Bounds[1])
	}
	if first.kind != number || len(x.Bounds) == 2 && second.kind != number {
		return m.derivedUnknown("slice of", v, first)
	}
	upper := strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(rest), "[")), ":")
	return lift(func(a []Value) Value {
		switch {
		case a[2].kind == number:
			return part(a[0], int(a[1].num), int(a[2].num))
		case upper:
			return part(a[0], 0, int(a[1].num))
		}
		return part(a[0], int(a[1].num), size(a[0]))
	}, v, first, second)
}

func size(v Value) int {
	if v.kind == list {
		return len(v.list.elems)
	}
	return len(v.text)
}

// part is a slice with bounds that count from the end where they are negative.
func part(v Value, lo, hi int) Value {
	n := size(v)
	fix := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, 0), n)
	}
	lo, hi = fix(lo), fix(hi)
	if lo > hi {
		hi = lo
	}
	switch v.kind {
	case text:
		return Text(v.text[lo:hi])
	case list:
		return List(v.list.elems[lo:hi]...)
	}
	return Null()
}
