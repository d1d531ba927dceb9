package tree

import (
	"bytes"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// sources are the endings of files whose lines count.
var sources = map[string]bool{
	".js": true, ".mjs": true, ".cjs": true, ".jsx": true, ".ts": true, ".mts": true, ".cts": true, ".tsx": true,
	".html": true, ".htm": true, ".vue": true, ".svelte": true,
	".py": true, ".go": true, ".java": true, ".cs": true, ".rb": true, ".php": true, ".rs": true, ".ex": true, ".exs": true,
}

// vendored are folders of code that somebody else wrote or a program made.
var vendored = map[string]bool{
	"node_modules": true, "bower_components": true, "vendor": true, "third_party": true, "dist": true, ".git": true,
}

// minifiedWidth is the mean number of bytes a line from which on a file counts
// as minified.
const minifiedWidth = 300

// Lines counts the physical lines of the source files below dir, without
// vendored and minified ones. It is the check on what review says it walked,
// so it shares no code with it.
func Lines(dir string) (int, error) {
	total := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			// node-red keeps its own source under packages/node_modules.
			own := filepath.Base(filepath.Dir(name)) == "packages" && d.Name() == "node_modules"
			if name != dir && vendored[d.Name()] && !own {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !isSource(d.Name()) {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if lines := countLines(text); len(text) < minifiedWidth*max(lines, 1) {
			total += lines
		}
		return nil
	})
	return total, err
}

func isSource(name string) bool {
	name = strings.ToLower(name)
	return sources[path.Ext(name)] && !strings.Contains(name, ".min.")
}

func countLines(text []byte) int {
	n := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}
