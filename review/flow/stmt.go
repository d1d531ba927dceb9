package flow

import (
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// stmt runs one statement.
func (in *interp) stmt(s ir.Stmt) completion {
	if !in.spend() {
		return falls
	}
	in.nesting++
	defer func() { in.nesting-- }()
	if in.nesting > maxNesting {
		return falls
	}
	switch s := s.(type) {
	case *ir.ExprStmt:
		return in.exprStmt(s)
	case *ir.If:
		return in.ifStmt(s)
	case *ir.Loop:
		return in.loop(s)
	case *ir.Switch:
		return in.switchStmt(s)
	case *ir.Return:
		return in.returnStmt(s)
	case *ir.Throw:
		if s.X != nil {
			in.eval(s.X)
		}
		in.refuses("throw", s.Pos)
		return throws
	case *ir.Try:
		return in.try(s)
	case *ir.Jump:
		return jumps
	case *ir.Block:
		return in.labelled(in.block(s.Body))
	case *ir.With:
		return in.with(s)
	case *ir.Defer:
		return in.deferStmt(s)
	case *ir.FuncDecl:
		in.funcDecl(s.Func)
	case *ir.ClassDecl:
		if s.Class.Name != "" {
			in.declare(s.Class.Name, in.decorated(in.classValue(s.Class), s.Class))
		}
	case *ir.Import:
		in.importStmt(s)
	}
	return falls
}

// labelled turns a jump out of a labelled block into its end.
func (in *interp) labelled(c completion) completion {
	if c == jumps {
		return jumps
	}
	return c
}

func (in *interp) exprStmt(s *ir.ExprStmt) completion {
	v := in.floats(s.X)
	if v.special == "never" {
		return returns
	}
	// cond && f(), cond || f(): an if without the word.
	return falls
}

func (in *interp) ifStmt(s *ir.If) completion {
	cond := in.condition(s.Cond)
	in.failsOpen(s)
	truth, known := cond.truth()
	if known && cond.lit != nil && in.constant(s.Cond) {
		if truth {
			return in.block(s.Then)
		}
		return in.block(s.Else)
	}
	message, among, except := in.env.message, in.env.among, in.env.except
	names := in.messagesOf(s.Cond)
	in.narrow(names)
	then, c1 := in.branch(cond, true, func() completion { return in.block(s.Then) })
	in.env.message, in.env.among = message, among
	in.exclude(names)
	els, c2 := in.branch(cond, false, func() completion { return in.block(s.Else) })
	in.env.message, in.env.among, in.env.except = message, among, except
	switch {
	case c1.leaves() && c2.leaves():
		if c1 == returns || c2 == returns {
			return returns
		}
		return c1
	case c1.leaves():
		in.act.layer.merge([]*layer{els}, true)
		in.assume(cond, false)
		if len(names) > 0 {
			in.exclude(names)
		} else {
			in.narrow(in.messagesOf(negated(s.Cond)))
		}
	case c2.leaves():
		in.act.layer.merge([]*layer{then}, true)
		in.assume(cond, true)
	default:
		in.act.layer.merge([]*layer{then, els}, true)
	}
	return falls
}

// constant reports whether a condition is one whatever the input: a literal, or
// a constant of the file. A variable that happens to have one value here may
// have others elsewhere.
func (in *interp) constant(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Lit:
		return true
	case *ir.Unary:
		return in.constant(x.X)
	}
	return false
}

func (in *interp) loop(s *ir.Loop) completion {
	outer := in.act.scope
	if in.file().Lang != ir.Python {
		in.act.scope = newScope(outer)
		defer func() { in.act.scope = outer }()
	}
	if s.Init != nil {
		in.stmt(s.Init)
	}
	env := in.env
	defer func() { in.env = env }()
	var iter, elem *value
	if s.Iter != nil {
		iter = in.eval(s.Iter)
		elem = in.iterate(iter, s)
		elem = in.visits(iter, elem, in.file().Text(s.Iter.At()))
	}
	if in.paced(s) {
		in.env.timer = true
	}
	endless := s.Iter == nil && (s.Cond == nil || isTrue(s.Cond))
	defer in.retried(s, in.dialled)
	var left completion
	for range 2 {
		var cond *value
		if s.Cond != nil && !s.Test {
			cond = in.condition(s.Cond)
		}
		body, c := in.branch(cond, true, func() completion {
			if s.Target != nil {
				in.assign(s.Target, elem, ir.Var)
			}
			c := in.block(s.Body)
			if s.Test && s.Cond != nil {
				in.eval(s.Cond)
			}
			if s.Post != nil && !c.leaves() {
				in.stmt(s.Post)
			}
			return c
		})
		left = c
		if body != nil {
			in.act.layer.merge([]*layer{body}, false)
		}
	}
	if len(s.Else) > 0 {
		in.block(s.Else)
	}
	if endless && left != jumps && !hasBreak(s.Body) {
		return returns
	}
	return falls
}

