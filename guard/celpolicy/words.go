package celpolicy

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
)

var (
	undefinedField = regexp.MustCompile(`^undefined field '(.*)'$`)
	undeclared     = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	noOverload     = regexp.MustCompile(`^found no matching overload for '(.*)' applied to '(.*)'$`)
	syntax         = regexp.MustCompile(`(?s)^Syntax error: (.*)$`)
	operator       = regexp.MustCompile(`^_?(==|!=|<=|>=|<|>|&&|\|\||\+|-|\*|/|%|!|in|@in|\[_\]|\?_:_)_?$`)
	path           = regexp.MustCompile(`[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*$`)
)

// words says in plain words what the type checker said, and what to do. What
// precedes the place in the expression tells which object lacks a field.
func (e *Environment) words(message, before string) (reason, next string) {
	if m := undefinedField.FindStringSubmatch(message); m != nil {
		return e.missing(m[1], path.FindString(before))
	}
	if m := undeclared.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("there is no variable or function %q", m[1]), "the variables are message, session, conn and envelope; text stands in quotes"
	}
	if m := noOverload.FindStringSubmatch(message); m != nil {
		name := m[1]
		if op := operator.FindStringSubmatch(name); op != nil {
			name = strings.TrimPrefix(op[1], "@")
		}
		return fmt.Sprintf("%s can't be applied to %s", name, m[2]), "compare values of one type, or convert one with int(), double() or string()"
	}
	if m := syntax.FindStringSubmatch(message); m != nil {
		what, _, _ := strings.Cut(m[1], " expecting ")
		return "it can't be read: " + what, "see docs/configuration.md for how expressions are written"
	}
	return message, ""
}

// missing explains that the value at the path owner has no field of that name.
func (e *Environment) missing(field, owner string) (reason, next string) {
	root, rest, _ := strings.Cut(owner, ".")
	var names []string
	switch root {
	case varSession:
		names = slices.Sorted(maps.Keys(attributes[typeSession]))
	case varConn:
		names = slices.Sorted(maps.Keys(attributes[typeConn]))
	case varMessage:
		s := e.root
		for step := range strings.SplitSeq(rest, ".") {
			if step != "" {
				s = s.member(step)
			}
		}
		names = s.names()
		if len(names) > 0 {
			return fmt.Sprintf("the schema declares no field %q of %s", field, owner), fieldsAre(names)
		}
	}
	if len(names) == 0 {
		return fmt.Sprintf("there is no field %q", field), ""
	}
	return fmt.Sprintf("%s has no field %q", owner, field), fieldsAre(names)
}

func fieldsAre(names []string) string {
	const most = 20
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "…")
	}
	return "its fields are " + strings.Join(names, ", ")
}

// before returns what precedes a place in the source, on its line.
func before(source string, p Problem) string {
	for range p.Line - 1 {
		_, source, _ = strings.Cut(source, "\n")
	}
	line, _, _ := strings.Cut(source, "\n")
	runes := []rune(line)
	return string(runes[:min(p.Column-1, len(runes))])
}

// typeName spells a type as an author of expressions knows it.
func typeName(t *cel.Type) string { return t.String() }

// isJSON reports whether values of the type can be written as JSON. Of a dynamic
// one that shows when it is evaluated.
func isJSON(t *cel.Type) bool {
	switch t.Kind() {
	case cel.DynKind, cel.AnyKind, cel.BoolKind, cel.IntKind, cel.UintKind, cel.DoubleKind, cel.StringKind, cel.NullTypeKind, cel.TimestampKind:
		return true
	case cel.ListKind, cel.MapKind:
		for _, p := range t.Parameters() {
			if !isJSON(p) {
				return false
			}
		}
		return true
	case cel.StructKind:
		return attributes[t.TypeName()] == nil
	}
	return false
}
