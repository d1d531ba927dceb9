package vcs

import (
	"strings"
	"testing"
)

func TestReadDiffRefuses(t *testing.T) {
	tests := []struct{ name, diff, want string }{
		{"a hunk without ranges", "+++ b/a\n@@ x @@\n", "hunk header"},
		{"a count that is none", "+++ b/a\n@@ -1 +1,x @@\n", "hunk header"},
		{"a huge count", "+++ b/a\n@@ -1 +1,99999999999 @@\n", "hunk header"},
		{"a hunk cut short", "+++ b/a\n@@ -1 +1,2 @@\n-a\n+a\n", "unexpected EOF"},
		{"a hunk with other lines", "+++ b/a\n@@ -1 +1 @@\n-a\ndiff --git\n", "starts with"},
		{"a name without prefix", "+++ a\n", "no prefix"},
		{"a name not closed", "+++ \"b/a\n", "not closed"},
		{"an unknown escape", "+++ \"b/\\9\"\n", "cut short"},
		{"a long header", "+++ b/" + strings.Repeat("a", maxHeader) + "\n", "a header of more than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := &Changes{files: map[string][]lineRange{}}
			if err := c.readDiff("/", strings.NewReader(tt.diff)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestUnquote(t *testing.T) {
	for quoted, want := range map[string]string{
		`"a"`: "a", `"\303\274"`: "ü", `"\""`: `"`, `"\\"`: `\`, `"a\tb\nc\rd\ve\ff\ag\b"`: "a\tb\nc\rd\ve\ff\ag\b",
	} {
		if got, err := unquote(quoted); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", quoted, got, err, want)
		}
	}
	for _, bad := range []string{`"`, `"a`, `"\"`, `"a"b"`, `"\400"`, `"\08"`, `"\x41"`} {
		if got, err := unquote(bad); err == nil {
			t.Errorf("%s: got %q, want an error", bad, got)
		}
	}
}

// FuzzReadDiff checks that nothing panics and that ranges are ranges.
func FuzzReadDiff(f *testing.F) {
	f.Add("diff --git a/a b/a\n--- a/a\n+++ b/a\n@@ -1,2 +1 @@ f\n-a\n-b\n\\ No newline at end of file\n+c\n")
	f.Add("diff --git a/a b/a\n--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n")
	f.Add("+++ \"b/\\303\\274\"\n@@ -0,0 +1,2 @@\n+a\n+b\n")
	f.Fuzz(func(t *testing.T, diff string) {
		c := &Changes{files: map[string][]lineRange{}}
		if err := c.readDiff("/root", strings.NewReader(diff)); err != nil {
			return
		}
		for name, ranges := range c.files {
			for _, r := range ranges {
				if r.first < 0 || r.last < r.first {
					t.Errorf("%q: range %+v", name, r)
				}
			}
		}
	})
}
