package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/predicate"
)

// An originThing is a value that frameworks or the program's classes know.
type originThing struct {
	in   *interp
	v    *value
	name string
	file *ir.File
}

// Name implements predicate.Thing.
func (t *originThing) Name() string { return t.name }

// Request implements predicate.Thing: sockets, requests and what belongs to
// them are the peer's; servers, applications and objects are not.
func (t *originThing) Request() bool {
	if t.v.kind == nil {
		return false
	}
	switch t.v.kind.Is {
	case "server", "app", "db", "config", "client":
		return false
	}
	return true
}

// Member implements predicate.Thing.
func (t *originThing) Member(m *predicate.Machine, name string) (predicate.Value, bool) {
	in := t.in
	defer in.at(t.file)()
	if k := t.v.kind; k != nil {
		if p := in.kindProp(k, name); p != nil {
			if v, ok := in.specValue(m, &p.ValueSpec, t, t.name+"."+name); ok {
				return v, true
			}
		} else if k.Methods[name] != nil {
			return predicate.Null(), false
		}
	}
	if t.v.kind == nil || len(t.v.objects) > 0 {
		v := in.get(t.v, name, &ir.Unknown{})
		if t.v.class != nil && len(v.funcs) == 1 && t.file.Lang == ir.Python {
			return in.unbound(v.funcs[0]), true
		}
		if !v.isNothing() {
			return in.concrete(v, t.name+"."+name, t.file), true
		}
	}
	if len(t.v.objects) > 0 && t.v.objects[0].class != nil && t.class(name) == nil {
		// What a class of the program keeps was put there by the program.
		return predicate.Unknown(t.name+"."+name, false), true
	}
	return predicate.Null(), false
}

// class finds a method of the thing's class.
func (t *originThing) class(name string) *closure {
	for _, o := range t.v.objects {
		if o.class != nil {
			if m := o.class.method(name); m != nil {
				return m
			}
		}
	}
	return nil
}

// specValue is the value that a pack describes; false where it says nothing.
func (in *interp) specValue(m *predicate.Machine, s *frameworks.ParamSpec, t *originThing, name string) (predicate.Value, bool) {
	switch {
	case s.Special == frameworks.TupleSpecial:
		var list []predicate.Value
		for i := range s.Tuple {
			e := &s.Tuple[i]
			v, ok := in.specValue(m, e, t, name)
			if e.Kind != nil && e.Kind.Is == "error" || !ok && strings.HasSuffix(name, ")") && i == len(s.Tuple)-1 {
				v = predicate.Null() // it went well
			}
			list = append(list, v)
		}
		return predicate.List(list...), true
	case s.Label == string(model.FromOrigin):
		v := m.Origin(t.file.Lang)
		if s.Kind != nil {
			v = m.Address(v, t.file.Lang)
		}
		return v, true
	case s.Label == string(model.FromHost):
		return m.Host(), true
	case s.Kind != nil && s.Kind.Is == "config":
		return predicate.Unknown(name, false), true
	case s.Kind != nil:
		return predicate.ThingValue(&originThing{in, &value{kind: s.Kind, endpoint: t.v.endpoint}, name, t.file}), true
	case s.Special == frameworks.ReceiverSpecial || s.Special == frameworks.SelfSpecial:
		return predicate.ThingValue(t), true
	case s.Label != "":
		return predicate.Unknown(name, true), true
	}
	return predicate.Unknown(name, t.Request()), false
}

// Method implements predicate.Thing.
func (t *originThing) Method(m *predicate.Machine, name string, args []predicate.Value) (predicate.Value, bool) {
	k := t.v.kind
	if k == nil {
		return predicate.Null(), false
	}
	defer t.in.at(t.file)()
	e := k.Methods[name]
	if name == "" {
		e = k.Call
	}
	if e == nil {
		if name != "" && k.AnySpec.Label != "" && t.in.kindProp(k, name) == nil && len(t.v.objects) == 0 {
			return predicate.Unknown(t.name+"."+name+"()", true), true
		}
		return predicate.Null(), false
	}
	return t.in.perform1(m, e, t, name, args)
}

