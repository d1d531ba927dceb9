package source

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
)

func TestWordSet(t *testing.T) {
	set := newWordSet([]string{"Bun", "ws.on(", `"ws"`, "'ws'", "import aiohttp", "WebSocketServer", "", "ws"}, []string{"websocket", "socket.io"})
	for _, tt := range []struct {
		name, src string
		want      bool
	}{
		{"nothing", "", false},
		{"none", "const http = require('http')", false},
		{"alone", "Bun", true},
		{"at the start", "Bun.serve()", true},
		{"at the end", "return Bun", true},
		{"other case", "bun.serve()", false},
		{"a letter after", "Bundle()", false},
		{"a letter before", "aBun.serve()", false},
		{"a line before", "_Bun", false},
		{"second place counts", "Bundle(Bun)", true},
		{"ends in no letter", "ws.on(message)", true},
		{"ends in no letter, a letter before", "news.on(message)", false},
		{"quoted", `import x from "ws"`, true},
		{"other quotes", `import x from 'ws'`, true},
		{"mixed quotes", `import x from "wsx'ws`, true}, // ws itself is a word
		{"unknown quotes, still the word", "`ws`", true},
		{"inside of a name", "rows", false},
		{"space is as written", "import  aiohttp", false},
		{"a longer module", "import aiohttp_session", false},
		{"a submodule", "import aiohttp.web", true},
		{"loose", "newWEBSOCKETs", true},
		{"loose within a word", "MyWebSocketServer2", true},
		{"loose with a dot", "Socket.IO", true},
		{"loose at the end", "x socket.io", true},
		{"loose, broken off", "websocke", false},
		{"overlap", "webwebsocket", true},
		{"Kelvin sign is no k", "websoc\u212Aet", false},
		{"zero bytes", "\x00\x00Bun\x00", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := set.matches([]byte(tt.src)); got != tt.want {
				t.Errorf("%q: got %t, want %t", tt.src, got, tt.want)
			}
		})
	}
	if newWordSet(nil, nil).matches([]byte("anything")) {
		t.Error("an empty set matches")
	}
}

// naive says what a wordSet is to find.
func naive(exact, loose []string, src []byte) bool {
	for _, w := range loose {
		for i := 0; w != "" && i+len(w) <= len(src); i++ {
			if bytes.EqualFold(src[i:i+len(w)], []byte(w)) {
				return true
			}
		}
	}
	for _, w := range exact {
		for i := 0; w != "" && i+len(w) <= len(src); i++ {
			end := i + len(w)
			if string(src[i:end]) == w &&
				(i == 0 || !isWord(src[i-1]) || !isWord(w[0])) &&
				(end == len(src) || !isWord(src[end]) || !isWord(w[len(w)-1])) {
				return true
			}
		}
	}
	return false
}

// The automaton and one search after the other agree on texts that are made of
// the words, of parts of them, and of what confuses: few letters give overlaps.
func TestWordSetAgreesWithSearch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	text := func(alphabet string, most int) string {
		var b strings.Builder
		for range rnd.IntN(most + 1) {
			b.WriteByte(alphabet[rnd.IntN(len(alphabet))])
		}
		return b.String()
	}
	for i := range 20_000 {
		alphabet := []string{"ab", "abA.", `a"'` + "`", "ab_ \x80"}[i%4]
		var exact, loose []string
		for range rnd.IntN(6) {
			exact = append(exact, text(alphabet, 5))
		}
		for range rnd.IntN(2) {
			loose = append(loose, strings.ToLower(text(strings.TrimSuffix(alphabet, "\x80"), 5))) // they are ASCII
		}
		src := []byte(text(alphabet, 30))
		if got, want := newWordSet(exact, loose).matches(src), naive(exact, loose, src); got != want {
			t.Fatalf("words %q, loose words %q in %q: got %t, want %t", exact, loose, src, got, want)
		}
	}
}

func TestFilterAgreesWithSearch(t *testing.T) {
	set := frameworks.Builtin()
	f := newFilter(set)
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, l := range []ir.Lang{ir.JavaScript, ir.Python, ir.Go} {
		words := telling(l, set.For(string(l)))
		hits := 0
		for range 3000 {
			var src []byte
			for range rnd.IntN(4) {
				w := words[rnd.IntN(len(words))]
				from := rnd.IntN(2) * rnd.IntN(len(w)) // half of them from the start
				to := len(w) - rnd.IntN(2)*rnd.IntN(len(w)-from)
				part := []byte(w[from:to])
				if rnd.IntN(4) == 0 {
					part = bytes.ToUpper(part)
				}
				src = append(append(src, " x\"'._("[rnd.IntN(7)]), part...)
			}
			got, want := f.relevant(l, src), naive(words, always, src)
			if got != want {
				t.Fatalf("%s: %q: got %t, want %t", l, src, got, want)
			}
			if got {
				hits++
			}
		}
		if hits < 300 || hits > 2700 {
			t.Errorf("%s: %d of 3000 texts match: too many or too few to tell the two apart", l, hits)
		}
	}
}

func FuzzWordSet(f *testing.F) {
	f.Add("Bun\nws.on(", "websocket", []byte("aws.on( Bun"))
	f.Add("a\nab\nbab\nb", "ba", []byte("abab_a"))
	f.Add("'ws'\n\"ws\"", "", []byte("`ws'"))
	f.Fuzz(func(t *testing.T, exact, loose string, src []byte) {
		if len(exact)+len(loose) > 1000 || len(src) > 5000 {
			return
		}
		for i := range len(loose) {
			if loose[i] >= 0x80 {
				return // they are ASCII
			}
		}
		words, loosely := strings.Split(exact, "\n"), strings.Split(strings.ToLower(loose), "\n")
		if got, want := newWordSet(words, loosely).matches(src), naive(words, loosely, src); got != want {
			t.Errorf("words %q, loose words %q in %q: got %t, want %t", words, loosely, src, got, want)
		}
	})
}

// ordinary is source that has nothing to do with WebSockets, so that a filter
// has to look at all of it.
var ordinary = bytes.Repeat([]byte(`
export async function list(req, res, next) {
  const rows = await db.query('select id, name from users where id = $1', [req.params.id]);
  const seen = new Set();
  for (const row of rows) {
    if (seen.has(row.id)) continue; // news of the same sort
    seen.add(row.id);
    events.on('change', () => refresh(row));
  }
  return res.json({ rows, bundle: "worker" });
}
`), 200)

func BenchmarkFilter(b *testing.B) {
	f := newFilter(frameworks.Builtin())
	for _, l := range []ir.Lang{ir.JavaScript, ir.Python, ir.Go} {
		b.Run(string(l), func(b *testing.B) {
			b.SetBytes(int64(len(ordinary)))
			for b.Loop() {
				if f.relevant(l, ordinary) {
					b.Fatal("the text matches")
				}
			}
		})
	}
}

func BenchmarkNewWordSet(b *testing.B) {
	words := telling(ir.JavaScript, frameworks.Builtin().For(string(ir.JavaScript)))
	for b.Loop() {
		newWordSet(words, always)
	}
}
