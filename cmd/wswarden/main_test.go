package main

import (
	"bufio"
	"errors"
	"flag"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wswarden/wswarden/probe/probetest"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wswarden": main})
}

// TestScript runs the scripts of testdata/script: the command line is a
// contract, and they are its text.
func TestScript(t *testing.T) {
	cache := t.TempDir() // of compiled grammars, for all scripts
	hardened, vulnerable := probetest.Hardened(t), probetest.Vulnerable(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("GORACE", "atexit_sleep_ms=0") // the race detector would hold up every process for a second
			env.Setenv("XDG_CACHE_HOME", cache)
			env.Setenv("HARDENED", hardened.URL)
			env.Setenv("VULNERABLE", vulnerable.URL)
			env.Setenv("ALICE", "alice=Cookie: "+hardened.SignIn("alice"))
			env.Setenv("TICKETS", hardened.TicketURL())
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":      exits,
			"json":       jsonValue,
			"terminates": terminates,
		},
	})
}

// exits runs a command and checks its exit status: "exits 2 wswarden guard".
// Plain "! exec" accepts any failure, a crash included.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG ...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("run %q: %v", args[1], err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// terminates runs a server until its standard error matches a pattern, ends it
// with SIGTERM, and checks that it exits with 0: "terminates serving wswarden
// guard --config x.yaml". What it wrote goes to the file "output".
func terminates(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: terminates PATTERN COMMAND [ARG ...]")
	}
	ready := regexp.MustCompile(args[0])
	cmd := exec.Command(args[1], args[2:]...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "GORACE="+ts.Getenv("GORACE"))
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { cmd.Process.Kill() })
	var output strings.Builder
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		output.WriteString(lines.Text() + "\n")
		if ready.MatchString(lines.Text()) {
			ts.Check(cmd.Process.Signal(syscall.SIGTERM))
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs("output"), []byte(output.String()), 0o600))
	if err := cmd.Wait(); err != nil {
		ts.Fatalf("%v\n%s", err, output.String())
	}
}