// perform1 does what a pack says of a call, as far as it decides on the
// handshake, and says what the call yields.
func (in *interp) perform1(m *predicate.Machine, e *frameworks.Effect, t *originThing, name string, args []predicate.Value) (predicate.Value, bool) {
	for _, c := range e.Cases {
		if appliesTo(c, args) {
			e = c
			break
		}
	}
	called := t.name
	if name != "" {
		called += "." + name
	}
	for _, a := range args {
		if s, ok := a.String(); ok && len(s) < 40 {
			called += " " + s
		}
	}
	called += "()"
	if e.Receive {
		m.Stop()
	}
	if e.Accept {
		m.Accept()
	}
	if (e.Refuse || e.Close) && appliesTo(e, args) {
		m.Refuse()
	}
	if e.Never {
		m.Throw()
	}
	if e.Lookup != "" && e.LookupKind != nil && len(args) > 0 {
		if key, ok := args[0].String(); ok {
			if p := in.kindProp(e.LookupKind, key); p != nil {
				return in.specValue(m, &p.ValueSpec, t, t.name+"."+key)
			}
		}
	}
	s := &e.ReturnSpec
	if s.Special == frameworks.ArgSpecial && s.Kind == nil && s.Arg < len(args) {
		return args[s.Arg], true
	}
	if s.Kind != nil && s.Kind.Is == "config" || t.v.kind != nil && t.v.kind.Is == "config" {
		if len(args) > 1 { // what is configured, or else the second
			return m.Setting(called, args[1]), true
		}
		return predicate.Unknown(called, false), true
	}
	if v, ok := in.specValue(m, s, t, called); ok {
		return v, true
	}
	if e.Fact != "" || e.Auth != "" {
		return predicate.Unknown(called, true), true
	}
	return predicate.Unknown(called, t.Request()), e.Refuse || e.Close || e.Accept || e.Send || e.Lookup != "" || len(e.Events) > 0 || len(e.Handlers) > 0
}

// appliesTo reports whether an effect's conditions on positional arguments hold.
func appliesTo(e *frameworks.Effect, args []predicate.Value) bool {
	holds := func(key, want string) bool {
		if len(key) != 1 || key[0] < '0' || key[0] > '9' || int(key[0]-'0') >= len(args) {
			return false
		}
		is := args[key[0]-'0'].Literal()
		for w := range strings.SplitSeq(want, "|") {
			if is != "" && (is == w || strings.HasSuffix(is, "."+w)) {
				return true
			}
		}
		return false
	}
	for key, want := range e.If {
		if !holds(key, want) {
			return false
		}
	}
	for key, not := range e.Unless {
		if holds(key, not) {
			return false
		}
	}
	return true
}

// at makes a file the current one until the result is called.
func (in *interp) at(f *ir.File) func() {
	act := in.act
	in.act = &activation{file: f, scope: in.prog.modules[f].scope, layer: &layer{}, result: nothing}
	return func() { in.act = act }
}

// An originLibrary is what the packs say of symbols, for code of one file.
type originLibrary struct {
	in   *interp
	file *ir.File
}

func (l *originLibrary) thing(name string) *originThing {
	return &originThing{l.in, nothing, name, l.file}
}

// Property implements predicate.Library.
func (l *originLibrary) Property(m *predicate.Machine, symbol string) (predicate.Value, bool) {
	defer l.in.at(l.file)()
	p := l.in.index().Prop(symbol)
	if p == nil {
		return predicate.Null(), false
	}
	return l.in.specValue(m, &p.ValueSpec, l.thing(symbol), symbol)
}

// Call implements predicate.Library.
func (l *originLibrary) Call(m *predicate.Machine, symbol string, args []predicate.Value) (predicate.Value, bool) {
	defer l.in.at(l.file)()
	e := l.in.index().Call(symbol)
	if e == nil {
		return predicate.Null(), false
	}
	return l.in.perform1(m, e, l.thing(symbol), "", args)
}

// Method implements predicate.Library.
func (l *originLibrary) Method(m *predicate.Machine, name string, args []predicate.Value) (predicate.Value, bool) {
	defer l.in.at(l.file)()
	e := l.in.index().UnknownMethod(name)
	if e == nil || !e.Refuse && !e.Close && !e.Accept {
		return predicate.Null(), false
	}
	return l.in.perform1(m, e, l.thing("."+name), "", args)
}
