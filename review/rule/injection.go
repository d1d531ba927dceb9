package rule

import (
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// Outside are the labels of data that a peer of a server controls.
var Outside = []model.Label{model.FromMessage, model.FromQuery, model.FromHeader, model.FromCookie}

// An Injection is a rule about data that reaches an interpreter.
type Injection struct {
	Weakness *catalogue.Weakness
	Classes  []model.SinkClass
	Labels   []model.Label // Outside where it is empty
	// What says what the interpreter does with the data, behind "%s reaches %s":
	// ", which runs it as a shell command".
	What, Fix string
	// Strings says that data which is known to be a string does no harm.
	Strings bool
	// Skip, where it is set, leaves out events that are harmless for a reason of
	// their own.
	Skip func(ev *model.Event, f *model.Flow) bool
}

// Rule makes the rule.
func (i Injection) Rule() *Rule {
	if len(i.Labels) == 0 {
		i.Labels = Outside
	}
	return &Rule{Weakness: i.Weakness, Check: i.check}
}

func (i Injection) check(p *model.Program, r *Reporter) {
	said := map[told]bool{}
	for _, ev := range p.Events {
		if ev.Kind == model.Sink && slices.Contains(i.Classes, ev.Op) && (i.pushed() || OnConnection(ev)) {
			i.event(ev, said, r)
		}
	}
}

// pushed reports whether the rule is about clients: their socket may be made
// where it isn't in view, and what it brought be shown whenever it pleases.
func (i Injection) pushed() bool { return slices.Contains(i.Labels, model.FromPush) }

// A told is what makes two reports of one function one: the same data of the
// same source. The first place stands for all.
type told struct {
	path, function, field, callee string
	source                        report.Span
}

// event reports the first of the flows of an event that does harm.
func (i Injection) event(ev *model.Event, said map[told]bool, r *Reporter) {
	for _, f := range ev.Tainted(i.Labels...) {
		if f.Closes(ev.Op) || i.harmless(f) || i.Skip != nil && i.Skip(ev, f) {
			continue
		}
		key := told{ev.Path, ev.Func, f.Field, LastName(ev.Callee), f.Source.Span}
		if ev.Path != f.Source.Path {
			key.function, key.callee = "", "" // one repair, where it comes in, for all that a file does with it
		}
		if said[key] {
			return
		}
		said[key] = true
		out := Finding{
			At: ev.Place, Endpoint: ev.Endpoint, Flow: f, Fix: i.Fix, Anchor: ev.Callee + " " + f.Field, Severity: i.Weakness.Severity,
			Message: fmt.Sprintf("%s reaches %s%s.", Source(f), ev.Callee, i.What),
		}
		switch f.Type {
		case "any", "pattern":
			// Something was checked, but not in view whether it closes this.
			out.Severity, out.Confidence = Lower(out.Severity), report.MediumConfidence
		}
		switch {
		case f.Loose > 1:
			out.Confidence = report.LowConfidence
		case f.Loose == 1:
			out.Confidence = report.MediumConfidence
		}
		r.Report(out)
		return
	}
}

// harmless reports whether the type that a check pinned the data to closes the
// interpreter: there is no command in a number.
func (i Injection) harmless(f *model.Flow) bool {
	switch f.Type {
	case "number", "integer", "boolean", "uuid", "slug", "enum", "member", "inherited":
		return true
	case "string":
		return i.Strings
	}
	return false
}

// Lower is the next milder severity.
func Lower(s catalogue.Severity) catalogue.Severity {
	if s > catalogue.Low {
		return s - 1
	}
	return s
}
