package config

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
)

// withTypeField returns a schema of the payload that also declares the field that
// names the type of a JSON message. The rule was found by that field, so that a
// schema which forgets it would refuse every message, and dropping what it does not
// declare would leave the reader without the type.
func (p *policy) withTypeField(schema []byte, drops bool) []byte {
	if p.dialect != "json" {
		return schema // the payload lies beside the type
	}
	return declare(schema, strings.Split(cmp.Or(p.from.Type, "type"), "."), drops)
}

// declare adds the member at a path of names to the members that a schema names, if
// it would be refused or, where drops says so, dropped.
func declare(schema []byte, path []string, drops bool) []byte {
	var s, properties map[string]json.RawMessage
	if json.Unmarshal(schema, &s) != nil || s == nil {
		return schema
	}
	if named, ok := s["properties"]; ok && json.Unmarshal(named, &properties) != nil {
		return schema // which is no schema
	}
	inner, named := properties[path[0]]
	switch {
	case named && len(path) > 1:
		inner = declare(inner, path[1:], drops)
	case named || len(path) > 1 || !closed(s, drops):
		return schema
	default:
		inner = json.RawMessage("true")
	}
	if properties == nil {
		properties = map[string]json.RawMessage{}
	}
	properties[path[0]] = inner
	return marshal(s, properties, schema)
}

// closed reports whether members that a schema does not name are judged otherwise
// than those that it names.
func closed(s map[string]json.RawMessage, drops bool) bool {
	for _, key := range []string{"additionalProperties", "unevaluatedProperties"} {
		if v, ok := s[key]; ok && !bytes.Equal(bytes.TrimSpace(v), []byte("true")) {
			return true
		}
	}
	return drops && (s["properties"] != nil || s["patternProperties"] != nil)
}

// marshal writes a schema with other properties, or the old one if that can't be.
func marshal(s, properties map[string]json.RawMessage, old []byte) []byte {
	named, err := json.Marshal(properties)
	if err != nil {
		return old
	}
	s["properties"] = named
	if text, err := json.Marshal(s); err == nil {
		return text
	}
	return old
}
