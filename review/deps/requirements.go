package deps

import (
	"path"
	"regexp"
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// isRequirements reports whether a file lists requirements or constraints for
// pip: requirements.txt, requirements-dev.txt, dev-requirements.txt,
// constraints.txt, requirements/prod.txt.
func isRequirements(file string) bool {
	dir, name := path.Split(strings.ToLower(file))
	stem, ok := strings.CutSuffix(name, ".txt")
	if !ok {
		return false
	}
	return strings.HasPrefix(stem, "requirements") || strings.HasSuffix(stem, "requirements") || strings.HasPrefix(stem, "constraints") || strings.HasSuffix(stem, "constraints") ||
		path.Base(dir) == "requirements"
}

// pin is "name[extras] == version", with other conditions around it.
var pin = regexp.MustCompile(`^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*\(?\s*(?:[<>!~]=?[^,;#\s]+\s*,\s*)*={2,3}\s*([^,;#\s)\\]+)`)

// development are words in the names of files that hold what a program needs to
// be built and tested, not to run.
var development = regexp.MustCompile(`(?i)(?:^|[^a-z])(?:dev|develop|development|test|tests|testing|lint|docs?|typing|mypy|ci)(?:$|[^a-z])`)

// requirements reads the pins of a file for pip. Ranges pin nothing, and
// addresses have no version.
func requirements(s *scan) error {
	dev := development.MatchString(path.Base(s.path))
	return s.lines(func(n int, line string) error {
		m := pin.FindStringSubmatchIndex(line)
		if m == nil {
			return nil
		}
		name, version := line[m[2]:m[3]], line[m[4]:m[5]]
		if strings.Contains(version, "*") {
			return nil
		}
		at := span(n, line, line[m[2]:m[5]])
		return s.add(model.Dependency{Ecosystem: PyPI, Name: normalize(name), Version: version, Dev: dev}, at)
	})
}

// normalize is a name as PyPI compares it.
func normalize(name string) string {
	var b strings.Builder
	for _, part := range strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == '.' }) {
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(part)
	}
	return b.String()
}
