package jsonscan_test

import (
	"fmt"
	"strconv"
	"strings"
)

// gen writes random schemas and documents, choosing by the bytes of data, so
// that a fuzzer can steer it. When they are used up it chooses the first and so
// comes to an end.
type gen struct {
	data []byte
	out  strings.Builder
	// broken has some keywords of schemas take values that they must not.
	broken bool
}

func (g *gen) below(n int) int {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return int(b) % n
}

func (g *gen) pick(options ...string) string { return options[g.below(len(options))] }

func (g *gen) print(parts ...string) {
	for _, p := range parts {
		g.out.WriteString(p)
	}
}

// Few names and values, so that documents often meet what schemas ask for.

func (g *gen) name() string {
	return g.pick(`"a"`, `"b"`, `"type"`, `"long_property_name"`, `"long_property_title"`, `"\u0061"`, `"é"`, `"c"`, `""`, `"x\ny"`, `"quantity"`, `"\"q\""`)
}

func (g *gen) scalar() string {
	return g.pick(`1`, `"a"`, `null`, `true`, `false`, `0`, `-0`, `1.0`, `1e0`, `10e-1`, `2`, `-1`, `1.5`, `0.1`, `1e3`, `1e+3`, `1000`, `12345678901234567890`,
		`12345678901234567890.0`, `9007199254740993`, `9223372036854775807`, `-9223372036854775808`, `0.3`, `1.5e3`, `0.15e1`, `99.5`, `-1.5`, `15e-1`, `1e-7`, `1e300`, `3`, `100`,
		`""`, `"b"`, `"\u0061"`, `"ab"`, `"é"`, `"\ud83d\ude00"`, `"a\nb"`, `"2024-02-29"`, `"foo"`, `"\u00e9"`)
}

func (g *gen) value(depth int) {
	n := g.below(8)
	switch {
	case n < 4 || depth <= 0:
		g.print(g.scalar())
	case n < 6:
		g.print("{")
		known := map[string]bool{`"\u0061"`: true}
		for range g.below(5) {
			name := g.name()
			if name == `"\u0061"` && !known[`"a"`] {
				known[`"a"`] = true
			} else if known[name] {
				continue
			}
			if len(known) > 1 && !strings.HasSuffix(g.out.String(), "{") {
				g.print(g.pick(",", ", ", " ,"))
			}
			known[name] = true
			g.print(name, g.pick(":", ": "))
			g.value(depth - 1)
		}
		g.print("}")
	default:
		g.print("[")
		items := g.below(5)
		if g.below(8) == 7 {
			items += 14
		}
		for i := range items {
			if i > 0 {
				g.print(g.pick(",", ", "))
			}
			g.value(depth - 1)
		}
		g.print("]")
	}
}

func (g *gen) document() string {
	g.out.Reset()
	g.value(4)
	return g.out.String()
}

// keywords are the keywords that schema draws from, each with what writes its
// value. They are set by init, because the writers use the list.
var keywords []keyword

type keyword struct {
	name  string
	write func(g *gen, depth int)
}

func init() { keywords = allKeywords }

