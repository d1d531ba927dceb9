// Package explain renders entries of the catalogue for people and programs: a
// page for the terminal, Markdown for docs/weaknesses, JSON with stable keys,
// and the list of all entries in each of the three forms.
//
// It is not a command: it parses no flags and knows no terminal. It adds no
// facts either; everything it prints comes from package catalogue.
package explain

import (
	"fmt"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// Format names a form of output, as a --format flag spells it.
type Format string

// The formats.
const (
	FormatText     Format = "text"
	FormatMarkdown Format = "markdown"
	FormatJSON     Format = "json"
)

// ParseFormat returns the format with the given name. The names are exact.
func ParseFormat(name string) (Format, error) {
	switch f := Format(name); f {
	case FormatText, FormatMarkdown, FormatJSON:
		return f, nil
	}
	return "", fmt.Errorf("parse format %q: want text, markdown or json", name)
}

// section is one section of an entry's prose, in the order of printing.
type section struct {
	title string
	body  string // Markdown
}

// before and after are the plain sections around the examples.
func before(t catalogue.Text) []section {
	return []section{
		{"What goes wrong", t.WhatGoesWrong},
		{"The attack", t.Attack},
		{"How to spot it", t.Spot},
	}
}

func after(t catalogue.Text) []section {
	return []section{
		{"Contain it with guard", t.Guard},
		{"Prove it with probe", t.Probe},
	}
}

// exampleTitle is "JavaScript: ws", or the language alone.
func exampleTitle(e catalogue.Example) string {
	if e.Framework == "" {
		return e.Language
	}
	return e.Language + ": " + e.Framework
}

// questionTitle is singular for one question.
func questionTitle(t catalogue.Text) string {
	if len(t.Questions) == 1 {
		return "Reviewer's question"
	}
	return "Reviewer's questions"
}

// classes lists what an entry maps to: CWE, ASVS requirements, guide sections.
func classes(w *catalogue.Weakness) []string {
	var out []string
	for _, n := range w.CWE {
		out = append(out, fmt.Sprintf("CWE-%d", n))
	}
	if len(w.ASVS) > 0 {
		out = append(out, "ASVS 5.0 "+strings.Join(w.ASVS, ", "))
	}
	if len(w.Guide) > 0 {
		word := "section"
		if len(w.Guide) > 1 {
			word = "sections"
		}
		nums := make([]string, len(w.Guide))
		for i, n := range w.Guide {
			nums[i] = fmt.Sprint(n)
		}
		out = append(out, "guide "+word+" "+strings.Join(nums, ", "))
	}
	return out
}

// faces says in words which of the three tools know the entry.
func faces(w *catalogue.Weakness) string {
	word := func(yes bool, does, not string) string {
		if yes {
			return does
		}
		return not
	}
	return strings.Join([]string{
		word(w.Review, "review finds it", "review has no rule for it"),
		word(w.Guard, "guard prevents or contains it", "guard cannot contain it"),
		word(w.Probe, "probe shows it", "probe cannot show it"),
	}, ", ")
}

// letters is the compact form of faces: "RGP" with "-" for a missing one.
func letters(w *catalogue.Weakness) string {
	b := []byte("---")
	for i, f := range []struct {
		yes    bool
		letter byte
	}{{w.Review, 'R'}, {w.Guard, 'G'}, {w.Probe, 'P'}} {
		if f.yes {
			b[i] = f.letter
		}
	}
	return string(b)
}
