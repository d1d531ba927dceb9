package celpolicy

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Failure says why an expression has no value. It quotes nothing of what the
// expression read.
type Failure struct {
	// Line and Column are where in the expression, in characters from 1; zero if
	// that is not known.
	Line, Column int
	// Reason is a constant text.
	Reason string
}

// Error returns the reason and the place.
func (f *Failure) Error() string {
	if f.Line == 0 {
		return "evaluate expression: " + f.Reason
	}
	return fmt.Sprintf("evaluate expression: %d:%d: %s", f.Line, f.Column, f.Reason)
}

// What goes wrong in the code of this package.
var (
	errMissing = errors.New("a field is missing")
	errElement = errors.New("an element is missing")
	errType    = errors.New("a value has a type that does not fit")
	errRange   = errors.New("a number is out of range")
	errNoJSON  = errors.New("the message holds no JSON")
	errNotBool = errors.New("the value is neither true nor false")
	errNotJSON = errors.New("the value is none of JSON")
	errDepth   = errors.New("the value is nested too deep")
	errLong    = errors.New("the value is longer than a message may be")
)

// fail returns err as a value of CEL: a new one, because the interpreter notes in
// it where it came up.
func fail(err error) ref.Val { return types.WrapErr(err) }

// reasons are the texts for errors, by how they begin. What CEL says itself may
// quote values.
var reasons = func() map[string]string {
	m := map[string]string{
		"no such key":         errMissing.Error(),
		"no such attribute":   errMissing.Error(),
		"index out of bounds": errElement.Error(),
		"no such overload":    errType.Error(),
		"division by zero":    "a division by zero",
		"modulus by zero":     "a division by zero",
		"integer overflow":    errRange.Error(),
	}
	for _, err := range []error{errMissing, errElement, errType, errRange, errNoJSON, errNotJSON, errDepth, errLong} {
		m[err.Error()] = err.Error()
	}
	return m
}()

// failure makes a Failure of an error of CEL.
func (x *Expression) failure(err error) *Failure {
	var cancelled interpreter.EvalCancelledError
	if errors.As(err, &cancelled) {
		return &Failure{Reason: "it costs more than is allowed"}
	}
	f := &Failure{Reason: "it has no value for this message"}
	text := err.Error()
	for prefix, reason := range reasons {
		if strings.HasPrefix(text, prefix) {
			f.Reason = reason
		}
	}
	var at *types.Err
	if errors.As(err, &at) && !x.shared[at] {
		if l, ok := x.places[at.NodeID()]; ok {
			f.Line, f.Column = l.line, l.column
		}
	}
	return f
}

// place is where a node of an expression stands.
type place struct{ line, column int }
