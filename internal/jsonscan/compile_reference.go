package jsonscan

import (
	"net/url"
	"strconv"
	"strings"
)

// annotations checks the keywords that only describe, and notes the schemas that
// something may refer to.
func (s *source) annotations() {
	for _, a := range [...]struct {
		name string
		kind Kind
	}{
		{"$id", String}, {"$schema", String}, {"$comment", String}, {"$anchor", String}, {"$dynamicAnchor", String},
		{"$vocabulary", Object}, {"title", String}, {"description", String}, {"format", String},
		{"contentEncoding", String}, {"contentMediaType", String},
		{"deprecated", Bool}, {"readOnly", Bool}, {"writeOnly", Bool}, {"examples", Array},
	} {
		s.typed(a.name, a.kind)
	}
	for _, name := range [...]string{"$defs", "definitions"} {
		s.members(name, func(_ string, v Value, pointer string) {
			s.later = append(s.later, pending{v, pointer})
		})
	}
	for _, name := range [...]string{"contentSchema", "then", "else"} {
		if v, pointer, ok := s.keyword(name); ok {
			s.later = append(s.later, pending{v, pointer})
		}
	}
}

// references compiles $ref.
func (s *source) references() {
	for _, name := range [...]string{"$dynamicRef", "$recursiveRef"} {
		if _, pointer, ok := s.typed(name, String); ok {
			s.fallback(pointer, name, "")
		}
	}
	v, pointer, ok := s.typed("$ref", String)
	if !ok {
		return
	}
	ref := string(v.AppendText(nil))
	if s.id != "" {
		if rest, ok := strings.CutPrefix(ref, s.id); ok && (rest == "" || rest[0] == '#') {
			ref = "#" + strings.TrimPrefix(rest, "#")
		}
	}
	switch {
	case ref == "#" || strings.HasPrefix(ref, "#/"):
		if target, at, ok := s.resolve(ref[1:], pointer); ok {
			s.rule.branches = append(s.rule.branches, branch{kind: branchRef, rules: []*rule{s.schema(target, at)}})
		}
	case strings.HasPrefix(ref, "#"):
		s.fallback(pointer, "$ref", "to an anchor")
	default:
		s.fallback(pointer, "$ref", "to another document")
	}
}

// resolve follows a JSON pointer in the fragment of a reference, and returns its
// target and the pointer in plain spelling.
func (k *compiler) resolve(fragment, from string) (target Value, pointer string, ok bool) {
	path, err := url.PathUnescape(fragment)
	if err != nil {
		k.problem(from, "%q is not a URI fragment", fragment)
		return Value{}, "", false
	}
	target = k.d.Root()
	if path == "" {
		return target, "", true
	}
	for part := range strings.SplitSeq(path[1:], "/") {
		name := strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
		if target.Kind() == Array {
			i, err := strconv.Atoi(name)
			if err != nil || strconv.Itoa(i) != name {
				i = -1
			}
			target = target.Index(i)
		} else {
			target = target.Get(name)
		}
		if !target.Exists() {
			if !k.unused {
				k.problem(from, "%q points to nothing", "#"+path)
			}
			return Value{}, "", false
		}
	}
	return target, path, true
}

// findLoops reports rules that refer to themselves without going into a part of
// the value: they would never come to an end.
func (k *compiler) findLoops() {
	const open, done = 1, 2
	state := map[*rule]int{}
	var visit func(r *rule)
	visit = func(r *rule) {
		if r == nil || state[r] == done {
			return
		}
		if state[r] == open {
			k.problem(r.at, "the schema refers to itself without an end")
			return
		}
		state[r] = open
		for i := range r.branches {
			for _, sub := range r.branches[i].rules {
				visit(sub)
			}
		}
		if r.obj != nil {
			for i := range r.obj.dependents {
				visit(r.obj.dependents[i].rule)
			}
		}
		state[r] = done
	}
	for _, r := range k.used {
		if len(k.problems) == 0 {
			visit(r)
		}
	}
}
