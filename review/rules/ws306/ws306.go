// Package ws306 finds message fields that reach a NoSQL query as objects or
// operators.
package ws306

import (
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS306.
var Rule = rule.Injection{
	Weakness: catalogue.NoSQLInjection,
	Classes:  []model.SinkClass{model.NoSQLSink},
	What:     ", where an object such as {\"$ne\": null} is an operator",
	Fix:      "check that the value is a string, or write {$eq: value}",
	Strings:  true,
	Skip:     operand,
}.Rule()

// operand reports whether data is the operand of an operator that the program
// wrote: {$eq: x} compares with an object, {$set: {a: x}} stores it.
func operand(ev *model.Event, f *model.Flow) bool {
	for i := range ev.Args {
		if below(&ev.Args[i], f, false) {
			return true
		}
	}
	return false
}

// conditions are operators whose operands are conditions again, or code.
var conditions = map[string]bool{"$or": true, "$and": true, "$nor": true, "$not": true, "$where": true, "$expr": true, "$elemMatch": true, "$function": true, "$match": true, "$accumulator": true}

func below(v *model.Value, f *model.Flow, inOperator bool) bool {
	for _, g := range v.Flows {
		if g == f {
			return inOperator
		}
	}
	for i := range v.Fields {
		w := &v.Fields[i]
		inside := inOperator || strings.HasPrefix(w.Name, "$")
		if conditions[w.Name] {
			inside = false
		}
		if below(w, f, inside) {
			return true
		}
	}
	return false
}
