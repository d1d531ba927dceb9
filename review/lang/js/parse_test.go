package js_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/lang/js"
	"github.com/wswarden/wswarden/review/syntax"
)

// A parser that gives up on one piece of a file isn't asked for the next.
func TestTimeoutEndsAFile(t *testing.T) {
	for name, src := range map[string]string{
		"a.js":     "a()",
		"a.html":   "<script>a()</script><script>b()</script><p onclick='c()'>",
		"a.vue":    "<script>a()</script><p v-if='b' @c='d()'>{{ e }}</p>",
		"a.svelte": "{#if a}{b}{/if}",
	} {
		calls := 0
		f, err := js.Lower(name, []byte(src), func(syntax.Language, []byte) (*syntax.Tree, error) {
			calls++
			return nil, syntax.ErrTimeout
		})
		if !errors.Is(err, syntax.ErrTimeout) || calls != 1 {
			t.Errorf("%s: got %v, %v after %d calls, want a timeout after one", name, f, err, calls)
		}
	}
}

// How often broken code is parsed again doesn't depend on how much there is.
func TestBrokenCodeIsParsedWithinABudget(t *testing.T) {
	const broken = "f( {{ x }} ]] } class { = "
	for name, src := range map[string]string{
		"a.js":   strings.Repeat(broken, 400),
		"a.html": strings.Repeat("<script>"+broken+"</script><p onclick='"+broken+"'>", 200),
		"a.vue":  strings.Repeat("<p :a='"+broken+"'>{{"+broken+"}}", 200),
	} {
		parsed := 0
		_, err := js.Lower(name, []byte(src), func(l syntax.Language, src []byte) (*syntax.Tree, error) {
			parsed += len(src)
			return parse(l, src)
		})
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if limit := 6*len(src) + 32<<10; parsed > limit {
			t.Errorf("%s: parsed %d bytes to read %d, want at most %d", name, parsed, len(src), limit)
		}
	}
}
