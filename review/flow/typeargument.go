package flow

import "github.com/wswarden/wswarden/review/ir"

// instanced is a generic function of the program with its type arguments: what it
// decodes into a T is known by them.
func (in *interp) instanced(v *value, args []*ir.Type) *value {
	if len(v.funcs) == 0 {
		return v
	}
	return v.with(func(c *value) {
		c.funcs = nil
		for _, f := range v.funcs {
			g := *f
			g.types = map[string]*value{}
			for i, name := range f.fn.TypeParams {
				if i < len(args) {
					g.types[name] = in.namedClass(args[i])
				}
			}
			c.funcs = append(c.funcs, &g)
		}
	})
}

// typeOf is the type that a key in brackets is, if it is the argument of a generic
// function; nil where it can't be one.
func typeOf(key ir.Expr) *ir.Type {
	switch x := key.(type) {
	case *ir.TypeExpr:
		return x.Type
	case *ir.Name:
		return &ir.Type{Pos: x.Pos, Kind: ir.NamedType, Name: x.Name}
	case *ir.Member:
		if pkg, ok := x.X.(*ir.Name); ok {
			return &ir.Type{Pos: x.Pos, Kind: ir.NamedType, Name: pkg.Name + "." + x.Name}
		}
	}
	return nil
}

// namedClass is the class of the program that a type in the current file names, or
// points to.
func (in *interp) namedClass(t *ir.Type) *value {
	for t.Kind == ir.PointerType && len(t.Elems) == 1 {
		t = t.Elems[0]
	}
	if t.Kind == ir.NamedType {
		if v := in.prog.typeName(in, in.file(), t.Name); v != nil && v.class != nil {
			return v
		}
	}
	return nothing
}

// typeArgument is what stands for a type parameter of the function that runs; nil
// for other names.
func (in *interp) typeArgument(f *ir.File, name string) *value {
	if in.act == nil || in.act.called == nil || in.act.file != f {
		return nil
	}
	return in.act.called.types[name]
}

// types adds the type arguments of a function.
func (k *key) types(f *closure) {
	for _, name := range f.fn.TypeParams {
		if v := f.types[name]; v != nil && v.class != nil {
			k.known(v.class)
		} else {
			k.num(0)
		}
	}
}
