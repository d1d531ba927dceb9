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
