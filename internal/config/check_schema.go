package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/jsonscan/fallback"
)

// ruleSchema is the schema of a rule.
type ruleSchema struct {
	text     []byte // JSON, nil if there is none
	compiled *jsonscan.Schema
	drops    bool // members that it does not name are dropped
	given    bool
	broken   bool // there is a problem
	open     bool // members that it does not name are valid
}

// schema returns the schema of the rule at a path.
func (p *policy) schema(at string, inline schemaText, file, undeclared string) ruleSchema {
	s := ruleSchema{drops: undeclared != "", given: inline.json != nil || file != "", broken: p.doc.problems.touch(at+".schema") || p.doc.problems.touch(at+".schema_file")}
	switch {
	case s.broken || !s.given:
		return s
	case inline.json != nil && file != "":
		p.problem(at+".schema_file", "schema is set, too", "keep one of the two")
		s.broken = true
		return s
	case file != "":
		p.schemaFile(at+".schema_file", file, &s)
	default:
		s.text = inline.json
		p.compile(at+".schema", &s, func(problem jsonscan.Problem) {
			if from, ok := p.derived[at+".schema"]; ok {
				p.doc.problem(at+".schema", fmt.Sprintf("%s, at %q: %s", from, clip(problem.Pointer), plainText(problem.Reason)), "correct the document, or write a schema here")
				return
			}
			p.doc.problemAt(placeOfPart(inline.places, problem.Pointer), at+".schema", plainText(problem.Reason), nextOfSchema)
		})
	}
	return s
}

const nextOfSchema = "correct the schema; it follows JSON Schema 2020-12"

// compile compiles s.text, and hands what is wrong with it to report.
func (p *policy) compile(path string, s *ruleSchema, report func(jsonscan.Problem)) {
	fmt.Fprintf(p.version, "%q %q\n", path, s.text) // which may be that of a file
	s.open = isOpen(s.text)
	s.text = p.withTypeField(s.text, s.drops)
	compiled, err := fallback.Compile(s.text, jsonscan.Options{AssertFormats: true})
	var ce *jsonscan.CompileError
	switch {
	case errors.As(err, &ce):
		s.broken = true
		for _, problem := range ce.Problems {
			report(problem)
		}
		return
	case err != nil:
		s.broken = true
		report(jsonscan.Problem{Reason: err.Error()})
		return
	}
	s.compiled = compiled
	if !compiled.Fast() {
		p.warn(catalogue.MessageRate, path, "a slower validator judges these messages, because of "+plainText(compiled.Why()), "write the schema without that keyword")
	}
}

// schemaFile reads the schema of a file of its own. What is wrong with it is said at
// the setting, with the place in that file.
func (p *policy) schemaFile(path, name string, s *ruleSchema) {
	name = p.resolve(name)
	data := p.read(path, name)
	if data == nil {
		s.broken = true
		return
	}
	p.parts = append(p.parts, name)
	inner := newDocument()
	if strings.EqualFold(filepath.Ext(name), ".json") && json.Valid(data) {
		s.text = data
	} else {
		s.text = inner.readSchema(data)
	}
	report := func(at place, reason string) {
		s.broken = true
		p.doc.problem(path, fmt.Sprintf("%q, line %d, column %d: %s", name, at.line, at.column, plainText(reason)), "correct the schema there")
	}
	if len(inner.problems.list) > 0 {
		for _, problem := range inner.problems.list {
			report(place{problem.Line, problem.Column}, problem.Reason)
		}
		return
	}
	p.compile(path, s, func(problem jsonscan.Problem) {
		if inner.parts == nil {
			s.broken = true
			p.doc.problem(path, fmt.Sprintf("%q, at %q: %s", name, clip(problem.Pointer), plainText(problem.Reason)), "correct the schema there")
			return
		}
		report(placeOfPart(inner.parts, problem.Pointer), problem.Reason)
	})
}

// readSchema returns the schema that a YAML file holds, nil after a problem.
func (d *document) readSchema(data []byte) []byte {
	root := d.read(data)
	if root == nil {
		return nil
	}
	var s schemaText
	d.schema(root, "", &s)
	d.parts = s.places
	return s.json
}

// placeOfPart returns the place of what a JSON pointer leads to, or of what it
// would be in.
func placeOfPart(places map[string]place, pointer string) place {
	for {
		if p, ok := places[pointer]; ok {
			return p
		}
		i := strings.LastIndexByte(pointer, '/')
		if i < 0 {
			return place{1, 1}
		}
		pointer = pointer[:i]
	}
}

// isOpen reports whether a schema of objects says nothing of members that it does
// not name.
func isOpen(text []byte) bool {
	var s struct {
		Type                  any             `json:"type"`
		Properties            json.RawMessage `json:"properties"`
		AdditionalProperties  json.RawMessage `json:"additionalProperties"`
		UnevaluatedProperties json.RawMessage `json:"unevaluatedProperties"`
	}
	if json.Unmarshal(text, &s) != nil || s.Type != "object" && s.Properties == nil {
		return false
	}
	silent := func(keyword json.RawMessage) bool { return keyword == nil || bytes.Equal(keyword, []byte("true")) }
	return silent(s.AdditionalProperties) && silent(s.UnevaluatedProperties)
}

// plainText makes what others say of the input fit for a line of a report.
func plainText(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	return shorten(s, 300)
}
