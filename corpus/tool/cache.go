package tool

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// keptBinaries is of how many executables the reports are kept.
const keptBinaries = 8

// entry is a report as it is kept: what review printed, and how long it took.
type entry struct {
	Seconds float64         `json:"seconds"`
	Report  json.RawMessage `json:"report"`
}

func (b *Binary) file(name string) string {
	return filepath.Join(b.Cache, b.hash[:16], name+".json")
}

func (b *Binary) load(name string) (Run, error) {
	if b.Cache == "" || name == "" {
		return Run{}, os.ErrNotExist
	}
	text, err := os.ReadFile(b.file(name))
	if err != nil {
		return Run{}, err
	}
	var e entry
	if err := json.Unmarshal(text, &e); err != nil {
		return Run{}, err
	}
	report, err := Decode(e.Report)
	return Run{Report: report, Seconds: e.Seconds, Cached: true}, err
}

func (b *Binary) store(name string, report []byte, seconds float64) error {
	if b.Cache == "" || name == "" {
		return nil
	}
	text, err := json.Marshal(entry{seconds, report})
	if err != nil {
		return fmt.Errorf("keep the report of %q: %w", name, err)
	}
	file := b.file(name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("keep the report of %q: %w", name, err)
	}
	part := file + ".part"
	if err := errors.Join(os.WriteFile(part, text, 0o644), os.Rename(part, file)); err != nil {
		return fmt.Errorf("keep the report of %q: %w", name, err)
	}
	return nil
}

// Prune removes the reports of all but the executables used last, and counts
// this one as used now.
func (b *Binary) Prune() error {
	entries, err := os.ReadDir(b.Cache)
	if errors.Is(err, os.ErrNotExist) || b.Cache == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("prune reports: %w", err)
	}
	now := time.Now()
	if err := os.Chtimes(filepath.Dir(b.file("")), now, now); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("prune reports: %w", err)
	}
	type folder struct {
		name string
		age  int64
	}
	var others []folder
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !e.IsDir() || e.Name() == b.hash[:16] {
			continue
		}
		others = append(others, folder{e.Name(), -info.ModTime().UnixNano()})
	}
	slices.SortFunc(others, func(x, y folder) int { return cmp.Or(cmp.Compare(x.age, y.age), cmp.Compare(x.name, y.name)) })
	for _, f := range others[min(len(others), keptBinaries-1):] {
		if err := os.RemoveAll(filepath.Join(b.Cache, f.name)); err != nil {
			return fmt.Errorf("prune reports: %w", err)
		}
	}
	return nil
}
