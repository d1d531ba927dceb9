package cli_test

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/cli"
)

// run runs a command line and returns its exit code and output.
func run(t *testing.T, env cli.Env, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	env.Stdout, env.Stderr = &out, &errs
	code = cli.Run(&env, args, cli.Guard, cli.Explain, cli.Version)
	return code, out.String(), errs.String()
}

// A start that fails must say what to do, whatever it was that failed.
func TestPortInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()
	const routes = "routes:\n  - {path: /ws, backend: \"ws://127.0.0.1:3000/ws\", origins: [\"https://app.example.com\"], auth: {anonymous: true}}\n"
	tests := []struct{ name, config, setting, cause, hint string }{
		{"listen", "listen: " + address + "\n", "listen", "address already in use", "another program listens there: stop it, or set listen to another port"},
		{"admin", "listen: 127.0.0.1:0\nadmin: " + address + "\n", "admin", "address already in use", "another program listens there: stop it, or set admin to another port"},
		{"an address of another machine", "insecure_plaintext: true\nlisten: 192.0.2.1:8080\n", "listen", "cannot assign requested address", "the address is none of this machine: set listen to one that is"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "wswarden.yaml")
			if err := os.WriteFile(file, []byte(tt.config+routes), 0o600); err != nil {
				t.Fatal(err)
			}
			code, _, stderr := run(t, cli.Env{}, "guard", "--config", file, "--log-level", "error")
			if code != cli.ExitFailure {
				t.Errorf("exit code %d, want %d", code, cli.ExitFailure)
			}
			first, rest, _ := strings.Cut(stderr, "\n")
			if !strings.HasPrefix(first, "wswarden: guard: "+tt.setting+" ") || !strings.HasSuffix(first, tt.cause) {
				t.Errorf("got %q, want the setting and %q", first, tt.cause)
			}
			if want := "wswarden: hint: " + tt.hint + "\n"; rest != want {
				t.Errorf("got  %q\nwant %q", rest, want)
			}
		})
	}
}

func TestExplainFitsTheTerminal(t *testing.T) {
	_, plain, _ := run(t, cli.Env{}, "explain", "WS101")
	if strings.Contains(plain, "\x1b[") {
		t.Error("output that is no terminal has colours")
	}
	_, coloured, _ := run(t, cli.Env{Color: true, Width: 120}, "explain", "WS101")
	if !strings.Contains(coloured, "\x1b[") {
		t.Error("a terminal that wants colours gets none")
	}
	_, wide, _ := run(t, cli.Env{Width: 300}, "explain", "WS101")
	_, most, _ := run(t, cli.Env{Width: 100}, "explain", "WS101")
	if wide != most || wide == plain {
		t.Error("prose on a wide terminal is not set to 100 columns")
	}
}

// An environment variable named in a configuration is never printed.
func TestCheckPrintsNoSecret(t *testing.T) {
	const secret = "an admin token of enough length"
	t.Setenv("ADMIN_TOKEN", secret)
	file := filepath.Join(t.TempDir(), "wswarden.yaml")
	text := "admin: 127.0.0.1:9090\nadmin_token_env: ADMIN_TOKEN\nroutes:\n  - {path: /ws, backend: \"ws://127.0.0.1:3000/ws\", origins: [\"https://app.example.com\"], auth: {anonymous: true}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"text", "json"} {
		code, stdout, stderr := run(t, cli.Env{}, "guard", "--config", file, "--check", "--format", format)
		if code != cli.ExitClean || !strings.Contains(stdout, "set from $ADMIN_TOKEN") {
			t.Errorf("%s: exit code %d, output %s%s", format, code, stdout, stderr)
		}
		if strings.Contains(stdout+stderr, secret) {
			t.Errorf("%s: the output holds the secret", format)
		}
	}
}
