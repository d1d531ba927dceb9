package fact

import (
	"cmp"
	"fmt"
	"slices"
)

var verdictHeader = []string{"repo", "weakness", "path", "line", "fingerprint", "verdict", "reason"}

// A Judgement is what somebody thought of a finding after a look at the code.
type Judgement string

// The judgements.
const (
	True     Judgement = "true"
	False    Judgement = "false"
	ByDesign Judgement = "by-design" // it is so, and the project wants it so
	Unjudged Judgement = "unjudged"  // nobody has looked
)

// Judgements are all of them.
var Judgements = []Judgement{True, ByDesign, False, Unjudged}

// A Verdict is a judgement of one finding.
type Verdict struct {
	Repo        string
	ID          string
	Path        string
	Line        int    // at the commit that the corpus pins for the repository
	Fingerprint string // may be empty
	Judgement   Judgement
	Reason      string
}

func parseVerdict(r record) (Verdict, error) {
	f := r.fields
	v := Verdict{Repo: f[0], ID: f[1], Fingerprint: f[4], Judgement: Judgement(f[5]), Reason: f[6]}
	if !slices.Contains(Judgements, v.Judgement) || v.Judgement == Unjudged {
		return v, fmt.Errorf("verdict %q is none", v.Judgement)
	}
	if v.Reason == "" {
		return v, fmt.Errorf("a verdict needs a reason")
	}
	place, err := parsePlace(f[2], f[3])
	if err == nil && (len(place.Spans) != 1 || place.Spans[0].First != place.Spans[0].Last) {
		err = fmt.Errorf("line %q is not one line", f[3])
	}
	if err != nil {
		return v, err
	}
	v.Path, v.Line = place.Path, place.Spans[0].First
	return v, cmp.Or(checkForm("repository", v.Repo, repoForm), checkForm("weakness", v.ID, idForm))
}
