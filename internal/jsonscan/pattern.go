package jsonscan

import (
	"regexp"
)

// Pattern is a compiled regular expression of a schema: one as ECMA-262 has it,
// which is what JSON Schema means. It takes time linear in the text, and may be
// used by any number of goroutines.
type Pattern struct {
	text string
	runs runs           // if the expression is as simple as that
	dfa  *dfa           // else a table of states, if that stays small
	re   *regexp.Regexp // else
}

// CompilePattern compiles a regular expression of ECMA-262 in its Unicode mode.
// What needs backtracking (lookaround, back references) is an error.
func CompilePattern(text string) (*Pattern, error) {
	translated, err := translatePattern(text)
	if err != nil {
		return nil, err
	}
	re, err := regexp.Compile(translated)
	if err != nil {
		return nil, err
	}
	return &Pattern{text: text, runs: newRuns(translated), dfa: newDFA(translated), re: re}, nil
}

// Match reports whether text contains a match.
func (p *Pattern) Match(text []byte) bool {
	if p.runs != nil {
		return p.runs.match(text)
	}
	if p.dfa != nil {
		return p.dfa.match(text)
	}
	return p.re.Match(text)
}

// MatchString reports whether text contains a match.
func (p *Pattern) MatchString(text string) bool { return p.Match([]byte(text)) }

// String returns the expression as it was written.
func (p *Pattern) String() string { return p.text }
