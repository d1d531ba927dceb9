package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
)

const source = ".."

func TestReferenceIsFresh(t *testing.T) {
	want, err := reference(source)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(source, "..", "..", "docs", "configuration.md"))
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/configuration.md is stale: run go generate ./internal/config")
	}
}

func TestKeysAreExplained(t *testing.T) {
	all, err := sections(source)
	if err != nil {
		t.Fatal(err)
	}
	for name, keys := range all {
		for _, k := range keys {
			for id := range strings.FieldsSeq(k.tag.Get("weakness")) {
				if _, ok := catalogue.Lookup(id); !ok {
					t.Errorf("%s.%s: weakness %q is not in the catalogue", name, k.name, id)
				}
			}
			if !strings.HasSuffix(k.comment, ".") {
				t.Errorf("%s.%s: the comment %q is no sentence", name, k.name, k.comment)
			}
		}
	}
}

func TestMissingCommentIsRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no comment": "package config\ntype file struct {\n\tA string `yaml:\"a\"`\n}\n",
		"no tag":     "package config\ntype file struct {\n\t// A is.\n\tA string\n}\n",
		"no key":     "package config\ntype file struct {\n\t// A is.\n\tA string `empty:\"x\"`\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "file.go"), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := sections(dir); err == nil {
				t.Error("got no error")
			}
		})
	}
}
