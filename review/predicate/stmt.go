package predicate

import (
	"github.com/wswarden/wswarden/review/ir"
)

type completion uint8

const (
	falls completion = iota
	returns
	breaks
	continues
)

// apply runs a function with arguments.
func (m *Machine) apply(f *Func, this Value, args []Value) Value {
	m.step()
	if m.depth >= maxDepth || f.Fn.Body == nil {
		return m.derivedUnknown("call of "+f.Fn.Name, args...)
	}
	m.depth++
	defer func() { m.depth-- }()
	fr := &frame{vars: map[string]*Value{}, parent: f.frame, scope: f.Scope, this: this, fn: true}
	if f.frame != nil && f.Fn.Arrow {
		fr.this = f.frame.this
	}
	if r := f.Fn.Recv; r != nil {
		fr.declare(r.Name, this)
	}
	m.bind(fr, f.Fn.Params, args)
	_, v := m.block(fr, f.Fn.Body)
	return v
}

func (m *Machine) bind(fr *frame, params []*ir.Param, args []Value) {
	for i, p := range params {
		v := Null()
		switch {
		case p.Rest:
			v = List()
			if i < len(args) {
				v = List(args[i:]...)
			}
		case p.KeywordMap:
			v = Object(true)
		case i < len(args):
			v = args[i]
		}
		if p.Default != nil && (i >= len(args) || v.kind == null) {
			v = m.eval(fr, p.Default)
		}
		if p.Pattern != nil {
			m.assignTo(fr, p.Pattern, v, true)
		} else {
			fr.declare(p.Name, v)
		}
	}
}

// block runs statements; functions declared in it can be used before.
func (m *Machine) block(fr *frame, body []ir.Stmt) (completion, Value) {
	for _, s := range body {
		if d, ok := s.(*ir.FuncDecl); ok && d.Func.Name != "" {
			fr.declare(d.Func.Name, Function(&Func{Fn: d.Func, Scope: fr.scope, This: fr.this, frame: fr}))
		}
	}
	for _, s := range body {
		if c, v := m.exec(fr, s); c != falls {
			return c, v
		}
	}
	return falls, Null()
}

func (m *Machine) inner(fr *frame, body []ir.Stmt) (completion, Value) {
	if fr.lang() != ir.Python {
		fr = fr.child()
	}
	return m.block(fr, body)
}

func (m *Machine) exec(fr *frame, s ir.Stmt) (completion, Value) {
	m.step()
	if m.nesting >= maxNesting {
		m.overrun = true
		m.Stop()
	}
	m.nesting++
	defer func() { m.nesting-- }()
	switch s := s.(type) {
	case *ir.ExprStmt:
		m.eval(fr, s.X)
	case *ir.If:
		if m.condition(fr, s.Cond, s) {
			return m.inner(fr, s.Then)
		}
		return m.inner(fr, s.Else)
	case *ir.Loop:
		return m.loop(fr, s)
	case *ir.Switch:
		return m.choose(fr, s)
	case *ir.Return:
		if s.X == nil {
			return returns, Null()
		}
		return returns, m.eval(fr, s.X)
	case *ir.Throw:
		m.Throw()
	case *ir.Try:
		return m.try(fr, s)
	case *ir.Jump:
		if s.Kind == ir.Continue {
			return continues, Null()
		}
		return breaks, Null()
	case *ir.Block:
		c, v := m.inner(fr, s.Body)
		if c == breaks && s.Label != "" {
			c = falls
		}
		return c, v
	case *ir.With:
		for _, item := range s.Items {
			v := m.eval(fr, item.Value)
			if item.Target != nil {
				m.assignTo(fr, item.Target, v, false)
			}
		}
		return m.block(fr, s.Body)
	}
	return falls, Null()
}

