package console

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/audit"
	"github.com/wswarden/wswarden/internal/redact"
)

// maxShown bounds a text of a client on the page, in bytes.
const maxShown = 256

// The marks of a text that is not shown as it is.
const (
	odd = '\uFFFD'
	cut = "…"
)

// shown returns what the page may show of a text of a client: bounded, without
// credentials, and without characters that can't be seen or that turn the
// direction of what stands around them, so that nobody is taken for another.
func shown(s string) string {
	s = strings.Map(func(r rune) rune {
		const nonJoiner, joiner = '\u200C', '\u200D' // which scripts need
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != nonJoiner && r != joiner || r == '\u2028' || r == '\u2029' {
			return odd
		}
		return r
	}, audit.Text(s))
	if len(s) <= maxShown {
		return s
	}
	end := maxShown
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + cut
}

// isShownAs reports whether a text looks like name on the page.
func isShownAs(s, name string) bool {
	if s == name {
		return true
	}
	// Most texts are shown as they are: the others are not worth the time for all.
	altered := strings.Contains(name, cut) || strings.ContainsRune(name, odd) || strings.Contains(name, redact.Mask)
	return altered && shown(s) == name
}
