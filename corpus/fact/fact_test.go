package fact_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wswarden/wswarden/corpus/fact"
)

const (
	weaknessHead = "id\tlanguage\tframework\tclass\tcve\trepo\tvulnerable_commit\tfixed_commit\tpath\tlines\tnote\ttier\tfix_date\tanchor_in_fixed\tcve_evidence\tfixed_state\n"
	negativeHead = "id\tkind\tlanguage\tframework\trepo\tcommit\tpath\tlines\twhy_safe\tcaveat\n"
	expectHead   = "negative\tweakness\tat_most\tplaces\treason\n"
	repoHead     = "repo\tcommit\tlanguage\trole_and_library\tws_files\tws_files_production\tws_production_loc\n"
	verdictHead  = "repo\tweakness\tpath\tline\tfingerprint\tverdict\treason\n"
)

var (
	commitA = strings.Repeat("a", 40)
	commitB = strings.Repeat("b", 40)
)

// small is a corpus of one row a file.
func small() map[string]string {
	return map[string]string{
		fact.WeaknessFile:    weaknessHead + "go-x\tgo\tgorilla (library)\torigin-missing\t\to/n\t" + commitA + "\t" + commitB + "\tws/a.go\t10-12,20\tnote\tA\t2026-01-01\tyes\t\tfixed\n",
		fact.NegativeFile:    negativeHead + "neg-x\tnegative\tgo\tgorilla\to/n\t" + commitA + "\tws/a.go\t5\tgood\t\n",
		fact.ExpectationFile: expectHead + "neg-x\tWS101\tnone\tws/b.go:1-2;ws/c.go:7\tcompared\n",
		fact.RepositoryFile:  repoHead + "o/n\t" + commitA + "\tgo/js\tserver\t1\t1\t10\n",
		fact.VerdictFile:     verdictHead + "o/n\tWS101\tws/a.go\t9\tabc\tby-design\tpublic\n",
	}
}

func load(files map[string]string) (*fact.Corpus, error) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fact.Load(fsys)
}

func TestLoad(t *testing.T) {
	c, err := load(small())
	if err != nil {
		t.Fatal(err)
	}
	w := c.Weaknesses[0]
	if want := []fact.Span{{First: 10, Last: 12}, {First: 20, Last: 20}}; !slices.Equal(w.Place.Spans, want) {
		t.Errorf("spans: got %v, want %v", w.Place.Spans, want)
	}
	if !slices.Equal(w.IDs, []string{"WS101"}) || !w.InLibrary() || !w.HasFix() || !w.FirstLanguage() {
		t.Errorf("weakness: got ids %v, in library %v, has fix %v, first language %v", w.IDs, w.InLibrary(), w.HasFix(), w.FirstLanguage())
	}
	if got, want := w.Version.String(), "o/n@aaaaaaaaaaaa"; got != want {
		t.Errorf("version: got %q, want %q", got, want)
	}
	e := c.Negatives[0].Expected
	if len(e) != 1 || len(e[0].Places) != 2 || e[0].Places[1].String() != "ws/c.go:7" {
		t.Errorf("expectations of neg-x: got %+v", e)
	}
	if !c.Repositories[0].FirstLanguage() {
		t.Errorf("repository in %q is not of the first languages", c.Repositories[0].Language)
	}
	if v := c.Verdicts[0]; v.Judgement != fact.ByDesign || v.Line != 9 {
		t.Errorf("verdict: got %+v", v)
	}
}

