package flow

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/predicate"
)

// An originTest is a place that compares the Origin header.
type originTest struct {
	ep    *endpoint
	place model.Place
	act   *activation // the function that compares
	root  *activation // the function that was called by a framework, or by nothing in view
	phase model.Phase
}

// originTest notes a place that compares the Origin header.
func (r *recorder) originTest(in *interp, at ir.Node) {
	if !r.record || in.env.endpoint == nil && in.act.fn == nil {
		return
	}
	r.addTest(originTest{ep: in.env.endpoint, place: in.place(at.At()), act: in.act, root: in.root(), phase: in.env.phase})
}

// repeatTests notes again what a call compares that was followed before from
// elsewhere.
func (r *recorder) repeatTests(in *interp, tests []originTest) {
	for _, t := range tests {
		t.ep, t.root = in.env.endpoint, in.root()
		r.addTest(t)
	}
}

func (r *recorder) addTest(t originTest) {
	for _, old := range r.tests {
		if old.ep == t.ep && old.place.Span == t.place.Span && sameRoot(old.root, t.root) {
			return
		}
	}
	r.tests = append(r.tests, t)
}

// A handshake is what a function that completes the upgrade itself has read of
// the request before that.
type handshake struct{ cookie, token *model.Place }

// readBefore notes what is read of a request of which it isn't known yet that it
// becomes a connection.
func (in *interp) readBefore(label model.Label, at ir.Node) {
	root := in.root()
	if label != model.FromCookie || at == nil || root == nil || root.before.cookie != nil {
		return
	}
	p := in.place(at.At())
	root.before.cookie = &p
}

// upgrades notes that the function that runs completes the upgrade of the
// current endpoint: what it has read and checked before belongs to that.
func (r *recorder) upgrades(in *interp) {
	ep, root := in.env.endpoint, in.root()
	if root == nil || !r.record {
		return
	}
	if !slices.ContainsFunc(ep.upgrading, func(a *activation) bool { return sameRoot(a, root) }) {
		ep.upgrading = append(ep.upgrading, root)
	}
	if ep.Ambient.Cookie == nil {
		ep.Ambient.Cookie = root.before.cookie
	}
	if ep.Ambient.Token == nil {
		ep.Ambient.Token = root.before.token
	}
	for _, g := range in.guards {
		r.fact(ep, g)
	}
	r.demands(ep, in.guards)
}

// root is the innermost function that a framework called, or else the
// outermost one that runs.
func (in *interp) root() *activation {
	if in.env.handler != nil {
		return in.env.handler
	}
	var root *activation
	for a := in.act; a != nil && a.fn != nil; a = a.caller {
		root = a
	}
	return root
}

func sameRoot(a, b *activation) bool {
	return a == b || a != nil && b != nil && a.fn == b.fn
}

// An originJudge is a function that has a say in who connects to an endpoint.
type originJudge struct {
	act     *activation
	handler *frameworks.Handler // of a hook; nil for others
	place   model.Place
	name    string // of the option that a hook is, or empty
	tests   []originTest
	partly  bool // the function that compares was executed, not the one that decides
}

// finishOrigin puts together what decides on the Origin header.
func (in *interp) finishOrigin(ep *endpoint) {
	record := in.out.record
	in.out.record = false
	defer func() { in.out.record = record }()
	strict, closing, off := false, false, ep.Origin.Off
	var found []model.OriginCheck
	for _, j := range in.originJudges(ep) {
		v := in.judge(j)
		closing = closing || v.Refuses && j.handler != nil && j.handler.As == "origin"
		checks, closed := in.originChecks(ep, j, v)
		strict = strict || closed
		found = append(found, checks...)
	}
	if closing && ep.Origin.Off != off {
		// One of several functions lets all in, another doesn't: which of them it
		// is, is configured.
		ep.Origin.Off, ep.Origin.OffHow, ep.Origin.Configurable = nil, "", true
		if len(found) == 0 {
			found = append(found, model.OriginCheck{Place: ep.Place, How: "call"})
		}
	}
	if strict { // whatever others let by, one of them doesn't
		for i := range found {
			if r := found[i].Reach; r == string(predicate.Foreign) || r == string(predicate.Sibling) {
				found[i].Bypass, found[i].Reach = "", ""
			}
		}
	}
	if len(found) == 0 && in.testedElsewhere(ep) {
		ep.hiddenHandshake = true
	}
	ep.Origin.Checks = append(ep.Origin.Checks, found...)
}

// testedElsewhere reports whether code of the program compares the origin of
// requests of which it can't be told where they go: middleware of a router of
// its own.
func (in *interp) testedElsewhere(ep *endpoint) bool {
	return slices.ContainsFunc(in.out.tests, func(t originTest) bool {
		return t.ep == nil && t.root != nil && t.root.file.Lang == ep.file.Lang && !slices.ContainsFunc(in.prog.endpointList, func(e *endpoint) bool {
			return slices.ContainsFunc(e.upgrading, func(a *activation) bool { return sameRoot(a, t.root) })
		})
	})
}

