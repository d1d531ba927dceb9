package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/rules"
)

// TestGenerated holds every folder of a rule to the list and to its test, so
// that a forgotten "go generate" fails here rather than in the field.
func TestGenerated(t *testing.T) {
	dirs, err := filepath.Glob("ws[0-9][0-9][0-9]")
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, r := range rules.All {
		listed[strings.ToLower(r.Weakness.ID)] = true
	}
	for _, d := range dirs {
		if !listed[d] {
			t.Errorf("%s is not in All; run go generate ./review/rules", d)
		}
		if _, err := os.Stat(filepath.Join(d, d+"_test.go")); err != nil {
			t.Errorf("%s is not tested; run go generate ./review/rules", d)
		}
		delete(listed, d)
	}
	for id := range listed {
		t.Errorf("All lists %s, which has no folder of that name", id)
	}
}

// TestComplete holds the list to the catalogue: what it says review can find
// has a rule.
func TestComplete(t *testing.T) {
	has := map[string]bool{}
	for _, r := range rules.All {
		has[r.Weakness.ID] = true
	}
	for _, w := range catalogue.All {
		if w.Review != has[w.ID] {
			t.Errorf("%s: the catalogue says that review finds it: %v; there is a rule: %v", w.ID, w.Review, has[w.ID])
		}
	}
}
