package audit

import (
	"errors"
	"fmt"
	"io"
	"os"
)

var errOtherKey = errors.New("the key of a hash chain can't change within a file: move it away first")

// Reopen puts s in force and opens its file, also where the name is the same:
// whoever rotates logs has moved the old file away. Lines that are written go
// to either file whole. A hash chain goes on in a new file, and one that is in
// the file is continued. On an error nothing has changed.
func (l *Log) Reopen(s Settings) error {
	file, err := openFile(s)
	if err != nil {
		return fmt.Errorf("open audit log: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	unused := file
	if same := l.out != nil && sameFile(file, l.file); same && l.chain.serves(s) {
		// The file that is open keeps its lock and its place in the chain.
	} else if err = l.replace(file, s, same); err == nil {
		unused = l.file
		l.file = file
	}
	if err == nil {
		l.accepted.Store(s.Accepted)
	}
	if unused == nil {
		return err
	}
	return errors.Join(err, unused.Close())
}

// openFile opens the file of s for appending, and for reading the chain in it;
// nil for standard output.
func openFile(s Settings) (*os.File, error) {
	if s.File == "" {
		return nil, nil
	}
	mode := os.O_WRONLY
	if s.HashChain {
		mode = os.O_RDWR
	}
	return os.OpenFile(s.File, os.O_APPEND|os.O_CREATE|mode, 0o600)
}

// sameFile reports whether two files are one, nil being standard output.
func sameFile(a, b *os.File) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, err := a.Stat()
	if err != nil {
		return false
	}
	y, err := b.Stat()
	return err == nil && os.SameFile(x, y)
}

// replace writes to file from now on. same says that it is the one that is open.
// mu must be held.
func (l *Log) replace(file *os.File, s Settings, same bool) error {
	var out io.Writer = file
	if file == nil {
		out = l.opts.Stdout
	}
	if s.HashChain && same && l.chain != nil {
		return fmt.Errorf("open audit log %q: %w", s.File, errOtherKey)
	}
	// Before the next file continues it. Where the old one takes nothing more,
	// Verify says so.
	_ = l.settle()
	var next *chain
	if s.HashChain {
		var err error
		if next, err = startChain(file, out, s.ChainKey, l.chain); err != nil {
			return err
		}
	}
	l.checkpoint() // the last of the old file
	l.out, l.chain, l.torn = out, next, same && l.torn
	l.checkpoint()
	return nil
}

// startChain makes the chain of a file and writes its first line.
func startChain(file *os.File, out io.Writer, key []byte, before *chain) (*chain, error) {
	if file != nil {
		if err := lock(file); err != nil {
			return nil, fmt.Errorf("lock audit log %q: %w", file.Name(), err)
		}
	}
	c, first, err := begin(file, key, before)
	if err != nil {
		return nil, err
	}
	b := c.batch([][]byte{first})
	n, err := out.Write(b.text)
	if c.wrote(b, n); err != nil {
		return nil, fmt.Errorf("write audit log: %w", err)
	}
	return c, nil
}
