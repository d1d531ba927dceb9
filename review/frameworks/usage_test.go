package frameworks_test

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
)

// A usage is code as a program has it, and what a part of it must mean. The code
// is a path through the packs: "ws.Server() .on[connection] 0 .on[message] 0" is
// the first parameter of a message listener of the first parameter of a
// connection listener of new ws.Server(). Its steps are
//
//	f()          what calling or constructing the symbol f yields; m#f() where
//	             the module m may be known under another name
//	f            a property of a symbol, such as window.location
//	T:           a value declared with the type T
//	name:        a variable that is not in view
//	.m()         what calling the method m yields, whatever the receiver is known as
//	.p           a property, or a method itself where it comes last
//	.p=          the handler that assigning to the property makes
//	.m[event]    the handler of an event; .m{} the first of its handlers
//	&option      the hook of an option of the pack of the value
//	[], loop     value[key], for (x of value)
//	?key         a lookup of the key by the last method
//	0, 1, …      a parameter of the handler, %name a parameter of that name
//	f@, .m@      the handler that a decorator makes of the function below it
//	B!m          the handler that the method m of a class with the base B is
//	#0, #1, …    one of several results
type usage struct{ code, want string }

// loaded is the packs of the program. A test that asks for them fails with all
// that is wrong with them, where Builtin would panic.
var loaded = sync.OnceValues(frameworks.Load)

// check follows every usage.
func check(t *testing.T, language string, usages []usage) {
	t.Helper()
	set, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range usages {
		w := &walk{index: set.For(language)}
		for step := range strings.FieldsSeq(u.code) {
			if !w.step(step) {
				break
			}
		}
		if got := w.describe(); got != u.want && !strings.Contains(" "+got+" ", " "+u.want+" ") {
			t.Errorf("%s\n got  %s\n want %s", u.code, got, u.want)
		}
	}
}

// A walk is where a usage has got to.
type walk struct {
	index   *frameworks.Index
	value   frameworks.ParamSpec
	effect  *frameworks.Effect
	prop    *frameworks.Prop
	handler *frameworks.Handler
	failed  string
}

func (w *walk) fail(format string, args ...any) bool {
	w.failed = fmt.Sprintf(format, args...)
	return false
}

func (w *walk) step(s string) bool {
	kind := w.value.Kind
	switch {
	case s == "loop" || s == "[]":
		if kind == nil {
			return w.fail("%s of no kind", s)
		}
		w.set(kind.IterSpec)
		if s == "[]" {
			w.set(kind.IndexSpec)
		}
		return true
	case strings.HasPrefix(s, "?"):
		if w.effect == nil || w.effect.LookupKind == nil {
			return w.fail("no lookup before %s", s)
		}
		return w.member(w.effect.LookupKind, s[1:])
	case strings.HasPrefix(s, "&"):
		return w.option(s[1:])
	case strings.HasPrefix(s, "%"):
		return w.keyword(s[1:])
	case strings.HasPrefix(s, "#"):
		return w.result(s[1:])
	case strings.Contains(s, "!"):
		return w.classMethod(s)
	case strings.HasSuffix(s, "@") && !strings.HasPrefix(s, "."):
		if !w.call(strings.TrimSuffix(s, "@")) {
			return false
		}
		return w.decorates()
	case strings.HasPrefix(s, "."):
		return w.memberStep(s[1:])
	case strings.HasSuffix(s, ":"):
		s = strings.TrimSuffix(s, ":")
		if k := w.index.Type(s); k != nil {
			w.set(frameworks.ParamSpec{Kind: k})
		} else {
			w.set(frameworks.ParamSpec{Kind: w.index.Name(s)})
		}
		return true
	case strings.HasSuffix(s, "()"):
		return w.call(strings.TrimSuffix(s, "()"))
	}
	if n, err := strconv.Atoi(s); err == nil {
		return w.param(n)
	}
	if w.prop = w.index.Prop(s); w.prop == nil {
		return w.fail("no property %s", s)
	}
	w.value, w.effect, w.handler = w.prop.ValueSpec, nil, nil
	return true
}

