package js

import (
	"slices"

	"github.com/wswarden/wswarden/review/ir"
)

// assemble makes one object of a component that is written as options, as Vue
// makes one: what data returns, the methods and the computed values are members
// of the component, and its markup is a method that reads them by their names.
// The markup of a component without options shares the scope of the script.
func (p *page) assemble() {
	component := p.options()
	if component == nil || len(p.markup) == 0 {
		return
	}
	props := make([]ir.Prop, 0, len(component.Props))
	var returned []ir.Prop // by setup
	for _, prop := range component.Props {
		switch prop.Name {
		case "data":
			props = append(props, prop)
			props = append(props, objectOf(prop.Value)...)
		case "methods":
			props = append(props, objectOf(prop.Value)...)
		case "computed":
			props = append(props, getters(objectOf(prop.Value))...)
		case "setup":
			props = append(props, prop)
			returned = objectOf(prop.Value)
		default:
			props = append(props, prop)
		}
	}
	component.Props = append(props, p.drawing(component.Pos, props, returned))
	p.markup = nil
}

// options returns the options that the script exports, nil if it exports none.
func (p *page) options() *ir.Object {
	for _, e := range p.file.Exports {
		if e.Name != "default" {
			continue
		}
		x := withoutCast(e.Value)
		if call, ok := x.(*ir.Call); ok && len(call.Args) == 1 { // defineComponent, Vue.extend
			x = withoutCast(call.Args[0].Value)
		}
		if o, ok := x.(*ir.Object); ok {
			return o
		}
	}
	return nil
}

// withoutCast is what "x as T" and "x satisfies T" say a type of.
func withoutCast(x ir.Expr) ir.Expr {
	for {
		c, ok := x.(*ir.Cast)
		if !ok {
			return x
		}
		x = c.X
	}
}

// drawing is the method that draws the markup.
func (p *page) drawing(at ir.Pos, members, returned []ir.Prop) ir.Prop {
	var body []ir.Stmt
	let := func(pos ir.Pos, target, value ir.Expr) {
		body = append(body, &ir.ExprStmt{Pos: pos, X: &ir.Assign{Pos: pos, Target: target, Op: "=", Value: value, Decl: ir.Let}})
	}
	for _, m := range members {
		if m.Name == "" {
			continue
		}
		value := ofThis(m.Pos, m.Name)
		if f, ok := m.Value.(*ir.FuncLit); ok && f.Func.Kind != ir.Getter { // Vue binds methods
			value = &ir.Call{Pos: m.Pos, Fn: &ir.Member{Pos: m.Pos, X: value, Name: "bind"}, Args: []ir.Arg{{Value: this(m.Pos)}}}
		}
		let(m.Pos, &ir.Name{Pos: m.Pos, Name: m.Name}, value)
	}
	if len(returned) > 0 {
		names := &ir.Object{Pos: at}
		for _, r := range returned {
			if r.Name != "" {
				names.Props = append(names.Props, ir.Prop{Pos: r.Pos, Name: r.Name, Value: &ir.Name{Pos: r.Pos, Name: r.Name}})
			}
		}
		let(returned[0].Pos, names, &ir.Call{Pos: returned[0].Pos, Fn: ofThis(at, "setup")})
	}
	fn := &ir.Func{Pos: at, Name: "render", NamePos: at, Body: append(body, p.markup...)}
	p.file.Funcs = append(p.file.Funcs, fn)
	return ir.Prop{Pos: at, Name: fn.Name, Value: &ir.FuncLit{Pos: at, Func: fn}}
}

func this(at ir.Pos) ir.Expr { return &ir.Name{Pos: at, Name: "this"} }

func ofThis(at ir.Pos, name string) ir.Expr { return &ir.Member{Pos: at, X: this(at), Name: name} }

// objectOf returns the members of an object, or of what a function returns.
func objectOf(x ir.Expr) []ir.Prop {
	switch x := x.(type) {
	case *ir.Object:
		return x.Props
	case *ir.FuncLit:
		for _, s := range slices.Backward(x.Func.Body) {
			if r, ok := s.(*ir.Return); ok {
				if o, ok := r.X.(*ir.Object); ok {
					return o.Props
				}
			}
		}
	}
	return nil
}

// getters returns members that are functions of the component as members that
// are read.
func getters(props []ir.Prop) []ir.Prop {
	out := make([]ir.Prop, 0, len(props))
	for _, p := range props {
		for _, q := range objectOf(p.Value) { // {get, set}
			if q.Name == "get" {
				p.Value = q.Value
			}
		}
		if f, ok := p.Value.(*ir.FuncLit); ok && !p.Spread {
			f.Func.Kind = ir.Getter
			p.Kind = ir.Getter
		}
		out = append(out, p)
	}
	return out
}
