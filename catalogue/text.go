package catalogue

import (
	"embed"
	"fmt"
	"sync"
)

// Text is the prose of one weakness. The string fields hold Markdown: plain
// paragraphs, "-" lists, code spans and fenced blocks. The slices are shared
// and must not be modified.
type Text struct {
	WhatGoesWrong string      // the mistake and why it matters
	Attack        string      // what an attacker does with it, step by step
	Spot          string      // what a reviewer looks for, and harmless look-alikes
	Examples      []Example   // at least one
	Guard         string      // the guard setting that contains it, or why none can
	Probe         string      // the probe check that shows it, or why none can
	Questions     []Question  // what to ask in a review, answered
	References    []Reference // at least one: the CWE comes first
}

// Example is one defect and its repair, in one language.
type Example struct {
	Language   string // as a reader says it, such as "JavaScript"
	Framework  string // the library shown, such as "ws"; may be empty
	Syntax     string // the fence language, such as "js"
	Note       string // Markdown; may be empty
	Vulnerable string // code, without a final newline
	Fixed      string // code, without a final newline
}

// Question is one question of a reviewer with its answer.
type Question struct {
	Question string
	Answer   string // Markdown
}

// Reference is one source to read further.
type Reference struct {
	Title string
	URL   string // https
	Note  string // what it is good for; may be empty
}

//go:embed text/*.md
var textFiles embed.FS

// texts parses all embedded files, once, on first use. A malformed file is a
// programming error that the tests of this package find, so it panics.
var texts = sync.OnceValue(func() map[string]Text {
	m := make(map[string]Text, len(All))
	for _, w := range All {
		name := "text/" + w.ID + ".md"
		src, err := textFiles.ReadFile(name)
		if err != nil {
			panic(fmt.Sprintf("catalogue: read %s: %v", name, err))
		}
		t, err := parseText(name, string(src))
		if err != nil {
			panic("catalogue: " + err.Error())
		}
		m[w.ID] = t
	}
	return m
})

// Text returns the prose of w: what goes wrong, how it is attacked, found,
// repaired, contained and shown. It is safe for concurrent use. It returns the
// zero Text for a Weakness that is not an element of All.
func (w *Weakness) Text() Text { return texts()[w.ID] }
