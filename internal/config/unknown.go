package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

var indexes = regexp.MustCompile(`\[[0-9]+\]`)

// pattern returns the path without its indexes.
func pattern(path string) string { return indexes.ReplaceAllString(path, "[]") }

// unknown reports a key that the section does not have, with what was probably
// meant.
func (d *document) unknown(key *yaml.Node, at, section string, t reflect.Type) {
	keys := keysOf(t)
	next := "the keys here are " + strings.Join(keys, ", ")
	if k := nearest(key.Value, keys); k != "" {
		next = fmt.Sprintf("did you mean %s?", k)
		d.problems.meant = append(d.problems.meant, join(section, k))
	} else if elsewhere := homes(key.Value); len(elsewhere) > 0 {
		next = "it belongs in " + orList(elsewhere)
	}
	d.problemAt(nodePlace(key), at, "unknown key", next)
}

// nearest returns the word that is a slip of the finger away from s, else "".
func nearest(s string, words []string) string {
	if len(s) > 40 {
		return ""
	}
	best, at := "", 1+len(s)/3
	for _, w := range words {
		if n := distance(strings.ToLower(strings.ReplaceAll(s, "-", "_")), w); n < at || n == at && best == "" {
			best, at = w, n
		}
	}
	return best
}

// distance is the number of letters to change, insert, remove or swap with the
// next to make b of a.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			differ := 1
			if a[i-1] == b[j-1] {
				differ = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// homes returns the sections that have a key of this name.
func homes(key string) []string {
	var out []string
	eachKey(reflect.TypeFor[file](), "", func(path string, _ reflect.StructField) {
		section, last := "the top level", path
		if i := strings.LastIndexByte(path, '.'); i >= 0 {
			section, last = path[:i], path[i+1:]
		}
		if strings.TrimSuffix(last, "[]") == key && !slices.Contains(out, section) {
			out = append(out, section)
		}
	})
	return out
}

// eachKey calls f for every key of the file in its order; in paths [] stands
// for an index.
func eachKey(t reflect.Type, path string, f func(path string, field reflect.StructField)) {
	for field := range t.Fields() {
		at := join(path, field.Tag.Get("yaml"))
		f(at, field)
		inner := field.Type
		switch inner.Kind() {
		case reflect.Slice:
			inner, at = inner.Elem(), at+"[]"
		case reflect.Map:
			inner, at = inner.Elem(), at+"."+anyName
		}
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if isSection(inner) {
			eachKey(inner, at, f)
		}
	}
}

// anyName stands for a name that the author of the file chooses.
const anyName = "NAME"

// isSection reports whether values of the type are sections of the file: structs
// that are not written as one value.
func isSection(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[rate](), reflect.TypeFor[expression](), reflect.TypeFor[setValue](), reflect.TypeFor[schemaText]():
		return false
	}
	return t.Kind() == reflect.Struct
}
