package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/wswarden/wswarden/internal/asyncapi"
	"github.com/wswarden/wswarden/internal/jsonscan"
	"github.com/wswarden/wswarden/internal/jsonscan/fallback"
)

// asyncapi gives the rules that have no schema of their own that of the document,
// and makes rules of its other messages.
func (p *policy) asyncapi() {
	path := p.at + ".asyncapi"
	if p.from.AsyncAPI == "" || p.doc.problems.at(path) {
		return
	}
	p.from.AsyncAPI = p.resolve(p.from.AsyncAPI)
	doc, err := asyncapi.Load(p.from.AsyncAPI)
	var bad *asyncapi.Error
	switch {
	case errors.As(err, &bad):
		for _, problem := range bad.Problems {
			p.doc.problem(path, fmt.Sprintf("%q, line %d, column %d: %s", problem.File, problem.Line, problem.Column, plainText(problem.Reason)), "correct the document there")
		}
		return
	case err != nil:
		p.problem(path, err.Error(), "name a document that this program may read; a relative name starts at the folder of the configuration")
		return
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Client)) {
		text := p.documented(path, doc.Client[name])
		f := p.from.Client[name]
		if f == nil {
			f = &fileClientRule{}
			p.from.Client = withRule(p.from.Client, name, f)
		}
		p.describedBy(join(p.at+".client", name), path, text, &f.Schema, f.SchemaFile)
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Server)) {
		text := p.documented(path, doc.Server[name])
		f := p.from.Server[name]
		if f == nil {
			f = &fileServerRule{}
			p.from.Server = withRule(p.from.Server, name, f)
		}
		p.describedBy(join(p.at+".server", name), path, text, &f.Schema, f.SchemaFile)
	}
}

func withRule[R any](rules map[string]*R, name string, rule *R) map[string]*R {
	if rules == nil {
		rules = map[string]*R{}
	}
	rules[name] = rule
	return rules
}

// documented returns the schema of a message of the document, nil if it is none.
func (p *policy) documented(path string, m asyncapi.Message) []byte {
	_, err := fallback.Compile(m.Schema, jsonscan.Options{AssertFormats: true})
	if err == nil {
		return m.Schema
	}
	reason := err.Error()
	if ce := (*jsonscan.CompileError)(nil); errors.As(err, &ce) {
		reason = fmt.Sprintf("at %q: %s", ce.Problems[0].Pointer, ce.Problems[0].Reason)
	}
	p.doc.problem(path, fmt.Sprintf("%q, line %d, column %d: the payload of %q: %s", m.File, m.Line, m.Column, clip(m.Name), plainText(reason)), nextOfSchema)
	return nil
}

// describedBy sets the schema of the rule at a path, unless it has one.
func (p *policy) describedBy(rule, from string, text []byte, schema *schemaText, file string) {
	if schema.json != nil || file != "" || p.doc.problems.touch(rule+".schema") {
		return
	}
	schema.json = text
	p.derived[rule+".schema"] = "derived from " + from
}
