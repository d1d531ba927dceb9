package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/wswarden/wswarden/internal/cli"
)

// action is what the tests read of action.yml.
type action struct {
	Inputs map[string]struct{ Description string }
	Runs   struct {
		Using string
		Steps []struct {
			ID, Name, Uses, Run, Shell string
			Env                        map[string]string
		}
	}
}

func readYAML(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// wantFlags checks that review has the flags that text names.
func wantFlags(t *testing.T, text string) {
	t.Helper()
	flags := cli.Review(&cli.Env{}).Flags()
	named := regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(text, -1)
	if len(named) == 0 {
		t.Errorf("no flag in %q", text)
	}
	for _, m := range named {
		if flags.Lookup(m[1]) == nil {
			t.Errorf("review has no flag --%s", m[1])
		}
	}
}

// The script of the action runs here as on a runner, with a program that prints
// its arguments in the place of ours.
func TestAction(t *testing.T) {
	var a action
	readYAML(t, "action.yml", &a)
	if a.Runs.Using != "composite" {
		t.Errorf("the action is %q, want composite", a.Runs.Using)
	}
	script, env := "", map[string]string{}
	for _, s := range a.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %q: an expression in a script is code injection", s.Name)
		}
		if s.Run != "" && s.Shell != "bash" {
			t.Errorf("step %q: shell %q, want bash", s.Name, s.Shell)
		}
		if s.ID == "review" {
			script, env = s.Run, s.Env
		}
	}
	for name, value := range env {
		input := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "INPUT_"), "_", "-"))
		if _, ok := a.Inputs[input]; !ok || value != "${{ inputs."+input+" }}" {
			t.Errorf("variable %s has %q, which is no input", name, value)
		}
	}
	wantFlags(t, strings.ReplaceAll(script, "wswarden\" review", ""))

	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "wswarden"), []byte("#!/bin/sh\nprintf '[%s]' \"$@\"; echo\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	// As a runner calls it, which ends at the first failure: the first run of
	// the program must not find anything that counts.
	run := func(program string, vars ...string) (string, error) {
		cmd := exec.Command("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", program)
		cmd.Dir = dir
		cmd.Env = append(append(os.Environ(), "RUNNER_TEMP="+dir, "GITHUB_OUTPUT="+filepath.Join(dir, "out")), vars...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	vars := []string{
		"INPUT_PATH=a b\n\n$(touch injected)\n", "INPUT_FAIL_ON=high", "INPUT_MIN_CONFIDENCE=low", "INPUT_ONLY=WS1..", "INPUT_SKIP=",
		"INPUT_BASELINE=base.json", "INPUT_SINCE=", "INPUT_SARIF=out.sarif",
	}
	if out, err := run(script, vars...); err == nil {
		t.Errorf("a run that fails is passed over: %s", out)
	}
	out, err := run(strings.Replace(script, `"$RUNNER_TEMP/wswarden" review`, `printf '[%s]' review`, 1), vars...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	want := "[review][--min-confidence][low][--only][WS1..][--baseline][base.json][--format][sarif][--output][out.sarif][--fail-on][never][--][a b][$(touch injected)]" +
		"[review][--min-confidence][low][--only][WS1..][--baseline][base.json][--fail-on][high][--][a b][$(touch injected)]\n"
	if out != want {
		t.Errorf("got  %s\nwant %s", out, want)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "out")); err != nil || string(got) != "code=1\n" {
		t.Errorf("output of the step: %q, %v, want code=1", got, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "injected")); err == nil {
		t.Error("an input was run as code")
	}
}

func TestPreCommitHook(t *testing.T) {
	var hooks []struct {
		ID, Name, Entry, Language string
		Args                      []string
		PassFilenames             bool `yaml:"pass_filenames"`
	}
	readYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 1 {
		t.Fatalf("%d hooks, want 1", len(hooks))
	}
	h := hooks[0]
	if h.ID == "" || h.Name == "" || h.Entry != "wswarden review" || h.Language != "golang" || h.PassFilenames {
		t.Errorf("got %+v", h)
	}
	wantFlags(t, strings.Join(h.Args, " "))
}

// What the documentation of review says of flags must be so, and complete.
func TestReviewDocs(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "review.md"))
	if err != nil {
		t.Fatal(err)
	}
	docs := string(data)
	wantFlags(t, docs)
	for _, m := range regexp.MustCompile(`(?m)^ +(--[a-z-]+) `).FindAllStringSubmatch(cli.Review(&cli.Env{}).Flags().FlagUsages(), -1) {
		if !strings.Contains(docs, m[1]+" ") && !strings.Contains(docs, m[1]+"`") {
			t.Errorf("docs/review.md does not mention %s", m[1])
		}
	}
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(docs, -1) {
		var v map[string]any
		if err := yaml.Unmarshal([]byte(m[1]), &v); err != nil {
			t.Errorf("docs/review.md: %v in %s", err, m[1])
		}
	}
	var a action
	readYAML(t, "action.yml", &a)
	for _, input := range []string{"path", "baseline", "fail-on"} {
		if _, ok := a.Inputs[input]; !ok || !strings.Contains(docs, "          "+input+": ") {
			t.Errorf("docs/review.md or action.yml has no input %q", input)
		}
	}
}
