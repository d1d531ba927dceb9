package syntax

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// String returns n as an S-expression of its named nodes with their fields,
// such as (call_expression function: (identifier) arguments: (arguments)). It is
// for tests and for looking at trees.
func (n Node) String() string {
	if n.IsZero() {
		return "()"
	}
	var b strings.Builder
	var ends []uint32 // where what is below each open parenthesis ends
	for c := range n.Descendants() {
		for len(ends) > 0 && ends[len(ends)-1] <= c.index {
			b.WriteByte(')')
			ends = ends[:len(ends)-1]
		}
		if !c.Named() && !c.Missing() {
			continue
		}
		if c != n {
			b.WriteByte(' ')
			if field := c.Field(); field != "" {
				b.WriteString(field + ": ")
			}
		}
		b.WriteByte('(')
		b.WriteString(c.label())
		ends = append(ends, c.index+c.record().size)
	}
	b.WriteString(strings.Repeat(")", len(ends)))
	return b.String()
}

func (n Node) label() string {
	if n.Missing() {
		return "MISSING " + n.Kind()
	}
	return n.Kind()
}

// Dump writes one line a node: its field, kind and position, and the text of
// those without children. Tokens are left out unless they are asked for.
func (t *Tree) Dump(w io.Writer, tokens bool) error {
	out := bufio.NewWriter(w)
	var ends []uint32 // where what is below each ancestor ends
	for n := range t.Root().Descendants() {
		for len(ends) > 0 && ends[len(ends)-1] <= n.index {
			ends = ends[:len(ends)-1]
		}
		if tokens || n.Named() || n.Missing() {
			line, column := t.Position(n.Start())
			field := n.Field()
			if field != "" {
				field += ": "
			}
			fmt.Fprintf(out, "%s%s%s  %d:%d", strings.Repeat("  ", len(ends)), field, n.label(), line, column)
			if n.FirstChild().IsZero() {
				fmt.Fprintf(out, "  %q", n.Bytes())
			}
			out.WriteByte('\n')
		}
		ends = append(ends, n.index+n.record().size)
	}
	return out.Flush()
}
