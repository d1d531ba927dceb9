//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	o, err := parse([]string{"-tools", "wswarden,eslint", "-only", "libraries,large", "-rounds", "1", "-tree", "/home/me/a", "-tree", "/home/me/b", "-out", "/home/me/results", "-wswarden", "/home/me/wswarden"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(o.tools, []string{"wswarden", "eslint"}) || !slices.Equal(o.only, []string{"libraries", "large"}) || len(o.trees) != 2 || o.rounds != 1 || o.lines != 500_000 {
		t.Errorf("got %+v", o)
	}
	if strings.Contains(o.command, "/home") || !strings.Contains(o.command, "-rounds=1") || !strings.Contains(o.command, "-only=libraries,large") {
		t.Errorf("got the command line %q, want the flags without paths", o.command)
	}
	for _, bad := range [][]string{
		{"-rounds", "0"}, {"-starts", "-1"}, {"-lines", "-1"}, {"-tools", "semgrep"}, {"-tools", "eslint,eslint"}, {"-only", "nothing"}, {"extra"},
	} {
		if o, err := parse(bad); err == nil {
			t.Errorf("%q: got %+v, want an error", bad, o)
		}
	}
}
