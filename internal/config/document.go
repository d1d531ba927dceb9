package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// maxDepth bounds the nesting of a file; the deepest setting is at 6.
const maxDepth = 32

// place is where something stands in the file, both counted from 1.
type place struct{ line, column int }

// document is a configuration file as it was written: where each setting
// stands and what is wrong with it.
type document struct {
	places   map[string]place // by path; only of what the file holds
	lines    []string
	parts    map[string]place // of a schema that is the whole file, by JSON pointer
	problems problems
}

func newDocument() *document {
	return &document{places: map[string]place{"": {1, 1}}}
}

// at returns the place of the setting, or of the section that it is missing
// from.
func (d *document) at(path string) place {
	for {
		if p, ok := d.places[path]; ok {
			return p
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
}

// has reports whether the file holds the setting.
func (d *document) has(path string) bool {
	_, ok := d.places[path]
	return ok
}

// problem reports what is wrong with the setting at path.
func (d *document) problem(path, reason, next string) {
	d.problemAt(d.at(path), path, reason, next)
}

func (d *document) problemAt(p place, path, reason, next string) {
	d.problems.add(Problem{Line: p.line, Column: p.column, Path: path, Reason: reason, Next: next})
}

// read returns the root mapping of data, or nil if there is none; then there
// is a problem.
func (d *document) read(data []byte) *yaml.Node {
	if len(data) > maxFileBytes {
		d.problem("", "the file is larger than 1MiB", "a configuration is a few kilobytes; check the name of the file")
		return nil
	}
	if d.badText(data) {
		return nil
	}
	d.lines = strings.Split(string(data), "\n")
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		d.problem("", "the YAML reader failed", "")
		return nil
	}
	var first, second yaml.Node
	switch err := loader.Load(&first); {
	case errors.Is(err, io.EOF):
		d.problem("", "the file is empty", "start with listen and routes")
		return nil
	case err != nil:
		d.syntax(data, err)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		d.problemAt(nodePlace(second.Content[0]), "", "a second YAML document starts here", "keep one document: remove the --- line")
		return nil
	case !errors.Is(err, io.EOF):
		d.syntax(data, err)
		return nil
	}
	root := first.Content[0]
	if !d.plain(root, "") {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		d.problemAt(nodePlace(root), "", "the file holds "+kindOf(root)+" where settings belong", "write settings as key: value, such as listen: 127.0.0.1:8080")
		return nil
	}
	return root
}

// badText refuses what YAML readers disagree about, or explain badly.
func (d *document) badText(data []byte) bool {
	for n, line := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(line) {
			d.problemAt(place{n + 1, 1}, "", "the line is not UTF-8", "save the file as UTF-8")
		}
		indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]
		if i := bytes.IndexByte(indent, '\t'); i >= 0 && len(bytes.TrimSpace(line)) > 0 {
			d.problemAt(place{n + 1, i + 1}, "", "a tab indents the line", "indent with spaces")
		}
	}
	return len(d.problems.list) > 0
}

// syntax reports an error of the YAML reader. Its own text quotes nothing of
// the file but the names of anchors.
func (d *document) syntax(data []byte, err error) {
	p, reason, next := place{1, 1}, "this is not YAML", "check quotes, brackets and indentation"
	if le := (*yaml.LoadError)(nil); errors.As(err, &le) {
		switch {
		case le.Mark.Line > 0:
			p = place{le.Mark.Line, max(1, le.Mark.Column)}
		case le.Mark.Index > 0:
			p = placeOf(data, le.Mark.Index)
		}
		reason += ": " + le.Message
		if from := le.ContextMark.Line; from > 0 && from < p.line {
			reason += fmt.Sprintf(" in what starts on line %d", from)
		}
		switch {
		case strings.Contains(le.Message, "max depth") || strings.Contains(le.Message, "depth"):
			reason, next = fmt.Sprintf("settings are nested deeper than %d levels", maxDepth), "check the brackets"
		case strings.Contains(le.Message, "anchor") || strings.Contains(le.Message, "alias"):
			reason, next = "anchors and aliases are not accepted", "write the value out"
		case strings.Contains(le.Message, "mapping values"):
			next = `put a value that holds ": " into quotes, and check the indentation`
		case strings.Contains(le.Message, "did not find expected key"):
			next = "put a value that goes on behind a quote or a bracket into quotes as a whole; else check brackets and indentation"
		case strings.Contains(le.Message, "cannot start any token"):
			next = "put a value that starts with this character into quotes"
		case strings.Contains(le.Message, "control characters"):
			reason, next = "control characters are not allowed", "remove what an editor does not show"
		}
	}
	d.problemAt(p, "", reason, next)
}

// placeOf returns the place of a byte.
func placeOf(data []byte, offset int) place {
	before := data[:min(offset, len(data))]
	line := bytes.LastIndexByte(before, '\n') + 1
	return place{bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[line:]) + 1}
}

// plain refuses what makes one text mean several things: anchors, aliases and
// tags.
func (d *document) plain(n *yaml.Node, path string) bool {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.problemAt(nodePlace(n), path, "anchors and aliases are not accepted", "write the value out")
	case n.Style&yaml.TaggedStyle != 0:
		d.problemAt(nodePlace(n), path, "tags are not accepted", "remove the word that starts with an exclamation mark")
	default:
		return true
	}
	return false
}

func nodePlace(n *yaml.Node) place { return place{max(1, n.Line), max(1, n.Column)} }

// kindOf names what a node holds, never its value.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a section"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!bool":
		return "true or false"
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	}
	return "text"
}
