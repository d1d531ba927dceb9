package jsonscan

import (
	"fmt"
	"strconv"
	"strings"
)

// compiler turns a schema into rules. The schema is scanned like any document,
// and its Doc lives on: enum and const compare with values of it.
type compiler struct {
	d        *Doc
	opt      Options
	id       string           // $id of the schema, without an empty fragment
	rules    map[uint32]*rule // by the node of the schema
	used     []*rule          // those that are referred to, in the order they were met
	branches []*branch        // of anyOf and oneOf, which may be unions
	later    []pending
	problems []Problem
	why      string // the first thing that cannot be compiled
	whyAt    string
	// unused says that what is compiled is not referred to: only its form is
	// checked.
	unused bool
}

// pending is a schema that nothing refers to so far.
type pending struct {
	v       Value
	pointer string
}

const draft2020 = "https://json-schema.org/draft/2020-12/schema"

func newCompiler(schema []byte, o Options) (*compiler, error) {
	scanner := NewScanner(Limits{
		Depth: o.MaxDepth, ObjectKeys: maxValues, Keys: maxValues, Elements: maxValues, Values: maxValues,
		KeyBytes: maxBytes, NumberBytes: 1000, AllowPrototypeKeys: true,
	})
	k := &compiler{d: &Doc{}, opt: o, rules: map[uint32]*rule{}}
	// A copy, because values of the schema stay in use.
	if bad := scanner.Scan([]byte(string(schema)), k.d); !bad.OK() {
		return nil, &CompileError{[]Problem{{"", fmt.Sprintf("%s, at byte %d", bad.Text(), bad.Offset)}}}
	}
	return k, nil
}

// document compiles the schema as a whole.
func (k *compiler) document() *rule {
	root := k.d.Root()
	if !k.identify(root) {
		return nil
	}
	r := k.schema(root, "")
	k.unused = true
	for len(k.later) > 0 {
		p := k.later[0]
		k.later = k.later[1:]
		if _, known := k.rules[p.v.i]; !known {
			k.schema(p.v, p.pointer)
		}
	}
	k.unused = false
	if len(k.problems) == 0 && k.why == "" {
		k.findLoops()
		for _, b := range k.branches {
			b.union = newUnion(b.rules)
		}
	}
	return r
}

// identify reads what the schema says about itself, and reports whether it is of
// the draft and of the form that this compiler knows.
func (k *compiler) identify(root Value) bool {
	if v := root.Get("$schema"); v.Exists() && !v.EqualText(draft2020) && !v.EqualText(draft2020+"#") {
		k.fallback("", "$schema", "other than draft 2020-12")
		return false
	}
	own := root.Get("$id")
	k.id = strings.TrimSuffix(string(own.AppendText(nil)), "#")
	name := stepOf("$id")
	for i := range k.d.nodes {
		// Any text of this name may begin a resource of its own, against which
		// references below it are to be resolved.
		if n := &k.d.nodes[i]; n.kind() == String && n.klen > 0 && k.d.nameIs(n, &name) && own != (Value{k.d, uint32(i)}) {
			k.fallback("", "$id", "within the schema")
			return false
		}
	}
	return true
}

// problem notes what is wrong with the schema.
func (k *compiler) problem(pointer, format string, args ...any) {
	k.problems = append(k.problems, Problem{pointer, fmt.Sprintf(format, args...)})
}

// fallback notes that the schema cannot be compiled because of a keyword.
func (k *compiler) fallback(pointer, keyword, what string) {
	if k.why != "" || k.unused {
		return
	}
	k.whyAt = pointer
	k.why = keyword
	if what != "" {
		k.why += " " + what
	}
	if pointer != "" {
		k.why += " at " + strconv.Quote(pointer)
	}
}

