package predicate_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/lang"
	"github.com/wswarden/wswarden/review/lang/golang"
	"github.com/wswarden/wswarden/review/lang/js"
	"github.com/wswarden/wswarden/review/lang/python"
	"github.com/wswarden/wswarden/review/predicate"
	"github.com/wswarden/wswarden/review/syntax"
)

var lowerings = map[ir.Lang]struct {
	name  string
	lower func(string, []byte, lang.Parse) (*ir.File, error)
}{
	ir.JavaScript: {"check.ts", js.Lower}, ir.Python: {"check.py", python.Lower}, ir.Go: {"check.go", golang.Lower},
}

func newParse(tb testing.TB) lang.Parse {
	tb.Helper()
	p, err := syntax.NewParser(context.Background(), syntax.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { p.Close() })
	return func(l syntax.Language, src []byte) (*syntax.Tree, error) {
		return p.Parse(context.Background(), l, src)
	}
}

// A scope knows the top level of one file: its functions, what its variables
// are given first, and what it imports.
type scope struct{ file *ir.File }

func (s *scope) File() *ir.File { return s.file }

func (s *scope) Lookup(m *predicate.Machine, name string) (predicate.Value, bool) {
	for _, st := range s.file.Body {
		switch st := st.(type) {
		case *ir.FuncDecl:
			if st.Func.Name == name {
				return predicate.Function(&predicate.Func{Fn: st.Func, Scope: s}), true
			}
		case *ir.Import:
			if st.Local == name {
				return predicate.Symbol(st.Module), true
			}
			for _, n := range st.Names {
				if n.Local == name {
					return predicate.Symbol(st.Module + "." + n.Name), true
				}
			}
		case *ir.ExprStmt:
			if a, ok := st.X.(*ir.Assign); ok {
				if n, ok := a.Target.(*ir.Name); ok && n.Name == name && a.Value != nil {
					return m.Once(fmt.Sprint(a.Start), func() predicate.Value { return m.Eval(s, a.Value) })
				}
			}
		}
	}
	if name == "process" || name == "settings" || name == "config" {
		return predicate.Unknown(name, false), true
	}
	return predicate.Null(), false
}

// judge executes the functions of a source whose name is check, on the
// parameters origin and host.
func judge(tb testing.TB, parse lang.Parse, l ir.Lang, src string) []*predicate.Verdict {
	tb.Helper()
	file, err := lowerings[l].lower(lowerings[l].name, []byte(src), parse)
	if err != nil {
		return nil
	}
	file.Line(0)
	var out []*predicate.Verdict
	for _, fn := range file.Funcs {
		if fn.Name != "check" || fn.Body == nil {
			continue
		}
		vars := map[string]predicate.Value{}
		for _, p := range fn.Params {
			switch p.Name {
			case "origin":
				vars[p.Name] = predicate.OriginHeader(l)
			case "host":
				vars[p.Name] = predicate.HostHeader()
			case "":
			default:
				vars[p.Name] = predicate.Unknown(p.Name, true)
			}
		}
		out = append(out, predicate.Judge(&predicate.Subject{
			Func: &predicate.Func{Fn: fn, Scope: &scope{file}}, Vars: vars, Result: predicate.ByFalse,
			Library: func(*ir.File) predicate.Library { return nil },
		}))
	}
	return out
}
