package flow

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// A program keeps records of its own too: entries of maps, found by a key from a
// message. What is done with one is an operation like that on a database's.

// record marks what is read from the program's store by a key from a message
// as one of its records.
func (in *interp) record(out, v, k *value, x ir.Expr) *value {
	if len(v.flows) > 0 || len(out.funcs) > 0 || out.handlers() || v.sockets || in.isConnection(out) || !k.has(model.FromMessage, model.FromQuery) {
		return out
	}
	f := &flow{label: model.FromRecord, source: in.place(x.At()), whole: true, key: k.flows}
	in.emit(&model.Event{Kind: model.Operation, Op: model.ReadAct + model.Own, Callee: in.text(x)}, x, k)
	missing := ""
	if _, call := x.(*ir.Call); call || in.file().Lang == ir.JavaScript {
		missing = missingRecord // elsewhere an index raises by itself
	}
	return out.with(func(c *value) { c.flows = joinFlows(c.flows, []*flow{f}); c.form, c.missing = "record", missing })
}

// recordChanged notes that a part of such a record is changed.
func (in *interp) recordChanged(x *value, at ir.Node) {
	for _, f := range x.flows {
		if f.label == model.FromRecord && len(f.key) > 0 {
			in.emit(&model.Event{Kind: model.Operation, Op: model.WriteAct + model.Own, Callee: in.text(at)}, at, &value{flows: f.key})
			return
		}
	}
}

// claimed notes that data from a message becomes the identity of a connection:
// ws.userId = msg.userId.
func (in *interp) claimed(x *value, name string, v *value, at ir.Node) {
	if !v.has(model.FromMessage) || v.has(model.FromIdentity) || !claimProps[strings.ToLower(strings.ReplaceAll(name, "_", ""))] {
		return
	}
	if x.kind != nil && x.kind.Identity || in.isClient(x) {
		in.emit(&model.Event{Kind: model.Claim, Callee: in.text(at)}, at, v)
	}
}

// isClient reports whether a value is an object of the program that stands for a
// client: it holds the connection, and its class is named so.
func (in *interp) isClient(x *value) bool {
	for _, o := range x.objects {
		if o.class != nil && in.prog.holdsSocket(in, o.class) && setOf("client clients connection conn session socket peer player user member participant").any(words(o.class.name)) {
			return true
		}
	}
	return false
}

// claimProps are properties of a connection that say who its client is, and
// that no mere nickname has.
var claimProps = setOf("userid uid user role roles isadmin admin accountid account token identity playerid memberid tenantid permissions sessionid")

// without is a record that fields were taken out of.
func (v *value) without(names ...string) *value {
	if !slices.ContainsFunc(names, model.SecretField) || !v.has(model.FromRecord) {
		return v
	}
	return v.mapFlows(func(f flow) *flow {
		f.strip = f.strip || f.label == model.FromRecord
		return &f
	})
}

// namesOf are the fields that a pattern names.
func namesOf(t *ir.Object) []string {
	var out []string
	for i := range t.Props {
		out = append(out, t.Props[i].Name)
	}
	return out
}

// stripped notes that a field of a record is deleted: delete user.password.
func (in *interp) stripped(x ir.Expr) {
	name := ""
	switch y := x.(type) {
	case *ir.Member:
		x, name = y.X, y.Name
	case *ir.Index:
		if lit, ok := y.Key.(*ir.Lit); ok {
			x, name = y.X, lit.Value
		}
	}
	target, ok := x.(*ir.Name)
	if !ok || !model.SecretField(name) {
		return
	}
	if v := in.eval(target); v.has(model.FromRecord) {
		in.assignName(target, v.without(name), ir.NoDecl)
	}
}
