// Package fact reads what the corpus knows about real repositories: where a
// weakness stood and was fixed, which endpoints are done well, and what was
// thought of each finding that somebody looked at. It holds facts alone: no
// code, and nothing about how review did.
package fact

import (
	"fmt"
	"io/fs"
	"slices"
)

// The files of the corpus.
const (
	WeaknessFile    = "dev.tsv"
	NegativeFile    = "negatives.tsv"
	ExpectationFile = "negative-ids.tsv"
	RepositoryFile  = "fp-repos.tsv"
	VerdictFile     = "verdicts.tsv"
)

// A Corpus is all that is known, in the order of the files.
type Corpus struct {
	Weaknesses   []Weakness
	Negatives    []Negative
	Repositories []Repository
	Verdicts     []Verdict
}

// Load reads the files of a corpus. The error names the file and line that is
// wrong.
func Load(fsys fs.FS) (*Corpus, error) {
	var c Corpus
	var err error
	if c.Weaknesses, err = load(fsys, WeaknessFile, weaknessHeader, parseWeakness); err != nil {
		return nil, err
	}
	if c.Negatives, err = load(fsys, NegativeFile, negativeHeader, parseNegative); err != nil {
		return nil, err
	}
	expected, err := load(fsys, ExpectationFile, expectationHeader, parseExpectation)
	if err != nil {
		return nil, err
	}
	if c.Repositories, err = load(fsys, RepositoryFile, repositoryHeader, parseRepository); err != nil {
		return nil, err
	}
	if c.Verdicts, err = load(fsys, VerdictFile, verdictHeader, parseVerdict); err != nil {
		return nil, err
	}
	if err := c.checkNames(); err != nil {
		return nil, err
	}
	return &c, c.expect(expected)
}

// checkNames refuses two rows of one name: results are told apart by it.
func (c *Corpus) checkNames() error {
	seen := map[string]bool{}
	once := func(name string) error {
		if seen[name] {
			return fmt.Errorf("read the corpus: two rows are named %q", name)
		}
		seen[name] = true
		return nil
	}
	for _, w := range c.Weaknesses {
		if err := once(w.Name); err != nil {
			return err
		}
	}
	for _, n := range c.Negatives {
		if err := once(n.Name); err != nil {
			return err
		}
	}
	for _, r := range c.Repositories {
		if err := once(r.Repo); err != nil {
			return err
		}
	}
	return nil
}

// expect hands each expectation to its negative.
func (c *Corpus) expect(expected []namedExpectation) error {
	for _, e := range expected {
		i := slices.IndexFunc(c.Negatives, func(n Negative) bool { return n.Name == e.negative })
		if i < 0 {
			return fmt.Errorf("read %q: there is no negative %q", ExpectationFile, e.negative)
		}
		c.Negatives[i].Expected = append(c.Negatives[i].Expected, e.Expectation)
	}
	for _, n := range c.Negatives {
		if len(n.Expected) == 0 {
			return fmt.Errorf("read %q: nothing is said about negative %q", ExpectationFile, n.Name)
		}
	}
	return nil
}

func load[T any](fsys fs.FS, file string, header []string, parse func(record) (T, error)) ([]T, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return nil, fmt.Errorf("read the corpus: %w", err)
	}
	defer f.Close()
	rows, err := readTable(file, f, header)
	if err != nil {
		return nil, err
	}
	list := make([]T, 0, len(rows))
	for _, row := range rows {
		v, err := parse(row)
		if err != nil {
			return nil, row.errorf("%w", err)
		}
		list = append(list, v)
	}
	return list, nil
}
