package golang

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

func (l *lowerer) compositeLiteral(n syntax.Node) ir.Expr {
	typ := field(n, "type")
	return l.literalValue(field(n, "body"), literalType{node: typ, lowered: l.typ(typ)}, l.pos(n))
}

// A literalType is the type of a composite literal, or of one inside another
// that leaves it out. The zero literalType is an unknown one.
type literalType struct {
	node    syntax.Node
	lowered *ir.Type
}

// literalValue lowers what is between the braces of a composite literal.
func (l *lowerer) literalValue(body syntax.Node, typ literalType, pos ir.Pos) ir.Expr {
	shape := l.shape(typ.node)
	switch shape.Kind() {
	case "struct_type":
		return &ir.Object{Pos: pos, Type: typ.lowered, Props: l.structProps(body, shape)}
	case "map_type":
		key, value := l.operand(shape, "key"), l.operand(shape, "value")
		return &ir.Object{Pos: pos, Type: typ.lowered, Props: l.mapProps(body, key, value)}
	case "slice_type", "array_type", "implicit_length_array_type":
		elem := l.operand(shape, "element")
		if isKeyed(body) {
			return &ir.Object{Pos: pos, Type: typ.lowered, Props: l.mapProps(body, literalType{}, elem)}
		}
		return &ir.List{Pos: pos, Type: typ.lowered, Elems: l.elements(body, elem)}
	}
	if isKeyed(body) || part(body).IsZero() {
		return &ir.Object{Pos: pos, Type: typ.lowered, Props: l.structProps(body, syntax.Node{})}
	}
	return &ir.List{Pos: pos, Type: typ.lowered, Elems: l.elements(body, literalType{})}
}

// maxAliases limits how many declarations shape follows.
const maxAliases = 16

// shape follows the declarations of the file to what a type is made of. It
// returns no node for a type of elsewhere.
func (l *lowerer) shape(n syntax.Node) syntax.Node {
	for range maxAliases {
		switch n.Kind() {
		case "type_identifier":
			n = l.types[n.Text()]
		case "generic_type":
			n = field(n, "type")
		case "parenthesized_type":
			n = part(n)
		default:
			return n
		}
	}
	return syntax.Node{}
}

// operand returns an operand of the type of a composite literal: the type of
// the literals inside that leave it out. Each is lowered once, however many
// literals there are.
func (l *lowerer) operand(typ syntax.Node, name string) literalType {
	n := field(typ, name)
	if n.IsZero() {
		return literalType{}
	}
	lowered, ok := l.operands[n.Index()]
	if !ok {
		lowered = l.typ(n)
		l.operands[n.Index()] = lowered
	}
	return literalType{node: n, lowered: lowered}
}

func isKeyed(body syntax.Node) bool {
	for c := range parts(body) {
		if c.Kind() == "keyed_element" {
			return true
		}
	}
	return false
}

// elements lowers the elements of a slice or array.
func (l *lowerer) elements(body syntax.Node, elem literalType) []ir.Expr {
	var all []ir.Expr
	for e := range parts(body) {
		if x := l.element(e, elem); !isDebris(e, x) {
			all = append(all, x)
		}
	}
	return all
}

// mapProps lowers the elements of a map, or of an array with indices.
func (l *lowerer) mapProps(body syntax.Node, key, value literalType) []ir.Prop {
	var props []ir.Prop
	for e := range parts(body) {
		p := ir.Prop{Pos: l.pos(e)}
		if e.Kind() == "keyed_element" {
			l.setKey(&p, l.element(field(e, "key"), key))
			e = field(e, "value")
		}
		if p.Value = l.element(e, value); !isDebris(e, p.Value) {
			props = append(props, p)
		}
	}
	return props
}

// structProps lowers the elements of a struct, or of what is taken for one
// because its type is unknown. Without keys the fields are those of the
// declaration in turn.
func (l *lowerer) structProps(body, structType syntax.Node) []ir.Prop {
	var names []string
	if !isKeyed(body) {
		names = l.fieldNames(structType, body.NumNamedChildren())
	}
	var props []ir.Prop
	for e := range parts(body) {
		p := ir.Prop{Pos: l.pos(e)}
		if e.Kind() == "keyed_element" {
			l.setField(&p, field(e, "key"))
			e = field(e, "value")
		} else if e.Kind() == "literal_element" && len(names) > 0 {
			p.Name, names = names[0], names[1:]
		}
		if p.Value = l.element(e, literalType{}); !isDebris(e, p.Value) {
			props = append(props, p)
		}
	}
	return props
}

// fieldNames returns the names of the first fields of a struct.
func (l *lowerer) fieldNames(structType syntax.Node, count int) []string {
	var names []string
	for d := range fieldDeclarations(structType) {
		if len(names) >= count {
			break
		}
		if isEmbedded(d) {
			names = append(names, l.embeddedName(field(d, "type")))
		}
		for name := range fields(d, "name") {
			names = append(names, l.text(name))
		}
	}
	return names
}

// setField sets the key of a struct's element, which is the name of a field.
func (l *lowerer) setField(p *ir.Prop, key syntax.Node) {
	if name := part(key); name.Kind() == "identifier" {
		p.Name = l.text(name)
		return
	}
	l.setKey(p, l.element(key, literalType{}))
}

// setKey sets the key of a map's element. The empty string is no Name, since
// that means none.
func (l *lowerer) setKey(p *ir.Prop, key ir.Expr) {
	if s, ok := key.(*ir.Lit); ok && s.Kind == ir.String && s.Value != "" {
		p.Name = s.Value
		return
	}
	p.Key = key
}

// element lowers an element or a key, whose type may be left out.
func (l *lowerer) element(e syntax.Node, typ literalType) ir.Expr {
	body := part(e)
	if e.Kind() != "literal_element" {
		return l.expr(e)
	}
	if body.Kind() != "literal_value" {
		return l.expr(body)
	}
	if !l.enter() {
		return &ir.Unknown{Pos: l.pos(e)}
	}
	defer l.leave()
	pos := l.pos(body)
	if typ.node.Kind() != "pointer_type" {
		return l.literalValue(body, typ, pos)
	}
	pointee := literalType{node: part(typ.node)}
	if len(typ.lowered.Elems) > 0 {
		pointee.lowered = typ.lowered.Elems[0]
	}
	return &ir.Unary{Pos: pos, Op: "&", X: l.literalValue(body, pointee, pos)}
}
