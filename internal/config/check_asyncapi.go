package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/wswarden/wswarden/internal/asyncapi"
)

// described takes the schemas of an AsyncAPI document into the section, where the
// section has none of its own: as if they stood there.
func (p *policy) described() {
	at, m := p.at+".asyncapi", p.from
	if m.AsyncAPI == "" {
		return
	}
	m.AsyncAPI = p.resolve(m.AsyncAPI)
	doc, err := asyncapi.Load(m.AsyncAPI)
	if err != nil {
		p.parts = append(p.parts, m.AsyncAPI)
		p.undescribed(at, err)
		return
	}
	for _, name := range doc.Files {
		p.parts = append(p.parts, filepath.Join(filepath.Dir(m.AsyncAPI), name))
	}
	if len(doc.Client)+len(doc.Server) == 0 {
		p.problem(at, fmt.Sprintf("%q describes no messages", m.AsyncAPI), "describe messages with operations there, or remove the key")
	}
	if m.Client == nil {
		m.Client = map[string]*fileClientRule{}
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Client)) {
		rule := join(p.at+".client", name)
		f := m.Client[name]
		if f == nil {
			f = &fileClientRule{}
			m.Client[name] = f
			p.doc.places[rule] = p.doc.at(at)
		}
		p.describe(rule, &f.Schema, f.SchemaFile, doc.Client[name])
	}
	if m.Server == nil {
		m.Server = map[string]*fileServerRule{}
	}
	for _, name := range slices.Sorted(maps.Keys(doc.Server)) {
		rule := join(p.at+".server", name)
		f := m.Server[name]
		if f == nil {
			f = &fileServerRule{}
			m.Server[name] = f
			p.doc.places[rule] = p.doc.at(at)
		}
		p.describe(rule, &f.Schema, f.SchemaFile, doc.Server[name])
	}
}

// describe gives the rule at a path the schema of a message, unless it has one, or
// one that could not be read.
func (p *policy) describe(rule string, to *schemaText, file string, from asyncapi.Message) {
	at := rule + ".schema"
	if to.json != nil || file != "" || p.doc.has(at) || p.doc.problems.touch(at) {
		return
	}
	to.json = from.Schema
	p.derived[at] = fmt.Sprintf("derived from %s:%d", from.File, from.Line)
}

// undescribed reports what is wrong with the document, with the places there.
func (p *policy) undescribed(at string, err error) {
	var ae *asyncapi.Error
	if !errors.As(err, &ae) {
		p.problem(at, plainText(err.Error()), "name a file that this program may read; a relative name starts at the folder of the configuration")
		return
	}
	for _, problem := range ae.Problems {
		p.doc.problem(at, plainText(problem.String()), "correct the document there")
	}
}
