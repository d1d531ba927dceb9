package golang

import (
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// literal lowers a literal of one token, or one of the constants that the
// grammar knows by name.
func (l *lowerer) literal(n syntax.Node) ir.Expr {
	lit := &ir.Lit{Pos: l.pos(n), Kind: ir.Number, Value: l.text(n)}
	switch n.Kind() {
	case "nil":
		lit.Kind = ir.Null
	case "true", "false":
		lit.Kind = ir.Bool
	case "raw_string_literal", "interpreted_string_literal":
		lit.Kind, lit.Value = ir.String, l.unquote(n)
	case "rune_literal":
		lit.Value = runeValue(lit.Value)
	case "iota":
		if l.iota == noIota {
			return l.name(n) // somebody else's name
		}
		lit.Value = strconv.Itoa(l.iota)
	}
	return lit
}

// unquote returns the value of a string literal, or "" for no node.
func (l *lowerer) unquote(n syntax.Node) string {
	text := l.text(n)
	if value, err := strconv.Unquote(text); err == nil {
		return value
	}
	return strings.Trim(text, "\"`")
}

// runeValue returns the number that a rune literal stands for.
func runeValue(text string) string {
	r, _, _, err := strconv.UnquoteChar(strings.TrimPrefix(text, "'"), '\'')
	if err != nil {
		return text
	}
	return strconv.Itoa(int(r))
}
