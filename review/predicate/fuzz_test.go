package predicate_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
)

// FuzzJudge holds for any source: judging ends, and nothing panics; the verdict
// is the same every time; an origin that gets by is one that a browser can have,
// and another one than those that are meant to.
func FuzzJudge(f *testing.F) {
	langs := []ir.Lang{ir.JavaScript, ir.Python, ir.Go}
	for i, src := range []string{
		"const A = new Set(['https://a.example']); function check(origin) { return A.has(origin) }",
		"def check(origin):\n    return re.match('https://a', origin) or any(x in origin for x in y)\n",
		"package p\nfunc check(origin string) bool { for { if strings.HasPrefix(origin, \"h\") { return true } } }\n",
		"function check(origin) { return check(origin + origin) }",
		"function check(origin) { let s = origin; while (s.length < 1e9) s += s; return s }",
		"function check(origin, cb) { if (a) { if (b) { if (c) { if (d) { if (e) { cb(f) } } } } } return [..., ...origin] }",
		"def check(origin):\n    x = [check(o) for o in origin for p in origin for q in origin]\n    return x\n",
		"package p\nvar a = b\nvar b = a\nfunc check(origin string) bool { return a[origin][b:] == \"\" }\n",
		"function check(origin) { return /(((a*)*)*)*b/.test(origin) && origin.replace(/^(?=x)/, '$1') < origin[-1] }",
		"function check({origin}, [a, ...b]) { try { throw origin } catch { return origin?.x.y } finally { return } }",
		"def check(origin):\n    return ('%s' % origin)[::-1].split()[99].strip(None)[1:2:3]\n",
	} {
		f.Add(byte(min(i, 2)), []byte(src))
		for l := range langs {
			f.Add(byte(l), []byte(src))
		}
	}
	parse := newParse(f)
	f.Fuzz(func(t *testing.T, l byte, src []byte) {
		lang := langs[int(l)%len(langs)]
		first := judge(t, parse, lang, string(src))
		again := judge(t, parse, lang, string(src))
		for i, v := range first {
			w := again[i]
			if v.Complete != w.Complete || v.Allowed != w.Allowed || v.Open != w.Open || len(v.Bypasses) != len(w.Bypasses) {
				t.Fatalf("got %+v, then %+v", v, w)
			}
			if v.Open && v.Allowed != "" {
				t.Errorf("got all let in, and %q told apart", v.Allowed)
			}
			for _, b := range v.Bypasses {
				u, err := url.Parse(b.Origin)
				if err != nil || u.Host == "" || u.Path != "" || strings.ContainsAny(b.Origin, " \\@*") {
					t.Errorf("got %q to get by, which no browser sends", b.Origin)
				}
				if b.Origin == v.Allowed || len(b.Sites) == 0 || slices.Contains(b.Sites, nil) {
					t.Errorf("got the bypass %+v beside %q", b, v.Allowed)
				}
			}
		}
	})
}
