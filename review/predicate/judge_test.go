package predicate_test

import (
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/predicate"
)

const (
	goHead = "package p\n\nimport (\n\t\"net/url\"\n\t\"os\"\n\t\"path\"\n\t\"regexp\"\n\t\"slices\"\n\t\"strings\"\n)\n\n"
	pyHead = "import fnmatch\nimport ipaddress\nimport os\nimport re\nfrom urllib.parse import urlparse\n"
)

func TestJudge(t *testing.T) {
	type want struct {
		worst    predicate.Class // of the origins that get by
		open     bool            // every origin is let in
		null     bool
		absent   bool
		rebinds  bool
		byChance bool // configurable, and open while nothing is configured
	}
	cases := []struct {
		name string
		lang ir.Lang
		src  string
		want want
	}{
		// JavaScript
		{"set", ir.JavaScript, `const A = new Set(['https://app.example.com']); function check(origin) { return A.has(origin) }`, want{}},
		{"array", ir.JavaScript, `const A = ['https://app.example.com', 'https://b.example.com']; function check(origin) { return A.indexOf(origin) !== -1 }`, want{}},
		{"object", ir.JavaScript, `const A = {'https://app.example.com': true}; function check(origin) { return !!A[origin] }`, want{}},
		{"equality", ir.JavaScript, `function check(origin) { return origin === 'https://app.example.com' }`, want{}},
		{"switch", ir.JavaScript, `function check(origin) { switch (origin) { case 'https://app.example.com': return true; default: return false } }`, want{}},
		{"lower case", ir.JavaScript, `function check(origin) { return (origin || '').toLowerCase() === 'https://app.example.com' }`, want{}},
		{"includes", ir.JavaScript, `function check(origin) { return origin.includes('app.example.com') }`, want{worst: predicate.Foreign}},
		{"indexOf", ir.JavaScript, `function check(origin) { return origin.indexOf('example.com') > -1 }`, want{worst: predicate.Foreign}},
		{"indexOf 0", ir.JavaScript, `function check(origin) { return origin.indexOf('https://app.example.com') === 0 }`, want{worst: predicate.Foreign}},
		{"startsWith", ir.JavaScript, `function check(origin) { return origin.startsWith('https://app.example.com') }`, want{worst: predicate.Foreign}},
		{"startsWith localhost", ir.JavaScript, `function check(origin) { return origin.startsWith('http://localhost') }`, want{worst: predicate.Foreign}},
		{"startsWith with slash", ir.JavaScript, `function check(origin) { return (origin + '/').startsWith('https://app.example.com/') }`, want{}},
		{"endsWith", ir.JavaScript, `function check(origin) { return origin.endsWith('example.com') }`, want{worst: predicate.Foreign}},
		{"endsWith top-level domain", ir.JavaScript, `function check(origin) { return origin.endsWith('.com') }`, want{worst: predicate.Foreign}},
		{"endsWith dot", ir.JavaScript, `function check(origin) { return origin.endsWith('.example.com') }`, want{worst: predicate.Sibling}},
		{"slice", ir.JavaScript, `function check(origin) { return origin.slice(-11) === 'example.com' }`, want{worst: predicate.Foreign}},
		{"split", ir.JavaScript, `function check(origin) { return origin.split('//')[1] === 'app.example.com' }`, want{worst: predicate.Scheme}},
		{"split labels", ir.JavaScript, `function check(origin) { return new URL(origin).hostname.split('.').slice(-2).join('.') === 'example.com' }`, want{worst: predicate.Sibling}},
		{"regexp without anchors", ir.JavaScript, `function check(origin) { return /app\.example\.com/.test(origin) }`, want{worst: predicate.Foreign}},
		{"regexp without end", ir.JavaScript, `function check(origin) { return /^https:\/\/app\.example\.com/.test(origin) }`, want{worst: predicate.Foreign}},
		{"regexp with open dot", ir.JavaScript, `function check(origin) { return /^https:\/\/app.example\.com$/.test(origin) }`, want{worst: predicate.Foreign}},
		{"regexp exact", ir.JavaScript, `function check(origin) { return /^https:\/\/(app|admin)\.example\.com$/.test(origin) }`, want{}},
		{"regexp subdomains", ir.JavaScript, `function check(origin) { return /^https:\/\/[a-z0-9-]+\.example\.com$/.test(origin) }`, want{worst: predicate.Sibling}},
		{"regexp of strings", ir.JavaScript, `const A = ['^https://app\\.example\\.com$'].map((s) => new RegExp(s)); function check(origin) { return A.some((r) => r.test(origin)) }`, want{}},
		{"shared host", ir.JavaScript, `function check(origin) { return new URL(origin).hostname.endsWith('.vercel.app') }`, want{worst: predicate.Foreign}},
		{"hostname", ir.JavaScript, `function check(origin) { return new URL(origin).hostname === 'app.example.com' }`, want{worst: predicate.Scheme}},
		{"host", ir.JavaScript, `function check(origin) { const u = new URL(origin); return u.protocol === 'https:' && u.host === 'app.example.com' }`, want{}},
		{"port", ir.JavaScript, `function check(origin) { return new URL(origin).port === '8443' }`, want{worst: predicate.Foreign}},
		{"port by default", ir.JavaScript, `function check(origin, port) { const u = new URL(origin); return (u.port || (u.protocol === 'https:' ? '443' : '80')) === String(config.port) }`, want{worst: predicate.Foreign}},
		{"scheme", ir.JavaScript, `function check(origin) { return new URL(origin).protocol === 'chrome-extension:' }`, want{worst: predicate.Extension}},
		{"reversed", ir.JavaScript, `const A = 'https://app.example.com'; function check(origin) { return A.startsWith(origin) }`, want{worst: predicate.Prefix, absent: false}},
		{"reversed includes", ir.JavaScript, `function check(origin) { return 'https://app.example.com,https://b.example.com'.includes(origin) }`, want{worst: predicate.Prefix}},
		{"host header", ir.JavaScript, `function check(origin, host) { return new URL(origin).host === host }`, want{worst: predicate.Scheme, rebinds: true}},
		{"host header in a template", ir.JavaScript, "function check(origin, host) { return origin === `https://${host}` }", want{}},
		{"optional", ir.JavaScript, `function check(origin) { if (!origin) return true; return origin === 'https://app.example.com' }`, want{absent: true}},
		{"null", ir.JavaScript, `function check(origin) { if (origin && origin !== 'null') return origin === 'https://app.example.com'; return true }`, want{absent: true, null: true}},
		{"null in a list", ir.JavaScript, `function check(origin) { return ['https://app.example.com', 'null'].includes(origin) }`, want{null: true}},
		{"exceptions let in", ir.JavaScript, `function check(origin) { try { return new URL(origin).origin === 'https://app.example.com' } catch (e) { return true } }`, want{absent: true, null: true}},
		{"configured", ir.JavaScript, `const A = process.env.ORIGINS.split(','); function check(origin) { return A.includes(origin) }`, want{}},
		{"configured suffix", ir.JavaScript, `function check(origin) { return origin.endsWith(process.env.DOMAIN) }`, want{worst: predicate.Foreign}},
		{"open until configured", ir.JavaScript, `const A = (process.env.ORIGINS || '').split(',').filter(Boolean); function check(origin) { return !A.length || A.includes(origin) }`, want{byChance: true}},
		{"star by default", ir.JavaScript, `const A = (process.env.ORIGINS || '*').split(','); function check(origin) { return A.includes('*') || A.includes(origin) }`, want{byChance: true}},
		{"switched off by configuration", ir.JavaScript, `function check(origin) { return process.env.ALLOW_ANY === 'true' || origin === 'https://app.example.com' }`, want{}},
		{"development", ir.JavaScript, `function check(origin) { if (process.env.NODE_ENV !== 'production') return true; return origin === 'https://app.example.com' }`, want{}},
		{"helper", ir.JavaScript, `const hosts = ['app.example.com']; const match = (o, h) => o.endsWith(h); function check(origin) { return hosts.some((h) => match(origin, h)) }`, want{worst: predicate.Sibling}},
		{"logged alone", ir.JavaScript, `function check(origin) { if (origin !== 'https://app.example.com') console.log(origin); return true }`, want{open: true}},
		{"always", ir.JavaScript, `function check(origin) { return true }`, want{open: true}},
		// Python
		{"tuple", ir.Python, pyHead + "def check(origin):\n    return origin in ('https://app.example.com', 'https://b.example.com')\n", want{}},
		{"re.match", ir.Python, pyHead + "def check(origin):\n    return re.match(r'https://app\\.example\\.com', origin) is not None\n", want{worst: predicate.Foreign}},
		{"re.fullmatch", ir.Python, pyHead + "def check(origin):\n    return bool(re.fullmatch(r'https://app\\.example\\.com', origin))\n", want{}},
		{"re.search", ir.Python, pyHead + "P = re.compile(r'example\\.com$')\ndef check(origin):\n    return bool(P.search(origin))\n", want{worst: predicate.Foreign}},
		{"configured pattern as prefix", ir.Python, pyHead + "def check(origin):\n    return bool(re.match(settings.pattern, origin))\n", want{worst: predicate.Foreign}},
		{"netloc", ir.Python, pyHead + "def check(origin, host):\n    return urlparse(origin).netloc.lower() == host\n", want{worst: predicate.Scheme, rebinds: true}},
		{"netloc suffix", ir.Python, pyHead + "def check(origin):\n    return urlparse(origin).netloc.endswith(('.a.example', 'example.com'))\n", want{worst: predicate.Foreign}},
		{"substring", ir.Python, pyHead + "def check(origin):\n    return 'example.com' in origin\n", want{worst: predicate.Foreign}},
		{"any", ir.Python, pyHead + "A = ['https://app.example.com']\ndef check(origin):\n    return any(origin.startswith(a) for a in A)\n", want{worst: predicate.Foreign}},
		{"any equal", ir.Python, pyHead + "A = ['https://app.example.com']\ndef check(origin):\n    return any(a == origin for a in A)\n", want{}},
		{"fnmatch", ir.Python, pyHead + "def check(origin):\n    return fnmatch.fnmatch(origin, 'https://*.example.com')\n", want{worst: predicate.Sibling}},
		{"addresses", ir.Python, pyHead + "def check(origin):\n    try:\n        ipaddress.ip_address(urlparse(origin).hostname)\n        return True\n    except ValueError:\n        return origin == 'https://app.example.com'\n", want{worst: predicate.Foreign}},
		{"slice bounds", ir.Python, pyHead + "def check(origin):\n    return origin[8:] == 'app.example.com'\n", want{worst: ""}},
		{"getenv", ir.Python, pyHead + "A = os.getenv('ORIGINS')\ndef check(origin):\n    if not A:\n        return True\n    return origin in A.split(',')\n", want{byChance: true}},
		{"not in", ir.Python, pyHead + "def check(origin):\n    if origin not in {'https://app.example.com'}:\n        return False\n    return True\n", want{}},
		// Go
		{"map", ir.Go, goHead + "var a = map[string]bool{\"https://app.example.com\": true}\n\nfunc check(origin string) bool { return a[origin] }\n", want{}},
		{"map with ok", ir.Go, goHead + "var a = map[string]struct{}{\"https://app.example.com\": {}}\n\nfunc check(origin string) bool {\n\t_, ok := a[origin]\n\treturn ok\n}\n", want{}},
		{"slices.Contains", ir.Go, goHead + "func check(origin string) bool { return slices.Contains([]string{\"https://app.example.com\"}, origin) }\n", want{}},
		{"loop", ir.Go, goHead + "func check(origin string) bool {\n\tfor _, a := range []string{\"https://app.example.com\"} {\n\t\tif strings.EqualFold(a, origin) {\n\t\t\treturn true\n\t\t}\n\t}\n\treturn false\n}\n", want{}},
		{"HasSuffix", ir.Go, goHead + "func check(origin string) bool { return strings.HasSuffix(origin, \"example.com\") }\n", want{worst: predicate.Foreign}},
		{"Contains", ir.Go, goHead + "func check(origin string) bool { return strings.Contains(origin, \"localhost\") }\n", want{worst: predicate.Foreign}},
		{"regexp", ir.Go, goHead + "var p = regexp.MustCompile(`^https://app.example.com$`)\n\nfunc check(origin string) bool { return p.MatchString(origin) }\n", want{worst: predicate.Foreign}},
		{"url host", ir.Go, goHead + "func check(origin, host string) bool {\n\tif origin == \"\" {\n\t\treturn true\n\t}\n\tu, err := url.Parse(origin)\n\tif err != nil {\n\t\treturn false\n\t}\n\treturn u.Host == host\n}\n", want{worst: predicate.Scheme, absent: true, rebinds: true}},
		{"hostname ignores the port", ir.Go, goHead + "func check(origin string) bool {\n\tu, err := url.Parse(origin)\n\treturn err == nil && u.Scheme == \"https\" && u.Hostname() == \"app.example.com\"\n}\n", want{worst: predicate.Port}},
		{"path.Match", ir.Go, goHead + "func check(origin string) bool {\n\tok, _ := path.Match(\"https://*.example.com\", origin)\n\treturn ok\n}\n", want{worst: predicate.Sibling}},
		{"Getenv", ir.Go, goHead + "func check(origin string) bool {\n\ta := os.Getenv(\"ORIGIN\")\n\tif a == \"\" {\n\t\treturn true\n\t}\n\treturn origin == a\n}\n", want{byChance: true}},
		{"Cut", ir.Go, goHead + "func check(origin string) bool {\n\t_, host, ok := strings.Cut(origin, \"://\")\n\treturn ok && host == \"app.example.com\"\n}\n", want{worst: predicate.Scheme}},
	}
	parse := newParse(t)
	for _, c := range cases {
		t.Run(string(c.lang)+"/"+c.name, func(t *testing.T) {
			list := judge(t, parse, c.lang, c.src)
			if len(list) != 1 {
				t.Fatalf("got %d functions, want one", len(list))
			}
			v := list[0]
			if !v.Complete {
				t.Fatal("the function was not followed to its end")
			}
			got := want{open: v.Open, null: v.Null, absent: v.Absent, rebinds: v.Rebinds, byChance: v.OpenByDefault}
			if !v.Open && v.Allowed == "" {
				t.Fatal("got no origin that is let in and none that isn't")
			}
			if b, ok := v.Worst(); ok {
				got.worst = b.Class
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v; allowed %q, bypasses %+v", got, c.want, v.Allowed, v.Bypasses)
			}
		})
	}
}
