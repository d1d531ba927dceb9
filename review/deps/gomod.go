package deps

import (
	"errors"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// goMod reads go.mod, which pins: a build takes the highest of what is required,
// and go.mod of a main module lists that for all modules. What is replaced by a
// folder has no version.
func goMod(s *scan) error {
	f, err := modfile.Parse(s.path, s.src, nil)
	if err != nil {
		// What a newer go writes may be unknown here; replacements are lost then.
		if f, err = modfile.ParseLax(s.path, s.src, nil); err != nil {
			return goModError(err)
		}
	}
	for _, r := range f.Require {
		d := model.Dependency{Ecosystem: Go, Name: r.Mod.Path, Version: r.Mod.Version, Indirect: r.Indirect}
		line := r.Syntax
		for _, by := range f.Replace {
			if by.Old.Path == r.Mod.Path && (by.Old.Version == "" || by.Old.Version == r.Mod.Version) {
				d.Name, d.Version, line = by.New.Path, by.New.Version, by.Syntax
			}
		}
		at := report.Span{Line: line.Start.Line, Column: line.Start.LineRune, EndLine: line.End.Line, EndColumn: line.End.LineRune}
		if err := s.add(d, at); err != nil {
			return err
		}
	}
	return nil
}

// goModError is the first problem, without the path, which the note has.
func goModError(err error) error {
	var list modfile.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		return errors.New(strings.TrimPrefix(list[0].Error(), list[0].Filename+":"))
	}
	return err
}
