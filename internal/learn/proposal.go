package learn

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/yamltext"
)

// mark starts every proposal.
const mark = "# Proposed by wswarden from what it saw"

// proposal writes what was seen as a messages section. mu must be held.
func (l *Learner) proposal() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s on %s.\n", mark, l.opts.Route)
	b.WriteString("# Read it before it goes into a route: what was not seen is refused, and what an\n" +
		"# attacker sent meanwhile is allowed. Bounds are rounded up. It has no allow, set and\n" +
		"# clean yet: who may do what can't be seen from outside.\n")
	if l.full {
		b.WriteString("# There was more than could be kept: types, fields or depth are missing.\n")
	}
	if l.strange > 0 {
		fmt.Fprintf(&b, "# %d messages had a type that looks like data and is not written here.\n", l.strange)
	}
	section := yamltext.Object{}
	if l.opts.Type != "" {
		section.Add("type", l.opts.Type)
	}
	section.Add("unknown", "reject")
	for _, side := range []dialect.Side{dialect.Client, dialect.Server} {
		if rules := l.rules(side); len(rules) > 0 {
			section.Add(side.String(), rules)
		}
	}
	yamltext.Write(&b, yamltext.Object{{Key: "messages", Value: section}}, 0)
	return b.Bytes()
}

// rules are those for the types that one side has sent.
func (l *Learner) rules(side dialect.Side) yamltext.Object {
	var out yamltext.Object
	for _, name := range slices.Sorted(maps.Keys(l.sides[side])) {
		m := l.sides[side][name]
		rule := yamltext.Object{}
		if m.payload != nil {
			rule.Add("schema", m.payload.schema(side))
			if side == dialect.Server {
				rule.Add("undeclared", "drop")
			}
		}
		out = append(out, yamltext.Member{Key: name, Value: rule, Comment: counted(m.count)})
	}
	return out
}

// schema returns the JSON Schema of what was seen. What a server says beyond it is
// left to undeclared.
func (s *shape) schema(side dialect.Side) any {
	if s == nil || s == anything {
		return true
	}
	out := yamltext.Object{{Key: "type", Value: s.types()}}
	add := out.Add
	if s.kinds[jsonscan.String] > 0 {
		add("maxLength", twos(s.text))
	}
	if s.kinds[jsonscan.Number] > 0 {
		if below := tens(-s.least); !math.IsInf(below, 1) {
			add("minimum", 0-below)
		}
		if above := tens(s.most); !math.IsInf(above, 1) {
			add("maximum", above)
		}
	}
	if s.kinds[jsonscan.Array] > 0 {
		add("maxItems", twos(s.items))
		if s.elem != nil {
			add("items", s.elem.schema(side))
		}
	}
	if n := s.kinds[jsonscan.Object]; n > 0 {
		out = append(out, s.members(side, n)...)
	}
	return out
}

// members describes the fields of objects, of which n were seen.
func (s *shape) members(side dialect.Side, n int) (out yamltext.Object) {
	if s.open || s.isMap(n) {
		rest := s.rest
		for _, name := range slices.Sorted(maps.Keys(s.fields)) {
			rest = merge(rest, s.fields[name].shape.clone())
		}
		return yamltext.Object{{Key: "maxProperties", Value: twos(s.size)}, {Key: "additionalProperties", Value: rest.schema(side)}}
	}
	var required yamltext.List
	properties := yamltext.Object{}
	for _, name := range slices.Sorted(maps.Keys(s.fields)) {
		f := s.fields[name]
		if f.count == n {
			required = append(required, name)
		}
		properties.Add(name, f.shape.schema(side))
	}
	if len(required) > 0 {
		out.Add("required", required)
	}
	if side == dialect.Client {
		out.Add("additionalProperties", false)
	}
	out.Add("properties", properties)
	return out
}

// isMap reports whether the names of the fields are more likely data: many, and
// none of them common to most objects.
func (s *shape) isMap(objects int) bool {
	if objects < 4 || len(s.fields) < 8 {
		return false
	}
	for _, f := range s.fields {
		if 2*f.count >= objects {
			return false
		}
	}
	return true
}

// clone returns a copy that merge may change.
func (s *shape) clone() *shape {
	if s == nil || s == anything {
		return s
	}
	c := *s
	c.elem, c.rest = s.elem.clone(), s.rest.clone()
	c.fields = nil
	for name, f := range s.fields {
		if c.fields == nil {
			c.fields = map[string]*field{}
		}
		c.fields[name] = &field{f.count, f.shape.clone()}
	}
	return &c
}

// types returns the kinds that were seen, as JSON Schema names them.
func (s *shape) types() any {
	var out yamltext.List
	for kind := jsonscan.Null; kind <= jsonscan.Object; kind++ {
		switch {
		case s.kinds[kind] == 0:
		case kind == jsonscan.Number && s.exact == s.kinds[kind]:
			out = append(out, "integer")
		default:
			out = append(out, kind.String())
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}

// twos rounds a length up to a power of two that is larger, at least 8.
func twos(n int) int {
	p := 8
	for p <= n && p < math.MaxInt/2 {
		p *= 2
	}
	return p
}

// tens rounds a number up to a power of ten that is larger, at least 10; a number
// that is not positive to 0.
func tens(f float64) float64 {
	if f <= 0 {
		return 0
	}
	p := 10.0
	for p <= f && !math.IsInf(p, 1) {
		p *= 10
	}
	return p
}

func counted(n int) string {
	if n == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", n)
}
