package asyncapi

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// writer writes one schema, and what it refers to, as a schema of draft 2020-12.
type writer struct {
	*loader
	defs  map[string]any
	names map[defKey]string
}

// defKey is a schema that something refers to, as read by a draft.
type defKey struct {
	target  string
	dialect dialect
}

// form is what the value of a keyword is.
type form int

const (
	unknown    form = iota
	annotation      // describes only, and is left out
	value           // any value, as it is
	number          // a number
	schema          // a schema
	schemas         // a list of schemas
	named           // schemas by name
	special         // has a function of its own
)

// common are the keywords that mean the same in both drafts.
var common = map[string]form{
	"title": annotation, "description": annotation, "default": annotation, "examples": annotation, "$comment": annotation,
	"readOnly": annotation, "writeOnly": annotation, "deprecated": annotation, "externalDocs": annotation,
	"contentEncoding": annotation, "contentMediaType": annotation,
	// What is in them counts only where something refers to it.
	"definitions": annotation, "$defs": annotation,

	"type": value, "enum": value, "const": value, "pattern": value, "required": value, "format": value, "uniqueItems": value,
	"multipleOf": number, "maximum": number, "minimum": number, "exclusiveMaximum": number, "exclusiveMinimum": number,
	"maxLength": number, "minLength": number, "maxItems": number, "minItems": number, "maxProperties": number, "minProperties": number,

	"not": schema, "if": schema, "then": schema, "else": schema, "contains": schema,
	"additionalProperties": schema, "propertyNames": schema,
	"allOf": schemas, "anyOf": schemas, "oneOf": schemas,
	"properties": named, "patternProperties": named,

	"$ref": special, "$schema": special, "$id": special, "items": special,
}

// own are the keywords of one draft alone.
var own = map[dialect]map[string]form{
	draft07: {"additionalItems": special, "dependencies": special},
	draft2020: {
		"prefixItems": schemas, "dependentSchemas": named, "dependentRequired": value, "minContains": number, "maxContains": number,
		"unevaluatedItems": schema, "unevaluatedProperties": schema, "contentSchema": annotation,
	},
}

// whyNot says more about keywords that are known and refused.
var whyNot = map[string]string{
	"discriminator": "write oneOf with a const in each schema",
	"nullable":      `add "null" to the type`,
	"id":            "it is of draft 4; references are resolved by file and pointer",
	"$anchor":       "refer by pointer, such as #/components/schemas/order",
	"example":       "write examples",
}

func formOf(keyword string, d dialect) form {
	if f, ok := common[keyword]; ok {
		return f
	}
	if f, ok := own[d][keyword]; ok {
		return f
	}
	if strings.HasPrefix(keyword, "x-") {
		return annotation
	}
	return unknown
}

// maxWork bounds how many values of schemas are written for one document: many
// messages may share large schemas.
const maxWork = 2_000_000

// schema writes the schema n.
func (w *writer) schema(n node, d dialect) (any, bool) {
	if w.work++; w.work > maxWork {
		w.problem(n, "the schemas of the document come to more than %d values", maxWork)
		return nil, false
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		return w.value(n)
	}
	if _, ok := w.mapping(n, "a schema"); !ok {
		return nil, false
	}
	d, ok := w.declared(n, d)
	if !ok {
		return nil, false
	}
	if _, isRef := reference(n); isRef && d == draft07 && !w.alone(n) {
		return nil, false
	}
	out := map[string]any{}
	all := true
	for key, v := range n.members() {
		all = w.keyword(out, n, key, v, d) && all
	}
	return out, all
}

// declared returns the draft of the schema n: the one that it or the file that
// it stands in names, else d.
func (w *writer) declared(n node, d dialect) (dialect, bool) {
	v, ok := n.step("$schema")
	if !ok {
		return d, true
	}
	switch strings.TrimSuffix(v.Value, "#") {
	case "http://json-schema.org/draft-07/schema":
		return draft07, true
	case "https://json-schema.org/draft/2020-12/schema":
		return draft2020, true
	}
	w.problem(v, "schemas by %q are not supported: write them in draft-07 or 2020-12", clip(v.Value))
	return d, false
}

// across returns the draft of a schema that a reference from another file leads
// to: the one that the other file names, else d.
func (w *writer) across(from node, t target, d dialect) (dialect, bool) {
	if t.file == from.file {
		return d, true
	}
	return w.declared(t.file.top, d)
}

// alone reports whether nothing that counts stands beside the $ref of n, which
// draft-07 ignores.
func (w *writer) alone(n node) bool {
	for key := range n.members() {
		if key.Value != "$ref" && formOf(key.Value, draft07) != annotation {
			w.problem(key, "%q stands beside a $ref, where draft-07 ignores it: put both into allOf", clip(key.Value))
			return false
		}
	}
	return true
}

