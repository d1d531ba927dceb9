package yamltext_test

import (
	"bytes"
	"reflect"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/wswarden/wswarden/internal/yamltext"
)

func TestWrite(t *testing.T) {
	var b bytes.Buffer
	yamltext.Write(&b, yamltext.Object{
		{Key: "listen", Value: "127.0.0.1:8080", Comment: "here"},
		{Key: "empty", Value: yamltext.Object{}},
		{Key: "routes", Value: yamltext.Items{
			{
				{Key: "path", Value: "/ws", Above: []string{"the first"}},
				{Key: "rate", Value: yamltext.Raw("60/1m")},
				{Key: "auth", Value: yamltext.Flow{{Key: "ticket", Value: true}, {Key: "carriers", Value: yamltext.List{"query", 1, 2.5}}}},
			},
			{{Key: "path", Value: "/two"}, {Key: "deep", Value: yamltext.Object{{Key: "no", Value: `"a" in b`, Comment: "two\nlines"}}}},
		}},
	}, 0)
	want := `listen: "127.0.0.1:8080" # here
empty: {}
routes:
  # the first
  - path: /ws
    rate: 60/1m
    auth: {ticket: true, carriers: [query, 1, 2.5]}
  - path: /two
    deep:
      "no": '"a" in b' # two lines
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &b, want)
	}
}

// FuzzWord holds keys and values to what a reader of YAML makes of them.
func FuzzWord(f *testing.F) {
	for _, s := range []string{"", "a", "no", "12", "1:30", "0x1f", "a: b", "# a", "- a", "it's", `say "hi"`, "a\nb", "\u0085", "\ufeff", "<<", "*a", "&a", "!t", "~", "2001-01-01", "a\\b", "{", "ws://h:1/p", "\x7f", ".inf", "=", "\u2028"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = string(bytes.ToValidUTF8([]byte(s), []byte("?")))
		var b bytes.Buffer
		yamltext.Write(&b, yamltext.Object{
			{Key: "k" + s, Value: s, Comment: s, Above: []string{s}},
			{Key: "f", Value: yamltext.Flow{{Key: "k" + s, Value: yamltext.List{s}}}},
		}, 0)
		var got map[string]any
		if err := yaml.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("read %q: %v", b.String(), err)
		}
		if s == "\ufffe" || s == "\uffff" || bytes.ContainsAny([]byte(s), "\ufffe\uffff") {
			return // YAML has no word for them
		}
		want := map[string]any{"k" + s: s, "f": map[string]any{"k" + s: []any{s}}}
		if s == "" {
			want = map[string]any{"k": "", "f": map[string]any{"k": []any{""}}}
		}
		if s == "f" || "k"+s == "f" {
			return
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %#v, want %#v of\n%s", got, want, b.String())
		}
	})
}
