package celpolicy

import (
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/wswarden/wswarden/guard"
)

// Expression is a compiled expression. It is immutable and safe for concurrent
// use.
type Expression struct {
	program cel.Program
	root    *shape
	source  string
	places  map[int64]place
	shared  sharedErrors
	counted bool    // an evaluation may cost too much
	most    int     // bytes of the value as JSON
	quick   operand // nil if the interpreter must evaluate
}

var (
	_ guard.Condition  = (*Condition)(nil)
	_ guard.Expression = (*Expression)(nil)
)

// Condition is a compiled expression that is true or false. It is immutable and
// safe for concurrent use.
type Condition struct {
	e     *Expression
	quick test // nil if the interpreter must decide
}

// Condition compiles an expression that must be true or false. What is wrong with
// it is a [CompileError].
func (e *Environment) Condition(source string) (*Condition, error) {
	ast, err := e.check(source)
	if err != nil {
		return nil, err
	}
	if out := ast.OutputType(); !out.IsAssignableType(types.BoolType) {
		return nil, problemError(Problem{1, 1, fmt.Sprintf("it has a value of type %s where true or false belongs", typeName(out)), "compare it with something, such as message.quantity <= 1000"})
	}
	x, err := e.plan(source, ast)
	if err != nil {
		return nil, err
	}
	c := &Condition{e: x}
	if !x.counted {
		c.quick = quickTest(ast, e.root)
	}
	return c, nil
}

// Expression compiles an expression that has a JSON value. What is wrong with it
// is a [CompileError].
func (e *Environment) Expression(source string) (*Expression, error) {
	ast, err := e.check(source)
	if err != nil {
		return nil, err
	}
	if out := ast.OutputType(); !isJSON(out) {
		return nil, problemError(Problem{1, 1, fmt.Sprintf("a value of type %s is none of JSON", typeName(out)), "name a field of it, such as session.user"})
	}
	x, err := e.plan(source, ast)
	if err != nil {
		return nil, err
	}
	x.quick = quickOperand(ast, e.root)
	return x, nil
}

func (e *Environment) check(source string) (*cel.Ast, error) {
	parsed, issues := e.env.Parse(source)
	if issues.Err() != nil {
		return nil, e.explain(source, issues)
	}
	checked, issues := e.env.Check(parsed)
	if issues.Err() != nil && mixNumbers(parsed, issues) {
		checked, issues = e.env.Check(parsed)
	}
	if issues.Err() != nil {
		return nil, e.explain(source, issues)
	}
	if p := growth(checked); p != nil {
		return nil, problemError(*p)
	}
	return checked, nil
}

// plan makes an expression of what has been checked. Where not even the largest
// message can make it cost more than is allowed, nothing is counted while it is
// evaluated.
func (e *Environment) plan(source string, ast *cel.Ast) (*Expression, error) {
	estimate, err := e.env.EstimateCost(ast, estimator{e.root, e.limits, true})
	if err != nil {
		return nil, fmt.Errorf("estimate cost of expression: %w", err)
	}
	if estimate.Max > maxEstimate*e.limits.Cost {
		return nil, problemError(Problem{1, 1, "a large message could make it cost too much",
			"bound what it walks through by maxItems and maxLength in the schema, or don't nest loops"})
	}
	counted := estimate.Max > e.limits.Cost
	if !counted && e.limits.Unenforced {
		worst, err := e.env.EstimateCost(ast, estimator{e.root, e.limits, false})
		if err != nil {
			return nil, fmt.Errorf("estimate cost of expression: %w", err)
		}
		counted = worst.Max > e.limits.Cost
	}
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if counted {
		options = append(options, cel.CostLimit(e.limits.Cost))
	}
	program, err := e.env.Program(ast, options...)
	if err != nil {
		return nil, problemError(Problem{1, 1, err.Error(), ""})
	}
	return &Expression{program: program, root: e.root, source: source, places: placesOf(ast), shared: e.shared, counted: counted, most: e.limits.MessageBytes}, nil
}

// placesOf returns where the nodes of an expression stand.
func placesOf(ast *cel.Ast) map[int64]place {
	info := ast.NativeRep().SourceInfo()
	places := map[int64]place{}
	for id := range info.OffsetRanges() {
		l := info.GetStartLocation(id)
		places[id] = place{l.Line(), l.Column() + 1}
	}
	return places
}

// String returns the source of the expression.
func (x *Expression) String() string { return x.source }

// String returns the source of the condition.
func (c *Condition) String() string { return c.e.source }

// Holds implements guard.Condition.
func (c *Condition) Holds(f *guard.Facts) (bool, error) {
	f = complete(f)
	if c.quick != nil {
		if v := c.quick.test(f); v != unsure {
			return v == yes, nil
		}
	}
	return c.interpret(f)
}

// interpret evaluates the condition the general way.
func (c *Condition) interpret(f *guard.Facts) (bool, error) {
	e := begin(f, c.e.root)
	defer e.end()
	v, err := c.e.eval(e)
	if err != nil {
		return false, err
	}
	b, ok := v.(types.Bool)
	if !ok {
		return false, &Failure{Reason: errNotBool.Error()}
	}
	return bool(b), nil
}

// AppendJSON implements guard.Expression.
func (x *Expression) AppendJSON(dst []byte, f *guard.Facts) ([]byte, error) {
	f = complete(f)
	if x.quick != nil {
		if s, ok := x.quick.load(f); ok {
			return s.appendJSON(dst)
		}
	}
	return x.interpret(dst, f)
}

// interpret evaluates the expression the general way.
func (x *Expression) interpret(dst []byte, f *guard.Facts) ([]byte, error) {
	e := begin(f, x.root)
	defer e.end()
	v, err := x.eval(e)
	if err != nil {
		return dst, err
	}
	out, err := appendJSON(dst, v, len(dst)+x.most, 0)
	if err != nil {
		return dst, x.failure(err)
	}
	return out, nil
}

func (x *Expression) eval(e *evaluation) (ref.Val, error) {
	v, _, err := x.program.Eval(e)
	if err != nil {
		return nil, x.failure(err)
	}
	return v, nil
}

// complete fills in what the caller has left out: nobody, and no connection.
func complete(f *guard.Facts) *guard.Facts {
	if f.Session != nil && f.Conn != nil {
		return f
	}
	g := *f
	if g.Session == nil {
		g.Session = &guard.Identity{}
	}
	if g.Conn == nil {
		g.Conn = &guard.ConnFacts{}
	}
	return &g
}
