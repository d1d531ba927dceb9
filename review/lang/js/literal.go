package js

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// number returns a number as strconv reads it: without separators and the
// suffix of a bigint.
func number(text string) string {
	return strings.TrimSuffix(strings.ReplaceAll(text, "_", ""), "n")
}

// literalText returns the value of a literal in a type.
func literalText(n syntax.Node) string {
	if n.Kind() == "string" {
		return stringValue(n)
	}
	return n.Text()
}

// stringValue returns what a string literal stands for, "" for other nodes.
func stringValue(n syntax.Node) string {
	if n.Kind() != "string" {
		return ""
	}
	return unescape(unquote(n.Text()))
}

func unquote(text string) string {
	if text == "" {
		return ""
	}
	quote := text[:1]
	return strings.TrimSuffix(text[1:], quote)
}

// template lowers a template literal. Without expressions it is a string.
func (l *lowerer) template(n syntax.Node) ir.Expr {
	t := l.templateParts(n)
	switch len(t.Parts) {
	case 0:
		return &ir.Lit{Pos: t.Pos, Kind: ir.String}
	case 1:
		if lit, ok := t.Parts[0].(*ir.Lit); ok && child(n, "template_substitution").IsZero() {
			return &ir.Lit{Pos: t.Pos, Kind: ir.String, Value: lit.Value}
		}
	}
	return t
}

// templateParts takes the literal parts from between the expressions, because
// the grammars differ in the nodes that they have for them.
func (l *lowerer) templateParts(n syntax.Node) *ir.Template {
	t := &ir.Template{Pos: l.pos(n)}
	source := n.Tree().Source
	literal := func(start, end uint32) {
		if start < end {
			pos := ir.Pos{Start: l.offset(start), End: l.offset(end)}
			t.Parts = append(t.Parts, &ir.Lit{Pos: pos, Kind: ir.String, Value: unescape(string(source[start:end]))})
		}
	}
	at := n.Start() + 1
	for c := range code(n) {
		if c.Kind() != "template_substitution" {
			continue
		}
		literal(at, c.Start())
		at = c.End()
		l.errorsIn(c)
		if x := only(c); !x.IsZero() {
			t.Parts = append(t.Parts, l.expr(x))
		}
	}
	end := n.End()
	if end > at && source[end-1] == '`' {
		end--
	}
	literal(at, end)
	return t
}

func (l *lowerer) array(n syntax.Node) ir.Expr {
	list := &ir.List{Pos: l.pos(n)}
	hole := true
	for c := range n.Children() {
		switch {
		case c.Kind() == ",":
			if hole {
				list.Elems = append(list.Elems, &ir.Lit{Pos: l.pos(c), Kind: ir.Null, Value: "undefined"})
			}
			hole = true
		case c.Named() && !c.Extra() && !c.IsError():
			list.Elems = append(list.Elems, l.expr(c))
			hole = false
		}
	}
	return list
}

func (l *lowerer) object(n syntax.Node) ir.Expr {
	o := &ir.Object{Pos: l.pos(n)}
	for c := range code(n) {
		o.Props = append(o.Props, l.prop(c))
	}
	return o
}

// prop lowers what stands between the commas of an object or its pattern.
func (l *lowerer) prop(n syntax.Node) ir.Prop {
	p := ir.Prop{Pos: l.pos(n)}
	switch n.Kind() {
	case "pair":
		l.errorsIn(n)
		p.Name, p.Key = l.propertyName(field(n, "key"))
		p.Value = l.expr(field(n, "value"))
	case "method_definition":
		var f *ir.Func
		f, p.Key = l.method(n)
		p.Name, p.Kind = f.Name, f.Kind
		p.Value = &ir.FuncLit{Pos: f.Pos, Func: f}
	case "spread_element":
		l.errorsIn(n)
		p.Spread = true
		p.Value = l.expr(only(n))
	case "shorthand_property_identifier":
		p.Name = n.Text()
		p.Value = l.expr(n)
	case "pair_pattern":
		l.errorsIn(n)
		p.Name, p.Key = l.propertyName(field(n, "key"))
		p.Value = l.target(field(n, "value"))
	case "rest_pattern":
		l.errorsIn(n)
		p.Spread = true
		p.Value = l.target(only(n))
	case "object_assignment_pattern":
		p.Name = field(n, "left").Text()
		p.Value = l.target(n)
	case "shorthand_property_identifier_pattern":
		p.Name = n.Text()
		p.Value = l.target(n)
	default:
		p.Value = l.expr(n)
	}
	return p
}

