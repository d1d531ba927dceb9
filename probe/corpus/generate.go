package corpus

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/jsonscan/fallback"
)

// Bounds of what is generated.
const (
	maxDepth  = 12
	maxText   = 64 << 10
	maxItems  = 1000
	maxSchema = 1 << 20
)

// Shape is a schema that messages are made of.
type Shape struct {
	root     map[string]any
	compiled *jsonscan.Schema
}

// NewShape reads a JSON Schema of draft 2020-12. Nil describes any object.
func NewShape(schema []byte) (*Shape, error) {
	if schema == nil {
		schema = []byte(`{"type":"object"}`)
	}
	if len(schema) > maxSchema {
		return nil, errors.New("read schema: longer than 1 MiB")
	}
	var v any
	if err := json.Unmarshal(schema, &v); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	root, ok := v.(map[string]any)
	if !ok {
		root = map[string]any{}
	}
	compiled, err := fallback.Compile(schema, jsonscan.Options{AssertFormats: true})
	if err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	return &Shape{root, compiled}, nil
}

// Valid reports whether the payload is what the schema describes.
func (s *Shape) Valid(payload []byte) bool { return s.keyword(payload) == "" }

// keyword returns the keyword that a payload violates: "" where it is valid,
// "syntax" where it is no JSON that a strict reader takes.
func (s *Shape) keyword(payload []byte) string {
	var doc jsonscan.Doc
	if v := jsonscan.NewScanner(jsonscan.Limits{}).Scan(payload, &doc); v.Code != jsonscan.Valid {
		return "syntax"
	}
	v := s.compiled.Check(doc.Root())
	if v.Code == jsonscan.Valid {
		return ""
	}
	if k := v.Code.Keyword(); k != "" {
		return k
	}
	return v.Code.String()
}

// ErrNoExample says that no valid message could be made of a schema.
var ErrNoExample = errors.New("no valid message could be made of the schema; give a recorded one (--messages)")

// Example returns a valid payload. Members that need not be there are there,
// where the schema allows it; given holds values that are tried first, by the
// name of a member at the top.
func (s *Shape) Example(given map[string]any) (map[string]any, error) {
	for _, g := range []map[string]any{given, only(given, "type"), nil} {
		for _, full := range []bool{true, false} {
			v := (&maker{s.root, full}).value(s.root, 0)
			object, ok := v.(map[string]any)
			if !ok {
				return nil, ErrNoExample
			}
			for name, value := range g {
				object[name] = value
			}
			if s.Valid(Encode(object)) {
				return object, nil
			}
		}
	}
	return nil, ErrNoExample
}

func only(m map[string]any, name string) map[string]any {
	if v, ok := m[name]; ok {
		return map[string]any{name: v}
	}
	return nil
}

// Encode writes a value as JSON, markup as it is.
func Encode(v any) []byte {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // values that were decoded from JSON, or literals
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

// maker makes values of the parts of one schema.
type maker struct {
	root map[string]any
	full bool // members that need not be there too
}

// resolve follows references within the document, and joins allOf and the first
// of alternatives.
func (m *maker) resolve(schema any, depth int) map[string]any {
	s, ok := schema.(map[string]any)
	if !ok {
		return map[string]any{}
	}
	out := map[string]any{}
	add := func(part map[string]any) {
		for k, v := range part {
			switch k {
			case "$ref", "allOf", "anyOf", "oneOf", "if", "then", "else", "not":
				continue
			case "properties":
				merged := map[string]any{}
				if old, ok := out[k].(map[string]any); ok {
					for n, p := range old {
						merged[n] = p
					}
				}
				if more, ok := v.(map[string]any); ok {
					for n, p := range more {
						merged[n] = p
					}
				}
				out[k] = merged
				continue
			case "required":
				if old, ok := out[k].([]any); ok {
					if more, ok := v.([]any); ok {
						out[k] = append(slices.Clone(old), more...)
						continue
					}
				}
			}
			out[k] = v
		}
	}
	if depth > maxDepth {
		return s
	}
	if ref, ok := s["$ref"].(string); ok {
		add(m.resolve(m.pointer(ref), depth+1))
	}
	if parts, ok := s["allOf"].([]any); ok {
		for _, p := range parts {
			add(m.resolve(p, depth+1))
		}
	}
	for _, k := range []string{"oneOf", "anyOf"} {
		if parts, ok := s[k].([]any); ok && len(parts) > 0 {
			add(m.resolve(parts[0], depth+1))
		}
	}
	add(s)
	return out
}

// pointer returns what a reference within the document leads to.
func (m *maker) pointer(ref string) any {
	path, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil
	}
	var v any = m.root
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "/"), "/") {
		if part == "" {
			continue
		}
		object, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(part)]
	}
	return v
}

// value makes a value of a part of the schema.
func (m *maker) value(schema any, depth int) any {
	s := m.resolve(schema, depth)
	if c, ok := s["const"]; ok {
		return c
	}
	if e, ok := s["enum"].([]any); ok && len(e) > 0 {
		return e[0]
	}
	if e, ok := s["examples"].([]any); ok && len(e) > 0 {
		return e[0]
	}
	if d, ok := s["default"]; ok {
		return d
	}
	switch typeOf(s) {
	case "object":
		return m.object(s, depth)
	case "array":
		return m.array(s, depth)
	case "number", "integer":
		return number(s)
	case "boolean":
		return true
	case "null":
		return nil
	}
	return text(s)
}

