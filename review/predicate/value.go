package predicate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
	function
	symbol
	thing
	regexpKind
	urlKind
	method   // a method that was read and not called
	callback // a function of the framework that takes the decision
	unknown
	pending // a header, before a machine reads it
)

// A Value is a value of the executed program. The zero value is null,
// undefined, None and nil.
type Value struct {
	kind  kind
	bool  bool
	num   float64
	text  string // also of a symbol, and the name of a method or callback
	list  *listValue
	obj   *objectValue
	fn    *Func
	thing Thing
	re    *pattern
	url   *address
	recv  *Value
	unk   *unknownValue
	read  func(*Machine) Value
	// from computes the value anew for another handshake, where it depends on
	// the origin or host.
	from func(Probe) Value
	// depth is how many computations lie between it and the origin or host.
	depth int
}

type listValue struct {
	elems []Value
	set   bool
	tuple bool
}

type objectValue struct {
	names  []string
	fields map[string]Value
	open   bool // it may have other fields too
}

func (o *objectValue) set(name string, v Value) {
	if _, ok := o.fields[name]; !ok {
		o.names = append(o.names, name)
	}
	o.fields[name] = v
}

// An unknownValue is something that isn't in view. Two of one key are the same.
type unknownValue struct {
	key     string
	origin  bool // it may depend on the origin
	request bool // it comes from the request or connection
	length  bool // it is the length of the unknown of the key
}

// Null is null, undefined, None or nil.
func Null() Value { return Value{} }

// Bool is a truth value.
func Bool(b bool) Value { return Value{kind: boolean, bool: b} }

// Number is a number.
func Number(n float64) Value { return Value{kind: number, num: n} }

// Text is a text.
func Text(s string) Value {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return Value{kind: text, text: s}
}

// List is a list, array, tuple or slice.
func List(elems ...Value) Value {
	return Value{kind: list, list: &listValue{elems: elems[:min(len(elems), maxElements)]}}
}

// Set is a set.
func Set(elems ...Value) Value {
	return Value{kind: list, list: &listValue{elems: elems[:min(len(elems), maxElements)], set: true}}
}

func tuple(elems ...Value) Value {
	return Value{kind: list, list: &listValue{elems: elems[:min(len(elems), maxElements)], tuple: true}}
}

// Object is an object, dictionary or map whose fields are all known. open says
// that it may have others.
func Object(open bool) Value {
	return Value{kind: object, obj: &objectValue{fields: map[string]Value{}, open: open}}
}

// With stores a field in an object and returns it.
func (v Value) With(name string, field Value) Value {
	v.obj.set(name, field)
	return v
}

// Function is a function of the program.
func Function(f *Func) Value { return Value{kind: function, fn: f} }

// Symbol is something outside the program with a dotted name.
func Symbol(name string) Value { return Value{kind: symbol, text: name} }

// ThingValue is a value that frameworks know.
func ThingValue(t Thing) Value { return Value{kind: thing, thing: t} }

// Pattern is a regular expression.
func Pattern(source, flags string, l ir.Lang) Value {
	return Value{kind: regexpKind, re: compile(source, flags, l)}
}

// A Decider is a callback by which a framework is told the decision.
type Decider string

// The callbacks.
const (
	AcceptCallback Decider = "accept"       // accepts where its first argument is true
	ErrorCallback  Decider = "error-accept" // (error, ok)
	NextCallback   Decider = "next"         // goes on, or refuses with an argument
)

// Callback is a callback of a framework.
func Callback(d Decider) Value { return Value{kind: callback, text: string(d)} }

// Unknown is something that isn't in view. Two with one name are the same.
// request says that it belongs to the request.
func Unknown(name string, request bool) Value {
	return Value{kind: unknown, unk: &unknownValue{key: shorten(name), request: request}}
}

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 120 {
		s = s[:120]
	}
	return s
}

// IsUnknown reports whether nothing is known of v.
func (v Value) IsUnknown() bool { return v.kind == unknown }

// Empty reports whether v is a collection without elements.
func (v Value) Empty() bool {
	return v.kind == list && len(v.list.elems) == 0 || v.kind == object && len(v.obj.names) == 0
}

// String returns v where it is a text.
func (v Value) String() (string, bool) { return v.text, v.kind == text }

