package explain

import (
	"encoding/json"
	"io"

	"github.com/wswarden/wswarden/catalogue"
)

// Entry is the JSON form of a weakness. Its keys are a promise to programs:
// keys are added, never renamed or removed. Lists are never null.
type Entry struct {
	ID       string             `json:"id"`       // such as "WS101"
	Slug     string             `json:"slug"`     // such as "origin-unchecked"
	Title    string             `json:"title"`    // one line
	Severity catalogue.Severity `json:"severity"` // critical, high, medium or low
	CWE      []int              `json:"cwe"`      // numbers, most specific first
	ASVS     []string           `json:"asvs"`     // OWASP ASVS 5.0, such as "V4.4.2"
	Guide    []int              `json:"guide"`    // sections of the code review guide
	Review   bool               `json:"review"`   // review can find it
	Guard    bool               `json:"guard"`    // guard prevents or contains it
	Probe    bool               `json:"probe"`    // probe can show it
	Text     *EntryText         `json:"text,omitempty"`
}

// EntryText is the prose of an Entry. Strings are Markdown unless they are
// code. A list of entries leaves it out.
type EntryText struct {
	WhatGoesWrong string           `json:"what_goes_wrong"`
	Attack        string           `json:"attack"`
	Spot          string           `json:"spot"`
	Examples      []EntryExample   `json:"examples"`
	Guard         string           `json:"guard"`
	Probe         string           `json:"probe"`
	Questions     []EntryQuestion  `json:"questions"`
	References    []EntryReference `json:"references"`
}

// EntryExample is a defect and its repair in one language.
type EntryExample struct {
	Language   string `json:"language"`  // such as "JavaScript"
	Framework  string `json:"framework"` // such as "ws"; may be empty
	Syntax     string `json:"syntax"`    // for a highlighter, such as "js"
	Note       string `json:"note"`      // may be empty
	Vulnerable string `json:"vulnerable"`
	Fixed      string `json:"fixed"`
}

// EntryQuestion is a reviewer's question with its answer.
type EntryQuestion struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// EntryReference is a source to read further.
type EntryReference struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	Note  string `json:"note"` // may be empty
}

// JSON writes the entry w with its prose as one indented JSON object.
func JSON(out io.Writer, w *catalogue.Weakness) error {
	e := newEntry(w)
	t := w.Text()
	e.Text = &EntryText{
		WhatGoesWrong: t.WhatGoesWrong,
		Attack:        t.Attack,
		Spot:          t.Spot,
		Examples:      convert(t.Examples, func(x catalogue.Example) EntryExample { return EntryExample(x) }),
		Guard:         t.Guard,
		Probe:         t.Probe,
		Questions:     convert(t.Questions, func(x catalogue.Question) EntryQuestion { return EntryQuestion(x) }),
		References:    convert(t.References, func(x catalogue.Reference) EntryReference { return EntryReference(x) }),
	}
	return writeJSON(out, e)
}

// newEntry copies the facts of w, without the prose.
func newEntry(w *catalogue.Weakness) Entry {
	return Entry{
		ID: w.ID, Slug: w.Slug, Title: w.Title, Severity: w.Severity,
		CWE: orEmpty(w.CWE), ASVS: orEmpty(w.ASVS), Guide: orEmpty(w.Guide),
		Review: w.Review, Guard: w.Guard, Probe: w.Probe,
	}
}

// orEmpty keeps an empty list from becoming null.
func orEmpty[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func convert[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, a := range in {
		out = append(out, f(a))
	}
	return out
}

// writeJSON indents and keeps "<", ">" and "&" readable: the output is a file
// or a pipe, not a page.
func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