// condition is the truth of a condition. One on something unknown, neither of
// whose branches can matter, takes none of them.
func (m *Machine) condition(fr *frame, x ir.Expr, s *ir.If) bool {
	v := m.eval(fr, x)
	if v.kind == symbol {
		v = m.asUnknown(v)
	}
	if v.kind != unknown || matters(s.Then) || matters(s.Else) {
		return m.truthOf(v, fr.lang())
	}
	if _, ok := m.decided[v.unk.key]; ok {
		return m.truthOf(v, fr.lang())
	}
	return false
}

// matters reports whether statements can have a say in the decision: they leave,
// or call something, or store something.
func matters(body []ir.Stmt) bool {
	found := false
	ir.InspectStmts(body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Return, *ir.Throw, *ir.Jump, *ir.Assign, *ir.Loop:
			found = true
		case *ir.Call:
			found = found || !logs(n)
		case *ir.Func:
			return false
		}
		return !found
	})
	return found
}

// logs reports whether a call only writes a log: no decision hides there.
func logs(c *ir.Call) bool {
	member, ok := c.Fn.(*ir.Member)
	if !ok {
		return false
	}
	name, ok := member.X.(*ir.Name)
	if !ok {
		return false
	}
	switch name.Name {
	case "console", "log", "logger", "logging", "slog", "fmt":
		return member.Name != "Fatal" && member.Name != "Fatalf" && member.Name != "Panic"
	}
	return false
}

func (m *Machine) loop(fr *frame, s *ir.Loop) (completion, Value) {
	if fr.lang() != ir.Python {
		fr = fr.child()
	}
	if s.Init != nil {
		m.exec(fr, s.Init)
	}
	if s.Iter != nil {
		return m.iterate(fr, s)
	}
	if s.Cond == nil {
		m.Stop() // it serves the connection, or waits for others
	}
	for n := 0; n < maxElements; n++ {
		if n > 0 || !s.Test {
			v := m.eval(fr, s.Cond)
			if v.kind == unknown && n > 0 {
				m.overrun = true // how often it runs isn't known
				m.Stop()
			}
			if l, ok := s.Cond.(*ir.Lit); ok && v.truth(fr.lang()) && l.Kind != ir.String {
				m.Stop()
			}
			if !m.truthOf(v, fr.lang()) {
				break
			}
		}
		c, v := m.inner(fr, s.Body)
		if c == returns {
			return c, v
		}
		if c == breaks {
			return falls, Null()
		}
		if s.Post != nil {
			m.exec(fr, s.Post)
		}
	}
	return m.inner(fr, s.Else)
}

// iterate runs a loop over a collection. One that isn't known has one element,
// or none where it was found to be empty.
func (m *Machine) iterate(fr *frame, s *ir.Loop) (completion, Value) {
	iter := m.eval(fr, s.Iter)
	if iter.kind == thing && s.Async {
		m.Stop()
	}
	elems, keys := m.elements(iter, fr)
	for i, e := range elems {
		if s.Target != nil {
			m.assignTo(fr, s.Target, m.loopValue(fr, s, e, keys, i), true)
		}
		c, v := m.inner(fr, s.Body)
		if c == returns {
			return c, v
		}
		if c == breaks {
			return falls, Null()
		}
	}
	return m.inner(fr, s.Else)
}

// loopValue is what the target of a loop takes.
func (m *Machine) loopValue(fr *frame, s *ir.Loop, e Value, keys []Value, i int) Value {
	key := Number(float64(i))
	if i < len(keys) {
		key = keys[i]
	}
	if s.Keys {
		return key
	}
	if l, ok := s.Target.(*ir.List); ok && len(l.Elems) == 2 && fr.lang() == ir.Go {
		return List(key, e)
	}
	return e
}

