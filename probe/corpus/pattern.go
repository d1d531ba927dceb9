package corpus

import (
	"regexp/syntax"
	"strings"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// matching returns a text of least to most characters that a pattern matches,
// and whether it found one.
func matching(pattern string, least, most int) (string, bool) {
	compiled, err := jsonscan.CompilePattern(pattern)
	if err != nil {
		return "", false
	}
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return "", false
	}
	tree = tree.Simplify()
	for repeat := 0; repeat <= 64; repeat++ {
		var b strings.Builder
		if !write(&b, tree, repeat) {
			return "", false
		}
		t := b.String()
		if n := len([]rune(t)); n < least || n > most {
			if n > most {
				return "", false
			}
			continue
		}
		if compiled.MatchString(t) {
			return t, true
		}
	}
	return "", false
}

// write writes a text that the expression matches; what may repeat does so
// repeat times, where it may.
func write(b *strings.Builder, re *syntax.Regexp, repeat int) bool {
	if b.Len() > maxText {
		return false
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		if len(re.Rune) < 2 {
			return false
		}
		b.WriteRune(printable(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('x')
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			if !write(b, sub, repeat) {
				return false
			}
		}
	case syntax.OpAlternate:
		return write(b, re.Sub[0], repeat)
	case syntax.OpPlus:
		return times(b, re.Sub[0], max(1, repeat), repeat)
	case syntax.OpStar:
		return times(b, re.Sub[0], repeat, repeat)
	case syntax.OpQuest:
		if repeat > 0 {
			return write(b, re.Sub[0], repeat-1)
		}
	case syntax.OpRepeat:
		n := max(re.Min, repeat)
		if re.Max >= 0 {
			n = min(n, re.Max)
		}
		return times(b, re.Sub[0], n, repeat)
	case syntax.OpNoMatch:
		return false
	}
	return true
}

func times(b *strings.Builder, re *syntax.Regexp, n, repeat int) bool {
	for range n {
		if !write(b, re, repeat) {
			return false
		}
	}
	return true
}

// printable returns a rune of a class, a letter or digit where there is one.
func printable(class []rune) rune {
	for _, want := range "axA1_- " {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= want && want <= class[i+1] {
				return want
			}
		}
	}
	return class[0]
}
