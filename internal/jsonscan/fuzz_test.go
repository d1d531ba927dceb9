package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// FuzzScan compares with encoding/json. What is accepted, encoding/json accepts
// and decodes to the same values. What is refused is refused there too, or has
// what a scanner is for: a repeated or dangerous name, half a surrogate pair,
// bytes that are not UTF-8, a number beyond a float64, or too much of something.
func FuzzScan(f *testing.F) {
	for _, text := range accepted {
		f.Add([]byte(text))
	}
	for _, c := range refused {
		f.Add([]byte(c.text))
	}
	f.Add([]byte(order256))
	strict := jsonscan.NewScanner(jsonscan.Limits{})
	trusting := jsonscan.NewScanner(jsonscan.Limits{TrustUTF8: true, AllowPrototypeKeys: true})
	var d jsonscan.Doc
	f.Fuzz(func(t *testing.T, text []byte) {
		if trusting.Scan(text, &d).OK() {
			useAll(d.Root())
		}
		bad := strict.Scan(text, &d)
		if bad.OK() {
			if got, want := decode(d.Root()), decodeStandard(t, text); !reflect.DeepEqual(got, want) || !json.Valid(text) {
				t.Fatalf("%q: got %v, want %v", text, got, want)
			}
			useAll(d.Root())
			if found := names(t, text); len(found) > 0 {
				t.Fatalf("%q: accepted, and has %v", text, found)
			}
			return
		}
		if bad.Offset < 0 || bad.Offset > len(text) {
			t.Fatalf("%q: offset %d", text, bad.Offset)
		}
		if !json.Valid(text) {
			return
		}
		switch bad.Code {
		case jsonscan.SyntaxSurrogate:
			if !bytes.Contains(bytes.ToLower(text), []byte(`\ud`)) {
				t.Fatalf("%q: refused for a surrogate, and has none", text)
			}
		case jsonscan.SyntaxUTF8:
			if json.Valid(text) && bytes.Equal(text, bytes.ToValidUTF8(text, []byte("?"))) {
				t.Fatalf("%q: refused for its UTF-8, which is valid", text)
			}
		case jsonscan.KeyDuplicate, jsonscan.KeyCaseVariant, jsonscan.KeyPrototype:
			if !names(t, text)[bad.Code] {
				t.Fatalf("%q: refused by %s", text, bad.Code)
			}
		default:
			if bad.Code.Class() != jsonscan.ClassLimit {
				t.Fatalf("%q: refused by %s at %d, and is valid", text, bad.Code, bad.Offset)
			}
		}
	})
}

// useAll reads all of v in every way: nothing may panic.
func useAll(v jsonscan.Value) {
	v.Int64()
	v.Float64()
	v.IsInteger()
	v.Text()
	v.Get("a")
	for name, member := range v.Members() {
		v.Get(string(name))
		useAll(member)
	}
	if v.Kind() == jsonscan.Array {
		for elem := range v.Elements() {
			useAll(elem)
		}
	}
}

// names returns what is wrong with the names of a valid text.
func names(t *testing.T, text []byte) map[jsonscan.Code]bool {
	t.Helper()
	found := map[jsonscan.Code]bool{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var value func()
	value = func() {
		token, err := dec.Token()
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		switch token {
		case json.Delim('['):
			for dec.More() {
				value()
			}
			_, _ = dec.Token()
		case json.Delim('{'):
			known := map[string]bool{}
			for dec.More() {
				token, _ := dec.Token()
				name := token.(string)
				for other := range known {
					if other != name && strings.EqualFold(other, name) {
						found[jsonscan.KeyCaseVariant] = true
					}
				}
				if known[name] {
					found[jsonscan.KeyDuplicate] = true
				}
				if slices.Contains([]string{"__proto__", "constructor", "prototype"}, name) {
					found[jsonscan.KeyPrototype] = true
				}
				known[name] = true
				value()
			}
			_, _ = dec.Token()
		}
	}
	value()
	return found
}

// FuzzEdit edits a document at random and does the same to its decoded form:
// the two must come out equal, and what is written must pass the scanner.
func FuzzEdit(f *testing.F) {
	f.Add([]byte(`{"a":{"b":[1,2,{"c":3}]},"d":"x"}`), []byte{1, 2, 3, 4, 5, 6})
	f.Add([]byte(order256), []byte{0, 7, 1, 9, 2, 30, 3, 2})
	f.Add([]byte(` [ 1 , { "a" : [ ] } , "x" ] `), []byte{0, 0, 1, 1, 0, 2})
	s := jsonscan.NewScanner(jsonscan.Limits{})
	var d, again jsonscan.Doc
	var e jsonscan.Editor
	f.Fuzz(func(t *testing.T, text, choices []byte) {
		if !s.Scan(text, &d).OK() {
			return
		}
		e.Reset(&d)
		m := newModel(d.Root())
		for len(choices) > 1 {
			m.edit(&e, choices[0], choices[1])
			choices = choices[2:]
		}
		out := e.Append(nil)
		if bad := s.Scan(out, &again); !bad.OK() && bad.Code.Class() != jsonscan.ClassLimit {
			t.Fatalf("%q became %q: %s at %d", text, out, bad.Code, bad.Offset)
		}
		if got, want := decodeStandard(t, out), m.result(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q became %q, want %v", text, out, want)
		}
		if !e.Changed() && !bytes.Equal(out, bytes.TrimSpace(text)) {
			t.Fatalf("%q became %q without a change", text, out)
		}
	})
}