// originJudges are the functions that decide on handshakes of an endpoint: its
// hooks, and what else compares the origin on its way.
func (in *interp) originJudges(ep *endpoint) []*originJudge {
	var out []*originJudge
	for _, h := range ep.hooks {
		out = append(out, &originJudge{act: h.act, handler: h.handler, place: h.place, name: h.name})
	}
	for _, t := range in.out.tests {
		if t.root == nil || t.ep != ep && !slices.ContainsFunc(ep.upgrading, func(a *activation) bool { return sameRoot(a, t.root) }) && !in.upgradesFor(ep, t) {
			continue
		}
		if t.phase == model.Messages || t.phase == model.Timer || t.phase == model.Closing {
			continue
		}
		i := slices.IndexFunc(out, func(j *originJudge) bool { return sameRoot(j.act, t.root) })
		if i < 0 {
			i = len(out)
			out = append(out, &originJudge{act: t.root, place: in.prog.place(t.root.file, t.root.fn.Pos, t.root.name)})
		}
		out[i].tests = append(out[i].tests, t)
	}
	return out
}

// upgradesFor reports whether a comparison is that of an upgrade listener which
// hands on to a server that isn't in view, and the endpoint is in its file: a
// listener that was put in front of the server's own.
func (in *interp) upgradesFor(ep *endpoint, t originTest) bool {
	if t.ep != nil && !(t.ep.partial && t.ep.pack != ep.pack) || t.root.as == nil || t.root.as.As != "upgrade" || t.root.file != ep.file {
		return false
	}
	return !slices.ContainsFunc(in.prog.endpointList, func(e *endpoint) bool {
		return slices.ContainsFunc(e.upgrading, func(a *activation) bool { return sameRoot(a, t.root) })
	})
}

// originChecks turns a verdict into what rules see. closed says that the
// function lets no foreign origin by.
func (in *interp) originChecks(ep *endpoint, j *originJudge, v *predicate.Verdict) (checks []model.OriginCheck, closed bool) {
	o := &ep.Origin
	hook := j.handler != nil && j.handler.As == "origin"
	if hook && v.Complete && !v.Opaque {
		o.Replaced, o.Default = max(o.Replaced, o.Default), model.OriginNone
	}
	switch {
	case v.Complete && v.Allowed != "":
		checks = in.provenChecks(j, v)
		in.originConditions(o, j, v)
		closed = !v.OpenByDefault && !slices.ContainsFunc(v.Bypasses, func(b predicate.Bypass) bool { return b.Class == predicate.Foreign || b.Class == predicate.Sibling })
		return checks, closed
	case hook && v.Complete && v.Open && !v.Opaque:
		place := j.place
		o.Off, o.OffHow = &place, offHow(j, v)
		return nil, false
	case v.Complete && v.Open && !v.Opaque && len(v.Sites) > 0:
		for _, s := range v.Sites {
			checks = append(checks, model.OriginCheck{Place: in.sitePlace(s, j), How: s.How, Late: s.Late, Proven: true, Toothless: true})
		}
		return checks, false
	}
	return in.unprovenChecks(j, v), false
}

func offHow(j *originJudge, v *predicate.Verdict) string {
	name := firstNonEmpty(j.act.name, j.name, "the Origin check")
	if len(v.Sites) > 0 {
		return fmt.Sprintf("%s compares Origin, but lets every origin in", name)
	}
	return fmt.Sprintf("%s lets every origin in", name)
}

// provenChecks are the comparisons of a function that tells origins apart.
func (in *interp) provenChecks(j *originJudge, v *predicate.Verdict) []model.OriginCheck {
	var out []model.OriginCheck
	for _, s := range v.Sites {
		if !v.Tells(s) {
			continue
		}
		c := model.OriginCheck{Place: in.sitePlace(s, j), How: s.How, Allowed: v.Allowed, Optional: v.Absent, Null: v.Null, Proven: true, Late: s.Late, Configured: s.Setting, Rebinds: v.Rebinds}
		if b, ok := v.Weakest(s); ok {
			c.Bypass, c.Reach, c.Likely, c.Conditional = b.Origin, string(b.Class), b.Likely || j.partly, b.Conditional
		}
		out = append(out, c)
	}
	return out
}

func (in *interp) originConditions(o *model.Origin, j *originJudge, v *predicate.Verdict) {
	if !v.Configurable {
		return
	}
	o.Configurable = true
	o.OpenByDefault = o.OpenByDefault || v.OpenByDefault
	if v.OpenByDefault {
		place := j.place
		if len(j.tests) > 0 {
			place = j.tests[0].place
		}
		if i := slices.IndexFunc(v.Sites, v.Tells); i >= 0 {
			place = in.sitePlace(v.Sites[i], j)
		}
		o.Escapes = append(o.Escapes, place)
	}
}

