package python

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// typ lowers an annotation.
func (l *lowerer) typ(n syntax.Node) *ir.Type {
	var t *ir.Type
	if n.IsZero() || !l.nested(func() { t = l.typeOfKind(n) }) {
		return &ir.Type{Pos: l.pos(n), Kind: ir.UnknownType}
	}
	return t
}

func (l *lowerer) types(list []syntax.Node) []*ir.Type {
	var types []*ir.Type
	for _, n := range list {
		types = append(types, l.typ(n))
	}
	return types
}

func (l *lowerer) typeOfKind(n syntax.Node) *ir.Type {
	pos := l.pos(n)
	switch n.Kind() {
	case "type", "parenthesized_expression", "constrained_type", "splat_type":
		return l.typ(operand(n, 0))
	case "identifier", "attribute", "dotted_name", "member_type", "none":
		return &ir.Type{Pos: pos, Name: dottedText(n)}
	case "ellipsis":
		return &ir.Type{Pos: pos, Name: "Ellipsis"}
	case "string", "concatenated_string":
		if lit, ok := l.str(n).(*ir.Lit); ok && lit.Kind == ir.String {
			return forwardType(pos, lit.Value)
		}
	case "generic_type", "subscript":
		generic, args := subscriptParts(n)
		return l.genericType(pos, dottedText(generic), args)
	case "union_type":
		return unionType(pos, l.types(operands(n)))
	case "binary_operator":
		if n.ChildByField("operator").Kind() == "|" {
			return unionType(pos, []*ir.Type{l.typ(n.ChildByField("left")), l.typ(n.ChildByField("right"))})
		}
	}
	return &ir.Type{Pos: pos, Kind: ir.UnknownType}
}

// unionType makes one union of types, of which some may be unions themselves.
func unionType(pos ir.Pos, members []*ir.Type) *ir.Type {
	t := &ir.Type{Pos: pos, Kind: ir.UnionType}
	for _, m := range members {
		if m.Kind == ir.UnionType {
			t.Elems = append(t.Elems, m.Elems...)
		} else {
			t.Elems = append(t.Elems, m)
		}
	}
	return t
}

func (l *lowerer) genericType(pos ir.Pos, name string, args []syntax.Node) *ir.Type {
	switch lastSegment(name) {
	case "Literal":
		return l.literalType(pos, args)
	case "Callable":
		// The parameters are a list before the result.
		var flat []syntax.Node
		for _, arg := range args {
			if arg = unwrapType(arg); arg.Kind() == "list" {
				flat = append(flat, operands(arg)...)
			} else {
				flat = append(flat, arg)
			}
		}
		return &ir.Type{Pos: pos, Kind: ir.FuncType, Elems: l.types(flat)}
	}
	return newGeneric(pos, name, l.types(args))
}

// newGeneric knows the generics that ir has a kind for, and those that only say
// something about their argument.
func newGeneric(pos ir.Pos, name string, args []*ir.Type) *ir.Type {
	switch lastSegment(name) {
	case "Optional":
		return unionType(pos, append(args, &ir.Type{Pos: pos, Name: "None"}))
	case "Union":
		return unionType(pos, args)
	case "list", "List", "Sequence", "MutableSequence":
		return &ir.Type{Pos: pos, Kind: ir.SliceType, Elems: args}
	case "dict", "Dict", "Mapping", "MutableMapping", "DefaultDict", "defaultdict", "OrderedDict":
		return &ir.Type{Pos: pos, Kind: ir.MapType, Elems: args}
	case "Literal": // in a string
		for _, arg := range args {
			arg.Kind, arg.Name, arg.Value = ir.LiteralType, "", arg.Name
		}
		return unionType(pos, args)
	case "ClassVar", "Final", "Required", "NotRequired", "ReadOnly", "InitVar":
		if len(args) == 1 {
			return args[0]
		}
	}
	return &ir.Type{Pos: pos, Name: name, Elems: args}
}

func (l *lowerer) literalType(pos ir.Pos, args []syntax.Node) *ir.Type {
	var members []*ir.Type
	for _, arg := range args {
		arg = unwrapType(arg)
		t := &ir.Type{Pos: l.pos(arg), Kind: ir.LiteralType, Value: arg.Text()}
		if strings.HasSuffix(arg.Kind(), "string") {
			if lit, ok := l.str(arg).(*ir.Lit); ok {
				t.Value = lit.Value
			}
		}
		members = append(members, t)
	}
	if len(members) == 1 {
		return members[0]
	}
	return unionType(pos, members)
}

func unwrapType(n syntax.Node) syntax.Node {
	for n.Kind() == "type" {
		n = operand(n, 0)
	}
	return n
}

func lastSegment(dotted string) string {
	return dotted[strings.LastIndexByte(dotted, '.')+1:]
}

// An alias is an annotation that has a name: User = Annotated[...].
type alias struct {
	node syntax.Node
	base uint32 // of its tree
}

// noteAlias remembers what name stands for if that is an annotation with
// metadata, as FastAPI recommends for dependencies.
func (l *lowerer) noteAlias(name, value syntax.Node) {
	if l.fn != nil || l.class != nil {
		return
	}
	value = unwrapType(value)
	if name = unwrapType(name); name.Kind() != "identifier" || !isAnnotated(value) || !isSmall(value) {
		return
	}
	if l.aliases == nil {
		l.aliases = make(map[string]alias)
	}
	l.aliases[name.Text()] = alias{value, l.base}
}

// aliasMetadata returns the metadata of an alias as if it were written where the
// alias is. An alias in an alias is not followed.
func (l *lowerer) aliasMetadata(a alias) []ir.Expr {
	base, aliases := l.base, l.aliases
	l.base, l.aliases = a.base, nil
	defer func() { l.base, l.aliases = base, aliases }()
	return l.metadata(a.node)
}

func isAnnotated(n syntax.Node) bool {
	if n.Kind() != "subscript" && n.Kind() != "generic_type" {
		return false
	}
	generic, _ := subscriptParts(n)
	return lastSegment(dottedText(generic)) == "Annotated"
}

// metadata returns what an annotation says beside the type and could matter when
// the program runs: the calls and functions behind the first argument of
// Annotated, which may be part of a union or have a name.
func (l *lowerer) metadata(n syntax.Node) []ir.Expr {
	var list []ir.Expr
	l.nested(func() { list = l.metadataOfKind(n) })
	return list
}

func (l *lowerer) metadataOfKind(n syntax.Node) []ir.Expr {
	var list []ir.Expr
	switch n.Kind() {
	case "identifier":
		if a, ok := l.aliases[n.Text()]; ok {
			return l.aliasMetadata(a)
		}
	case "type", "union_type", "binary_operator", "parenthesized_expression":
		for _, c := range operands(n) {
			list = append(list, l.metadata(c)...)
		}
	case "generic_type", "subscript":
		_, args := subscriptParts(n)
		if !isAnnotated(n) || len(args) == 0 {
			for _, arg := range args {
				list = append(list, l.metadata(arg)...)
			}
			return list
		}
		list = l.metadata(args[0])
		for _, arg := range args[1:] {
			if arg = unwrapType(arg); arg.Kind() == "call" || arg.Kind() == "lambda" {
				list = append(list, l.expr(arg))
			}
		}
	}
	return list
}
