// Package syntax turns the bytes of a source file into a syntax tree. The
// grammars are those of tree-sitter, compiled to one WebAssembly module that is
// embedded here and run in a sandbox, so that hostile source code can at worst
// waste its own share of time and memory. It is not a compiler front end: it
// knows no names, types or imports, and gives meaning to nothing.
//
// A broken file still has a tree: what can't be parsed is an ERROR node, and
// what a grammar had to invent is a missing node, both as local as possible.
package syntax

import (
	"errors"
	"math"
	"time"
)

// What Parse can't do. Whichever it returns, the parser stays usable.
var (
	ErrTooLarge = errors.New("source is too large")
	ErrTimeout  = errors.New("parsing takes too long")
	ErrMemory   = errors.New("parsing takes too much memory")
)

// ErrClosed is what a closed parser or pool returns.
var ErrClosed = errors.New("parser is closed")

// Options are the limits of a parser and where it keeps compiled code.
type Options struct {
	// CacheDir is where the compiled grammars are kept between processes. Empty
	// means the folder "wswarden" in the user's cache. What is there is executed:
	// a folder that others may write to isn't used. Without a folder the grammars
	// are compiled anew, which takes a fraction of a second. The first parser of a
	// process decides; the others share what it loaded.
	CacheDir string
	// MaxBytes limits the size of a source. 0 means 4 MiB.
	MaxBytes int
	// MaxNodes limits the nodes of a tree; what comes after them in the source is
	// left out. 0 means 2 million.
	MaxNodes int
	// MaxDepth limits the depth of a tree, so that its readers may recurse;
	// deeper nodes are left out. 0 means 4096.
	MaxDepth int
	// Timeout limits the time one source may take, which is about a second for 2 MiB
	// of common code. 0 means 20 s.
	Timeout time.Duration
}

const (
	defaultMaxBytes = 4 << 20
	defaultMaxNodes = 2_000_000
	defaultMaxDepth = 4096
	defaultTimeout  = 20 * time.Second
)

// withDefaults returns o with every field in its range.
func (o Options) withDefaults() Options {
	o.MaxBytes = limit(o.MaxBytes, defaultMaxBytes, math.MaxInt32)
	o.MaxNodes = limit(o.MaxNodes, defaultMaxNodes, math.MaxInt32/nodeSize)
	o.MaxDepth = limit(o.MaxDepth, defaultMaxDepth, maxDepth)
	o.Timeout = limit(o.Timeout, defaultTimeout, math.MaxInt64)
	return o
}

func limit[T int | time.Duration](value, fallback, most T) T {
	if value <= 0 {
		return fallback
	}
	return min(value, most)
}
