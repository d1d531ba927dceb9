package jsonscan_test

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// patterns are regular expressions of ECMA-262 that compile.
var patterns = []string{
	``, `^$`, `a`, `^a`, `a$`, `^a$`, `^.$`, `^.*$`, `^a|b$`, `^(a|b)$`, `^(?:a|bc)+$`, `^(?<year>\d{4})-(?<month>\d\d)$`,
	`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, `^u-[0-9]{1,12}$`, `^[A-Z]{2,5}$`, `^[a-z]+[0-9]*$`, `^[a-z]+[a-z0-9]*$`, `^a?a?a?aaa$`, `^(a+)+$`,
	`^[\w.+-]+@[\w-]+\.[\w.]+$`, `^\+?[1-9]\d{1,14}$`, `^#[0-9a-fA-F]{6}$`, `^\s*$`, `\S`, `^\S+$`, `[^\s]`, `[\S]`, `[\s\S]`, `^[^<>&"']*$`,
	`\bfoo\b`, `\Boo`, `^[^]$`, `[]`, `^[^]*$`, `^[\b]$`, `^\cA$`, `^\x41\u0042\u{43}$`, `^\ud83d\ude00$`, `^😀$`, `^[😀-😂]$`, `^\p{L}+$`, `^\p{Lu}\p{Ll}*$`,
	`^\P{L}$`, `^\p{Letter}$`, `^\p{Script=Greek}+$`, `^\p{gc=Nd}$`, `^[\p{L}\d_]+$`, `^\p{Any}$`,
	`^[a-]$`, `^[-a]$`, `^[\-a]$`, `^[a\]]$`, `^[[]$`, `^[[:alpha:]]$`, `^[a&&b]$`, `^[\^a]$`, `^[a^]$`, `^\^\$\.\*\+\?\(\)\[\]\{\}\|\/$`, `^\/$`,
	`x{2}`, `x{2,}`, `^x{0,2}?$`, `^x{002}$`, `x*?y`, `(x|)`, `^é+$`, `[à-ü]`, `^.{3}$`, `^[.]$`, `^\.$`, `^\0$`, `^\t\n\v\f\r$`,
	`^(foo|foobar|foobaz)$`, `^[^a-c]{2}$`, `^\d+(\.\d+)?$`, `^(\d{1,3}\.){3}\d{1,3}$`, `a.c`, `^(?:[a-z]{2}){2}$`, `^[ -~]*$`, `\d`, `^\D+$`, `\w\W`, `^\W$`,
	`^x?[0-9]{3}x?$`, `^[a-c]{1,2}[c-e]$`, `^a{3}$`, `^(ab){2}c?$`, `^(ab){1,2}$`,
}

// texts are what they are matched with.
var patternTexts = []string{
	"", "a", "b", "ab", "abc", "bc", "aaa", "aaaa", "aab", "a\n", "\n", "\r", "\u2028", "\u00a0", "\ufeff", "\u0085", " ", "\t", "\v", "\x01", "\x00", "\b", "A", "ABC", "AB", "Z",
	"2024-05", "3f2504e0-4f89-11d3-9a0c-0305e82c3301", "3f2504e0-4f89-11d3-9a0c-0305e82c330", "u-1", "u-1234567890123", "foo", "foo bar", "xfoo", "oo", "foobar", "foobaz",
	"a.b+c@d-e.f", "+491701234567", "#00ff7F", "<b>", "x", "xx", "xxx", "xxy", "é", "éé", "ü", "😀", "😁", "😂😂", "Ωμ", "Éa", "É", "1", "12", "٣", "_", "-", "]", "[", "^", "&", ":", "l",
	"^$.*+?()[]{}|/", "/", ".", "\t\n\v\f\r", "1.5", "1.", "192.168.0.1", "abcd", "a c", "a\u2029c", "a\rc", "ſ", "K", "123", "x123", "123x", "ce", "cc", "acd", "abab", "ababc", "{", "}",
}

