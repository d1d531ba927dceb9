// Package ws901 finds pinned versions of WebSocket libraries for which a
// vulnerability has been published.
package ws901

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/deps"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS901.
var Rule = &rule.Rule{Weakness: catalogue.LibraryVulnerable, Check: check}

// A hit is a pin that falls under an advisory.
type hit struct {
	model.Dependency
	deps.Match
}

// A key tells what is one finding: a lock file may pin a library in several
// versions.
type key struct{ path, library, advisory string }

func check(p *model.Program, r *rule.Reporter) {
	byKey := map[key][]hit{}
	var keys []key // in the order of the pins
	for _, d := range p.Dependencies {
		for _, m := range deps.Builtin().Match(d) {
			k := key{d.Path, d.Name, m.ID}
			if byKey[k] == nil {
				keys = append(keys, k)
			}
			byKey[k] = append(byKey[k], hit{d, m})
		}
	}
	for _, k := range keys {
		reportHits(p, byKey[k], r)
	}
}

// reportHits reports the gravest of the pins, with the others beside it.
func reportHits(p *model.Program, hits []hit, r *rule.Reporter) {
	slices.SortStableFunc(hits, gravestFirst)
	h := hits[0]
	f := rule.Finding{
		At: model.Place{Span: h.Span}, Severity: h.Severity, Confidence: confidence(p, h),
		Message: message(h), Fix: fix(h), Anchor: h.Name + " " + h.ID, Beside: true,
	}
	for _, other := range hits[1:] {
		f.Related = append(f.Related, model.Step{Place: model.Place{Span: other.Span}, Message: fmt.Sprintf("%s %s falls under it too", other.Name, other.Version)})
	}
	r.Report(f)
}

// gravestFirst puts what runs in production before what doesn't, then the
// oldest.
func gravestFirst(a, b hit) int {
	older, _ := deps.Compare(a.Ecosystem, a.Version, b.Version)
	return cmp.Or(doubt(a.Dev)+doubt(a.Indirect)-doubt(b.Dev)-doubt(b.Indirect), older)
}

// confidence is high for a library that is there for WebSockets and part of the
// program, and falls with each reason why the flaw may be out of reach.
func confidence(p *model.Program, h hit) report.Confidence {
	doubts := doubt(h.Dev || h.Indirect) + doubt(h.General && !uses(p, h.Name)) + doubt(deps.IsPseudo(h.Ecosystem, h.Version))
	return max(report.LowConfidence, report.HighConfidence-report.Confidence(doubts))
}

func doubt(is bool) int {
	if is {
		return 1
	}
	return 0
}

// uses reports whether an endpoint of the program is the library's.
func uses(p *model.Program, library string) bool {
	return slices.ContainsFunc(p.Endpoints, func(e *model.Endpoint) bool { return e.Framework == library })
}

func message(h hit) string {
	text := fmt.Sprintf("%s %s is pinned, which has %s (%s): %s.", h.Name, h.Version, h.ID, h.Severity, h.What)
	if h.Fixed == "" {
		text += " No version of it is fixed."
	} else {
		text += fmt.Sprintf(" %s has the fix.", h.Fixed)
	}
	switch {
	case h.Dev:
		text += " Only development needs it."
	case h.Indirect:
		text += " It is there for another module's sake and may not be part of the program."
	}
	return text
}

// fix is how to get the fixed version into the lock file.
func fix(h hit) string {
	if h.Fixed == "" {
		return "move to a library that is maintained"
	}
	up := fmt.Sprintf("upgrade to %s or later: ", h.Fixed)
	switch path.Base(h.Path) {
	case "package-lock.json", "npm-shrinkwrap.json":
		return up + fmt.Sprintf(`npm update %s; where another package asks for an older range, "overrides" in package.json`, h.Name)
	case "yarn.lock":
		return up + fmt.Sprintf(`yarn up -R %[1]s (yarn upgrade %[1]s in version 1); where another package asks for an older range, "resolutions" in package.json`, h.Name)
	case "pnpm-lock.yaml":
		return up + fmt.Sprintf(`pnpm update --depth Infinity %s; where another package asks for an older range, "pnpm.overrides"`, h.Name)
	case "poetry.lock":
		return up + "poetry update " + h.Name
	case "uv.lock":
		return up + "uv lock --upgrade-package " + h.Name
	case "Pipfile.lock":
		return up + "pipenv upgrade " + h.Name
	case "go.mod":
		return up + fmt.Sprintf("go get %s@%s", h.Name, h.Fixed)
	}
	return up + fmt.Sprintf("%s==%s", h.Name, h.Fixed)
}
