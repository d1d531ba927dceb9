package clean

import (
	"html"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"

	"github.com/wswarden/wswarden/guard"
)

// The cleaners.
var (
	Escape guard.Cleaner = escape{}
	Strip  guard.Cleaner = strip{}
	Reject guard.Cleaner = reject{}
)

// Named returns the cleaner that a configuration calls escape, strip or reject, nil
// for any other name.
func Named(name string) guard.Cleaner {
	switch name {
	case "escape":
		return Escape
	case "strip":
		return Strip
	case "reject":
		return Reject
	}
	return nil
}

type escape struct{}

// Clean escapes & < > " and '. To escape twice is to show references: it is not
// idempotent.
func (escape) Clean(text string) (string, bool) { return html.EscapeString(text), true }

// policy lets text alone through. Building it is too slow to be done for each text.
var policy = sync.OnceValue(bluemonday.StrictPolicy)

// maxLayers is how often references may be nested in each other, as in &amp;lt;.
// Honest text has one layer, and each costs another look at the whole.
const maxLayers = 8

type strip struct{}

// Clean removes markup. It refuses a text whose markup comes back as often as it is
// removed.
func (strip) Clean(text string) (string, bool) {
	for range maxLayers {
		if !hidesMarkup(text) {
			return text, true
		}
		// What the policy leaves is escaped. Its references are decoded, which may
		// bring markup to light.
		// It takes "</" at the end for text, but a page goes on behind it.
		text = strings.TrimSuffix(html.UnescapeString(policy().Sanitize(text)), "</")
	}
	return "", false
}

type reject struct{}

// Clean refuses markup and addresses that run a script.
func (reject) Clean(text string) (string, bool) {
	if hidesMarkup(text) || runsScript(text) {
		return "", false
	}
	return text, true
}

// hidesMarkup reports whether text has markup, or gets some by decoding references
// however often.
func hidesMarkup(text string) bool {
	for range maxLayers {
		if hasMarkup(text) {
			return true
		}
		if strings.IndexByte(text, '&') < 0 {
			return false
		}
		decoded := html.UnescapeString(text)
		if decoded == text {
			return false
		}
		text = decoded
	}
	return true
}

// hasMarkup reports whether a tokenizer of HTML (section 13.2.5 of the standard)
// leaves the data state somewhere in text, which a page continues: for a tag, an end
// tag, a comment, a declaration or an instruction, closed or not. A "<" before
// anything else, as in "3 < 4" or "<3", is text to it.
func hasMarkup(text string) bool {
	for {
		i := strings.IndexByte(text, '<')
		if i < 0 || i+1 == len(text) {
			return false
		}
		text = text[i+1:]
		switch c := text[0]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', c == '!', c == '?', c == '/':
			return true
		}
	}
}

// runsScript reports whether a browser that follows text as an address runs what
// it says.
func runsScript(text string) bool {
	scheme, rest, ok := strings.Cut(addressOf(text), ":")
	if !ok {
		return false
	}
	switch scheme {
	case "javascript", "vbscript":
		return true
	case "data":
		kind, _, ok := strings.Cut(rest, ",")
		return ok && (strings.Contains(kind, "html") || strings.Contains(kind, "xml") || strings.Contains(kind, "svg"))
	}
	return false
}

// addressOf returns text as the URL standard reads it (section 4.4, basic URL
// parser): without control characters and spaces around it, and without tabs and
// line breaks anywhere. References are decoded, as in an attribute.
func addressOf(text string) string {
	text = strings.TrimFunc(html.UnescapeString(text), func(r rune) bool { return r <= ' ' })
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, text))
}
