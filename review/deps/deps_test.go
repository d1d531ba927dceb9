package deps_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/review/deps"
	"github.com/wswarden/wswarden/review/model"
)

func TestIsLock(t *testing.T) {
	for _, c := range []struct {
		file string
		want bool
	}{
		{"package-lock.json", true},
		{"a/b/npm-shrinkwrap.json", true},
		{"yarn.lock", true},
		{"pnpm-lock.yaml", true},
		{"poetry.lock", true},
		{"uv.lock", true},
		{"Pipfile.lock", true},
		{"go.mod", true},
		{"requirements.txt", true},
		{"requirements-dev.txt", true},
		{"dev_requirements.txt", true},
		{"Constraints.txt", true},
		{"requirements/base.txt", true},
		{"package.json", false},
		{"go.sum", false},
		{"notes.txt", false},
		{"requirements.in", false},
		{"docs/requirements.md", false},
		{"Gemfile.lock", false},
	} {
		if got := deps.IsLock(c.file); got != c.want {
			t.Errorf("IsLock(%q): got %v, want %v", c.file, got, c.want)
		}
	}
}

// text writes pins as "line:column name version", with what else is known.
func text(list []model.Dependency) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "%d:%d-%d %s %s", d.Line, d.Column, d.EndColumn, d.Name, d.Version)
		if d.Dev {
			b.WriteString(" dev")
		}
		if d.Indirect {
			b.WriteString(" indirect")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, file, src, want string }{
		{"npm packages", "package-lock.json", `{"lockfileVersion":3,"packages":{
 "":{"version":"1.0.0"},
 "node_modules/@a/b":{"version":"1.2.3","dev":true},
 "node_modules/x/node_modules/c":{"dependencies":{"version":"9"},"version":"2.0.0-rc.1","devOptional":true},
 "node_modules/alias":{"name":"real","version":"3.0.0"},
 "node_modules/link":{"resolved":"packages/p","link":true,"version":"1.0.0"},
 "packages/p":{"version":"1.0.0"}
}}`, "3:34-39 @a/b 1.2.3 dev\n4:77-87 c 2.0.0-rc.1 dev\n5:49-54 real 3.0.0\n"},
		{"npm dependencies", "npm-shrinkwrap.json", `{"dependencies":{
"a":{"version":"1.0.0","requires":{"b":"^2"},"dependencies":{
"b":{"version":"2.0.0","dev":true}}},
"c":{"version":"npm:@d/e@3.0.0"}}}`, "2:17-22 a 1.0.0\n3:17-22 b 2.0.0 dev\n4:17-31 @d/e 3.0.0\n"},
		{"npm both, dependencies first", "package-lock.json", `{"dependencies":{"a":{"version":"1.0.0"}},
"packages":{"node_modules/a":{"version":"1.0.0"}}}`, "2:42-47 a 1.0.0\n"},
		{"npm with a mark of byte order", "package-lock.json", "\ufeff" + `{"packages":{"node_modules/a":{"version":"1.0.0"}}}`, "1:43-48 a 1.0.0\n"},
		{"npm of other types", "package-lock.json", `{"packages":{"node_modules/a":{"version":["1.0.0"],"dev":{"x":1}},"node_modules/b":7,"node_modules/c":{"version":"1.0.0"}}}`, "1:115-120 c 1.0.0\n"},
		{"yarn 1", "yarn.lock", "# yarn lockfile v1\n\n\"@a/b@^1.0.0\", \"@a/b@^1.1.0\":\n  version \"1.1.2\"\n  dependencies:\n    version \"^9\"\n\nc@npm:d@^2, c@npm:d@^2.1:\r\n  version \"2.1.0\"\r\n\ne@^1:\n  \"version\" \"1.0.0\"\n",
			"4:12-17 @a/b 1.1.2\n9:12-17 d 2.1.0\n12:14-19 e 1.0.0\n"},
		{"yarn 2", "yarn.lock", "__metadata:\n  version: 8\n\n\"a@npm:^1.0.0, a@npm:^1.1.0\":\n  version: 1.1.2\n  resolution: \"a@npm:1.1.2\"\n\n\"b@npm:c@^2\":\n  version: 2.0.0\n  resolution: \"c@npm:2.0.0\"\n\n\"w@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"w@workspace:.\"\n\n\"d@patch:d@npm%3A1.0.0#~/p\":\n  version: 1.0.0\n  resolution: \"d@patch:d@npm%3A1.0.0#~/p::version=1.0.0\"\n",
			"5:12-17 a 1.1.2\n9:12-17 c 2.0.0\n17:12-17 d 1.0.0\n"},
		{"pnpm 5", "pnpm-lock.yaml", "lockfileVersion: 5.4\n\npackages:\n\n  /a/1.0.0:\n    dev: true\n\n  /@s/b/2.0.0_c@3.0.0+@d+e@4:\n    dev: false\n\n  github.com/x/y/0123:\n    name: y\n    version: 1.0.0\n",
			"5:3-11 a 1.0.0 dev\n8:3-29 @s/b 2.0.0\n"},
		{"pnpm 6", "pnpm-lock.yaml", "packages:\n\n  /a@1.0.0:\n    dev: true\n  /@s/b@2.0.0(c@3.0.0)(@d/e@4.0.0):\n    resolution: {}\n", "3:3-11 a 1.0.0 dev\n5:3-35 @s/b 2.0.0\n"},
		{"pnpm 9", "pnpm-lock.yaml", "packages:\n\n  '@s/b@2.0.0':\n    resolution: {}\n  a@1.0.0:\n    resolution: {}\n  c@https://codeload.github.com/x/c/tar.gz/01:\n    version: 1.0.0\n  d@file:packages/d:\n    resolution: {}\n\nsnapshots:\n\n  e@1.0.0: {}\n", "3:4-14 @s/b 2.0.0\n5:3-10 a 1.0.0\n"},
		{"poetry", "poetry.lock", "[[package]]\nname = \"Foo.Bar\"\nversion = \"1.0\"\ncategory = \"dev\"\n\n[package.extras]\nversion = \"9\"\n\n[[package]]\nname = \"b\"\nversion = \"2.0\"\ngroups = [\"main\", \"dev\"]\n\n[metadata]\nname = \"c\"\nversion = \"3\"\n",
			"3:12-15 foo-bar 1.0 dev\n11:12-15 b 2.0\n"},
		{"uv", "uv.lock", "version = 1\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\nsource = { virtual = \".\" }\n\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { registry = \"https://pypi.org/simple\" }\n", "10:12-15 a 1.0\n"},
		{"pipenv", "Pipfile.lock", `{"_meta":{"a":{"version":"==9"}},"default":{"A_B":{"version":"==1.0"},"g":{"git":"x","ref":"y"}},
"develop":{"c":{"version":"===2.0"}}}`, "1:63-68 a-b 1.0\n2:28-34 c 2.0 dev\n"},
		{"requirements", "requirements.txt", "# a==1\n-r other.txt\n  A.B[x, y]==1.0 ; python_version > '3' # c==2\nd===2.0\ne>=1,==1.5,<2\nf==1.*\ng @ https://h/i==1\nj>=1\nk==3 \\\n --hash=sha256:00\nl(==4)\n",
			"3:3-17 a-b 1.0\n4:1-8 d 2.0\n5:1-11 e 1.5\n9:1-5 k 3\n11:1-6 l 4\n"},
		{"requirements of development", "requirements/tests.txt", "a==1\n", "1:1-5 a 1 dev\n"},
		{"requirements of a name with dev in it", "requirements-devices.txt", "a==1\n", "1:1-5 a 1\n"},
		{"go.mod", "go.mod", "module m\n\ngo 1.22\n\nrequire a.b/c v1.0.0\n\nrequire (\n\td.e/f v1.2.0 // indirect\n\tg.h/i v1.0.0\n\tj.k/l v1.0.0\n)\n\nreplace g.h/i => ../i\n\nreplace j.k/l v1.0.0 => m.n/o v0.5.0\n",
			"5:1-21 a.b/c v1.0.0\n8:2-14 d.e/f v1.2.0 indirect\n15:1-37 m.n/o v0.5.0\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := deps.Parse(c.file, []byte(c.src))
			if err != nil {
				t.Fatal(err)
			}
			if text(got) != c.want {
				t.Errorf("got\n%swant\n%s", text(got), c.want)
			}
			lines := strings.Split(strings.TrimPrefix(c.src, "\ufeff"), "\n")
			for _, d := range got {
				if d.Path != c.file {
					t.Errorf("%s: got the path %q, want %q", d.Name, d.Path, c.file)
				}
				if at := lines[d.Line-1][d.Column-1 : d.EndColumn-1]; !strings.Contains(at, d.Version) {
					t.Errorf("%s: the place holds %q, want %q in it", d.Name, at, d.Version)
				}
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	const first = `{"packages":{"node_modules/a":{"version":"1.0.0"},`
	for _, c := range []struct{ name, file, src, want, pins string }{
		{"cut off", "package-lock.json", first, "unexpected EOF", "1:43-48 a 1.0.0\n"},
		{"not JSON", "Pipfile.lock", "{]", "invalid character", ""},
		{"too deep", "package-lock.json", first + `"x":` + strings.Repeat("[", 300), "nested more than 256 deep", "1:43-48 a 1.0.0\n"},
		{"too deep for npm 6", "package-lock.json", strings.Repeat(`{"dependencies":{"a":`, 200), "nested more than 256 deep", ""},
		{"go.mod", "go.mod", "require (\n\ta.b/c\n", "unterminated block", ""},
		{"other file", "Gemfile.lock", "", "not a lock file", ""},
		{"too many", "requirements.txt", strings.Repeat("a==1\n", 200_001), "more than 200000 entries", "-"},
		{"too large", "yarn.lock", strings.Repeat("#", deps.MaxFileBytes+1), "larger than 32 MiB", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			pins, err := deps.Parse(c.file, []byte(c.src))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got the error %v, want one with %q", err, c.want)
			}
			if got := text(pins); c.pins != "-" && got != c.pins {
				t.Errorf("got the pins\n%swant\n%s", got, c.pins)
			}
		})
	}
}

