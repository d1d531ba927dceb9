package asyncapi

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// node is a value and the file that it stands in.
type node struct {
	file *file
	*yaml.Node
}

func (n node) child(c *yaml.Node) node { return node{n.file, c} }

// sound reports whether n and all that is in it can be read as JSON could.
func (l *loader) sound(n node, depth int) bool {
	l.nodes++
	switch {
	case l.nodes > maxNodes:
		l.problem(n, "the document has more than %d values", maxNodes)
		return false
	case depth > maxDepth:
		l.problem(n, "the document is nested more than %d deep", maxDepth)
		return false
	case n.Kind == yaml.AliasNode:
		l.problem(n, "aliases of YAML are not accepted: write a $ref")
		return false
	case n.Kind == yaml.MappingNode:
		return l.soundKeys(n) && l.soundAll(n, depth)
	case n.Kind == yaml.SequenceNode:
		return l.soundAll(n, depth)
	case n.Kind != yaml.ScalarNode:
		l.problem(n, "a value is expected here")
		return false
	}
	return true
}

func (l *loader) soundAll(n node, depth int) bool {
	for _, c := range n.Content {
		if !l.sound(n.child(c), depth+1) {
			return false
		}
	}
	return true
}

func (l *loader) soundKeys(n node) bool {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.child(n.Content[i])
		switch {
		case key.Tag == "!!merge":
			l.problem(key, "merge keys of YAML are not accepted: write a $ref")
			return false
		case key.Kind != yaml.ScalarNode:
			l.problem(key, "a key must be a word")
			return false
		case seen[key.Value] > 0:
			l.problem(key, "the key %q is here twice; line %d has it too", clip(key.Value), seen[key.Value])
			return false
		}
		seen[key.Value] = key.Line
	}
	return true
}

// mapping returns the members of n by name. If n is none, that is a problem.
func (l *loader) mapping(n node, what string) (map[string]node, bool) {
	if n.Kind != yaml.MappingNode {
		l.problem(n, "%s must be an object, not %s", what, kindOf(n))
		return nil, false
	}
	m := make(map[string]node, len(n.Content)/2)
	for key, value := range n.members() {
		m[key.Value] = value
	}
	return m, true
}

// members yields the keys and values of a mapping in their order.
func (n node) members() func(yield func(key, value node) bool) {
	return func(yield func(key, value node) bool) {
		if n.Kind != yaml.MappingNode {
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !yield(n.child(n.Content[i]), n.child(n.Content[i+1])) {
				return
			}
		}
	}
}

// object is [loader.mapping] for an object of AsyncAPI: keys that it does not
// have are problems, but for extensions.
func (l *loader) object(n node, what string, keys ...string) (map[string]node, bool) {
	m, ok := l.mapping(n, what)
	if !ok {
		return nil, false
	}
	for key := range n.members() {
		if !strings.HasPrefix(key.Value, "x-") && !slices.Contains(keys, key.Value) {
			l.problem(key, "%s has no %q in this version of AsyncAPI", what, clip(key.Value))
			ok = false
		}
	}
	return m, ok
}

// list returns the elements of n. If n is no list, that is a problem.
func (l *loader) list(n node, what string) ([]node, bool) {
	if n.Kind != yaml.SequenceNode {
		l.problem(n, "%s must be a list, not %s", what, kindOf(n))
		return nil, false
	}
	out := make([]node, len(n.Content))
	for i, c := range n.Content {
		out[i] = n.child(c)
	}
	return out, true
}

// text returns the text of n. If n is none, that is a problem.
func (l *loader) text(n node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || !n.isText() {
		l.problem(n, "%s must be text, not %s", what, kindOf(n))
		return "", false
	}
	return n.Value, true
}

// isText reports whether a scalar is text. YAML takes a plain date for more.
func (n node) isText() bool { return n.Tag == "!!str" || n.Tag == "!!timestamp" }

func kindOf(n node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "an object"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null":
		return "null"
	case n.Tag == "!!bool":
		return "true or false"
	case n.Tag == "!!int", n.Tag == "!!float":
		return "a number"
	}
	return "text"
}
