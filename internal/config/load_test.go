package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
)

func write(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "wswarden.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestLoadNamesTheFile(t *testing.T) {
	name := write(t, "routes: []\nlisten: 8080\n")
	_, err := config.Load(name, getenv)
	want := name + ":1:1: routes: there is no route"
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Fatalf("got %v, want it to begin with %q", err, want)
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[1], name+":2:9: listen: must be text") {
		t.Errorf("got %q, want one line for each problem, by line", lines)
	}
	var e *config.Error
	if !errors.As(err, &e) || e.File != name {
		t.Errorf("got file %v, want %q", e, name)
	}
}

func TestLoadOfNoFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), getenv)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
	if _, err := config.Load(t.TempDir(), getenv); err == nil {
		t.Error("got no error for a folder")
	}
}

func TestLoadOfALargeFile(t *testing.T) {
	_, err := config.Load(write(t, strings.Repeat("# a\n", 1<<18+1)), getenv)
	if err == nil || !strings.Contains(err.Error(), "the file is larger than 1MiB") {
		t.Errorf("got %v, want that the file is too large", err)
	}
}

// Relative names start at the folder of the file, not where the program runs.
func TestLoadResolvesNames(t *testing.T) {
	name := filepath.Join(folder, "wswarden.yaml")
	if err := os.WriteFile(name, []byte(base), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(name, getenv)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cfg.SignIn.JWT.JWKSFile, filepath.Join(folder, "jwks.json"); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestEnvironmentIsTheDefault(t *testing.T) {
	t.Setenv("WSWARDEN_TEST_TOKEN", secret)
	cfg, err := config.Parse(filepath.Join(folder, "a.yaml"), []byte(with(t, "sign_in:", "admin: 127.0.0.1:9090\nadmin_token_env: WSWARDEN_TEST_TOKEN\nsign_in:")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.AdminToken.Reveal() != secret {
		t.Error("the variable was not read")
	}
}
