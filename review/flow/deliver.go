package flow

import (
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// encodes follows data through an encoder into what it writes to:
// json.NewEncoder(&buf).Encode(x).
func (in *interp) encodes(e *frameworks.Effect, c *callSpec, self, out *value) *value {
	if i := e.Into - 1; i >= 0 && i < len(c.args) {
		return out.with(func(v *value) { v.into = c.args[i].x })
	}
	if e.Writes && self.into != nil {
		data := nothing
		for _, a := range c.args {
			data = join(data, in.deep(a.v).data())
		}
		if len(data.flows) > 0 {
			in.fillTarget(self.into, in.eval(self.into), data)
		}
	}
	return out
}

// delivered notes a message that one of the program's own connections takes, or
// in a loop all of them, where the sending itself happens later: it is put into
// a queue. sent is the number of messages that were sent before the call.
func (in *interp) delivered(c *callSpec, sent int) {
	if !c.method || in.sent != sent {
		return
	}
	to := c.recv
	switch c.name {
	case "<-", "put", "put_nowait": // client.queue
		if !in.env.repeat {
			return // it may be where the program reads from
		}
		if m, ok := c.x.Fn.(*ir.Member); ok {
			if owner, ok := m.X.(*ir.Member); ok {
				to = in.eval(owner.X)
			}
		}
	default:
		if !deliverWords.any(words(c.name)) {
			return
		}
	}
	carries := false
	for _, a := range c.args {
		carries = carries || len(in.deep(a.v).flows) > 0
	}
	if carries && (to.element || in.isConnection(to)) {
		ep := in.env.endpoint
		if ep == nil { // a hub that runs beside the connections
			if ep = in.endpointOfPeer(to); ep == nil {
				return
			}
		}
		in.sent++
		ev := &model.Event{Kind: model.Send, Callee: in.text(c.x.Fn), Receiver: in.exportValue(c.recv, nil), Queue: in.grows(c)}
		if in.env.repeat {
			ev.Kind, ev.Op = model.Broadcast, in.audience(c, "all")
		}
		in.emitFor(ep, ev, c.x, c.positional()...)
	}
}

// endpointOfPeer is the endpoint whose connection an object of the program
// holds; nil where it isn't known.
func (in *interp) endpointOfPeer(v *value) *endpoint {
	if v.endpoint != nil {
		return v.endpoint
	}
	for _, o := range v.objects {
		for _, name := range o.order {
			if f := o.fields[name]; f.kind != nil && f.kind.Is == "socket" && f.endpoint != nil {
				return f.endpoint
			}
		}
		if o.class == nil {
			continue
		}
		for _, field := range o.class.class.Fields {
			if f := in.typeValue(field.Type, o.class.file); f.kind != nil && f.kind.Is == "socket" {
				return in.onlyEndpoint(f.kind)
			}
		}
	}
	return nil
}

// grows is where what is called puts its argument into a list that has no bound
// in view, rather than into a channel or a queue that has one; nil otherwise.
func (in *interp) grows(c *callSpec) *model.Place {
	for _, f := range c.callee.funcs {
		var appends ir.Node
		bounded := false
		ir.InspectStmts(f.fn.Body, func(n ir.Node) bool {
			switch n := n.(type) {
			case *ir.Call:
				switch lastName(f.file.Text(n.Fn.At())) {
				case "append", "push", "appendleft", "unshift", "PushBack":
					appends = n
				case "len", "Len":
					bounded = true
				}
			case *ir.Member:
				bounded = bounded || n.Name == "length" || n.Name == "bufferedAmount"
			}
			return true
		})
		if appends != nil && !bounded {
			place := in.prog.place(f.file, appends.At(), f.name())
			return &place
		}
	}
	return nil
}

var deliverWords = setOf("send emit push enqueue queue deliver notify publish")
