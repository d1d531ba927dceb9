package syntax_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/syntax"
)

// checkShape checks what readers of any tree may rely on and returns the depth of
// its deepest node.
func checkShape(tb testing.TB, tree *syntax.Tree) (deepest int) {
	tb.Helper()
	root := tree.Root()
	if !root.Parent().IsZero() || root.Index() != 0 {
		tb.Errorf("the root has a parent")
	}
	depths := make([]int, tree.Len())
	errors, reached := 0, 1
	for n := range root.Descendants() {
		deepest = max(deepest, depths[n.Index()])
		if n.Start() > n.End() || int(n.End()) > len(tree.Source) {
			tb.Errorf("node %d spans %d to %d of %d bytes", n.Index(), n.Start(), n.End(), len(tree.Source))
		}
		if n.Kind() == "" {
			tb.Errorf("node %d has no kind", n.Index())
		}
		if n.IsError() || n.Missing() {
			errors++
		}
		last, count := n.Start(), 0
		for c := range n.Children() {
			if c.Parent() != n {
				tb.Errorf("node %d is a child of %d, its parent is %d", c.Index(), n.Index(), c.Parent().Index())
			}
			if c.Start() < last || c.End() > n.End() {
				tb.Errorf("child %d to %d after %d in %d to %d", c.Start(), c.End(), last, n.Start(), n.End())
			}
			if c.HasError() && !n.HasError() {
				tb.Errorf("node %d has an error, its parent hasn't", c.Index())
			}
			last = c.End()
			depths[c.Index()] = depths[n.Index()] + 1
			count++
		}
		if count != n.NumChildren() {
			tb.Errorf("node %d: %d children, NumChildren is %d", n.Index(), count, n.NumChildren())
		}
		reached += count
	}
	if reached != tree.Len() {
		tb.Errorf("%d of %d nodes are children of some node", reached, tree.Len())
	}
	if errors != tree.Errors {
		tb.Errorf("%d ERROR and missing nodes, Errors is %d", errors, tree.Errors)
	}
	return deepest
}
