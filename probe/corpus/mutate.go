package corpus

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// Mutation is a payload that breaks one rule of a schema.
type Mutation struct {
	// Keyword is the keyword of JSON Schema that is broken, such as "maxLength".
	Keyword string
	// Path is the path of the member that was changed, Text says how.
	Path, Text string
	Payload    []byte
}

// Unknown is the name of a member that no application has.
const Unknown = "wswarden_unknown_member"

// Mutations returns, for each rule of the schema that can be broken by a change
// of the valid payload from, a payload that breaks it. Members of keep, such as
// the one that names the type, are left alone.
func (s *Shape) Mutations(from map[string]any, keep ...string) []Mutation {
	m := &mutator{shape: s, from: from, keep: keep, maker: maker{s.root, true}}
	m.object(nil, s.root, from, 0)
	return m.out
}

type mutator struct {
	shape *Shape
	from  map[string]any
	keep  []string
	maker maker
	out   []Mutation
}

// maxMutations bounds what is made of one schema.
const maxMutations = 200

// object breaks the rules of one object and of its members.
func (m *mutator) object(path []string, schema any, at map[string]any, depth int) {
	s := m.maker.resolve(schema, 0)
	m.add(path, "additionalProperties", "has an undeclared member", with(at, Unknown, "x"), Unknown)
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if len(path) == 0 && slices.Contains(m.keep, name) {
			continue
		}
		v, present := at[name]
		if !present {
			continue
		}
		if slices.Contains(required, any(name)) {
			m.add(path, "required", "is missing", without(at, name), name)
		}
		m.member(path, name, m.maker.resolve(properties[name], 0), v, at)
		if inner, ok := v.(map[string]any); ok && depth < 3 {
			m.object(append(slices.Clone(path), name), properties[name], inner, depth+1)
		}
	}
}

// member breaks the rules of one member.
func (m *mutator) member(path []string, name string, s map[string]any, v any, at map[string]any) {
	put := func(keyword, how string, value any) { m.add(path, keyword, how, with(at, name, value), name) }
	if _, typed := s["type"]; typed {
		if _, isText := v.(string); isText {
			put("type", "is an object in place of a text", map[string]any{"$ne": nil})
		} else {
			put("type", "is a text in place of another type", "wswarden")
		}
	}
	if _, ok := s["const"]; ok {
		put("const", "is another value", "wswarden_other")
	}
	if _, ok := s["enum"]; ok {
		put("enum", "is none of the list", "wswarden_other")
	}
	switch v := v.(type) {
	case float64:
		m.number(s, put)
	case string:
		m.text(s, v, put)
	case []any:
		m.list(s, v, put)
	}
}

func (m *mutator) number(s map[string]any, put func(keyword, how string, value any)) {
	if n, ok := s["maximum"].(float64); ok {
		put("maximum", "is above the maximum", step(n, 1))
	}
	if n, ok := s["minimum"].(float64); ok {
		put("minimum", "is below the minimum", step(n, -1))
	}
	if n, ok := s["exclusiveMaximum"].(float64); ok {
		put("exclusiveMaximum", "is the exclusive maximum", n)
	}
	if n, ok := s["exclusiveMinimum"].(float64); ok {
		put("exclusiveMinimum", "is the exclusive minimum", n)
	}
	if n, ok := s["multipleOf"].(float64); ok {
		put("multipleOf", "is no multiple", n*1.5)
	}
	if typeOf(s) == "integer" {
		put("type", "has a fraction", num(s, "minimum", 1)+0.5)
	}
}

// step returns n changed by d, or by enough to be another number.
func step(n, d float64) float64 {
	if n+d != n {
		return n + d
	}
	return math.Nextafter(n, math.Inf(int(d)))
}

func (m *mutator) text(s map[string]any, v string, put func(keyword, how string, value any)) {
	if n, ok := s["maxLength"].(float64); ok && n < maxText {
		long := v
		if long == "" || s["pattern"] != nil || s["format"] != nil {
			long = "x"
		}
		put("maxLength", "is longer than allowed", strings.Repeat(long, int(n)/len(long)+1))
	}
	if n, ok := s["minLength"].(float64); ok && n > 0 {
		put("minLength", "is shorter than allowed", strings.Repeat("x", int(n)-1))
	}
	if _, ok := s["pattern"].(string); ok {
		for _, other := range []string{"\u00a7", "' -- ", "wswarden 1", "x", ""} {
			if m.breaks("pattern", put, "does not match the pattern", other) {
				break
			}
		}
	}
	if _, ok := s["format"].(string); ok {
		put("format", "is not of the format", "\u00a7 no such format")
	}
}

// breaks puts a value and reports whether it broke the keyword.
func (m *mutator) breaks(keyword string, put func(string, string, any), how string, value any) bool {
	before := len(m.out)
	put(keyword, how, value)
	return len(m.out) > before
}

func (m *mutator) list(s map[string]any, v []any, put func(keyword, how string, value any)) {
	var one any = "x"
	if len(v) > 0 {
		one = v[0]
	}
	if n, ok := s["maxItems"].(float64); ok && n < maxItems {
		long := make([]any, int(n)+1)
		for i := range long {
			long[i] = one
		}
		put("maxItems", "has more elements than allowed", long)
	}
	if n, ok := s["minItems"].(float64); ok && n > 0 {
		put("minItems", "has fewer elements than allowed", slices.Clone(v[:max(0, min(int(n)-1, len(v)))]))
	}
	if unique, _ := s["uniqueItems"].(bool); unique {
		put("uniqueItems", "has an element twice", []any{one, one})
	}
	if items, ok := s["items"].(map[string]any); ok && items["type"] != nil {
		var other any = "wswarden"
		if _, isText := one.(string); isText {
			other = map[string]any{"$ne": nil}
		}
		put("type", "has an element of another type", []any{other})
	}
}

// add keeps a payload in which the object at the path is changed, if the schema
// refuses it for the keyword.
func (m *mutator) add(path []string, keyword, how string, changed map[string]any, name string) {
	if len(m.out) >= maxMutations {
		return
	}
	payload := Encode(replaced(m.from, path, changed))
	got := m.shape.keyword(payload)
	switch {
	case got == "", got == "syntax":
		return
	case keyword == "pattern" && got != "pattern":
		return
	}
	full := strings.Join(append(slices.Clone(path), name), ".")
	m.out = append(m.out, Mutation{Keyword: keyword, Path: full, Text: fmt.Sprintf("%s %s", full, how), Payload: payload})
}

func with(object map[string]any, name string, v any) map[string]any {
	out := maps.Clone(object)
	out[name] = v
	return out
}

func without(object map[string]any, name string) map[string]any {
	out := maps.Clone(object)
	delete(out, name)
	return out
}

// replaced returns a copy of root in which the object at the path is another.
func replaced(root map[string]any, path []string, object map[string]any) map[string]any {
	if len(path) == 0 {
		return object
	}
	inner, ok := root[path[0]].(map[string]any)
	if !ok {
		return root
	}
	return with(root, path[0], replaced(inner, path[1:], object))
}

// With returns a copy of a payload in which the member at the path has a value;
// objects on the way are made.
func With(payload map[string]any, path string, v any) map[string]any {
	name, rest, deeper := strings.Cut(path, ".")
	if !deeper {
		return with(payload, name, v)
	}
	inner, ok := payload[name].(map[string]any)
	if !ok {
		inner = map[string]any{}
	}
	return with(payload, name, With(inner, rest, v))
}
