// Package ws102 finds Origin checks that foreign origins get by: each was shown
// by executing the check on the origin that the finding names.
package ws102

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS102.
var Rule = &rule.Rule{Weakness: catalogue.OriginWeak, Check: check}

func check(p *model.Program, r *rule.Reporter) {
	for _, e := range rule.Servers(p) {
		if e.Origin.Off != nil {
			continue // WS101 tells it
		}
		gravest := gravest(&e.Origin)
		for i := range e.Origin.Checks {
			c := &e.Origin.Checks[i]
			if shown(c) && (gravest == catalogue.Low || reaches[c.Reach].severity > catalogue.Low) {
				weak(e, c, r)
			}
		}
	}
}

// shown reports whether a foreign origin gets by a check. That the scheme or
// port of the same host isn't compared is what frameworks' own checks do.
func shown(c *model.OriginCheck) bool {
	return c.Proven && c.Bypass != "" && !(c.Rebinds && reaches[c.Reach].severity == catalogue.Low)
}

// gravest is the highest severity among the checks of an endpoint: beside a
// check that lets strangers in, one that only forgets the scheme is no news.
func gravest(o *model.Origin) catalogue.Severity {
	out := catalogue.Low
	for i := range o.Checks {
		if c := &o.Checks[i]; shown(c) {
			out = max(out, reaches[c.Reach].severity)
		}
	}
	return out
}

// reaches says for each kind of bypass how grave it is, and who has the origin.
var reaches = map[string]struct {
	severity catalogue.Severity
	who      string
}{
	"foreign":   {catalogue.High, "which anybody can have"},
	"sibling":   {catalogue.Medium, "so that whoever controls any name below the same domain (user content, a forgotten DNS entry, a script injection) is let in"},
	"prefix":    {catalogue.Medium, "because the containment is turned round: whatever the allowed origin begins with passes"},
	"private":   {catalogue.Low, "so that any machine of a private network is let in"},
	"extension": {catalogue.Low, "so that every browser extension is let in"},
	"scheme":    {catalogue.Low, "so that whoever can write to the visitor's network is let in: the scheme is not compared"},
	"port":      {catalogue.Low, "so that every other server of that host is let in: the port is not compared"},
}

func weak(e *model.Endpoint, c *model.OriginCheck, r *rule.Reporter) {
	reach := reaches[c.Reach]
	f := rule.Finding{At: c.Place, Endpoint: e, Severity: rule.Hijack(e, reach.severity), Anchor: "origin " + c.How, Fix: fix(c)}
	allowed := c.Allowed
	if c.Configured {
		allowed = "the configured origin (" + c.Allowed + ", say)"
		f.Confidence = report.MediumConfidence
		if c.Reach == "prefix" {
			f.Severity = catalogue.Low
		}
	}
	if c.Likely {
		f.Severity, f.Confidence = min(f.Severity, catalogue.Medium), report.MediumConfidence
	}
	if c.Conditional {
		f.Severity = rule.Lower(f.Severity)
	}
	f.Message = fmt.Sprintf("%s lets in %s beside %s, %s.", forms[c.How], c.Bypass, allowed, reach.who)
	if by, ambient := rule.Ambient(e); ambient && c.Reach == "foreign" {
		f.Message += fmt.Sprintf(" The visitor of that page is authenticated by %s.", by)
	}
	r.Report(f)
}

// forms are what checks compare, in words.
var forms = map[string]string{
	"set": "This list of origins", "equality": "This comparison of Origin", "prefix": "This check of how Origin begins", "suffix": "This check of how Origin ends",
	"substring": "This search for a text in Origin", "regexp": "This pattern for Origin", "glob": "This pattern for Origin", "host": "This comparison, of the host of Origin alone,",
	"port": "This comparison, of the port of Origin alone,", "scheme": "This comparison, of the scheme of Origin alone,", "address": "This test whether Origin is an address",
}

func fix(c *model.OriginCheck) string {
	switch {
	case c.How == "regexp" && c.Reach == "foreign":
		return "compare the whole Origin with a set of exact origins; a pattern needs ^ and $ (or fullmatch) and every dot escaped"
	case c.How == "suffix" && c.Reach == "foreign":
		return "compare the whole Origin with a set of exact origins; a suffix has to begin with a dot"
	}
	return "compare the whole Origin, scheme, host and port, with a set of exact origins"
}
