package deps

import (
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// pnpmLock reads pnpm-lock.yaml of versions 5 to 9. It is YAML, written by
// program in one form: "packages:" without indent, then an entry's key indented
// by two.
//
//	/ws/8.16.0:                  version 5
//	/ws/8.16.0_bufferutil@4:     with what its peers resolved to
//	/ws@8.16.0(bufferutil@4):    6
//	ws@8.16.0:                   9
func pnpmLock(s *scan) error {
	inPackages := false
	last := -1 // the pin that fields belong to
	return s.lines(func(n int, line string) error {
		if line == "" {
			return nil
		}
		if line[0] != ' ' {
			inPackages, last = line == "packages:", -1
			return nil
		}
		rest := strings.TrimLeft(line, " ")
		switch indent := len(line) - len(rest); {
		case !inPackages || rest == "":
		case indent == 2:
			last = -1
			key, _, _ := cutLast(rest, ":")
			key = strings.Trim(key, `"'`)
			name, version := pnpmKey(key)
			before := len(s.pins)
			if err := s.add(model.Dependency{Ecosystem: NPM, Name: name, Version: version}, span(n, line, key)); err != nil {
				return err
			}
			if len(s.pins) > before {
				last = before
			}
		case indent == 4 && last >= 0 && rest == "dev: true":
			s.pins[last].Dev = true
		}
		return nil
	})
}

// pnpmKey cuts the key of a package into name and version.
func pnpmKey(key string) (name, version string) {
	key, _, _ = strings.Cut(key, "(")
	rest, old := strings.CutPrefix(key, "/")
	if name, version = cutVersion(rest); isPackageName(name) && version != "" && !strings.ContainsAny(version, "/:") {
		return name, version
	}
	if !old {
		return "", "" // of a link, or an address
	}
	// Version 5: the peers stand behind an underscore, and may hold @ and /.
	rest, _, _ = strings.Cut(rest, "_")
	if name, version, _ = cutLast(rest, "/"); isPackageName(name) {
		return name, version
	}
	return "", ""
}

// isPackageName reports whether a text has the form of a name of npm, which
// holds a slash only behind its scope.
func isPackageName(name string) bool {
	slashes := strings.Count(name, "/")
	return slashes == 0 || slashes == 1 && strings.HasPrefix(name, "@")
}
