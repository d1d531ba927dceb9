package jsonscan

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Schema is a compiled JSON Schema of draft 2020-12. It is immutable: any number
// of goroutines may check documents with it.
type Schema struct {
	root     *rule
	steps    int
	fallback Validator
	why      string
}

// Options says how a schema is compiled. The zero value follows the
// specification, and makes a schema that cannot be compiled an error.
type Options struct {
	// AssertFormats makes the formats that have a meaning here (see
	// [Schema.Fast]) rules. By the specification format only describes.
	AssertFormats bool
	// Steps is how many rules may be applied to one document, so that a schema
	// whose alternatives multiply cannot be made to take the processor for
	// itself. Default 200000, a few milliseconds.
	Steps int
	// MaxBytes is how long the schema may be. Default 1 MiB.
	MaxBytes int
	// MaxDepth is how deep it may be nested. Default 64.
	MaxDepth int
	// Fallback makes a validator of a schema that cannot be compiled, whole.
	// Without one such a schema is an error that names the keyword.
	Fallback Fallback
}

// Fallback makes a validator of the JSON text of a schema. Nothing bounds what the
// validator spends on one document but the limits of the scanner.
type Fallback func(schema []byte, o Options) (Validator, error)

// Validator judges values by a schema.
type Validator interface {
	// Validate returns what is wrong with v.
	Validate(v Value) Violation
}

// Problem is one thing that is wrong with a schema, and where.
type Problem struct {
	Pointer string // JSON pointer into the schema
	Reason  string
}

// CompileError is all that is wrong with a schema.
type CompileError struct {
	Problems []Problem
}

// Error lists the problems, one a line if there are several.
func (e *CompileError) Error() string {
	var b strings.Builder
	b.WriteString("compile schema: ")
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "at %q: %s", p.Pointer, p.Reason)
	}
	return b.String()
}

// Compile compiles the JSON text of a schema. An error is a [CompileError], or
// what the fallback has returned.
func Compile(schema []byte, o Options) (*Schema, error) {
	o = o.withDefaults()
	if len(schema) > o.MaxBytes {
		return nil, &CompileError{[]Problem{{"", fmt.Sprintf("the schema is longer than %d bytes", o.MaxBytes)}}}
	}
	k, err := newCompiler(schema, o)
	if err != nil {
		return nil, err
	}
	s := &Schema{root: k.document(), steps: o.Steps, why: k.why}
	if len(k.problems) > 0 {
		return nil, &CompileError{k.problems}
	}
	if s.why == "" {
		return s, nil
	}
	if o.Fallback == nil {
		return nil, &CompileError{[]Problem{{k.whyAt, "not supported: " + k.why}}}
	}
	s.root = nil
	s.fallback, err = o.Fallback(schema, o)
	return s, err
}

// CompileValue compiles a schema that has been decoded from YAML or JSON:
// map[string]any, []any, strings, numbers, booleans and nil.
func CompileValue(schema any, o Options) (*Schema, error) {
	text, err := json.Marshal(schema)
	if err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	return Compile(text, o)
}

func (o Options) withDefaults() Options {
	o.Steps = bounded(o.Steps, 200_000, 1<<30)
	o.MaxBytes = bounded(o.MaxBytes, 1<<20, maxBytes)
	o.MaxDepth = bounded(o.MaxDepth, 64, maxDepth)
	return o
}

// Fast reports whether the schema is compiled. If not, the fallback judges, and
// [Schema.AppendUndeclared] knows nothing.
//
// Compiled are all keywords of draft 2020-12 but $dynamicRef, and references
// within the document. The fallback is for: references to elsewhere or to an
// anchor, an $id within the schema, another $schema, a multipleOf of more than 19
// digits, and, if formats are asserted, all but date, date-time, email, hostname,
// ipv4, ipv6, time and uuid.
func (s *Schema) Fast() bool { return s.fallback == nil }

// Why names the keyword that the schema could not be compiled for, and where it
// is; empty if the schema is compiled.
func (s *Schema) Why() string { return s.why }

// Check returns what is wrong with v, the root of a document or any part of it.
// It uses scratch memory of the Doc, so two checks of one Doc must not be made
// at once.
func (s *Schema) Check(v Value) Violation {
	if !v.Exists() {
		return Violation{Code: SyntaxEmpty}
	}
	if s.fallback != nil {
		return s.fallback.Validate(v)
	}
	c := checker{d: v.d, steps: s.steps}
	v.d.work.marks = v.d.work.marks[:0]
	ok := c.check(s.root, v.i)
	switch {
	case c.steps < 0:
		start, _ := v.Range()
		return Violation{Code: SchemaCost, Offset: start}
	case ok:
		return Violation{}
	}
	return c.bad
}