// propertyName returns the name of a property, or else the expression that
// gives its key.
func (l *lowerer) propertyName(n syntax.Node) (string, ir.Expr) {
	switch n.Kind() {
	case "":
		return "", nil
	case "string":
		if name := stringValue(n); name != "" {
			return name, nil
		}
	case "number":
	case "computed_property_name":
		l.errorsIn(n)
		key := l.expr(only(n))
		if lit, ok := key.(*ir.Lit); ok && lit.Kind == ir.String && lit.Value != "" {
			return lit.Value, nil
		}
		return "", key
	default:
		return n.Text(), nil
	}
	return "", l.expr(n)
}

// fixedName returns the name of a property, or "" where it is computed.
func fixedName(n syntax.Node) string {
	switch n.Kind() {
	case "string":
		return stringValue(n)
	case "computed_property_name":
		return stringValue(only(n))
	}
	return n.Text()
}

// simpleEscapes are the escape sequences of one character that don't stand for
// that character.
var simpleEscapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', '0': 0}

// unescape resolves the escape sequences of a string or template. Wrong ones
// stay as they are.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(s, `\`)
		b.WriteString(text)
		if !found {
			return b.String()
		}
		if rest == "" {
			b.WriteByte('\\')
			return b.String()
		}
		s = escape(&b, rest)
	}
}

// escape writes what the sequence at the start of s stands for, and returns
// what is behind it. s is what follows the backslash and not empty.
func escape(b *strings.Builder, s string) string {
	switch c := s[0]; c {
	case '\n':
		return s[1:]
	case '\r':
		return strings.TrimPrefix(s[1:], "\n")
	case 'x':
		if r, ok := hex(s, 1, 3); ok {
			b.WriteRune(r)
			return s[3:]
		}
	case 'u':
		if r, n, ok := unicodeEscape(s); ok {
			b.WriteRune(r)
			return s[n:]
		}
	default:
		if r, ok := simpleEscapes[c]; ok {
			b.WriteByte(r)
			return s[1:]
		}
		_, n := utf8.DecodeRuneInString(s)
		b.WriteString(s[:n])
		return s[n:]
	}
	b.WriteByte('\\')
	b.WriteByte(s[0])
	return s[1:]
}

// unicodeEscape reads uXXXX, a pair of surrogates written so, or u{X…}. It
// returns the length of what it has read.
func unicodeEscape(s string) (r rune, n int, ok bool) {
	if strings.HasPrefix(s, "u{") {
		end := strings.IndexByte(s, '}')
		if end < 0 || end > len("u{10ffff") {
			return 0, 0, false
		}
		r, ok = hex(s, 2, end)
		return r, end + 1, ok
	}
	if r, ok = hex(s, 1, 5); !ok {
		return 0, 0, false
	}
	if utf16.IsSurrogate(r) && strings.HasPrefix(s[5:], `\u`) {
		if low, ok := hex(s, 7, 11); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 11, true
			}
		}
	}
	return r, 5, true
}

func hex(s string, start, end int) (rune, bool) {
	if end > len(s) {
		return 0, false
	}
	v, err := strconv.ParseUint(s[start:end], 16, 32)
	return rune(v), err == nil && v <= utf8.MaxRune
}
