package jsonscan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// patternTranslator walks over a regular expression of ECMA-262, in its Unicode
// mode (JSON Schema, 6.3.3 and "Regular Expressions" of its core), and writes one
// of package regexp. It also takes what is only good without Unicode mode but has
// one meaning: needless escapes of punctuation, and lone brackets and braces.
type patternTranslator struct {
	in  string
	pos int
	out strings.Builder
	// repeatable says that a quantifier may follow.
	repeatable bool
}

var (
	errLookaround    = errors.New("lookahead and lookbehind are not supported: they cannot be judged in linear time")
	errBackReference = errors.New("back references are not supported: they cannot be judged in linear time")
)

func translatePattern(text string) (string, error) {
	t := &patternTranslator{in: text}
	for t.pos < len(t.in) {
		if err := t.term(); err != nil {
			return "", fmt.Errorf("pattern %q: %w", text, err)
		}
	}
	return t.out.String(), nil
}

// take returns the next rune and moves behind it.
func (t *patternTranslator) take() rune {
	r, size := utf8.DecodeRuneInString(t.in[t.pos:])
	t.pos += size
	return r
}

// accept moves behind prefix if that comes next.
func (t *patternTranslator) accept(prefix string) bool {
	if !strings.HasPrefix(t.in[t.pos:], prefix) {
		return false
	}
	t.pos += len(prefix)
	return true
}

func (t *patternTranslator) term() error {
	switch r := t.take(); r {
	case '^', '$':
		t.out.WriteRune(r)
		t.repeatable = false
	case '|', ')':
		t.out.WriteRune(r)
		t.repeatable = r == ')'
	case '(':
		return t.group()
	case '.':
		t.atom(`[^\n\r\x{2028}\x{2029}]`)
	case '[':
		return t.class()
	case '\\':
		return t.escape()
	case '*', '+', '?':
		return t.quantifier(string(r))
	case '{':
		if text, ok := t.braces(); ok {
			return t.quantifier(text)
		}
		t.atom(`\{`)
	default:
		t.atom(literalRune(r))
	}
	return nil
}

func (t *patternTranslator) atom(text string) {
	t.out.WriteString(text)
	t.repeatable = true
}

func (t *patternTranslator) quantifier(text string) error {
	if !t.repeatable {
		return fmt.Errorf("nothing to repeat before %q", text)
	}
	t.repeatable = false
	t.out.WriteString(text)
	if t.accept("?") {
		t.out.WriteByte('?')
	}
	return nil
}

// braces reads the rest of a quantifier such as {2,5}, if it is one.
func (t *patternTranslator) braces() (text string, ok bool) {
	inner, _, found := strings.Cut(t.in[t.pos:], "}")
	least, most, ranged := strings.Cut(inner, ",")
	if !found || !isDigits(least) || ranged && most != "" && !isDigits(most) {
		return "", false
	}
	t.pos += len(inner) + 1
	if ranged {
		return "{" + plainCount(least) + "," + plainCount(most) + "}", true
	}
	return "{" + plainCount(least) + "}", true
}

