package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// moduleRoot is the folder with go.mod.
func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the repository: go env: %w", err)
	}
	mod := strings.TrimSpace(string(out))
	if filepath.Base(mod) != "go.mod" {
		return "", errors.New("find the repository: run within it, or name an executable with -wswarden")
	}
	return filepath.Dir(mod), nil
}

// build builds wswarden. Neither paths nor revision get into the executable,
// so that the same source is the same executable, whose reports are kept.
func build(ctx context.Context, root, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("build wswarden: %w", err)
	}
	var complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-o", to, "./cmd/wswarden")
	cmd.Dir, cmd.Stderr = root, &complaint
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("build wswarden: %w\n%s", err, strings.TrimSpace(complaint.String()))
	}
	return nil
}
