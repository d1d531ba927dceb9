package deps

import (
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// npmLock reads package-lock.json and npm-shrinkwrap.json. Version 1 nests
// "dependencies"; 2 and 3 have a flat "packages", and 2 both, of which one is
// enough.
func npmLock(s *scan) error {
	r := newJSONReader(s.src)
	flat := false
	var nested []model.Dependency
	err := r.object(func(key string) error {
		switch {
		case key == "packages":
			flat = true
			return r.object(func(folder string) error { return npmPackage(s, r, folder) })
		case key == "dependencies" && !flat:
			before := s.pins
			s.pins = nil
			err := npmDependencies(s, r)
			nested, s.pins = s.pins, before
			return err
		}
		return r.skip()
	})
	if !flat {
		s.pins = nested
	}
	return err
}

// npmPackage reads an element of "packages", which is named after its folder:
// "node_modules/a/node_modules/@b/c".
func npmPackage(s *scan, r *jsonReader, folder string) error {
	_, name, installed := cutLast(folder, "node_modules/")
	d := model.Dependency{Ecosystem: NPM, Name: name}
	link := false
	var at report.Span
	err := r.object(func(key string) (err error) {
		switch key {
		case "version":
			d.Version, at, err = r.text()
		case "name": // of an alias
			var own string
			if own, _, err = r.text(); own != "" {
				d.Name = own
			}
		case "dev", "devOptional":
			var is bool
			is, err = r.is()
			d.Dev = d.Dev || is
		case "link":
			link, err = r.is()
		default:
			err = r.skip()
		}
		return err
	})
	if err != nil || !installed || link {
		return err
	}
	return s.add(d, at)
}

func npmDependencies(s *scan, r *jsonReader) error {
	return r.object(func(name string) error {
		d := model.Dependency{Ecosystem: NPM, Name: name}
		var at report.Span
		err := r.object(func(key string) (err error) {
			switch key {
			case "version":
				d.Version, at, err = r.text()
			case "dev":
				d.Dev, err = r.is()
			case "dependencies":
				err = npmDependencies(s, r)
			default:
				err = r.skip()
			}
			return err
		})
		if err != nil {
			return err
		}
		if alias, ok := strings.CutPrefix(d.Version, "npm:"); ok {
			d.Name, d.Version = cutVersion(alias)
		}
		return s.add(d, at)
	})
}

// cutLast cuts around the last occurrence of a text.
func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// cutVersion cuts "@scope/name@1.2.3" into name and version.
func cutVersion(s string) (name, version string) {
	i := strings.IndexByte(strings.TrimPrefix(s, "@"), '@')
	if i < 0 {
		return s, ""
	}
	i += len(s) - len(strings.TrimPrefix(s, "@"))
	return s[:i], s[i+1:]
}
