package report

import (
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

//go:embed html/page.html
var pageTemplate string

//go:embed html/style.css
var pageStyle string

//go:embed html/script.js
var pageScript string

// HTML writes r as one page that needs nothing else: no file beside it, no
// network, and a policy that forbids both to the browser. The source under
// review is hostile, so all of it goes through html/template's escaping.
func HTML(w io.Writer, r *Report, source Source) error {
	page, err := template.New("page").Funcs(template.FuncMap{
		"spans": parseSpans,
		"lines": func(s string) []string { return strings.Split(s, "\n") },
	}).Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("write HTML: %w", err)
	}
	return page.Execute(w, newHTMLPage(r, source))
}

// htmlPage is what the template sees.
type htmlPage struct {
	Policy string
	Style  template.CSS
	Script template.JS

	Version    string
	Summary    string
	Read       string // what was read, in words
	Hidden     string // what is not shown, in words
	Severities []htmlCount
	Endpoints  []htmlEndpoint
	Findings   []htmlFinding
	Weaknesses []htmlWeakness
	Paths      []string
	Notes      []Note
	// Of probe; Target is empty in a report of review.
	Target     string
	Judgements []htmlJudgement
	Promises   []htmlJudgement
}

// htmlJudgement is what a check came to.
type htmlJudgement struct{ Label, Verdict, Class, Message string }

type htmlCount struct {
	Severity catalogue.Severity
	N        int
}

type htmlFinding struct {
	Finding
	Anchor         string
	Place          string
	Frame          frame
	Steps          []htmlStep
	See            []htmlStep
	EndpointAnchor string
}

type htmlStep struct {
	Place, Message string
	Frame          frame
}

type htmlWeakness struct {
	*catalogue.Weakness
	Sections []htmlSection
	Examples []catalogue.Example
	Links    []catalogue.Reference
}

type htmlSection struct {
	Title  string
	Blocks []proseBlock
}

const htmlWidth = 110 // columns of a code frame

func newHTMLPage(r *Report, source Source) htmlPage {
	h := &htmlWriter{report: r, sources: newSources(source)}
	page := htmlPage{
		Policy: fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; base-uri 'none'; form-action 'none'", hashSource(pageStyle), hashSource(pageScript)),
		Style:  template.CSS(pageStyle),
		Script: template.JS(pageScript),

		Version:   r.Version,
		Summary:   r.Summary(),
		Read:      fmt.Sprintf("%s, %s in %s", plural(r.Stats.FilesWalked, "file"), plural(r.Stats.Lines, "line"), seconds(r)),
		Hidden:    r.Hidden.String(),
		Endpoints: h.endpoints(),
		Notes:     r.Notes,
	}
	if r.Target != "" {
		page.Target, page.Read = printable(r.Target), strings.TrimSuffix(r.effort(), ".")
		for _, j := range r.Judgements {
			class := map[Verdict]string{Passed: "present", Weak: "absent", NotJudged: "unknown"}[j.Verdict]
			page.Judgements = append(page.Judgements, htmlJudgement{j.label(), string(j.Verdict), class, printable(j.Message)})
		}
		for _, one := range r.Promises {
			class := map[PromiseVerdict]string{PromiseHeld: "present", PromiseBroken: "absent", PromiseNotJudged: "unknown"}[one.Verdict]
			page.Promises = append(page.Promises, htmlJudgement{one.about() + ": " + one.Text, string(one.Verdict), class, one.Why})
		}
	}
	for _, s := range catalogue.Severities() {
		page.Severities = append(page.Severities, htmlCount{s, r.Count(s)})
	}
	for _, f := range r.Findings {
		page.Findings = append(page.Findings, h.finding(f))
		if f.Path != "" {
			page.Paths = append(page.Paths, f.Path)
		}
	}
	// The worst comes first; among equals, the order of the report stays.
	slices.SortStableFunc(page.Findings, func(a, b htmlFinding) int { return int(b.Severity) - int(a.Severity) })
	slices.SortStableFunc(page.Endpoints, func(a, b htmlEndpoint) int { return cmp.Compare(b.Role, a.Role) }) // servers first
	slices.Sort(page.Paths)
	page.Paths = slices.Compact(page.Paths)
	for _, w := range catalogue.All {
		if slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Weakness == w }) {
			page.Weaknesses = append(page.Weaknesses, newHTMLWeakness(w))
		}
	}
	return page
}

// hashSource is how a policy names an inline style or script.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// htmlWriter turns the parts of a report into what the template shows.
type htmlWriter struct {
	report  *Report
	sources *sources
}

func (h *htmlWriter) finding(f Finding) htmlFinding {
	out := htmlFinding{Finding: f, Anchor: findingAnchor(f), Place: place(f.Span), Frame: h.frame(f.Span, contextLines)}
	if f.URL != "" {
		out.Place = printable(f.URL)
	}
	if f.Evidence != nil {
		out.Evidence = &Evidence{printableLines(f.Evidence.Request), printableLines(f.Evidence.Response)}
	}
	for _, s := range f.Trace {
		step := h.step(s)
		if s.Span == f.Span {
			step.Frame = nil // stands above
		}
		out.Steps = append(out.Steps, step)
	}
	for _, s := range f.Related {
		out.See = append(out.See, h.step(s))
	}
	if i := slices.IndexFunc(h.report.Endpoints, func(e Endpoint) bool { return e.ID == f.Endpoint }); i >= 0 {
		out.EndpointAnchor = endpointAnchor(i)
	}
	return out
}

func (h *htmlWriter) step(s Step) htmlStep {
	return htmlStep{Place: place(s.Span), Message: s.Message, Frame: h.frame(s.Span, 0)}
}

func (h *htmlWriter) frame(s Span, context int) frame {
	return newFrame(h.sources.file(s.Path), s, context, htmlWidth)
}

// Anchors are made of nothing that comes from the source.
func findingAnchor(f Finding) string { return "f-" + f.Fingerprint }
func endpointAnchor(i int) string    { return fmt.Sprintf("endpoint-%d", i+1) }

func newHTMLWeakness(w *catalogue.Weakness) htmlWeakness {
	t := w.Text()
	out := htmlWeakness{Weakness: w, Examples: t.Examples, Links: t.References}
	for _, s := range []struct{ title, text string }{
		{"What goes wrong", t.WhatGoesWrong},
		{"The attack", t.Attack},
		{"How to spot it", t.Spot},
		{"Contain it with guard", t.Guard},
		{"Prove it with probe", t.Probe},
	} {
		out.Sections = append(out.Sections, htmlSection{s.title, parseProse(s.text)})
	}
	return out
}
