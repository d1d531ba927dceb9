package explain_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/explain"
)

// entryKeys are the promised keys of an entry. Adding one is a change to
// docs/weaknesses as well; removing one breaks programs.
var entryKeys = map[string][]string{
	"":                {"asvs", "cwe", "guard", "guide", "id", "probe", "review", "severity", "slug", "text", "title"},
	"text":            {"attack", "examples", "guard", "probe", "questions", "references", "spot", "what_goes_wrong"},
	"text.examples":   {"fixed", "framework", "language", "note", "syntax", "vulnerable"},
	"text.questions":  {"answer", "question"},
	"text.references": {"note", "title", "url"},
}

func TestJSONKeys(t *testing.T) {
	for _, w := range catalogue.All {
		t.Run(w.ID, func(t *testing.T) {
			var b bytes.Buffer
			if err := explain.JSON(&b, w); err != nil {
				t.Fatal(err)
			}
			var entry map[string]any
			if err := json.Unmarshal(b.Bytes(), &entry); err != nil {
				t.Fatal(err)
			}
			checkKeys(t, "", entry)
		})
	}
}

// checkKeys compares the keys of an object and of the objects below it.
func checkKeys(t *testing.T, path string, object map[string]any) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(object)); !slices.Equal(got, entryKeys[path]) {
		t.Errorf("keys of %q: got %v, want %v", path, got, entryKeys[path])
	}
	for key, value := range object {
		below := key
		if path != "" {
			below = path + "." + key
		}
		switch v := value.(type) {
		case nil:
			t.Errorf("%s is null", below)
		case map[string]any:
			checkKeys(t, below, v)
		case []any:
			for _, e := range v {
				if o, ok := e.(map[string]any); ok {
					checkKeys(t, below, o)
				}
			}
		}
	}
}

func TestJSONCarriesTheText(t *testing.T) {
	for _, w := range catalogue.All {
		var b bytes.Buffer
		if err := explain.JSON(&b, w); err != nil {
			t.Fatal(err)
		}
		var got explain.Entry
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		text := w.Text()
		if got.ID != w.ID || got.Severity != w.Severity || got.Text.Attack != text.Attack ||
			len(got.Text.Examples) != len(text.Examples) || got.Text.Examples[0].Fixed != text.Examples[0].Fixed {
			t.Errorf("%s: got another entry back: %+v", w.ID, got)
		}
	}
}

func TestListJSON(t *testing.T) {
	var b bytes.Buffer
	if err := explain.List(&b, explain.FormatJSON); err != nil {
		t.Fatal(err)
	}
	var got []explain.Entry
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(catalogue.All) {
		t.Fatalf("got %d entries, want %d", len(got), len(catalogue.All))
	}
	for i, w := range catalogue.All {
		if got[i].ID != w.ID || got[i].Text != nil || !reflect.DeepEqual(got[i].CWE, w.CWE) {
			t.Errorf("entry %d: got %+v, want %s without text", i, got[i], w.ID)
		}
	}
}
