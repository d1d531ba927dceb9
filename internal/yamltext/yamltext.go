// Package yamltext writes YAML for people: keys in the order given, comments
// beside and above them, short values on one line. What it writes, any reader of
// YAML understands as given: text that a reader might take for something else
// stands in quotes.
//
// It reads nothing: that is internal/config's.
package yamltext

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Object is a mapping whose members stand on lines of their own.
type Object []Member

// Flow is a mapping that stands on one line.
type Flow []Member

// List is a sequence that stands on one line; Items one of mappings, each
// behind a dash of its own.
type (
	List  []any
	Items []Object
)

// Raw is a value that is written as it is: a number with a unit, a rate.
type Raw string

// Member is one key with its value.
type Member struct {
	Key string
	// Value is an Object, Flow, List, Items, Raw, string, int, int64, float64 or
	// bool. An empty Object is written as {}.
	Value any
	// Comment stands behind the key or its value, Above on lines before it. Line
	// breaks and control characters in them become spaces.
	Comment string
	Above   []string
}

// Add appends a member without a comment.
func (o *Object) Add(key string, value any) { *o = append(*o, Member{Key: key, Value: value}) }

// Write appends the mapping to b, indented by that many steps of two spaces.
func Write(b *bytes.Buffer, o Object, indent int) {
	for _, m := range o {
		member(b, m, indent, strings.Repeat("  ", indent))
	}
}

func member(b *bytes.Buffer, m Member, indent int, lead string) {
	pad := strings.Repeat("  ", indent)
	for _, line := range m.Above {
		b.WriteString(strings.TrimRight(pad+"# "+plain(line), " ") + "\n")
	}
	b.WriteString(lead + Word(m.Key) + ":")
	inner, isObject := m.Value.(Object)
	items, isItems := m.Value.(Items)
	switch {
	case isObject && len(inner) > 0, isItems && len(items) > 0:
	default:
		b.WriteString(" " + inline(m.Value))
	}
	if m.Comment != "" {
		b.WriteString(" # " + plain(m.Comment))
	}
	b.WriteByte('\n')
	Write(b, inner, indent+1)
	for _, item := range items {
		list(b, item, indent+1)
	}
}

// list writes one mapping of a sequence.
func list(b *bytes.Buffer, o Object, indent int) {
	pad := strings.Repeat("  ", indent)
	if len(o) == 0 {
		b.WriteString(pad + "- {}\n")
	}
	for i, m := range o {
		lead := pad + "  "
		if i == 0 {
			for _, line := range m.Above {
				b.WriteString(strings.TrimRight(pad+"# "+plain(line), " ") + "\n")
			}
			m.Above, lead = nil, pad+"- "
		}
		member(b, m, indent+1, lead)
	}
}

// inline is a value on one line.
func inline(v any) string {
	switch v := v.(type) {
	case Object, Items:
		if _, ok := v.(Items); ok {
			return "[]"
		}
		return "{}"
	case Flow:
		words := make([]string, len(v))
		for i, m := range v {
			words[i] = Word(m.Key) + ": " + inline(m.Value)
		}
		return "{" + strings.Join(words, ", ") + "}"
	case List:
		words := make([]string, len(v))
		for i, x := range v {
			words[i] = inline(x)
		}
		return "[" + strings.Join(words, ", ") + "]"
	case Raw:
		return string(v)
	case string:
		return Word(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

var (
	plainWord = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*$`)
	// notPlain are words that some reader of YAML takes for something else.
	notPlain = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n|null|inf|nan)$`)
)

// Word returns text as a scalar, in quotes where it needs them.
func Word(s string) string {
	switch {
	case plainWord.MatchString(s) && !notPlain.MatchString(s):
		return s
	case strings.ContainsAny(s, `"\`) && !strings.ContainsFunc(s, unprintable) && utf8.ValidString(s):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil {
		panic(err) // text always marshals
	}
	// JSON leaves these as they are, and YAML takes them for breaks of a line, or
	// for nothing.
	return escapes.Replace(strings.TrimSuffix(b.String(), "\n"))
}

var escapes = strings.NewReplacer("\u007f", `\u007f`, "\u0085", `\u0085`, "\ufeff", `\ufeff`, "\ufffe", `\ufffd`, "\uffff", `\ufffd`)

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// plain makes a text one line of a comment.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unprintable(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
}
