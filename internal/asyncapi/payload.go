package asyncapi

import (
	"encoding/json"
	"mime"
	"regexp"
	"strings"
)

// dialect is a draft of JSON Schema.
type dialect int

const (
	// draft07 is also what the schemas of AsyncAPI itself extend.
	draft07 dialect = iota
	draft2020
)

const formatsNext = "write application/schema+json;version=draft-07, application/schema+json;version=draft-2020-12, or leave schemaFormat out"

var asyncapiFormat = regexp.MustCompile(`^[23]\.[0-9]{1,2}\.[0-9]{1,3}$`)

// payload returns the schema of a payload as one JSON Schema of draft 2020-12.
// format is the message's schemaFormat, which only version 2 has.
func (rd *reader) payload(n, format node) ([]byte, bool) {
	t, ok := rd.schemaTarget(n)
	if !ok {
		return nil, false
	}
	if _, isMulti := t.step("schemaFormat"); isMulti && rd.version == 3 {
		m, ok := rd.object(t.node, "a schema with a format", "schemaFormat", "schema")
		if !ok {
			return nil, false
		}
		schema, ok := m["schema"]
		if !ok {
			rd.problem(t.node, "there is a schemaFormat, but no schema")
			return nil, false
		}
		format = m["schemaFormat"]
		if t, ok = rd.schemaTarget(schema); !ok {
			return nil, false
		}
	}
	d, ok := rd.dialect(format)
	if !ok {
		return nil, false
	}
	w := &writer{loader: rd.loader, defs: map[string]any{}, names: map[defKey]string{}}
	if d, ok = w.across(n, t, d); !ok {
		return nil, false
	}
	out, ok := w.schema(t.node, d)
	if !ok {
		return nil, false
	}
	if len(w.defs) > 0 {
		object, isObject := out.(map[string]any)
		if !isObject {
			panic("asyncapi: only an object has references")
		}
		object["$defs"] = w.defs
	}
	text, err := json.Marshal(out)
	if err != nil {
		rd.problem(t.node, "the schema can't be written as JSON: %v", err)
		return nil, false
	}
	return text, true
}

// schemaTarget returns the schema that n is or refers to. A reference with
// other members beside it stays, for [writer.schema] to judge.
func (rd *reader) schemaTarget(n node) (target, bool) {
	t := target{node: n}
	for range maxHops {
		ref, ok := reference(t.node)
		if !ok || len(t.Content) > 2 {
			return t, true
		}
		if t, ok = rd.resolve(ref); !ok {
			return t, false
		}
	}
	rd.problem(n, "the payload is a reference that leads in a circle, or over more than %d others", maxHops)
	return t, false
}

// dialect reads a schemaFormat.
func (rd *reader) dialect(format node) (dialect, bool) {
	if format.Node == nil {
		return draft07, true
	}
	text, ok := rd.text(format, "schemaFormat")
	if !ok {
		return 0, false
	}
	kind, params, err := mime.ParseMediaType(text)
	version := params["version"]
	switch base, _, _ := strings.Cut(kind, "+"); {
	case err != nil:
	case base == "application/schema" && version == "draft-07":
		return draft07, true
	case base == "application/schema" && (version == "draft-2020-12" || version == "2020-12"):
		return draft2020, true
	case base == "application/vnd.aai.asyncapi" && asyncapiFormat.MatchString(version):
		return draft07, true
	}
	rd.problem(format, "schemas of the format %q are not supported: %s", clip(text), formatsNext)
	return 0, false
}
