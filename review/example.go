package review

import (
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

// lacking are the weaknesses that are the absence of a defence, or an old
// library. Examples leave defences out to be short, and nobody has their users;
// what they do wrong is copied, and stays as grave as it is.
var lacking = []*catalogue.Weakness{
	catalogue.OriginUnchecked, catalogue.HostUnchecked, catalogue.PlaintextTransport, catalogue.AuthMissing, catalogue.LifetimeUnbounded, catalogue.MessageSize,
	catalogue.MessageRate, catalogue.ConnectionCount, catalogue.IdleUnbounded, catalogue.SendUnbounded, catalogue.LibraryVulnerable,
}

// soften makes what examples lack a remark.
func soften(findings []report.Finding, example func(path string) bool) {
	for i := range findings {
		f := &findings[i]
		if f.Severity > catalogue.Low && slices.Contains(lacking, f.Weakness) && example(f.Path) {
			f.Severity = catalogue.Low
			f.Message += " It is in a folder of examples: what is copied from there has it too."
		}
	}
}
