// Package rule is what a rule of review is made of: a weakness of the catalogue
// and a function that finds it in a model, with what nearly every rule needs to
// say where and why.
//
// It has no rules; those are in review/rules, a folder each.
package rule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// A Rule finds one weakness.
type Rule struct {
	Weakness *catalogue.Weakness
	// Check looks at the whole program and reports. It must not change the
	// program.
	Check func(p *model.Program, r *Reporter)
}

// A Reporter takes the findings of one rule. Of two at one place it keeps the
// graver one, and of equal ones the first.
type Reporter struct {
	weakness *catalogue.Weakness
	findings []report.Finding
}

// Run applies one rule and returns its findings in the order of their places.
func Run(rule *Rule, p *model.Program) []report.Finding {
	r := &Reporter{weakness: rule.Weakness}
	rule.Check(p, r)
	slices.SortStableFunc(r.findings, func(a, b report.Finding) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return (a.Line-b.Line)*10000 + a.Column - b.Column
	})
	return r.findings
}

// A Finding is what a rule says of one place. Only At and Message are needed.
type Finding struct {
	At model.Place
	// Severity is the weakness's own where it is zero; Confidence is high where
	// it is zero.
	Severity   catalogue.Severity
	Confidence report.Confidence
	// Message says what is wrong here and how it is attacked, in one to three
	// sentences. Fix is the shortest change that closes it.
	Message, Fix string
	Endpoint     *model.Endpoint
	// Flow is the data that reaches the place, for the trace.
	Flow    *model.Flow
	Related []model.Step
	// Anchor tells the finding from others of its function when lines move: the
	// callee, the field. The function's name is added.
	Anchor string
	// Beside says that it stands beside others at its place, with other anchors,
	// rather than to be one of them.
	Beside bool
}

// Report takes a finding.
func (r *Reporter) Report(f Finding) {
	out := report.Finding{
		Weakness: r.weakness, Severity: f.Severity, Confidence: f.Confidence, Span: f.At.Span, Message: f.Message, Fix: f.Fix,
		Anchor: strings.TrimSpace(f.At.Func + " " + f.Anchor),
	}
	if out.Severity == 0 {
		out.Severity = r.weakness.Severity
	}
	if out.Confidence == 0 {
		out.Confidence = report.HighConfidence
	}
	if f.Endpoint != nil {
		out.Endpoint = f.Endpoint.ID
	}
	if f.Flow != nil {
		out.Trace = trace(f.Flow, f.At)
	}
	for _, s := range f.Related {
		out.Related = append(out.Related, report.Step{Span: s.Span, Message: s.Message})
	}
	for i := range r.findings {
		old := &r.findings[i]
		if old.Path == out.Path && old.Line == out.Line && old.Column == out.Column && (!f.Beside || old.Anchor == out.Anchor) {
			if out.Severity > old.Severity || out.Severity == old.Severity && out.Confidence > old.Confidence {
				*old = out
			}
			return
		}
	}
	r.findings = append(r.findings, out)
}

// labelText says where data comes from.
var labelText = map[model.Label]string{
	model.FromMessage:  "the message of the client",
	model.FromQuery:    "the URL of the handshake",
	model.FromHeader:   "a header of the handshake",
	model.FromOrigin:   "the Origin header",
	model.FromCookie:   "a cookie of the handshake",
	model.FromHost:     "the Host header",
	model.FromPush:     "the message of the server",
	model.FromPage:     "the address of the page",
	model.FromIdentity: "what authentication found",
	model.FromRecord:   "a stored record",
	model.FromError:    "an exception",
	model.FromStack:    "a stack trace",
	model.FromAddress:  "the address of the peer",
	model.FromSecret:   "a secret",
	model.FromRandom:   "a random number",
}

// Source says in words what a flow is: "userId of the message of the client".
func Source(f *model.Flow) string {
	from := labelText[f.Label]
	if f.Field == "" {
		return from
	}
	return fmt.Sprintf("%q of %s", strings.TrimSuffix(strings.ReplaceAll(f.Field, ".[]", "[]"), "."), from)
}

func trace(f *model.Flow, sink model.Place) []report.Step {
	steps := []report.Step{{Span: f.Source.Span, Message: "from " + labelText[f.Label]}}
	for _, s := range f.Steps {
		if s.Span == steps[len(steps)-1].Span || s.Span == sink.Span {
			continue
		}
		steps = append(steps, report.Step{Span: s.Span, Message: s.Message})
	}
	return append(steps, report.Step{Span: sink.Span, Message: "reaches here"})
}

// Servers returns the endpoints that accept connections.
func Servers(p *model.Program) []*model.Endpoint { return role(p, report.Server) }

// Clients returns the endpoints that open connections.
func Clients(p *model.Program) []*model.Endpoint { return role(p, report.Client) }

func role(p *model.Program, want report.Role) []*model.Endpoint {
	var out []*model.Endpoint
	for _, e := range p.Endpoints {
		if e.Role == want {
			out = append(out, e)
		}
	}
	return out
}

// Absence is how sure one may be that something is missing at an event: high
// where the whole way is in view, medium where an unresolved call that takes
// the connection, the user or the message came first.
func Absence(e *model.Event) report.Confidence {
	if e.Doubt != "" || slices.ContainsFunc(e.Guards, func(f *model.Fact) bool { return f.Kind == model.UnresolvedFact }) {
		return report.MediumConfidence
	}
	return report.HighConfidence
}

// Ambient reports whether a browser authenticates to the endpoint without its
// page's doing, and in words by what: what makes a hijacked connection worth
// something.
func Ambient(e *model.Endpoint) (string, bool) {
	switch {
	case e.Ambient.Cookie != nil:
		return "a cookie that the browser sends by itself", true
	case e.Ambient.Loopback != nil && e.Ambient.AllHosts == nil && e.Ambient.Token == nil:
		return "being reachable only from this machine, where the visitor's browser runs", true
	}
	return "", false
}

// Demanded reports whether the handshake asks for something that a foreign page
// can't have: a ticket, a bearer token.
func Demanded(e *model.Endpoint) bool { return e.Ambient.Token != nil && e.Ambient.Cookie == nil }
