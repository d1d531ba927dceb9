package syntax_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// withoutToolchain is what somebody sets who can't have the tool chain; a
// continuous integration, which sets CI, can.
const withoutToolchain = "WSWARDEN_NO_TOOLCHAIN"

// missingTools is the exit status of build/build if there is something to install.
const missingTools = 3

// TestModuleIsBuiltFromItsSources shows that nobody has to trust the binary that
// is embedded: it is, byte for byte, what the script makes of published sources.
func TestModuleIsBuiltFromItsSources(t *testing.T) {
	readBuildFolder(t)
	committed, err := os.ReadFile("grammars.wasm")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "grammars.wasm")
	output, err := exec.Command("build/build", file).CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == missingTools {
		if os.Getenv(withoutToolchain) == "1" && os.Getenv("CI") != "true" {
			t.Logf("NOT CHECKED that grammars.wasm is built from its sources:\n%s", output)
			return
		}
		t.Fatalf("can't check that grammars.wasm is built from its sources; install the tool chain, or set %s=1 where that isn't CI:\n%s", withoutToolchain, output)
	}
	if err != nil {
		t.Fatalf("build: %v\n%s", err, output)
	}
	built, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, built) {
		t.Errorf("grammars.wasm (%d bytes) isn't what build/build gives (%d bytes): run review/syntax/build/build review/syntax/grammars.wasm", len(committed), len(built))
	}
}

// readBuildFolder reads what the script reads, so that a change there makes go
// test forget the result that it remembers.
func readBuildFolder(t *testing.T) {
	t.Helper()
	files, err := os.ReadDir("build")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if _, err := os.ReadFile(filepath.Join("build", file.Name())); err != nil {
			t.Fatal(err)
		}
	}
}