func (w *walk) set(p frameworks.ParamSpec) {
	switch {
	case p.Kind == nil && (p.Special == frameworks.ReceiverSpecial || p.Special == frameworks.SelfSpecial):
	case p.Special == frameworks.ElemSpecial:
		w.value = frameworks.ParamSpec{Kind: w.value.Kind.ElemKind}
	default:
		w.value = p
	}
	w.effect, w.prop, w.handler = nil, nil, nil
}

func (w *walk) call(symbol string) bool {
	if module, member, ok := strings.Cut(symbol, "#"); ok {
		symbol = w.index.Module(module) + "." + member
	} else if w.index.Call(symbol) == nil {
		symbol = w.index.Module(symbol)
	}
	if method, ok := strings.CutPrefix(symbol, "*."); ok {
		w.effect = w.index.UnknownMethod(method)
	} else {
		w.effect = w.index.Call(symbol)
	}
	if w.effect == nil {
		k := w.index.Type(symbol)
		if k == nil {
			return w.fail("nothing is known of %s", symbol)
		}
		w.value = frameworks.ParamSpec{Kind: k}
		return true
	}
	w.effect = first(w.effect)
	w.value = w.effect.ReturnSpec
	if w.value.IsZero() {
		w.value.Kind = w.index.Type(symbol)
	}
	return true
}

func (w *walk) memberStep(s string) bool {
	if w.value.Kind == nil {
		return w.fail(".%s of no kind", s)
	}
	if name, ok := strings.CutSuffix(s, "()"); ok {
		e := w.value.Kind.Methods[name]
		if e == nil {
			return w.fail("%s has no method %s", w.value.Kind.Name, name)
		}
		before := w.value
		e = first(e)
		w.set(e.ReturnSpec)
		if e.ReturnSpec.Special == frameworks.ReceiverSpecial && e.ReturnSpec.Kind == nil {
			w.value = before
		}
		w.effect = e
		return true
	}
	if name, ok := strings.CutSuffix(s, "@"); ok {
		w.effect = first(w.value.Kind.Methods[name])
		return w.decorates()
	}
	if name, event, ok := strings.Cut(strings.TrimSuffix(s, "]"), "["); ok {
		e := w.value.Kind.Methods[name]
		if e == nil {
			return w.fail("%s has no method %s", w.value.Kind.Name, name)
		}
		if w.handler = e.Events[event]; w.handler == nil {
			w.handler = e.Events["*"]
		}
		if w.handler == nil {
			return w.fail("%s has no event %s", name, event)
		}
		return true
	}
	if name, ok := strings.CutSuffix(s, "{}"); ok {
		e := first(w.value.Kind.Methods[name])
		if e == nil || len(e.Handlers) == 0 {
			return w.fail("%s has no handler in %s", w.value.Kind.Name, name)
		}
		w.handler = e.Handlers[0]
		return true
	}
	if name, ok := strings.CutSuffix(s, "="); ok {
		p := w.value.Kind.Props[name]
		if p == nil || p.Handler == nil {
			return w.fail("%s has no handler %s", w.value.Kind.Name, name)
		}
		w.handler = p.Handler
		return true
	}
	return w.member(w.value.Kind, s)
}

// first returns the first case of an effect.
func first(e *frameworks.Effect) *frameworks.Effect {
	if e != nil && len(e.Cases) > 0 {
		return e.Cases[0]
	}
	return e
}

func (w *walk) member(k *frameworks.Kind, name string) bool {
	if k.Fold {
		name = strings.ToLower(name)
	}
	if p := k.Props[name]; p != nil {
		w.set(p.ValueSpec)
		w.prop = p
		return true
	}
	if e := k.Methods[name]; e != nil {
		w.effect = e
		return true
	}
	if !k.AnySpec.IsZero() {
		w.set(k.AnySpec)
		return true
	}
	return w.fail("%s has no %s", k.Name, name)
}

func (w *walk) option(name string) bool {
	var pack *frameworks.Pack
	switch {
	case w.effect != nil && w.effect.Endpoint != nil && w.effect.Endpoint.Framework != "":
		pack = frameworks.Builtin().Pack(w.effect.Endpoint.Framework)
	case w.effect != nil:
		pack = w.effect.Pack
	case w.value.Kind != nil:
		pack = w.value.Kind.Pack
	}
	if pack == nil || pack.Options[name] == nil || pack.Options[name].Hook == nil {
		return w.fail("no hook %s", name)
	}
	w.handler = pack.Options[name].Hook
	return true
}

