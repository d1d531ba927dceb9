package flow

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/predicate"
)

// originParameter is what a parameter stands for when its function is executed.
func (in *interp) originParameter(v *value, name string, file *ir.File) predicate.Value {
	if f := v.flow(model.FromOrigin); f != nil && f.field == "" && v.kind == nil {
		return predicate.OriginHeader(file.Lang)
	}
	if f := v.flow(model.FromHost); f != nil && f.field == "" && v.kind == nil {
		return predicate.HostHeader()
	}
	return in.concrete(v, name, file)
}

// concrete turns what is known of a value into a value to execute with. name
// tells what isn't known from other such things.
func (in *interp) concrete(v *value, name string, file *ir.File) predicate.Value {
	switch v.special {
	case "accept", "error-accept", "next":
		return predicate.Callback(predicate.Decider(v.special))
	}
	switch {
	case v.pattern != "":
		return predicate.Pattern(v.pattern, "", file.Lang)
	case v.kind != nil && v.kind.Is == "config":
		return predicate.Unknown(name, false)
	case v.kind != nil, v.module != nil, v.class != nil:
		return predicate.ThingValue(&originThing{in, v, name, file})
	case len(v.funcs) == 1 && len(v.objects) == 0:
		return in.function(v.funcs[0], file)
	case len(v.objects) > 0:
		return in.concreteObject(v, name, file)
	case len(v.flows) > 0:
		if v.has(model.FromOrigin) {
			return predicate.UnknownOfOrigin(name)
		}
		return predicate.Unknown(name, true)
	case v.lit != nil:
		return literalValue(v.lit, file.Lang)
	case v.sym != "":
		return predicate.Symbol(v.sym)
	}
	return predicate.Unknown(name, false)
}

func literalValue(l *literal, lang ir.Lang) predicate.Value {
	switch l.kind {
	case ir.Null:
		return predicate.Null()
	case ir.Bool:
		return predicate.Bool(l.text == "true")
	case ir.Number:
		return predicate.NumberText(l.text)
	case ir.Regexp:
		return predicate.Pattern(l.text, "", lang)
	}
	return predicate.Text(l.text)
}

// concreteObject is an object, list or instance. What may be several things is
// none of them.
func (in *interp) concreteObject(v *value, name string, file *ir.File) predicate.Value {
	for _, o := range v.objects {
		if o.class != nil || o.module != nil {
			return predicate.ThingValue(&originThing{in, v, name, file})
		}
	}
	if len(v.objects) > 1 || len(v.flows) > 0 {
		return predicate.Unknown(name, len(v.flows) > 0 && !v.has(model.FromSecret))
	}
	o := v.objects[0]
	if o.list {
		var elems []predicate.Value
		for _, item := range o.items {
			elems = append(elems, in.concrete(item, name, file))
		}
		if len(elems) == 0 { // what is empty here is filled elsewhere
			return predicate.Unknown(name, false)
		}
		return predicate.List(elems...)
	}
	if len(o.order) == 0 {
		return predicate.Unknown(name, false)
	}
	out := predicate.Object(!o.closed || o.elem != nil)
	for _, n := range o.order {
		if n != "" && n[0] != 0 {
			out.With(n, in.concrete(o.fields[n], name+"."+n, file))
		}
	}
	return out
}

// unbound is a method that was read from its class: Base.check_origin(self, …).
func (in *interp) unbound(f *closure) predicate.Value {
	bound := f.fn.Static || f.fn.Recv == nil || f.fn.Recv.Name == "cls"
	return predicate.Function(&predicate.Func{Fn: f.fn, Scope: &originScope{in: in, scope: f.scope, file: f.file}, Unbound: !bound})
}

// function is a function of the program.
func (in *interp) function(f *closure, file *ir.File) predicate.Value {
	fn := &predicate.Func{Fn: f.fn, Scope: &originScope{in: in, scope: f.scope, file: f.file}}
	if f.this != nil {
		fn.This = in.concrete(f.this, "this", f.file)
	}
	return predicate.Function(fn)
}
