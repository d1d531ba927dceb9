package python

import (
	"cmp"
	"slices"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// lowerFile lowers the whole file. Sources with errors are lowered piece by
// piece, since one bracket that is never closed can cost the parser everything
// behind it.
func (l *lowerer) lowerFile() error {
	tree, err := l.parse(syntax.Python, l.file.Source)
	if err != nil {
		return err
	}
	if tree.Errors > 0 || hasEmptyBlock(tree) {
		if r, ok := repair(tree.Source); ok {
			if again, err := l.parse(syntax.Python, r.text); err == nil && again.Errors <= tree.Errors {
				tree, l.offsets = again, r.offsets
				l.file.Broken = r.finished
			}
		}
	}
	if tree.Truncated != 0 {
		l.file.Broken++
	}
	l.comments(tree)
	if tree.Errors > 0 {
		l.lowerPieces(tree.Source)
	} else {
		l.file.Body = l.block(tree.Root())
	}
	slices.SortStableFunc(l.file.Funcs, func(a, b *ir.Func) int { return cmp.Compare(a.Pos.Start, b.Pos.Start) })
	return nil
}

// hasEmptyBlock reports whether a block has no statements, which Python does not
// allow. It is how the parser sees lines that are not indented.
func hasEmptyBlock(tree *syntax.Tree) bool {
	for n := range tree.Root().Descendants() {
		if n.Kind() == "block" && n.NumNamedChildren() == 0 {
			return true
		}
	}
	return false
}
