package report_test

import (
	"testing"

	"github.com/wswarden/wswarden/report"
)

func TestConfidence(t *testing.T) {
	for _, c := range report.Confidences() {
		got, err := report.ParseConfidence(c.String())
		if err != nil || got != c {
			t.Errorf("ParseConfidence(%q): got %v, %v", c, got, err)
		}
		if text, err := c.MarshalText(); err != nil || string(text) != c.String() {
			t.Errorf("MarshalText of %v: got %q, %v", c, text, err)
		}
	}
	if got, err := report.ParseConfidence("HIGH"); err != nil || got != report.HighConfidence {
		t.Errorf("ParseConfidence(HIGH): got %v, %v", got, err)
	}
	if got, err := report.ParseConfidence("sure"); err == nil {
		t.Errorf("ParseConfidence(sure): got %v, want an error", got)
	}
	if text, err := report.Confidence(0).MarshalText(); err == nil {
		t.Errorf("MarshalText of the zero value: got %q, want an error", text)
	}
	if got := report.Confidence(9).String(); got != "confidence(9)" {
		t.Errorf("got %q", got)
	}
}
