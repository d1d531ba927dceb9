// Package deps reads which versions of libraries a program pins, and knows
// which of them have a published vulnerability in their handling of
// WebSockets.
//
// It reads lock files and asks nobody: the advisories are a table of this
// package, as old as the build. It does not resolve ranges of manifests, follow
// includes, or look into vendored copies.
package deps

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// The ecosystems, by the names that OSV has for them.
const (
	NPM  = "npm"
	PyPI = "PyPI"
	Go   = "Go"
)

// Bounds of a lock file. The largest in public repositories have some 10 MiB
// and 10,000 entries.
const (
	MaxFileBytes = 32 << 20
	maxPins      = 200_000
	maxText      = 512 // bytes of a name or version
)

var errTooMany = fmt.Errorf("more than %d entries", maxPins)

// A format reads the pins of one kind of lock file.
type format func(s *scan) error

// formats are the lock files that have a fixed name.
var formats = map[string]format{
	"package-lock.json": npmLock, "npm-shrinkwrap.json": npmLock, "yarn.lock": yarnLock, "pnpm-lock.yaml": pnpmLock,
	"poetry.lock": tomlLock, "uv.lock": tomlLock, "Pipfile.lock": pipfileLock,
	"go.mod": goMod,
}

// formatOf returns what reads the file, or nil.
func formatOf(file string) format {
	if f := formats[path.Base(file)]; f != nil {
		return f
	}
	if isRequirements(file) {
		return requirements
	}
	return nil
}

// IsLock reports whether the name of a file, with slashes, says that it pins
// versions.
func IsLock(file string) bool { return formatOf(file) != nil }

// Parse returns what a lock file pins, in the order of places. file is its
// name with slashes, which tells the format and is the path of the result. With
// an error come the pins before it. Parse does not keep src.
func Parse(file string, src []byte) ([]model.Dependency, error) {
	read := formatOf(file)
	if read == nil {
		return nil, fmt.Errorf("read %q: not a lock file", file)
	}
	if len(src) > MaxFileBytes {
		return nil, fmt.Errorf("larger than %d MiB", MaxFileBytes>>20)
	}
	s := &scan{path: file, src: src}
	err := read(s)
	slices.SortStableFunc(s.pins, func(a, b model.Dependency) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return s.pins, err
}

// A scan is the reading of one file.
type scan struct {
	path string
	src  []byte
	pins []model.Dependency
}

// add notes a pin whose text is at a place. What can't be a name or version is
// left out.
func (s *scan) add(d model.Dependency, at report.Span) error {
	if d.Name == "" || d.Version == "" || len(d.Name) > maxText || len(d.Version) > maxText {
		return nil
	}
	if len(s.pins) == maxPins {
		return errTooMany
	}
	d.Span = at
	d.Path = s.path
	// src may be large, and must not live as long as a pin of it.
	d.Name, d.Version = strings.Clone(d.Name), strings.Clone(d.Version)
	s.pins = append(s.pins, d)
	return nil
}

// lines calls f with every line, from 1 on, without its end.
func (s *scan) lines(f func(n int, line string) error) error {
	rest := string(s.src)
	for n := 1; rest != ""; n++ {
		var line string
		line, rest, _ = strings.Cut(rest, "\n")
		if err := f(n, strings.TrimSuffix(line, "\r")); err != nil {
			return err
		}
	}
	return nil
}

// span is the place of a text within a line.
func span(n int, line, text string) report.Span {
	at := max(strings.Index(line, text), 0)
	return report.Span{Line: n, Column: at + 1, EndLine: n, EndColumn: at + 1 + len(text)}
}
