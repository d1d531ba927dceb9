package celpolicy

import (
	"regexp"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
)

// mixed is what the type checker says where a double is compared with an int for
// equality, or looked for in a list of them. It lets them be compared by order,
// and CEL compares their values whenever the types are not known before.
var mixed = regexp.MustCompile(`^found no matching overload for '(?:_==_|_!=_|@in)' applied to ` +
	`'\((?:double, (?:int|list\(int\))|int, (?:double|list\(double\)))\)'$`)

// mixNumbers has the comparisons of a double and an int that issues name compare
// values of any type, as if dyn() were written there: to JSON 5 and 5.0 are one
// number. It reports whether there was one.
func mixNumbers(parsed *cel.Ast, issues *cel.Issues) bool {
	calls := map[int64]bool{}
	for _, err := range issues.Errors() {
		if mixed.MatchString(err.Message) {
			calls[err.ExprID] = true
		}
	}
	if len(calls) == 0 {
		return false
	}
	tree := parsed.NativeRep()
	ast.PostOrderVisit(tree.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.CallKind && calls[e.ID()] {
			asDynamic(tree, e.AsCall().Args()[0])
		}
	}))
	return true
}

// asDynamic wraps e in dyn().
func asDynamic(tree *ast.AST, e ast.Expr) {
	info := tree.SourceInfo()
	factory := ast.NewExprFactory()
	inner := factory.CopyExpr(e)
	next := ast.MaxID(tree)
	renumbered := map[int64]int64{}
	inner.RenumberIDs(func(old int64) int64 {
		if _, ok := renumbered[old]; !ok {
			next++
			renumbered[old] = next
			if at, ok := info.GetOffsetRange(old); ok {
				info.SetOffsetRange(next, at)
			}
		}
		return renumbered[old]
	})
	e.SetKindCase(factory.NewCall(e.ID(), "dyn", inner))
}
