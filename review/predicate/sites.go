package predicate

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// A Site is a comparison of something that was derived from the origin.
type Site struct {
	Pos  ir.Pos
	File *ir.File
	// How says what it compares: "set", "equality", "prefix", "suffix",
	// "substring", "regexp", "glob", "host", "port", "scheme".
	How string
	// Late says that it was met after the upgrade was accepted.
	Late bool
	// Setting says that the other side is configuration.
	Setting bool

	results  []Value // as it came out on the paths that met it
	reversed bool    // the origin is looked for in a text
}

// says is what the site says of another handshake.
func (s *Site) says(p Probe) bool {
	for _, v := range s.results {
		if r := v.at(p); r.kind == boolean && r.bool {
			return true
		}
	}
	return false
}

// sites are the comparisons that were met on any path, and what they compare
// with.
type sites struct {
	list     []*Site
	literals []string
	patterns []*pattern
}

// site notes a comparison. The operands are what is compared and what with.
func (m *Machine) site(fr *frame, at ir.Node, how string, result Value, operands ...Value) {
	if result.from == nil {
		return
	}
	if !slices.ContainsFunc(operands, func(v Value) bool { return v.from != nil }) {
		return
	}
	other := m.note(operands)
	if len(operands) == 2 && other && presence(operands) {
		return
	}
	pos, file := at.At(), fr.scope.File()
	if how == "" {
		how = howOf(operands)
	}
	late := m.accepted || m.late
	setting := slices.ContainsFunc(operands, deepUnknown)
	for _, s := range m.sites.list {
		if s.Pos == pos && s.File == file {
			if len(s.results) < 40 {
				s.results = append(s.results, result)
			}
			s.Late = s.Late && late
			s.Setting = s.Setting && setting
			return
		}
	}
	reversed := how != "set" && len(operands) == 2 && operands[0].from == nil && operands[1].from != nil && (how == "prefix" || how == "suffix" || how == "substring")
	m.sites.list = append(m.sites.list, &Site{Pos: pos, File: file, How: how, Late: late, Setting: setting, results: []Value{result}, reversed: reversed})
}

// note keeps what the origin is compared with, to make origins of it.
func (m *Machine) note(operands []Value) (constant bool) {
	for _, v := range operands {
		if v.from != nil {
			continue
		}
		constant = true
		m.noteValue(v)
	}
	return constant
}

func (m *Machine) noteValue(v Value) {
	const limit = 60
	switch v.kind {
	case text:
		if v.text != "" && v.text != "null" && len(m.sites.literals) < limit && !slices.Contains(m.sites.literals, v.text) {
			m.sites.literals = append(m.sites.literals, v.text)
		}
	case number:
		if v.num > 1 {
			m.noteValue(Text(formatNumber(v.num)))
		}
	case list:
		for _, e := range v.list.elems {
			m.noteValue(e)
		}
	case regexpKind:
		if v.re.re != nil && len(m.sites.patterns) < limit {
			m.sites.patterns = append(m.sites.patterns, v.re)
		}
	}
}

// presence reports whether a comparison only asks whether there is an origin.
func presence(operands []Value) bool {
	for _, v := range operands {
		if v.from == nil && (v.kind == null || v.kind == text && (v.text == "" || v.text == "null")) {
			return true
		}
	}
	return false
}

// howOf tells what part of the origin an equality is about.
func howOf(operands []Value) string {
	for _, v := range operands {
		if v.from == nil {
			continue
		}
		part := v.at(legitimatePort)
		switch {
		case part.kind == number && len(operands) == 2:
			if operands[1].kind == number && operands[1].num == 0 && operands[1].from == nil {
				return "prefix"
			}
			if _, isText := numberText(part); !isText {
				return "substring"
			}
			return "port"
		case part.kind != text:
			continue
		}
		switch strings.ToLower(part.text) {
		case "app.example.com", "app.example.com:8443", "//app.example.com:8443":
			return "host"
		case "8443":
			return "port"
		case "https", "https:":
			return "scheme"
		}
	}
	for _, v := range operands {
		if v.kind == list || v.kind == object {
			return "set"
		}
	}
	return "equality"
}

func numberText(v Value) (string, bool) {
	s := formatNumber(v.num)
	return s, s == "8443"
}
