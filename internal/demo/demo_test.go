package demo_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
	"github.com/wswarden/wswarden/internal/demo"
)

// TestRun is the claim of the README: every attack is stopped, every client is
// served, and the platform alone would fall.
func TestRun(t *testing.T) {
	s, err := demo.NewStage()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	rows, err := demo.Run(t.Context(), s, func(r demo.Row) {
		if !r.Holds() {
			t.Errorf("%s: %+v, %v", r.Name, r.Guarded, r.Err)
		}
		if r.Weakness != nil && r.Rule == "" {
			t.Errorf("%s: the refusal %q is not in the audit log", r.Name, r.Guarded.Seen)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	bare := 0
	for _, r := range rows {
		if r.Weakness != nil && r.Unguarded.Worked {
			bare++
		}
	}
	if bare < 25 {
		t.Errorf("only %d attacks work against the bare platform: do they attack at all?", bare)
	}
	var out bytes.Buffer
	p := demo.Printer{W: &out}
	p.Head()
	for _, r := range rows {
		p.Row(r)
	}
	p.Sum(rows)
	if got, want := out.String(), readmeBlock(t, "<!-- demo -->"); got != want {
		t.Errorf("README.md shows another output; it is now\n%s", got)
	}
	if !demo.Hold(rows) {
		t.Error("the guard does not hold")
	}
}

// readmeBlock returns the fenced block of README.md behind a mark.
func readmeBlock(t *testing.T, mark string) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(readme), mark+"\n```")
	_, rest, _ = strings.Cut(rest, "\n") // the language
	block, _, closed := strings.Cut(rest, "```\n")
	if !found || !closed {
		t.Fatalf("README.md has no block behind %s", mark)
	}
	return block
}

// TestReadmeConfig holds the configuration that README.md shows to what the
// gateway takes.
func TestReadmeConfig(t *testing.T) {
	if _, err := config.Parse("README.md", []byte(readmeBlock(t, "<!-- config -->")), nil); err != nil {
		t.Error(err)
	}
}

// TestHoldFails lets an attack pass, which must not look like success.
func TestHoldFails(t *testing.T) {
	attack := demo.Attacks[0]
	tests := []struct {
		name string
		row  demo.Row
	}{
		{"attack passes", demo.Row{Name: attack.Name, Weakness: attack.Weakness, Guarded: demo.Result{Worked: true}}},
		{"attack can't run", demo.Row{Name: attack.Name, Weakness: attack.Weakness, Err: bytes.ErrTooLarge}},
		{"client refused", demo.Row{Name: "client"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if demo.Hold([]demo.Row{tt.row}) {
				t.Error("got success")
			}
		})
	}
}