// typeOf returns the type that a schema wants, guessed from its keywords where
// it doesn't say.
func typeOf(s map[string]any) string {
	switch t := s["type"].(type) {
	case string:
		return t
	case []any:
		for _, one := range t {
			if name, ok := one.(string); ok && name != "null" {
				return name
			}
		}
		return "null"
	}
	for keyword, is := range map[string]string{"properties": "object", "required": "object", "items": "array", "minimum": "number", "maximum": "number", "exclusiveMinimum": "number"} {
		if _, ok := s[keyword]; ok {
			return is
		}
	}
	return "string"
}

func (m *maker) object(s map[string]any, depth int) any {
	out := map[string]any{}
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	for name, p := range properties {
		if (m.full && depth < 3) || slices.Contains(required, any(name)) {
			if depth < maxDepth {
				out[name] = m.value(p, depth+1)
			}
		}
	}
	for _, name := range required {
		if n, ok := name.(string); ok {
			if _, has := out[n]; !has {
				out[n] = "x"
			}
		}
	}
	return out
}

func (m *maker) array(s map[string]any, depth int) any {
	out := []any{}
	prefix, _ := s["prefixItems"].([]any)
	for _, p := range prefix {
		out = append(out, m.value(p, depth+1))
	}
	least := int(num(s, "minItems", 0))
	if m.full && least == 0 && s["items"] != nil && depth < 3 {
		least = 1
	}
	for len(out) < min(least, maxItems) && depth < maxDepth {
		v := m.value(s["items"], depth+1)
		if unique, _ := s["uniqueItems"].(bool); unique {
			if n, ok := v.(float64); ok {
				v = n + float64(len(out))
			} else if t, ok := v.(string); ok {
				v = fmt.Sprint(t, len(out))
			}
		}
		out = append(out, v)
	}
	return out
}

func num(s map[string]any, keyword string, or float64) float64 {
	if n, ok := s[keyword].(float64); ok {
		return n
	}
	return or
}

// number returns a small number within the bounds of s.
func number(s map[string]any) any {
	step := num(s, "multipleOf", 0)
	if step == 0 && typeOf(s) == "integer" {
		step = 1
	}
	low := num(s, "minimum", math.Inf(-1))
	if e := num(s, "exclusiveMinimum", math.Inf(-1)); e >= low {
		low = above(e, step, num(s, "exclusiveMaximum", num(s, "maximum", math.Inf(1))))
	}
	high := num(s, "maximum", math.Inf(1))
	n := 1.0
	if step > 0 {
		n = math.Max(1, math.Ceil(1/step)) * step
	}
	if n > high || n >= num(s, "exclusiveMaximum", math.Inf(1)) {
		n = high
		if math.IsInf(high, 1) {
			n = num(s, "exclusiveMaximum", 1) - math.Max(step, 1)
		}
	}
	if n < low {
		n = low
	}
	if step > 0 {
		n = math.Ceil(n/step) * step
	}
	return n
}

// above returns a number a little above e and below high.
func above(e, step, high float64) float64 {
	if step > 0 {
		return (math.Floor(e/step) + 1) * step
	}
	if e+1 < high {
		return e + 1
	}
	return e + (high-e)/2
}

// formats are texts of each format.
var formats = map[string]string{
	"date-time": "2026-01-02T03:04:05Z", "date": "2026-01-02", "time": "03:04:05Z", "email": "someone@example.com", "hostname": "example.com",
	"ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "uuid": "123e4567-e89b-42d3-a456-426614174000", "uri": "https://example.com/", "uri-reference": "/x",
	"duration": "P1D", "regex": "a", "json-pointer": "/a",
}

// text returns a text that s accepts.
func text(s map[string]any) any {
	if f, ok := s["format"].(string); ok && formats[f] != "" {
		return formats[f]
	}
	least, most := int(num(s, "minLength", 0)), int(num(s, "maxLength", maxText))
	if p, ok := s["pattern"].(string); ok {
		if t, ok := matching(p, least, most); ok {
			return t
		}
	}
	t := "x"
	if most < 1 {
		t = ""
	}
	for len(t) < min(least, maxText) {
		t += "x"
	}
	return t
}

// Undeclared returns the names of members that the schema does not name, at any
// depth; nil where it names all, or the payload can't be read.
func (s *Shape) Undeclared(payload []byte) []string {
	var doc jsonscan.Doc
	if v := jsonscan.NewScanner(jsonscan.Limits{AllowPrototypeKeys: true, AllowCaseVariants: true}).Scan(payload, &doc); v.Code != jsonscan.Valid {
		return nil
	}
	values, ok := s.compiled.AppendUndeclared(nil, doc.Root())
	if !ok {
		return nil
	}
	var names []string
	for _, v := range values {
		names = append(names, memberName(&doc, v))
	}
	return names
}

// memberName returns the name that stands before a value of an object.
func memberName(doc *jsonscan.Doc, v jsonscan.Value) string {
	start, _ := v.Range()
	before := strings.TrimRight(string(doc.Source()[:start]), " \t\r\n:")
	end := strings.LastIndexByte(before, '"')
	if end < 0 {
		return "?"
	}
	return before[strings.LastIndexByte(before[:end], '"')+1 : end]
}