// unprovenChecks are comparisons of which nothing is known but that they are
// there.
func (in *interp) unprovenChecks(j *originJudge, v *predicate.Verdict) []model.OriginCheck {
	var out []model.OriginCheck
	for _, t := range j.tests {
		out = append(out, model.OriginCheck{Place: t.place, How: "comparison", Late: t.phase != model.Handshake})
	}
	for _, s := range v.Sites {
		place := in.sitePlace(s, j)
		if !slices.ContainsFunc(out, func(c model.OriginCheck) bool { return c.Line == place.Line && c.Path == place.Path }) {
			out = append(out, model.OriginCheck{Place: place, How: s.How, Late: s.Late})
		}
	}
	if len(out) == 0 && v.Opaque && j.handler != nil && j.handler.As == "origin" {
		out = append(out, model.OriginCheck{Place: j.place, How: "call"})
	}
	return out
}

func (in *interp) sitePlace(s *predicate.Site, j *originJudge) model.Place {
	return in.prog.place(s.File, s.Pos, j.act.name)
}

// judge executes a function that decides. Where the function that a framework
// calls can't be followed to the comparison, the one that compares is executed
// on its own.
func (in *interp) judge(j *originJudge) *predicate.Verdict {
	v := predicate.Judge(in.subject(j.act, j.handler))
	if v.Complete && (len(v.Sites) > 0 || len(j.tests) == 0) {
		return v
	}
	for _, t := range j.tests {
		if t.act == j.act || t.act.fn == nil || sameRoot(t.act, j.act) {
			continue
		}
		w := predicate.Judge(in.subject(t.act, nil))
		if w.Complete && w.Allowed != "" {
			j.partly = true
			return w
		}
	}
	if len(v.Sites) == 0 && len(j.tests) > 0 {
		v.Complete = false
	}
	return v
}

// subject is a function that was run, with what its parameters stood for.
func (in *interp) subject(act *activation, h *frameworks.Handler) *predicate.Subject {
	s := &originScope{in: in, scope: act.called.scope, file: act.file}
	out := &predicate.Subject{
		Func: &predicate.Func{Fn: act.fn, Scope: s}, Vars: map[string]predicate.Value{},
		Library: func(f *ir.File) predicate.Library { return &originLibrary{in, f} },
		Result:  predicate.ByAction,
	}
	if this := act.entry.this; this != nil {
		out.Func.This = in.concrete(this, "this", act.file)
	}
	explicit := false // the program completes the upgrade itself
	callback := false
	for name, b := range act.entry.names {
		if !parameterOf(act.fn, name) {
			continue
		}
		v := b.all
		if v == nil {
			v = nothing
		}
		callback = callback || v.special != ""
		explicit = explicit || accepts(v)
		out.Vars[name] = in.originParameter(v, name, act.file)
	}
	as := act.as
	if h != nil {
		as = h
	}
	switch {
	case callback:
	case as != nil && as.Refuses == "value":
		out.Result = predicate.ByValue
	case as != nil && as.Refuses == "false":
		out.Result = predicate.ByFalse
	case as == nil && returnsValue(act.fn):
		out.Result = predicate.ByFalse
	}
	out.Late = as != nil && as.As == "connection" && !explicit
	return out
}

// accepts reports whether a value has a method that completes the upgrade.
func accepts(v *value) bool {
	if v.kind == nil || v.kind.Is != "socket" {
		return false
	}
	for _, e := range v.kind.Methods {
		if e.Accept {
			return true
		}
	}
	return false
}

func returnsValue(fn *ir.Func) bool {
	found := false
	ir.InspectStmts(fn.Body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Func:
			return false
		case *ir.Return:
			found = found || n.X != nil
		}
		return !found
	})
	return found
}

// parameterOf reports whether a name is one of a function's parameters, or of
// the names that one is taken apart into.
func parameterOf(fn *ir.Func, name string) bool {
	if fn.Recv != nil && fn.Recv.Name == name {
		return true
	}
	for _, p := range fn.Params {
		if p.Name == name || p.Pattern != nil && patternBinds(p.Pattern, name) {
			return true
		}
	}
	return false
}

func patternBinds(x ir.Expr, name string) bool {
	switch x := x.(type) {
	case *ir.Name:
		return x.Name == name
	case *ir.Default:
		return patternBinds(x.Target, name)
	case *ir.Spread:
		return patternBinds(x.X, name)
	case *ir.Object:
		return slices.ContainsFunc(x.Props, func(p ir.Prop) bool { return patternBinds(p.Value, name) })
	case *ir.List:
		return slices.ContainsFunc(x.Elems, func(e ir.Expr) bool { return e != nil && patternBinds(e, name) })
	}
	return false
}

// addCheck notes a comparison.
func addCheck(o *model.Origin, c model.OriginCheck) { o.Checks = append(o.Checks, c) }
