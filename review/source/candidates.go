package source

import (
	"path"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// candidates are the files that an import may mean. flow decides which it is;
// here it is enough to have them all.
func (r *reader) candidates(from *ir.File, name string) []string {
	switch from.Lang {
	case ir.JavaScript:
		return r.candidatesJS(from.Path, name)
	case ir.Python:
		return r.candidatesPython(from.Path, name)
	}
	return r.candidatesGo(name)
}

var jsEndings = []string{"", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte", "/index.ts", "/index.tsx", "/index.js", "/index.mjs"}

func (r *reader) candidatesJS(from, name string) []string {
	var out []string
	try := func(base string) bool {
		found := false
		stem := base
		switch ext := path.Ext(base); ext {
		case ".js", ".mjs", ".cjs", ".jsx":
			stem = strings.TrimSuffix(base, ext)
		}
		for _, b := range []string{base, stem} {
			for _, end := range jsEndings {
				if r.byPath[path.Clean(b+end)] != nil {
					out = append(out, path.Clean(b+end))
					found = true
				}
			}
		}
		return found
	}
	if strings.HasPrefix(name, ".") {
		try(path.Join(path.Dir(from), name))
		return out
	}
	for _, alias := range []string{"@/", "~/", "#/", "src/", "@src/", "$lib/"} {
		rest, ok := strings.CutPrefix(name, alias)
		if !ok {
			continue
		}
		for dir := path.Dir(from); ; dir = path.Dir(dir) {
			for _, sub := range []string{"", "src", "lib", "src/lib", "app"} {
				if try(path.Join(dir, sub, rest)) {
					return out
				}
			}
			if dir == "." || dir == "/" {
				return out
			}
		}
	}
	return out
}

func (r *reader) candidatesPython(from, name string) []string {
	dots := len(name) - len(strings.TrimLeft(name, "."))
	rel := strings.ReplaceAll(name[dots:], ".", "/")
	try := func(base string) []string {
		for _, end := range []string{".py", "/__init__.py"} {
			if p := path.Clean(base) + end; r.byPath[p] != nil {
				return []string{p}
			}
		}
		return nil
	}
	dir := path.Dir(from)
	if dots > 0 {
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		return try(path.Join(dir, rel))
	}
	for {
		for _, sub := range []string{"", "src"} {
			if out := try(path.Join(dir, sub, rel)); out != nil {
				return out
			}
		}
		if dir == "." || dir == "/" {
			return nil
		}
		dir = path.Dir(dir)
	}
}

// candidatesGo are all files of the folders whose path ends the import path, or
// is ended by what follows the host, owner and repository in it.
func (r *reader) candidatesGo(name string) []string {
	first, _, _ := strings.Cut(name, "/")
	if !strings.Contains(first, ".") && !strings.Contains(name, "/") {
		return nil
	}
	if r.goDirs == nil {
		r.goDirs = indexGo(r.files)
	}
	for _, m := range r.goModules {
		if rest, ok := strings.CutPrefix(name, m.name); ok && m.name != "" && (rest == "" || rest[0] == '/') {
			if dir := path.Join(m.dir, rest); len(r.goDirs.whole[dir]) > 0 {
				return r.goDirs.whole[dir]
			}
		}
	}
	var out []string
	eachEnd(name, func(end string) { out = append(out, r.goDirs.whole[end]...) })
	if parts := strings.Split(name, "/"); len(parts) > 3 && strings.Contains(parts[0], ".") {
		out = append(out, r.goDirs.ending[strings.Join(parts[3:], "/")]...)
	}
	return out
}

// goDirs are the Go files of a program by their folder's path, and by each of
// its ends. The root of the program has no path of its own.
type goDirs struct {
	whole, ending map[string][]string
}

func indexGo(files []*walked) *goDirs {
	out := &goDirs{whole: map[string][]string{}, ending: map[string][]string{}}
	for _, f := range files {
		if f.ext != ".go" {
			continue
		}
		dir := dirOf(f.path)
		if dir != "." {
			out.whole[dir] = append(out.whole[dir], f.path)
		}
		eachEnd(dir, func(end string) { out.ending[end] = append(out.ending[end], f.path) })
	}
	return out
}

// eachEnd calls f with a path and with what is left of it after each slash.
func eachEnd(path string, f func(end string)) {
	for {
		f(path)
		_, rest, ok := strings.Cut(path, "/")
		if !ok {
			return
		}
		path = rest
	}
}
