//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

// toolNames are the tools, the one first that the others stand beside.
var toolNames = []string{"wswarden", "ast-grep", "eslint"}

// A tool is one that reads source.
type tool struct {
	name string
	// extensions are the files that it reads, when it is given a folder.
	extensions []string
	// program is the call that reads a folder.
	program func(tree string) program
	// walked is how much it read, by its own account; nil where it says nothing.
	walked func(report io.Reader) (reviewStats, error)
}

var (
	jsExtensions  = []string{".js", ".mjs", ".cjs"}
	webExtensions = slices.Concat(jsExtensions, []string{".jsx", ".ts", ".mts", ".cts", ".tsx"})
	allExtensions = slices.Concat(webExtensions, []string{".py", ".go"})
)

// reads reports whether the tool reads files of the extension.
func (t *tool) reads(ext string) bool { return slices.Contains(t.extensions, ext) }

// newTool is a tool of the name. packages is the folder in which npm installed
// the others, root the repository.
func newTool(name, wswarden, packages, root, cacheDir string) *tool {
	switch name {
	case "ast-grep":
		return astGrep(packages, root)
	case "eslint":
		return eslint(packages)
	}
	return wswardenTool(wswarden, cacheDir)
}

func wswardenTool(binary, cacheDir string) *tool {
	return &tool{
		name:       "wswarden",
		extensions: allExtensions,
		walked:     parseStats,
		program: func(tree string) program {
			return program{
				args: []string{binary, "review", "--format", "json", "--fail-on", "never", tree},
				env:  []string{"XDG_CACHE_HOME=" + cacheDir},
				fine: []int{0},
			}
		},
	}
}

// astGrep has four patterns for each language, comparable to the first questions
// of a review: where is a server, who checks the origin, what reads and what
// sends messages.
func astGrep(packages, root string) *tool {
	arch := map[string]string{"amd64": "x64", "arm64": "arm64"}[runtime.GOARCH]
	binary := filepath.Join(packages, "node_modules", "@ast-grep", "cli-linux-"+arch+"-gnu", "ast-grep")
	config := filepath.Join(root, "bench", "review", "astgrep", "sgconfig.yml")
	return &tool{
		name:       "ast-grep",
		extensions: allExtensions,
		program: func(tree string) program {
			args := []string{binary, "scan", "--config", config, "--json=stream"}
			for _, ignored := range []string{"hidden", "dot", "exclude", "global", "parent", "vcs"} {
				args = append(args, "--no-ignore", ignored) // the tree has only what is to be read
			}
			return program{args: append(args, tree), fine: []int{0}}
		},
	}
}

// eslint exits with 1 if it found something.
func eslint(packages string) *tool {
	return &tool{
		name:       "eslint",
		extensions: jsExtensions,
		program: func(tree string) program {
			return program{
				args: []string{"node", filepath.Join(packages, "node_modules", "eslint", "bin", "eslint.js"), "--config", filepath.Join(packages, "eslint.config.mjs"), "--no-warn-ignored", "--no-error-on-unmatched-pattern", "--format", "json", tree},
				dir:  packages, // it reads nothing outside of it
				fine: []int{0, 1},
			}
		},
	}
}

// reviewStats is what review says of a run.
type reviewStats struct {
	Files int64 `json:"files_walked"`
	Bytes int64 `json:"bytes_walked"`
	// Parsed is how many bytes had to do with WebSockets, or are imported there.
	Parsed int64 `json:"bytes_parsed"`
	Lines  int64 `json:"lines"`
}

// parseStats takes the stats out of a report in JSON. It holds no more of the
// report than that: what a started program is said to have used at most is never
// less than what its parent had.
func parseStats(report io.Reader) (reviewStats, error) {
	dec := json.NewDecoder(report)
	start, err := dec.Token()
	if err != nil {
		return reviewStats{}, fmt.Errorf("read the report of review: %w", err)
	}
	if start != json.Delim('{') {
		return reviewStats{}, errors.New("read the report of review: it is no object")
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return reviewStats{}, fmt.Errorf("read the report of review: %w", err)
		}
		if key == "stats" {
			var s reviewStats
			if err := dec.Decode(&s); err != nil {
				return reviewStats{}, fmt.Errorf("read the report of review: %w", err)
			}
			return s, nil
		}
		if err := skipValue(dec); err != nil {
			return reviewStats{}, fmt.Errorf("read the report of review: %w", err)
		}
	}
	return reviewStats{}, errors.New("read the report of review: it has no stats")
}

// skipValue reads over the next value.
func skipValue(dec *json.Decoder) error {
	for depth := 0; ; {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// read has a tool read a tree once. Without an account of its own, the size of
// the files of its languages is what it read.
func (t *tool) read(ctx context.Context, tree *tree) (Cell, error) {
	p := t.program(tree.dir)
	p.output = io.Discard
	if t.walked != nil {
		f, err := os.CreateTemp("", "wswarden-bench-")
		if err != nil {
			return Cell{}, fmt.Errorf("keep the report of %s: %w", t.name, err)
		}
		defer os.Remove(f.Name())
		defer f.Close()
		p.output = f
	}
	u, err := spend(ctx, p)
	if err != nil {
		return Cell{}, err
	}
	c := Cell{Tool: t.name, Tree: tree.Name, Usage: u}
	c.Bytes, c.Lines = tree.size(t)
	if f, ok := p.output.(*os.File); ok {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return Cell{}, fmt.Errorf("read the report of %s: %w", t.name, err)
		}
		s, err := t.walked(f)
		if err != nil {
			return Cell{}, err
		}
		c.Bytes, c.Lines, c.Parsed = s.Bytes, s.Lines, s.Parsed
	}
	return c, nil
}

// check tells before the run that a tool isn't there.
func (t *tool) check() error {
	binary := t.program(".").args[0]
	if !filepath.IsAbs(binary) {
		return nil
	}
	if _, err := os.Stat(binary); err != nil {
		return fmt.Errorf("find %s: %w", t.name, err)
	}
	return nil
}
