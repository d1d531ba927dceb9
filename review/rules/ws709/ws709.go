// Package ws709 finds counters of clients that are not given back on every way
// out.
package ws709

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS709.
var Rule = &rule.Rule{Weakness: catalogue.CounterLeak, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		if e.Library {
			continue
		}
		seen := map[string]bool{}
		for _, up := range rule.Near(p, e, model.Count) {
			if up.Op != "up" || up.Phase != model.Handshake && up.Phase != model.Connection || seen[up.Callee] {
				continue
			}
			if downs := returns(p, e, up); len(downs) > 0 {
				seen[up.Callee] = true
				judge(e, up, downs, r)
			}
		}
	}
}

// returns are the places where a counter is given back.
func returns(p *model.Program, e *model.Endpoint, up *model.Event) []*model.Event {
	var out []*model.Event
	for _, ev := range rule.Near(p, e, model.Count) {
		if ev.Op != "up" && counter(ev.Callee) == counter(up.Callee) {
			out = append(out, ev)
		}
	}
	return out
}

// counter is the name of what counts, whoever holds it.
func counter(callee string) string {
	callee = strings.TrimPrefix(strings.TrimPrefix(callee, "this."), "self.")
	return callee[strings.LastIndexByte(callee, '.')+1:]
}

// judge reports the counter where some way out passes none of the places that
// give it back.
func judge(e *model.Endpoint, up *model.Event, downs []*model.Event, r *rule.Reporter) {
	var late *model.Event
	how := ""
	for _, down := range downs {
		why := misses(e, up, down)
		if why == "" {
			return
		}
		late, how = down, why
	}
	r.Report(rule.Finding{
		At: up.Place, Endpoint: e, Confidence: report.MediumConfidence, Anchor: "counter " + up.Callee,
		Message: fmt.Sprintf("%s counts the client here, and gives the place back %s: each one that is lost stays counted, until honest clients are refused.", up.Callee, how),
		Fix:     "give it back in one function that is tied to the end of the TCP connection before anything can refuse, and that works once",
		Related: []model.Step{{Place: late.Place, Message: "given back here"}},
	})
}

// misses says which way out passes a counter's giving back, or is empty where
// none does.
func misses(e *model.Endpoint, up, down *model.Event) string {
	if down.Always && down.Func == up.Func {
		return ""
	}
	if down.Phase == model.Closing && !down.Always {
		return listensLate(e, up, down)
	}
	if down.Func == up.Func && down.Phase != model.Closing && waits(e, up, down) {
		return "only where nothing between is ended by an exception"
	}
	return ""
}

// listensLate says why the listener that gives back may not be there, or may
// never be called.
func listensLate(e *model.Endpoint, up, down *model.Event) string {
	l := listener(e, down)
	if l == nil {
		return ""
	}
	if g := refusedBetween(e, up, l); g != nil {
		return fmt.Sprintf("in a listener that is attached only after %q held (line %d)", g.Text, g.Line)
	}
	if l.Doubt == "await" && up.Phase == model.Handshake {
		return "in a listener that is attached only after an await, during which the client may have gone"
	}
	return ""
}

// listener is where the handler of the end of a connection is attached that an
// event happens in.
func listener(e *model.Endpoint, down *model.Event) *model.Event {
	var out *model.Event
	for _, ev := range e.Of(model.Listen) {
		if ev.Op == "close" && ev.Path == down.Path && ev.Line <= down.Line {
			out = ev
		}
	}
	return out
}

// refusedBetween returns a check that came after the counting and before the
// listener, and where it fails refuses the client.
func refusedBetween(e *model.Endpoint, up, l *model.Event) *model.Fact {
	for _, g := range l.Guards {
		if in(g, up.Guards) || g.Kind == model.UnresolvedFact {
			continue
		}
		for _, refuse := range e.Of(model.Refuse) {
			for _, h := range refuse.Guards {
				if h.Span == g.Span && h.Kind == g.Kind && h.Holds != g.Holds && refuse.Phase == l.Phase {
					return g
				}
			}
		}
	}
	return nil
}

func in(g *model.Fact, list []*model.Fact) bool {
	for _, h := range list {
		if h.Kind == g.Kind && h.Span == g.Span {
			return true
		}
	}
	return false
}

// waits reports whether messages are read between two events of a function, so
// that the end of the connection raises there.
func waits(e *model.Endpoint, up, down *model.Event) bool {
	for _, ev := range e.Of(model.Receive, model.Send) {
		if ev.Path == up.Path && up.Line < ev.Line && ev.Line < down.Line && !ev.InTry {
			return true
		}
	}
	return false
}
