package deps_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/deps"
)

// ordered are versions, oldest first; those in one element are equal.
var ordered = map[string][]string{
	deps.NPM:  {"0.9.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0 1.0.0+build", "1.0.1", "1.2.0", "1.10.0"},
	deps.Go:   {"v0.0.0-20190101000000-000000000000", "v1.4.0", "v1.4.1-0.20190629185528-ae1634f6a989", "v1.4.1-rc.1", "v1.4.1", "v2.0.0 v2.0.0+incompatible"},
	deps.PyPI: {"0.9", "1.0.dev1 1.dev1 1.0.0-DEV1", "1.0.dev2", "1.0a1.dev1", "1.0a1 1.0-alpha.1 v1.0A1", "1.0a1.post1", "1.0b2", "1.0rc1 1.0c1 1.0-preview_1", "1 1.0 1.0.0 1.00", "1.0+abc", "1.0+1", "1.0+1.2", "1.0.post1.dev2", "1.0.post1 1.0-1 1.0rev1", "1.0.1", "1.2", "1.10", "2024.1", "1!0.1"},
}

func TestCompare(t *testing.T) {
	for ecosystem, list := range ordered {
		for i, one := range list {
			for j, other := range list {
				for _, a := range strings.Fields(one) {
					for _, b := range strings.Fields(other) {
						got, ok := deps.Compare(ecosystem, a, b)
						if want := i - j; !ok || (got < 0) != (want < 0) || (got > 0) != (want > 0) {
							t.Errorf("%s: Compare(%q, %q): got %d, %v, want the sign of %d", ecosystem, a, b, got, ok, want)
						}
					}
				}
			}
		}
	}
}

func TestCompareRefuses(t *testing.T) {
	for ecosystem, list := range map[string][]string{
		deps.NPM:  {"", "latest", "^1.0.0", "1.0.0.0", "git+ssh://git@example.com/a.git#01", "file:../a", "01.0.0"},
		deps.Go:   {"", "master", "v1.x"},
		deps.PyPI: {"", "1.*", "latest", "1.0-foo", "1..0", ">=1"},
	} {
		for _, v := range list {
			if _, ok := deps.Compare(ecosystem, v, "1.0.0"); ok {
				t.Errorf("%s: Compare(%q, …): got an order, want none", ecosystem, v)
			}
			if _, ok := deps.Compare(ecosystem, "1.0.0", v); ok {
				t.Errorf("%s: Compare(…, %q): got an order, want none", ecosystem, v)
			}
		}
	}
}

// FuzzCompare holds the order to what an order is.
func FuzzCompare(f *testing.F) {
	for ecosystem, list := range ordered {
		for i := range list[1:] {
			f.Add(ecosystem, strings.Fields(list[i])[0], strings.Fields(list[i+1])[0], "1.0")
		}
	}
	f.Fuzz(func(t *testing.T, ecosystem, a, b, c string) {
		ab, okAB := deps.Compare(ecosystem, a, b)
		ba, okBA := deps.Compare(ecosystem, b, a)
		bc, okBC := deps.Compare(ecosystem, b, c)
		ac, _ := deps.Compare(ecosystem, a, c)
		if okAB != okBA {
			t.Fatalf("%s: %q and %q are versions in one order only", ecosystem, a, b)
		}
		if okAB && (ab < 0) != (ba > 0) {
			t.Fatalf("%s: %q and %q: %d and %d", ecosystem, a, b, ab, ba)
		}
		if okAB && okBC && ab <= 0 && bc <= 0 && ac > 0 {
			t.Fatalf("%s: %q, %q, %q: not transitive", ecosystem, a, b, c)
		}
	})
}
