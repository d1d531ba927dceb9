package catalogue

import (
	"fmt"
	"strings"
)

// A Severity says how much harm a weakness does when it is exploited. Greater
// is worse, so severities compare with < and >. The zero value is no severity
// and does not marshal.
type Severity uint8

// The severities, mildest first.
const (
	Low Severity = iota + 1
	Medium
	High
	Critical
)

// severityNames is indexed by Severity.
var severityNames = [...]string{Low: "low", Medium: "medium", High: "high", Critical: "critical"}

// Severities lists all severities, worst first, as reports order them.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

// String returns the lower-case name, or "severity(n)" for a value that is
// none of the constants.
func (s Severity) String() string {
	if s < Low || s > Critical {
		return fmt.Sprintf("severity(%d)", uint8(s))
	}
	return severityNames[s]
}

// ParseSeverity returns the severity with the given name, ignoring case.
func ParseSeverity(name string) (Severity, error) {
	for s := Low; s <= Critical; s++ {
		if strings.EqualFold(severityNames[s], name) {
			return s, nil
		}
	}
	return 0, fmt.Errorf("parse severity %q: want low, medium, high or critical", name)
}

// MarshalText returns the lower-case name. It fails on a value that is none of
// the constants.
func (s Severity) MarshalText() ([]byte, error) {
	if s < Low || s > Critical {
		return nil, fmt.Errorf("marshal severity %d: no such severity", uint8(s))
	}
	return []byte(severityNames[s]), nil
}

// UnmarshalText accepts what ParseSeverity accepts.
func (s *Severity) UnmarshalText(text []byte) error {
	v, err := ParseSeverity(string(text))
	if err != nil {
		return err
	}
	*s = v
	return nil
}
