package fact

import (
	"fmt"
	"strconv"
	"strings"
)

// maxLine is more lines than a source file has.
const maxLine = 10_000_000

// A Span is a run of lines, counted from 1, both ends included.
type Span struct{ First, Last int }

// String is the form that ParseSpans reads.
func (s Span) String() string {
	if s.First == s.Last {
		return strconv.Itoa(s.First)
	}
	return fmt.Sprintf("%d-%d", s.First, s.Last)
}

// ParseSpans reads lines such as "12" or "56-100,196-203".
func ParseSpans(text string) ([]Span, error) {
	var spans []Span
	for part := range strings.SplitSeq(text, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		s := Span{}
		var err error
		if s.First, err = parseLine(first); err != nil {
			return nil, fmt.Errorf("lines %q: %w", text, err)
		}
		if s.Last, err = parseLine(last); err != nil {
			return nil, fmt.Errorf("lines %q: %w", text, err)
		}
		if s.Last < s.First {
			return nil, fmt.Errorf("lines %q: %s runs backwards", text, part)
		}
		spans = append(spans, s)
	}
	return spans, nil
}

func parseLine(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxLine || strconv.Itoa(n) != text {
		return 0, fmt.Errorf("%q is no line number", text)
	}
	return n, nil
}

// A Place is where in a tree something stands.
type Place struct {
	Path  string // relative to the root of the tree, with forward slashes
	Spans []Span
}

// String is "path:lines".
func (p Place) String() string {
	parts := make([]string, len(p.Spans))
	for i, s := range p.Spans {
		parts[i] = s.String()
	}
	return p.Path + ":" + strings.Join(parts, ",")
}

// parsePlaces reads "path:lines" or several of them with semicolons between.
// An empty text has no places.
func parsePlaces(text string) ([]Place, error) {
	if text == "" {
		return nil, nil
	}
	var places []Place
	for part := range strings.SplitSeq(text, ";") {
		path, lines, ok := strings.Cut(part, ":")
		if !ok {
			return nil, fmt.Errorf("place %q has no lines", part)
		}
		place, err := parsePlace(path, lines)
		if err != nil {
			return nil, err
		}
		places = append(places, place)
	}
	return places, nil
}
