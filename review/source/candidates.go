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

// candidatesGo are all files of the folder that ends the import path.
func (r *reader) candidatesGo(name string) []string {
	first, _, _ := strings.Cut(name, "/")
	if !strings.Contains(first, ".") && !strings.Contains(name, "/") {
		return nil
	}
	tail := ""
	if parts := strings.Split(name, "/"); len(parts) > 3 && strings.Contains(parts[0], ".") {
		tail = strings.Join(parts[3:], "/")
	}
	var out []string
	for _, f := range r.files {
		if f.ext != ".go" {
			continue
		}
		dir := dirOf(f.path)
		if dir != "." && (name == dir || strings.HasSuffix(name, "/"+dir)) || tail != "" && strings.HasSuffix("/"+dir, "/"+tail) {
			out = append(out, f.path)
		}
	}
	return out
}
