package celpolicy

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// facts is what the schemas that surely apply to a value say of it.
type facts struct {
	types      []string // nil if not restricted
	properties map[string][]any
	additional any // of additionalProperties or unevaluatedProperties, if it is more than true or false
	patterns   bool
	items      any
	prefix     bool
	most       map[string]int // by the keyword: each bounds values of one type alone
	vague      bool           // alternatives declare what else the value may be
}

// gather adds what a schema says.
func (r *reader) gather(schema any, f *facts, depth int) {
	m, ok := schema.(map[string]any)
	if !ok {
		return
	}
	if depth > maxSchemaDepth {
		f.vague = true
		return
	}
	f.restrict(typesOf(m))
	f.members(m)
	f.alternatives(m)
	for _, s := range list(m["allOf"]) {
		r.gather(s, f, depth+1)
	}
	if to, ok := m["$ref"].(string); ok {
		r.follow(to, f, depth)
	}
}

// follow gathers from a schema that is referred to; only those of the same
// document are known here.
func (r *reader) follow(to string, f *facts, depth int) {
	target, ok := r.lookup(to)
	if !ok || r.open[to] {
		f.vague = true
		return
	}
	r.open[to] = true
	r.gather(target, f, depth+1)
	delete(r.open, to)
}

// lookup returns what a reference within the document leads to.
func (r *reader) lookup(to string) (any, bool) {
	pointer, ok := strings.CutPrefix(to, "#")
	if !ok || pointer != "" && pointer[0] != '/' || strings.Contains(pointer, "%") {
		return nil, false
	}
	at := r.root
	for pointer != "" {
		var name string
		name, pointer, _ = strings.Cut(pointer[1:], "/")
		if pointer != "" {
			pointer = "/" + pointer
		}
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		switch in := at.(type) {
		case map[string]any:
			if at, ok = in[name]; !ok {
				return nil, false
			}
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(in) {
				return nil, false
			}
			at = in[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// members adds what the keywords about parts and sizes say.
func (f *facts) members(m map[string]any) {
	if p, ok := m["properties"].(map[string]any); ok {
		for name, s := range p {
			f.properties[name] = append(f.properties[name], s)
		}
	}
	if p, ok := m["patternProperties"].(map[string]any); ok && len(p) > 0 {
		f.patterns = true
	}
	for _, key := range []string{"additionalProperties", "unevaluatedProperties"} {
		if s, ok := m[key].(map[string]any); ok && len(s) > 0 {
			f.additional = s
		}
	}
	if items, ok := m["items"]; ok {
		f.items = items
	}
	if _, ok := m["prefixItems"]; ok {
		f.prefix = true
	}
	for _, key := range []string{"maxLength", "maxItems", "maxProperties"} {
		if n, ok := m[key].(json.Number); ok {
			if i, err := strconv.Atoi(string(n)); err == nil && i > 0 && (f.most[key] == 0 || i < f.most[key]) {
				f.most[key] = i
			}
		}
	}
}

// alternatives notes that the value may be what only one of several schemas
// declares.
func (f *facts) alternatives(m map[string]any) {
	all := append(list(m["anyOf"]), list(m["oneOf"])...)
	all = append(all, m["if"], m["then"], m["else"])
	if dependents, ok := m["dependentSchemas"].(map[string]any); ok {
		for _, s := range dependents {
			all = append(all, s)
		}
	}
	for _, s := range all {
		f.vague = f.vague || declares(s)
	}
	if _, ok := m["$dynamicRef"]; ok {
		f.vague = true
	}
}

// declares reports whether an alternative says more than which members there are.
func declares(schema any) bool {
	m, ok := schema.(map[string]any)
	if !ok {
		return false
	}
	for _, key := range []string{
		"type", "const", "enum", "properties", "patternProperties", "additionalProperties", "unevaluatedProperties",
		"items", "prefixItems", "anyOf", "oneOf", "allOf", "if", "then", "else", "dependentSchemas", "$ref", "$dynamicRef",
	} {
		if _, ok := m[key]; ok {
			return true
		}
	}
	return false
}

// restrict narrows the types down to those that are listed; nil lists all.
func (f *facts) restrict(names []string) {
	if names == nil {
		return
	}
	if f.types == nil {
		f.types = names
		return
	}
	integer := slices.Contains(f.types, "integer") && slices.Contains(names, "number") ||
		slices.Contains(f.types, "number") && slices.Contains(names, "integer")
	f.types = slices.DeleteFunc(slices.Clone(f.types), func(t string) bool { return !slices.Contains(names, t) })
	if integer && !slices.Contains(f.types, "number") && !slices.Contains(f.types, "integer") {
		f.types = append(f.types, "integer")
	}
}

// kind returns the one type that the value has, besides null; empty if it may
// have several.
func (f *facts) kind() (only string, nullable bool) {
	kinds := slices.Clone(f.types)
	if i := slices.Index(kinds, "null"); i >= 0 {
		nullable = true
		kinds = slices.Delete(kinds, i, i+1)
	}
	if slices.Contains(kinds, "number") {
		kinds = slices.DeleteFunc(kinds, func(t string) bool { return t == "integer" })
	}
	if len(kinds) != 1 {
		return "", nullable
	}
	return kinds[0], nullable
}

// typesOf returns the types that a schema allows by type, const or enum; nil if
// it restricts nothing.
func typesOf(m map[string]any) []string {
	switch t := m["type"].(type) {
	case string:
		return []string{t}
	case []any:
		names := []string{}
		for _, name := range t {
			if s, ok := name.(string); ok && !slices.Contains(names, s) {
				names = append(names, s)
			}
		}
		return names
	}
	values, ok := m["enum"].([]any)
	if c, is := m["const"]; is {
		values, ok = []any{c}, true
	}
	if !ok {
		return nil
	}
	names := []string{}
	for _, v := range values {
		if name := typeOf(v); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// typeOf returns the type of a value of an enumeration. A number that is not
// written as an integer makes the value a number.
func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case json.Number:
		if _, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}
