package flow

import (
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
)

// Time: what a clock brings about, and asynchronous functions that nobody waits
// for.

// paced reports whether a loop goes by a clock: it sleeps, or it ranges over a
// ticker, and it doesn't wait for messages.
func (in *interp) paced(s *ir.Loop) bool {
	if s.Iter != nil {
		return ticks(in.file().Text(s.Iter.At()))
	}
	sleeps, receives := false, false
	ir.InspectStmts(s.Body, func(n ir.Node) bool {
		if c, ok := n.(*ir.Call); ok {
			switch name := lastName(in.file().Text(c.Fn.At())); {
			case sleepNames[name]:
				sleeps = true
			case receiveNames[name]:
				receives = true
			}
		}
		return true
	})
	return sleeps && !receives
}

var (
	sleepNames   = setOf("sleep Sleep delay setTimeout wait_for_timeout")
	receiveNames = setOf("recv receive receive_text receive_json receive_bytes receive_str iter_text iter_json ReadMessage ReadJSON NextReader Read ReadFrame read_message wait_for")
)

// ticks reports whether an expression is what a timer of Go sends to.
func ticks(text string) bool {
	text = strings.TrimPrefix(strings.TrimSpace(text), "<-")
	return strings.HasSuffix(text, ".C") || strings.HasPrefix(text, "time.After(") || strings.HasPrefix(text, "time.Tick(") ||
		setOf("tick ticker timer ticks tickerc").any(words(lastName(text)))
}

// tickCase reports whether a case of a select runs when a timer fires.
func (in *interp) tickCase(c *ir.Case) bool {
	if c.Comm == nil {
		return false
	}
	text := in.file().Text(c.Comm.At())
	return ticks(text[strings.LastIndex(text, "<-")+1:]) || ticks(text[strings.LastIndexByte(text, '=')+1:])
}

// floats evaluates a statement's expression: an asynchronous function that is
// called there is not waited for.
func (in *interp) floats(x ir.Expr) *value {
	if _, ok := x.(*ir.Call); !ok || in.file().Lang != ir.JavaScript {
		return in.eval(x)
	}
	in.env.floating = true
	v := in.eval(x)
	in.env.floating = false
	return v
}

// waitedFor notes for a function that is entered whether anybody waits for it,
// until the result is called.
func (in *interp) waitedFor(f *closure) func() {
	env := in.env
	floating := in.env.floating
	in.env.floating = false
	if floating && f.fn.Async {
		in.env.detached = true
		in.env.inTry = 0
	}
	return func() { in.env.detached, in.env.inTry = env.detached, env.inTry }
}

// enterTime says for a handler what a clock has to do with it.
func (in *interp) enterTime(h *frameworks.Handler, f *closure, c *callSpec) {
	switch {
	case h.As != "callback":
		in.env.timer, in.env.once, in.env.detached = false, false, false
	case c != nil && c.name == "forEach" && f.fn.Async:
		in.env.detached, in.env.inTry = true, 0
	}
}

// startsTask reports whether a call hands its argument to the event loop and
// goes on.
func startsTask(name string) bool {
	return name == "create_task" || name == "ensure_future" || name == "start_soon" || name == "start_background_task"
}

// ends notes that a timer closes a connection: a bound of its life, where it was
// set when the connection came.
func (in *interp) ends(p ir.Pos) {
	if ep := in.env.endpoint; ep != nil && in.env.once && ep.Limits.Lifetime.State == report.Absent {
		place := in.place(p)
		ep.Limits.Lifetime.State, ep.Limits.Lifetime.Place, ep.Limits.Lifetime.Text = report.Present, &place, "a timer that closes the connection"
	}
}

// agedBy notes a context or scope that ends after a time of minutes and more.
func (in *interp) agedBy(c *callSpec) {
	switch c.name {
	case "WithTimeout", "WithDeadline", "timeout", "timeout_at", "move_on_after", "fail_after":
	default:
		return
	}
	ep := in.env.endpoint
	if ep == nil || ep.Limits.Lifetime.State != report.Absent {
		return
	}
	text := in.file().Text(c.x.Pos)
	if strings.Contains(text, "Hour") || setOf("age lifetime life hours hour ttl expiry expires").any(words(text)) {
		place := in.place(c.x.Pos)
		ep.Limits.Lifetime.State, ep.Limits.Lifetime.Place, ep.Limits.Lifetime.Text = report.Present, &place, shorten(text)
	}
}
