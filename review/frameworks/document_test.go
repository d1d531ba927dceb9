package frameworks_test

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the reference in docs/frameworks.md anew")

const (
	document = "../../docs/frameworks.md"
	marker   = "<!-- What follows is made of the comments in review/frameworks/pack.go by go test ./review/frameworks -update. Edit those. -->\n"
)

// The reference of the schema is written once, in the comments of its structs.
func TestDocument(t *testing.T) {
	data, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	intro, _, ok := strings.Cut(string(data), marker)
	if !ok {
		t.Fatalf("%s has lost its marker %q", document, marker)
	}
	want := intro + marker + reference(t)
	if want == string(data) {
		return
	}
	if !*update {
		t.Fatalf("%s is stale: run go test ./review/frameworks -update", document)
	}
	if err := os.WriteFile(document, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reference is a section for each struct of the schema, in the order of pack.go.
func reference(t *testing.T) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "pack.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, d := range file.Decls {
		decl, ok := d.(*ast.GenDecl)
		if !ok || decl.Tok != token.TYPE {
			continue
		}
		spec := decl.Specs[0].(*ast.TypeSpec)
		if s, ok := spec.Type.(*ast.StructType); ok {
			section(&b, spec.Name.Name, decl.Doc.Text(), s)
		}
	}
	return b.String()
}

func section(b *strings.Builder, name, doc string, s *ast.StructType) {
	keys := map[string]string{} // by the names of fields
	for _, f := range s.Fields.List {
		if key := keyOf(f); key != "" {
			keys[f.Names[0].Name] = key
		}
	}
	fmt.Fprintf(b, "\n## %s\n\n%s\n| key | value | meaning |\n|---|---|---|\n", name, prose(doc, nil))
	var listings []string
	for _, f := range s.Fields.List {
		key := keyOf(f)
		if key == "" {
			continue
		}
		text := f.Doc.Text()
		if f.Comment != nil {
			text = f.Comment.Text()
		}
		text, listing := split(text)
		if listing != "" {
			listings = append(listings, fmt.Sprintf("\nA text of `%s` is one of these:\n\n```text\n%s```\n", key, listing))
		}
		if text == "" {
			text = "see above"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", key, typeOf(f.Type), strings.ReplaceAll(prose(text, keys), "|", `\|`))
	}
	b.WriteString(strings.Join(listings, ""))
}

// keyOf is the key of a field in YAML, or empty where it has none.
func keyOf(f *ast.Field) string {
	if f.Tag == nil || len(f.Names) != 1 {
		return ""
	}
	tag, _ := strconv.Unquote(f.Tag.Value)
	return strings.TrimPrefix(reflect.StructTag(tag).Get("yaml"), "-")
}

// split takes the indented lines out of a comment.
func split(text string) (prose, listing string) {
	for line := range strings.Lines(text) {
		if indented, ok := strings.CutPrefix(line, "  "); ok {
			listing += indented
		} else {
			prose += line
		}
	}
	return prose, listing
}

var word = regexp.MustCompile(`\b[A-Z][A-Za-z]*\b`)

// prose is a comment on one line, which calls keys what they are called in YAML.
func prose(text string, keys map[string]string) string {
	if keys == nil {
		return text
	}
	text = word.ReplaceAllStringFunc(text, func(name string) string {
		if key := keys[name]; key != "" {
			return "`" + key + "`"
		}
		return name
	})
	return strings.Join(strings.Fields(text), " ")
}

func typeOf(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return typeOf(x.X)
	case *ast.ArrayType:
		return "list of " + typeOf(x.Elt)
	case *ast.MapType:
		return typeOf(x.Value) + " by name"
	case *ast.Ident:
		switch x.Name {
		case "string":
			return "text"
		case "bool":
			return "true or false"
		case "int":
			return "number"
		}
		return "[" + x.Name + "](#" + strings.ToLower(x.Name) + ")"
	}
	return ""
}
