package celpolicy

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
)

// Problem is one thing that is wrong with an expression.
type Problem struct {
	// Line and Column are where in the expression, in characters from 1.
	Line, Column int
	// Reason says what is wrong, Next what to do about it; Next may be empty.
	Reason, Next string
}

// CompileError is all that is wrong with an expression.
type CompileError struct {
	Problems []Problem // at least one
}

// Error lists the problems, one a line if there are several.
func (e *CompileError) Error() string {
	var b strings.Builder
	b.WriteString("compile expression: ")
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%d:%d: %s", p.Line, p.Column, p.Reason)
	}
	return b.String()
}

func problemError(p Problem) error { return &CompileError{[]Problem{p}} }

// maxProblems bounds what is said about one expression: the rest follows from it.
const maxProblems = 3

// explain turns what CEL found in source into problems.
func (e *Environment) explain(source string, issues *cel.Issues) error {
	out := &CompileError{}
	for _, err := range issues.Errors() {
		if len(out.Problems) == maxProblems {
			break
		}
		p := Problem{Line: max(1, err.Location.Line()), Column: max(1, err.Location.Column()+1)}
		p.Reason, p.Next = e.words(err.Message, before(source, p))
		out.Problems = append(out.Problems, p)
	}
	if len(out.Problems) == 0 {
		out.Problems = []Problem{{1, 1, "it can't be compiled", ""}}
	}
	return out
}
