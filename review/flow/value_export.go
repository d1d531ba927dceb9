package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// Bounds of what rules see of one value. Of a value that has more, rules see
// the rest as data of the value as a whole.
const (
	exportDepth  = 3   // fields of fields
	exportFields = 128 // in all
)

// exportValue turns a value into the form that rules see. Checks that are in
// force narrow its flows.
func (in *interp) exportValue(v *value, guards []*model.Fact) model.Value {
	x := exporter{in: in, guards: guards, left: exportFields}
	return x.value(v, 0)
}

// An exporter makes the form that rules see of one value.
type exporter struct {
	in     *interp
	guards []*model.Fact
	left   int // fields that may still be made
}

func (x *exporter) value(v *value, depth int) model.Value {
	out := model.Value{Form: v.form, Bound: v.bound, Shape: x.in.shape(v), Composed: v.composed}
	if s, ok := v.str(); ok {
		out.Const, out.IsConst = s, true
	}
	if out.Led = v.led; v.led {
		for _, f := range v.lead {
			out.Lead = append(out.Lead, refine(f.export(), x.guards))
		}
	}
	beside := besideIdentity(v)
	for _, f := range v.flows {
		g := f.export()
		g.Beside = beside && f.label == model.FromMessage && f.field != ""
		g.Entry = x.in.entry(f)
		out.Flows = append(out.Flows, refine(g, x.guards))
	}
	if depth >= exportDepth {
		return out
	}
	for _, o := range v.objects {
		if o.common() {
			continue // what any instance may hold says little of this one
		}
		if o.list {
			x.elements(o, &out, depth)
			continue
		}
		x.fields(o, &out, depth)
		break // the first is the one that is written in place
	}
	if len(out.Fields) > 0 {
		// The object's own flows are those of its fields; keeping both would
		// tell everything twice.
		out.Flows = slices.DeleteFunc(out.Flows, func(f *model.Flow) bool { return among(f, out.Fields) })
	}
	return out
}

// elements adds what a list holds.
func (x *exporter) elements(o *object, out *model.Value, depth int) {
	for _, item := range o.items {
		if x.left--; x.left < 0 {
			return
		}
		out.Fields = append(out.Fields, x.value(item, depth+1))
	}
	if len(o.items) == 0 && o.elem != nil {
		out.Fields = append(out.Fields, x.value(o.elem, depth+1))
	}
}

// fields adds what an object holds.
func (x *exporter) fields(o *object, out *model.Value, depth int) {
	for _, name := range o.order {
		if strings.HasPrefix(name, "\x00") {
			continue
		}
		if x.left--; x.left < 0 {
			return
		}
		w := x.value(o.fields[name], depth+1)
		w.Name = name
		if n := o.places[name]; n != nil && o.file != nil {
			p := x.in.prog.place(o.file, n.At(), "")
			w.Place = &p
		}
		out.Fields = append(out.Fields, w)
		out.Bound = out.Bound || w.Bound
	}
	if o.elem != nil {
		out.Fields = append(out.Fields, x.value(o.elem, depth+1))
	}
}

// among reports whether the data of f is in one of the fields.
func among(f *model.Flow, fields []model.Value) bool {
	for i := range fields {
		v := &fields[i]
		if slices.ContainsFunc(v.Flows, func(g *model.Flow) bool {
			return g.Label == f.Label && g.Field == f.Field && g.Source.Span == f.Source.Span
		}) || among(f, v.Fields) {
			return true
		}
	}
	return false
}
