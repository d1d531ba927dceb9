package tool

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A Run is one review of one tree.
type Run struct {
	Report  *Report
	Seconds float64 // on the wall, when it was really run
	Cached  bool    // it was run earlier, by the same binary
}

// A Reviewer reviews trees.
type Reviewer interface {
	// Review reviews the tree in dir. The name stands for the tree's content:
	// two trees of one name are the same. A report is not kept for a tree
	// without name, whose content may change.
	Review(ctx context.Context, dir, name string) (Run, error)
}

// maxReport bounds what review may print.
const maxReport = 512 << 20

// arguments of review. Findings of low confidence are kept so that a row can
// be told from one that was missed altogether; nothing is lost by it, because
// they can be left out later.
var arguments = []string{"review", ".", "--format", "json", "--min-confidence", "low", "--fail-on", "never"}

// A Binary is a wswarden executable that reviews trees.
type Binary struct {
	Path    string        // of the executable
	Timeout time.Duration // for one tree; zero is none
	Cache   string        // the folder that reports are kept in; empty keeps none

	hash string
}

// NewBinary reads an executable so that its reports can be told from those of
// another.
func NewBinary(path, cache string, timeout time.Duration) (*Binary, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the executable: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the executable: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return nil, fmt.Errorf("read the executable %q: %w", path, err)
	}
	return &Binary{Path: path, Timeout: timeout, Cache: cache, hash: hex.EncodeToString(sum.Sum(nil))}, nil
}

// Hash are the first digits of the SHA-256 of the executable.
func (b *Binary) Hash() string { return b.hash[:12] }

// Review runs the executable on a tree, or gives what it printed earlier.
func (b *Binary) Review(ctx context.Context, dir, name string) (Run, error) {
	if run, err := b.load(name); err == nil {
		return run, nil
	}
	text, seconds, err := b.run(ctx, dir)
	if err != nil {
		return Run{}, err
	}
	report, err := Decode(text)
	if err != nil {
		return Run{}, err
	}
	if err := b.store(name, text, seconds); err != nil {
		return Run{}, err
	}
	return Run{Report: report, Seconds: seconds}, nil
}

func (b *Binary) run(ctx context.Context, dir string) ([]byte, float64, error) {
	if b.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, b.Timeout, fmt.Errorf("not done after %s", b.Timeout))
		defer cancel()
	}
	out, complaint := &limited{max: maxReport}, &limited{max: 1 << 20}
	cmd := exec.CommandContext(ctx, b.Path, arguments...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, complaint
	cmd.WaitDelay = 10 * time.Second
	start := time.Now()
	err := cmd.Run()
	seconds := time.Since(start).Seconds()
	switch {
	case ctx.Err() != nil:
		return nil, 0, fmt.Errorf("review: %w", context.Cause(ctx))
	case out.full:
		return nil, 0, fmt.Errorf("review: more than %d bytes of report", maxReport)
	case err != nil:
		return nil, 0, fmt.Errorf("review: %w: %s", err, complaint.firstLine())
	}
	return out.Bytes(), seconds, nil
}

// limited keeps the first max bytes of what is written to it.
type limited struct {
	bytes.Buffer
	max  int
	full bool
}

var errFull = errors.New("too much output")

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > l.max {
		l.full = true
		return 0, errFull
	}
	return l.Buffer.Write(p)
}

// firstLine is the first line that says something, shortened.
func (l *limited) firstLine() string {
	line, _, _ := strings.Cut(strings.TrimSpace(l.String()), "\n")
	return line[:min(len(line), 300)]
}
