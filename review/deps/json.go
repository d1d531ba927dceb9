package deps

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/wswarden/wswarden/report"
)

// maxDepth bounds how deep objects nest. npm 6 nests a dependency's own ones.
const maxDepth = 256

// A jsonReader reads JSON token by token, so that a file costs no memory but
// for what is kept of it, and every string has a place.
type jsonReader struct {
	dec   *json.Decoder
	src   []byte
	depth int
	// line and start are those of the last place that was asked for.
	line, start, at int
}

func newJSONReader(src []byte) *jsonReader {
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	return &jsonReader{dec: d, src: src, line: 1}
}

// token reads one token and watches the depth.
func (r *jsonReader) token() (json.Token, error) {
	t, err := r.dec.Token()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	switch t {
	case json.Delim('{'), json.Delim('['):
		if r.depth++; r.depth > maxDepth {
			return nil, fmt.Errorf("nested more than %d deep", maxDepth)
		}
	case json.Delim('}'), json.Delim(']'):
		r.depth--
	}
	return t, err
}

// object reads an object and calls f with every key; f must read the value.
// Another value is skipped.
func (r *jsonReader) object(f func(key string) error) error {
	t, err := r.token()
	if err != nil {
		return err
	}
	if t != json.Delim('{') {
		return r.rest(t)
	}
	for {
		t, err := r.token()
		if err != nil {
			return err
		}
		key, ok := t.(string)
		if !ok {
			return nil // the end
		}
		if err := f(key); err != nil {
			return err
		}
	}
}

// skip reads a value and forgets it.
func (r *jsonReader) skip() error {
	t, err := r.token()
	if err != nil {
		return err
	}
	return r.rest(t)
}

// rest reads what remains of the value that begins with t.
func (r *jsonReader) rest(t json.Token) error {
	if t != json.Delim('{') && t != json.Delim('[') {
		return nil
	}
	for end := r.depth - 1; r.depth > end; {
		if _, err := r.token(); err != nil {
			return err
		}
	}
	return nil
}

// text reads a value and returns it and its place if it is a string.
func (r *jsonReader) text() (string, report.Span, error) {
	t, err := r.token()
	if err != nil {
		return "", report.Span{}, err
	}
	s, ok := t.(string)
	if !ok {
		return "", report.Span{}, r.rest(t)
	}
	end := int(r.dec.InputOffset())
	return s, r.place(end-len(s)-1, end-1), nil
}

// is reads a value and reports whether it is true.
func (r *jsonReader) is() (bool, error) {
	t, err := r.token()
	if err != nil {
		return false, err
	}
	return t == true, r.rest(t)
}

// place is the line and column of two offsets. The places that are asked for
// ascend.
func (r *jsonReader) place(from, to int) report.Span {
	from = max(from, r.at)
	if n := bytes.Count(r.src[r.at:from], []byte("\n")); n > 0 {
		r.line += n
		r.start = bytes.LastIndexByte(r.src[:from], '\n') + 1
	}
	r.at = from
	return report.Span{Line: r.line, Column: from - r.start + 1, EndLine: r.line, EndColumn: to - r.start + 1}
}
