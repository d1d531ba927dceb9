package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
)

// applies reports whether the conditions of an effect on its arguments hold.
func (in *interp) applies(e *frameworks.Effect, c *callSpec) bool {
	for key, want := range e.If {
		if v := c.named(key); v == nil || !in.matches(v, want) {
			return false
		}
	}
	for key, not := range e.Unless {
		if v := c.named(key); v != nil && in.matches(v, not) {
			return false
		}
	}
	if e.Prefix != "" {
		if text, known := in.beginning(c, 0); known && !strings.HasPrefix(strings.TrimSpace(text), e.Prefix) {
			return false
		}
	}
	return !e.Statement || in.statement(c)
}

// named returns an argument by keyword, by position, or a field of an options
// object among the arguments, whose name may be dotted; nil where there is none.
func (c *callSpec) named(key string) *value {
	if len(key) == 1 && key[0] >= '0' && key[0] <= '9' {
		i := int(key[0] - '0')
		if i < len(c.args) {
			return c.args[i].v
		}
		return nil
	}
	if v, _ := c.keyword(key); v != nil {
		return v
	}
	head, rest, dotted := strings.Cut(key, ".")
	if dotted {
		if v := c.named(head); v != nil {
			return fieldNamed(v, rest)
		}
		return nil
	}
	for _, a := range c.args {
		if a.name != "" {
			continue
		}
		if v := fieldNamed(a.v, key); v != nil {
			return v
		}
	}
	return nil
}

// fieldNamed is a field of the objects that a value may be, by a dotted name.
func fieldNamed(v *value, key string) *value {
	head, rest, dotted := strings.Cut(key, ".")
	for _, o := range v.objects {
		if f := o.get(head); f != nil && !o.list {
			if dotted {
				return fieldNamed(f, rest)
			}
			return f
		}
	}
	return nil
}

// matches compares a value with literals, last segments of symbols, and forms.
func (in *interp) matches(v *value, want string) bool {
	for w := range strings.SplitSeq(want, "|") {
		switch w {
		case "*":
			return true
		case "{}":
			if v.form == "object" {
				return true
			}
			continue
		case "[]":
			if v.form == "list" {
				return true
			}
			continue
		}
		if s, ok := v.str(); ok && strings.EqualFold(s, w) {
			return true
		}
		if v.lit != nil && v.lit.kind == ir.Null && (strings.EqualFold(w, "null") || strings.EqualFold(w, "none") || w == "nil") {
			return true
		}
		if v.sym != "" && strings.TrimSuffix(lastSegment(v.sym), "()") == w {
			return true
		}
		for _, o := range v.objects {
			if !o.list {
				continue
			}
			for _, item := range o.items {
				if in.matches(item, w) {
					return true
				}
			}
			if len(o.items) == 0 && o.elem != nil && in.matches(o.elem, w) {
				return true
			}
		}
	}
	return false
}

// beginning is the literal text that an argument begins with.
func (in *interp) beginning(c *callSpec, i int) (string, bool) {
	if s, ok := c.at(i).str(); ok {
		return s, true
	}
	if i >= len(c.x.Args) {
		return "", false
	}
	x := c.x.Args[i].Value
	for {
		switch y := x.(type) {
		case *ir.Binary:
			x = y.X
		case *ir.Template:
			if len(y.Parts) == 0 {
				return "", false
			}
			x = y.Parts[0]
		case *ir.Lit:
			return y.Value, y.Kind == ir.String
		default:
			return "", false
		}
	}
}

// sqlWords begin statements.
var sqlWords = setOf("select insert update delete create drop alter with replace merge truncate pragma begin call exec set copy notify listen grant")

// statement reports whether the literal parts of the first argument read like
// SQL.
func (in *interp) statement(c *callSpec) bool {
	text, ok := in.beginning(c, 0)
	if !ok {
		return false
	}
	list := words(text)
	return len(list) > 1 && sqlWords[list[0]]
}
