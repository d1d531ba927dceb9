// Package js lowers JavaScript, TypeScript, JSX and TSX to ir, and what pages
// and components hold of them: the scripts, event handlers and bindings of
// HTML, Vue, Svelte, Astro and EJS. It is not a compiler: it resolves no names, checks no
// types and gives up on no file because a part of it is broken.
package js

import (
	"path"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/syntax"
)

// Extensions lists the file name extensions that Lower reads. Declaration files
// (.d.ts) have one of them, and hold no code.
var Extensions = []string{
	".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx",
	".html", ".htm", ".ejs", ".vue", ".svelte", ".astro",
}

// Lower turns a file into ir. It fails only if nothing of the file could be
// parsed, which is when parse fails; broken places are counted in File.Broken.
// For a declaration file it returns nil and no error.
func Lower(name string, src []byte, parse lang.Parse) (*ir.File, error) {
	if isDeclaration(name) {
		return nil, nil
	}
	f := &ir.File{Path: name, Lang: ir.JavaScript, Source: src}
	var err error
	if d, ok := dialects[strings.ToLower(path.Ext(name))]; ok {
		err = lowerPage(f, parse, d)
	} else {
		err = lowerScript(f, parse)
	}
	if err != nil {
		return nil, err
	}
	sortFile(f)
	return f, nil
}

func isDeclaration(name string) bool {
	name = strings.ToLower(name)
	return strings.HasSuffix(name, ".d.ts") || strings.HasSuffix(name, ".d.mts") || strings.HasSuffix(name, ".d.cts")
}

// languagesFor returns the grammars to try for a file, the likely one first.
// Much of what is called .js holds types, for Flow or by mistake.
func languagesFor(ext string) []syntax.Language {
	switch strings.ToLower(ext) {
	case ".ts", ".mts", ".cts":
		return []syntax.Language{syntax.TypeScript, syntax.TSX}
	case ".tsx":
		return []syntax.Language{syntax.TSX, syntax.TypeScript}
	}
	return []syntax.Language{syntax.JavaScript, syntax.TSX, syntax.TypeScript}
}
