package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/celpolicy"
)

// expressions compiles those of one rule, in the environment of its schema.
type expressions struct {
	*policy
	schema []byte
	limits celpolicy.Limits
	env    *celpolicy.Environment // made when the first needs it
}

// expressionLimits says what an expression of a rule of this mode can be made to walk
// through.
func (p *policy) expressionLimits(messageBytes int64, l guard.JSONLimits, mode string) celpolicy.Limits {
	return celpolicy.Limits{
		MessageBytes: int(messageBytes), Elements: max(l.Elements, l.ObjectKeys),
		Unenforced: p.inForce.Mode == guard.Monitor || mode == string(guard.Monitor),
	}
}

func (x *expressions) environment(path string) bool {
	if x.env != nil {
		return true
	}
	var err error
	if x.env, err = celpolicy.NewEnvironment(x.schema, x.limits); err != nil {
		x.problem(path, plainText(err.Error()), "simplify the schema")
		return false
	}
	return true
}

// condition compiles an expression that must be true; nil if there is none.
func (x *expressions) condition(path string, from expression) guard.Condition {
	if from.source == "" || !x.environment(path) {
		return nil
	}
	c, err := x.env.Condition(from.source)
	if err != nil {
		x.explain(path, from, err)
		return nil
	}
	return c
}

// values compiles what a rule sets.
func (x *expressions) values(path string, from map[string]setValue) map[string]guard.Expression {
	out := map[string]guard.Expression{}
	for _, name := range slices.Sorted(maps.Keys(from)) {
		v, at := from[name], join(path, name)
		switch {
		case v.json != nil:
			out[name] = literal(v.json)
		case v.source != "" && x.environment(at):
			e, err := x.env.Expression(v.source)
			if err != nil {
				x.explain(at, v.expression, err)
				continue
			}
			out[name] = e
		}
	}
	return out
}

// explain reports what is wrong with an expression, where it stands in the file.
func (x *expressions) explain(path string, from expression, err error) {
	var ce *celpolicy.CompileError
	if !errors.As(err, &ce) {
		x.doc.problem(path, plainText(err.Error()), "write the expression otherwise")
		return
	}
	for _, p := range ce.Problems {
		at, ok := x.doc.placeWithin(from.node, p.Line, p.Column)
		reason := plainText(p.Reason)
		if !ok {
			at = x.doc.at(path)
			reason = fmt.Sprintf("line %d, column %d of the expression: %s", p.Line, p.Column, reason)
		}
		x.doc.problemAt(at, path, reason, cmp.Or(plainText(p.Next), "correct the expression; docs/configuration.md says how they are written"))
	}
}

// literal is a JSON value that a rule sets as it stands.
type literal []byte

// AppendJSON implements guard.Expression.
func (l literal) AppendJSON(dst []byte, _ *guard.Facts) ([]byte, error) {
	return append(dst, l...), nil
}
