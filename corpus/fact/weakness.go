package fact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

var weaknessHeader = []string{"id", "language", "framework", "class", "cve", "repo", "vulnerable_commit", "fixed_commit",
	"path", "lines", "note", "tier", "fix_date", "anchor_in_fixed", "cve_evidence", "fixed_state"}

// A Weakness is a real one: where it stood, and the version without it.
type Weakness struct {
	Name      string
	Language  string
	Framework string
	Class     string
	IDs       []string // what a right finding is named; none where the class is not scored
	CVE       string
	Place     Place // in the vulnerable version
	Version   Version
	Fixed     Version
	Note      string
	Tier      Tier
	// FixedState is "fixed" where the fixed version is free of the weakness.
	// Anything else says why it is not, and nothing can be learnt from it.
	FixedState string
}

// A Tier says what it takes to see a weakness.
type Tier string

// The tiers.
const (
	TierA Tier = "A" // a local pattern
	TierB Tier = "B" // an absence, a default, or something across functions
	TierC Tier = "C" // meaning, or something inside a library
)

// Tiers are all of them, the easiest first.
var Tiers = []Tier{TierA, TierB, TierC}

func parseWeakness(r record) (Weakness, error) {
	f := r.fields
	w := Weakness{
		Name: f[0], Language: f[1], Framework: f[2], Class: f[3], CVE: f[4],
		Note: f[10], Tier: Tier(f[11]), FixedState: f[15],
	}
	var known bool
	if w.IDs, known = IDs(w.Class); !known {
		return w, fmt.Errorf("class %q is not known", w.Class)
	}
	if !slices.Contains(Tiers, w.Tier) {
		return w, fmt.Errorf("tier %q is not known", w.Tier)
	}
	var errs [4]error
	errs[0] = checkForm("id", w.Name, nameForm)
	w.Version, errs[1] = parseVersion(f[5], f[6])
	w.Fixed, errs[2] = parseVersion(f[5], f[7])
	w.Place, errs[3] = parsePlace(f[8], f[9])
	return w, cmp.Or(errs[:]...)
}

// HasFix tells whether the fixed version is free of the weakness.
func (w Weakness) HasFix() bool { return w.FixedState == "fixed" }

// Scored tells whether review can be right about the row at all.
func (w Weakness) Scored() bool { return len(w.IDs) > 0 }

// InLibrary tells whether the weakness is in the source of a library itself.
// Who uses the library sees it as WS901, so such rows are counted apart.
func (w Weakness) InLibrary() bool {
	return strings.Contains(w.Framework, "(library)") || strings.Contains(w.Framework, "(framework)")
}

// FirstLanguage tells whether the row is in one of the languages that review
// is held to: JavaScript, TypeScript, Python and Go.
func (w Weakness) FirstLanguage() bool {
	return slices.Contains([]string{"js", "ts", "python", "go"}, w.Language)
}