func (w *walk) param(n int) bool {
	if w.handler == nil {
		return w.fail("parameter %d of no handler", n)
	}
	list := w.handler.ParamSpecs
	switch {
	case n < len(list):
		w.set(list[n])
	case len(list) > 0 && list[len(list)-1].Rest:
		w.set(list[len(list)-1])
	default:
		return w.fail("no parameter %d", n)
	}
	return true
}

func (w *walk) decorates() bool {
	if w.effect == nil || w.effect.Decorates == nil {
		return w.fail("no decorator")
	}
	w.handler = w.effect.Decorates
	return true
}

func (w *walk) classMethod(s string) bool {
	base, method, _ := strings.Cut(s, "!")
	for _, c := range w.index.Base(base) {
		if h := c.Methods[method]; h != nil {
			w.handler = h
			return true
		}
	}
	return w.fail("no class of base %s calls %s", base, method)
}

func (w *walk) keyword(name string) bool {
	if w.handler == nil {
		return w.fail("parameter %s of no handler", name)
	}
	p, ok := w.handler.KeywordSpecs[name]
	if !ok {
		p, ok = w.handler.KeywordSpecs["*"]
	}
	if !ok {
		return w.fail("no parameter %s", name)
	}
	w.set(p)
	return true
}

func (w *walk) result(n string) bool {
	i, err := strconv.Atoi(n)
	if err != nil || i >= len(w.value.Tuple) {
		return w.fail("no result %s", n)
	}
	e := w.effect
	w.set(w.value.Tuple[i])
	w.effect = e
	return true
}

// describe says in words what a walk has got to.
func (w *walk) describe() string {
	if w.failed != "" {
		return "failed: " + w.failed
	}
	var out []string
	add := func(ok bool, format string, args ...any) {
		if ok {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	if h := w.handler; h != nil {
		add(true, "handler:%s", h.As)
		add(h.Typed, "typed")
		return strings.Join(out, " ")
	}
	if p := w.prop; p != nil {
		add(p.Sink != "", "sink:%s", p.Sink)
		add(p.Fact != "", "fact:%s", p.Fact)
	}
	if e := w.effect; e != nil {
		e = first(e)
		add(e.LookupKind != nil, "lookup")
		add(e.Send, "send")
		add(e.Broadcast != "", "broadcast:%s", e.Broadcast)
		add(e.Join, "join")
		add(e.Leave, "leave")
		add(e.Accept, "accept")
		add(e.Close, "close")
		add(e.Refuse, "refuse")
		add(e.Receive, "receive")
		add(e.Endpoint != nil, "endpoint")
		add(e.Connects, "connects")
		add(e.Sink != "", "sink:%s", e.Sink)
		add(e.Act != "", "act:%s", e.Act)
		add(e.Parse != "", "parse:%s", e.Parse)
		add(e.Validates != "", "validates:%s", e.Validates)
		add(e.Type != "", "type:%s", e.Type)
		add(len(e.Closes) > 0, "closes:%s", strings.Join(e.Closes, ","))
		add(e.Auth != "", "auth:%s", e.Auth)
		add(e.Fact != "", "fact:%s", e.Fact)
		add(e.Demands != "", "demands:%s", e.Demands)
		add(e.Middleware != "", "middleware:%s", e.Middleware)
		add(e.Schedule != "", "schedule:%s", e.Schedule)
		add(e.Listens, "listens")
		add(e.Compares != "", "compares:%s", e.Compares)
		add(e.Revokes != "", "revokes:%s", e.Revokes)
		add(e.Never, "never")
		add(e.Fill > 0 && e.FillSpec.Label != "", "fills:%s", e.FillSpec.Label)
		add(e.Argv != "", "argv:%s", e.Argv)
		add(e.Sets != "", "sets:%s", e.Sets)
		add(e.Covers != nil, "covers")
		add(e.Injects, "injects")
		add(e.Bounds != "", "bounds:%s", e.Bounds)
		add(e.Match != "", "match:%s", e.Match)
	}
	if k := w.value.Kind; k != nil {
		add(true, "kind:%s", k.Name)
	}
	add(w.value.Label != "", "label:%s", strings.TrimSuffix(w.value.Label+"."+w.value.Field, "."))
	add(w.value.Special != "", "%s", w.value.Special)
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, " ")
}
