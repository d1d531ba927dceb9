package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// maxList bounds every list of the file.
const maxList = 1000

// decode fills a file from its root mapping. What can't be filled in is a
// problem, and keeps its zero value.
func (d *document) decode(root *yaml.Node) file {
	var f file
	d.section(root, "", reflect.ValueOf(&f).Elem())
	return f
}

// section fills the struct v from a mapping.
func (d *document) section(n *yaml.Node, path string, v reflect.Value) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if d.problems.full() {
			d.problems.truncated = true
			return
		}
		at := join(path, key.Value)
		switch {
		case key.Tag == "!!merge":
			d.problemAt(nodePlace(key), at, "merge keys are not accepted", "write the settings out")
			continue
		case key.Kind != yaml.ScalarNode || key.Tag != "!!str":
			d.problemAt(nodePlace(key), path, "a key must be a word, not "+kindOf(key), "write key: value")
			continue
		case !d.plain(key, at):
			continue
		case seen[key.Value] > 0:
			d.problemAt(nodePlace(key), at, fmt.Sprintf("the key is here twice; line %d has it too", seen[key.Value]), "keep one of the two")
			continue
		}
		seen[key.Value] = key.Line
		field, ok := fieldOf(v.Type(), key.Value)
		if !ok {
			d.unknown(key, at, path, v.Type())
			continue
		}
		d.places[at] = nodePlace(key)
		d.value(value, at, v.FieldByIndex(field.Index), field.Tag)
	}
}

// value fills v, a field or an element of a list.
func (d *document) value(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if isExpression(v.Type()) && n.Style&yaml.TaggedStyle != 0 {
		d.problemAt(nodePlace(n), path, "what starts with an exclamation mark is a tag to YAML", "put the expression into quotes")
		return
	}
	if !d.plain(n, path) {
		return
	}
	if n.Kind == yaml.ScalarNode {
		d.places[path] = nodePlace(n)
		if n.Tag == "!!null" {
			d.problem(path, "there is no value", "write one, or remove the key")
			return
		}
	}
	switch {
	case v.Type() == reflect.TypeFor[rate]():
		d.rate(n, path, v.Addr().Interface().(*rate))
	case v.Type() == reflect.TypeFor[expression]():
		d.expression(n, path, v.Addr().Interface().(*expression))
	case v.Type() == reflect.TypeFor[setValue]():
		d.setValue(n, path, v.Addr().Interface().(*setValue))
	case v.Type() == reflect.TypeFor[schemaText]():
		d.schema(n, path, v.Addr().Interface().(*schemaText))
	case v.Kind() == reflect.Map:
		d.mapping(n, path, v, tag)
	case v.Kind() == reflect.Struct:
		if d.expect(n, yaml.MappingNode, path, "a section", "write its settings below it, or as {key: value}") {
			d.section(n, path, v)
		}
	case v.Kind() == reflect.Pointer:
		d.optional(n, path, v, tag)
	case v.Kind() == reflect.Slice:
		d.list(n, path, v, tag)
	default:
		d.scalar(n, path, v, tag)
	}
}

func (d *document) expect(n *yaml.Node, kind yaml.Kind, path, what, next string) bool {
	if n.Kind == kind {
		return true
	}
	d.problem(path, "must be "+what+", not "+kindOf(n), next)
	return false
}

// optional fills a section that may be absent.
func (d *document) optional(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if word := tag.Get("word"); word != "" && n.Kind == yaml.ScalarNode {
		if n.Value != tag.Get("empty") {
			v.Set(reflect.New(v.Type().Elem()))
			field, _ := fieldOf(v.Type().Elem(), word)
			d.value(n, join(path, word), v.Elem().FieldByIndex(field.Index), field.Tag)
		}
		return
	}
	if tag.Get("bool") != "" && n.Kind == yaml.ScalarNode {
		var on bool
		d.scalar(n, path, reflect.ValueOf(&on).Elem(), tag)
		if on {
			v.Set(reflect.New(v.Type().Elem()))
		}
		return
	}
	if d.expect(n, yaml.MappingNode, path, "a section", "write its settings below it, or as {key: value}") {
		v.Set(reflect.New(v.Type().Elem()))
		d.section(n, path, v.Elem())
	}
}

