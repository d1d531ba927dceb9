package learn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// object is a mapping of the proposal, in its order.
type object []member

// member is one setting; the comment may be empty.
type member struct {
	key     string
	value   any // object, []any, string, int, float64 or bool
	comment string
}

// emitter writes YAML.
type emitter struct{ *bytes.Buffer }

func (e emitter) object(o object, indent int) {
	for _, m := range o {
		e.WriteString(strings.Repeat("  ", indent) + word(m.key) + ":")
		inner, isObject := m.value.(object)
		if !isObject || len(inner) == 0 {
			e.WriteString(" " + flow(m.value))
		}
		if m.comment != "" {
			e.WriteString(" # " + m.comment)
		}
		e.WriteByte('\n')
		if isObject {
			e.object(inner, indent+1)
		}
	}
}

// flow writes a value on one line.
func flow(v any) string {
	switch v := v.(type) {
	case object:
		return "{}" // others are written in lines of their own
	case []any:
		words := make([]string, len(v))
		for i, x := range v {
			words[i] = flow(x)
		}
		return "[" + strings.Join(words, ", ") + "]"
	case string:
		return word(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

var (
	plainWord = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	// notPlain are words that some reader of YAML takes for something else.
	notPlain = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n|null)$`)
)

// word writes text, in quotes where it needs them.
func word(s string) string {
	if plainWord.MatchString(s) && !notPlain.MatchString(s) {
		return s
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // text always marshals
	}
	return string(b)
}
