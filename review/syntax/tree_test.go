package syntax_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/syntax"
)

var update = flag.Bool("update", false, "write the expected trees anew")

// byExtension has no ".go", so that broken files aren't shown to Go's own tools.
var byExtension = map[string]syntax.Language{
	".js": syntax.JavaScript, ".jsx": syntax.JavaScript, ".ts": syntax.TypeScript, ".tsx": syntax.TSX,
	".py": syntax.Python, ".golang": syntax.Go, ".html": syntax.HTML,
}

func newParser(tb testing.TB, options syntax.Options) *syntax.Parser {
	tb.Helper()
	parser, err := syntax.NewParser(context.Background(), options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := parser.Close(); err != nil {
			tb.Error(err)
		}
	})
	return parser
}

func mustParse(tb testing.TB, parser *syntax.Parser, l syntax.Language, source string) *syntax.Tree {
	tb.Helper()
	tree, err := parser.Parse(context.Background(), l, []byte(source))
	if err != nil {
		tb.Fatalf("parse %.60q: %v", source, err)
	}
	return tree
}

// TestTrees compares each source in testdata/trees with the tree beside it.
func TestTrees(t *testing.T) {
	parser := newParser(t, syntax.Options{})
	sources, err := filepath.Glob("testdata/trees/*.*")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[syntax.Language]bool{}
	for _, file := range sources {
		language, ok := byExtension[filepath.Ext(file)]
		if !ok {
			continue
		}
		seen[language] = true
		t.Run(filepath.Base(file), func(t *testing.T) {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			tree := mustParse(t, parser, language, string(source))
			var got bytes.Buffer
			if err := tree.Dump(&got, false); err != nil {
				t.Fatal(err)
			}
			if broken := strings.HasPrefix(t.Name(), "TestTrees/broken"); broken != (tree.Errors > 0) {
				t.Errorf("got %d errors", tree.Errors)
			}
			compare(t, file+".tree", got.Bytes())
		})
	}
	for _, l := range syntax.Languages() {
		if !seen[l] {
			t.Errorf("testdata/trees has nothing for %s", l)
		}
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(got, want) {
		return
	}
	gotLines, wantLines := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range wantLines {
		if i >= len(gotLines) || gotLines[i] != wantLines[i] {
			t.Fatalf("differs from %s in line %d: got\n%s\nwant\n%s", file, i+1, strings.Join(gotLines[min(i, len(gotLines)):], "\n"), strings.Join(wantLines[i:], "\n"))
		}
	}
	t.Fatalf("got more than %s has:\n%s", file, strings.Join(gotLines[len(wantLines):], "\n"))
}

func TestString(t *testing.T) {
	parser := newParser(t, syntax.Options{})
	tests := []struct {
		language syntax.Language
		source   string
		want     string
	}{
		{syntax.JavaScript, "ws.send(x)", "(program (expression_statement (call_expression function: (member_expression object: (identifier) property: (property_identifier)) arguments: (arguments (identifier)))))"},
		{syntax.JavaScript, "f(", "(program (ERROR (identifier)))"},
		{syntax.JavaScript, "if (a) { b", "(program (if_statement condition: (parenthesized_expression (identifier)) consequence: (statement_block (expression_statement (identifier)) (MISSING }))))"},
		{syntax.TypeScript, "let a: B = <C>d", "(program (lexical_declaration (variable_declarator name: (identifier) type: (type_annotation (type_identifier)) value: (type_assertion (type_arguments (type_identifier)) (identifier)))))"},
		{syntax.Python, "await x", "(module (expression_statement (await (identifier))))"},
		{syntax.Go, "package a", "(source_file (package_clause (package_identifier)))"},
		{syntax.HTML, "<a b=c></a>", "(document (element (start_tag (tag_name) (attribute (attribute_name) (attribute_value))) (end_tag (tag_name))))"},
		{syntax.Python, "", "(module)"},
		{syntax.JavaScript, "\xff\xfe\x00", "(program (ERROR (ERROR)))"},
		{syntax.JavaScript, "s = '\xc3\x28'", "(program (expression_statement (assignment_expression left: (identifier) right: (string (string_fragment)))))"},
	}
	for _, test := range tests {
		if got := mustParse(t, parser, test.language, test.source).Root().String(); got != test.want {
			t.Errorf("%s %q:\ngot  %s\nwant %s", test.language, test.source, got, test.want)
		}
	}
}

func TestPosition(t *testing.T) {
	parser := newParser(t, syntax.Options{})
	tree := mustParse(t, parser, syntax.JavaScript, "a\r\nbé\n\nc")
	tests := []struct {
		offset       uint32
		line, column int
	}{
		{0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {4, 2, 2}, {6, 2, 4}, {7, 3, 1}, {8, 4, 1}, {9, 4, 2}, {99, 4, 2},
	}
	for _, test := range tests {
		if line, column := tree.Position(test.offset); line != test.line || column != test.column {
			t.Errorf("Position(%d): got %d:%d, want %d:%d", test.offset, line, column, test.line, test.column)
		}
	}
}
