package frameworks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// words reads the constants of the types of the model. A list written here
// would go stale.
func words(t *testing.T, types ...string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../model/*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			typ, ok := spec.Type.(*ast.Ident)
			if !ok || !slices.Contains(types, typ.Name) || len(spec.Values) != 1 {
				return true
			}
			if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
				word, _ := strconv.Unquote(lit.Value)
				out[word] = true
			}
			return true
		})
	}
	if len(out) < 3 {
		t.Fatalf("only %d constants of %v in ../model", len(out), types)
	}
	return out
}

// vocabulary holds the words of the packs to those of the model.
type vocabulary struct {
	t                         *testing.T
	pack                      *Pack
	labels, facts, sinks      map[string]bool
	acts, auths, types, speak map[string]bool
}

func TestVocabulary(t *testing.T) {
	v := &vocabulary{
		t:      t,
		labels: words(t, "Label"),
		facts:  words(t, "FactKind"),
		sinks:  words(t, "SinkClass"),
		acts:   words(t, "Act"),
		auths:  words(t, "AuthAct"),
		types:  map[string]bool{"string": true, "number": true, "integer": true, "boolean": true, "enum": true, "uuid": true, "pattern": true, "any": true},
		speak:  map[string]bool{"logout": true, "password": true, "ban": true, "role": true},
	}
	v.acts["sql"] = true
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range set.Packs() {
		v.pack = p
		walk(p, v)
	}
}

func (v *vocabulary) word(at, what, word string, allowed map[string]bool) {
	v.t.Helper()
	if word != "" && !allowed[word] {
		v.t.Errorf("%s.yaml: %s: the model has no %s %q", v.pack.Name, strings.ReplaceAll(at, "\x00", " › "), what, word)
	}
}

func (v *vocabulary) fact(at, word string) {
	v.t.Helper()
	v.word(at, "fact", strings.TrimPrefix(word, "!"), v.facts)
}

func (v *vocabulary) params(at string, list ...ParamSpec) {
	v.t.Helper()
	for _, p := range list {
		v.word(at, "label", p.Label, v.labels)
		v.params(at, p.Tuple...)
	}
}

func (v *vocabulary) kind(at string, k *Kind) { v.params(at, k.IterSpec, k.IndexSpec, k.AnySpec) }

func (v *vocabulary) effect(at string, e *Effect) {
	v.params(at, e.ReturnSpec, e.FillSpec)
	v.word(at, "sink", e.Sink, v.sinks)
	v.word(at, "act", e.Act, v.acts)
	v.word(at, "act of authentication", e.Auth, v.auths)
	v.word(at, "type", e.Type, v.types)
	v.word(at, "end of a session", e.Revokes, v.speak)
	v.fact(at, e.Fact)
	v.fact(at, e.Middleware)
	if e.Demands != "named" {
		v.fact(at, e.Demands)
	}
	for _, class := range e.Closes {
		v.word(at, "sink", class, v.sinks)
	}
}

func (v *vocabulary) prop(at string, p *Prop) {
	v.params(at, p.ValueSpec)
	v.word(at, "sink", p.Sink, v.sinks)
	v.fact(at, p.Fact)
	for _, class := range p.Closes {
		v.word(at, "sink", class, v.sinks)
	}
}

func (v *vocabulary) option(string, *Option) {}

func (v *vocabulary) handler(at string, h *Handler) {
	v.params(at, h.ParamSpecs...)
	for _, p := range h.KeywordSpecs {
		v.params(at, p)
	}
}

func (v *vocabulary) class(at string, c *Class) {
	for _, p := range c.ParamDecoratorSpecs {
		v.params(at, p)
	}
}
