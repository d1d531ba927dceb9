package deps

import (
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// pipfileLock reads Pipfile.lock: sections of packages, with "develop" for
// development.
func pipfileLock(s *scan) error {
	r := newJSONReader(s.src)
	return r.object(func(section string) error {
		if section == "_meta" {
			return r.skip()
		}
		return r.object(func(name string) error {
			d := model.Dependency{Ecosystem: PyPI, Name: normalize(name), Dev: section == "develop"}
			var at report.Span
			err := r.object(func(key string) (err error) {
				if key != "version" {
					return r.skip()
				}
				d.Version, at, err = r.text()
				return err
			})
			if err != nil {
				return err
			}
			version, pinned := strings.CutPrefix(d.Version, "==")
			if !pinned {
				return nil
			}
			d.Version = strings.TrimLeft(version, "= ")
			return s.add(d, at)
		})
	})
}
