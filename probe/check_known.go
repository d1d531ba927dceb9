package probe

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "known-vulnerability",
		Summary:    "looks the versions that headers name up in the table of advisories",
		Weaknesses: []*catalogue.Weakness{catalogue.LibraryVulnerable},
		Cost:       Cost{Time: time.Second},
		Late:       true,
		Run:        runKnown,
	})
}

// product splits "nginx/1.18.0".
var product = regexp.MustCompile(`^([A-Za-z][\w .-]*)/v?(\d+(?:\.\d+)+\w*)$`)

func runKnown(_ context.Context, s *Session) error {
	w := catalogue.LibraryVulnerable
	lookup := s.run.plan.opt.Advisories
	named := 0
	for _, p := range s.Facts().Products() {
		m := product.FindStringSubmatch(p)
		if m == nil || lookup == nil {
			continue
		}
		found, known := lookup(m[1], m[2])
		if known {
			named++
		}
		if len(found) == 0 {
			continue
		}
		worst := found[0]
		var ids []string
		for _, a := range found {
			ids = append(ids, a.ID)
			if a.Severity > worst.Severity {
				worst = a
			}
		}
		fix := "update it"
		if worst.Fixed != "" {
			fix = "update it to " + worst.Fixed + " or later"
		}
		s.Weak(Finding{Weakness: w, Severity: worst.Severity, Confidence: report.MediumConfidence, Evidence: s.Control.Evidence, Fix: fix, Anchor: m[1],
			Message: fmt.Sprintf("A header names %s, which has published vulnerabilities in its WebSockets: %s. The worst: %s. Distributions mend versions without changing the number, so make sure.", p, strings.Join(ids, ", "), worst.Title)})
	}
	switch {
	case lookup == nil:
		s.NotJudged(w, "there is no table of advisories at hand")
	case named == 0:
		s.NotJudged(w, "no header names a product with its version that the table of advisories has")
	default:
		s.Pass(w, "no advisory is known for the versions that headers name")
	}
	return nil
}
