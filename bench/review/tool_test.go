//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseStats(t *testing.T) {
	for _, tt := range []struct {
		name, report string
		want         reviewStats
		ok           bool
	}{
		{"alone", `{"stats":{"files_walked":3,"bytes_walked":1200,"bytes_parsed":400,"lines":50,"seconds":0.2}}`, reviewStats{3, 1200, 400, 50}, true},
		{"among others", `{"version":"1","findings":[{"stats":{"bytes_walked":9}},"stats",{"a":[1,{"b":null}]}],"x":"stats","y":{},"stats":{"bytes_walked":7},"z":1}`, reviewStats{Bytes: 7}, true},
		{"none", `{"findings":[]}`, reviewStats{}, false},
		{"empty", ``, reviewStats{}, false},
		{"cut off", `{"stats":{"files_`, reviewStats{}, false},
		{"of another type", `{"stats":[1]}`, reviewStats{}, false},
		{"a list", `["stats",{"bytes_walked":1}]`, reviewStats{}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseStats(strings.NewReader(tt.report))
			if (err == nil) != tt.ok || got != tt.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestCheckMissesTools(t *testing.T) {
	dir := t.TempDir()
	for _, name := range toolNames {
		err := newTool(name, filepath.Join(dir, "wswarden"), dir, dir, dir).check()
		if want := name != "eslint"; (err != nil) != want { // node is looked up
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// Four patterns for each language: what the figures of ast-grep stand for.
func TestPatternsOfASTGrep(t *testing.T) {
	files, err := filepath.Glob("astgrep/rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %q, %v, want the rules", files, err)
	}
	patterns := map[string]int{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if language, ok := strings.CutPrefix(strings.TrimSpace(line), "language: "); ok {
				patterns[language]++
			}
		}
	}
	for _, language := range []string{"JavaScript", "TypeScript", "Tsx", "Python", "Go"} {
		if patterns[language] != 4 {
			t.Errorf("%s: got %d patterns, want 4", language, patterns[language])
		}
	}
}
