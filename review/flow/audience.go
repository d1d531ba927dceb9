package flow

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// Who gets what is sent: everybody, or those of a room.

// visits notes that a loop goes over connections, if it does, and returns the
// element as one of them.
func (in *interp) visits(list, elem *value, text string) *value {
	if !list.sockets && !in.isConnection(elem) && !collectsSockets(text) {
		return elem
	}
	in.env.repeat, in.env.room = true, list.room
	return elem.with(func(v *value) { v.element = true })
}

// audience says how many a send to each connection of a loop, or to a collection
// of them, reaches.
func (in *interp) audience(c *callSpec, scope string) string {
	if scope != "all" {
		return scope
	}
	if in.env.room || slices.ContainsFunc(c.args, func(a arg) bool { return a.v.room }) {
		return "room"
	}
	return scope
}

// selected is what a filter leaves of a collection of connections: some of them,
// unless all that it asks is whether they are open.
func selected(list *value, atoms []atom) *value {
	if !slices.ContainsFunc(atoms, func(a atom) bool { return a.fact.Kind != model.OpenFact }) {
		return list
	}
	return list.with(func(v *value) { v.room = true })
}

// asksElement reports whether an expression reads a property of one of the
// connections that a loop goes over, but its state.
func (in *interp) asksElement(x ir.Expr) bool {
	if !in.env.repeat {
		return false
	}
	asked := false
	for {
		switch y := x.(type) {
		case *ir.Member:
			if openWords[strings.ToLower(y.Name)] {
				return false
			}
			x, asked = y.X, true
			continue
		case *ir.Index:
			x, asked = y.X, true
			continue
		case *ir.Call:
			x = y.Fn
			continue
		case *ir.Name:
			v := in.eval(y)
			return asked && v.element
		}
		return false
	}
}

// A room of one: each connection has one of the name of its id.
var (
	ownRoom   = regexp.MustCompile(`^(?:sid|(?:request|self|socket|client)\.(?:sid|id))$`)
	toOwnRoom = regexp.MustCompile("\\.(?:to|in)\\((?:`\\$\\{)?(?:socket|client|conn|connection|this)\\.(?:\\w+\\.)*(?:user_?)?(?:id|ID|Id)(?:\\}`)?\\)")
)

// argumentText is a keyword argument as written.
func (in *interp) argumentText(c *callSpec, name string) string {
	if _, x := c.keyword(name); x != nil {
		return in.file().Text(x.At())
	}
	return ""
}

// toOwnUser reports whether a room is that of whoever is signed in on the
// connection: io.to(socket.data.userId).emit(…) goes to the other browsers of the
// same user.
func (in *interp) toOwnUser(c *callSpec) bool {
	fn, ok := c.x.Fn.(*ir.Member)
	if !ok {
		return false
	}
	to, ok := fn.X.(*ir.Call)
	if !ok || len(to.Args) != 1 {
		return false
	}
	if m, ok := to.Fn.(*ir.Member); !ok || m.Name != "to" && m.Name != "in" {
		return false
	}
	steps := in.steps
	v := in.eval(to.Args[0].Value)
	in.steps = steps
	if v.has(model.FromMessage, model.FromQuery) {
		return false
	}
	return slices.ContainsFunc(v.flows, func(f *flow) bool {
		return f.label == model.FromIdentity && setOf("id _id uid userid sub username email").any([]string{strings.ToLower(lastField(f.field))})
	})
}
