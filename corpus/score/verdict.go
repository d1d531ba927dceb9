package score

import (
	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/tool"
)

// Verdicts finds what was thought of a finding.
type Verdicts struct {
	byPrint map[string]fact.Verdict
	byLine  map[lineKey]fact.Verdict
}

type lineKey struct {
	repo, id, path string
	line           int
}

// NewVerdicts makes verdicts ready to be looked up.
func NewVerdicts(list []fact.Verdict) *Verdicts {
	v := &Verdicts{byPrint: map[string]fact.Verdict{}, byLine: map[lineKey]fact.Verdict{}}
	for _, x := range list {
		if x.Fingerprint != "" {
			v.byPrint[printKey(x.Repo, x.ID, x.Fingerprint)] = x
		}
		v.byLine[lineKey{x.Repo, x.ID, x.Path, x.Line}] = x
	}
	return v
}

// Of gives the judgement of a finding in a repository, and its reason. The
// place decides before the fingerprint: the place stays the same at a pinned
// commit, while another version of review may make other fingerprints.
func (v *Verdicts) Of(repo string, f tool.Finding) (fact.Judgement, string) {
	if x, ok := v.byLine[lineKey{repo, f.ID, f.Path, f.Line}]; ok {
		return x.Judgement, x.Reason
	}
	if x, ok := v.byPrint[printKey(repo, f.ID, f.Fingerprint)]; ok {
		return x.Judgement, x.Reason
	}
	return fact.Unjudged, ""
}

func printKey(repo, id, print string) string { return repo + "\t" + id + "\t" + print }