func isTrue(x ir.Expr) bool {
	l, ok := x.(*ir.Lit)
	return ok && (l.Kind == ir.Bool && l.Value == "true" || l.Kind == ir.Number && l.Value != "0")
}

// hasBreak reports whether a loop's body leaves the loop by break: its own one,
// or one with a label, which names this loop or one around it.
func hasBreak(body []ir.Stmt) bool {
	found := false
	ir.InspectStmts(body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Func:
			return false
		case *ir.Loop, *ir.Switch: // their plain breaks are their own
			found = found || hasLabelledBreak(n)
			return false
		case *ir.Jump:
			found = found || n.Kind == ir.Break
		}
		return !found
	})
	return found
}

func hasLabelledBreak(n ir.Node) bool {
	found := false
	ir.Inspect(n, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Func:
			return false
		case *ir.Jump:
			found = found || n.Kind == ir.Break && n.Label != ""
		}
		return !found
	})
	return found
}

func (in *interp) switchStmt(s *ir.Switch) completion {
	var tag *value
	if s.Tag != nil {
		tag = in.eval(s.Tag)
	}
	typed := tag != nil && !s.Type && in.tellsApart(s.Tag, tag)
	message, among := in.env.message, in.env.among
	defer func() { in.env.message, in.env.among = message, among }()
	var branches []*layer
	all, fallsOut := false, false
	last := falls
	for i := range s.Cases {
		c := &s.Cases[i]
		if len(c.Values) == 0 && c.Comm == nil && c.Guard == nil {
			all = true
		}
		in.env.message, in.env.among = message, among
		timer := in.env.timer
		in.env.timer = timer || in.tickCase(c)
		if typed {
			in.narrow(in.named(c.Values))
		}
		cond := in.caseCondition(s, c, tag)
		l, done := in.branch(cond, true, func() completion {
			if c.Comm != nil {
				in.stmt(c.Comm)
			}
			if s.Bind != nil && tag != nil {
				in.assign(s.Bind, in.caseValue(s, c, tag), ir.Var)
			}
			return in.block(c.Body)
		})
		in.env.timer = timer
		if done == jumps { // break: the statement behind the switch runs
			fallsOut = true
			done = falls
		}
		if l != nil {
			branches = append(branches, l)
		}
		if !done.leaves() {
			fallsOut = true
		}
		last = done
	}
	if all && !fallsOut && len(s.Cases) > 0 {
		return last
	}
	in.act.layer.merge(branches, all)
	return falls
}

// caseCondition is what holds in a case: the tag is one of its values.
func (in *interp) caseCondition(s *ir.Switch, c *ir.Case, tag *value) *value {
	var cond *value
	switch {
	case s.Type:
	case tag == nil: // the values are conditions
		for _, x := range c.Values {
			v := in.condition(x)
			cond = join(cond, v)
		}
	default:
		for _, x := range c.Values {
			v := in.eval(x)
			cond = join(cond, in.compared("==", x.At(), tag, v, s.Tag, x))
		}
	}
	if c.Guard != nil {
		v := in.condition(c.Guard)
		cond = join(cond, v)
	}
	return cond
}

// caseValue is the value that a case binds.
func (in *interp) caseValue(s *ir.Switch, c *ir.Case, tag *value) *value {
	if !s.Type || len(c.Values) != 1 {
		return tag
	}
	t := in.typeExpr(c.Values[0])
	if t == nil {
		return tag
	}
	v := join(tag, in.typeValue(t, in.file()))
	if name := basicType(t); name != "" {
		v = v.mapFlows(func(f flow) *flow { f.typ = name; return &f })
	}
	return v
}

func (in *interp) returnStmt(s *ir.Return) completion {
	var v *value = nothing
	if s.X != nil {
		if l, ok := s.X.(*ir.List); ok && l.Kind == ir.Tuple {
			for i, x := range l.Elems {
				w := in.withExitAtoms(in.eval(x))
				if i < len(in.act.tuple) {
					in.act.tuple[i] = join(in.act.tuple[i], w)
				} else {
					in.act.tuple = append(in.act.tuple, w)
				}
				v = join(v, w.data())
			}
		} else {
			in.either(s.X, s)
			in.minted(in.act.name, s.X)
			in.exit()
			return returns
		}
	}
	in.returned(v, s)
	in.exit()
	return returns
}

// either returns x, or one of both sides of a conditional as an if around two
// returns would: with what the test says.
func (in *interp) either(x ir.Expr, s *ir.Return) {
	c, ok := x.(*ir.Cond)
	if !ok {
		in.returned(in.eval(x), s)
		return
	}
	test := in.condition(c.Test)
	in.branch(test, true, func() completion { in.either(c.Then, s); return falls })
	in.branch(test, false, func() completion { in.either(c.Else, s); return falls })
}

