package deps_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/deps"
	"github.com/wswarden/wswarden/review/model"
)

func TestBuiltin(t *testing.T) {
	table := deps.Builtin()
	if len(table.Advisories) == 0 {
		t.Fatal("no advisories")
	}
	// What a range begins with is vulnerable, and what it ends with is fixed, for
	// this advisory whatever other ranges say.
	for _, a := range table.Advisories {
		for _, r := range a.Affected {
			for version, want := range map[string]bool{r.From: true, r.Last: true, r.Fixed: false} {
				if version == "" {
					continue
				}
				got := slices.ContainsFunc(table.Match(model.Dependency{Ecosystem: a.Ecosystem, Name: a.Package, Version: version}), func(m deps.Match) bool { return m.ID == a.ID })
				if got != want {
					t.Errorf("%s of %s: %s vulnerable: got %v, want %v", a.ID, a.Package, version, got, want)
				}
			}
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		ecosystem, name, version string
		want                     string // "ID fixed", separated by commas
	}{
		{deps.NPM, "ws", "7.5.9", "CVE-2024-37890 7.5.10, CVE-2026-48779 7.5.11"},
		{deps.NPM, "ws", "7.5.11", ""},
		{deps.NPM, "ws", "1.0.0", "CVE-2016-10518 1.0.1, CVE-2016-10542 1.1.1, GHSA-5v72-xg48-5rpm 1.1.5"},
		{deps.NPM, "ws", "8.21.1-rc.1", "CVE-2026-62389 8.21.1"},
		{deps.NPM, "ws", "latest", ""},
		{deps.NPM, "WS", "7.5.9", ""},
		{deps.PyPI, "ws", "7.5.9", ""},
		{deps.NPM, "fastify-websocket", "4.3.0", "CVE-2022-39386 "},
		{deps.PyPI, "websockets", "3.4", ""},
		{deps.PyPI, "websockets", "9.1rc1", "CVE-2021-33880 9.1"},
		{deps.Go, "github.com/gorilla/websocket", "v1.4.0", "CVE-2020-27813 v1.4.1"},
		{deps.Go, "github.com/gorilla/websocket", "v1.5.3", ""},
	} {
		var got []string
		for _, m := range deps.Builtin().Match(model.Dependency{Ecosystem: c.ecosystem, Name: c.name, Version: c.version}) {
			got = append(got, m.ID+" "+m.Fixed)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s %s %s: got %q, want %q", c.ecosystem, c.name, c.version, s, c.want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	const good = `
date: "2026-01-02"
advisories:
  - id: CVE-2024-37890
    aliases: [GHSA-3h5v-q93c-6h6q]
    ecosystem: npm
    package: ws
    severity: high
    what: a handshake ends the process
    affected:
      - {from: "8.0.0", fixed: "8.17.1"}
    sources:
      - https://example.com/advisory
`
	if _, err := deps.Load([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"date", "2026-01-02", "yesterday", `date "yesterday"`},
		{"unknown key", "package:", "library:", "library"},
		{"id", "CVE-2024-37890", "ws-1", `"ws-1" is no ID`},
		{"alias", "GHSA-3h5v-q93c-6h6q", "GHSA-1", `"GHSA-1" is no ID`},
		{"ecosystem", "npm", "gem", `ecosystem "gem"`},
		{"name", "ecosystem: npm\n    package: ws", "ecosystem: PyPI\n    package: A_b", `package "A_b"`},
		{"severity", "high", "severe", "severe"},
		{"no severity", "    severity: high\n", "", "no severity"},
		{"what", "ends the process", "ends the process.", "what"},
		{"no versions", "\n      - {from: \"8.0.0\", fixed: \"8.17.1\"}", " []", "no affected versions"},
		{"no end", `, fixed: "8.17.1"`, "", "either fixed or last"},
		{"both ends", `fixed: "8.17.1"`, `fixed: "8.17.1", last: "8.17.0"`, "either fixed or last"},
		{"order", `from: "8.0.0"`, `from: "8.17.1"`, "is not before"},
		{"version", `fixed: "8.17.1"`, `fixed: "8.x"`, "is no version"},
		{"no sources", "\n      - https://example.com/advisory", " []", "no sources"},
		{"source", "https://", "", "want an address"},
		{"empty row", "  - id: CVE-2024-37890", "  -\n  - id: CVE-2024-37890", "empty"},
		{"twice", "advisories:\n", "advisories:\n  - {id: GHSA-3h5v-q93c-6h6q, ecosystem: npm, package: ws, severity: low, what: x, affected: [{fixed: \"1.0.0\"}], sources: [\"https://example.com\"]}\n", "listed twice"},
		{"encoding", "handshake", "\xff", "not UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := strings.Replace(good, c.old, c.new, 1)
			if src == good {
				t.Fatal("the case changes nothing")
			}
			if _, err := deps.Load([]byte(src)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got the error %v, want one with %q", err, c.want)
			}
		})
	}
}
