package jsonscan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

func TestCodes(t *testing.T) {
	words := map[string]bool{}
	for _, c := range jsonscan.Codes() {
		v := jsonscan.Violation{Code: c}
		switch {
		case v.OK() || c.Class() == jsonscan.ClassNone:
			t.Errorf("%d: is no violation", c)
		case c.String() == "" || words[c.String()] || strings.Trim(c.String(), "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
			t.Errorf("%d: the word %q is empty, repeated or not in kebab case", c, c)
		case v.Text() == "" || strings.ContainsAny(v.Text(), "%.\n"):
			t.Errorf("%s: the text %q is no plain sentence", c, v.Text())
		case c.Keyword() != "" && c.Class() != jsonscan.ClassSchema:
			t.Errorf("%s: has a keyword and is not of a schema", c)
		}
		words[c.String()] = true
	}
	if len(words) < 50 || fmt.Sprint(jsonscan.KeyDuplicate) != "duplicate-key" {
		t.Errorf("got %d codes", len(words))
	}
}
