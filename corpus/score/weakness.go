package score

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/wswarden/wswarden/corpus/fact"
	"github.com/wswarden/wswarden/corpus/linemap"
	"github.com/wswarden/wswarden/corpus/tool"
)

// A WeaknessResult is how review did on a real weakness.
type WeaknessResult struct {
	Row   fact.Weakness
	State State // Found, Unsure, Missed, Failed, Absent, or None for a class without id
	By    *Sighting
	// Nearby are the shown findings of other ids at the place, and
	// EndpointSeen is set where review sees an endpoint there: both tell how
	// close a miss was.
	Nearby       []Sighting
	EndpointSeen bool
	// Fixed is how the fixed version fared: Clean, Hit, Failed, Absent, or
	// None where nothing can be learnt from it.
	Fixed   State
	FixedBy *Sighting
	Problem string // why a version is absent or failed
}

// Weakness scores one row.
func Weakness(w fact.Weakness, vulnerable, fixed Tree) (WeaknessResult, error) {
	res := WeaknessResult{Row: w, Problem: problem(vulnerable, fixed)}
	if !w.Scored() {
		return res, nil
	}
	right := func(f tool.Finding) bool { return slices.Contains(w.IDs, f.ID) }
	if state, bad := vulnerable.unscorable(); bad {
		res.State = state
	} else {
		res.scoreVulnerable(anchor{w.Place}, vulnerable.Report, right)
	}
	if !w.HasFix() {
		return res, nil
	}
	if state, bad := fixed.unscorable(); bad {
		res.Fixed = state
		return res, nil
	}
	place, err := counterpart(w.Place, vulnerable.Dir, fixed.Dir)
	if err != nil {
		return res, fmt.Errorf("score %s: %w", w.Name, err)
	}
	res.Fixed = Clean
	still := place.sightings(fixed.Report, func(f tool.Finding) bool { return right(f) && f.Grave() })
	if len(still) > 0 {
		res.Fixed, res.FixedBy = Hit, &still[0]
	}
	return res, nil
}

func (res *WeaknessResult) scoreVulnerable(a anchor, r *tool.Report, right func(tool.Finding) bool) {
	res.EndpointSeen = a.hasEndpoint(r)
	hits := a.sightings(r, right)
	if len(hits) > 0 {
		res.By = &hits[0]
	}
	switch {
	case len(hits) > 0 && hits[0].Shown():
		res.State = Found
		return
	case len(hits) > 0:
		res.State = Unsure
	default:
		res.State = Missed
	}
	res.Nearby = a.sightings(r, func(f tool.Finding) bool { return f.Shown() && !right(f) })
}

// counterpart is where the lines of a place are in the fixed version: nowhere
// if the file is gone.
func counterpart(p fact.Place, vulnerable, fixed string) (anchor, error) {
	if vulnerable == "" {
		return anchor{p}, nil // the lines are all there is to go by
	}
	before, err := readIn(vulnerable, p.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return anchor{p}, nil
	}
	if err != nil {
		return nil, err
	}
	after, err := readIn(fixed, p.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	m := linemap.New(before, after)
	out := fact.Place{Path: p.Path}
	for _, s := range p.Spans {
		first, last := m.Span(s.First, s.Last)
		out.Spans = append(out.Spans, fact.Span{First: first, Last: last})
	}
	return anchor{out}, nil
}

// readIn reads a file of a tree; a tree can't lead out of its folder.
func readIn(dir, name string) ([]byte, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return root.ReadFile(name)
}

// problem is the first of what is wrong with trees.
func problem(trees ...Tree) string {
	for _, t := range trees {
		if t.Absent != "" {
			return t.Absent
		}
		if t.Failure != "" {
			return t.Failure
		}
	}
	return ""
}
