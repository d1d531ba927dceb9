// Package asyncapi reads AsyncAPI documents, versions 2 and 3, as a source of
// JSON Schemas: for each direction, which messages there are and what each may
// hold.
//
// A document describes the application that the messages arrive at, which is
// the backend. In version 3 its operations say receive for what a client sends
// and send for what a client gets. In version 2 they say it from the other
// side: what clients publish arrives at the application.
//
// Everything that decides what a message may be is read strictly. What is not
// understood there is an error that names it, because a rule that is written
// down but not in force is worse than none. Headers of messages are not read:
// on a WebSocket there is no place for them.
//
// It is no general AsyncAPI parser: servers, security and bindings are not
// looked at, and nothing is fetched from a network.
package asyncapi

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Document is what a document says about messages.
type Document struct {
	// Files are the documents that were read, the one that was asked for first.
	// They are relative to its folder.
	Files []string
	// Version is the version of AsyncAPI that the document follows.
	Version string
	// Client are the messages that clients send, Server those that they get,
	// both by name: the message's `name`, else, in version 2, its `messageId`,
	// else the key that it stands under.
	Client, Server map[string]Message
}

// Message is one kind of message.
type Message struct {
	Name string
	// Schema is the JSON text of a JSON Schema of draft 2020-12 that refers to
	// nothing outside of itself.
	Schema []byte
	// File, Line and Column are where the message is written; File is spelt as in
	// [Document.Files].
	File         string
	Line, Column int
}

// The limits of what is read. Documents are written by people; the limits keep
// a file that is none from taking memory without end.
const (
	maxFileBytes = 1 << 20
	maxFiles     = 64
	maxDepth     = 64
	maxNodes     = 200_000 // over all files
	maxMessages  = 1000    // for each direction
	maxHops      = 32      // references that lead to references
	maxProblems  = 100
)

// Error says that a document can't be used. It lists what is wrong, by place.
type Error struct {
	Problems []Problem
}

// Problem is one thing that is wrong with a document.
type Problem struct {
	// File is as the caller of [Load] or a reference in the document spells it.
	File string
	// Line and Column count from 1.
	Line, Column int
	Reason       string
}

// Error returns one line for each problem.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// String returns the problem as one line.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Reason)
}

// Load reads the document at path, YAML or JSON, and the files beside it that
// it refers to. No file outside of the document's folder is opened, whatever a
// reference or a symbolic link says. An error about the content is an [*Error].
func Load(path string) (*Document, error) {
	folder, name := filepath.Split(path)
	root, err := os.OpenRoot(cmp.Or(folder, "."))
	if err != nil {
		return nil, fmt.Errorf("read AsyncAPI document %q: %w", path, cause(err))
	}
	defer root.Close()
	return load(root.FS(), folder, name)
}

// load reads the document of this name from a folder.
func load(folder fs.FS, prefix, name string) (*Document, error) {
	l := &loader{folder: folder, prefix: prefix, files: map[string]*file{}}
	first, err := l.open(name)
	if err != nil {
		return nil, fmt.Errorf("read AsyncAPI document %q: %w", prefix+name, cause(err))
	}
	doc := l.document(first)
	if len(l.problems) > 0 {
		return nil, l.failure()
	}
	doc.Files = l.order
	return doc, nil
}

// loader reads one document.
type loader struct {
	folder   fs.FS  // of the document
	prefix   string // in front of the names of files
	files    map[string]*file
	order    []string // names of files as they were opened
	nodes    int      // values read so far
	work     int      // values of schemas written so far
	doc      *Document
	problems []Problem
}

// problem notes what is wrong at n.
func (l *loader) problem(n node, format string, args ...any) {
	l.problemAt(n.file.name, n.Line, n.Column, fmt.Sprintf(format, args...))
}

func (l *loader) problemAt(file string, line, column int, reason string) {
	p := Problem{l.prefix + file, max(line, 1), max(column, 1), reason}
	if len(l.problems) < maxProblems && !slices.Contains(l.problems, p) {
		l.problems = append(l.problems, p)
	}
}

// failure returns the problems in their order.
func (l *loader) failure() *Error {
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(slices.Index(l.order, strings.TrimPrefix(a.File, l.prefix)), slices.Index(l.order, strings.TrimPrefix(b.File, l.prefix))),
			cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &Error{l.problems}
}

// document reads what the file says, by its version.
func (l *loader) document(f *file) *Document {
	l.doc = &Document{Client: map[string]Message{}, Server: map[string]Message{}}
	if f.top.Node == nil {
		return l.doc // it could not be read
	}
	top, ok := l.mapping(f.top, "an AsyncAPI document")
	if !ok {
		return l.doc
	}
	version, ok := top["asyncapi"]
	if !ok {
		l.problem(f.top, "there is no version: an AsyncAPI document starts with asyncapi: 3.0.0")
		return l.doc
	}
	l.doc.Version, _ = l.text(version, "asyncapi")
	switch {
	case !versions.MatchString(l.doc.Version):
		l.problem(version, "AsyncAPI %q is not supported: write a document of version 2.0 to 2.6, 3.0 or 3.1", clip(l.doc.Version))
		return l.doc
	case l.doc.Version[0] == '2':
		l.version2(f.top)
	default:
		l.version3(f.top)
	}
	if len(l.doc.Client)+len(l.doc.Server) == 0 && len(l.problems) == 0 {
		l.problem(f.top, "no operation of the document has a message")
	}
	return l.doc
}

// direction says who sends a message.
type direction int

const (
	fromClient direction = iota
	fromServer
)

func (d direction) opposite() direction { return fromServer - d }

// add keeps a message of one direction.
func (l *loader) add(d direction, m Message) {
	into := l.doc.Client
	if d == fromServer {
		into = l.doc.Server
	}
	at := func(m Message) string { return fmt.Sprintf("%s:%d", l.prefix+m.File, m.Line) }
	old, known := into[m.Name]
	switch {
	case !known && len(into) >= maxMessages:
		l.problemAt(m.File, m.Line, m.Column, fmt.Sprintf("there are more than %d messages", maxMessages))
	case !known:
		into[m.Name] = m
	case string(old.Schema) != string(m.Schema):
		l.problemAt(m.File, m.Line, m.Column, fmt.Sprintf("two messages of one direction are named %q and differ; the other one is at %s", clip(m.Name), at(old)))
	}
}
