package deps

import (
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// tomlLock reads poetry.lock and uv.lock: TOML that a program wrote, a table
// [[package]] for each, whose own keys come before its sub-tables and stand at
// the beginning of a line.
func tomlLock(s *scan) error {
	var d model.Dependency
	var at report.Span
	own := false // the line belongs to the table of a package itself
	flush := func() error {
		err := s.add(d, at)
		d = model.Dependency{}
		return err
	}
	err := s.lines(func(n int, line string) error {
		if strings.HasPrefix(line, "[") {
			own = strings.TrimRight(line, " ") == "[[package]]"
			if !own {
				return nil
			}
			err := flush()
			d = model.Dependency{Ecosystem: PyPI}
			return err
		}
		key, value, ok := strings.Cut(line, " = ")
		if !own || !ok {
			return nil
		}
		switch key {
		case "name":
			d.Name = normalize(quoted(value))
		case "version":
			d.Version = quoted(value)
			at = span(n, line, d.Version)
		case "category": // of poetry before 1.5
			d.Dev = quoted(value) == "dev"
		case "groups": // of poetry from 2.0 on
			d.Dev = !strings.Contains(value, `"main"`)
		case "source":
			// A folder of the program itself is no library.
			if strings.HasPrefix(value, "{ editable") || strings.HasPrefix(value, "{ virtual") || strings.HasPrefix(value, "{ directory") {
				d.Ecosystem, d.Name, own = "", "", false
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// quoted is the content of a string of TOML without escapes, as names and
// versions are.
func quoted(value string) string {
	value = strings.TrimSpace(value)
	if len(value) < 2 || value[0] != '"' && value[0] != '\'' {
		return ""
	}
	text, _, ok := strings.Cut(value[1:], value[:1])
	if !ok {
		return ""
	}
	return text
}
