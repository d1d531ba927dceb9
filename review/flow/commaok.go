package flow

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// commaOK is Go's v, ok = x, where x is an assertion, an entry of a map, or what
// a channel yields: ok says that v has the type, or is there. It reports
// whether the assignment is one.
func (in *interp) commaOK(x *ir.Assign, v *value) bool {
	targets, ok := x.Target.(*ir.List)
	if !ok || len(targets.Elems) != 2 || in.file().Lang != ir.Go {
		return false
	}
	f := in.fact(model.TypeFact, x.Value)
	f.Type = "present"
	atoms := []atom{{f, true}}
	data := v.flows
	switch y := x.Value.(type) {
	case *ir.Cast:
		f.Type = firstNonEmpty(basicType(y.Type), "object")
	case *ir.Index:
		if y.Key == nil {
			return false
		}
		key := in.eval(y.Key)
		if len(key.flows) > 0 {
			allow := in.fact(model.AllowFact, x.Value)
			allow.Type = in.elementType(in.eval(y.X), in.file().Text(y.X.At()))
			allow.Flows = exportFlows(key.flows)
			atoms = append(atoms, atom{allow, true})
		}
	case *ir.Unary:
		if y.Op != "<-" {
			return false
		}
	default:
		return false
	}
	f.Flows = exportFlows(data)
	if e := targets.Elems[0]; e != nil {
		in.assign(e, v, x.Decl)
	}
	if e := targets.Elems[1]; e != nil {
		in.assign(e, &value{atoms: atoms}, x.Decl)
	}
	return true
}

func exportFlows(list []*flow) []*model.Flow {
	out := make([]*model.Flow, 0, len(list))
	for _, f := range list {
		out = append(out, f.export())
	}
	return out
}
