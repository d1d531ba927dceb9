package config

import (
	"encoding/json"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// schema fills a JSON Schema. Whether it is one is judged later.
func (d *document) schema(n *yaml.Node, path string, to *schemaText) {
	if n.Kind != yaml.MappingNode && n.Tag != "!!bool" {
		d.problem(path, "must be a JSON Schema, not "+kindOf(n), "write it as a section: {type: object, ...}")
		return
	}
	c := converter{d: d, path: path, places: map[string]place{}}
	if text, ok := c.json(n); ok {
		*to = schemaText{text, c.places}
	}
}

// converter writes a part of the file as JSON.
type converter struct {
	d      *document
	path   string // of the setting
	places map[string]place
	out    []byte
	bad    bool
}

// json returns n as JSON; ok is false after a problem.
func (c *converter) json(n *yaml.Node) (text []byte, ok bool) {
	c.value(n, "")
	return c.out, !c.bad
}

func (c *converter) refuse(n *yaml.Node, reason, next string) {
	c.bad = true
	c.d.problemAt(nodePlace(n), c.path, reason, next)
}

// value appends n, the part at the JSON pointer at.
func (c *converter) value(n *yaml.Node, at string) {
	if !c.d.plain(n, c.path) {
		c.bad = true
		return
	}
	if _, ok := c.places[at]; !ok {
		c.places[at] = nodePlace(n)
	}
	switch n.Kind {
	case yaml.MappingNode:
		c.object(n, at)
	case yaml.SequenceNode:
		c.array(n, at)
	case yaml.ScalarNode:
		c.scalar(n)
	default:
		c.refuse(n, "this has no form in JSON", "write it out")
	}
}

func (c *converter) object(n *yaml.Node, at string) {
	c.out = append(c.out, '{')
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content) && !c.d.problems.full(); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Tag == "!!merge":
			c.refuse(key, "merge keys are not accepted", "write the settings out")
			continue
		case key.Kind != yaml.ScalarNode || key.Tag != "!!str":
			c.refuse(key, "a name must be text, not "+kindOf(key), "put it into quotes")
			continue
		case !c.d.plain(key, c.path):
			c.bad = true
			continue
		case seen[key.Value] > 0:
			c.refuse(key, fmt.Sprintf("the name is here twice; line %d has it too", seen[key.Value]), "keep one of the two")
			continue
		}
		seen[key.Value] = key.Line
		if len(c.out) > 0 && c.out[len(c.out)-1] != '{' {
			c.out = append(c.out, ',')
		}
		c.out = append(jsonscan.AppendQuoted(c.out, key.Value), ':')
		part := at + "/" + pointerEscape.Replace(key.Value)
		c.places[part] = nodePlace(key)
		c.value(value, part)
	}
	c.out = append(c.out, '}')
}

// pointerEscape escapes a name in a JSON pointer (RFC 6901 section 3).
var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

func (c *converter) array(n *yaml.Node, at string) {
	c.out = append(c.out, '[')
	for i, e := range n.Content {
		if i > 0 {
			c.out = append(c.out, ',')
		}
		c.value(e, fmt.Sprintf("%s/%d", at, i))
	}
	c.out = append(c.out, ']')
}

// scalar appends one word. YAML writes numbers, and words that mean true, in many
// ways; what is no JSON as it stands is refused, so that nothing turns out to be
// another value than its author meant.
func (c *converter) scalar(n *yaml.Node) {
	switch n.Tag {
	case "!!str":
		c.out = jsonscan.AppendQuoted(c.out, n.Value)
	case "!!int", "!!float", "!!bool", "!!null":
		if n.Value == "" {
			c.refuse(n, "there is no value", "write one, or remove the name")
			return
		}
		if !json.Valid([]byte(n.Value)) {
			c.refuse(n, fmt.Sprintf("%q is not written as in JSON", clip(n.Value)), "write a plain number, true, false or null, or put text into quotes")
			return
		}
		c.out = append(c.out, n.Value...)
	default:
		c.refuse(n, "must be a value of JSON, not "+kindOf(n), "put it into quotes")
	}
}
