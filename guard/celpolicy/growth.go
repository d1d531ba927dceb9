package celpolicy

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// maxInserted is how long a text may be that a call writes again and again.
const maxInserted = 64 // bytes

// inserts are the functions that write an argument into a text as often as the text
// has a place for it. What they make is charged when it is there, so two texts of a
// message would make one as long as their product first.
var inserts = map[string]int{"replace": 1, "join": 0}

// growth reports the first call that could make much of little.
func growth(checked *cel.Ast) *Problem {
	root := ast.NavigateAST(checked.NativeRep())
	for name, arg := range inserts {
		for _, call := range ast.MatchDescendants(root, ast.FunctionMatcher(name)) {
			args := call.AsCall().Args()
			if len(args) <= arg || isShortText(args[arg]) {
				continue
			}
			at := checked.NativeRep().SourceInfo().GetStartLocation(args[arg].ID())
			return &Problem{at.Line(), at.Column() + 1, fmt.Sprintf("what %s writes must be a literal text of at most %d bytes", name, maxInserted), "write it out"}
		}
	}
	return nil
}

func isShortText(x ast.Expr) bool {
	if x.Kind() != ast.LiteralKind {
		return false
	}
	s, ok := x.AsLiteral().(types.String)
	return ok && len(s) <= maxInserted
}
