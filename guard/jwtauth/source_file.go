package jwtauth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"time"
)

// fileInterval is how often a key file is looked at while all tokens name keys
// that it has.
const fileInterval = time.Second

// fileSource holds the keys of a file and reads it again when it changes.
type fileSource struct {
	path  string
	clock func() time.Time
	log   *slog.Logger

	mu      sync.Mutex
	set     *keySet     // mu: the last set that could be used
	read    fs.FileInfo // mu: what the file was when it was last read
	settled bool        // mu: see settled
	looked  time.Time   // mu: when the file was last looked at
	broken  error       // mu: why the file can't be used now, or nil
}

// newFileSource reads the file, which must have a key.
func newFileSource(cfg Config) (*fileSource, error) {
	s := &fileSource{path: cfg.JWKSFile, clock: cfg.Clock, log: cfg.Log}
	s.look(s.clock())
	if s.broken != nil {
		return nil, fmt.Errorf("jwks_file: %q: %w", s.path, s.broken)
	}
	if len(s.set.keys) == 0 {
		return nil, fmt.Errorf("jwks_file: %q: no key can be used", s.path)
	}
	return s, nil
}

func (s *fileSource) find(_ context.Context, h header, tried *keySet) ([]key, *keySet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock()
	// A clock that was set back must not stop the looking.
	if age := now.Sub(s.looked); age >= fileInterval || age < 0 {
		s.look(now)
	}
	keys := s.known(h, tried)
	if keys == nil && s.changed() {
		s.look(now)
		keys = s.known(h, tried)
	}
	if len(s.set.keys) == 0 || keys == nil && s.broken != nil {
		return nil, nil, fmt.Errorf("%w: file can't be used", ErrKeys)
	}
	return keys, s.set, nil
}

func (s *fileSource) known(h header, tried *keySet) []key {
	if s.set == tried {
		return nil
	}
	return s.set.candidates(h)
}

func (s *fileSource) close() {}

// changed reports whether the file is another than the one that was read. It
// costs one stat, and nothing bounds how often a stranger makes it happen.
func (s *fileSource) changed() bool {
	info, err := os.Stat(s.path)
	return err == nil && !s.same(info)
}

// same reports whether info describes the file that was read.
func (s *fileSource) same(info fs.FileInfo) bool {
	return s.read != nil && os.SameFile(info, s.read) &&
		info.Size() == s.read.Size() && info.ModTime().Equal(s.read.ModTime())
}

// look reads the file if it changed. What can't be used leaves the keys as
// they were, is logged once, and is tried again when it changes.
func (s *fileSource) look(now time.Time) {
	s.looked = now
	info, err := os.Stat(s.path)
	if err != nil {
		s.read = nil
		s.fail(reason(err))
		return
	}
	if s.same(info) && s.settled {
		return
	}
	data, err := readKeyFile(s.path, info)
	if err != nil {
		// Not a matter of what is in the file, so the next look tries again.
		s.read = nil
		s.fail(err)
		return
	}
	s.read, s.settled = info, settled(info)
	set, ignored, err := parseKeySet(data)
	if err != nil {
		s.fail(err)
		return
	}
	if s.set != nil && s.broken == nil && equalSets(s.set, set) {
		return
	}
	s.set, s.broken = set, nil
	logKeys(s.log, set, ignored)
}

// fail records that the file can't be used.
func (s *fileSource) fail(err error) {
	if s.broken == nil || s.broken.Error() != err.Error() {
		s.log.Warn("signing keys: file can't be used, keeping the keys at hand", "file", s.path, "error", err)
	}
	s.broken = err
}

// settled reports whether a later change of the file is sure to show in its
// time: the times of files advance in steps, and a second write within one
// step looks like the first. The clock of files is the system's.
func settled(info fs.FileInfo) bool {
	return time.Since(info.ModTime()) > time.Second
}

// readKeyFile reads what info, the result of a stat, says is there.
func readKeyFile(path string, info fs.FileInfo) ([]byte, error) {
	// Opening a pipe would wait for somebody to write into it.
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, reason(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKeySet+1))
	if err != nil {
		return nil, reason(err)
	}
	if len(data) > maxKeySet {
		return nil, fmt.Errorf("larger than %d bytes", maxKeySet)
	}
	return data, nil
}

// reason strips the path, which the caller names.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
