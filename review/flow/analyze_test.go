package flow_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/flow"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/source"
)

// analyze is the model of a program of the files, by path.
func analyze(t *testing.T, files map[string]string) *model.Program {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	set := frameworks.Builtin()
	src, err := source.Read(t.Context(), []string{dir}, source.Options{Jobs: 1, Frameworks: set})
	if err != nil {
		t.Fatal(err)
	}
	res, err := flow.Analyze(t.Context(), src.Files, set)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range res.Defects {
		t.Errorf("%s: %s", d.Path, d.Text)
	}
	return res.Program
}

// server is the one endpoint that serves.
func server(t *testing.T, files map[string]string) *model.Endpoint {
	t.Helper()
	var out []*model.Endpoint
	for _, e := range analyze(t, files).Endpoints {
		if e.Role != report.Client {
			out = append(out, e)
		}
	}
	if len(out) != 1 {
		t.Fatalf("got %d endpoints, want 1", len(out))
	}
	return out[0]
}

// types are the types of messages of an endpoint, in order.
func types(e *model.Endpoint) []string {
	var out []string
	for _, m := range e.Messages {
		out = append(out, m.Name)
	}
	slices.Sort(out)
	return out
}

// fields are the fields that are read of messages of a type, in order; of an empty
// type those that are read of any.
func fields(e *model.Endpoint, typ string) string {
	var out []string
	for _, r := range e.Reads {
		if (typ == "" && len(r.Messages) == 0 || slices.Contains(r.Messages, typ)) && !slices.Contains(out, r.Field) {
			out = append(out, r.Field)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}