// TestPatternsLikeNode holds patterns to what Node makes of them.
func TestPatternsLikeNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("node is missing: apt-get install nodejs")
	}
	const script = `
		const {patterns, texts} = JSON.parse(require('fs').readFileSync(0, 'utf8'));
		const compile = p => { try { return new RegExp(p, 'u') } catch { return new RegExp(p) } };
		console.log(JSON.stringify(patterns.map(p => { const re = compile(p); return texts.map(t => re.test(t)) })));`
	input, err := json.Marshal(map[string]any{"patterns": patterns, "texts": patternTexts})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "-e", script)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var want [][]bool
	if err := json.Unmarshal(out, &want); err != nil {
		t.Fatal(err)
	}
	for i, text := range patterns {
		p, err := jsonscan.CompilePattern(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		for j, s := range patternTexts {
			for engine, got := range p.MatchEach([]byte(s)) {
				if got != want[i][j] {
					t.Errorf("%s matches %q: got %v by %s, want %v", text, s, got, engine, want[i][j])
				}
			}
			if p.MatchString(s) != want[i][j] {
				t.Errorf("%s matches %q: got %v, want %v", text, s, !want[i][j], want[i][j])
			}
		}
	}
}

func TestPatternErrors(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{`(?=a)`, "lookahead"}, {`(?!a)b`, "lookahead"}, {`(?<=a)b`, "lookbehind"}, {`(?<!a)b`, "lookbehind"},
		{`(a)\1`, "back reference"}, {`(?<n>a)\k<n>`, "back reference"},
		{`(`, "missing closing"}, {`)`, "unexpected )"}, {`[a`, "not closed"}, {`[a-`, "not closed"}, {`[\`, "not closed"}, {`a\`, "backslash"},
		{`*a`, "nothing to repeat"}, {`a**`, "nothing to repeat"}, {`^*`, "nothing to repeat"}, {`(?:*a)`, "nothing to repeat"}, {`a|*`, "nothing to repeat"}, {`\b+`, "nothing to repeat"}, {`{2}`, "nothing to repeat"},
		{`[b-a]`, "out of order"}, {`[\d-x]`, "class"}, {`[a-\w]`, "class"},
		{`\p`, "braces"}, {`\p{L`, "braces"}, {`\p{Emoji}`, "not supported"}, {`\p{Script=Klingon}`, "not supported"}, {`\pL`, "braces"},
		{`\q`, "unknown escape"}, {`\A`, "unknown escape"}, {`\z`, "unknown escape"}, {`\Qa\E`, "unknown escape"}, {`\u12`, "hexadecimal"}, {`\xZZ`, "hexadecimal"},
		{`\u{110000}`, "code point"}, {`\u{}`, "code point"}, {`\ud800`, "surrogate"}, {`\udc00`, "surrogate"}, {`\c1`, "letter"}, {`\01`, "octal"},
		{`(?i)a`, "unknown kind"}, {`(?P<n>a)`, "unknown kind"}, {`(?<>a)`, "no name"}, {`a{1001}`, "repeat"}, {`a{2,1}`, "repeat"},
	} {
		if _, err := jsonscan.CompilePattern(c.pattern); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", c.pattern, err, c.want)
		}
	}
}

// TestPatternEngines pins that common patterns are run the fast way.
func TestPatternEngines(t *testing.T) {
	for _, c := range []struct {
		pattern, engine string
	}{
		{`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, "runs"},
		{`^u-[0-9]{1,12}$`, "runs"},
		{`^[A-Za-z0-9_]{1,64}$`, "runs"},
		{`^\d{4}-\d{2}-\d{2}$`, "runs"},
		{`^(EUR|USD|GBP)$`, "dfa"},
		{`^[^<>]{0,200}$`, "dfa"},
		{`^\p{L}+$`, "dfa"},
		{`[<>]`, "dfa"},
		{`\bfoo\b`, "regexp"},
	} {
		p, err := jsonscan.CompilePattern(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := p.MatchEach(nil)[c.engine]; !ok {
			t.Errorf("%s: not run by %s", c.pattern, c.engine)
		}
	}
}

// TestPatternLinear runs an expression that takes a backtracking engine for ever.
func TestPatternLinear(t *testing.T) {
	p, err := jsonscan.CompilePattern(`^(a+)+$`)
	if err != nil {
		t.Fatal(err)
	}
	if p.MatchString(strings.Repeat("a", 1<<20) + "!") {
		t.Error("matched")
	}
}

// FuzzPattern holds the engines to each other.
func FuzzPattern(f *testing.F) {
	for i, p := range patterns {
		f.Add(p, patternTexts[i%len(patternTexts)])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := jsonscan.CompilePattern(pattern)
		if err != nil {
			return
		}
		results := p.MatchEach([]byte(text))
		for engine, got := range results {
			if got != results["regexp"] {
				t.Fatalf("%q matches %q: got %v by %s", pattern, text, got, engine)
			}
		}
		if p.MatchString(text) != results["regexp"] {
			t.Fatalf("%q matches %q: got %v", pattern, text, !results["regexp"])
		}
	})
}