// schema compiles the schema v, or returns what it was compiled to before.
func (k *compiler) schema(v Value, pointer string) *rule {
	if r, known := k.rules[v.i]; known {
		return r
	}
	r := &rule{at: pointer, kinds: allKinds}
	switch v.Kind() {
	case Object:
		if v.Len() == 0 {
			r = nil
		}
	case Bool:
		if v.Bool() {
			r = nil
		} else {
			r.kinds, r.never = 0, true
		}
	default:
		k.problem(pointer, "a schema is an object or a boolean, not %s", v.Kind())
	}
	k.rules[v.i] = r // before its keywords, which may refer to it
	if !k.unused {
		k.used = append(k.used, r)
	}
	if r != nil && v.Kind() == Object {
		s := &source{k, r, v, pointer}
		s.annotations()
		s.references()
		s.kinds()
		s.values()
		s.textRules()
		s.numberRules()
		s.arrayRules()
		s.objectRules()
		s.alternatives()
		s.unevaluated()
		r.seal()
	}
	return r
}

// source is one schema object while it is compiled to a rule.
type source struct {
	*compiler
	rule    *rule
	v       Value
	pointer string
}

// keyword returns the value of a keyword and its pointer.
func (s *source) keyword(name string) (v Value, pointer string, ok bool) {
	v = s.v.Get(name)
	return v, s.pointer + "/" + name, v.Exists()
}

// typed returns the value of a keyword that must be of one kind.
func (s *source) typed(name string, kind Kind) (v Value, pointer string, ok bool) {
	v, pointer, ok = s.keyword(name)
	if ok && v.Kind() != kind {
		s.problem(pointer, "%s is %s, not %s", name, article(kind), v.Kind())
		return Value{}, pointer, false
	}
	return v, pointer, ok
}

func article(k Kind) string {
	if k == Array || k == Object {
		return "an " + k.String()
	}
	return "a " + k.String()
}

// count returns a keyword that is a number of things, or fallback.
func (s *source) count(name string, fallback int) int {
	v, pointer, ok := s.typed(name, Number)
	if !ok {
		return fallback
	}
	d := parseDecimal(v.Raw())
	if d.sign() < 0 || !d.isInteger() {
		s.problem(pointer, "%s is an integer that is not negative", name)
		return fallback
	}
	if n, ok := d.int64(); ok {
		return int(min(n, maxBytes))
	}
	return maxBytes
}

// sub compiles a keyword that is a schema.
func (s *source) sub(name string) (r *rule, ok bool) {
	v, pointer, ok := s.keyword(name)
	if !ok {
		return nil, false
	}
	return s.schema(v, pointer), true
}

// subList compiles a keyword that is a list of schemas, not empty.
func (s *source) subList(name string) []*rule {
	v, pointer, ok := s.typed(name, Array)
	if !ok {
		return nil
	}
	if v.Len() == 0 {
		s.problem(pointer, "%s is empty", name)
	}
	var rules []*rule
	for elem := range v.Elements() {
		rules = append(rules, s.schema(elem, pointer+"/"+strconv.Itoa(len(rules))))
	}
	return rules
}

// texts returns the strings of a list, which must not repeat.
func (s *source) texts(v Value, pointer string) []string {
	if v.Kind() != Array {
		s.problem(pointer, "a list of names is expected, not %s", v.Kind())
		return nil
	}
	var list []string
	known := map[string]bool{}
	for elem := range v.Elements() {
		text := string(elem.AppendText(nil))
		switch {
		case elem.Kind() != String:
			s.problem(pointer, "a name is a string, not %s", elem.Kind())
		case known[text]:
			s.problem(pointer, "%q is repeated", text)
		}
		known[text] = true
		list = append(list, text)
	}
	return list
}

// members iterates over a keyword that is an object.
func (s *source) members(name string, each func(name string, v Value, pointer string)) {
	v, pointer, _ := s.typed(name, Object)
	for key, member := range v.Members() {
		text := string(key)
		each(text, member, pointer+"/"+escapePointer(text))
	}
}

// escapePointer writes a name as a part of a JSON pointer (RFC 6901).
func escapePointer(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}
