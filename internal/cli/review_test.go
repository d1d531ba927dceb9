package cli_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/cli"
	"github.com/wswarden/wswarden/report"
)

// found is an engine that finds what it is told to.
func found(findings ...report.Finding) cli.Reviewer {
	return func(context.Context, []string, func(string, int, int), func([]byte)) (*report.Report, error) {
		return &report.Report{Findings: findings}, nil
	}
}

func seen(w *catalogue.Weakness, s catalogue.Severity, c report.Confidence) report.Finding {
	return report.Finding{Weakness: w, Severity: s, Confidence: c, Message: "m", Span: report.Span{Path: "a.js", Line: 1, Column: 1, EndLine: 1, EndColumn: 2}}
}

// review runs the review command with an engine in an empty folder.
func review(t *testing.T, r cli.Reviewer, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(&cli.Env{Stdout: &out, Stderr: &errs}, append([]string{"review"}, args...), cli.ReviewWith(r))
	return code, out.String(), errs.String()
}

func TestReviewExitCodes(t *testing.T) {
	t.Chdir(t.TempDir())
	severities := []string{"low", "medium", "high", "critical", "never"}
	for i, name := range severities[:4] {
		s, err := catalogue.ParseSeverity(name)
		if err != nil {
			t.Fatal(err)
		}
		r := found(seen(catalogue.IDOR, s, report.HighConfidence))
		for j, least := range severities {
			want := cli.ExitClean
			if i >= j {
				want = cli.ExitFindings
			}
			if code, _, stderr := review(t, r, "--fail-on", least); code != want || stderr != "" {
				t.Errorf("a %s finding with --fail-on %s: exit code %d, %q; want %d", name, least, code, stderr, want)
			}
		}
	}
	// What is not shown does not count.
	hidden := found(seen(catalogue.IDOR, catalogue.Critical, report.LowConfidence), seen(catalogue.SSRF, catalogue.Critical, report.HighConfidence))
	if code, out, _ := review(t, hidden, "--skip", "ssrf"); code != cli.ExitClean || !strings.Contains(out, "Not shown: 1 of lower confidence") {
		t.Errorf("hidden findings: exit code %d, output %s", code, out)
	}
}

// The engine gets clean paths, and its words reach the reader.
func TestReviewPaths(t *testing.T) {
	outside := t.TempDir()
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll(filepath.Join(dir, "a", "b"), 0o755); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ args, want []string }{
		{nil, []string{"."}},
		{[]string{"./a/"}, []string{"a"}},
		{[]string{"a", "a/../a", filepath.Join(dir, "a")}, []string{"a"}},
		{[]string{dir}, []string{"."}},
		{[]string{"a/b", outside}, []string{filepath.Join("a", "b"), outside}},
	}
	for _, tt := range tests {
		var got []string
		code, _, stderr := review(t, func(_ context.Context, paths []string, _ func(string, int, int), _ func([]byte)) (*report.Report, error) {
			got = paths
			return &report.Report{}, nil
		}, tt.args...)
		if code != cli.ExitClean || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%q: got %q, %d, %s; want %q", tt.args, got, code, stderr, tt.want)
		}
	}
}

func TestReviewFails(t *testing.T) {
	t.Chdir(t.TempDir())
	broken := func(context.Context, []string, func(string, int, int), func([]byte)) (*report.Report, error) {
		return nil, errors.New("load grammars: no memory")
	}
	code, stdout, stderr := review(t, broken)
	if code != cli.ExitFailure || stdout != "" || stderr != "wswarden: review: load grammars: no memory\n" {
		t.Errorf("exit code %d, output %q, %q", code, stdout, stderr)
	}
	t.Setenv("PATH", t.TempDir())
	code, _, stderr = review(t, found(), "--since", "HEAD")
	if want := "wswarden: --since: git is not installed\nwswarden: hint: install git, or leave out --since\n"; code != cli.ExitFailure || stderr != want {
		t.Errorf("without git: exit code %d, %q, want %q", code, stderr, want)
	}
}

func TestReviewIsInterrupted(t *testing.T) {
	t.Chdir(t.TempDir())
	code, stdout, stderr := review(t, func(ctx context.Context, _ []string, _ func(string, int, int), _ func([]byte)) (*report.Report, error) {
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Signal(os.Interrupt)
		}
		if err != nil {
			return nil, err
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}, "--output", "out.txt")
	if code != cli.ExitFailure || stdout != "" || stderr != "wswarden: interrupted\n" {
		t.Errorf("exit code %d, output %q, %q", code, stdout, stderr)
	}
	if _, err := os.Stat("out.txt"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an interrupted review has written its output: %v", err)
	}
}

// A file that others read must never be half written, nor get other rights.
func TestReviewReplacesItsOutput(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("out.json", []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := review(t, found(), "--format", "json", "--output", "out.json"); code != cli.ExitClean || stderr != "wswarden: wrote out.json: no findings\n" {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	data, err := os.ReadFile("out.json")
	if err != nil || !json.Valid(data) {
		t.Errorf("got %q, %v", data, err)
	}
	info, err := os.Stat("out.json")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v, want 0600", info.Mode(), err)
	}
	// A finding whose confidence is none can't be written as JSON.
	bad := found(report.Finding{Weakness: catalogue.IDOR, Severity: catalogue.Severity(9), Confidence: report.HighConfidence})
	if code, _, _ := review(t, bad, "--format", "json", "--output", "out.json"); code != cli.ExitFailure {
		t.Errorf("exit code %d, want %d", code, cli.ExitFailure)
	}
	if after, err := os.ReadFile("out.json"); err != nil || !bytes.Equal(after, data) {
		t.Errorf("a failure has changed the file: %q, %v", after, err)
	}
	names, err := os.ReadDir(dir)
	if err != nil || len(names) != 1 {
		t.Errorf("files %v, %v, want one", names, err)
	}
}

func TestReviewFormats(t *testing.T) {
	t.Chdir(t.TempDir())
	r := found(seen(catalogue.IDOR, catalogue.High, report.HighConfidence))
	for format, want := range map[string]string{"text": "a.js:1:1: high WS402 idor: m", "json": `"id": "WS402"`, "sarif": `"ruleId": "WS402"`, "html": "<!DOCTYPE html>"} {
		if code, out, _ := review(t, r, "--format", format); code != cli.ExitFindings || !strings.Contains(out, want) {
			t.Errorf("%s: exit code %d, no %q in %.300s", format, code, want, out)
		}
	}
}
