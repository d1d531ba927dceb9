package celpolicy

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A schema declares types down to this depth, and of so many values. What is
// beyond is typed when it is read.
const (
	maxSchemaDepth = 12
	maxShapes      = 4096
)

// shapeOf reads the types that a JSON Schema declares for a message. Where
// several schemas are alternatives to each other, the value has no declared type.
// A schema that can't be read declares nothing: whoever compiles it says what is
// wrong.
func shapeOf(schema []byte) *shape {
	d := json.NewDecoder(bytes.NewReader(schema))
	d.UseNumber()
	r := reader{open: map[string]bool{}, done: map[string]*shape{}}
	if d.Decode(&r.root) != nil {
		return anyShape
	}
	return r.shape(r.root, "Message", 0)
}

// reader walks a decoded schema.
type reader struct {
	root  any
	open  map[string]bool   // references that are being followed for one value
	done  map[string]*shape // of values that are nothing but a reference
	count int
}

// shape returns what a schema declares. name is that of its type, if it gets one.
func (r *reader) shape(schema any, name string, depth int) *shape {
	if r.count++; depth > maxSchemaDepth || r.count > maxShapes {
		return anyShape
	}
	to, pure := referenceOf(schema)
	if !pure {
		s := r.read(schema, name, depth)
		return &s
	}
	// A schema may refer to itself: the shape is known before it is read.
	if s, ok := r.done[to]; ok {
		return s
	}
	s := &shape{}
	r.done[to] = s
	*s = r.read(schema, name, depth)
	return s
}

// referenceOf returns where a schema that is nothing but a reference leads.
func referenceOf(schema any) (to string, pure bool) {
	m, ok := schema.(map[string]any)
	if !ok || len(m) != 1 {
		return "", false
	}
	to, pure = m["$ref"].(string)
	return to, pure
}

func (r *reader) read(schema any, name string, depth int) shape {
	f := facts{properties: map[string][]any{}, most: map[string]int{}}
	r.gather(schema, &f, 0)
	if f.vague {
		return shape{}
	}
	// The dialects hand over objects, unless the schema says otherwise.
	if depth == 0 && f.types == nil && len(f.properties) > 0 {
		f.types = []string{"object"}
	}
	only, nullable := f.kind()
	switch {
	case only == "boolean":
		return shape{kind: kindBool, nullable: nullable}
	case only == "integer":
		return shape{kind: kindInt, nullable: nullable}
	case only == "number":
		return shape{kind: kindDouble, nullable: nullable}
	case only == "string":
		return shape{kind: kindString, nullable: nullable, most: f.most["maxLength"]}
	case only == "array" && !nullable:
		return r.list(&f, name, depth)
	case only == "object" && !nullable:
		return r.object(&f, name, depth)
	}
	return shape{}
}

func (r *reader) list(f *facts, name string, depth int) shape {
	s := shape{kind: kindList, element: anyShape, most: f.most["maxItems"]}
	if f.items != nil && !f.prefix {
		s.element = r.shape(f.items, name+".items", depth+1)
	}
	return s
}

func (r *reader) object(f *facts, name string, depth int) shape {
	switch {
	case len(f.properties) > 0 && !f.patterns && f.additional == nil:
		s := shape{kind: kindObject, name: name, fields: map[string]*shape{}}
		for _, key := range slices.Sorted(maps.Keys(f.properties)) {
			s.fields[key] = r.field(f.properties[key], name+"."+step(key), depth+1)
		}
		return s
	case len(f.properties) == 0 && !f.patterns && f.additional != nil:
		return shape{kind: kindMap, element: r.shape(f.additional, name+".values", depth+1), most: f.most["maxProperties"]}
	}
	return shape{kind: kindMap, element: anyShape, most: f.most["maxProperties"]}
}

// step returns a key as part of the name of a type: one that holds a dot must not
// be taken for two.
func step(key string) string {
	if strings.ContainsAny(key, `."`) {
		return strconv.Quote(key)
	}
	return key
}

// field reads a member that several schemas may describe: all of them apply.
func (r *reader) field(schemas []any, name string, depth int) *shape {
	if len(schemas) == 1 {
		return r.shape(schemas[0], name, depth)
	}
	return r.shape(map[string]any{"allOf": schemas}, name, depth)
}
