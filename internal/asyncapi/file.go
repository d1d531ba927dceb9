package asyncapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

var versions = regexp.MustCompile(`^(2\.[0-6]|3\.[01])\.[0-9]{1,3}$`)

// file is one file of a document.
type file struct {
	name string // relative to the folder of the document
	top  node   // its Node is nil if the file could not be read
}

// node is a value and the file that it stands in.
type node struct {
	file *file
	*yaml.Node
}

func (n node) child(c *yaml.Node) node { return node{n.file, c} }

// open returns the file of this name, which is relative to the folder of the
// document. An error is one of the file system; what is wrong with the content
// is noted.
func (l *loader) open(name string) (*file, error) {
	if f, ok := l.files[name]; ok {
		return f, nil
	}
	if len(l.files) >= maxFiles {
		return nil, fmt.Errorf("a document may consist of at most %d files", maxFiles)
	}
	data, err := l.read(name)
	if err != nil {
		return nil, err
	}
	f := &file{name: name}
	l.files[name] = f
	l.order = append(l.order, name)
	f.top = l.parse(f, data)
	return f, nil
}

// read returns the content of a regular file.
func (l *loader) read(name string) ([]byte, error) {
	// Before it is opened: a pipe would block.
	if info, err := fs.Stat(l.folder, name); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := l.folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		err = errors.New("larger than 1MiB")
	}
	return data, err
}

// parse returns the value of a file. It has no aliases, no tags, no key twice,
// and is not too deep.
func (l *loader) parse(f *file, data []byte) node {
	if !utf8.Valid(data) {
		l.problemAt(f.name, 1, 1, "the file is not UTF-8")
		return node{file: f}
	}
	data = joinSurrogates(data)
	reader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		l.problemAt(f.name, 1, 1, "the YAML reader failed")
		return node{file: f}
	}
	var first, second yaml.Node
	switch err := reader.Load(&first); {
	case errors.Is(err, io.EOF):
		l.problemAt(f.name, 1, 1, "the file is empty")
		return node{file: f}
	case err != nil:
		l.syntax(f, data, err)
		return node{file: f}
	}
	if err := reader.Load(&second); !errors.Is(err, io.EOF) {
		l.problemAt(f.name, 1, 1, "the file must hold one document, without a second one behind ---")
		return node{file: f}
	}
	top := &first
	if top.Kind == yaml.DocumentNode {
		top = top.Content[0]
	}
	n := node{f, top}
	if !l.sound(n, 0) {
		return node{file: f}
	}
	return n
}

// syntax notes where the YAML reader stopped.
func (l *loader) syntax(f *file, data []byte, err error) {
	line, column, reason := 1, 1, "the reader failed"
	if le := (*yaml.LoadError)(nil); errors.As(err, &le) {
		reason = le.Message
		switch {
		case le.Mark.Line > 0:
			line, column = le.Mark.Line, le.Mark.Column
		case le.Mark.Index > 0:
			before := data[:min(le.Mark.Index, len(data))]
			line = bytes.Count(before, []byte("\n")) + 1
			column = utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
		}
	}
	l.problemAt(f.name, line, column, "not valid YAML or JSON: "+reason)
}

// joinSurrogates replaces the pairs of \u escapes with which JSON spells a
// character beyond U+FFFF, and which YAML does not know, by the character.
func joinSurrogates(data []byte) []byte {
	if !bytes.Contains(data, []byte(`\ud`)) && !bytes.Contains(data, []byte(`\uD`)) || !json.Valid(data) {
		return data
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			out = append(out, data[i])
			continue
		}
		if r := utf16.DecodeRune(escape(data[i:]), escape(data[min(i+6, len(data)):])); r != utf8.RuneError {
			out = utf8.AppendRune(out, r)
			i += 11
			continue
		}
		out = append(out, data[i], data[i+1]) // in JSON something follows
		i++
	}
	return out
}

// escape returns the number of the \u escape that b starts with, -1 if there is
// none.
func escape(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

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

// clip bounds input that a message quotes.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// cause strips the operation and the path that the caller has written already.
func cause(err error) error {
	var pe *os.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fs.ErrNotExist
	}
	return err
}
