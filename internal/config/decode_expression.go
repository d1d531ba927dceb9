package config

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v4"
)

func isExpression(t reflect.Type) bool {
	return t == reflect.TypeFor[expression]() || t == reflect.TypeFor[setValue]()
}

// expression fills an expression. What it says is judged later, with the schema.
func (d *document) expression(n *yaml.Node, path string, to *expression) {
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag != "!!str":
		d.problem(path, "must be an expression, not "+kindOf(n), `write CEL in quotes, such as 'message.quantity <= 1000'`)
	case strings.TrimSpace(n.Value) == "":
		d.problem(path, "the expression is empty", "write one, or remove the key")
	default:
		*to = expression{n.Value, n}
	}
}

// setValue fills a value that a rule sets. Text is an expression, because who signed
// in is what rules mostly set.
func (d *document) setValue(n *yaml.Node, path string, to *setValue) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" {
		d.expression(n, path, &to.expression)
		return
	}
	c := converter{d: d, path: path, places: map[string]place{}}
	if text, ok := c.json(n); ok {
		to.json = text
	}
}

// placeWithin returns the place in the file of a line and a column of the text that
// the scalar n holds, all counted from 1. ok is false where the file spells the text
// otherwise, line breaks folded.
func (d *document) placeWithin(n *yaml.Node, line, column int) (p place, ok bool) {
	if n.Style&yaml.LiteralStyle != 0 {
		return d.placeInBlock(n, line, column)
	}
	if n.Line < 1 || n.Line > len(d.lines) || strings.Contains(n.Value, "\n") || line != 1 {
		return place{}, false
	}
	written := []rune(strings.TrimSuffix(d.lines[n.Line-1], "\r"))
	if n.Column < 1 || n.Column > len(written) {
		return place{}, false
	}
	offsets, ok := spelled(written[n.Column-1:], n)
	if !ok || column < 1 || column > len(offsets) {
		return place{}, false
	}
	return place{n.Line, n.Column + offsets[column-1]}, true
}

// spelled returns where in what is written each character of the scalar stands, and
// its end; ok is false if it is not written on this one line.
func spelled(written []rune, n *yaml.Node) (offsets []int, ok bool) {
	i := 0
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
		i = 1
	}
	for _, want := range n.Value {
		if i >= len(written) {
			return nil, false
		}
		offsets = append(offsets, i)
		switch c := written[i]; {
		case c == '\'' && n.Style&yaml.SingleQuotedStyle != 0:
			i += 2 // it stands for one
		case c == '\\' && n.Style&yaml.DoubleQuotedStyle != 0:
			i += escapeLength(written[i:])
		case c != want:
			return nil, false
		default:
			i++
		}
	}
	return append(offsets, i), true
}

// escapeLength returns how long an escape sequence of a double-quoted scalar is
// (YAML 1.2.2 section 5.7).
func escapeLength(written []rune) int {
	if len(written) < 2 {
		return 2
	}
	switch written[1] {
	case 'x':
		return 4
	case 'u':
		return 6
	case 'U':
		return 10
	}
	return 2
}

// placeInBlock is placeWithin for a literal block, whose lines are indented alike.
func (d *document) placeInBlock(n *yaml.Node, line, column int) (place, bool) {
	row := n.Line + line // the block begins behind the line of its indicator
	if row < 1 || row > len(d.lines) {
		return place{}, false
	}
	text := strings.Split(n.Value, "\n")
	if line < 1 || line > len(text) {
		return place{}, false
	}
	written := strings.TrimSuffix(d.lines[row-1], "\r")
	if !strings.HasSuffix(written, text[line-1]) {
		return place{}, false
	}
	indent := len(written) - len(text[line-1])
	if strings.TrimLeft(written[:indent], " ") != "" {
		return place{}, false
	}
	return place{row, indent + column}, true
}
