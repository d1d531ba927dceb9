package predicate

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// textMethod is a method of a text, of JavaScript or Python. It returns false
// for one that isn't known.
func (m *Machine) textMethod(fr *frame, x *ir.Call, s Value, name string, args []Value) (Value, bool) {
	arg := func(i int) Value {
		if i < len(args) {
			return m.known(args[i])
		}
		return Null()
	}
	switch name {
	case "includes", "__contains__":
		return m.textTest(fr, x, "substring", s, arg(0)), true
	case "startsWith", "startswith":
		return m.textTest(fr, x, "prefix", s, arg(0)), true
	case "endsWith", "endswith":
		return m.textTest(fr, x, "suffix", s, arg(0)), true
	case "match", "search", "matchAll":
		return m.textMatch(fr, x, s, name, arg(0)), true
	case "localeCompare":
		eq := m.same(fr, x, s, arg(0))
		return lift(func(a []Value) Value {
			if a[0].bool {
				return Number(0)
			}
			return Number(1)
		}, eq), eq.kind == boolean
	case "join":
		return m.joined(fr, arg(0), s), true
	}
	f := textFunctions[name]
	if f == nil {
		return Null(), false
	}
	all := []Value{s}
	for i := range args {
		a := arg(i)
		if a.kind == unknown && s.from != nil && !a.unk.origin && !a.unk.request && positions[name] {
			a = fragment(s) // a setting that is looked for in the origin
		}
		if a.kind == unknown || a.kind == function {
			return m.derivedUnknown("."+name, s, a), true
		}
		all = append(all, a)
	}
	m.note(all)
	return lift(func(a []Value) Value {
		if a[0].kind != text {
			panic(thrown{})
		}
		return f(a[0].text, a[1:])
	}, all...), true
}

// textFunctions are methods that compute something of a text.
var textFunctions = map[string]func(s string, a []Value) Value{
	"toLowerCase": func(s string, a []Value) Value { return Text(strings.ToLower(s)) },
	"toUpperCase": func(s string, a []Value) Value { return Text(strings.ToUpper(s)) },
	"trim":        func(s string, a []Value) Value { return Text(strings.TrimSpace(s)) },
	"toString":    func(s string, a []Value) Value { return Text(s) },
	"strip": func(s string, a []Value) Value {
		if cut, ok := textAt(a, 0); ok {
			return Text(strings.Trim(s, cut))
		}
		return Text(strings.TrimSpace(s))
	},
	"rstrip": func(s string, a []Value) Value {
		if cut, ok := textAt(a, 0); ok {
			return Text(strings.TrimRight(s, cut))
		}
		return Text(strings.TrimRight(s, " \t\r\n"))
	},
	"lstrip": func(s string, a []Value) Value {
		if cut, ok := textAt(a, 0); ok {
			return Text(strings.TrimLeft(s, cut))
		}
		return Text(strings.TrimLeft(s, " \t\r\n"))
	},
	"removeprefix": func(s string, a []Value) Value { cut, _ := textAt(a, 0); return Text(strings.TrimPrefix(s, cut)) },
	"removesuffix": func(s string, a []Value) Value { cut, _ := textAt(a, 0); return Text(strings.TrimSuffix(s, cut)) },
	"indexOf":      func(s string, a []Value) Value { t, _ := textAt(a, 0); return Number(float64(strings.Index(s, t))) },
	"lastIndexOf":  func(s string, a []Value) Value { t, _ := textAt(a, 0); return Number(float64(strings.LastIndex(s, t))) },
	"count":        func(s string, a []Value) Value { t, _ := textAt(a, 0); return Number(float64(strings.Count(s, t))) },
	"slice":        func(s string, a []Value) Value { return part(Text(s), intAt(a, 0, 0), intAt(a, 1, len(s))) },
	"substring": func(s string, a []Value) Value {
		lo, hi := max(intAt(a, 0, 0), 0), max(intAt(a, 1, len(s)), 0)
		return part(Text(s), min(lo, hi), max(lo, hi))
	},
	"substr": func(s string, a []Value) Value {
		lo := intAt(a, 0, 0)
		if lo < 0 {
			lo = max(lo+len(s), 0)
		}
		return part(Text(s), lo, lo+max(intAt(a, 1, len(s)), 0))
	},
	"at":         func(s string, a []Value) Value { return at(Text(s), intAt(a, 0, 0)) },
	"charAt":     func(s string, a []Value) Value { return character(Text(s), intAt(a, 0, 0)) },
	"split":      splitText,
	"rsplit":     rsplitText,
	"partition":  func(s string, a []Value) Value { return partition(s, a, strings.Index) },
	"rpartition": func(s string, a []Value) Value { return partition(s, a, strings.LastIndex) },
	"replace":    func(s string, a []Value) Value { return replace(s, a, 1) },
	"replaceAll": func(s string, a []Value) Value { return replace(s, a, -1) },
	"concat": func(s string, a []Value) Value {
		for _, v := range a {
			s += v.display(ir.JavaScript)
		}
		return Text(s)
	},
	"isdigit": func(s string, a []Value) Value { return Bool(s != "" && strings.Trim(s, "0123456789") == "") },
}

