package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// cweComponent is where a reference finds the taxonomy of this run.
var cweComponent = sarifComponentRef{Name: "CWE", Index: 0}

// soughtWeaknesses are the rules of a run: all that the tool looks for, so that a
// consumer can tell what was not found from what was not sought, and whatever r
// has besides.
func soughtWeaknesses(r *Report) []*catalogue.Weakness {
	var out []*catalogue.Weakness
	for _, w := range catalogue.All {
		sought := w.Review
		if r.Target != "" {
			sought = slices.ContainsFunc(r.Judgements, func(j Judgement) bool { return j.Weakness == w })
		}
		if sought || slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Weakness == w }) {
			out = append(out, w)
		}
	}
	return out
}

func newSARIFRule(w *catalogue.Weakness, cwes []int) sarifRule {
	text := w.Text()
	out := sarifRule{
		ID:                   w.ID,
		Name:                 w.Slug,
		ShortDescription:     sarifText{Text: w.Title},
		FullDescription:      sarifText{Text: firstParagraph(text.WhatGoesWrong)},
		Help:                 sarifText{Text: sarifHelp(text, false), Markdown: sarifHelp(text, true)},
		DefaultConfiguration: sarifConfiguration{Level: sarifLevel(w.Severity)},
		Properties: sarifRuleProperties{
			SecuritySeverity: securitySeverity[w.Severity],
			Tags:             []string{"security", "websocket"},
		},
	}
	for _, n := range w.CWE {
		out.Relationships = append(out.Relationships, sarifRelationship{
			Target: sarifReference{ID: strconv.Itoa(n), Index: slices.Index(cwes, n), ToolComponent: cweComponent},
			Kinds:  []string{"superset"},
		})
		out.Properties.Tags = append(out.Properties.Tags, fmt.Sprintf("external/cwe/cwe-%03d", n))
	}
	for _, v := range w.ASVS {
		out.Properties.Tags = append(out.Properties.Tags, "external/owasp-asvs-5.0/"+strings.ToLower(v))
	}
	return out
}

// sarifHelp is what a developer needs at an alert: why it matters, how it is
// attacked, how to fix it, and how to contain it until then.
func sarifHelp(t catalogue.Text, markdown bool) string {
	var b strings.Builder
	section := func(title, body string) {
		if markdown {
			title = "## " + title
		}
		fmt.Fprintf(&b, "%s\n\n%s\n\n", title, body)
	}
	section("What goes wrong", unwrap(t.WhatGoesWrong))
	section("The attack", unwrap(t.Attack))
	if markdown {
		b.WriteString("## Vulnerable and fixed\n\n")
		for _, e := range t.Examples {
			title := e.Language
			if e.Framework != "" {
				title += ": " + e.Framework
			}
			fmt.Fprintf(&b, "### %s\n\nVulnerable:\n\n```%s\n%s\n```\n\nFixed:\n\n```%s\n%s\n```\n\n", title, e.Syntax, e.Vulnerable, e.Syntax, e.Fixed)
		}
	}
	section("Contain it with guard", unwrap(t.Guard))
	if markdown {
		b.WriteString("## References\n\n")
		for _, r := range t.References {
			fmt.Fprintf(&b, "- [%s](%s)\n", r.Title, r.URL)
		}
	}
	return strings.TrimSpace(b.String())
}

// unwrap joins the lines of each paragraph and item: GitHub shows every line
// break.
func unwrap(text string) string {
	var b strings.Builder
	for i, block := range parseProse(text) {
		if i > 0 {
			b.WriteByte('\n')
		}
		for j, item := range block.Items {
			switch block.Kind {
			case bulletList:
				item = "- " + item
			case numberedList:
				item = fmt.Sprintf("%d. %s", j+1, item)
			case codeBlock:
				item = "```\n" + item + "\n```"
			}
			b.WriteString(item + "\n")
		}
	}
	return strings.TrimSpace(b.String())
}

func firstParagraph(text string) string {
	first, _, _ := strings.Cut(text, "\n\n")
	return strings.Join(strings.Fields(first), " ")
}

// sarifCWEs are the classes of all rules, ascending.
func sarifCWEs(weaknesses []*catalogue.Weakness) []int {
	var out []int
	for _, w := range weaknesses {
		out = append(out, w.CWE...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func newCWETaxonomy(cwes []int) sarifTaxonomy {
	names := cweNames()
	return sarifTaxonomy{
		Name:             "CWE",
		Organization:     "MITRE",
		InformationURI:   "https://cwe.mitre.org/",
		ShortDescription: sarifText{Text: "The MITRE Common Weakness Enumeration"},
		Taxa: each(cwes, func(n int) sarifTaxon {
			taxon := sarifTaxon{ID: strconv.Itoa(n), HelpURI: fmt.Sprintf("https://cwe.mitre.org/data/definitions/%d.html", n)}
			if name := names[n]; name != "" {
				taxon.ShortDescription = &sarifText{Text: name}
			}
			return taxon
		}),
	}
}

// cweNames are the names of classes, from the references of the catalogue.
func cweNames() map[int]string {
	out := map[int]string{}
	for _, w := range catalogue.All {
		for _, r := range w.Text().References {
			number, name, ok := strings.Cut(strings.TrimPrefix(r.Title, "CWE-"), ": ")
			if n, err := strconv.Atoi(number); ok && err == nil {
				out[n] = name
			}
		}
	}
	return out
}
