// Package flow interprets a program on abstract values: where data comes from,
// what was checked before it is used, what frameworks do with it. Its result is
// a model.Program.
//
// Every function runs once as a root, with whatever calls it in view running it
// again in their context; branches run both ways, loops twice. The program as a
// whole runs twice, so that what one handler stores is known when another reads
// it. It knows languages only through ir and frameworks only through their
// packs.
package flow

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"os"
	"slices"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// passes is how often the program runs: the first time to learn what is stored
// where, the last to keep what happens.
const passes = 2

// Result is what Analyze found.
type Result struct {
	*model.Program
	// Overrun lists files with code that was too much to follow to its end.
	Overrun []string
	// Defects are panics of the analysis, by file: each is a bug here.
	Defects []Defect
}

// A Defect is a panic of the analysis in a file.
type Defect struct{ Path, Text string }

// Analyze interprets files that belong together. They must be in the order of
// their paths. It returns ctx's error when it ends early.
func Analyze(ctx context.Context, files []*ir.File, set *frameworks.Set) (*Result, error) {
	in := &interp{ctx: ctx, prog: newProgram(files, set), out: &recorder{overrun: map[string]bool{}}, seed: maphash.MakeSeed(), ids: map[any]uint64{}, visited: map[*ir.Func]bool{}}
	for pass := 1; pass <= passes; pass++ {
		in.pass, in.total = pass, 0
		in.memo, in.contexts = map[uint64]*memoized{}, map[*ir.Func]int{}
		clear(in.visited)
		in.out.record = pass == passes
		in.runAll()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	in.memo = map[uint64]*memoized{} // the collector may have the old one before endpoints are judged, which runs getters
	in.finishEndpoints()
	out := in.out.result(in.prog)
	out.Defects = in.out.defects
	return out, nil
}

// runAll runs every file, and every function that nothing in view calls.
func (in *interp) runAll() {
	for _, f := range in.prog.files {
		if m := in.prog.modules[f]; m.pkg != nil {
			in.runPackage(m.pkg)
		} else {
			in.runModule(m)
		}
	}
	called := in.prog.called()
	for _, onlyUncalled := range []bool{true, false} {
		for _, f := range in.prog.files {
			if f.Imported {
				continue
			}
			for _, fn := range f.Funcs {
				if in.ctx.Err() != nil {
					return
				}
				if in.visited[fn] || fn.Body == nil || onlyUncalled && (called[fn.Name] || in.prog.waits(f, fn)) {
					continue
				}
				in.runRoot(f, fn)
			}
		}
	}
}

// runRoot runs a function that nothing in view calls: its parameters are known by
// their types and names.
func (in *interp) runRoot(f *ir.File, fn *ir.Func) {
	m := in.prog.modules[f]
	in.steps = 0
	in.outside(m, func() {
		c := in.rootClosure(f, fn, m)
		if c == nil {
			return
		}
		in.begin(c, c.this)
		in.bindArguments(c, in.rootArguments(fn, f))
		in.run(fn)
		in.act = in.act.caller
	})
	in.over(f)
}

// over notes a root that hit a bound.
func (in *interp) over(f *ir.File) {
	if in.steps > maxRootSteps {
		in.out.overrun[f.Path] = true
	}
	in.steps = 0
}

// rootClosure finds the scope that a function lives in. A function within
// another one that never ran has none, and is run with that one's names unknown.
func (in *interp) rootClosure(f *ir.File, fn *ir.Func, m *module) *closure {
	if ref := in.prog.classOf(fn); ref != nil {
		for _, c := range ref.methods {
			if c.fn == fn {
				return c.boundTo(in.instanceOf(ref))
			}
		}
		return &closure{fn: fn, file: f, scope: ref.scope, class: ref, this: in.instanceOf(ref)}
	}
	if c := in.prog.made[fn]; c != nil {
		return c
	}
	return &closure{fn: fn, file: f, scope: m.scope}
}

// waits reports whether a function stands within another one that hasn't run
// yet: what it sees of that one's names isn't known before.
func (p *Program) waits(f *ir.File, fn *ir.Func) bool {
	if p.made[fn] != nil || fn.Class != nil || f.Lang == ir.Go {
		return false
	}
	outer := p.enclosing(f)[fn]
	return outer != nil && p.made[outer] != nil
}

// enclosing has, for the functions of a file that stand within another one, the
// one around them.
func (p *Program) enclosing(f *ir.File) map[*ir.Func]*ir.Func {
	if out := p.around[f]; out != nil {
		return out
	}
	list := slices.Clone(f.Funcs)
	slices.SortFunc(list, func(a, b *ir.Func) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End)) })
	out := map[*ir.Func]*ir.Func{}
	var open []*ir.Func
	for _, fn := range list {
		for len(open) > 0 && open[len(open)-1].End < fn.End {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			out[fn] = open[len(open)-1]
		}
		open = append(open, fn)
	}
	p.around[f] = out
	return out
}