func TestLoadRefuses(t *testing.T) {
	cases := []struct{ name, file, from, to, want string }{
		{"other header", fact.WeaknessFile, "id\tlanguage", "language\tid", "the header is not"},
		{"missing field", fact.WeaknessFile, "\tfixed\n", "\n", "15 fields instead of 16"},
		{"unknown class", fact.WeaknessFile, "origin-missing", "origin-lost", `class "origin-lost" is not known`},
		{"unknown tier", fact.WeaknessFile, "\tA\t", "\tD\t", `tier "D" is not known`},
		{"short commit", fact.WeaknessFile, commitB, "bbbb", `commit "bbbb"`},
		{"option as repository", fact.WeaknessFile, "\to/n\t", "\t--upload-pack=x\t", `repository "--upload-pack=x"`},
		{"path out of the tree", fact.WeaknessFile, "ws/a.go", "../a.go", `path "../a.go"`},
		{"lines backwards", fact.WeaknessFile, "10-12", "12-10", "runs backwards"},
		{"line zero", fact.WeaknessFile, "10-12", "0", `"0" is no line number`},
		{"control character", fact.WeaknessFile, "note", "no\x1bte", "control character"},
		{"not UTF-8", fact.WeaknessFile, "note", "no\xffte", "not UTF-8"},
		{"empty file", fact.NegativeFile, small()[fact.NegativeFile], "", "it is empty"},
		{"unknown kind", fact.NegativeFile, "\tnegative\t", "\tgood\t", `kind "good" is not known`},
		{"unexpected negative", fact.ExpectationFile, "neg-x", "neg-y", `no negative "neg-y"`},
		{"nothing expected", fact.ExpectationFile, "neg-x\tWS101\tnone\tws/b.go:1-2;ws/c.go:7\tcompared\n", "", `nothing is said about negative "neg-x"`},
		{"place without lines", fact.ExpectationFile, "ws/c.go:7", "ws/c.go", "has no lines"},
		{"gravity", fact.ExpectationFile, "\tnone\t", "\thigh\t", `at_most "high"`},
		{"verdict without reason", fact.VerdictFile, "public", "", "needs a reason"},
		{"no verdict", fact.VerdictFile, "by-design", "unjudged", `verdict "unjudged" is none`},
		{"verdict over lines", fact.VerdictFile, "\t9\t", "\t9-10\t", "is not one line"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			files := small()
			if !strings.Contains(files[c.file], c.from) {
				t.Fatalf("%q does not contain %q", c.file, c.from)
			}
			files[c.file] = strings.Replace(files[c.file], c.from, c.to, 1)
			_, err := load(files)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func TestLoadRefusesTwoOfOneName(t *testing.T) {
	files := small()
	_, row, _ := strings.Cut(files[fact.WeaknessFile], "\n")
	files[fact.WeaknessFile] += row
	if _, err := load(files); err == nil || !strings.Contains(err.Error(), `named "go-x"`) {
		t.Errorf("got error %v", err)
	}
}

func TestLoadRefusesLongLines(t *testing.T) {
	files := small()
	files[fact.VerdictFile] += strings.Repeat("x", 1<<20)
	if _, err := load(files); err == nil {
		t.Error("got no error for a line of 1 MiB")
	}
}

func TestLoadNamesTheMissingFile(t *testing.T) {
	files := small()
	delete(files, fact.VerdictFile)
	if _, err := load(files); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), fact.VerdictFile) {
		t.Errorf("got error %v", err)
	}
}

// TestCorpus reads the files of this repository.
func TestCorpus(t *testing.T) {
	c, err := fact.Load(os.DirFS(".."))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Weaknesses) < 70 || len(c.Negatives) < 20 || len(c.Repositories) < 20 {
		t.Errorf("got %d weaknesses, %d negatives, %d repositories", len(c.Weaknesses), len(c.Negatives), len(c.Repositories))
	}
	for _, w := range c.Weaknesses {
		if !w.Scored() && w.Class != fact.Unscored {
			t.Errorf("%s: class %q has no id", w.Name, w.Class)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, text := range small() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		files := small()
		files[fact.WeaknessFile] = text
		c, err := load(files)
		if err != nil {
			return
		}
		for _, w := range c.Weaknesses {
			spans, err := fact.ParseSpans(strings.TrimPrefix(w.Place.String(), w.Place.Path+":"))
			if err != nil || !slices.Equal(spans, w.Place.Spans) {
				t.Errorf("place %s reads back as %v, %v", w.Place, spans, err)
			}
		}
	})
}