// plainCount drops leading zeros, which package regexp does not take.
func plainCount(digits string) string {
	if n := strings.TrimLeft(digits, "0"); n != "" || digits == "" {
		return n
	}
	return "0"
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (t *patternTranslator) group() error {
	t.repeatable = false
	switch {
	case !t.accept("?"):
		t.out.WriteString("(?:")
		return nil
	case t.accept(":"):
		t.out.WriteString("(?:")
		return nil
	case t.accept("="), t.accept("!"), t.accept("<="), t.accept("<!"):
		return errLookaround
	case t.accept("<"):
		name, _, found := strings.Cut(t.in[t.pos:], ">")
		if !found || name == "" {
			return errors.New("a group has no name")
		}
		t.pos += len(name) + 1
		t.out.WriteString("(?:")
		return nil
	}
	return errors.New("unknown kind of group")
}

// escape translates an escape sequence outside of brackets.
func (t *patternTranslator) escape() error {
	if t.pos == len(t.in) {
		return errors.New("ends with a backslash")
	}
	switch c := t.in[t.pos]; {
	case c == 'b' || c == 'B':
		t.pos++
		t.out.WriteString(`\` + string(c))
		t.repeatable = false
		return nil
	case c >= '1' && c <= '9' || c == 'k':
		return errBackReference
	}
	set, r, err := t.escaped()
	if err != nil {
		return err
	}
	if set != "" {
		t.atom("[" + set + "]")
	} else {
		t.atom(literalRune(r))
	}
	return nil
}

// class translates a class in brackets, behind the first one.
func (t *patternTranslator) class() error {
	negated := t.accept("^")
	var set strings.Builder
	for !t.accept("]") {
		if t.pos == len(t.in) {
			return errors.New("a bracket is not closed")
		}
		if err := t.classItem(&set); err != nil {
			return err
		}
	}
	switch {
	case set.Len() > 0 && negated:
		t.atom("[^" + set.String() + "]")
	case set.Len() > 0:
		t.atom("[" + set.String() + "]")
	case negated:
		t.atom(`[\x{0}-\x{10FFFF}]`)
	default:
		t.atom(`[^\x{0}-\x{10FFFF}]`)
	}
	return nil
}

// classItem translates a character, an escape or a range within brackets.
func (t *patternTranslator) classItem(set *strings.Builder) error {
	item, low, err := t.classAtom()
	if err != nil {
		return err
	}
	rest := t.in[t.pos:]
	if !strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "-]") {
		set.WriteString(orRune(item, low))
		return nil
	}
	t.pos++
	if t.pos == len(t.in) {
		return errors.New("a bracket is not closed")
	}
	upper, high, err := t.classAtom()
	switch {
	case err != nil:
		return err
	case item != "" || upper != "":
		return errors.New("a range begins or ends with a class")
	case high < low:
		return errors.New("a range is out of order")
	}
	set.WriteString(orRune("", low) + "-" + orRune("", high))
	return nil
}

func orRune(set string, r rune) string {
	if set != "" {
		return set
	}
	return fmt.Sprintf(`\x{%X}`, r)
}

// classAtom reads one element of a class: a set of characters, or a character.
func (t *patternTranslator) classAtom() (set string, r rune, err error) {
	if r = t.take(); r != '\\' {
		return "", r, nil
	}
	switch {
	case t.pos == len(t.in):
		return "", 0, errors.New("a bracket is not closed")
	case t.accept("b"):
		return "", '\b', nil
	case t.accept("-"):
		return "", '-', nil
	}
	return t.escaped()
}

// whiteSpace is \s of ECMA-262: WhiteSpace and LineTerminator.
const (
	whiteSpace = `\x{9}-\x{D}\x{20}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}`
	notSpace   = `\x{0}-\x{8}\x{E}-\x{1F}\x{21}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}\x{202A}-\x{202E}` +
		`\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{FEFE}\x{FF00}-\x{10FFFF}`
)

// escaped reads what follows a backslash and has the same meaning within and
// outside of brackets.
func (t *patternTranslator) escaped() (set string, r rune, err error) {
	switch r = t.take(); r {
	case 'd', 'D', 'w', 'W':
		return `\` + string(r), 0, nil
	case 's':
		return whiteSpace, 0, nil
	case 'S':
		return notSpace, 0, nil
	case 'p', 'P':
		set, err = t.property(r)
		return set, 0, err
	case 't':
		return "", '\t', nil
	case 'n':
		return "", '\n', nil
	case 'v':
		return "", '\v', nil
	case 'f':
		return "", '\f', nil
	case 'r':
		return "", '\r', nil
	case '0':
		if t.pos < len(t.in) && t.in[t.pos]-'0' <= 9 {
			return "", 0, errors.New("octal escapes are not supported")
		}
		return "", 0, nil
	case 'c':
		return t.control()
	case 'x':
		r, err = t.hex(2)
		return "", r, err
	case 'u':
		r, err = t.unicodeEscape()
		return "", r, err
	}
	if r < utf8.RuneSelf && !isLetter(byte(r)) && (r < '0' || r > '9') {
		return "", r, nil // punctuation stands for itself
	}
	return "", 0, fmt.Errorf(`unknown escape \%c`, r)
}

func (t *patternTranslator) control() (set string, r rune, err error) {
	if t.pos == len(t.in) || !isLetter(t.in[t.pos]) {
		return "", 0, errors.New(`\c lacks its letter`)
	}
	return "", t.take() & 31, nil
}

func (t *patternTranslator) hex(n int) (rune, error) {
	if t.pos+n > len(t.in) {
		return 0, errors.New("a hexadecimal escape is too short")
	}
	v, err := strconv.ParseUint(t.in[t.pos:t.pos+n], 16, 32)
	if err != nil {
		return 0, errors.New("a hexadecimal escape has other characters")
	}
	t.pos += n
	return rune(v), nil
}

// unicodeEscape reads \uXXXX, a pair of them that is one character, or \u{X…}.
func (t *patternTranslator) unicodeEscape() (rune, error) {
	if t.accept("{") {
		digits, _, found := strings.Cut(t.in[t.pos:], "}")
		v, err := strconv.ParseUint(digits, 16, 32)
		if !found || err != nil || v > unicode.MaxRune {
			return 0, errors.New("a Unicode escape is not a code point")
		}
		t.pos += len(digits) + 1
		return rune(v), nil
	}
	r, err := t.hex(4)
	if err != nil || !isSurrogate(r) {
		return r, err
	}
	if isLowSurrogate(r) || !t.accept(`\u`) {
		return 0, errors.New("a Unicode escape is half of a surrogate pair")
	}
	low, err := t.hex(4)
	if err != nil || !isLowSurrogate(low) {
		return 0, errors.New("a Unicode escape is half of a surrogate pair")
	}
	return (r-0xd800)<<10 + low - 0xdc00 + 0x10000, nil
}

// literalRune returns an expression of package regexp that matches r alone.
func literalRune(r rune) string {
	if r < utf8.RuneSelf && (isLetter(byte(r)) || r >= '0' && r <= '9') {
		return string(r)
	}
	return fmt.Sprintf(`\x{%X}`, r)
}