// elements are the elements of a collection, and its keys where it has some.
func (m *Machine) elements(v Value, fr *frame) (elems, keys []Value) {
	switch v.kind {
	case list:
		for i := range v.list.elems {
			if i >= maxElements {
				m.overrun = true
				break
			}
			elems = append(elems, lift(func(a []Value) Value { return element(a[0], i) }, v))
		}
	case text:
		for i := range min(len(v.text), maxElements) {
			elems = append(elems, lift(func(a []Value) Value { return character(a[0], i) }, v))
		}
	case object:
		for _, n := range v.obj.names {
			keys = append(keys, Text(n))
			if fr.lang() == ir.Python {
				elems = append(elems, Text(n))
			} else {
				elems = append(elems, v.obj.fields[n])
			}
		}
	case unknown, thing, symbol:
		u := m.asUnknown(v)
		if way, ok := m.decided[u.unk.key]; ok && !way {
			return nil, nil
		}
		one := m.derivedUnknown("element of", u)
		return []Value{one}, []Value{one}
	}
	return elems, keys
}

func element(v Value, i int) Value {
	if v.kind != list || i < 0 || i >= len(v.list.elems) {
		return Null()
	}
	return v.list.elems[i]
}

func character(v Value, i int) Value {
	if v.kind != text || i < 0 || i >= len(v.text) {
		return Null()
	}
	return Text(v.text[i : i+1])
}

func (m *Machine) choose(fr *frame, s *ir.Switch) (completion, Value) {
	if s.Type {
		return falls, Null()
	}
	tag := Bool(true)
	if s.Tag != nil {
		tag = m.eval(fr, s.Tag)
	}
	match := -1
	for i := range s.Cases {
		c := &s.Cases[i]
		if len(c.Values) == 0 && c.Guard == nil {
			continue
		}
		if m.caseMatches(fr, s, c, tag) {
			match = i
			break
		}
	}
	if match < 0 {
		for i := range s.Cases {
			if len(s.Cases[i].Values) == 0 && s.Cases[i].Guard == nil && s.Cases[i].Comm == nil {
				match = i
			}
		}
	}
	if match < 0 {
		return falls, Null()
	}
	for i := match; i < len(s.Cases); i++ {
		c, v := m.inner(fr, s.Cases[i].Body)
		if c == breaks {
			return falls, Null()
		}
		if c != falls || !s.Cases[i].Through {
			return c, v
		}
	}
	return falls, Null()
}

func (m *Machine) caseMatches(fr *frame, s *ir.Switch, c *ir.Case, tag Value) bool {
	ok := len(c.Values) == 0
	for _, x := range c.Values {
		v := m.eval(fr, x)
		if s.Tag == nil {
			ok = ok || m.truthOf(v, fr.lang())
		} else {
			ok = ok || m.truthOf(m.compare(fr, x, "==", tag, v), fr.lang())
		}
		if ok {
			break
		}
	}
	if ok && c.Guard != nil {
		ok = m.truthOf(m.eval(fr, c.Guard), fr.lang())
	}
	return ok
}

// try runs a body whose exceptions are caught.
func (m *Machine) try(fr *frame, s *ir.Try) (completion, Value) {
	c, v, raised := m.attempt(func() (completion, Value) { return m.inner(fr, s.Body) })
	switch {
	case raised && len(s.Catches) > 0:
		k := &s.Catches[0]
		inner := fr.child()
		if fr.lang() == ir.Python {
			inner = fr
		}
		if k.Target != nil {
			m.assignTo(inner, k.Target, Unknown("exception", true), true)
		}
		c, v, raised = m.attempt(func() (completion, Value) { return m.block(inner, k.Body) })
	case raised && s.Swallows:
		c, raised = falls, false
	case !raised && c == falls && len(s.Else) > 0:
		c, v, raised = m.attempt(func() (completion, Value) { return m.inner(fr, s.Else) })
	}
	if cf, vf := m.inner(fr, s.Finally); cf != falls {
		return cf, vf
	}
	if raised {
		m.Throw()
	}
	return c, v
}

// attempt runs f and reports whether it raised an exception.
func (m *Machine) attempt(f func() (completion, Value)) (c completion, v Value, raised bool) {
	defer m.catch(func() { c, v, raised = falls, Null(), true })
	c, v = f()
	return c, v, false
}
