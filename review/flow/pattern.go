package flow

import (
	"regexp"
	"strings"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// matched is a text that is matched with a pattern: a check of the text, and a
// danger where the pattern backtracks without bound.
func (in *interp) matched(e *frameworks.Effect, c *callSpec, self *value, data []*value, out *value) *value {
	pattern := nothing
	if len(data) > 0 {
		pattern = data[0]
	}
	subject := nothing
	if e.Subject > 0 {
		subject = c.at(e.Subject - 1)
	}
	if self.lit != nil || self.pattern != "" {
		pattern = self
	}
	outside := select1(subject, model.FromMessage, model.FromQuery, model.FromHeader, model.FromPush)
	if text := patternText(pattern); text != "" && len(outside) > 0 && in.file().Lang != ir.Go && backtracks(text) {
		in.sink(model.BacktrackSink, []*value{subject}, c.x, in.text(c.x.Fn), self)
	}
	kind := model.TypeFact
	if subject.has(model.FromOrigin) {
		kind = model.OriginFact
		in.out.originTest(in, c.x)
	}
	if !subject.has(model.FromOrigin) && len(outside) == 0 {
		return out
	}
	f := in.fact(kind, c.x)
	f.Type = patternType(pattern)
	for _, fl := range outside {
		f.Flows = append(f.Flows, fl.export())
	}
	return out.with(func(v *value) { v.atoms = unionFunc(v.atoms, []atom{{f, true}}, maxAtoms, sameAtom) })
}

// patternType is the type that a text has which a pattern matches: "slug" where
// it is made of letters, digits, "_" and "-" alone, which no interpreter gives a
// meaning.
func patternType(v *value) string {
	if slug.MatchString(patternText(v)) {
		return "slug"
	}
	return "pattern"
}

// slug matches patterns of such texts, from their beginning to their end, of one
// line. Ranges stay within letters of one case or digits: [A-z] holds a backtick,
// [0-z] a semicolon.
var slug = regexp.MustCompile(`^/?(?:\^|\\A)(?:` + slugClass + `|\\[wd]|[A-Za-z0-9_-]|[+*?]|\{\d+(?:,\d*)?\})+(?:\$|\\z|\\Z)(?:/[giuy]*)?$`)

// slugClass matches a class of such letters. A bare dash in it stands first, last
// or behind a range, where it means itself.
const slugClass = `\[-?(?:(?:[A-Z]-[A-Z]|[a-z]-[a-z]|[0-9]-[0-9]|\\[wd])-?|\\-|[A-Za-z0-9_])+-?\]`

func patternText(v *value) string {
	if v.pattern != "" {
		return v.pattern
	}
	if v.lit != nil {
		return v.lit.text
	}
	return ""
}

// backtracks reports whether a pattern repeats something that repeats itself,
// or alternatives that begin alike, without bound: the classic forms that take
// exponential time. It says no where it isn't sure.
func backtracks(pattern string) bool {
	type group struct{ repeats, alternatives bool }
	var stack []group
	cur := group{}
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '[':
			for i++; i < len(pattern) && pattern[i] != ']'; i++ {
				if pattern[i] == '\\' {
					i++
				}
			}
		case '(':
			stack = append(stack, cur)
			cur = group{}
		case ')':
			inner := cur
			if len(stack) == 0 {
				return false
			}
			cur = stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if i+1 < len(pattern) && unbounded(pattern[i+1:]) && inner.repeats && !inner.alternatives {
				return true
			}
			cur.repeats = cur.repeats || inner.repeats
		case '|':
			cur.alternatives = true
		case '*', '+':
			cur.repeats = true
		case '{':
			if unbounded(pattern[i:]) {
				cur.repeats = true
			}
		}
	}
	return false
}

// unbounded reports whether a quantifier has no upper bound.
func unbounded(s string) bool {
	if s[0] == '*' || s[0] == '+' {
		return true
	}
	if s[0] != '{' {
		return false
	}
	end := strings.IndexByte(s, '}')
	return end > 0 && strings.HasSuffix(s[:end], ",")
}
