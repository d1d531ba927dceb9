package flow

import (
	"context"
	"hash/maphash"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// Bounds of the interpretation. A program that needs more is judged by what was
// seen until then; the run notes it.
const (
	maxDepth     = 14         // calls within calls
	maxRootSteps = 40_000     // expressions and statements of one root with all that it calls
	maxPassSteps = 12_000_000 // of the whole program in one pass
	maxNesting   = 400        // expressions within expressions
)

// An interp runs the program on abstract values: every root once, calls within,
// branches both ways, loops twice. It runs twice as a whole; in the second pass
// the fields of objects hold what the first one stored, and events are kept.
type interp struct {
	ctx      context.Context
	prog     *Program
	out      *recorder
	seed     maphash.Seed
	keying   key
	numbers  uint64         // given so far
	ids      map[any]uint64 // of functions, classes and kinds
	memo     map[uint64]*memoized
	contexts map[*ir.Func]int // in which calls of a function ran in this pass
	act      *activation
	env      environment
	guards   []*model.Fact
	depth    int
	nesting  int
	steps    int
	total    int
	stopped  bool // the context has ended
	pass     int
	sent     int       // messages that were sent so far
	dialled  int       // times that a client connected so far
	client   *endpoint // what connected last
	unread   ir.Expr   // the call whose results were left last, but for the error
	visited  map[*ir.Func]bool
	filling  string // the parameter whose default is evaluated, as a framework does that fills it
}

// An environment is what holds around code besides checks.
type environment struct {
	endpoint *endpoint
	route    string // the path for which the HTTP handler is registered that runs
	phase    model.Phase
	message  string   // the type of message whose branch is in force
	among    []string // the types of which one is in force, where message is empty
	by       string   // the field that told message or among from the others
	except   []string // the types that it can't be: their branches have left
	inTry    int
	repeat   bool        // in a loop over connections
	room     bool        // they are those of a room
	doubt    string      // an unresolved call that may have checked something
	awaited  bool        // time passed since the handler was entered
	timer    bool        // a clock calls
	once     bool        // that clock was set on the connection, and calls once
	detached bool        // nobody waits for the asynchronous function that runs
	floating bool        // the call that is evaluated is a statement
	calling  bool        // the member that is read names what is called
	always   bool        // it runs on every way out: in a finally or a defer
	handler  *activation // the innermost function that a framework called
	calls    *callSite   // from there to here
}

// A callSite is one call on the way from a handler to where we are.
type callSite struct {
	place model.Place
	above *callSite
}

// An activation is one run of a function.
type activation struct {
	fn      *ir.Func
	file    *ir.File
	scope   *scope
	layer   *layer
	caller  *activation
	base    int // length of guards at the entry
	result  *value
	tuple   []*value
	exits   [][]*model.Fact // checks in force at each way out
	name    string
	throws  bool
	nexts   [][]*model.Fact     // checks in force where middleware hands on; nil for other functions
	message string              // the type of message whose branch it was begun in
	site    *model.Place        // the call that began it; nil where a framework, or nothing in view, calls
	called  *closure            // what runs
	entry   *scope              // where its parameters are
	before  handshake           // what was read before it was known whose handshake it is
	as      *frameworks.Handler // how a framework calls it; nil for other functions
}

// A completion says how a statement ends.
type completion uint8

const (
	falls   completion = iota // the next statement runs
	returns                   // the function is left
	throws                    // an exception is raised
	jumps                     // break or continue
)

func (c completion) leaves() bool { return c != falls }

// index returns what is known of the frameworks of the current file's language.
func (in *interp) index() *frameworks.Index {
	return in.prog.indexes[in.file().Lang]
}

func (in *interp) file() *ir.File { return in.act.file }

// spend counts a step and reports whether the root may go on.
func (in *interp) spend() bool {
	in.steps++
	in.total++
	if in.total&0xfff == 0 && in.ctx.Err() != nil {
		in.stopped = true
	}
	return in.steps <= maxRootSteps && in.total <= maxPassSteps && !in.stopped
}

// place returns a place of the current file for reports.
func (in *interp) place(p ir.Pos) model.Place {
	return in.prog.place(in.act.file, p, in.act.name)
}

// enter pushes checks that hold from here on.
func (in *interp) assume(v *value, truthy bool) {
	for _, a := range v.atoms {
		in.push(a.fact, a.when == truthy)
	}
}

func (in *interp) push(f *model.Fact, holds bool) {
	for _, g := range in.guards {
		if g.Kind == f.Kind && g.Span == f.Span && g.Holds == holds && sameData(g, f) {
			return
		}
	}
	g := *f
	g.Holds = holds
	if g.Phase == "" {
		g.Phase = in.env.phase
	}
	in.guards = append(in.guards, &g)
	in.out.fact(in.env.endpoint, &g)
	in.pins(&g)
}

// branch runs body on a layer of its own, with the checks that cond makes when
// it is truthy or not, and returns the layer (nil where the branch leaves).
func (in *interp) branch(cond *value, truthy bool, body func() completion) (*layer, completion) {
	below := in.act.layer
	in.act.layer = &layer{below: below}
	n := len(in.guards)
	if cond != nil {
		in.assume(cond, truthy)
	}
	awaited := in.env.awaited
	c := body()
	if c.leaves() {
		in.env.awaited = awaited
	}
	in.guards = in.guards[:n]
	l := in.act.layer
	in.act.layer = below
	if c.leaves() {
		return nil, c
	}
	return l, c
}

// block runs statements in a scope of their own.
func (in *interp) block(body []ir.Stmt) completion {
	if len(body) == 0 {
		return falls
	}
	if in.file().Lang != ir.Python {
		outer := in.act.scope
		in.act.scope = newScope(outer)
		defer func() { in.act.scope = outer }()
	}
	message, among, except := in.env.message, in.env.among, in.env.except
	defer func() { in.env.message, in.env.among, in.env.except = message, among, except }()
	return in.stmts(body)
}

// stmts runs statements in the scope around them.
func (in *interp) stmts(body []ir.Stmt) completion {
	in.hoist(body)
	for _, s := range body {
		if c := in.stmt(s); c.leaves() {
			return c
		}
	}
	return falls
}

// hoist declares functions and classes before the statements run, so that they
// can be used before their place.
func (in *interp) hoist(body []ir.Stmt) {
	for _, s := range body {
		switch s := s.(type) {
		case *ir.FuncDecl:
			if s.Func.Name != "" && len(s.Func.Decorators) == 0 && s.Func.Recv == nil {
				in.declare(s.Func.Name, in.closure(s.Func))
			}
		case *ir.ClassDecl:
			if s.Class.Name != "" && len(s.Class.Decorators) == 0 {
				in.declare(s.Class.Name, in.classValue(s.Class))
			}
		}
	}
}

// declare binds a name in the current scope.
func (in *interp) declare(name string, v *value) *binding {
	b := in.act.scope.target().declare(name, in.act)
	in.bind(b, v)
	return b
}

// bind gives a variable a value, now and for closures.
func (in *interp) bind(b *binding, v *value) {
	b.all = join(b.all, v)
	if b.own == in.act {
		in.act.layer.set(b, v)
	}
}

// closure makes a function value of the current scope.
func (in *interp) closure(fn *ir.Func) *value {
	key := closureKey{fn, in.act.scope}
	if v := in.prog.closures[key]; v != nil {
		return v
	}
	c := &closure{fn: fn, file: in.act.file, scope: in.act.scope, class: in.act.scope.class}
	if fn.Arrow || in.act.file.Lang != ir.JavaScript {
		c.this = in.act.scope.this
	}
	v := &value{funcs: []*closure{c}}
	in.prog.made[fn] = c
	if in.act.scope.fn == nil {
		in.prog.closures[key] = v // functions of the top level are the same in every pass
	}
	return v
}

type closureKey struct {
	fn    *ir.Func
	scope *scope
}
