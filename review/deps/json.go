package deps

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
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

// npmLock reads package-lock.json and npm-shrinkwrap.json. Version 1 nests
// "dependencies"; 2 and 3 have a flat "packages", and 2 both, of which one is
// enough.
func npmLock(s *scan) error {
	r := newJSONReader(s.src)
	flat := false
	var nested []model.Dependency
	err := r.object(func(key string) error {
		switch {
		case key == "packages":
			flat = true
			return r.object(func(folder string) error { return npmPackage(s, r, folder) })
		case key == "dependencies" && !flat:
			before := s.pins
			s.pins = nil
			err := npmDependencies(s, r)
			nested, s.pins = s.pins, before
			return err
		}
		return r.skip()
	})
	if !flat {
		s.pins = nested
	}
	return err
}

// npmPackage reads an element of "packages", which is named after its folder:
// "node_modules/a/node_modules/@b/c".
func npmPackage(s *scan, r *jsonReader, folder string) error {
	_, name, installed := cutLast(folder, "node_modules/")
	d := model.Dependency{Ecosystem: NPM, Name: name}
	link := false
	var at report.Span
	err := r.object(func(key string) (err error) {
		switch key {
		case "version":
			d.Version, at, err = r.text()
		case "name": // of an alias
			var own string
			if own, _, err = r.text(); own != "" {
				d.Name = own
			}
		case "dev", "devOptional":
			var is bool
			is, err = r.is()
			d.Dev = d.Dev || is
		case "link":
			link, err = r.is()
		default:
			err = r.skip()
		}
		return err
	})
	if err != nil || !installed || link {
		return err
	}
	return s.add(d, at)
}

func npmDependencies(s *scan, r *jsonReader) error {
	return r.object(func(name string) error {
		d := model.Dependency{Ecosystem: NPM, Name: name}
		var at report.Span
		err := r.object(func(key string) (err error) {
			switch key {
			case "version":
				d.Version, at, err = r.text()
			case "dev":
				d.Dev, err = r.is()
			case "dependencies":
				err = npmDependencies(s, r)
			default:
				err = r.skip()
			}
			return err
		})
		if err != nil {
			return err
		}
		if alias, ok := strings.CutPrefix(d.Version, "npm:"); ok {
			d.Name, d.Version = cutVersion(alias)
		}
		return s.add(d, at)
	})
}

// pipfileLock reads Pipfile.lock: sections of packages, with "develop" for
// development.
func pipfileLock(s *scan) error {
	r := newJSONReader(s.src)
	return r.object(func(section string) error {
		if section == "_meta" {
			return r.skip()
		}
		return r.object(func(name string) error {
			d := model.Dependency{Ecosystem: PyPI, Name: normalize(name), Dev: section == "develop"}
			var at report.Span
			err := r.object(func(key string) (err error) {
				if key != "version" {
					return r.skip()
				}
				d.Version, at, err = r.text()
				return err
			})
			if err != nil {
				return err
			}
			version, pinned := strings.CutPrefix(d.Version, "==")
			if !pinned {
				return nil
			}
			d.Version = strings.TrimLeft(version, "= ")
			return s.add(d, at)
		})
	})
}

// cutLast cuts around the last occurrence of a text.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// cutVersion cuts "@scope/name@1.2.3" into name and version.
func cutVersion(s string) (name, version string) {
	i := strings.IndexByte(strings.TrimPrefix(s, "@"), '@')
	if i < 0 {
		return s, ""
	}
	i += len(s) - len(strings.TrimPrefix(s, "@"))
	return s[:i], s[i+1:]
}
