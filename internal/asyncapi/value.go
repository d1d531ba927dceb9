package asyncapi

import (
	"encoding/json"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

var (
	jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	octal      = regexp.MustCompile(`^-?0[0-9_]`)
)

// maxDigits bounds how long a number may be.
const maxDigits = 400

// value returns n as JSON would have it.
func (l *loader) value(n node) (any, bool) {
	if l.work++; l.work > maxWork {
		l.problem(n, "the schemas of the document come to more than %d values", maxWork)
		return nil, false
	}
	switch n.Kind {
	case yaml.MappingNode:
		out := map[string]any{}
		for key, v := range n.members() {
			x, ok := l.value(v)
			if !ok {
				return nil, false
			}
			out[key.Value] = x
		}
		return out, true
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			x, ok := l.value(n.child(c))
			if !ok {
				return nil, false
			}
			out = append(out, x)
		}
		return out, true
	}
	return l.scalar(n)
}

func (l *loader) scalar(n node) (any, bool) {
	switch {
	case n.isText():
		return n.Value, true
	case n.Tag == "!!null":
		return nil, true
	case n.Tag == "!!bool":
		if n.Value == "true" || n.Value == "false" {
			return n.Value == "true", true
		}
	case n.Tag == "!!int" || n.Tag == "!!float":
		if x, ok := numeral(n.Value); ok {
			return x, true
		}
	}
	l.problem(n, "%q has no counterpart in JSON", clip(n.Value))
	return nil, false
}

// numeral returns a number of YAML as JSON writes it.
func numeral(s string) (json.Number, bool) {
	if len(s) > maxDigits {
		return "", false
	}
	if jsonNumber.MatchString(s) {
		return json.Number(s), true
	}
	s = strings.TrimPrefix(s, "+")
	if octal.MatchString(s) {
		return "", false // 8 to one reader, 10 to the next
	}
	if i, ok := new(big.Int).SetString(s, 0); ok {
		return json.Number(i.String()), true
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return "", false
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), true
}
