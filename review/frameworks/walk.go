package frameworks

import (
	"maps"
	"slices"
	"strconv"
)

// A visitor is called for the parts of a pack, each with its path in the file.
// What has several names is visited once for each.
type visitor interface {
	kind(at string, k *Kind)
	effect(at string, e *Effect)
	prop(at string, p *Prop)
	option(at string, o *Option)
	handler(at string, h *Handler)
	class(at string, c *Class)
}

// walk visits a pack in the order of names, parents first. Entries without
// content (a key with nothing behind it) are left out.
func walk(p *Pack, v visitor) {
	w := walker{v}
	each("options", p.Options, w.option)
	each("kinds", p.Kinds, w.kind)
	each("calls", p.Calls, w.effect)
	each("props", p.Props, w.prop)
	each("attributes", p.Attributes, w.prop)
	each("exports", p.Exports, w.handler)
	for i, c := range p.Classes {
		if c != nil {
			w.class(join("classes", strconv.Itoa(i)), c)
		}
	}
}

func each[V any](at string, m map[string]*V, visit func(at string, v *V)) {
	for _, name := range slices.Sorted(maps.Keys(m)) {
		if v := m[name]; v != nil {
			visit(join(at, name), v)
		}
	}
}

type walker struct{ visitor }

func (w walker) kind(at string, k *Kind) {
	w.visitor.kind(at, k)
	each(join(at, "props"), k.Props, w.prop)
	each(join(at, "methods"), k.Methods, w.effect)
	if k.Call != nil {
		w.effect(join(at, "call"), k.Call)
	}
}

func (w walker) effect(at string, e *Effect) {
	w.visitor.effect(at, e)
	for i, c := range e.Cases {
		if c != nil {
			w.effect(join(at, "cases", strconv.Itoa(i)), c)
		}
	}
	each(join(at, "events"), e.Events, w.handler)
	for i, h := range e.Handlers {
		if h != nil {
			w.handler(join(at, "handlers", strconv.Itoa(i)), h)
		}
	}
	if e.Decorates != nil {
		w.handler(join(at, "decorates"), e.Decorates)
	}
}

func (w walker) prop(at string, p *Prop) {
	w.visitor.prop(at, p)
	if p.Handler != nil {
		w.handler(join(at, "handler"), p.Handler)
	}
}

func (w walker) option(at string, o *Option) {
	w.visitor.option(at, o)
	if o.Hook != nil {
		w.handler(join(at, "hook"), o.Hook)
	}
}

func (w walker) class(at string, c *Class) {
	w.visitor.class(at, c)
	each(join(at, "methods"), c.Methods, w.handler)
	each(join(at, "method_decorators"), c.MethodDecorators, w.handler)
	each(join(at, "attributes"), c.Attributes, w.option)
}
