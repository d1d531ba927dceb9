// Package lang holds what the lowerings of the source languages share. Each of
// them is a folder below it; this package knows none of them.
package lang

import "github.com/wswarden/wswarden/review/syntax"

// Parse is how a lowering gets at trees. It is syntax.Pool.Parse with a context
// bound to it, or a Parser's, and may be called several times for one file.
type Parse = func(language syntax.Language, src []byte) (*syntax.Tree, error)
