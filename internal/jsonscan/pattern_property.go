package jsonscan

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// property reads the braces of \p or \P, whichever letter is.
func (t *patternTranslator) property(letter rune) (string, error) {
	if !t.accept("{") {
		return "", errors.New("a Unicode property lacks its braces")
	}
	text, _, found := strings.Cut(t.in[t.pos:], "}")
	if !found {
		return "", errors.New("a Unicode property lacks its braces")
	}
	t.pos += len(text) + 1
	name, err := goProperty(text)
	if err != nil {
		return "", err
	}
	if letter == 'P' {
		return `\P{` + name + `}`, nil
	}
	return `\p{` + name + `}`, nil
}

// goProperty returns what package regexp calls a Unicode property of ECMA-262.
func goProperty(text string) (string, error) {
	name, value, assigned := strings.Cut(text, "=")
	switch {
	case !assigned && name == "Any":
		return name, nil
	case !assigned, name == "gc", name == "General_Category":
		if assigned {
			name = value
		}
		if short, ok := unicode.CategoryAliases[name]; ok {
			name = short
		}
		if _, ok := unicode.Categories[name]; ok && len(name) <= 2 {
			return name, nil
		}
	case name == "sc", name == "Script":
		if _, ok := unicode.Scripts[value]; ok {
			return value, nil
		}
	}
	return "", fmt.Errorf("the Unicode property %q is not supported", text)
}