// returned joins a result to those of the function, with the checks that led
// here: a function that returns false where a check fails is that check.
func (in *interp) returned(v *value, s *ir.Return) {
	if s.X == nil && in.file().Lang == ir.Go {
		return
	}
	in.act.result = join(in.act.result, in.withExitAtoms(v))
}

// withExitAtoms adds the checks in force since the function was entered to a
// result, as what its truth says.
func (in *interp) withExitAtoms(v *value) *value {
	if len(in.guards) <= in.act.base {
		return v
	}
	truth, known := v.truth()
	if !known {
		truth = true
	}
	return v.with(func(c *value) {
		for _, g := range in.guards[in.act.base:] {
			f := *g
			c.atoms = unionFunc(c.atoms, []atom{{fact: &f, when: g.Holds == truth}}, maxAtoms, sameAtom)
		}
	})
}

// exit notes what holds where the function is left.
func (in *interp) exit() {
	in.act.exits = append(in.act.exits, append([]*model.Fact(nil), in.guards[in.act.base:]...))
}

func (in *interp) try(s *ir.Try) completion {
	env := in.env
	defer func() { in.env = env }()
	defer in.swallowed(s)
	n := len(in.guards)
	if len(s.Catches) > 0 || s.Swallows {
		in.env.inTry++
	}
	below := in.act.layer
	in.act.layer = &layer{below: below}
	c := in.block(s.Body)
	if !c.leaves() && len(s.Else) > 0 {
		c = in.block(s.Else)
	}
	tried := in.act.layer
	in.act.layer = below
	kept := append([]*model.Fact(nil), in.guards[n:]...)
	in.guards = in.guards[:n]
	in.env.inTry = env.inTry

	branches := []*layer{tried}
	if c.leaves() {
		branches[0] = nil
	}
	// An exception may come from anywhere: a handler sees old and new values.
	in.act.layer.merge([]*layer{tried}, false)
	caught := len(s.Catches) > 0 || s.Swallows
	allLeave := !s.Swallows
	for i := range s.Catches {
		k := &s.Catches[i]
		l, ck := in.branch(nil, false, func() completion {
			if k.Target != nil {
				in.assign(k.Target, in.exception(k), ir.Let)
			}
			return in.block(k.Body)
		})
		if ck.leaves() {
			continue
		}
		allLeave = false
		branches = append(branches, l)
	}
	if !c.leaves() && (!caught || allLeave) {
		// Whoever comes here went through all of the body.
		in.act.layer.merge([]*layer{tried}, true)
		in.guards = append(in.guards, kept...)
	} else {
		in.act.layer.merge(branches, false)
	}
	if len(s.Finally) > 0 {
		in.env.always = true
		if cf := in.block(s.Finally); cf.leaves() {
			return cf
		}
		in.env.always = env.always
	}
	if c.leaves() && (!caught || allLeave) {
		return c
	}
	return falls
}

// exception is what a handler catches.
func (in *interp) exception(k *ir.Catch) *value {
	return &value{flows: []*flow{{label: model.FromError, source: in.place(k.Pos), whole: true}}}
}

func (in *interp) with(s *ir.With) completion {
	suppress := false
	for _, item := range s.Items {
		v := in.eval(item.Value)
		if v.special == "suppress" {
			suppress = true
		}
		if item.Target != nil {
			in.assign(item.Target, v, ir.Var)
		}
	}
	if !suppress {
		return in.stmts(s.Body)
	}
	in.env.inTry++
	l, _ := in.branch(nil, false, func() completion { return in.stmts(s.Body) })
	in.env.inTry--
	in.act.layer.merge([]*layer{l}, false)
	return falls
}

// deferStmt runs deferred calls and goroutines at their place: what they do is
// done under the checks that are in force there.
func (in *interp) deferStmt(s *ir.Defer) completion {
	env := in.env
	if !s.Go {
		in.env.phase, in.env.always = closingPhase(env.phase), true
	} else {
		in.env.inTry = 0
		in.env.detached = env.detached || env.phase == model.Messages // one for each message
	}
	in.eval(s.Call)
	in.env = env
	return falls
}

func closingPhase(p model.Phase) model.Phase {
	if p == model.Connection || p == model.Messages {
		return model.Closing
	}
	return p
}

func (in *interp) funcDecl(fn *ir.Func) {
	if fn.Recv != nil && in.file().Lang == ir.Go {
		return // attached to its type when the package was loaded
	}
	v := in.closure(fn)
	if len(fn.Decorators) > 0 {
		v = in.decorate(v, fn)
	}
	if fn.Name != "" {
		in.declare(fn.Name, v)
	}
}
