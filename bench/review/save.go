//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/wswarden/wswarden/bench/machine"
)

// save keeps the run as JSON under a name made of the date and time alone, and
// its table and plot. An empty folder means the repository's, "none" nothing.
func save(ctx context.Context, r *Run, dir string) error {
	if dir == "none" {
		return nil
	}
	if dir == "" {
		root, err := machine.ModuleRoot(ctx)
		if err != nil {
			return err
		}
		dir = filepath.Join(root, "bench", "results")
	}
	raw, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return fmt.Errorf("save results: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("save results: %w", err)
	}
	name := "review-" + r.Started.UTC().Format("20060102-150405") + ".json"
	for file, text := range map[string]string{name: string(raw) + "\n", "review.md": markdown(r, "review.svg"), "review.svg": plot(r)} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			return fmt.Errorf("save results: %w", err)
		}
	}
	fmt.Fprintf(os.Stderr, "bench: saved %s, review.md and review.svg\n", name)
	return nil
}
