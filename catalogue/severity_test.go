package catalogue_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
)

func TestSeverityOrder(t *testing.T) {
	got := catalogue.Severities()
	want := []catalogue.Severity{catalogue.Critical, catalogue.High, catalogue.Medium, catalogue.Low}
	if !slices.Equal(got, want) {
		t.Fatalf("Severities: got %v, want %v", got, want)
	}
	for i := 1; i < len(got); i++ {
		if got[i-1] <= got[i] {
			t.Errorf("%v does not compare as worse than %v", got[i-1], got[i])
		}
	}
}

func TestSeverityText(t *testing.T) {
	for _, s := range catalogue.Severities() {
		t.Run(s.String(), func(t *testing.T) {
			b, err := json.Marshal(s)
			if err != nil || string(b) != `"`+s.String()+`"` {
				t.Fatalf("marshal: got %s, %v, want %q", b, err, s.String())
			}
			var back catalogue.Severity
			if err := json.Unmarshal(b, &back); err != nil || back != s {
				t.Errorf("unmarshal %s: got %v, %v, want %v", b, back, err, s)
			}
		})
	}
	if got, err := catalogue.ParseSeverity("HIGH"); err != nil || got != catalogue.High {
		t.Errorf("ParseSeverity(HIGH): got %v, %v, want high", got, err)
	}
}

func TestSeverityRefusesWhatItIsNot(t *testing.T) {
	for _, s := range []catalogue.Severity{0, 5, 255} {
		if b, err := json.Marshal(s); err == nil {
			t.Errorf("marshal severity %d: got %s, want an error", uint8(s), b)
		}
		if got := s.String(); slices.ContainsFunc(catalogue.Severities(), func(o catalogue.Severity) bool { return o.String() == got }) {
			t.Errorf("severity %d: got the name of another, %q", uint8(s), got)
		}
	}
	for _, name := range []string{"", "info", "severe", "high "} {
		s := catalogue.Medium
		if err := s.UnmarshalText([]byte(name)); err == nil || s != catalogue.Medium {
			t.Errorf("unmarshal %q: got %v, %v, want an error and the value unchanged", name, s, err)
		}
	}
}
