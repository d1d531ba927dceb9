package predicate

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// A pattern is a regular expression of one of the languages. re is nil where it
// means something that Go's can't.
type pattern struct {
	source   string
	re       *regexp.Regexp
	lang     ir.Lang
	anchored map[string]*regexp.Regexp // by extent, compiled when it is needed
}

const maxPattern = 2_000

// compile translates a pattern. Look-arounds, back-references and the like have
// no counterpart; the rest of what patterns for origins use means the same.
func compile(source, flags string, l ir.Lang) *pattern {
	p := &pattern{source: source, lang: l}
	if len(source) > maxPattern {
		return p
	}
	s := source
	if l == ir.JavaScript {
		s = strings.ReplaceAll(s, `\/`, "/")
		s = strings.ReplaceAll(s, "(?<", "(?P<")
		if strings.Contains(s, "(?P<=") || strings.Contains(s, "(?P<!") {
			return p
		}
	}
	if l == ir.Python {
		s = strings.ReplaceAll(s, `\Z`, `\z`)
	}
	var mode string
	for _, f := range flags {
		switch f {
		case 'i', 'm', 's':
			mode += string(f)
		}
	}
	if mode != "" {
		s = "(?" + mode + ")" + s
	}
	p.re, _ = regexp.Compile(s)
	return p
}

// how much of the text a match has to take.
const (
	anywhere  = "search"
	fromStart = "prefix"
	all       = "full"
)

// match returns where the pattern matches, as regexp does; nil where it doesn't.
func (p *pattern) match(s, extent string) []int {
	if extent == anywhere {
		return p.re.FindStringSubmatchIndex(s)
	}
	if p.anchored == nil {
		p.anchored = map[string]*regexp.Regexp{}
	}
	re, ok := p.anchored[extent]
	if !ok {
		expr := `\A(?:` + p.re.String() + `)`
		if extent == all {
			expr += `\z`
		}
		re, _ = regexp.Compile(expr)
		p.anchored[extent] = re
	}
	if re == nil {
		return nil
	}
	return re.FindStringSubmatchIndex(s)
}

// groups is what a match yields: the matched text and its groups, or null.
func (p *pattern) groups(s, extent string) Value {
	loc := p.match(s, extent)
	if loc == nil {
		return Null()
	}
	var out []Value
	for i := 0; i+1 < len(loc); i += 2 {
		if loc[i] < 0 {
			out = append(out, Null())
		} else {
			out = append(out, Text(s[loc[i]:loc[i+1]]))
		}
	}
	return List(out...)
}

// sample is a text that the pattern matches, to learn what it is meant to let
// in; empty where none comes to mind.
func (p *pattern) sample() string {
	if p.re == nil {
		return ""
	}
	re, err := syntax.Parse(p.re.String(), syntax.Perl)
	if err != nil {
		return ""
	}
	var b strings.Builder
	writeSample(&b, re, 0)
	if s := b.String(); len(s) < 200 {
		return s
	}
	return ""
}

func writeSample(b *strings.Builder, re *syntax.Regexp, depth int) {
	if depth > 40 || b.Len() > 300 {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		b.WriteString(strings.ToLower(string(re.Rune)))
	case syntax.OpCharClass:
		b.WriteRune(typical(re.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteByte('a')
	case syntax.OpCapture, syntax.OpPlus:
		writeSample(b, re.Sub[0], depth+1)
		if re.Op == syntax.OpPlus && re.Sub[0].Op == syntax.OpCharClass {
			writeSample(b, re.Sub[0], depth+1)
		}
	case syntax.OpQuest:
		if re.Sub[0].Op == syntax.OpLiteral { // https?
			writeSample(b, re.Sub[0], depth+1)
		}
	case syntax.OpStar:
		if re.Sub[0].Op == syntax.OpAnyChar || re.Sub[0].Op == syntax.OpAnyCharNotNL {
			b.WriteString("app")
		}
	case syntax.OpRepeat:
		for range min(max(re.Min, 1), 8) {
			writeSample(b, re.Sub[0], depth+1)
		}
	case syntax.OpConcat:
		for _, s := range re.Sub {
			writeSample(b, s, depth+1)
		}
	case syntax.OpAlternate:
		writeSample(b, re.Sub[0], depth+1)
	}
}

// typical is a character of a class that origins are made of.
func typical(ranges []rune) rune {
	in := func(c rune) bool {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= c && c <= ranges[i+1] {
				return true
			}
		}
		return false
	}
	for _, c := range "a3-." {
		if in(c) {
			return c
		}
	}
	if len(ranges) > 0 {
		return ranges[0]
	}
	return 'a'
}

// glob matches a pattern with * and ?. In path patterns neither takes a slash.
func glob(pat, s string, slash bool) bool {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, r := range pat {
		switch r {
		case '*':
			if slash {
				b.WriteString(`[^/]*`)
			} else {
				b.WriteString(`.*`)
			}
		case '?':
			b.WriteString(`[^/]`)
		default:
			b.WriteString(regexp.QuoteMeta(string(r)))
		}
	}
	b.WriteString(`\z`)
	if b.Len() > maxPattern {
		return false
	}
	re, err := regexp.Compile(b.String())
	return err == nil && re.MatchString(s)
}
