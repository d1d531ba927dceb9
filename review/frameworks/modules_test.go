package frameworks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/frameworks"
)

// builtins are what Python and Go have without an import, as far as packs name
// it.
var builtins = map[string]string{
	"python": "__import__ bytes.fromhex compile eval exec exit open quit",
	"go":     "panic",
}

// A symbol of a module that its language's packs don't list is a slip of the
// pen, or a file that is not read although its pack could say what it does.
func TestModulesOfSymbols(t *testing.T) {
	set, err := frameworks.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"python", "go"} {
		x := set.For(lang)
		check := func(p *frameworks.Pack, symbol string) {
			if strings.HasPrefix(symbol, "*") || strings.HasSuffix(symbol, "()") || slices.Contains(strings.Fields(builtins[lang]), symbol) {
				return
			}
			for _, module := range modulesOf(lang, symbol) {
				if of := x.PackOf(module); of != nil && (!p.WebSocket || of.WebSocket) {
					return
				}
			}
			t.Errorf("%s.yaml: no pack lists the module of %q", p.Name, symbol)
		}
		for _, p := range x.Packs {
			eachSymbol(p, func(symbol string) { check(p, symbol) })
		}
	}
}

// modulesOf returns the modules that a symbol can be of, longest first. In Go
// the path of a package ends in its last segment, which may have dots.
func modulesOf(lang, symbol string) []string {
	first := 0
	if lang == "go" {
		first = strings.LastIndexByte(symbol, '/') + 1
	}
	var out []string
	for end := strings.LastIndexByte(symbol, '.'); end > first; end = strings.LastIndexByte(symbol[:end], '.') {
		out = append(out, symbol[:end])
	}
	return out
}

func eachSymbol(p *frameworks.Pack, visit func(symbol string)) {
	for symbol := range p.Calls {
		visit(symbol)
	}
	for symbol := range p.Props {
		visit(symbol)
	}
	for _, k := range p.Kinds {
		for _, symbol := range k.Types {
			visit(symbol)
		}
	}
	for _, c := range p.Classes {
		for _, symbol := range slices.Concat(c.Bases, c.Decorators) {
			visit(symbol)
		}
	}
}
