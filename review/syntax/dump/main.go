// Command dump prints the syntax tree of a file, for those who write or mend
// what reads trees. It is no part of wswarden.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/wswarden/wswarden/review/syntax"
)

var byExtension = map[string]syntax.Language{
	".js": syntax.JavaScript, ".jsx": syntax.JavaScript, ".mjs": syntax.JavaScript, ".cjs": syntax.JavaScript,
	".ts": syntax.TypeScript, ".mts": syntax.TypeScript, ".cts": syntax.TypeScript, ".tsx": syntax.TSX,
	".py": syntax.Python, ".go": syntax.Go, ".html": syntax.HTML, ".vue": syntax.HTML, ".svelte": syntax.HTML,
}

func main() {
	all := flag.Bool("all", false, "print tokens too")
	flag.Parse()
	if err := run(flag.Args(), *all); err != nil {
		fmt.Fprintln(os.Stderr, "dump:", err)
		os.Exit(1)
	}
}

func run(files []string, all bool) error {
	ctx := context.Background()
	parser, err := syntax.NewParser(ctx, syntax.Options{})
	if err != nil {
		return err
	}
	defer parser.Close()
	for _, file := range files {
		language, ok := byExtension[strings.ToLower(filepath.Ext(file))]
		if !ok {
			return fmt.Errorf("%q has no known extension", file)
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		tree, err := parser.Parse(ctx, language, source)
		if err != nil {
			return err
		}
		if err := tree.Dump(os.Stdout, all); err != nil {
			return err
		}
		fmt.Printf("%d nodes, %d errors %s\n", tree.Len(), tree.Errors, tree.Truncated)
	}
	return nil
}
