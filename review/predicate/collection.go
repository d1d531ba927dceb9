package predicate

import (
	"github.com/wswarden/wswarden/review/ir"
)

// listMethod is a method of a list, array or set.
func (m *Machine) listMethod(fr *frame, x *ir.Call, v Value, name string, args []Value) (Value, bool) {
	arg := Null()
	if len(args) > 0 {
		arg = args[0]
	}
	switch name {
	case "includes", "has", "contains", "__contains__", "Has", "Contains":
		return m.contains(fr, x, v, arg), true
	case "indexOf", "index", "count":
		found := m.contains(fr, x, v, arg)
		if found.kind == unknown {
			return found, true
		}
		return lift(func(a []Value) Value {
			if a[0].bool {
				return Number(0)
			}
			return Number(-1)
		}, found), true
	case "push", "append", "add", "Add", "unshift", "insert", "extend", "update":
		added := args
		if name == "extend" || name == "update" {
			added, _ = m.elements(arg, fr)
		}
		elems := append(v.list.elems[:len(v.list.elems):len(v.list.elems)], added...)
		v.list.elems = elems[:min(len(elems), maxElements)]
		return v, true
	case "values", "keys", "copy", "flat", "sort", "reverse", "toArray", "entries":
		return v, true
	case "concat", "union":
		elems := v.list.elems
		for _, a := range args {
			more, _ := m.elements(a, fr)
			elems = append(elems[:len(elems):len(elems)], more...)
		}
		return List(elems...), v.from == nil
	case "join":
		sep := arg
		if len(args) == 0 {
			sep = Text(",")
		}
		return m.joined(fr, v, sep), true
	case "slice":
		return lift(func(a []Value) Value {
			if a[0].kind != list {
				return List()
			}
			return part(a[0], intAt(a, 1, 0), intAt(a, 2, size(a[0])))
		}, append([]Value{v}, args...)...), true
	case "at":
		return lift(func(a []Value) Value { return at(a[0], intAt(a, 1, 0)) }, v, arg), true
	case "pop", "shift":
		i := -1
		if name == "shift" {
			i = 0
		}
		return lift(func(a []Value) Value { return at(a[0], i) }, v), true
	case "group": // of a match
		return lift(func(a []Value) Value { return at(a[0], intAt(a, 1, 0)) }, v, arg), true
	case "some", "every", "find", "filter", "map", "forEach", "findIndex", "flatMap", "any", "all":
		if arg.kind == function || arg.kind == symbol || arg.kind == method {
			return m.each(fr, x, v, name, arg), true
		}
	}
	return Null(), false
}

// each runs a function on the elements of a list.
func (m *Machine) each(fr *frame, x *ir.Call, v Value, name string, f Value) Value {
	elems, _ := m.elements(v, fr)
	var out []Value
	last := Bool(name == "every" || name == "all")
	for i, e := range elems {
		r := m.callValue(fr, x, f, Null(), []Value{e, Number(float64(i)), v}, nil)
		switch name {
		case "map", "flatMap":
			out = append(out, r)
			continue
		case "forEach":
			continue
		}
		holds := m.truthOf(r, fr.lang())
		last = r
		switch {
		case name == "filter" && holds:
			out = append(out, e)
		case (name == "some" || name == "any") && holds:
			return r
		case (name == "every" || name == "all") && !holds:
			return r
		case name == "find" && holds:
			return e
		case name == "findIndex" && holds:
			return Number(float64(i))
		}
	}
	switch name {
	case "some", "any":
		return Bool(false)
	case "every", "all":
		return last
	case "find":
		return Null()
	case "findIndex":
		return Number(-1)
	}
	return List(out...)
}

var mapMethods = map[string]bool{"get": true, "has": true, "keys": true, "values": true, "entries": true, "items": true, "set": true, "hasOwnProperty": true, "forEach": true, "toString": true}

// mapMethod is a method of an object, map or dictionary.
func (m *Machine) mapMethod(fr *frame, x *ir.Call, v Value, name string, args []Value) (Value, bool) {
	switch name {
	case "has", "hasOwnProperty", "__contains__":
		if len(args) > 0 {
			return m.contains(fr, x, v, args[0]), true
		}
	case "get":
		if len(args) == 0 {
			break
		}
		w := m.field(fr, v, args[0], &ir.Index{Pos: x.Pos, X: x.Fn})
		if len(args) > 1 && w.kind == null && w.from == nil {
			return args[1], true
		}
		return w, true
	case "set":
		if k, ok := keyText(args0(args)); ok && len(args) > 1 {
			v.obj.set(k, args[1])
			return v, true
		}
	case "keys":
		return objectKeys(v), true
	case "values":
		return objectValues(v), true
	}
	return Null(), false
}

func args0(args []Value) Value {
	if len(args) == 0 {
		return Null()
	}
	return args[0]
}

func objectKeys(v Value) Value {
	if v.obj.open {
		return Unknown("the keys of an object", false)
	}
	return texts(v.obj.names)
}

func objectValues(v Value) Value {
	if v.obj.open {
		return Unknown("the values of an object", false)
	}
	var out []Value
	for _, n := range v.obj.names {
		out = append(out, v.obj.fields[n])
	}
	return List(out...)
}
