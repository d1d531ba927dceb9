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
	if !c.method || in.sent != sent || in.env.endpoint == nil {
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
		in.sent++
		ev := &model.Event{Kind: model.Send, Callee: in.text(c.x.Fn), Receiver: in.exportValue(c.recv, nil, 0), Queue: in.grows(c)}
		if in.env.repeat {
			ev.Kind, ev.Op = model.Broadcast, in.audience(c, "all")
		}
		in.emit(ev, c.x, c.positional()...)
	}
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
