package frameworks

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Bounds of a file. The largest pack has some 60 KiB and nests 9 deep.
const (
	maxFileBytes = 1 << 20
	maxDepth     = 24
)

var bounds = yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth), loaderlimits.AliasValue(0)))

//go:embed *.yaml
var files embed.FS

// Builtin returns what Load returns, and loads once. It panics where the packs
// of this build are broken, which a test of this package rules out.
var Builtin = sync.OnceValue(func() *Set {
	set, err := Load()
	if err != nil {
		panic(err)
	}
	return set
})

// Load reads the packs that are part of the program.
func Load() (*Set, error) { return LoadFS(files) }

// LoadFS reads all *.yaml files at the root of fsys, which is how a pack is
// tried out before it is part of the program. The error is of type *Problems
// where the files are at fault, and holds all that is wrong with them.
func LoadFS(fsys fs.FS) (*Set, error) {
	names, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list frameworks: %w", err)
	}
	read, err := decodeAll(fsys, names)
	if err != nil {
		return nil, err
	}
	l := loader{set: &Set{packs: map[string]*Pack{}, byLang: map[string]*Index{}}, inherited: map[*Kind]bool{}}
	for i := range read {
		l.add(&read[i])
	}
	for _, d := range l.docs {
		l.resolve(d)
	}
	for _, d := range l.docs {
		l.inherit(d)
	}
	for _, d := range l.docs {
		l.index(d)
	}
	if len(l.problems) > 0 {
		slices.SortFunc(l.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
		})
		return nil, &Problems{List: l.problems}
	}
	return l.set, nil
}

// A decoded is a file that was read, or the reason why it could not be.
type decoded struct {
	document
	err error
}

// decodeAll reads the files, on all processors: it is most of the work, and
// every run of review waits for it.
func decodeAll(fsys fs.FS, names []string) ([]decoded, error) {
	out := make([]decoded, len(names))
	for i, name := range names {
		data, err := readFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read framework %q: %w", name, err)
		}
		out[i] = decoded{document: document{file: name, data: data, pack: &Pack{}}}
	}
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(names)) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(out) {
					return
				}
				out[i].err = decode(out[i].data, out[i].pack)
			}
		})
	}
	wg.Wait()
	return out, nil
}

// decode reads one file. It must be UTF-8: the reader takes UTF-16 for it where a
// file begins so.
func decode(data []byte, pack *Pack) error {
	if !utf8.Valid(data) {
		return errors.New("the file is not UTF-8")
	}
	return yaml.Load(data, pack, bounds, yaml.WithKnownFields())
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err == nil && len(data) > maxFileBytes {
		err = errors.New("the file is larger than 1MiB")
	}
	return data, err
}

// Problems is all that is wrong with the files.
type Problems struct{ List []Problem }

// A Problem is one thing that is wrong with a file.
type Problem struct {
	File string
	Line int
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Error lists the problems, one a line.
func (p *Problems) Error() string {
	lines := make([]string, len(p.List))
	for i := range p.List {
		lines[i] = p.List[i].String()
	}
	return strings.Join(lines, "\n")
}

// A document is one file that could be read.
type document struct {
	file  string
	data  []byte
	pack  *Pack
	lines map[string]int // of what stands at a path such as "calls.eval.sink"; made by line
}

// line returns the line of what stands at a path, or of what it is missing
// from. The segments of a path are separated by NUL. Only what goes wrong asks
// for lines, and pays for reading the file again.
func (d *document) line(at string) int {
	if d.lines == nil {
		d.lines = map[string]int{}
		var root yaml.Node
		if yaml.Load(d.data, &root, bounds) == nil {
			recordLines(&root, "", d.lines)
		}
	}
	for {
		if n, ok := d.lines[at]; ok {
			return n
		}
		at = at[:max(0, strings.LastIndexByte(at, 0))]
		if at == "" {
			return 1
		}
	}
}

type loader struct {
	set       *Set
	docs      []*document
	problems  []Problem
	inherited map[*Kind]bool // false while the base is being copied, then true
}

func (l *loader) problem(file string, line int, format string, args ...any) {
	l.problems = append(l.problems, Problem{file, line, fmt.Sprintf(format, args...)})
}

// add adds the pack of a file to the set.
func (l *loader) add(from *decoded) {
	d := &from.document
	file, pack := d.file, d.pack
	if from.err != nil {
		l.yamlProblem(file, from.err)
		return
	}
	want := strings.TrimSuffix(path.Base(file), ".yaml")
	if pack.Name != want {
		l.problem(file, d.line("name"), "the name is %q, but that of the file is %q", pack.Name, want)
		return
	}
	if !slices.Contains(languages, pack.Language) {
		l.problem(file, d.line("language"), "language %q is none of %s", pack.Language, strings.Join(languages, ", "))
		return
	}
	for name, k := range pack.Kinds {
		if k == nil {
			k = &Kind{}
			pack.Kinds[name] = k
		}
		k.Name, k.Pack = pack.Name+"/"+name, pack
	}
	l.set.packs[pack.Name] = pack
	l.docs = append(l.docs, d)
}

// yamlProblem reports an error of the YAML reader, which may hold several.
func (l *loader) yamlProblem(file string, err error) {
	var list *yaml.LoadErrors
	var one *yaml.LoadError
	switch {
	case errors.As(err, &list):
		for _, e := range list.Errors {
			l.problem(file, max(1, e.Mark.Line), "%s", e.Message)
		}
	case errors.As(err, &one):
		l.problem(file, max(1, one.Mark.Line), "%s", one.Message)
	default:
		l.problem(file, 1, "%v", err)
	}
}

// recordLines notes where each key stands.
func recordLines(n *yaml.Node, at string, lines map[string]int) {
	switch n.Kind {
	case yaml.DocumentNode:
		for _, c := range n.Content {
			recordLines(c, at, lines)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			below := join(at, fmt.Sprint(i))
			lines[below] = c.Line
			recordLines(c, below, lines)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			lines[join(at, key.Value)] = key.Line
			for name := range strings.SplitSeq(key.Value, ",") {
				below := join(at, strings.TrimSpace(name))
				lines[below] = key.Line
				recordLines(n.Content[i+1], below, lines)
			}
		}
	}
}

// join appends segments to a path. NUL can't be part of a key in YAML.
func join(at string, segments ...string) string {
	for _, s := range segments {
		if at != "" {
			at += "\x00"
		}
		at += s
	}
	return at
}

// split gives each name of keys that hold several an entry of its own. The
// values are shared; doubles are problems.
func split[V any](l *loader, d *document, at string, m map[string]V) map[string]V {
	if m == nil {
		return nil
	}
	out := make(map[string]V, len(m))
	for _, keys := range slices.Sorted(maps.Keys(m)) {
		for name := range strings.SplitSeq(keys, ",") {
			name = strings.TrimSpace(name)
			if name == "" || strings.ContainsAny(name, "\"'") {
				l.problem(d.file, d.line(join(at, keys)), "an empty name, or one with quotes, in %q: quotes belong around all of it", keys)
				continue
			}
			if _, dup := out[name]; dup {
				l.problem(d.file, d.line(join(at, keys)), "%q is there twice", name)
			}
			out[name] = m[keys]
		}
	}
	return out
}