// positions are methods that look for a text.
var positions = map[string]bool{"indexOf": true, "lastIndexOf": true, "find": true, "rfind": true, "index": true, "count": true}

func init() {
	for alias, name := range map[string]string{
		"lower": "toLowerCase", "casefold": "toLowerCase", "toLocaleLowerCase": "toLowerCase", "upper": "toUpperCase", "trimEnd": "rstrip", "trimStart": "lstrip",
		"valueOf": "toString", "normalize": "toString", "encode": "toString", "decode": "toString", "find": "indexOf", "index": "indexOf", "rfind": "lastIndexOf", "title": "toString",
	} {
		textFunctions[alias] = textFunctions[name]
	}
}

func textAt(a []Value, i int) (string, bool) {
	if i < len(a) && a[i].kind == text {
		return a[i].text, true
	}
	return "", false
}

func intAt(a []Value, i, fallback int) int {
	if i < len(a) && a[i].kind == number && a[i].num > -1e6 && a[i].num < 1e6 {
		return int(a[i].num)
	}
	return fallback
}

func texts(parts []string) Value {
	out := make([]Value, len(parts))
	for i, p := range parts {
		out[i] = Text(p)
	}
	return List(out...)
}

func splitText(s string, a []Value) Value {
	if len(a) > 0 && a[0].kind == regexpKind {
		if a[0].re.re == nil {
			panic(thrown{})
		}
		return texts(a[0].re.re.Split(s, maxElements))
	}
	sep, ok := textAt(a, 0)
	if !ok {
		return texts(strings.Fields(s))
	}
	if n := intAt(a, 1, -1); n >= 0 { // Python's maxsplit; JavaScript's limit is more, and rare
		return texts(strings.SplitN(s, sep, n+1))
	}
	return texts(strings.SplitN(s, sep, maxElements))
}

func rsplitText(s string, a []Value) Value {
	sep, ok := textAt(a, 0)
	if !ok || sep == "" {
		return texts(strings.Fields(s))
	}
	var tail []string
	for n := intAt(a, 1, maxElements); n > 0; n-- {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			break
		}
		tail = append([]string{s[i+len(sep):]}, tail...)
		s = s[:i]
	}
	return texts(append([]string{s}, tail...))
}

func partition(s string, a []Value, index func(string, string) int) Value {
	sep, _ := textAt(a, 0)
	i := index(s, sep)
	if sep == "" || i < 0 {
		return texts([]string{s, "", ""})
	}
	return texts([]string{s[:i], sep, s[i+len(sep):]})
}

// replace replaces the first or every occurrence; Python's replace, like one of
// a pattern with the flag g, takes every one, which is what matters for a check.
func replace(s string, a []Value, n int) Value {
	with, ok := textAt(a, 1)
	if !ok || len(a) == 0 {
		panic(thrown{})
	}
	if a[0].kind == regexpKind {
		if a[0].re.re == nil {
			panic(thrown{})
		}
		with = strings.ReplaceAll(with, "$&", "${0}")
		if a[0].re.lang == ir.JavaScript && n == 1 && strings.HasPrefix(a[0].re.source, "^") {
			return Text(a[0].re.re.ReplaceAllString(s, with))
		}
		return Text(a[0].re.re.ReplaceAllString(s, with))
	}
	old, ok := textAt(a, 0)
	if !ok {
		panic(thrown{})
	}
	return Text(strings.Replace(s, old, with, n))
}

