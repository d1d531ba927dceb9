package report_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

// everything is a report with a finding of each weakness.
func everything() *report.Report {
	r := &report.Report{}
	for _, w := range catalogue.All {
		r.Findings = append(r.Findings, finding(w, at("a.js", 1, 1), ""))
	}
	report.Finish(r)
	return r
}

// The page must read all the Markdown that the catalogue uses.
func TestHTMLReadsTheCatalogue(t *testing.T) {
	page := htmlOf(t, everything(), nil)
	_, page, _ = strings.Cut(page, `id="weaknesses"`)
	page, _, _ = strings.Cut(page, "<script>")
	// Marks within code are code.
	prose := regexp.MustCompile(`(?s)<pre.*?</pre>|<code>.*?</code>`).ReplaceAllString(page, "")
	for _, mark := range []string{"**", "`", "<p>- ", "<p>1. "} {
		if i := strings.Index(prose, mark); i >= 0 {
			t.Errorf("Markdown is left: %q", prose[max(0, i-60):min(len(prose), i+60)])
		}
	}
	for _, want := range []string{
		"<code>`wss://${region}.example.com`</code>", // two backticks around one
		"<b>single use</b>",
		"<ol><li>The victim is signed in at <code>app.example.com</code> and opens a page of the attacker.</li><li>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// The help of SARIF keeps every word of the catalogue, with other line breaks.
func TestSARIFHelpIsComplete(t *testing.T) {
	squeeze := func(s string) string {
		return strings.Join(strings.Fields(regexp.MustCompile("```[a-z]*").ReplaceAllString(s, " ")), " ")
	}
	for _, rule := range parseSARIF(t, sarifOf(t, everything(), nil)).Runs[0].Tool.Driver.Rules {
		w, _ := catalogue.Lookup(rule.ID)
		text := w.Text()
		for _, section := range []string{text.WhatGoesWrong, text.Attack, text.Guard, text.Examples[0].Fixed} {
			if !strings.Contains(squeeze(rule.Help.Markdown), squeeze(section)) {
				t.Errorf("%s: the help lacks or changes %.80q", rule.ID, section)
			}
		}
	}
}
