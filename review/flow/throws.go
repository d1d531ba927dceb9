package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// What a value may be instead of what the program wants: nothing at all.
const (
	missingHeader = "header" // a header that the client need not send
	missingRecord = "record" // a record that isn't there
	missingNull   = "null"   // a text of JSON that says null
)

// throwing notes a call that raises on bad input.
func (in *interp) throwing(e *frameworks.Effect, c *callSpec, data []*value) {
	if !e.Throws || e.Parse != "" || e.Validates != "" || e.Sink != "" || e.Auth != "" || strings.HasPrefix(c.name, "encodeURI") {
		return
	}
	if c.name == "URL" && len(c.args) == 1 && data[0].has(model.FromQuery) {
		return // without a base only an absolute address parses, which fetch's requests have
	}
	if i := slices.IndexFunc(data, func(v *value) bool { return v.has(outsideList...) }); i >= 0 {
		in.emit(&model.Event{Kind: model.Use, Op: "call", Callee: in.text(c.x.Fn)}, c.x, data[i])
	}
}

var outsideList = []model.Label{model.FromMessage, model.FromQuery, model.FromHeader, model.FromCookie, model.FromPush}

// mayMiss marks the result of a call that finds one record, or none.
// So does what a JSON text of a client becomes in JavaScript: null is one.
func (in *interp) mayMiss(e *frameworks.Effect, c *callSpec, out *value) *value {
	if e.Parse == "json" && e.Throws && in.file().Lang == ir.JavaScript && out.has(model.FromMessage) {
		return out.with(func(v *value) { v.missing = missingNull })
	}
	if e.Act != model.ReadAct || !singleRecord[strings.ToLower(strings.ReplaceAll(c.name, "_", ""))] || !out.has(model.FromRecord) || in.file().Lang == ir.Go {
		return out
	}
	return out.with(func(v *value) { v.missing = missingRecord })
}

// singleRecord are the names of what finds one record, and null or None where
// there is none.
var singleRecord = setOf("findone findbyid findunique findfirst findoneby findbypk first fetchone fetchrow scalaroneornone oneornone afirst findoneandupdate findbyidandupdate")

// used notes that a property of what may be missing is read.
func (in *interp) used(v *value, x ir.Expr, optional bool) {
	if v.missing == "" || optional || in.file().Lang == ir.Go || !in.out.record || in.present(v) {
		return
	}
	if _, call := x.(*ir.Call); (!call || v.missing != missingNull) && in.tested(x) {
		return
	}
	in.emit(&model.Event{Kind: model.Use, Op: v.missing, Callee: in.text(x)}, x, v)
}

// present reports whether a check in force says that a value is there.
func (in *interp) present(v *value) bool {
	return slices.ContainsFunc(in.guards, func(g *model.Fact) bool {
		return g.Holds && slices.ContainsFunc(g.Flows, func(f *model.Flow) bool {
			return slices.ContainsFunc(v.flows, func(h *flow) bool {
				return h.label == f.Label && h.source.Span == f.Source.Span && (h.field == f.Field || strings.HasPrefix(f.Field, h.field))
			})
		})
	})
}

// tested reports whether a condition of the function asks for a variable, or for
// the collection that a value was found in: it may be set where it was missing,
// which branches that meet again don't tell.
func (in *interp) tested(x ir.Expr) bool {
	if in.act.fn == nil {
		return true
	}
	name, collection := subjectOf(in, x)
	if name == "" {
		return true
	}
	found := false
	ir.InspectStmts(in.act.fn.Body, func(n ir.Node) bool {
		var cond ir.Expr
		switch n := n.(type) {
		case *ir.If:
			cond = n.Cond
		case *ir.Cond:
			cond = n.Test
		case *ir.Logical:
			cond = n.X
		case *ir.Loop:
			cond = n.Cond
		}
		found = found || cond != nil && asksFor(cond, name, collection)
		return !found
	})
	return found
}

// subjectOf is the name by which a condition would ask for a value: that of a
// variable or property, or of the collection that it comes from.
func subjectOf(in *interp, x ir.Expr) (name string, collection bool) {
	switch x := x.(type) {
	case *ir.Name:
		if x.Name == "this" || x.Name == "self" {
			return "", false
		}
		return x.Name, false
	case *ir.Member:
		return x.Name, false
	case *ir.Index:
		return lastName(in.file().Text(x.X.At())), true
	case *ir.Call:
		if m, ok := x.Fn.(*ir.Member); ok {
			return lastName(in.file().Text(m.X.At())), true
		}
	}
	return "", false
}

// asksFor reports whether a condition is about a name itself: reading a property
// of a variable asks nothing about the variable, a method of a collection does.
func asksFor(cond ir.Expr, name string, collection bool) bool {
	found := false
	ir.Inspect(cond, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Name:
			found = found || n.Name == name
		case *ir.Member:
			found = found || n.Name == name
			if x, ok := n.X.(*ir.Name); ok && x.Name == name && !collection && !n.Optional {
				return false
			}
		}
		return !found
	})
	return found
}