// at is the value in another handshake.
func (v Value) at(p Probe) (out Value) {
	if v.from == nil {
		return v
	}
	defer func() {
		if r := recover(); r != nil {
			if _, ok := r.(thrown); !ok {
				panic(r)
			}
			out = Null()
		}
	}()
	return v.from(p)
}

// lift applies a pure function. The result remembers how it was made where one
// of the arguments depends on the handshake.
func lift(f func([]Value) Value, args ...Value) Value {
	out := f(args)
	depth := 0
	for _, v := range args {
		if v.from != nil {
			depth = max(depth, v.depth+1)
		}
	}
	switch {
	case depth == 0:
		return out
	case depth > maxDerived:
		return Value{kind: unknown, unk: &unknownValue{key: "Origin", origin: true}}
	}
	out.depth = depth
	// The last answer is kept: without it, a value that was made of one value
	// twice would cost twice as much as that, and so on.
	var last Probe
	var known *Value
	out.from = func(p Probe) Value {
		if known != nil && last == p {
			return *known
		}
		again := make([]Value, len(args))
		for i, a := range args {
			again[i] = a.at(p)
		}
		v := f(again)
		v.from = nil
		last, known = p, &v
		return v
	}
	return out
}

// truth returns the truth of a known value, by the rules of a language.
func (v Value) truth(l ir.Lang) bool {
	switch v.kind {
	case null:
		return false
	case boolean:
		return v.bool
	case number:
		return v.num != 0
	case text:
		return v.text != ""
	case list:
		return l == ir.JavaScript || len(v.list.elems) > 0
	case object:
		return l == ir.JavaScript || len(v.obj.names) > 0 || v.obj.open
	}
	return true
}

// equal compares known values.
func equal(a, b Value) bool {
	if a.kind != b.kind {
		return a.kind == number && b.kind == text && formatNumber(a.num) == b.text || a.kind == text && b.kind == number && a.text == formatNumber(b.num)
	}
	switch a.kind {
	case null:
		return true
	case boolean:
		return a.bool == b.bool
	case number:
		return a.num == b.num
	case text, symbol:
		return a.text == b.text
	case list:
		return a.list == b.list || slices.EqualFunc(a.list.elems, b.list.elems, equal)
	case object:
		return a.obj == b.obj
	case function:
		return a.fn == b.fn
	case urlKind:
		return a.url == b.url
	}
	return false
}

func formatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// display is a value as text, as string conversion makes it.
func (v Value) display(l ir.Lang) string {
	switch v.kind {
	case null:
		if l == ir.Python {
			return "None"
		}
		return "undefined"
	case boolean:
		return strconv.FormatBool(v.bool)
	case number:
		return formatNumber(v.num)
	case text:
		return v.text
	case urlKind:
		return v.url.href()
	case list:
		parts := make([]string, len(v.list.elems))
		for i, e := range v.list.elems {
			parts[i] = e.display(l)
		}
		return strings.Join(parts, ",")
	}
	return ""
}

// deepUnknown reports whether v is unknown, or holds something that is.
func deepUnknown(v Value) bool {
	switch v.kind {
	case unknown:
		return true
	case list:
		return slices.ContainsFunc(v.list.elems, deepUnknown)
	}
	return false
}

// OriginHeader is the Origin header, outside of a machine.
func OriginHeader(l ir.Lang) Value { return header(func(m *Machine) Value { return m.Origin(l) }) }

// HostHeader is the Host header, outside of a machine.
func HostHeader() Value { return header((*Machine).Host) }

// header is a value that is computed when a machine first sees it.
func header(read func(*Machine) Value) Value { return Value{kind: pending, read: read} }

// UnknownOfOrigin is something that isn't in view and that was made of the
// origin.
func UnknownOfOrigin(name string) Value {
	return Value{kind: unknown, unk: &unknownValue{key: shorten(name), origin: true}}
}

// NumberText is a number as it is written.
func NumberText(s string) Value { return literal(&ir.Lit{Kind: ir.Number, Value: s}, ir.JavaScript) }

// Literal is a text, number, truth value or symbol as it is written; empty for
// anything else.
func (v Value) Literal() string {
	switch v.kind {
	case text, number, boolean:
		return v.display(ir.Go)
	case symbol:
		return v.text
	}
	return ""
}
