package catalogue

import (
	"reflect"
	"strings"
	"testing"
)

// wellFormed is the smallest text that parses. It is tested in the package
// because every embedded file parses, so no refusal can be seen from outside.
const wellFormed = `## What goes wrong

Wrong.

## The attack

Attack.

## How to spot it

Spot.

## Vulnerable and fixed

### Go: net/http

A note.

` + "```go vulnerable\n# not a heading\n```\n\n```go fixed\nb\n\nc\n```" + `

## Contain it with guard

Guard.

## Prove it with probe

Probe.

## Reviewer's question

### Really?

Yes.

## References

- [CWE-1](https://cwe.example/1(a).html)
- [RFC](https://rfc.example/): a note
`

func TestParseText(t *testing.T) {
	got, err := parseText("x.md", wellFormed)
	if err != nil {
		t.Fatal(err)
	}
	want := Text{
		WhatGoesWrong: "Wrong.", Attack: "Attack.", Spot: "Spot.", Guard: "Guard.", Probe: "Probe.",
		Examples:   []Example{{"Go", "net/http", "go", "A note.", "# not a heading", "b\n\nc"}},
		Questions:  []Question{{"Really?", "Yes."}},
		References: []Reference{{"CWE-1", "https://cwe.example/1(a).html", ""}, {"RFC", "https://rfc.example/", "a note"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestParseTextRefuses(t *testing.T) {
	tests := []struct {
		name, old, new string // a change to wellFormed
		want           string // part of the error
	}{
		{"text before the first section", "## What goes wrong", "Hello\n\n## What goes wrong", "x.md:1: text before"},
		{"missing section", "## The attack\n\nAttack.\n", "", "sections are"},
		{"sections in another order", "## The attack\n\nAttack.\n\n## How to spot it", "## How to spot it\n\nAttack.\n\n## The attack", "sections are"},
		{"unknown section", "## References", "## Links", "sections are"},
		{"empty section", "Attack.\n", "\n", `x.md:5: section "The attack" is empty`},
		{"fence without a language", "```go vulnerable", "```", "x.md:19: fence without a language"},
		{"fence never closed", "c\n```", "c", "is never closed"},
		{"fence in a fence", "b\n\nc", "```js", "fence opened inside the block of line 23"},
		{"fence of neither kind", "```go fixed", "```go better", "x.md:23: want one fence marked vulnerable and one marked fixed"},
		{"two vulnerable fences", "```go fixed", "```go vulnerable", "x.md:23: want one fence marked"},
		{"two languages in one example", "```go fixed", "```js fixed", `fence of "js" in an example of "go"`},
		{"no repair", "```go fixed\nb\n\nc\n```", "", `example "Go: net/http" wants a vulnerable and a fixed block`},
		{"example without a language", "### Go: net/http\n", "", "wants ### headings of languages"},
		{"question without an answer", "Yes.", "", "question without an answer"},
		{"answer without a question", "### Really?", "", "wants ### headings of questions"},
		{"reference without a link", "- [RFC](https://rfc.example/)", "- RFC", "want a reference like"},
		{"reference over http", "https://rfc.example/", "http://rfc.example/", "want a reference like"},
		{"reference without a note after the colon", ": a note", ":", "want a reference like"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			src := strings.Replace(wellFormed, tt.old, tt.new, 1)
			if src == wellFormed {
				t.Fatalf("%q is not in the text", tt.old)
			}
			_, err := parseText("x.md", src)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q", err, tt.want)
			}
		})
	}
}
