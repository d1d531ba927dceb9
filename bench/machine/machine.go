// Package machine tells where and from what a benchmark is made: processor,
// kernel, tool chain and revision. Nothing in it names the machine.
package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// Environment is what figures depend on besides the code.
type Environment struct {
	// Revision of the source; "+changes" is added where files were changed.
	Revision string `json:"revision"`
	// Go is the version of the tool chain, Kernel of the operating system.
	Go     string `json:"go"`
	Kernel string `json:"kernel"`
	// CPU is the model of the processor; Processors is how many there are.
	CPU        string `json:"cpu"`
	Processors int    `json:"processors"`
}

// Describe is the environment of a run from the source in root.
func Describe(ctx context.Context, root string) Environment {
	return Environment{
		Revision:   revision(ctx, root),
		Go:         runtime.Version(),
		Kernel:     firstLine("/proc/sys/kernel/osrelease"),
		CPU:        cpuModel(),
		Processors: runtime.NumCPU(),
	}
}

// ModuleRoot is the folder with go.mod.
func ModuleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the repository: go env: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if filepath.Base(mod) != "go.mod" {
		return "", errors.New("find the repository: run the benchmark within it")
	}
	return filepath.Dir(mod), nil
}

// Build makes the wswarden binary of the source in root, in dir, and returns
// its path.
func Build(ctx context.Context, root, dir string) (string, error) {
	path := filepath.Join(dir, "wswarden")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, "./cmd/wswarden")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build wswarden: %w: %s", err, bytes.TrimSpace(out))
	}
	return path, nil
}

func revision(ctx context.Context, root string) string {
	out, err := exec.CommandContext(ctx, "git", "-C", root, "rev-parse", "--short=12", "HEAD").Output()
	if err != nil {
		return "unknown"
	}
	rev := strings.TrimSpace(string(out))
	changed, err := exec.CommandContext(ctx, "git", "-C", root, "status", "--porcelain", "--", ".", ":!bench/results").Output()
	if err != nil || len(bytes.TrimSpace(changed)) > 0 {
		rev += "+changes"
	}
	return rev
}

func cpuModel() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

func firstLine(path string) string {
	b, err := os.ReadFile(path)
	if err != nil {
		return "unknown"
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return line
}
