package python

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

// params lowers the parameters of a function or lambda. The markers / and *
// change how a caller may write the arguments, not where they go, and are left
// out.
func (l *lowerer) params(n syntax.Node) []*ir.Param {
	var params []*ir.Param
	for _, c := range operands(n) {
		switch c.Kind() {
		case "keyword_separator", "positional_separator":
		default:
			params = append(params, l.param(c))
		}
	}
	return params
}

func (l *lowerer) param(n syntax.Node) *ir.Param {
	p := &ir.Param{Pos: l.pos(n)}
	switch n.Kind() {
	case "typed_parameter":
		l.paramName(p, operand(n, 0))
	case "default_parameter", "typed_default_parameter":
		l.paramName(p, n.ChildByField("name"))
		p.Default = l.expr(n.ChildByField("value"))
	default:
		l.paramName(p, n)
	}
	if t := n.ChildByField("type"); !t.IsZero() {
		p.Type = l.typ(t)
		l.annotate(p, t)
	}
	return p
}

func (l *lowerer) paramName(p *ir.Param, n syntax.Node) {
	switch n.Kind() {
	case "list_splat_pattern", "list_splat":
		p.Rest = true
		p.Name = operand(n, 0).Text()
	case "dictionary_splat_pattern", "dictionary_splat":
		p.KeywordMap = true
		p.Name = operand(n, 0).Text()
	case "identifier", "keyword_identifier":
		p.Name = n.Text()
	default:
		p.Pattern = l.expr(n) // Python 2's def f(a, (b, c))
	}
}

// annotate keeps what Annotated says beside the type of a parameter. A call that
// says where the argument comes from, as in Annotated[User, Depends(current)],
// is the default value that it replaces; all else is a decorator.
func (l *lowerer) annotate(p *ir.Param, t syntax.Node) {
	for _, x := range l.metadata(t) {
		if call, ok := x.(*ir.Call); ok && p.Default == nil && injects[lastName(call.Fn)] {
			p.Default = x
		} else {
			p.Decorators = append(p.Decorators, x)
		}
	}
}

// injects are the functions that FastAPI and its kin call to fill a parameter.
var injects = map[string]bool{
	"Depends": true, "Security": true,
	"Query": true, "Path": true, "Header": true, "Cookie": true,
	"Body": true, "Form": true, "File": true,
	"Inject": true, "Provide": true, "Parameter": true, "Dependency": true,
}
