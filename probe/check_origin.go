package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "origin",
		Summary:    "sends about a hundred origins that are not the allowed one, and looks which of them are let in",
		Weaknesses: []*catalogue.Weakness{catalogue.OriginUnchecked, catalogue.OriginWeak, catalogue.OriginOptional},
		Cost:       Cost{Connections: 170, Messages: 30, Time: 40 * time.Second},
		Run:        runOrigin,
	})
}

const fixOrigin = "compare the whole Origin header with a list of exact origins before the upgrade, and refuse everything else with 403, an absent header and null included"

// admitted is a mutation that was let in, and what came of it.
type admitted struct {
	originMutation
	outcome Outcome
	ambient bool // only the identity's cookie got what came
}

func runOrigin(ctx context.Context, s *Session) error {
	foreign := originMutation{lines: []originLine{{"Origin", "https://" + s.Target.Foreign}}, browser: true, mistake: "nothing is compared"}
	first, err := s.tryOrigin(ctx, foreign, s.Target.Identity())
	if err != nil {
		return err
	}
	if first.Like(s.Control) {
		return s.originAlike(ctx, foreign, first)
	}
	s.Pass(catalogue.OriginUnchecked, "https://%s is %v; the allowed origin is %v", s.Target.Foreign, first, s.Control)
	var in []admitted
	mutations := originMutations(s.Target.Origin, s.Target.Foreign)
	outcomes, err := s.tryOrigins(ctx, mutations)
	if err != nil {
		return err
	}
	for i, m := range mutations {
		o := outcomes[i]
		if !o.Like(s.Control) || m.absent() && slices.ContainsFunc(in, func(a admitted) bool { return a.absent() }) {
			continue // not let in, or for a reason that is known
		}
		a := admitted{originMutation: m, outcome: o}
		if len(in) < maxRepeated {
			if a.ambient, err = s.ambient(ctx, m, o); err != nil {
				return err
			}
		}
		in = append(in, a)
	}
	s.reportWeakOrigins(in)
	s.reportNoOrigins(in)
	return nil
}

// maxRepeated bounds how many of those let in are repeated without a cookie.
const maxRepeated = 12

// tryOrigin does the control handshake with other origin headers.
func (s *Session) tryOrigin(ctx context.Context, m originMutation, who *Identity) (Outcome, error) {
	r, err := s.Request(ctx, who)
	if err != nil {
		return Outcome{}, err
	}
	return s.Try(ctx, m.apply(r))
}