// keyword writes one keyword of the schema n.
func (w *writer) keyword(out map[string]any, n, key, v node, d dialect) bool {
	name := key.Value
	var ok bool
	switch formOf(name, d) {
	case annotation:
		return true
	case value:
		out[name], ok = w.value(v)
	case number:
		if v.Tag != "!!int" && v.Tag != "!!float" {
			w.problem(v, "%s must be a number, not %s", name, kindOf(v))
			return false
		}
		out[name], ok = w.value(v)
	case schema:
		out[name], ok = w.schema(v, d)
	case schemas:
		out[name], ok = w.schemas(v, name, d)
	case named:
		out[name], ok = w.named(v, name, d)
	case special:
		ok = w.special(out, n, name, v, d)
	default:
		w.unknown(key, d)
	}
	return ok
}

func (w *writer) unknown(key node, d dialect) {
	reason := fmt.Sprintf("the keyword %q is not supported", clip(key.Value))
	switch next, ok := whyNot[key.Value]; {
	case ok:
		reason += ": " + next
	case formOf(key.Value, draft2020) != unknown:
		reason += " in draft-07, which AsyncAPI uses: name draft-2020-12 as schemaFormat"
	case formOf(key.Value, draft07) != unknown:
		reason += " in draft 2020-12"
	}
	w.problem(key, "%s", reason)
}

func (w *writer) special(out map[string]any, n node, name string, v node, d dialect) bool {
	switch name {
	case "$schema":
		return true // read before
	case "$id":
		if n.Node == n.file.top.Node {
			return true // references within the file mean the same with and without it
		}
		w.problem(v, "$id within a document is not supported: references are resolved by file and pointer")
		return false
	case "$ref":
		return w.reference(out, v, d)
	case "items":
		return w.items(out, n, v, d)
	case "additionalItems":
		return w.additionalItems(out, n, v, d)
	}
	return w.dependencies(out, v, d)
}

// reference writes a $ref, and its target as a definition, once.
func (w *writer) reference(out map[string]any, ref node, d dialect) bool {
	t, ok := w.resolve(ref)
	if !ok {
		return false
	}
	if d, ok = w.across(ref, t, d); !ok {
		return false
	}
	key := defKey{t.key(), d}
	name, known := w.names[key]
	if !known {
		name = w.newName(t.name())
		w.names[key] = name
		w.defs[name] = nil // takes the name while its own references are written
		if w.defs[name], ok = w.schema(t.node, d); !ok {
			return false
		}
	}
	out["$ref"] = "#/$defs/" + name
	return true
}

var notPlain = regexp.MustCompile(`[^A-Za-z0-9_.-]+`)

// newName returns a name for a definition that needs no escape in a reference.
func (w *writer) newName(wish string) string {
	wish = notPlain.ReplaceAllString(wish, "_")
	name := wish
	for i := 2; ; i++ {
		if _, taken := w.defs[name]; !taken {
			return name
		}
		name = fmt.Sprintf("%s_%d", wish, i)
	}
}

func (w *writer) schemas(n node, name string, d dialect) ([]any, bool) {
	list, all := w.list(n, name)
	var out []any
	for _, v := range list {
		s, ok := w.schema(v, d)
		out, all = append(out, s), all && ok
	}
	return out, all
}

func (w *writer) named(n node, name string, d dialect) (map[string]any, bool) {
	_, all := w.mapping(n, name)
	out := map[string]any{}
	for key, v := range n.members() {
		s, ok := w.schema(v, d)
		out[key.Value], all = s, all && ok
	}
	return out, all
}

// items writes what 2020-12 says in prefixItems if it is a list in draft-07.
func (w *writer) items(out map[string]any, n, v node, d dialect) (ok bool) {
	if d == draft07 && v.Kind == yaml.SequenceNode {
		if len(v.Content) == 0 {
			return true // prefixItems must not be empty, and this says nothing
		}
		out["prefixItems"], ok = w.schemas(v, "items", d)
		return ok
	}
	out["items"], ok = w.schema(v, d)
	return ok
}

// additionalItems writes the items behind those of a list; beside anything but
// a list it means nothing in draft-07.
func (w *writer) additionalItems(out map[string]any, n, v node, d dialect) (ok bool) {
	items, there := n.step("items")
	if !there || items.Kind != yaml.SequenceNode {
		return true
	}
	out["items"], ok = w.schema(v, d)
	return ok
}

// dependencies writes what 2020-12 has two keywords for.
func (w *writer) dependencies(out map[string]any, n node, d dialect) bool {
	_, all := w.mapping(n, "dependencies")
	required, sub := map[string]any{}, map[string]any{}
	for key, v := range n.members() {
		var ok bool
		if v.Kind == yaml.SequenceNode {
			required[key.Value], ok = w.value(v)
		} else {
			sub[key.Value], ok = w.schema(v, d)
		}
		all = all && ok
	}
	if len(required) > 0 {
		out["dependentRequired"] = required
	}
	if len(sub) > 0 {
		out["dependentSchemas"] = sub
	}
	return all
}
