//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// manifest are the files of the benchmark that say what npm installs, and how
// eslint is set, which finds its plugins beside them.
var manifest = []string{"package.json", "package-lock.json", "eslint.config.mjs"}

// install has npm install what the lock file pins, once for each lock file, in a
// folder of the cache, and returns that folder. No script of a package runs.
func install(ctx context.Context, root, cache string) (string, error) {
	sum := sha256.New()
	texts := map[string][]byte{}
	for _, name := range manifest {
		text, err := os.ReadFile(filepath.Join(root, "bench", "review", name))
		if err != nil {
			return "", fmt.Errorf("install the packages: %w", err)
		}
		sum.Write(text)
		texts[name] = text
	}
	dir := filepath.Join(cache, "packages-"+hex.EncodeToString(sum.Sum(nil))[:12])
	done := filepath.Join(dir, "node_modules", ".package-lock.json") // npm writes it last
	if _, err := os.Stat(done); err == nil {
		return dir, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("install the packages: %w", err)
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return "", fmt.Errorf("install the packages: %w", err)
		}
	}
	cmd := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--omit=peer", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("install the packages: npm ci: %w: %s", err, bytes.TrimSpace(out))
	}
	return dir, nil
}
