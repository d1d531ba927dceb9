// Package ws901 finds pinned versions of WebSocket libraries for which a
// vulnerability has been published.
package ws901

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/deps"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// Rule implements WS901.
var Rule = &rule.Rule{Weakness: catalogue.LibraryVulnerable, Check: check}

// A pin is a library version that a lock file pins, with what was published of
// it, gravest first.
type pin struct {
	model.Dependency
	flaws []deps.Match
}

// A key tells what is one finding: the repair of a library is one, however much
// was published of it and in however many versions the file pins it.
type key struct{ path, library string }

func check(p *model.Program, r *rule.Reporter) {
	byKey := map[key][]pin{}
	var keys []key // in the order of the pins
	for _, d := range p.Dependencies {
		flaws := deps.Builtin().Match(d)
		if len(flaws) == 0 {
			continue
		}
		slices.SortStableFunc(flaws, func(a, b deps.Match) int { return cmp.Compare(b.Severity, a.Severity) })
		k := key{d.Path, d.Name}
		if byKey[k] == nil {
			keys = append(keys, k)
		}
		byKey[k] = append(byKey[k], pin{d, flaws})
	}
	for _, k := range keys {
		reportPins(p, byKey[k], r)
	}
}

// reportPins reports the gravest of the pins, with the others beside it.
func reportPins(p *model.Program, pins []pin, r *rule.Reporter) {
	slices.SortStableFunc(pins, gravestFirst)
	h := pins[0]
	f := rule.Finding{
		At: model.Place{Span: h.Span}, Severity: h.flaws[0].Severity, Confidence: confidence(p, h),
		Message: message(h), Fix: fix(h), Anchor: h.Name + " " + ids(h), Beside: true, // a flaw that is published later is news
	}
	if h.Dev { // what it is fed with comes from those who develop
		f.Severity = rule.Lower(f.Severity)
	}
	for _, other := range pins[1:] {
		f.Related = append(f.Related, model.Step{Place: model.Place{Span: other.Span}, Message: fmt.Sprintf("%s %s has %s", other.Name, other.Version, ids(other))})
	}
	r.Report(f)
}

// gravestFirst puts what runs in production before what doesn't, then what has
// the graver flaw, then the oldest.
func gravestFirst(a, b pin) int {
	older, _ := deps.Compare(a.Ecosystem, a.Version, b.Version)
	return cmp.Or(doubt(a.Dev)+doubt(a.Indirect)-doubt(b.Dev)-doubt(b.Indirect), cmp.Compare(b.flaws[0].Severity, a.flaws[0].Severity), older)
}

func ids(h pin) string {
	var out []string
	for _, m := range h.flaws {
		out = append(out, m.ID)
	}
	return strings.Join(out, ", ")
}

// confidence is high for a library that is there for WebSockets and part of the
// program, and falls with each reason why the flaw may be out of reach.
func confidence(p *model.Program, h pin) report.Confidence {
	doubts := doubt(h.Dev || h.Indirect) + doubt(h.flaws[0].General && !uses(p, h.Name)) + doubt(deps.IsPseudo(h.Ecosystem, h.Version))
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

func message(h pin) string {
	var flaws []string
	for _, m := range h.flaws {
		flaws = append(flaws, fmt.Sprintf("%s (%s): %s", m.ID, m.Severity, m.What))
	}
	text := fmt.Sprintf("%s %s is pinned, which has %s.", h.Name, h.Version, strings.Join(flaws, "; and "))
	switch to := fixed(h); {
	case to == "":
		text += " No version of it is fixed."
	case len(h.flaws) > 1:
		text += fmt.Sprintf(" %s has the fixes.", to)
	default:
		text += fmt.Sprintf(" %s has the fix.", to)
	}
	switch {
	case h.Dev:
		text += " Only development needs it."
	case h.Indirect:
		text += " It is there for another module's sake and may not be part of the program."
	}
	return text
}

// fixed is the first version without any of the flaws; empty where there is
// none.
func fixed(h pin) string {
	to := ""
	for _, m := range h.flaws {
		if m.Fixed == "" {
			return ""
		}
		if c, ok := deps.Compare(h.Ecosystem, m.Fixed, to); to == "" || ok && c > 0 {
			to = m.Fixed
		}
	}
	return to
}

// fix is how to get the fixed version into the lock file.
func fix(h pin) string {
	to := fixed(h)
	if to == "" {
		return "move to a library that is maintained"
	}
	up := fmt.Sprintf("upgrade to %s or later: ", to)
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
		return up + fmt.Sprintf("go get %s@%s", h.Name, to)
	}
	return up + fmt.Sprintf("%s==%s", h.Name, to)
}
