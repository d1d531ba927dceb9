package jsonscan

import "math"

// MatchEach matches with each engine that p has.
func (p *Pattern) MatchEach(text []byte) map[string]bool {
	m := map[string]bool{"regexp": p.re.Match(text)}
	if p.dfa != nil {
		m["dfa"] = p.dfa.match(text)
	}
	if p.runs != nil {
		m["runs"] = p.runs.match(text)
	}
	return m
}

// TranslatePattern returns the expression of package regexp for one of ECMA-262.
var TranslatePattern = translatePattern

// LastEpoch has the table of names of d start over with its next document.
func (d *Doc) LastEpoch() { d.names.epoch = math.MaxUint32 }

// Decimal is a number without loss, as schemas compare it.
type Decimal = decimal

// ParseDecimal takes a number apart.
var ParseDecimal = parseDecimal

// Compare returns how d relates to e.
func (d *decimal) Compare(e *Decimal) int { return d.compare(e) }

// Floor returns the largest integer that is not greater than d.
func (d *decimal) Floor() (n int64, integer, ok bool) { return d.floor() }

// IsMultiple reports whether d is an integer times step.
func (d *decimal) IsMultiple(step *Decimal) bool { return d.isMultiple(step) }