// classOf finds the class of a method.
func (p *Program) classOf(fn *ir.Func) *classRef {
	if fn.Class == nil && (fn.Recv == nil || fn.Recv.Type == nil) {
		return nil
	}
	if p.methodClass == nil || p.methodClasses != len(p.classList) {
		p.methodClass = map[*ir.Func]*classRef{}
		p.methodClasses = len(p.classList)
		for _, ref := range p.classList {
			for _, m := range ref.class.Methods {
				p.methodClass[m] = ref
			}
			for _, c := range ref.methods {
				p.methodClass[c.fn] = ref
			}
		}
	}
	return p.methodClass[fn]
}

// rootArguments are what is known of the parameters of a root. A function of
// an unseen caller that takes a connection and a message is a handler.
func (in *interp) rootArguments(fn *ir.Func, f *ir.File) []arg {
	var args []arg
	socket := false
	for _, p := range fn.Params {
		v := nothing
		if p.Type != nil {
			v = in.headersOf(p, in.typeValue(p.Type, f))
		} else if k := in.prog.nameKind(f, p.Name); k != nil {
			v = in.guess(p.Name, nothing)
		}
		if v.kind != nil && (v.kind.Is == "socket" || v.kind.Is == "server") {
			if v.endpoint == nil {
				ep := in.implicitEndpoint(v.kind)
				v = v.with(func(w *value) { w.endpoint = ep })
			}
			if v.kind.Is == "socket" {
				socket = true
				in.env.endpoint = v.endpoint
			}
		}
		args = append(args, arg{name: p.Name, v: v, x: &ir.Unknown{Pos: p.Pos}})
	}
	if !socket {
		return args
	}
	for i, p := range fn.Params {
		if args[i].v.isNothing() && messageName(p.Name) {
			f := &flow{label: model.FromMessage, source: in.place(p.Pos), whole: true}
			args[i].v = args[i].v.with(func(v *value) { v.flows = []*flow{f} })
			in.env.phase = model.Messages
		}
	}
	return args
}

func messageName(name string) bool {
	return setOf("msg message data payload raw packet frame event body request").any(words(name)) && len(words(name)) <= 2
}

// called are the names of functions that something in view calls or hands on.
func (p *Program) called() map[string]bool {
	if p.calledNames != nil {
		return p.calledNames
	}
	out := map[string]bool{}
	for _, f := range p.files {
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			switch n := n.(type) {
			case *ir.Name:
				out[n.Name] = true
			case *ir.Member:
				out[n.Name] = true
			}
			return true
		})
	}
	p.calledNames = out
	return out
}

// A recorder keeps what the last pass finds.
type recorder struct {
	record  bool
	events  []*model.Event
	seen    map[eventKey][]*model.Event
	overrun map[string]bool
	defects []Defect
	tests   []originTest
	listen  []listening
	reads   map[readKey]bool
	hooked  []model.Place // where hooks are asked for who it is
}

type eventKey struct {
	kind model.EventKind
	op   string
	span model.Place
	ep   *endpoint
	msg  string
}

