package draft

import (
	"regexp"
	"strconv"
	"strings"
)

// segments splits the path of a field.
func segments(path string) []string { return strings.Split(path, ".") }

var (
	identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// reserved are the words that CEL keeps for itself.
	reserved = words("as break const continue else false for function if import in let loop package namespace null return true var void while")
)

// named reports whether CEL can select a field by this name.
func named(name string) bool { return identifier.MatchString(name) && !reserved[name] }

// celField is the CEL expression of a field of the message.
func celField(path string) string {
	out := "message"
	if path == "" {
		return out
	}
	for _, s := range segments(path) {
		if named(s) {
			out += "." + s
		} else {
			out = "dyn(" + out + ")[" + celText(s) + "]" // of a declared type only names can be selected
		}
	}
	return out
}

// celHas is the CEL expression that asks whether a field is there.
func celHas(path string) string {
	list := segments(path)
	last := list[len(list)-1]
	above := strings.Join(list[:len(list)-1], ".")
	if named(last) {
		return "has(" + celField(path) + ")"
	}
	return celText(last) + " in dyn(" + celField(above) + ")"
}

// celText is a text literal of CEL: Go's escapes are among those it knows.
func celText(s string) string { return strconv.QuoteToASCII(strings.ToValidUTF8(s, "?")) }

// jsonPath is the path of a field as set and clean write it.
func jsonPath(path string) string {
	var out strings.Builder
	if path == "" {
		return ""
	}
	for i, s := range segments(path) {
		switch {
		case s == "" || strings.ContainsAny(s, `.[]"`):
			out.WriteString("[" + strconv.Quote(s) + "]")
		case i > 0:
			out.WriteString("." + s)
		default:
			out.WriteString(s)
		}
	}
	return out.String()
}

// unwrapped takes the parentheses around a whole expression away.
func unwrapped(s string) string {
	if inner, ok := strings.CutPrefix(s, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); ok && balanced(inner) {
			return inner
		}
	}
	return s
}

// parenthesized makes a text one operand of a negation.
func parenthesized(s string) string {
	if strings.HasPrefix(s, "has(") {
		return s
	}
	return "(" + s + ")"
}

// balanced reports whether every bracket of an expression closes one that is open.
func balanced(s string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}
