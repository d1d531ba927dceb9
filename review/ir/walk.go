package ir

// Inspect calls visit for n and everything below it, parents first, in the
// order of the source. Where visit returns false, what is below is left out.
// It enters the bodies of functions and classes. n may be nil.
func Inspect(n Node, visit func(Node) bool) {
	w := walker(visit)
	switch n := n.(type) {
	case nil:
	case Expr:
		w.expr(n)
	case Stmt:
		w.stmt(n)
	case *Func:
		w.fn(n)
	case *Class:
		w.class(n)
	case *Param:
		w.param(n)
	}
}

// InspectStmts calls Inspect for each statement.
func InspectStmts(body []Stmt, visit func(Node) bool) {
	walker(visit).stmts(body)
}

type walker func(Node) bool

func (w walker) stmts(list []Stmt) {
	for _, s := range list {
		w.stmt(s)
	}
}

func (w walker) exprs(list []Expr) {
	for _, x := range list {
		w.expr(x)
	}
}

func (w walker) stmt(s Stmt) {
	if s == nil || !w(s) {
		return
	}
	switch s := s.(type) {
	case *ExprStmt:
		w.expr(s.X)
	case *If:
		w.expr(s.Cond)
		w.stmts(s.Then)
		w.stmts(s.Else)
	case *Loop:
		w.stmt(s.Init)
		w.expr(s.Target)
		w.expr(s.Iter)
		w.expr(s.Cond)
		w.stmts(s.Body)
		w.stmt(s.Post)
		w.stmts(s.Else)
	case *Switch:
		w.expr(s.Tag)
		w.expr(s.Bind)
		for i := range s.Cases {
			c := &s.Cases[i]
			w.exprs(c.Values)
			w.expr(c.Guard)
			w.stmt(c.Comm)
			w.stmts(c.Body)
		}
	case *Return:
		w.expr(s.X)
	case *Throw:
		w.expr(s.X)
	case *Try:
		w.stmts(s.Body)
		for i := range s.Catches {
			w.exprs(s.Catches[i].Types)
			w.expr(s.Catches[i].Target)
			w.stmts(s.Catches[i].Body)
		}
		w.stmts(s.Else)
		w.stmts(s.Finally)
	case *Block:
		w.stmts(s.Body)
	case *With:
		for _, item := range s.Items {
			w.expr(item.Value)
			w.expr(item.Target)
		}
		w.stmts(s.Body)
	case *Defer:
		w.expr(s.Call)
	case *FuncDecl:
		w.fn(s.Func)
	case *ClassDecl:
		w.class(s.Class)
	}
}

func (w walker) fn(f *Func) {
	if f == nil || !w(f) {
		return
	}
	w.exprs(f.Decorators)
	for _, p := range f.Params {
		w.param(p)
	}
	w.stmts(f.Body)
}

func (w walker) param(p *Param) {
	w.exprs(p.Decorators)
	w.expr(p.Pattern)
	w.expr(p.Default)
}

func (w walker) class(c *Class) {
	if c == nil || !w(c) {
		return
	}
	w.exprs(c.Decorators)
	w.exprs(c.Bases)
	for _, f := range c.Fields {
		w.exprs(f.Decorators)
		w.expr(f.Value)
	}
	for _, m := range c.Methods {
		w.fn(m)
	}
	w.stmts(c.Body)
}

func (w walker) expr(x Expr) {
	if x == nil || !w(x) {
		return
	}
	switch x := x.(type) {
	case *Template:
		w.exprs(x.Parts)
	case *Member:
		w.expr(x.X)
	case *Index:
		w.expr(x.X)
		w.expr(x.Key)
		w.exprs(x.Bounds)
	case *Call:
		w.expr(x.Fn)
		for i := range x.Args {
			w.expr(x.Args[i].Value)
		}
	case *Object:
		w.props(x.Props)
	case *List:
		w.exprs(x.Elems)
	case *Spread:
		w.expr(x.X)
	case *Default:
		w.expr(x.Target)
		w.expr(x.Value)
	case *Unary:
		w.expr(x.X)
	case *Binary:
		w.expr(x.X)
		w.expr(x.Y)
	case *Logical:
		w.expr(x.X)
		w.expr(x.Y)
	case *Cond:
		w.expr(x.Test)
		w.expr(x.Then)
		w.expr(x.Else)
	case *Assign:
		w.expr(x.Target)
		w.expr(x.Value)
	case *FuncLit:
		w.fn(x.Func)
	case *ClassLit:
		w.class(x.Class)
	case *Await:
		w.expr(x.X)
	case *Yield:
		w.expr(x.X)
	case *Cast:
		w.expr(x.X)
	case *Comp:
		for _, c := range x.Clauses {
			w.expr(c.Target)
			w.expr(c.Iter)
			w.exprs(c.Conds)
		}
		w.expr(x.Key)
		w.expr(x.Elem)
	case *Element:
		w.props(x.Attrs)
		w.exprs(x.Children)
	case *Unknown:
		w.exprs(x.Operands)
	}
}

func (w walker) props(list []Prop) {
	for i := range list {
		w.expr(list[i].Key)
		w.expr(list[i].Value)
	}
}
