package deps

import (
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// yarnLock reads yarn.lock, of yarn 1 and of the later ones, whose form is YAML.
// Both are written by program, an entry's name without indent and its fields
// indented by two:
//
//	ws@^7.4.5, ws@^7.0.0:        "ws@npm:^8.13.0":
//	  version "7.4.5"              version: 8.13.0
//	                               resolution: "ws@npm:8.13.0"
func yarnLock(s *scan) error {
	var d model.Dependency
	var at report.Span
	flush := func() error {
		err := s.add(d, at)
		d = model.Dependency{}
		return err
	}
	err := s.lines(func(n int, line string) error {
		if line == "" || line[0] == '#' {
			return nil
		}
		if line[0] != ' ' {
			if err := flush(); err != nil {
				return err
			}
			if line != "__metadata:" {
				d = model.Dependency{Ecosystem: NPM, Name: descriptorName(line)}
			}
			return nil
		}
		key, value, ok := yarnField(line)
		switch {
		case !ok:
		case key == "version":
			d.Version, at = value, span(n, line, value)
		case key == "resolution":
			d.Name = resolutionName(value, d.Name)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// yarnField reads a field of an entry, which is indented by two.
func yarnField(line string) (key, value string, ok bool) {
	rest, ok := strings.CutPrefix(line, "  ")
	if !ok || strings.HasPrefix(rest, " ") {
		return "", "", false
	}
	key, value, ok = strings.Cut(rest, " ")
	// Some tools quote the keys too.
	return strings.Trim(strings.TrimSuffix(key, ":"), `"`), strings.Trim(value, `"' `), ok
}

// descriptorName is the name that an entry's first descriptor asks for. An
// alias, "a@npm:b@^1", asks for what comes behind it.
func descriptorName(line string) string {
	line = strings.TrimSuffix(strings.TrimSpace(line), ":")
	first, _, _ := strings.Cut(line, ",")
	name, wanted := cutVersion(strings.Trim(first, `"' `))
	if alias, ok := strings.CutPrefix(wanted, "npm:"); ok && strings.Contains(strings.TrimPrefix(alias, "@"), "@") {
		name, _ = cutVersion(alias)
	}
	return name
}

// resolutionName is the name of what an entry resolved to. A local folder, patch
// or archive is none that is published.
func resolutionName(resolution, fallback string) string {
	name, how := cutVersion(resolution)
	switch {
	case strings.HasPrefix(how, "npm:"):
		return name
	case strings.HasPrefix(how, "patch:"): // the original, and changes to it
		return fallback
	}
	return ""
}
