package deps

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/review/model"
)

//go:embed advisories.yaml
var advisories []byte

// An Advisory is a published vulnerability of one library.
type Advisory struct {
	ID        string   `yaml:"id"`      // of CVE, else of another public database
	Aliases   []string `yaml:"aliases"` // other IDs of the same vulnerability
	Ecosystem string   `yaml:"ecosystem"`
	Package   string   `yaml:"package"`
	// General says that the library does much else: a pin alone doesn't tell
	// that its WebSockets are used.
	General  bool               `yaml:"general"`
	Severity catalogue.Severity `yaml:"severity"` // as published
	// What says in one line what happens, after "…: ".
	What     string  `yaml:"what"`
	Affected []Range `yaml:"affected"`
	// Sources are the public places that confirm the row.
	Sources []string `yaml:"sources"`
}

// A Range is the versions from From on, all from the first where it is empty,
// up to Fixed, which is no longer vulnerable. Where there is no fix, Last is the
// last vulnerable one.
type Range struct {
	From  string `yaml:"from"`
	Fixed string `yaml:"fixed"`
	Last  string `yaml:"last"`
}

// A Table is the advisories that a build knows.
type Table struct {
	Date       string      `yaml:"date"` // when they were gathered, as 2006-01-02
	Advisories []*Advisory `yaml:"advisories"`

	byPackage map[string][]*Advisory
}

// Builtin returns the table of this build. It panics where that is broken,
// which a test of this package rules out.
var Builtin = sync.OnceValue(func() *Table {
	t, err := Load(advisories)
	if err != nil {
		panic(err)
	}
	return t
})

var bounds = yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(8), loaderlimits.AliasValue(0)))

// Load reads a table. Its error holds all that is wrong with it.
func Load(data []byte) (*Table, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("read advisories: not UTF-8")
	}
	t := &Table{}
	if err := yaml.Load(data, t, bounds, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("read advisories: %w", err)
	}
	var problems []error
	if _, err := time.Parse(time.DateOnly, t.Date); err != nil {
		problems = append(problems, fmt.Errorf("date %q: want a day such as 2006-01-02", t.Date))
	}
	t.byPackage = map[string][]*Advisory{}
	for _, a := range t.Advisories {
		if a == nil {
			problems = append(problems, errors.New("an advisory is empty"))
			continue
		}
		for _, text := range a.problems() {
			problems = append(problems, fmt.Errorf("%s of %s: %s", a.ID, a.Package, text))
		}
		key := a.Ecosystem + ":" + a.Package
		if slices.ContainsFunc(t.byPackage[key], a.same) {
			problems = append(problems, fmt.Errorf("%s of %s: listed twice", a.ID, a.Package))
		}
		t.byPackage[key] = append(t.byPackage[key], a)
	}
	return t, errors.Join(problems...)
}

var idForm = regexp.MustCompile(`^(?:CVE-\d{4}-\d{4,}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}|PYSEC-\d{4}-\d+|GO-\d{4}-\d{4,})$`)

// problems are what is wrong with a row by itself.
func (a *Advisory) problems() []string {
	var out []string
	wrong := func(is bool, format string, args ...any) {
		if is {
			out = append(out, fmt.Sprintf(format, args...))
		}
	}
	for _, id := range append([]string{a.ID}, a.Aliases...) {
		wrong(!idForm.MatchString(id), "%q is no ID of CVE, GHSA, PYSEC or GO", id)
	}
	wrong(a.Ecosystem != NPM && a.Ecosystem != PyPI && a.Ecosystem != Go, "ecosystem %q: want %s, %s or %s", a.Ecosystem, NPM, PyPI, Go)
	wrong(a.Package == "" || a.Ecosystem == PyPI && a.Package != normalize(a.Package), "package %q: want the normalized name", a.Package)
	wrong(a.Severity == 0, "no severity")
	wrong(a.What == "" || strings.HasSuffix(a.What, ".") || strings.Contains(a.What, "\n"), "what: want one line without full stop")
	wrong(len(a.Affected) == 0, "no affected versions")
	for _, r := range a.Affected {
		out = append(out, r.problems(a.Ecosystem)...)
	}
	wrong(len(a.Sources) == 0, "no sources")
	for _, s := range a.Sources {
		wrong(!strings.HasPrefix(s, "https://"), "source %q: want an address", s)
	}
	return out
}

func (r Range) problems(ecosystem string) []string {
	end := r.Fixed + r.Last
	if r.Fixed != "" == (r.Last != "") {
		return []string{"affected: want either fixed or last"}
	}
	if _, ok := Compare(ecosystem, end, end); !ok {
		return []string{fmt.Sprintf("affected: %q is no version", end)}
	}
	if r.From == "" {
		return nil
	}
	if c, ok := Compare(ecosystem, r.From, end); !ok || c > 0 || c == 0 && r.Last == "" {
		return []string{fmt.Sprintf("affected: from %q is not before %q", r.From, end)}
	}
	return nil
}

// same reports whether two rows are of one vulnerability.
func (a *Advisory) same(b *Advisory) bool {
	return slices.ContainsFunc(append([]string{a.ID}, a.Aliases...), func(id string) bool { return id == b.ID || slices.Contains(b.Aliases, id) })
}

// A Match is an advisory that a pinned version falls under.
type Match struct {
	*Advisory
	// Fixed is the first version of its branch that is no longer vulnerable;
	// empty where there is none.
	Fixed string
}

// Match returns the advisories that a pin falls under, in the order of the
// table.
func (t *Table) Match(d model.Dependency) []Match {
	var out []Match
	for _, a := range t.byPackage[d.Ecosystem+":"+d.Name] {
		for _, r := range a.Affected {
			if r.holds(d.Ecosystem, d.Version) {
				out = append(out, Match{a, r.Fixed})
				break
			}
		}
	}
	return out
}

func (r Range) holds(ecosystem, version string) bool {
	if r.From != "" {
		if c, ok := Compare(ecosystem, version, r.From); !ok || c < 0 {
			return false
		}
	}
	if r.Last != "" {
		c, ok := Compare(ecosystem, version, r.Last)
		return ok && c <= 0
	}
	c, ok := Compare(ecosystem, version, r.Fixed)
	return ok && c < 0
}
