package probe

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

// A Finding is what a check says of a weakness that it saw.
type Finding struct {
	Weakness *catalogue.Weakness
	// Severity is that of the catalogue where it is zero. What no browser can be
	// made to send is lower: see [Finding.Unaided].
	Severity catalogue.Severity
	// Confidence is high where it is zero.
	Confidence report.Confidence
	// Message says what was seen and what an attacker makes of it.
	Message string
	// Fix is the shortest change that closes it.
	Fix string
	// Evidence is the exchange that shows it.
	Evidence report.Evidence
	// Anchor tells findings of one check and weakness apart, and stays the same
	// from run to run. The message stands in for an empty one.
	Anchor string
}

// An observation is one thing that a check came to.
type observation struct {
	verdict  report.Verdict
	weakness *catalogue.Weakness // nil for all that the check can show
	text     string
	finding  *Finding
}

// Weak reports a weakness.
func (s *Session) Weak(f Finding) {
	f.Severity = cmp.Or(f.Severity, f.Weakness.Severity)
	f.Confidence = cmp.Or(f.Confidence, report.HighConfidence)
	s.add(observation{report.Weak, f.Weakness, f.Message, &f})
}

// Pass reports that a weakness was looked for and is not there, and why that
// is known. A nil weakness stands for all that the check can show.
func (s *Session) Pass(w *catalogue.Weakness, format string, args ...any) {
	s.add(observation{report.Passed, w, fmt.Sprintf(format, args...), nil})
}

// NotJudged reports that a weakness can't be judged, and why.
func (s *Session) NotJudged(w *catalogue.Weakness, format string, args ...any) {
	s.add(observation{report.NotJudged, w, fmt.Sprintf(format, args...), nil})
}

// Note adds a remark to the report that is no finding.
func (s *Session) Note(format string, args ...any) {
	s.run.note(s.check.Name, s.Mask(fmt.Sprintf(format, args...)))
}

func (s *Session) add(o observation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.text = s.Mask(o.text)
	s.seen = append(s.seen, o)
}

// judgements sums up what the check came to, one for each weakness that it can
// show and one for a check that shows none. err is what ended it early.
func (s *Session) judgements(err error) []report.Judgement {
	s.mu.Lock()
	defer s.mu.Unlock()
	about := s.check.Weaknesses
	if len(about) == 0 {
		about = []*catalogue.Weakness{nil}
	}
	var out []report.Judgement
	for _, w := range about {
		j := report.Judgement{Check: s.check.Name, Weakness: w, Verdict: report.Passed}
		if err != nil {
			j.Verdict, j.Message = report.NotJudged, s.Mask(reason(err))
		}
		// The worst of what was said stands, then the first of its kind.
		for _, o := range s.seen {
			if o.weakness != nil && w != nil && o.weakness != w {
				continue
			}
			if rank(o.verdict) > rank(j.Verdict) || j.Message == "" && o.verdict == j.Verdict {
				j.Verdict, j.Message = o.verdict, o.text
			}
		}
		out = append(out, j)
	}
	return out
}

// rank orders verdicts: what is known to be weak outweighs what is not known,
// and that outweighs what passed.
func rank(v report.Verdict) int {
	return slices.Index([]report.Verdict{report.Passed, report.NotJudged, report.Weak}, v)
}

// findings returns what was found, in the form of a report.
func (s *Session) findings() []report.Finding {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []report.Finding
	for _, o := range s.seen {
		if o.finding == nil {
			continue
		}
		f := o.finding
		e := f.Evidence
		e.Request, e.Response = s.Mask(e.Request), s.Mask(e.Response)
		out = append(out, report.Finding{
			Weakness: f.Weakness, Severity: f.Severity, Confidence: f.Confidence,
			Message: s.Mask(f.Message), Fix: f.Fix, Anchor: f.Anchor,
			URL: s.Mask(s.Target.URL.String()), Check: s.check.Name, Evidence: &e,
		})
	}
	return out
}