// lockFiles are those of the rule's test data, which are seeds of the fuzz
// targets.
func lockFiles(f *testing.F, match func(name string) bool) int {
	n := 0
	err := filepath.WalkDir("../rules/ws901/testdata", func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !match(d.Name()) {
			return err
		}
		b, err := os.ReadFile(p)
		f.Add(b)
		n++
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	return n
}

// fuzz holds a parser to its contract: no panic, the same again for the same
// bytes, places in the text in ascending order.
func fuzz(f *testing.F, file string) {
	if lockFiles(f, func(name string) bool { return name == filepath.Base(file) }) == 0 {
		f.Fatalf("no seeds named %s", file)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		pins, err := deps.Parse(file, src)
		again, errAgain := deps.Parse(file, src)
		if !slices.Equal(pins, again) || fmt.Sprint(err) != fmt.Sprint(errAgain) {
			t.Fatalf("two answers: %v, %v and %v, %v", pins, err, again, errAgain)
		}
		lines := strings.Count(string(src), "\n") + 1
		last := 0
		for _, d := range pins {
			if d.Name == "" || d.Version == "" || d.Line < max(last, 1) || d.Line > lines || d.Column < 1 || d.Column > len(src)+1 {
				t.Fatalf("a bad pin: %+v", d)
			}
			last = d.Line
			deps.Builtin().Match(d)
		}
	})
}

func FuzzNPM(f *testing.F)          { fuzz(f, "package-lock.json") }
func FuzzYarn(f *testing.F)         { fuzz(f, "yarn.lock") }
func FuzzPNPM(f *testing.F)         { fuzz(f, "pnpm-lock.yaml") }
func FuzzPoetry(f *testing.F)       { fuzz(f, "poetry.lock") }
func FuzzUV(f *testing.F)           { fuzz(f, "uv.lock") }
func FuzzPipenv(f *testing.F)       { fuzz(f, "Pipfile.lock") }
func FuzzRequirements(f *testing.F) { fuzz(f, "requirements.txt") }
func FuzzGoMod(f *testing.F)        { fuzz(f, "go.mod") }
