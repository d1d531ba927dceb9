package flow

import (
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// controls notes a control frame that the program sends itself. A ping to a
// peer that is gone fails in the end, so that it bounds how long one stays; a
// pong in a handler of pings is a second answer to each.
func (in *interp) controls(kind string, ep *endpoint, c *callSpec) {
	if ep == nil {
		return
	}
	switch {
	case kind == "ping" && ep.Limits.Idle.State == report.Absent:
		place := in.place(c.x.Pos)
		ep.Limits.Idle = model.Limit{State: report.Present, Text: "pings", Place: &place}
	case kind == "pong" && in.env.phase == model.Control:
		in.emitEvent(model.Send, "", c)
	}
}

// bounds notes a wait for a message that ends by a clock:
// asyncio.wait_for(ws.recv(), 30), or a block that does.
func (in *interp) bounds(c *callSpec) {
	ep := in.env.endpoint
	if ep == nil || ep.Limits.Idle.State == report.Present {
		return
	}
	if len(c.x.Args) > 1 {
		wait, ok := c.x.Args[0].Value.(*ir.Call)
		if !ok || !receiveNames[lastName(in.file().Text(wait.Fn.At()))] {
			return
		}
	}
	place := in.place(c.x.Pos)
	ep.Limits.Idle = model.Limit{State: report.Present, Text: in.text(c.x.Fn), Place: &place}
}

// retried notes a loop in which a client connects again and again, with the
// time that it sleeps in between as its argument. dialled is the number of
// connections before the loop.
func (in *interp) retried(s *ir.Loop, dialled int) {
	if in.dialled == dialled || s.Iter != nil {
		return
	}
	ep := in.client
	wait := in.sleepIn(s.Body)
	if wait == nil && in.waitsOtherwise(s.Body) {
		return
	}
	if wait == nil {
		in.emitFor(ep, &model.Event{Kind: model.Schedule, Op: "retry", Callee: "loop"}, &ir.Unknown{Pos: s.Pos})
		return
	}
	ev := &model.Event{Kind: model.Schedule, Op: "retry", Callee: in.text(wait.Fn)}
	if len(wait.Args) == 0 {
		in.emitFor(ep, ev, wait)
		return
	}
	x := wait.Args[0].Value
	v := in.eval(x)
	if v.lit == nil && constantText(in.file().Text(x.At())) {
		v = v.with(func(c *value) { c.lit = &literal{ir.String, in.text(x)} })
	}
	in.emitFor(ep, ev, wait, v)
}

// sleepIn is the first call in a loop's own body that waits for a time.
func (in *interp) sleepIn(body []ir.Stmt) *ir.Call {
	var out *ir.Call
	ir.InspectStmts(body, func(n ir.Node) bool {
		if _, nested := n.(*ir.Func); nested || out != nil {
			return false
		}
		if c, ok := n.(*ir.Call); ok && sleepNames[lastName(in.file().Text(c.Fn.At()))] {
			out = c
		}
		return out == nil
	})
	return out
}

// constantText reports whether an expression is made of numbers and units
// alone: 5 * time.Second.
func constantText(text string) bool {
	for _, w := range words(text) {
		if w[0] >= '0' && w[0] <= '9' {
			continue
		}
		if !setOf("time second seconds minute minutes millisecond milliseconds").any([]string{w}) {
			return false
		}
	}
	return text != ""
}

// waitsOtherwise reports whether something in a loop's own body may wait: a
// channel, or a call that says so.
func (in *interp) waitsOtherwise(body []ir.Stmt) bool {
	waits := false
	ir.InspectStmts(body, func(n ir.Node) bool {
		switch n := n.(type) {
		case *ir.Func:
			return false
		case *ir.Unary:
			waits = waits || n.Op == "<-"
		case *ir.Switch:
			for i := range n.Cases {
				waits = waits || n.Cases[i].Comm != nil
			}
		case *ir.Call:
			waits = waits || setOf("wait sleep delay backoff retry pause").any(words(lastName(in.file().Text(n.Fn.At()))))
		}
		return !waits
	})
	return waits
}

// randomized is the result of a call that by its name is random: rand.Float64()
// of the program's own, withJitter(delay).
func (in *interp) randomized(c *callSpec, out *value) *value {
	source := ""
	if m, ok := c.x.Fn.(*ir.Member); ok {
		source = strings.ToLower(lastName(in.file().Text(m.X.At())))
	}
	if out.has(model.FromRandom) || !strings.HasSuffix(source, "rand") && !setOf("rand random jitter jittered randint uniform").any(words(c.name)) {
		return out
	}
	f := &flow{label: model.FromRandom, source: in.place(c.x.Pos), typ: "number"}
	return out.with(func(v *value) { v.flows = joinFlows(v.flows, []*flow{f}) })
}
