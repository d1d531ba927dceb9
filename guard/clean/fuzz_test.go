package clean_test

import (
	stdhtml "html"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/wswarden/wswarden/guard/clean"
)

// FuzzClean: whatever is cleaned parses as text alone, by itself and between the
// tags of a page; what is stripped stays so when references are decoded, and when
// it is stripped again; what is rejected is what stripping would change.
func FuzzClean(f *testing.F) {
	for _, text := range append(honest, "<b>x</b>", "a<b", "<scr<script>ipt>", "&amp;lt;b&amp;gt;", "</", "<!", "<?", "</x", "<![CDATA[x]]>", "<plaintext>", "<a\x00b>", "\x00<b", "<\x00b>", "javascript:x") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		escaped, ok := clean.Escape.Clean(text)
		if !ok || strings.ContainsAny(escaped, `<>"'`) || stdhtml.UnescapeString(escaped) != text {
			t.Errorf("Escape(%q) = %q, %v", text, escaped, ok)
		}
		textAlone(t, "Escape", text, escaped)
		stripped, ok := clean.Strip.Clean(text)
		if ok {
			textAlone(t, "Strip", text, stripped)
			textAlone(t, "Strip, decoded", text, stdhtml.UnescapeString(stripped))
			textAlone(t, "Strip, decoded twice", text, stdhtml.UnescapeString(stdhtml.UnescapeString(stripped)))
			if again, ok := clean.Strip.Clean(stripped); again != stripped || !ok {
				t.Errorf("Strip(%q) = %q, and stripped again %q, %v", text, stripped, again, ok)
			}
		}
		kept, ok := clean.Reject.Clean(text)
		if ok && (kept != text || stripped != text) {
			t.Errorf("Reject(%q) = %q, but Strip gives %q", text, kept, stripped)
		}
	})
}

// textAlone checks that a tokenizer finds nothing but text in what was made of
// text, and still finds the page around it.
func textAlone(t *testing.T, what, text, made string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader("<i title=x>" + made + "</i>"))
	var tags []string
	for z.Next() != html.ErrorToken {
		if tok := z.Token(); tok.Type != html.TextToken {
			tags = append(tags, tok.String())
		}
	}
	if len(tags) != 2 || tags[0] != `<i title="x">` || tags[1] != "</i>" {
		t.Errorf("%s(%q) = %q, in which there is %q", what, text, made, tags)
	}
}
