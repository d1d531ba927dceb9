package flow

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// elements is what an element of a collection may be.
func (in *interp) elements(v *value, p ir.Pos) *value {
	out := nothing
	if v.kind != nil {
		if spec := &v.kind.IterSpec; !spec.IsZero() {
			if spec.Label == string(model.FromMessage) || spec.Kind != nil && spec.Kind.Is == "event" {
				defer in.receive(&ir.Unknown{Pos: p}, false)
			}
			out = join(out, in.spec(spec, v, "", &ir.Unknown{Pos: p}))
		} else if k := v.kind.ElemKind; k != nil {
			out = join(out, in.kindValue(k, v.endpoint))
		}
	}
	for _, o := range v.objects {
		if o.whole != "" {
			out = join(out, o.throughWhole(func(inner *value) *value { return in.elements(inner, p) }))
			continue
		}
		out = join(out, o.all())
	}
	if v.typ != nil {
		out = join(out, in.typedElem(v.typ, v.typFile))
	}
	if len(v.flows) > 0 {
		out = join(out, v.data().mapFlows(func(f flow) *flow { return f.fieldOf("[]") }))
	}
	return out
}

// iterate is what the target of a loop takes.
func (in *interp) iterate(iter *value, s *ir.Loop) *value {
	if s.Keys {
		if in.file().Lang == ir.Go && iter.typ != nil && iter.typ.Kind == ir.MapType && len(iter.typ.Elems) > 0 {
			return in.typeValue(iter.typ.Elems[0], iter.typFile)
		}
		if in.file().Lang == ir.Go && iter.kind == nil && (iter.typ == nil || iter.typ.Kind != ir.ChanType) {
			return in.keys(iter)
		}
		if in.file().Lang != ir.Go {
			return in.keys(iter)
		}
	}
	elem := in.elements(iter, s.Iter.At())
	if l, ok := s.Target.(*ir.List); ok && in.file().Lang == ir.Go && len(l.Elems) == 2 {
		key := in.keys(iter)
		if iter.typ != nil && iter.typ.Kind == ir.MapType && len(iter.typ.Elems) > 0 {
			key = in.typeValue(iter.typ.Elems[0], iter.typFile)
		}
		return in.pair(s.Pos, key, elem)
	}
	return elem
}

// keys is a key of a collection: data's keys are data.
func (in *interp) keys(v *value) *value {
	out := v.data().mapFlows(func(f flow) *flow { return f.fieldOf("{}") })
	for _, o := range v.objects {
		if o.fields["\x00keys"] != nil {
			out = join(out, o.fields["\x00keys"])
		}
	}
	return out
}

// pair is a list of two values that are told apart.
func (in *interp) pair(p ir.Pos, a, b *value) *value {
	o := in.allocate(ir.Pos{Start: p.Start, End: p.Start})
	o.fields = map[string]*value{"0": a, "1": b}
	o.order = []string{"0", "1"}
	return &value{objects: []*object{o}}
}

// position is an element of a value whose elements are told apart: the results
// of a call, a pair.
func (in *interp) position(v *value, i int) (*value, bool) {
	if v.typ != nil && v.typ.Kind == tupleType {
		if i < len(v.typ.Elems) {
			return in.typeValue(v.typ.Elems[i], v.typFile), true
		}
	}
	for _, o := range v.objects {
		if f := o.fields[position(i)]; f != nil {
			return f, true
		}
	}
	return nil, false
}

func position(i int) string {
	if i < 10 {
		return string(rune('0' + i))
	}
	return "…"
}
