// Package golang lowers Go to ir. It reads single files, broken ones and
// snippets without surroundings too. It checks no types and resolves no names:
// what a name stands for is for the analysis to find out.
//
// Where ir has no form of its own for what Go says, it is lowered so:
//
//   - c <- v is a Call of the Member "<-" of c with the argument v.
//   - A type in the place of an expression (a conversion, make, new, a case of
//     a type switch) is the Name, the Member or the Unary "*" that it looks
//     like; any other is a TypeExpr.
//   - f[T](x) is a Call of f where T can only be a type, else one of an Index:
//     a generic function and a table of functions look the same.
//   - Blank identifiers are holes of a List; alone they are Names.
//   - An embedded field is both a Field, with the name that Go gives it, and one
//     of the Bases, there without its pointer. The methods of an interface are
//     Fields of function types.
//   - A composite literal is an Object where it has keys or its type is known
//     to be a struct or map, else a List. What is known are the types of the
//     same file.
//   - Named results are declared in front of the body.
//   - interface{} is the type any.
package golang

import (
	"fmt"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/syntax"
)

// Extensions lists the file name extensions that Lower reads.
var Extensions = []string{".go"}

// Lower returns what a Go file says. It fails only where there is no tree at
// all: the source is too large or takes too long. Places that can't be read are
// counted in the file's Broken.
func Lower(path string, src []byte, parse lang.Parse) (*ir.File, error) {
	tree, err := parse(syntax.Go, src)
	if err != nil {
		return nil, fmt.Errorf("lower %q: %w", path, err)
	}
	var inserted insertions
	if tree.Errors > 0 {
		tree, inserted = mend(tree, parse)
	}
	f := &ir.File{Path: path, Lang: ir.Go, Source: src, Broken: tree.Errors + len(inserted)}
	if tree.Truncated != 0 {
		f.Broken++
	}
	newLowerer(f, tree, inserted).lower()
	return f, nil
}
