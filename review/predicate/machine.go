package predicate

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// A Machine executes one path for one handshake.
type Machine struct {
	lib     func(*ir.File) Library
	probe   Probe
	script  []bool // the ways to take at the first decisions
	made    []Decision
	decided map[string]bool
	left    [][]bool // other ways that were seen and not taken

	steps, depth, nesting int
	outcome               outcome
	accepted              bool // the upgrade was completed
	sites                 *sites
	globals               map[string]Value
	resolving             map[string]bool
	overrun               bool
	late                  bool // the connection was accepted before the function ran
}

// A Decision is the way that a path took at a condition on something unknown.
type Decision struct {
	Key  string
	Way  bool
	Kind decisionKind
}

type decisionKind uint8

const (
	settingDecision decisionKind = iota // on configuration
	requestDecision                     // on something of the request, or that is known of the client
	modeDecision                        // on whether this is a development or test run
	originDecision                      // on what a call that isn't in view made of the origin
)

type outcome uint8

const (
	undecided outcome = iota
	refused
	admitted
)

// thrown is an exception of the executed program, stopped the end of a path.
type (
	thrown  struct{}
	stopped struct{}
)

// Origin is the Origin header as a text: null where it is absent, or the empty
// text in Go.
func (m *Machine) Origin(l ir.Lang) Value {
	read := func(p Probe) Value {
		switch {
		case !p.Absent:
			return Text(p.Origin)
		case l == ir.Go:
			return Text("")
		}
		return Null()
	}
	v := read(m.probe)
	v.from = read
	return v
}

// Origins is the Origin header as a list of its values.
func (m *Machine) Origins() Value {
	read := func(p Probe) Value {
		if p.Absent {
			return List()
		}
		return List(Text(p.Origin))
	}
	v := read(m.probe)
	v.from = read
	return v
}

// Host is the Host header.
func (m *Machine) Host() Value {
	read := func(p Probe) Value { return Text(p.Host) }
	v := read(m.probe)
	v.from = read
	return v
}

// Address is the parsed form of a text, such as Go's *url.URL; null where it
// doesn't parse.
func (m *Machine) Address(v Value, l ir.Lang) Value {
	if v.kind == unknown {
		return m.derivedUnknown("address", v)
	}
	return lift(func(a []Value) Value {
		u, ok := parseAddress(a[0].display(l), l)
		if !ok {
			return Null()
		}
		return Value{kind: urlKind, url: u}
	}, v)
}

// Setting is what is configured under a name, or else a fallback: two paths.
func (m *Machine) Setting(name string, fallback Value) Value {
	v := Unknown(name, false)
	if m.truthOf(v, ir.Go) {
		return v
	}
	return fallback
}

// Refuse notes that the handshake is refused, or the connection closed.
func (m *Machine) Refuse() {
	if m.outcome == undecided {
		m.outcome = refused
	}
}

// Accept notes that the upgrade is completed.
func (m *Machine) Accept() { m.accepted = true }

// Stop ends the path: what follows no longer belongs to the decision.
func (m *Machine) Stop() { panic(stopped{}) }

// Throw raises an exception.
func (m *Machine) Throw() { panic(thrown{}) }

// Run calls a function of the program.
func (m *Machine) Run(f *Func, args ...Value) Value { return m.apply(f, f.This, args) }

func (m *Machine) step() {
	m.steps++
	if m.steps > maxSteps {
		m.overrun = true
		panic(stopped{})
	}
}

// decide says which way a condition on something unknown goes on this path.
func (m *Machine) decide(key string, k decisionKind) bool {
	if way, ok := m.decided[key]; ok {
		return way
	}
	way := true
	if i := len(m.made); i < len(m.script) {
		way = m.script[i]
	} else {
		other := make([]bool, 0, i+1)
		for _, d := range m.made {
			other = append(other, d.Way)
		}
		m.left = append(m.left, append(other, false))
	}
	m.made = append(m.made, Decision{key, way, k})
	m.decided[key] = way
	return way
}

// truthOf is the truth of any value.
func (m *Machine) truthOf(v Value, l ir.Lang) bool {
	if v.kind == symbol {
		v = m.asUnknown(v)
	}
	if v.kind == unknown {
		return m.decide(v.unk.key, v.unk.decision())
	}
	return v.truth(l)
}

