package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFiles reads every configuration under testdata and compares what comes
// of it with the text beside it: the settings and warnings of the good, the
// errors of the bad. go test -update writes the texts.
func TestFiles(t *testing.T) {
	for _, kind := range []string{"good", "bad"} {
		files, err := filepath.Glob(filepath.Join("testdata", kind, "*.yaml"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files under testdata/%s: %v", kind, err)
		}
		for _, name := range files {
			t.Run(kind+"/"+filepath.Base(name), func(t *testing.T) {
				text, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				got, good := outcome(string(text))
				if good != (kind == "good") {
					t.Errorf("got %s", got)
				}
				golden(t, strings.TrimSuffix(name, ".yaml")+".txt", got)
			})
		}
	}
}

func outcome(text string) (string, bool) {
	cfg, err := parse(text)
	if err != nil {
		return relative(err.Error()) + "\n", false
	}
	var b strings.Builder
	for _, s := range cfg.Settings() {
		fmt.Fprintf(&b, "%-38s %-40s %s\n", s.Path, relative(s.Value), s.Source)
	}
	for _, warning := range cfg.Warnings() {
		fmt.Fprintf(&b, "warning: line %s\n", warning)
	}
	return b.String(), true
}

func relative(s string) string {
	return strings.ReplaceAll(s, folder+string(filepath.Separator), "")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant the content of %s\n%s", got, name, want)
	}
}
