// Package js lowers JavaScript, TypeScript, JSX and TSX to ir, and what pages
// and components hold of them: the scripts, event handlers and bindings of
// HTML, Vue, Svelte, Astro and EJS. It is not a compiler: it resolves no names,
// checks no types and gives up on no file because a part of it is broken.
//
// What the analysis should know beyond the contract of ir:
//
//   - The value of export default is a statement of the body, and by the same
//     node the value of the export.
//   - The bases of a class are its superclass and then the interfaces that it
//     implements. The alias of an object type, of a name or of an intersection
//     is an interface, with the names among its bases.
//   - A declaration without type takes that of new Map<K, V>(). An intersection
//     is a union, whose members are all there.
//   - A function as the value of a field has the class of the field.
//   - The attributes of markup have the name of what they bind: :src and
//     v-bind:src are "src"; @click, v-on:click and on:click are "onclick", with
//     a function as value unless it is the name of one. v-html keeps its name.
//   - v-if, v-for, {#if}, {#each} and {#await} are statements around elements,
//     and elements are statements beside each other, behind all scripts.
//   - A Vue component that is written as options is one object, whose members are
//     what data returns, the methods and, as getters, the computed values; its
//     markup is the body of a method "render" that has them as variables.
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