func (u *unknownValue) decision() decisionKind {
	switch {
	case u.origin:
		return originDecision
	case u.request:
		return requestDecision
	case developmentName(u.key):
		return modeDecision
	}
	return settingDecision
}

// developmentName reports whether a name or value tells a development or test
// run from a real one.
func developmentName(s string) bool {
	s = strings.ToLower(s)
	for _, w := range []string{"node_env", "production", "isprod", "is_prod", "isdev", "is_dev", "development", "devmode", "dev_mode", "debug", "testing", "is_test", "istest", "import.meta.env", "app_env", "go_env", "flask_env", "gin.mode", "environment", "== 'dev'", `== "dev"`, ".dev", "local_mode"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return s == "dev" || s == "test" || s == "local"
}

// derivedUnknown is what an operation makes of values some of which aren't
// known.
func (m *Machine) derivedUnknown(op string, args ...Value) Value {
	u := &unknownValue{}
	var b strings.Builder
	b.WriteString(op)
	for _, a := range args {
		b.WriteByte(' ')
		switch {
		case a.kind == unknown:
			b.WriteString(a.unk.key)
			u.origin = u.origin || a.unk.origin
			u.request = u.request || a.unk.request
		case a.from != nil:
			b.WriteString("Origin")
			u.origin = true
		case a.kind == thing:
			b.WriteString(a.thing.Name())
			u.request = u.request || a.thing.Request()
		case a.kind == symbol:
			b.WriteString(a.text)
		default:
			b.WriteString(shorten(a.display(ir.JavaScript)))
		}
	}
	u.key = shorten(b.String())
	return Value{kind: unknown, unk: u}
}

// A frame holds the variables of a function or block.
type frame struct {
	vars   map[string]*Value
	parent *frame
	scope  Scope
	this   Value
	fn     bool // of a function, not a block
}

func (f *frame) lang() ir.Lang { return f.scope.File().Lang }

func (f *frame) child() *frame {
	return &frame{vars: map[string]*Value{}, parent: f, scope: f.scope, this: f.this}
}

func (f *frame) find(name string) *Value {
	for ; f != nil; f = f.parent {
		if v := f.vars[name]; v != nil {
			return v
		}
	}
	return nil
}

func (f *frame) declare(name string, v Value) {
	if name != "" && name != "_" {
		f.vars[name] = &v
	}
}

// assign gives a variable that exists a new value; else it makes one.
func (f *frame) assign(name string, v Value) {
	if old := f.find(name); old != nil {
		*old = v
		return
	}
	for !f.fn && f.parent != nil {
		f = f.parent
	}
	f.declare(name, v)
}

// lookup reads a name.
func (m *Machine) lookup(f *frame, name string) Value {
	if v := f.find(name); v != nil {
		return *v
	}
	if v, ok := f.scope.Lookup(m, name); ok {
		if v.kind == pending {
			return v.read(m)
		}
		return v
	}
	switch f.lang() {
	case ir.JavaScript:
		if name == "undefined" || name == "NaN" {
			return Null()
		}
	case ir.Go:
		if name == "nil" {
			return Null()
		}
	}
	return Symbol(name)
}

// Once computes something of the program's top level at most once a path.
func (m *Machine) Once(key string, compute func() Value) (Value, bool) {
	if v, ok := m.globals[key]; ok {
		return v, true
	}
	if m.resolving[key] {
		return Null(), false
	}
	m.resolving[key] = true
	defer delete(m.resolving, key)
	v := compute()
	m.globals[key] = v
	return v, true
}

// Eval evaluates an expression outside of functions, where its names mean what
// the scope says. An exception in it makes it unknown.
func (m *Machine) Eval(s Scope, x ir.Expr) (out Value) {
	defer m.catch(func() { out = Unknown(s.File().Text(x.At()), false) })
	return m.eval(&frame{vars: map[string]*Value{}, scope: s, fn: true}, x)
}

// catch runs handle where the program raises an exception. It is deferred.
func (m *Machine) catch(handle func()) {
	depth, nesting := m.depth, m.nesting
	if r := recover(); r != nil {
		if _, ok := r.(thrown); !ok {
			panic(r)
		}
		m.depth, m.nesting = depth, nesting
		handle()
	}
}