// joined is a list's texts with a separator between them.
func (m *Machine) joined(fr *frame, v, sep Value) Value {
	if v.kind != list || deepUnknown(v) {
		return m.derivedUnknown("join", m.known(v))
	}
	args := append([]Value{sep}, v.list.elems...)
	l := fr.lang()
	if v.from != nil {
		return lift(func(a []Value) Value {
			if a[0].kind != list {
				return Text("")
			}
			parts := make([]string, len(a[0].list.elems))
			for i, e := range a[0].list.elems {
				parts[i] = e.display(l)
			}
			return Text(strings.Join(parts, a[1].display(l)))
		}, v, sep)
	}
	return lift(func(a []Value) Value {
		parts := make([]string, 0, len(a))
		for _, e := range a[1:] {
			parts = append(parts, e.display(l))
		}
		return Text(strings.Join(parts, a[0].display(l)))
	}, args...)
}

// textMatch is origin.match(pattern) and origin.search(pattern).
func (m *Machine) textMatch(fr *frame, x *ir.Call, s Value, name string, p Value) Value {
	if p.kind == text && p.from == nil {
		p = Pattern(p.text, "", fr.lang())
	}
	if p.kind != regexpKind {
		return m.matchSetting(fr, x, m.known(p), s, anywhere)
	}
	if name == "search" {
		found := m.matched(fr, x, p, s, anywhere)
		if found.kind == unknown {
			return found
		}
		return lift(func(a []Value) Value {
			if loc := p.re.match(a[0].display(fr.lang()), anywhere); loc != nil {
				return Number(float64(loc[0]))
			}
			return Number(-1)
		}, s)
	}
	return m.match(fr, x, p, s, anywhere)
}

// patternMethod is a method of a regular expression.
func (m *Machine) patternMethod(fr *frame, x *ir.Call, p Value, name string, args []Value) (Value, bool) {
	if len(args) == 0 {
		return Null(), false
	}
	s := m.known(args[0])
	switch name {
	case "test", "MatchString", "Match":
		return m.matched(fr, x, p, s, anywhere), true
	case "exec", "search":
		return m.match(fr, x, p, s, anywhere), true
	case "FindString", "FindStringSubmatch", "findall":
		v := m.match(fr, x, p, s, anywhere)
		return v, true
	case "match":
		return m.match(fr, x, p, s, fromStart), true
	case "fullmatch":
		return m.match(fr, x, p, s, all), true
	case "ReplaceAllString", "sub":
		if p.re.re != nil && len(args) > 1 && s.kind == text && args[1].kind == text {
			if name == "sub" {
				return lift(func(a []Value) Value { return Text(p.re.re.ReplaceAllString(a[1].text, a[0].text)) }, args[0], args[1]), true
			}
			return lift(func(a []Value) Value { return Text(p.re.re.ReplaceAllString(a[0].text, a[1].text)) }, args[0], args[1]), true
		}
	}
	return Null(), false
}

// matchSetting matches with a pattern that is configured. One that is matched
// from the start alone is as good as a prefix; others may have been anchored by
// who wrote them.
func (m *Machine) matchSetting(fr *frame, x *ir.Call, p, s Value, extent string) Value {
	if s.from == nil || p.kind != unknown || p.unk.origin || p.unk.request {
		return m.derivedUnknown("match", p, s)
	}
	if extent != fromStart {
		return m.amongSettings(fr, x, s, p)
	}
	if m.mayBeEmpty(p) {
		return Null()
	}
	named := placeholder(s).display(fr.lang())
	v := lift(func(a []Value) Value { return Bool(strings.HasPrefix(a[0].display(ir.Python), named)) }, s)
	m.site(fr, x, "regexp", v, s, p)
	return v
}

// matched reports whether a pattern matches a text.
func (m *Machine) matched(fr *frame, x *ir.Call, p, s Value, extent string) Value {
	v := m.match(fr, x, p, s, extent)
	if v.kind == unknown {
		return v
	}
	return lift(func(a []Value) Value { return Bool(a[0].kind != null) }, v)
}

// match is what a pattern finds in a text: the match with its groups, or null.
func (m *Machine) match(fr *frame, x *ir.Call, p, s Value, extent string) Value {
	if p.re.re == nil || s.kind == unknown {
		return m.derivedUnknown("match of "+shorten(p.re.source), s)
	}
	l := fr.lang()
	v := lift(func(a []Value) Value {
		if a[0].kind == null && l == ir.Python {
			panic(thrown{})
		}
		return p.re.groups(a[0].display(l), extent)
	}, s)
	m.site(fr, x, "regexp", lift(func(a []Value) Value { return Bool(a[0].kind != null) }, v), s, p)
	return v
}
