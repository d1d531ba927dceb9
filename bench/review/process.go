//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// A program is a command line to measure.
type program struct {
	args   []string
	dir    string
	env    []string // beside that of the benchmark
	output io.Writer
	// fine are the exit codes that mean that the work was done.
	fine []int
}

// spend runs a program to its end. It is stopped, with what it started, when ctx
// ends.
func spend(ctx context.Context, p program) (Usage, error) {
	cmd := exec.CommandContext(ctx, p.args[0], p.args[1:]...)
	cmd.Dir = p.dir
	cmd.Env = append(cmd.Environ(), p.env...)
	cmd.Stdout = p.output
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	said := &tail{}
	cmd.Stderr = said
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if ctx.Err() != nil {
		return Usage{}, ctx.Err()
	}
	if cmd.ProcessState == nil {
		return Usage{}, fmt.Errorf("run %s: %w", p.args[0], err)
	}
	if !slices.Contains(p.fine, cmd.ProcessState.ExitCode()) {
		return Usage{}, fmt.Errorf("run %s: %s: %s", p.args[0], cmd.ProcessState, said)
	}
	u := Usage{CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), Wall: wall}
	if ru, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.MaxRSS = ru.Maxrss << 10
	}
	return u, nil
}

// A tail keeps the end of what is written to it.
type tail struct{ b []byte }

const tailBytes = 2000

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p...)
	if len(t.b) > 2*tailBytes {
		t.b = append(t.b[:0], t.b[len(t.b)-tailBytes:]...)
	}
	return len(p), nil
}

func (t *tail) String() string { return string(bytes.TrimSpace(t.b[max(0, len(t.b)-tailBytes):])) }
