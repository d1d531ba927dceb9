package golang

import (
	"unicode"
	"unicode/utf8"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// An f[k] can be a generic function with its type argument, or an element of a
// table of functions. The grammar can't know: it takes what is called with one
// argument for a conversion to a generic_type, and otherwise for an
// index_expression or for a call with type_arguments.

// predeclared are the types that need no declaration.
var predeclared = map[string]bool{
	"any": true, "bool": true, "byte": true, "comparable": true, "complex128": true, "complex64": true, "error": true,
	"float32": true, "float64": true, "int": true, "int16": true, "int32": true, "int64": true, "int8": true, "rune": true,
	"string": true, "uint": true, "uint16": true, "uint32": true, "uint64": true, "uint8": true, "uintptr": true,
}

// instance lowers x[arguments] where the grammar takes the arguments for types.
func (l *lowerer) instance(x, arguments syntax.Node, called bool) ir.Expr {
	if !l.enter() {
		return &ir.Unknown{Pos: l.span(x, arguments)}
	}
	defer l.leave()
	lowered := l.typeOrExpr(x)
	key := soleArgument(arguments)
	if key.IsZero() || l.isInstance(x, key, called) {
		return lowered
	}
	return &ir.Index{Pos: l.span(x, arguments), X: lowered, Key: l.keyExpr(key)}
}

// keyExpr lowers a key that the grammar takes for a type.
func (l *lowerer) keyExpr(key syntax.Node) ir.Expr {
	if key.Kind() == "generic_type" {
		return l.instance(field(key, "type"), field(key, "type_arguments"), false)
	}
	return l.typeExpr(key)
}

// soleArgument returns the only type argument, if it could be an expression too.
func soleArgument(arguments syntax.Node) syntax.Node {
	if arguments.NumNamedChildren() != 1 {
		return syntax.Node{}
	}
	elem := part(arguments)
	if elem.NumNamedChildren() != 1 {
		return syntax.Node{}
	}
	switch key := part(elem); key.Kind() {
	case "type_identifier", "qualified_type", "generic_type":
		return key
	}
	return syntax.Node{}
}

// isInstance reports whether x[argument] is certainly the instantiation of a
// generic function or type. called says that it is called.
func (l *lowerer) isInstance(x, argument syntax.Node, called bool) bool {
	switch x.Kind() {
	case "identifier", "type_identifier":
		if l.generics[x.Text()] {
			return true
		}
	case "qualified_type", "selector_expression":
		// Packages have generic functions more often than tables of functions.
		if called && l.packages[part(x).Text()] {
			return true
		}
	}
	return l.isTypeName(argument)
}

// isTypeName reports whether a node is certainly the name of a type. Types of
// the file count if they are exported: others often share their name with a
// variable.
func (l *lowerer) isTypeName(n syntax.Node) bool {
	if n.Kind() != "identifier" && n.Kind() != "type_identifier" {
		return false
	}
	name := n.Text()
	first, _ := utf8.DecodeRuneInString(name)
	_, declared := l.types[name]
	return predeclared[name] || declared && unicode.IsUpper(first)
}

// typeArguments lowers what is written in the brackets of a generic function. Where
// that may be the key of a table it is in fn already.
func (l *lowerer) typeArguments(fn ir.Expr, list syntax.Node) []*ir.Type {
	if _, ok := fn.(*ir.Index); ok {
		return nil
	}
	var out []*ir.Type
	for elem := range parts(list) {
		if elem.Kind() == "type_elem" {
			elem = part(elem)
		}
		out = append(out, l.typ(elem))
	}
	return out
}
