package catalogue_test

import (
	"bytes"
	"encoding/json"
	"go/format"
	"os/exec"
	"slices"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
)

// syntaxes are the fence languages that examples may use, by the language that
// their heading names.
var syntaxes = map[string][]string{
	"JavaScript": {"js"},
	"Python":     {"python"},
	"Go":         {"go", "gomod"},
	"Java":       {"java"},
	"JSON":       {"json"},
}

// snippet is one block of code of an example.
type snippet struct {
	Name string `json:"name"`
	Code string `json:"code"`
}

// snippets returns the blocks in one syntax.
func snippets(t *testing.T, syntax string) []snippet {
	t.Helper()
	var out []snippet
	for _, w := range catalogue.All {
		for _, e := range w.Text().Examples {
			if e.Syntax == syntax {
				name := w.ID + " " + e.Language + " " + e.Framework
				out = append(out, snippet{name + " vulnerable", e.Vulnerable}, snippet{name + " fixed", e.Fixed})
			}
		}
	}
	if len(out) == 0 {
		t.Fatalf("no example in %s", syntax)
	}
	return out
}

func TestExamples(t *testing.T) {
	for _, w := range catalogue.All {
		t.Run(w.ID, func(t *testing.T) {
			seen := map[string]bool{}
			for _, e := range w.Text().Examples {
				if !slices.Contains(syntaxes[e.Language], e.Syntax) {
					t.Errorf("%s has fences of %q, want one of %v", e.Language, e.Syntax, syntaxes[e.Language])
				}
				if e.Vulnerable == e.Fixed {
					t.Errorf("%s %s: vulnerable and fixed are the same", e.Language, e.Framework)
				}
				if key := e.Language + ": " + e.Framework; seen[key] {
					t.Errorf("two examples named %q", key)
				} else {
					seen[key] = true
				}
			}
		})
	}
}

func TestGoSnippets(t *testing.T) {
	for _, s := range snippets(t, "go") {
		t.Run(s.Name, func(t *testing.T) {
			src := []byte("package p\n\n" + s.Code + "\n")
			got, err := format.Source(src)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, src) {
				t.Errorf("not formatted by gofmt; want:\n%s", got)
			}
		})
	}
}

func TestJSONSnippets(t *testing.T) {
	for _, s := range snippets(t, "json") {
		if !json.Valid([]byte(s.Code)) {
			t.Errorf("%s: not JSON", s.Name)
		}
	}
}

// The other languages are checked by their own parsers, in one process each.
// The programs read a JSON array of snippets and print what does not parse.
const (
	// A snippet may use await and return at its top level, so it is compiled
	// as the body of an async function. Nothing is run.
	parseJavaScript = `
const vm = require('vm');
for (const { name, code } of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
  try { new vm.Script('(async () => {' + code + '\n})', { filename: name }); }
  catch (err) { console.log(name + ': ' + err.stack.split('\n').slice(0, 3).join(' ')); }
}`
	parsePython = `
import ast, json, sys
for s in json.load(sys.stdin):
    try:
        ast.parse(s["code"])
    except SyntaxError as err:
        print(s["name"] + ": " + str(err))`
)

func TestJavaScriptSnippets(t *testing.T) {
	parseWith(t, "js", "node", "-e", parseJavaScript)
}

func TestPythonSnippets(t *testing.T) {
	parseWith(t, "python", "python3", "-c", parsePython)
}

// parseWith fails for each snippet that the program complains about, and
// without the program.
func parseWith(t *testing.T, syntax, program string, args ...string) {
	if _, err := exec.LookPath(program); err != nil {
		t.Fatalf("%s is needed to check the examples: run make setup", program)
	}
	in, err := json.Marshal(snippets(t, syntax))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
	if len(out) > 0 {
		t.Errorf("examples that do not parse:\n%s", out)
	}
}