// tryOrigins does the handshakes of all mutations, and now and then the control
// between them.
func (s *Session) tryOrigins(ctx context.Context, ms []originMutation) ([]Outcome, error) {
	const between = 2 * ticketBatch
	var out []Outcome
	for some := range slices.Chunk(ms, between) {
		var changes []func(Request) Request
		for _, m := range some {
			changes = append(changes, m.apply)
		}
		got, err := s.TryAll(ctx, s.Target.Identity(), changes)
		if err != nil {
			return nil, err
		}
		if err := s.Steady(ctx); err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}

// absent reports whether no Origin is sent.
func (m originMutation) absent() bool { return len(m.lines) == 0 || m.lines[0].name != "Origin" }

// apply puts the mutation's lines in the place of the allowed Origin.
func (m originMutation) apply(r Request) Request {
	if m.absent() {
		r = r.Without("Origin")
	}
	for i, l := range m.lines {
		if i == 0 && l.name == "Origin" {
			r = r.With(l.name, l.value)
			continue
		}
		r = r.Plus(l.name, l.value)
	}
	return r
}

// originAlike judges a foreign origin that is answered like the allowed one.
func (s *Session) originAlike(ctx context.Context, foreign originMutation, o Outcome) error {
	if !o.Accepted() {
		for _, w := range s.check.Weaknesses {
			s.NotJudged(w, "the allowed origin and a foreign one are both %v, so that the check of the credential hides the one of the origin; give an identity (--identity), and make sure of --origin", o)
		}
		return nil
	}
	ambient, err := s.ambient(ctx, foreign, o)
	if err != nil {
		return err
	}
	severity, why := s.hijack(ambient)
	s.Weak(Finding{
		Weakness: catalogue.OriginUnchecked, Severity: severity, Evidence: o.Evidence, Fix: fixOrigin, Anchor: "foreign",
		Message: fmt.Sprintf("A handshake from https://%s is %v, like one from the allowed origin. %s", s.Target.Foreign, o, why),
	})
	for _, w := range []*catalogue.Weakness{catalogue.OriginWeak, catalogue.OriginOptional} {
		s.NotJudged(w, "nothing is compared, so there is no comparison to judge: see WS101")
	}
	return nil
}

// ambient repeats a handshake that was let in without the cookie, and reports
// whether the cookie made a difference: whether a foreign page gets at what
// belongs to the visitor.
func (s *Session) ambient(ctx context.Context, m originMutation, with Outcome) (bool, error) {
	who := s.Target.Identity()
	if who == nil || who.Cookie() == "" || s.Target.TicketURL != "" || !with.Accepted() {
		return false, nil
	}
	r, err := s.Request(ctx, who)
	if err != nil {
		return false, err
	}
	without, err := s.Try(ctx, m.apply(r).Without("Cookie"))
	if err != nil {
		return false, err
	}
	return !without.Accepted() || !with.SameData(without), nil
}

// hijack is the severity of letting a foreign page in, and what it gets.
func (s *Session) hijack(ambient bool) (catalogue.Severity, string) {
	who := s.Target.Identity()
	switch {
	case ambient:
		return catalogue.Critical, "The visitor's cookie gets more than a stranger does: any page that he opens acts on his connection."
	case s.Target.TicketURL != "":
		return catalogue.Low, "The handshake also needs a ticket, which a foreign page can't get; the ticket is the only defence."
	case who != nil && who.Cookie() == "":
		return catalogue.Low, "The handshake also needs a credential that no browser adds by itself; it is the only defence."
	case who != nil:
		return catalogue.High, "A stranger without the cookie gets the same on opening; what later messages do with the cookie was not looked at."
	}
	return catalogue.High, "Any page can open it in the browser of a visitor; with a cookie or from inside of a network it acts as he does."
}

// reportWeakOrigins makes one finding of the origins that were let in although
// they are not the allowed one.
func (s *Session) reportWeakOrigins(all []admitted) {
	w := catalogue.OriginWeak
	in := slices.DeleteFunc(slices.Clone(all), func(a admitted) bool { return a.kind == noOrigin || a.kind == sameOrigin })
	for _, a := range all {
		if a.kind == sameOrigin {
			s.Note("%s is let in: %s. It is another spelling of the allowed origin, or one as good, and no weakness by itself", a.show(), a.mistake)
		}
	}
	if len(in) == 0 {
		s.Pass(w, "none of %d variations of %s is let in", len(originMutations(s.Target.Origin, s.Target.Foreign)), s.Target.Origin)
		return
	}
	// The most harmful one is the evidence; among equals, one on a name that
	// anybody can have.
	rank := func(a admitted) int {
		if strings.Contains(a.show(), s.Target.Foreign) {
			return 2*a.harm() + 1
		}
		return 2 * a.harm()
	}
	slices.SortStableFunc(in, func(a, b admitted) int { return rank(b) - rank(a) })
	worst := in[0]
	severity, why := s.hijack(worst.ambient)
	confidence := report.HighConfidence
	switch {
	case !worst.browser:
		severity, why = catalogue.Low, "No browser can be made to send it, so that it takes a second mistake to make an attack of it."
	case worst.kind == relatedOrigin:
		severity = min(severity, catalogue.Medium)
		confidence = report.MediumConfidence
		why += " It is as strong as the weakest of these origins; if it is listed on purpose, this is as it should be."
	}
	if !s.Control.Accepted() {
		confidence = min(confidence, report.MediumConfidence)
		why += fmt.Sprintf(" Seen without a credential: it is %v like the allowed origin, where a foreign one is not.", worst.outcome)
	}
	s.Weak(Finding{
		Weakness: w, Severity: severity, Confidence: confidence, Evidence: worst.outcome.Evidence, Fix: fixOrigin, Anchor: "weak",
		Message: fmt.Sprintf("The Origin check lets %s pass: %s. %s%s", worst.show(), worst.mistake, why, others(in[1:])),
	})
}

// harm orders mutations that were let in.
func (a admitted) harm() int {
	n := 0
	if a.browser {
		n += 4
	}
	if a.kind == foreignOrigin {
		n += 2
	}
	if a.ambient {
		n++
	}
	return n
}

// others lists further mutations by their mistake.
func others(in []admitted) string {
	const most = 12
	var mistakes []string
	for _, a := range in {
		text := a.show() + " (" + a.mistake + ")"
		if !a.browser {
			text = a.show() + " (" + a.mistake + "; no browser sends it)"
		}
		if !slices.ContainsFunc(mistakes, func(m string) bool { return strings.HasSuffix(m, text[len(a.show()):]) }) {
			mistakes = append(mistakes, text)
		}
	}
	if len(mistakes) == 0 {
		return ""
	}
	more := ""
	if len(mistakes) > most {
		more = fmt.Sprintf(", and %d more", len(mistakes)-most)
		mistakes = mistakes[:most]
	}
	return " Also let in: " + strings.Join(mistakes, ", ") + more + "."
}

// reportNoOrigins makes a finding of handshakes without an origin.
func (s *Session) reportNoOrigins(all []admitted) {
	w := catalogue.OriginOptional
	in := slices.DeleteFunc(slices.Clone(all), func(a admitted) bool { return a.kind != noOrigin })
	if len(in) == 0 {
		s.Pass(w, "an absent, an empty and a null Origin are refused")
		return
	}
	slices.SortStableFunc(in, func(a, b admitted) int { return b.harm() - a.harm() })
	worst := in[0]
	severity := catalogue.Medium
	why := "Clients that are no browsers leave it out, and so do proxies that strip it."
	cookie := s.Target.Identity() != nil && s.Target.Identity().Cookie() != "" && s.Target.TicketURL == ""
	switch {
	case worst.browser && worst.ambient:
		severity, why = catalogue.Critical, "Any page sends null from a sandboxed frame, with the visitor's cookie, and gets what is his."
	case worst.browser:
		severity, why = catalogue.Medium, "Any page sends null from a sandboxed frame."
	case !cookie && s.Target.Identity() != nil:
		severity, why = catalogue.Low, "No cookie authenticates here, so that only clients with a credential of their own profit."
	}
	confidence := report.HighConfidence
	if !s.Control.Accepted() {
		confidence = report.MediumConfidence
	}
	s.Weak(Finding{
		Weakness: w, Severity: severity, Confidence: confidence, Evidence: worst.outcome.Evidence, Fix: fixOrigin, Anchor: "optional",
		Message: fmt.Sprintf("A handshake with %s is %v: %s. %s%s", worst.show(), worst.outcome, worst.mistake, why, others(in[1:])),
	})
}
