package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// Error says that a configuration does not hold. It lists every problem, by
// line.
type Error struct {
	// File is the name of the configuration.
	File string
	// Parts are the files that hold parts of it, as far as they were read: the
	// cause may lie in one of them.
	Parts    []string
	Problems []Problem
}

// Problem is one thing wrong with a configuration.
type Problem struct {
	// Line and Column count from 1; the column in characters. They are those of
	// the value, of the key where the key is wrong, and of the section where
	// something is missing.
	Line, Column int
	// Path names the setting, such as routes[0].auth.ticket.ttl; it is empty
	// where the whole file is meant.
	Path string
	// Reason says what is wrong, with the weakness that it would open.
	Reason string
	// Next says what to do.
	Next string
}

// Error returns one line for each problem.
func (e *Error) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s:%s", e.File, p)
	}
	return strings.Join(lines, "\n")
}

// String returns the problem as one line without the name of the file.
func (p Problem) String() string {
	s := fmt.Sprintf("%d:%d: ", p.Line, p.Column)
	if p.Path != "" {
		s += p.Path + ": "
	}
	s += p.Reason
	if p.Next != "" {
		s += "; " + p.Next
	}
	return s
}

// maxProblems bounds a report: a file that is no configuration at all could
// otherwise give one for each of its bytes.
const maxProblems = 1000

// problems collects what is wrong.
type problems struct {
	list      []Problem
	truncated bool
	meant     []string // settings that an unknown key probably meant
}

func (ps *problems) add(p Problem) {
	if len(ps.list) >= maxProblems {
		ps.truncated = true
		return
	}
	ps.list = append(ps.list, p)
}

func (ps *problems) full() bool { return len(ps.list) >= maxProblems }

// at reports whether there is a problem at path.
func (ps *problems) at(path string) bool {
	return slices.ContainsFunc(ps.list, func(p Problem) bool { return p.Path == path })
}

// touch reports whether there is a problem at path, above it or below it: what
// else is wrong there may only be its consequence.
func (ps *problems) touch(path string) bool {
	return slices.Contains(ps.meant, path) || slices.ContainsFunc(ps.list, func(p Problem) bool {
		return p.Path == path || p.Path != "" && (within(p.Path, path) || within(path, p.Path))
	})
}

// within reports whether path lies below outer.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && rest != "" && (rest[0] == '.' || rest[0] == '[')
}

func (ps *problems) asError(file string) *Error {
	list := slices.Clone(ps.list)
	slices.SortStableFunc(list, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Path, b.Path))
	})
	if ps.truncated {
		last := list[len(list)-1]
		list = append(list, Problem{Line: last.Line, Column: last.Column,
			Reason: fmt.Sprintf("there are more than %d problems", maxProblems), Next: "correct these first"})
	}
	return &Error{File: file, Problems: list}
}

// opens ends a reason with the weakness that the setting would open.
func opens(w *catalogue.Weakness, reason string) string {
	return reason + " (" + w.ID + ")"
}
