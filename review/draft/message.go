package draft

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// A message is one type of message that clients send.
type message struct {
	name    string
	at      report.Span
	events  []*model.Event
	lines   map[lineOf]bool
	root    *field
	opaque  bool // it is read into something whose members are not in view
	whole   bool // it is handed on as a whole
	relayed bool // and goes to others so
	guessed bool // a field says who sent it by nothing but its name
	scalar  bool // its payload is a text or a number, not an object
}

// messages are the types of message of a route, by name.
func (d *drafter) messages(r *route) []*message {
	names := map[string]report.Span{}
	for _, e := range r.endpoints {
		for _, m := range e.Messages {
			if m.Direction == report.FromClient && usable(m.Name) {
				if _, ok := names[m.Name]; !ok {
					names[m.Name] = m.Span
				}
			}
		}
	}
	for _, connection := range []string{"connection", "connect", "disconnect", "disconnecting", "error", "close"} {
		if r.dialect == "socketio" {
			delete(names, connection)
		}
	}
	var out []*message
	for name, at := range names {
		out = append(out, &message{name: name, at: at, lines: map[lineOf]bool{}, root: r.fieldsOf(name)})
	}
	slices.SortFunc(out, func(a, b *message) int { return strings.Compare(a.name, b.name) })
	if len(out) > maxTypes {
		out = out[:maxTypes]
	}
	for _, m := range out {
		d.gather(r, m)
	}
	d.addSpoken(r, out)
	return out
}

// maxTypes bounds the types of a route.
const maxTypes = 500

// usable reports whether a text can be the name of a rule. One that ends in "*"
// would be a rule for others.
func usable(name string) bool {
	return name != "" && len(name) <= 100 && !strings.HasSuffix(name, "*") && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0xfffd || r == 0x7f })
}

// gather collects what happens under a type of message.
func (d *drafter) gather(r *route, m *message) {
	m.lines[lineOf{m.at.Path, m.at.Line}] = true
	for _, e := range r.all() {
		for _, ev := range e.Events {
			if ev.Phase != model.Messages && ev.Message == "" {
				continue
			}
			if ev.Message == m.name || ev.Message == "" && slices.Contains(ev.Among, m.name) || ev.Message == "" && len(ev.Among) == 0 && !slices.Contains(ev.Except, m.name) && m.concerns(r, ev) {
				m.events = append(m.events, ev)
				linesOf(ev, m.lines)
			}
		}
		for _, rd := range e.Reads {
			if path, ok := r.payload(rd.Field); ok && path == "" && rd.Opaque && len(m.root.members) == 0 && slices.Contains(rd.Messages, m.name) {
				m.whole, m.opaque = true, true
			}
			if slices.Contains(rd.Messages, m.name) {
				m.lines[lineOf{rd.Path, rd.Line}] = true
			}
		}
	}
	for _, ev := range m.events {
		switch ev.Kind {
		case model.Send, model.Broadcast, model.Sink, model.Operation, model.Dispatch:
			if ev.Kind == model.Sink && (ev.Op == model.LogSink || ev.Op == model.DeserializeSink) {
				continue
			}
			for _, f := range ev.Tainted(model.FromMessage) {
				if path, ok := r.payload(wire(f)); ok && path == "" && f.Loose == 0 {
					m.whole = true
				}
			}
		case model.Join:
			for _, f := range ev.Tainted(model.FromMessage) {
				if wire(f) == "" && len(m.root.members) == 0 {
					m.scalar = true
				}
			}
		}
	}
	m.whole = m.whole && !m.scalar
}

// concerns reports whether what happens whatever the type is has to do with fields
// of this one.
func (m *message) concerns(r *route, ev *model.Event) bool {
	return slices.ContainsFunc(ev.Tainted(model.FromMessage), func(f *model.Flow) bool {
		path, ok := r.payload(wire(f))
		return ok && (path == "" || m.root.find(path) != nil)
	})
}

// wire is the path of a flow as the message has it.
func wire(f *model.Flow) string {
	if f.Wire != "" {
		return f.Wire
	}
	return f.Field
}

// addSpoken adds the fields with which pages and clients of the program itself send
// a type: a handler may leave some unread.
func (d *drafter) addSpoken(r *route, list []*message) {
	for _, s := range r.sayings {
		i := slices.IndexFunc(list, func(m *message) bool { return m.name == s.name })
		if !s.page || i < 0 {
			continue
		}
		for _, name := range s.fields {
			if name != r.typeField && name != "" {
				f := list[i].root.child(name)
				f.shown = true
			}
		}
		list[i].root.settle()
	}
}

// open returns an event that shows that messages of any type do something, or nil:
// then the types that are known are not all there are.
func (r *route) open() *model.Event {
	for _, e := range r.endpoints {
		for _, ev := range e.Events {
			if ev.Phase != model.Messages || ev.Message != "" || len(ev.Among) > 0 {
				continue
			}
			switch ev.Kind {
			case model.Broadcast, model.Join, model.Sink:
				if ev.Op == model.LogSink {
					continue
				}
			case model.Operation:
				if act, own := rule.Act(ev); own && act == model.ReadAct {
					continue
				}
			default:
				continue
			}
			for _, f := range ev.Tainted(model.FromMessage) {
				if path, ok := r.payload(wire(f)); ok && path != r.typeField && f.Source.Path == ev.Path {
					return ev
				}
			}
		}
	}
	return nil
}
