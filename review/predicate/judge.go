package predicate

import (
	"github.com/wswarden/wswarden/review/ir"
)

// A Subject is a function that decides on handshakes, with what its parameters
// stand for.
type Subject struct {
	Func *Func
	Vars map[string]Value // by the names that parameters bind
	// Result says how the function answers: ByFalse, ByThrow, ByValue or ByAction.
	Result Result
	// Late says that the connection was accepted before it runs.
	Late    bool
	Library func(*ir.File) Library
}

// A Result is how a function refuses a handshake, besides the callbacks and
// calls that do.
type Result string

// The ways to answer.
const (
	ByFalse  Result = "false"  // it returns something false
	ByThrow  Result = "throw"  // it raises
	ByValue  Result = "value"  // it returns anything
	ByAction Result = "action" // by what it calls alone
)

// A path is one way through the function for one handshake.
type path struct {
	made     []Decision
	refused  bool
	accepted bool // the upgrade was completed in it
}

// A run is all ways for one handshake.
type run struct {
	paths   []path
	overrun bool
}

// A judge executes one subject for many handshakes.
type judge struct {
	subject *Subject
	sites   *sites
	steps   int
	accepts bool // some path completed the upgrade itself
	overrun bool
}

// execute runs the function for one handshake, on every path.
func (j *judge) execute(p Probe) run {
	var out run
	scripts := [][]bool{nil}
	for len(scripts) > 0 {
		if len(out.paths) >= maxPaths || j.steps > maxTotalSteps {
			out.overrun = true
			break
		}
		script := scripts[len(scripts)-1]
		scripts = scripts[:len(scripts)-1]
		m := &Machine{lib: j.subject.Library, probe: p, script: script, decided: map[string]bool{}, sites: j.sites, globals: map[string]Value{}, resolving: map[string]bool{}, late: j.subject.Late}
		ended := j.one(m)
		j.steps += m.steps + 1
		scripts = append(scripts, m.left...)
		if m.overrun {
			out.overrun = true
			continue
		}
		out.paths = append(out.paths, path{made: m.made, refused: ended == refused, accepted: m.accepted})
		j.accepts = j.accepts || m.accepted
	}
	j.overrun = j.overrun || out.overrun
	return out
}

// one executes one path and says how it ended.
func (j *judge) one(m *Machine) (end outcome) {
	s := j.subject
	defer func() {
		switch r := recover(); r.(type) {
		case nil:
		case thrown:
			end = refused
			if m.outcome == admitted {
				end = admitted
			}
		case stopped:
			end = m.outcome
		default:
			panic(r)
		}
	}()
	fr := &frame{vars: map[string]*Value{}, parent: s.Func.frame, scope: s.Func.Scope, this: s.Func.This, fn: true}
	for name, v := range s.Vars {
		if v.kind == pending {
			v = v.read(m)
		}
		fr.declare(name, v)
	}
	_, v := m.block(fr, s.Func.Fn.Body)
	if m.outcome != undecided {
		return m.outcome
	}
	switch s.Result {
	case ByFalse:
		if !m.truthOf(v, fr.lang()) {
			return refused
		}
		return admitted
	case ByValue:
		if v.kind != null && m.truthOf(v, fr.lang()) {
			return refused
		}
		return admitted
	}
	return undecided
}

// refuses reports whether a path refuses. Where some path completes the upgrade,
// one that ends without has refused.
func (j *judge) refuses(p path) bool { return p.refused || j.accepts && !j.subject.Late && !p.accepted }

// outcomes of a handshake under the same decisions: what calls that aren't in
// view make of the origin is taken to refuse foreign origins, where one of
// their answers does.
type verdictPath struct {
	decisions []Decision // without those on the origin
	refused   bool
	opaque    bool // it depends on such a call
}

// verdicts folds decisions on the origin away. strict says that a path counts as
// refused where any answer refuses; otherwise where all do.
func (j *judge) verdicts(r run, strict bool) []verdictPath {
	var out []verdictPath
	for _, p := range r.paths {
		v := verdictPath{refused: j.refuses(p)}
		for _, d := range p.made {
			if d.Kind == originDecision {
				v.opaque = true
			} else {
				v.decisions = append(v.decisions, d)
			}
		}
		merged := false
		for i := range out {
			o := &out[i]
			if (o.opaque || v.opaque) && compatible(o.decisions, v.decisions) && o.refused != v.refused {
				if strict {
					o.refused, v.refused = true, true
				} else {
					o.refused, v.refused = false, false
				}
				merged = true
			}
		}
		_ = merged
		out = append(out, v)
	}
	return out
}

// compatible reports whether two paths can be taken in one state of the world.
func compatible(a, b []Decision) bool {
	for _, d := range a {
		for _, e := range b {
			if d.Key == e.Key && d.Way != e.Way {
				return false
			}
		}
	}
	return true
}

// admits reports whether some path lets the handshake in.
func admits(list []verdictPath) bool {
	for _, p := range list {
		if !p.refused {
			return true
		}
	}
	return false
}
