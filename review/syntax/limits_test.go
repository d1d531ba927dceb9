package syntax_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/review/syntax"
)

// stillWorks checks that a parser isn't the worse for what it was given.
func stillWorks(t *testing.T, parser *syntax.Parser) {
	t.Helper()
	const want = "(program (expression_statement (identifier)))"
	if got := mustParse(t, parser, syntax.JavaScript, "a").Root().String(); got != want {
		t.Errorf("afterwards: got %s, want %s", got, want)
	}
}

func TestMaxBytes(t *testing.T) {
	parser := newParser(t, syntax.Options{MaxBytes: 10})
	if _, err := parser.Parse(context.Background(), syntax.JavaScript, []byte("01234567890")); !errors.Is(err, syntax.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	mustParse(t, parser, syntax.JavaScript, "0123456789")
	stillWorks(t, parser)

	parser = newParser(t, syntax.Options{})
	if _, err := parser.Parse(context.Background(), syntax.JavaScript, make([]byte, 4<<20+1)); !errors.Is(err, syntax.ErrTooLarge) {
		t.Errorf("without a limit given: got %v, want ErrTooLarge", err)
	}
}

func TestMaxNodes(t *testing.T) {
	parser := newParser(t, syntax.Options{MaxNodes: 100})
	tree := mustParse(t, parser, syntax.JavaScript, strings.Repeat("f(x);\n", 100))
	if tree.Len() != 100 || tree.Truncated != syntax.TooManyNodes {
		t.Errorf("got %d nodes, truncated: %q", tree.Len(), tree.Truncated)
	}
	checkShape(t, tree)
	if first := tree.Root().FirstChild(); first.Text() != "f(x);" || first.NumChildren() != 2 {
		t.Errorf("the first statement is %s", first)
	}
	stillWorks(t, parser)
}

// Depth is what brings readers down that recurse, beginning with the parser.
func TestMaxDepth(t *testing.T) {
	const depth = 20_000
	nested := func(open, closed string) string { return strings.Repeat(open, depth) + strings.Repeat(closed, depth) }
	bomb := strings.Repeat("(", 100_000) + strings.Repeat(")", 100_000)
	tests := []struct {
		name     string
		language syntax.Language
		source   string
	}{
		{"parentheses", syntax.JavaScript, bomb},
		{"unclosed parentheses", syntax.JavaScript, nested("(", "")},
		{"arrow functions", syntax.JavaScript, nested("a=>", "")},
		{"members", syntax.JavaScript, "a" + nested(".b", "")},
		{"elements", syntax.JavaScript, nested("<a>", "</a>")},
		{"type arguments", syntax.TypeScript, "let a:" + nested("A<", ">")},
		{"elements", syntax.TSX, nested("<a>", "</a>")},
		{"parentheses", syntax.Python, bomb},
		{"lists", syntax.Python, nested("[", "]")},
		{"blocks", syntax.Go, "package a\nfunc f() " + nested("{", "}")},
	}
	for _, test := range tests {
		t.Run(test.language.String()+" "+test.name, func(t *testing.T) {
			parser := newParser(t, syntax.Options{MaxDepth: 50, Timeout: time.Hour})
			tree := mustParse(t, parser, test.language, test.source)
			if tree.Truncated != syntax.TooDeep && tree.Errors == 0 {
				t.Errorf("got %d nodes, truncated: %q, no errors", tree.Len(), tree.Truncated)
			}
			if deepest := checkShape(t, tree); deepest > 50 {
				t.Errorf("got nodes %d deep, want at most 50", deepest)
			}
			stillWorks(t, parser)
		})
	}
}

// endless takes the lexer to the end of the source from every byte anew.
var endless = bytes.Repeat([]byte("/["), 2<<20)

func TestTimeout(t *testing.T) {
	parser := newParser(t, syntax.Options{Timeout: 20 * time.Millisecond})
	tests := []struct {
		language syntax.Language
		source   []byte
	}{
		{syntax.JavaScript, endless},
		{syntax.TypeScript, endless},
		{syntax.Python, bytes.Repeat([]byte("a\n"), 2<<20)},
		{syntax.HTML, bytes.Repeat([]byte("<!--"), 1<<20)},
	}
	for _, test := range tests {
		if _, err := parser.Parse(context.Background(), test.language, test.source); !errors.Is(err, syntax.ErrTimeout) {
			t.Errorf("%s: got %v, want ErrTimeout", test.language, err)
		}
	}
	parser = newParser(t, syntax.Options{})
	stillWorks(t, parser)
}

func TestCancel(t *testing.T) {
	parser := newParser(t, syntax.Options{Timeout: 1000 * time.Hour})
	ctx, cancel := context.WithCancelCause(context.Background())
	time.AfterFunc(10*time.Millisecond, func() { cancel(errors.New("the reason")) })
	if _, err := parser.Parse(ctx, syntax.JavaScript, endless); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	if _, err := parser.Parse(ctx, syntax.JavaScript, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("already cancelled: got %v, want context.Canceled", err)
	}
	ctx, cancelDeadline := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancelDeadline()
	if _, err := parser.Parse(ctx, syntax.JavaScript, endless); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, syntax.ErrTimeout) {
		t.Errorf("got %v, want context.DeadlineExceeded", err)
	}
	stillWorks(t, parser)
}
