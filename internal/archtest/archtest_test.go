package archtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
)

const (
	module = "github.com/wswarden/wswarden/"
	root   = "../.."
)

// layer is a folder, with everything below it, and what of this module it may
// import. The reasons are in ARCHITECTURE.md.
type layer struct {
	folder string
	may    []string
}

// layers are tried in order: the first whose folder holds a file decides.
var layers = []layer{
	{"catalogue", nil},
	{"report", []string{"catalogue"}},
	// In review, a language knows nothing of rules, and a rule nothing of languages:
	// what the rules see is the model.
	{"review/ir", nil},
	{"review/syntax", nil},
	{"review/frameworks", nil},
	{"review/lang", []string{"review/ir", "review/syntax"}},
	{"review/model", []string{"review/ir", "report"}},
	{"review/predicate", []string{"review/ir"}},
	{"review/deps", []string{"review/model", "catalogue", "report"}},
	{"review/flow", []string{"review/ir", "review/model", "review/frameworks", "review/predicate", "report"}},
	{"review/source", []string{"review/deps", "review/ir", "review/syntax", "review/lang", "review/frameworks", "review/model", "report"}},
	{"review/rule", []string{"review/model", "catalogue", "report"}},
	{"review/rules/ws901", []string{"review/deps", "review/rule", "review/model", "catalogue", "report"}},
	{"review/rules/coverage", []string{"review", "report"}}, // a command
	{"review/rules", []string{"review/rule", "review/model", "catalogue", "report"}},
	{"review", []string{"catalogue", "report", "internal/yamltext"}},
	{"probe/corpus", []string{"internal/asyncapi", "internal/jsonscan"}},
	{"probe/probetest", []string{"internal/wire", "internal/jsonscan"}},
	{"probe", []string{"catalogue", "report", "probe/corpus", "internal/jsonscan", "internal/wire", "internal/wireclient", "internal/redact"}},
	{"guard/guardtest", []string{"guard", "internal/wire"}},
	{"guard/celpolicy", []string{"guard", "internal/jsonscan"}},
	{"guard/claims", []string{"guard"}},
	{"guard/clean", []string{"guard"}},
	{"guard/forwardauth", []string{"guard", "internal/outbound", "internal/redact"}},
	{"guard/introspection", []string{"guard", "internal/outbound"}},
	{"guard/oidclogout", []string{"guard"}},
	{"guard/jwtauth", []string{"guard", "internal/redact"}},
	{"guard/otel", []string{"guard"}},
	{"guard/prom", []string{"guard"}},
	{"guard/redisstore", []string{"guard"}},
	{"guard/dialect", []string{"catalogue", "internal/jsonscan"}},
	{"guard", []string{"catalogue", "internal/wire", "internal/jsonscan"}},
	{"internal/promise", []string{"guard", "internal/config", "internal/jsonscan", "probe"}},
	{"internal/archtest", nil},
	{"internal/wire", nil},
	{"internal/wireclient", []string{"internal/wire"}},
	{"internal/vcs", nil},
	{"internal/jsonscan", nil},
	{"internal/outbound", nil},
	{"internal/yamltext", nil},
	{"internal/learn", []string{"guard", "internal/jsonscan", "internal/yamltext"}},
	{"internal/redact", nil},
	{"internal/asyncapi", nil},
	{"internal/audit", []string{"guard", "internal/redact"}},
	{"internal/config", []string{"catalogue", "guard", "internal/asyncapi", "internal/jsonscan", "internal/learn"}},
	{"internal/console", []string{"catalogue", "guard", "internal/audit", "internal/redact"}},
	{"internal/explain", []string{"catalogue"}},
	{"internal/serve", []string{"catalogue", "guard", "internal/audit", "internal/config", "internal/console", "internal/redact", "internal/learn"}},
	{"internal/demo", []string{"catalogue", "guard", "examples/trading", "internal/config", "internal/explain", "internal/serve", "internal/wire", "internal/wireclient"}},
	{"internal/loop", []string{"probe", "internal/promise", "catalogue", "report", "review", "examples/trading", "internal/config", "internal/demo", "internal/serve", "internal/wire", "internal/wireclient"}},
	{"internal/cli", []string{"catalogue", "guard", "probe", "report", "review", "internal", "examples/trading"}},
	{"examples/embed", []string{"guard"}},
	{"examples/trading/goserver", []string{"examples/trading"}},
	{"examples/trading/tradingtest", []string{"examples/trading"}},
	{"examples/trading", nil},
	{"bench", []string{"internal/wire"}},
	{"corpus", nil},
	{"e2e", []string{"examples/trading", "internal/wire", "internal/wireclient", "guard"}},
	{"cmd", []string{"internal/cli"}},
}

// testsMay is what tests import besides, wherever they are.
var testsMay = []string{"internal/wire", "internal/wireclient", "internal/jsonscan", "guard", "catalogue", "examples/trading", "internal/config", "internal/serve", "probe", "report", "review/reviewtest", "review/lang", "review/source", "review/syntax"}

// TestImports reads the source itself. Asking "go list" would be shorter, but
// go test does not see what a child process reads and would go on printing
// "ok (cached)" after the imports have changed.
func TestImports(t *testing.T) {
	eachGoFile(t, func(name string, f *ast.File) {
		i := slices.IndexFunc(layers, func(l layer) bool { return within(name, l.folder) })
		if i < 0 {
			t.Errorf("%s: its folder has no layer; add one and say why in ARCHITECTURE.md", name)
			return
		}
		for _, spec := range f.Imports {
			to, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			allowed := func(folder string) bool { return within(to, folder) }
			switch {
			case !ours || within(to, layers[i].folder) || slices.ContainsFunc(layers[i].may, allowed):
			case strings.HasSuffix(name, "_test.go") && slices.ContainsFunc(testsMay, allowed):
			default:
				t.Errorf("%s must not import %s", name, to)
			}
		}
	})
}

// TestPackageComments holds every package to a comment that says what it is
// for: it is the first thing a stranger reads.
func TestPackageComments(t *testing.T) {
	comments := map[string]string{}
	eachGoFile(t, func(name string, f *ast.File) {
		dir := path.Dir(name)
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		if _, ok := comments[dir]; !ok {
			comments[dir] = ""
		}
		if f.Doc != nil {
			comments[dir] += f.Doc.Text()
			if f.Name.Name != "main" && !strings.HasPrefix(f.Doc.Text(), "Package "+f.Name.Name+" ") {
				t.Errorf("%s: the package comment does not start with %q", name, "Package "+f.Name.Name)
			}
		}
	})
	for dir, text := range comments {
		if text == "" {
			t.Errorf("%s: no package comment", dir)
		}
	}
	if len(comments) < 10 {
		t.Errorf("only %d packages found: is %q the root?", len(comments), root)
	}
}

func eachGoFile(t *testing.T, visit func(name string, f *ast.File)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		hidden := len(d.Name()) > 1 && d.Name()[0] == '.'
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || hidden) {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path.Join(root, name), nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		visit(name, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// within reports whether name is folder or lies below it.
func within(name, folder string) bool {
	return name == folder || strings.HasPrefix(name, folder+"/")
}
