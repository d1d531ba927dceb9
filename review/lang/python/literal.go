package python

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

func (l *lowerer) number(n syntax.Node) ir.Expr {
	text := strings.ReplaceAll(n.Text(), "_", "")
	return &ir.Lit{Pos: l.pos(n), Kind: ir.Number, Value: strings.TrimRight(text, "lL")}
}

// str lowers one string, or several that stand side by side, to a Lit, or to a
// Template where there are expressions in it.
func (l *lowerer) str(n syntax.Node) ir.Expr {
	if first := n.FirstChild(); first.Kind() == "string_start" && first.Text() == "`" {
		return l.backquoted(n)
	}
	var b stringBuilder
	if n.Kind() == "concatenated_string" {
		for _, c := range operands(n) {
			l.stringParts(c, &b)
		}
	} else {
		l.stringParts(n, &b)
	}
	return b.expr(l.pos(n))
}

// backquoted lowers Python 2's `x` to repr(x). The grammar knows it for a string.
func (l *lowerer) backquoted(n syntax.Node) ir.Expr {
	content := operand(n, 1)
	if !isIdentifier(content.Text()) {
		return l.unknown(n)
	}
	arg := &ir.Name{Pos: l.pos(content), Name: content.Text()}
	return &ir.Call{Pos: l.pos(n), Fn: &ir.Name{Pos: l.pos(n), Name: "repr"}, Args: []ir.Arg{{Value: arg}}}
}

func isIdentifier(s string) bool {
	for i, r := range s {
		if r != '_' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return s != ""
}

// A stringBuilder joins the parts of a string. Neighbouring text is one Lit.
type stringBuilder struct {
	kind  ir.LitKind
	parts []ir.Expr
	holes bool // some part is an expression
}

func (b *stringBuilder) text(pos ir.Pos, text string) {
	if len(b.parts) > 0 {
		if last, ok := b.parts[len(b.parts)-1].(*ir.Lit); ok && last.Kind == b.kind {
			last.Value += text
			last.End = pos.End
			return
		}
	}
	b.parts = append(b.parts, &ir.Lit{Pos: pos, Kind: b.kind, Value: text})
}

func (b *stringBuilder) hole(x ir.Expr) {
	b.parts = append(b.parts, x)
	b.holes = true
}

func (b *stringBuilder) expr(pos ir.Pos) ir.Expr {
	if b.holes {
		return &ir.Template{Pos: pos, Parts: b.parts}
	}
	lit := &ir.Lit{Pos: pos, Kind: b.kind}
	for _, part := range b.parts {
		lit.Value += part.(*ir.Lit).Value
	}
	return lit
}

// stringParts adds one string. Its text is what lies between the quotes and the
// expressions, and not what the grammar calls string_content, which misses the
// backslashes at the end of a raw string.
func (l *lowerer) stringParts(n syntax.Node, b *stringBuilder) {
	open := n.FirstChild()
	prefix := strings.ToLower(strings.TrimRight(open.Text(), "'\"`"))
	if strings.Contains(prefix, "b") {
		b.kind = ir.Bytes
	}
	start, end := open.End(), n.End()
	for c := range n.Children() {
		switch c.Kind() {
		case "interpolation":
			l.stringText(n, start, c.Start(), prefix, b)
			l.interpolation(c, b)
			start = c.End()
		case "string_end":
			if quotes := open.End() - open.Start() - uint32(len(prefix)); c.End()-c.Start() >= quotes {
				end = c.End() - quotes
			}
		}
	}
	l.stringText(n, start, end, prefix, b)
}

func (l *lowerer) stringText(n syntax.Node, start, end uint32, prefix string, b *stringBuilder) {
	if start >= end {
		return
	}
	text := string(n.Tree().Source[start:end])
	if strings.ContainsAny(prefix, "ft") {
		text = bracesReplacer.Replace(text)
	}
	if !strings.Contains(prefix, "r") {
		text = unescape(text, b.kind == ir.Bytes)
	}
	b.text(l.place(start, end), text)
}

var bracesReplacer = strings.NewReplacer("{{", "{", "}}", "}")

// interpolation lowers {expression=!r:specifier}.
func (l *lowerer) interpolation(n syntax.Node, b *stringBuilder) {
	expression := n.ChildByField("expression")
	if hasToken(n, "=") {
		b.text(l.pos(expression), expression.Text()+"=")
	}
	x := l.expr(expression)
	var nested []ir.Expr
	for c := range n.ChildByField("format_specifier").Children() {
		if c.Kind() == "format_expression" || c.Kind() == "interpolation" {
			nested = append(nested, l.expr(c.ChildByField("expression")))
		}
	}
	if nested != nil {
		x = &ir.Unknown{Pos: l.pos(n), Operands: append([]ir.Expr{x}, nested...)}
	}
	b.hole(x)
}

// unescape resolves the escape sequences of a string that is not raw. What is no
// escape sequence stays, as in Python.
func unescape(s string, bytes bool) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+1 == len(s) {
			break
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		n := escape(&b, s, bytes)
		if n == 0 {
			b.WriteByte('\\')
		}
		s = s[n:]
	}
	b.WriteString(s)
	return b.String()
}

var simpleEscapes = map[byte]string{
	'\n': "", '\\': `\`, '\'': "'", '"': `"`,
	'a': "\a", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v",
}

// escape writes what the escape sequence at the start of s, behind its
// backslash, stands for, and returns its length; 0 if it is none.
func escape(b *strings.Builder, s string, bytes bool) int {
	if text, ok := simpleEscapes[s[0]]; ok {
		b.WriteString(text)
		return 1
	}
	switch c := s[0]; {
	case c == '\r' && strings.HasPrefix(s, "\r\n"):
		return 2
	case c >= '0' && c <= '7':
		n := 1
		for n < 3 && n < len(s) && s[n] >= '0' && s[n] <= '7' {
			n++
		}
		return escapeCode(b, s[:n], 8, bytes)
	case c == 'x' && len(s) >= 3:
		return codeAfterLetter(b, s[:3], bytes)
	case c == 'u' && len(s) >= 5 && !bytes:
		return codeAfterLetter(b, s[:5], bytes)
	case c == 'U' && len(s) >= 9 && !bytes:
		return codeAfterLetter(b, s[:9], bytes)
	case c == 'N' && strings.HasPrefix(s, "N{") && !bytes:
		// The names of characters are a table of a megabyte.
		if end := strings.IndexByte(s, '}'); end > 0 {
			b.WriteRune(utf8.RuneError)
			return end + 1
		}
	}
	return 0
}

func codeAfterLetter(b *strings.Builder, s string, bytes bool) int {
	if escapeCode(b, s[1:], 16, bytes) == 0 {
		return 0
	}
	return len(s)
}

func escapeCode(b *strings.Builder, digits string, radix int, bytes bool) int {
	code, err := strconv.ParseUint(digits, radix, 32)
	if err != nil {
		return 0
	}
	if bytes {
		b.WriteByte(byte(code))
	} else {
		b.WriteRune(rune(code))
	}
	return len(digits)
}
