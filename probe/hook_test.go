package probe_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
	"github.com/wswarden/wswarden/report"
)

// A hook may be a command: it learns whose sign-in is meant, and one that fails
// leaves the check without a verdict.
func TestHookCommand(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "who")
	for command, want := range map[string]report.Verdict{
		"printf %s \"$WSWARDEN_IDENTITY\" > '" + file + "'": report.Weak, // which ends nothing
		"exit 3": report.NotJudged,
	} {
		s := probetest.Hardened(t)
		aimed := full(t, s)
		aimed.Revoke = probe.Hook(command)
		r := optInRun(t, "revocation", aimed, 11*time.Second)
		for _, j := range r.Judgements {
			if j.Weakness.ID == "WS206" && j.Verdict != want {
				t.Errorf("%s: got %q (%s), want %q", command, j.Verdict, j.Message, want)
			}
		}
	}
	if who, err := os.ReadFile(file); err != nil || strings.TrimSpace(string(who)) != "alice" {
		t.Errorf("the command saw %q, %v, want alice", who, err)
	}
}
