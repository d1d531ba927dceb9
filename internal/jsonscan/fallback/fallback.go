// Package fallback judges by the schemas that jsonscan does not compile, with
// github.com/santhosh-tekuri/jsonschema. It is some hundred times slower, and
// allocates. It loads nothing: a schema is one document. It is not for schemas
// that jsonscan does compile; [Compile] hands over only what is left.
package fallback

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// Compile compiles the JSON text of a schema, with this package for what
// jsonscan does not compile.
func Compile(schema []byte, o jsonscan.Options) (*jsonscan.Schema, error) {
	o.Fallback = New
	return jsonscan.Compile(schema, o)
}

// location is the name of the schema where it has no $id. It has a path, so that
// references to other documents lead elsewhere, and nothing is loaded from there.
const location = "https://schema.invalid/schema"

// New is a [jsonscan.Fallback].
func New(schema []byte, o jsonscan.Options) (jsonscan.Validator, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(noLoader{})
	c.UseRegexpEngine(compilePattern)
	if o.AssertFormats {
		c.AssertFormat()
	}
	if err := c.AddResource(location, doc); err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	compiled, err := c.Compile(location)
	if err != nil {
		return nil, compileError(err)
	}
	return &validator{compiled}, nil
}

// noLoader keeps a schema from reading files.
type noLoader struct{}

func (noLoader) Load(string) (any, error) {
	return nil, errors.New("a schema may refer to nothing outside of itself")
}

// compilePattern has patterns mean the same as in schemas that are compiled.
func compilePattern(text string) (jsonschema.Regexp, error) {
	return jsonscan.CompilePattern(text)
}

// compileError finds where in the schema the cause of err is.
func compileError(err error) error {
	problem := jsonscan.Problem{Reason: err.Error()}
	var invalid *jsonschema.SchemaValidationError
	var cause *jsonschema.ValidationError
	var badPattern *jsonschema.InvalidRegexError
	switch {
	case errors.As(err, &invalid) && errors.As(invalid.Err, &cause):
		cause = deepest(cause)
		problem.Pointer = pointer(cause.InstanceLocation)
		problem.Reason = "it does not follow the rules for schemas: " + strings.Join(cause.ErrorKind.KeywordPath(), "/")
		if format, ok := cause.ErrorKind.(*kind.Format); ok {
			problem.Reason = format.Err.Error()
		}
	case errors.As(err, &badPattern):
		problem.Pointer = fragment(badPattern.URL)
		problem.Reason = badPattern.Err.Error()
	}
	return &jsonscan.CompileError{Problems: []jsonscan.Problem{problem}}
}

func deepest(e *jsonschema.ValidationError) *jsonschema.ValidationError {
	for len(e.Causes) > 0 {
		e = e.Causes[0]
	}
	return e
}

func pointer(names []string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// fragment returns the JSON pointer at the end of the address of a schema.
func fragment(address string) string {
	_, part, _ := strings.Cut(address, "#")
	if plain, err := url.PathUnescape(part); err == nil {
		return plain
	}
	return part
}

type validator struct {
	schema *jsonschema.Schema
}

// Validate implements [jsonscan.Validator]. Whatever goes wrong within the
// library refuses the value.
func (f *validator) Validate(v jsonscan.Value) (bad jsonscan.Violation) {
	start, _ := v.Range()
	bad = jsonscan.Violation{Code: jsonscan.SchemaFallback, Offset: start}
	defer func() {
		// The document is the peer's: it must not be able to end the process.
		_ = recover()
	}()
	err := f.schema.Validate(decode(v))
	if err == nil {
		return jsonscan.Violation{}
	}
	var cause *jsonschema.ValidationError
	if errors.As(err, &cause) {
		bad.Schema = fragment(deepest(cause).SchemaURL)
	}
	return bad
}

// decode makes of v what the library works on.
func decode(v jsonscan.Value) any {
	switch v.Kind() {
	case jsonscan.Bool:
		return v.Bool()
	case jsonscan.Number:
		return json.Number(v.Raw())
	case jsonscan.String:
		return string(v.AppendText(nil))
	case jsonscan.Array:
		list := make([]any, 0, v.Len())
		for elem := range v.Elements() {
			list = append(list, decode(elem))
		}
		return list
	case jsonscan.Object:
		object := make(map[string]any, v.Len())
		for name, member := range v.Members() {
			object[string(name)] = decode(member)
		}
		return object
	}
	return nil
}
