package cli_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/cli"
	"github.com/wswarden/wswarden/probe"
)

// shellWords splits a command of the catalogue as a shell does: at blanks, with
// single quotes.
func shellWords(line string) []string {
	var out []string
	quoted, word := false, ""
	for _, r := range line + " " {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == ' ' && !quoted:
			if word != "" {
				out = append(out, word)
			}
			word = ""
		default:
			word += string(r)
		}
	}
	return out
}

// TestCommandsOfTheCatalogueAreAccepted runs every command of the catalogue: the
// command line must take each of them, up to the consent of the target's owner.
func TestCommandsOfTheCatalogueAreAccepted(t *testing.T) {
	t.Chdir(t.TempDir())
	const config = "listen: 127.0.0.1:8080\nroutes:\n  - {path: /ws, backend: \"ws://127.0.0.1:3000/ws\", origins: [\"https://app.example.com\"], auth: {anonymous: true}}\n"
	if err := os.WriteFile("wswarden.yaml", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, w := range catalogue.All {
		for line := range strings.SplitSeq(w.Text().Probe, "\n") {
			if !strings.HasPrefix(line, "wswarden probe ") {
				continue
			}
			commands++
			var out, errs bytes.Buffer
			args := shellWords(strings.ReplaceAll(line, "127.0.0.1:8080", "127.0.0.1:1"))[1:]
			code := cli.Run(&cli.Env{Stdout: &out, Stderr: &errs}, args, cli.Probe)
			away := strings.Contains(errs.String(), "is not this machine")
			here := strings.Contains(line, " ws://127.0.0.1:") && strings.Contains(errs.String(), "connection refused")
			if code != cli.ExitFailure || !away && !here {
				t.Errorf("%s: %s: exit %d, %s", w.ID, line, code, errs.String())
			}
		}
		// What needs a configuration is shown by the promises that it makes.
		if w.Probe && !checked(w) && !strings.Contains(w.Text().Probe, "--config") {
			t.Errorf("%s says that probe shows it, and no check does", w.ID)
		}
	}
	if commands < 20 {
		t.Errorf("only %d commands found in the catalogue", commands)
	}
}

// checked reports whether a check can show the weakness.
func checked(w *catalogue.Weakness) bool {
	for _, c := range probe.Checks() {
		for _, x := range c.Weaknesses {
			if x == w {
				return true
			}
		}
	}
	return false
}
