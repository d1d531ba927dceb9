//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/wswarden/wswarden/bench/machine"
	"github.com/wswarden/wswarden/bench/result"
	"github.com/wswarden/wswarden/bench/table"
)

// describe fills in where and from what the run is made. Nothing in it names
// the machine.
func describe(ctx context.Context, o options, root string) *result.Run {
	env := machine.Describe(ctx, root)
	return &result.Run{
		Started:    time.Now().UTC().Truncate(time.Second),
		Command:    o.command,
		Revision:   env.Revision,
		Go:         env.Go,
		Kernel:     env.Kernel,
		CPU:        env.CPU,
		Processors: env.Processors,
		Rounds:     o.rounds,
		Window:     o.window.Seconds(),
	}
}

// openFiles raises the limit of open files as far as it goes, for the children
// too, and returns it.
func openFiles() (int, error) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("read the limit of open files: %w", err)
	}
	limit.Cur = limit.Max
	// Set even if it is no change: without, Go gives children the limit that
	// this process was started with.
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, fmt.Errorf("raise the limit of open files: %w", err)
	}
	return int(min(limit.Cur, 1<<20)), nil
}

// checkOpenFiles tells before the run whether the idle connections fit: a
// proxy has two sockets for each, and a few files besides.
func checkOpenFiles(limit, connections int) error {
	need := 2*connections + 128
	if connections == 0 || need <= limit {
		return nil
	}
	return fmt.Errorf("idle memory: %d connections take %d open files in a proxy and the limit is %d: raise it (ulimit -Hn %d, as root) or pass -idle %d",
		connections, need, limit, need, max(0, (limit-128)/2))
}

// save keeps the run and its table and plot. An empty folder means the
// repository's.
func save(r *result.Run, dir string) error {
	if dir == "none" {
		return nil
	}
	if dir == "" {
		root, err := machine.ModuleRoot(context.Background())
		if err != nil {
			return err
		}
		dir = filepath.Join(root, "bench", "results")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("save results: %w", err)
	}
	name, err := r.Save(dir)
	if err != nil {
		return err
	}
	for file, text := range map[string]string{"latest.md": table.Markdown(r, "latest.svg"), "latest.svg": table.SVG(r)} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			return fmt.Errorf("save results: %w", err)
		}
	}
	fmt.Fprintf(os.Stderr, "bench: saved %s, latest.md and latest.svg\n", name)
	return nil
}
