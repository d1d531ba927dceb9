package learn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNotOurs says that a file is there and is no proposal.
var ErrNotOurs = errors.New("the file is there, and is no proposal of wswarden")

// Writable reports why a proposal can't be written to the file of this name: it
// is something else, its folder can't be used, or it would be moved over a file
// that is something else.
func Writable(name string) error {
	if err := writable(name); err != nil {
		return err
	}
	return canKeep(name)
}

// writable is [Writable] without a look at what would be moved aside.
func writable(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		_, err := os.Stat(filepath.Dir(name))
		return err
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, ErrNotOurs)
	}
	start := make([]byte, len(mark))
	if n, err := io.ReadFull(f, start); n > 0 && string(start) != mark || err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrNotOurs
	}
	return nil
}

// Write writes the proposal, if anything was seen since the last time. The file is
// replaced as a whole. One of an earlier run is kept with .old behind its name:
// that run may have seen more.
func (l *Learner) Write() error {
	l.writing.Lock()
	defer l.writing.Unlock()
	text := l.take()
	if text == nil {
		return nil
	}
	if err := l.replace(text); err != nil {
		l.mu.Lock()
		l.dirty = true
		l.mu.Unlock()
		return fmt.Errorf("write proposal: %w", err)
	}
	return nil
}

// take returns the proposal, nil if it is the one that was written last.
func (l *Learner) take() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.dirty {
		return nil
	}
	l.dirty = false
	return l.proposal()
}

func (l *Learner) replace(text []byte) (err error) {
	name := l.opts.File
	if err := writable(name); err != nil { // it may have changed since the start
		return err
	}
	if !l.saved {
		if err := keep(name); err != nil {
			return err
		}
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*.tmp") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = io.Copy(f, bytes.NewReader(text)); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	l.saved = true
	return nil
}

// keep moves the proposal of an earlier run aside.
func keep(name string) error {
	if err := canKeep(name); err != nil {
		return err
	}
	err := os.Rename(name, oldName(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// canKeep reports why keep would fail: what it would replace must be a proposal,
// too.
func canKeep(name string) error {
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := writable(oldName(name)); err != nil {
		return fmt.Errorf("keep the one before as %q: %w", oldName(name), err)
	}
	return nil
}

func oldName(name string) string { return name + ".old" }