// A listening is a place where a server starts to listen.
type listening struct {
	file  *ir.File
	addr  string
	known bool
	place model.Place
}

// defect notes a panic, once a file.
func (r *recorder) defect(path string, p any) {
	if r.defects == nil && os.Getenv("WSWARDEN_DEBUG") != "" {
		panic(p)
	}
	for _, d := range r.defects {
		if d.Path == path {
			return
		}
	}
	r.defects = append(r.defects, Defect{path, fmt.Sprint(p)})
}

// add keeps an event. Of two at one place with the same checks one is kept.
func (r *recorder) add(ep *endpoint, ev *model.Event) {
	if ep != nil {
		ev.Endpoint = ep.Endpoint
	}
	if r.seen == nil {
		r.seen = map[eventKey][]*model.Event{}
	}
	key := eventKey{ev.Kind, ev.Op, ev.Place, ep, ev.Message}
	key.span.Func = ""
	const contexts = 6
	if len(r.seen[key]) >= contexts {
		return
	}
	for _, old := range r.seen[key] {
		if sameGuards(old, ev) && sameArgs(old, ev) {
			return
		}
	}
	r.seen[key] = append(r.seen[key], ev)
	r.events = append(r.events, ev)
	if ep != nil {
		ep.Events = append(ep.Events, ev)
	}
}

func sameGuards(a, b *model.Event) bool {
	return a.InTry == b.InTry && a.Phase == b.Phase && slices.EqualFunc(a.Guards, b.Guards, func(x, y *model.Fact) bool {
		return x.Kind == y.Kind && x.Holds == y.Holds && x.Span == y.Span
	})
}

func sameArgs(a, b *model.Event) bool {
	return slices.EqualFunc(a.Args, b.Args, func(x, y model.Value) bool {
		fx, fy := x.From(), y.From()
		return slices.EqualFunc(fx, fy, func(f, g *model.Flow) bool {
			return f.Label == g.Label && f.Field == g.Field && f.Source.Span == g.Source.Span && f.Type == g.Type
		})
	})
}

// fact notes a check that was seen on an endpoint.
func (r *recorder) fact(ep *endpoint, f *model.Fact) {
	if r.record && ep != nil {
		ep.addFact(f)
	}
}

// message notes a type of message.
func (r *recorder) message(ep *endpoint, name string, at model.Place) {
	if !r.record || ep == nil || name == "" {
		return
	}
	for _, m := range ep.Messages {
		if m.Name == name {
			return
		}
	}
	ep.Messages = append(ep.Messages, &model.Message{Place: at, Name: name, Direction: direction(ep)})
}

// judgedBy notes that what a callback is told depends on checks.
func (r *recorder) judgedBy(in *interp, v *value) {
	for _, a := range v.atoms {
		r.fact(in.env.endpoint, a.fact)
		if f := *a.fact; r.record && in.env.endpoint != nil && in.env.phase == model.Handshake {
			f.Holds = a.when
			r.demands(in.env.endpoint, []*model.Fact{&f})
		}
	}
}

// token notes that the connection demands something a foreign page doesn't
// have.
func (r *recorder) token(in *interp, at ir.Node) {
	ep, root := in.env.endpoint, in.root()
	p := in.place(at.At())
	switch {
	case !r.record:
	case ep == nil && root != nil:
		root.before.token = &p
	case ep != nil && ep.Ambient.Token == nil:
		ep.Ambient.Token = &p
	}
}

// listens notes where a server listens.
func (r *recorder) listens(in *interp, addr *value, fallback string, at ir.Node) {
	if !r.record {
		return
	}
	l := listening{file: in.file(), place: in.place(at.At()), addr: fallback, known: fallback != ""}
	if addr != nil {
		if s, ok := addr.str(); ok && addr.lit.kind == ir.String {
			l.addr, l.known = s, true
		} else if _, isPort := literalInt(addr); !isPort && !addr.isNothing() {
			l.known = false
		}
	}
	r.listen = append(r.listen, l)
}
