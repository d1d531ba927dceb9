package report

import (
	"fmt"
	"strings"
)

// confidenceNames is indexed by Confidence.
var confidenceNames = [...]string{LowConfidence: "low", MediumConfidence: "medium", HighConfidence: "high"}

// Confidences lists all confidences, surest first.
func Confidences() []Confidence {
	return []Confidence{HighConfidence, MediumConfidence, LowConfidence}
}

// String returns the lower-case name, or "confidence(n)" for a value that is
// none of the constants.
func (c Confidence) String() string {
	if c < LowConfidence || c > HighConfidence {
		return fmt.Sprintf("confidence(%d)", uint8(c))
	}
	return confidenceNames[c]
}

// ParseConfidence returns the confidence with the given name, ignoring case.
func ParseConfidence(name string) (Confidence, error) {
	for c := LowConfidence; c <= HighConfidence; c++ {
		if strings.EqualFold(confidenceNames[c], name) {
			return c, nil
		}
	}
	return 0, fmt.Errorf("parse confidence %q: want low, medium or high", name)
}

// MarshalText returns the lower-case name. It fails on a value that is none of
// the constants.
func (c Confidence) MarshalText() ([]byte, error) {
	if c < LowConfidence || c > HighConfidence {
		return nil, fmt.Errorf("marshal confidence %d: no such confidence", uint8(c))
	}
	return []byte(confidenceNames[c]), nil
}
