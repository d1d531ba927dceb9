package explain_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/explain"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// golden compares got with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: output differs; run go test ./internal/explain -update and read the diff. got:\n%s", path, got)
	}
}

func TestGolden(t *testing.T) {
	tests := []struct {
		name   string
		render func(*bytes.Buffer) error
	}{
		{"WS209.txt", func(b *bytes.Buffer) error {
			return explain.Text(b, catalogue.LifetimeUnbounded, explain.Options{})
		}},
		{"WS209.narrow.ansi", func(b *bytes.Buffer) error {
			return explain.Text(b, catalogue.LifetimeUnbounded, explain.Options{Width: 60, Color: true})
		}},
		{"WS107.txt", func(b *bytes.Buffer) error {
			return explain.Text(b, catalogue.TLSUnverified, explain.Options{Width: 100})
		}},
		{"WS107.md", func(b *bytes.Buffer) error {
			return explain.Markdown(b, catalogue.TLSUnverified, explain.MarkdownOptions{})
		}},
		{"WS107.json", func(b *bytes.Buffer) error { return explain.JSON(b, catalogue.TLSUnverified) }},
		{"list.txt", func(b *bytes.Buffer) error { return explain.List(b, explain.FormatText) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			if err := tt.render(&b); err != nil {
				t.Fatal(err)
			}
			golden(t, tt.name, b.Bytes())
		})
	}
}

// TestTextKeepsItsWidth checks every entry at three widths: a line is only
// longer than the page if it is code, a URL or a single word.
func TestTextKeepsItsWidth(t *testing.T) {
	for _, width := range []int{40, 72, 120} {
		for _, w := range catalogue.All {
			var b bytes.Buffer
			if err := explain.Text(&b, w, explain.Options{Width: width}); err != nil {
				t.Fatal(err)
			}
			for _, l := range strings.Split(b.String(), "\n") {
				isCode := strings.HasPrefix(l, "      ")
				oneWord := len(strings.Fields(strings.TrimLeft(l, " -0123456789."))) <= 1
				if n := utf8.RuneCountInString(l); n > width && !isCode && !oneWord && !strings.HasPrefix(l, w.ID) {
					t.Errorf("%s at width %d: line of %d columns: %q", w.ID, width, n, l)
				}
			}
		}
	}
}

func TestTextWidthHasAFloor(t *testing.T) {
	var narrow, least bytes.Buffer
	for b, width := range map[*bytes.Buffer]int{&narrow: 1, &least: 40} {
		if err := explain.Text(b, catalogue.OriginWeak, explain.Options{Width: width}); err != nil {
			t.Fatal(err)
		}
	}
	if narrow.String() != least.String() {
		t.Error("width 1 does not print as width 40")
	}
}

// TestColorChangesStyleOnly checks that colours add nothing but escape
// sequences and take nothing but backticks and bold marks.
func TestColorChangesStyleOnly(t *testing.T) {
	ansi := regexp.MustCompile("\x1b\\[[0-9;]*m")
	squeeze := func(s string) string {
		return strings.Join(strings.Fields(strings.NewReplacer("`", "", "**", "").Replace(s)), " ")
	}
	for _, w := range catalogue.All {
		t.Run(w.ID, func(t *testing.T) {
			var plain, color bytes.Buffer
			if err := explain.Text(&plain, w, explain.Options{}); err != nil {
				t.Fatal(err)
			}
			if err := explain.Text(&color, w, explain.Options{Color: true}); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(plain.String(), "\x1b") {
				t.Error("escape sequence without Color")
			}
			stripped := ansi.ReplaceAllString(color.String(), "")
			if strings.Contains(stripped, "\x1b") {
				t.Error("unknown escape sequence")
			}
			if got, want := squeeze(stripped), squeeze(plain.String()); got != want {
				t.Errorf("got other words with Color: %q, want %q", got, want)
			}
		})
	}
}

// TestTextHasEveryPart checks that no part of an entry is left out.
func TestTextHasEveryPart(t *testing.T) {
	for _, w := range catalogue.All {
		t.Run(w.ID, func(t *testing.T) {
			var text, page bytes.Buffer
			if err := explain.Text(&text, w, explain.Options{Width: 1000}); err != nil {
				t.Fatal(err)
			}
			if err := explain.Markdown(&page, w, explain.MarkdownOptions{}); err != nil {
				t.Fatal(err)
			}
			// Bold marks are styles, which the terminal form turns into nothing.
			squeeze := func(s string) string {
				return strings.Join(strings.Fields(strings.ReplaceAll(s, "**", "")), " ")
			}
			outputs := map[string]string{"text": squeeze(text.String()), "markdown": squeeze(page.String())}
			for _, part := range parts(w) {
				for name, out := range outputs {
					if !strings.Contains(out, squeeze(part)) {
						t.Errorf("%s lacks %q", name, part)
					}
				}
			}
		})
	}
}

// parts are pieces of an entry that each form has to show.
func parts(w *catalogue.Weakness) []string {
	t := w.Text()
	out := []string{w.ID, w.Slug, w.Title, w.Severity.String()}
	out = append(out, w.ASVS...)
	for _, e := range t.Examples {
		out = append(out, e.Language, e.Vulnerable, e.Fixed)
	}
	for _, q := range t.Questions {
		out = append(out, q.Question)
	}
	for _, r := range t.References {
		out = append(out, r.Title, r.URL, r.Note)
	}
	for _, s := range []string{t.WhatGoesWrong, t.Attack, t.Spot, t.Guard, t.Probe} {
		for _, p := range strings.Split(s, "\n\n") {
			if !strings.Contains(p, "```") {
				out = append(out, p)
			}
		}
	}
	return out
}

func TestParseFormat(t *testing.T) {
	for _, f := range []explain.Format{explain.FormatText, explain.FormatMarkdown, explain.FormatJSON} {
		if got, err := explain.ParseFormat(string(f)); err != nil || got != f {
			t.Errorf("ParseFormat(%q): got %q, %v", f, got, err)
		}
	}
	for _, name := range []string{"", "JSON", "sarif"} {
		if got, err := explain.ParseFormat(name); err == nil {
			t.Errorf("ParseFormat(%q): got %q, want an error", name, got)
		}
		if err := explain.List(&bytes.Buffer{}, explain.Format(name)); err == nil {
			t.Errorf("List with format %q: want an error", name)
		}
	}
}

// full is a writer that has no room.
type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteErrorsAreReported(t *testing.T) {
	w := catalogue.OriginUnchecked
	for name, err := range map[string]error{
		"text":          explain.Text(full{}, w, explain.Options{}),
		"markdown":      explain.Markdown(full{}, w, explain.MarkdownOptions{}),
		"json":          explain.JSON(full{}, w),
		"list":          explain.List(full{}, explain.FormatText),
		"list json":     explain.List(full{}, explain.FormatJSON),
		"list markdown": explain.List(full{}, explain.FormatMarkdown),
	} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want %v", name, err, errFull)
		}
	}
}