// mapping fills a map whose keys the author of the file chooses.
func (d *document) mapping(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if !d.expect(n, yaml.MappingNode, path, "a section", "write its settings below it, or as {key: value}") {
		return
	}
	if len(n.Content) > 2*maxList {
		d.problem(path, fmt.Sprintf("the section has more than %d entries", maxList), "shorten it")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := join(path, key.Value)
		if !d.name(key, at) {
			continue
		}
		if seen[key.Value] > 0 {
			d.problemAt(nodePlace(key), at, fmt.Sprintf("the key is here twice; line %d has it too", seen[key.Value]), "keep one of the two")
			continue
		}
		seen[key.Value] = key.Line
		// Package guard names the setting by the key as it is.
		d.places[at], d.places[path+"."+key.Value] = nodePlace(key), nodePlace(key)
		entry := reflect.New(v.Type().Elem()).Elem()
		d.value(value, at, entry, tag)
		if entry.Kind() == reflect.Pointer && entry.IsNil() {
			continue // a problem
		}
		v.SetMapIndex(reflect.ValueOf(key.Value), entry)
	}
}

// name reports whether key can be the name of an entry.
func (d *document) name(key *yaml.Node, at string) bool {
	switch {
	case key.Tag == "!!merge":
		d.problemAt(nodePlace(key), at, "merge keys are not accepted", "write the settings out")
	case key.Kind != yaml.ScalarNode || key.Tag != "!!str":
		d.problemAt(nodePlace(key), at, "a name must be text, not "+kindOf(key), "put it into quotes")
	case key.Value == "" || len(key.Value) > maxName || strings.ContainsFunc(key.Value, unicode.IsControl):
		d.problemAt(nodePlace(key), at, fmt.Sprintf("a name must have 1 to %d bytes, and no control characters", maxName), "correct the name")
	default:
		return d.plain(key, at)
	}
	return false
}

// maxName bounds the names that the author of the file chooses.
const maxName = 200

func (d *document) list(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if !d.expect(n, yaml.SequenceNode, path, "a list", "write [value], or one value on a line after a dash") {
		return
	}
	if len(n.Content) > maxList {
		d.problem(path, fmt.Sprintf("the list has more than %d entries", maxList), "shorten it")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	seen := map[string]bool{}
	for i, c := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		d.places[at] = nodePlace(c)
		d.value(c, at, v.Index(i), tag)
		if c.Kind == yaml.ScalarNode && seen[c.Value] && !d.problems.touch(at) {
			d.problem(at, "the entry is here twice", "keep one of the two")
		}
		seen[c.Value] = true
	}
}

// scalar fills a field that is one word of the file.
func (d *document) scalar(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	want := wordFor(v.Type())
	if n.Kind != yaml.ScalarNode {
		d.problem(path, "must be "+want+", not "+kindOf(n), "write one value")
		return
	}
	var err *wordError
	switch p := v.Addr().Interface().(type) {
	case *string:
		*p, err = parseText(n)
	case *redisAddress:
		var text string
		text, err = parseText(n)
		*p = redisAddress(text)
	case *bool:
		*p, err = parseBool(n)
	case *int:
		*p, err = parseCount(n)
	case *time.Duration:
		*p, err = parseDuration(n.Value)
	case *byteSize:
		*p, err = parseSize(n)
	}
	if err == nil {
		err = inBounds(v, tag, strings.Contains(path, "limits."))
	}
	if err != nil {
		d.problem(path, err.reason, err.next)
	}
}

// rate fills a rate from 60/1m or {rate: 60/1m, burst: 20}.
func (d *document) rate(n *yaml.Node, path string, r *rate) {
	var long struct {
		Rate  string `yaml:"rate"`
		Burst int    `yaml:"burst" min:"1" max:"1000000"`
	}
	text := n.Value
	switch n.Kind {
	case yaml.MappingNode:
		d.section(n, path, reflect.ValueOf(&long).Elem())
		text = long.Rate
		if !d.has(join(path, "rate")) {
			d.problem(path, "the rate is missing", "write {rate: 60/1m, burst: 20}")
		}
		if d.problems.touch(path) {
			return
		}
	case yaml.SequenceNode:
		d.problem(path, "must be a rate, not a list", "write a rate such as 60/1m")
		return
	}
	parsed, err := parseRate(text)
	if err == nil {
		parsed.burst = long.Burst
		err = parsed.check()
	}
	if err != nil {
		d.problem(path, err.reason, err.next)
		return
	}
	*r = parsed
}

// fieldOf returns the field of the struct type that the key names.
func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for f := range t.Fields() {
		if f.Tag.Get("yaml") == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for f := range t.Fields() {
		keys = append(keys, f.Tag.Get("yaml"))
	}
	return keys
}

// join appends a key to a path. A key that is no word is quoted and bounded.
func join(path, key string) string {
	plain := key != "" && len(key) <= 64 && !slices.ContainsFunc([]byte(key), func(c byte) bool {
		return c != '_' && c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z')
	})
	if !plain {
		key = strconv.Quote(clip(key))
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// clip bounds input that a message quotes.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}