var allKeywords = []keyword{
	{"type", func(g *gen, _ int) {
		if g.below(4) == 3 {
			g.print(`["`, g.pick("null", "string", "integer"), `","`, g.pick("number", "array", "object"), `"]`)
		} else {
			g.print(`"`, g.pick("object", "string", "integer", "number", "array", "boolean", "null"), `"`)
		}
	}},
	{"properties", (*gen).properties},
	{"required", func(g *gen, _ int) {
		g.print("[", g.pick(`"a"`, `"type"`, `"a","b"`, `"é","quantity"`, `"zzz"`, ``), "]")
	}},
	{"additionalProperties", (*gen).schema},
	{"oneOf", (*gen).alternatives},
	{"anyOf", (*gen).alternatives},
	{"allOf", (*gen).alternatives},
	{"items", (*gen).schema},
	{"enum", func(g *gen, _ int) {
		g.print("[")
		for range g.below(4) {
			g.value(2)
			g.print(",")
		}
		g.value(2)
		g.print("]")
	}},
	{"const", func(g *gen, _ int) { g.value(2) }},
	{"minimum", func(g *gen, _ int) { g.print(g.bound()) }},
	{"maximum", func(g *gen, _ int) { g.print(g.bound()) }},
	{"exclusiveMinimum", func(g *gen, _ int) { g.print(g.bound()) }},
	{"exclusiveMaximum", func(g *gen, _ int) { g.print(g.bound()) }},
	{"multipleOf", func(g *gen, _ int) {
		g.print(g.pick("1", "2", "0.1", "0.01", "3", "1e-8", "1.5", "1e2", "7", "9007199254740993", "0.30"))
	}},
	{"minLength", (*gen).size},
	{"maxLength", (*gen).size},
	{"pattern", func(g *gen, _ int) {
		g.print(g.pick(`"^a"`, `"b$"`, `"^[a-c]{1,2}$"`, `"\\d"`, `"^.$"`, `"é|x"`, `"^$"`, `"\\ba"`))
	}},
	{"minItems", (*gen).size},
	{"maxItems", (*gen).size},
	{"uniqueItems", func(g *gen, _ int) { g.print(g.pick("true", "false")) }},
	{"prefixItems", (*gen).alternatives},
	{"contains", (*gen).schema},
	{"minContains", (*gen).size},
	{"maxContains", (*gen).size},
	{"minProperties", (*gen).size},
	{"maxProperties", (*gen).size},
	{"patternProperties", func(g *gen, depth int) {
		g.print(`{"`, g.pick("^a", "e", "^.{4}$", "y$"), `":`)
		g.schema(depth)
		g.print("}")
	}},
	{"propertyNames", (*gen).schema},
	{"dependentRequired", func(g *gen, _ int) { g.print(`{`, g.name(), `:[`, g.pick(`"b"`, `"a","c"`, ``), `]}`) }},
	{"dependentSchemas", (*gen).named},
	{"dependencies", func(g *gen, depth int) {
		if g.below(2) == 0 {
			g.print(`{"a":["b"]}`)
		} else {
			g.named(depth)
		}
	}},
	{"not", (*gen).schema},
	{"if", (*gen).schema},
	{"then", (*gen).schema},
	{"else", (*gen).schema},
	{"unevaluatedProperties", (*gen).schema},
	{"unevaluatedItems", (*gen).schema},
	{"$ref", func(g *gen, _ int) { g.print(`"`, g.pick("#/$defs/d", "#/$defs/e", "#", "#/$defs/d/x"), `"`) }},
	{"title", func(g *gen, _ int) { g.print(`"t"`) }},
	{"format", func(g *gen, _ int) { g.print(`"date"`) }},
}

func (g *gen) bound() string {
	return g.pick("0", "1", "1.5", "-1", "1e3", "9007199254740992", "12345678901234567890", "-9223372036854775808", "0.1", "9223372036854775807", "1e-7", "1e300", "-0.5")
}

func (g *gen) size(int) { g.print(g.pick("1", "0", "2", "3", "2.0", "1e1")) }

func (g *gen) properties(depth int) {
	g.print("{")
	for i := range g.below(12) {
		if i > 0 {
			g.print(",")
		}
		if i == 0 {
			g.print(`"type":`)
		} else {
			g.print(g.pick(`"p`, `"long_property_`), strconv.Itoa(i), `":`)
		}
		g.schema(depth)
	}
	g.print("}")
}

func (g *gen) named(depth int) {
	g.print("{", g.name(), ":")
	g.schema(depth)
	g.print("}")
}

func (g *gen) alternatives(depth int) {
	if g.below(3) == 2 {
		g.print(`[{"required":["type"],"properties":{"type":{"const":"a"}}},{`, g.pick(`"required":["type"],`, `"required":["a"],`, ``, `"required":["type"],"type":"object",`))
		g.print(`"properties":{"type":`, g.pick(`{"enum":["b","ab"]}`, `{"enum":["b",1]}`, `{"const":"a"}`, `{"const":"\u0062"}`, `true`), `,"a":`)
		g.schema(depth)
		g.print(`}}]`)
		return
	}
	g.print("[")
	for i := range 1 + g.below(3) {
		if i > 0 {
			g.print(",")
		}
		g.schema(depth)
	}
	g.print("]")
}

func (g *gen) schema(depth int) {
	depth--
	if depth <= 0 {
		g.print(g.pick("true", "false", `{}`, `{"type":"string"}`, `{"type":"integer"}`, `{"const":1}`, `{"type":"object"}`, `{"$ref":"#/$defs/d"}`))
		return
	}
	g.print("{")
	g.members(depth)
	g.print("}")
}

func (g *gen) members(depth int) {
	known := map[int]bool{}
	for range 1 + g.below(4) {
		k := g.below(len(keywords))
		if known[k] {
			continue
		}
		if len(known) > 0 {
			g.print(",")
		}
		known[k] = true
		fmt.Fprintf(&g.out, "%q:", keywords[k].name)
		if g.broken && g.below(6) == 5 {
			g.print(g.pick(`1`, `"x"`, `null`, `[]`, `[1]`, `["a","a"]`, `{"a":1}`, `-1`, `1.5`, `0`, `true`, `{"a":["b","b"]}`))
			continue
		}
		keywords[k].write(g, depth)
	}
}

// rootSchema writes a schema with definitions, which refer to each other.
func (g *gen) rootSchema() string {
	g.out.Reset()
	g.print(`{"$defs":{"d":`)
	g.schema(2)
	g.print(`,"e":{"properties":{"a":{"$ref":"#"},"b":{"$ref":"#/$defs/d"}}}},`)
	g.members(4)
	g.print("}")
	return g.out.String()
}
