// Command gen writes the pages of docs/weaknesses from the catalogue. Run it
// with go generate ./internal/explain.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wswarden/wswarden/internal/explain"
)

func main() {
	out := flag.String("out", "docs/weaknesses", "folder to write to")
	flag.Parse()
	if err := write(*out, explain.Docs()); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(2)
	}
}

// write replaces the Markdown files of dir by files: a page whose entry is
// gone goes, too.
func write(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return err
	}
	for _, name := range old {
		if _, ok := files[filepath.Base(name)]; ok {
			continue
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
