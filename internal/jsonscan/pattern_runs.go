package jsonscan

import "regexp/syntax"

// runs is an expression that is nothing but sets of ASCII characters in a row,
// each so many times, from the beginning of the text to its end, as in
// ^[A-Z]{2}-[0-9]+$. Most patterns for identifiers are of this form. Where no run
// can be mistaken for a part of what follows, taking as much as possible for each
// decides, and each character is looked at on its own; the table of a [dfa] has
// to wait for one step before it can look up the next.
type runs []run

type run struct {
	set      *[256]bool
	min, max int
}

func (rs runs) match(text []byte) bool {
	for i := range rs {
		r := &rs[i]
		set := r.set
		if len(text) < r.min {
			return false
		}
		for _, c := range text[:r.min] {
			if !set[c] {
				return false
			}
		}
		n := r.min
		for n < len(text) && n < r.max && set[text[n]] {
			n++
		}
		text = text[n:]
	}
	return len(text) == 0
}

const maxRuns = 64

// newRuns returns the runs that an expression of package regexp is, or nil.
func newRuns(expr string) runs {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || parsed.Op != syntax.OpConcat {
		return nil
	}
	parts := parsed.Sub
	last := len(parts) - 1
	if last < 1 || parts[0].Op != syntax.OpBeginText || parts[last].Op != syntax.OpEndText {
		return nil
	}
	var rs runs
	for _, part := range parts[1:last] {
		var ok bool
		if rs, ok = rs.add(part); !ok {
			return nil
		}
	}
	if !rs.separable() {
		return nil
	}
	return rs
}

// add appends what an expression is made of; ok is false if it is no run.
func (rs runs) add(re *syntax.Regexp) (more runs, ok bool) {
	if len(rs) > maxRuns {
		return nil, false
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, c := range re.Rune {
			set, ok := asciiSet([]rune{c, c})
			if !ok || re.Flags&syntax.FoldCase != 0 {
				return nil, false
			}
			rs = append(rs, run{set, 1, 1})
		}
		return rs, len(rs) <= maxRuns
	case syntax.OpCharClass:
		set, ok := asciiSet(re.Rune)
		return append(rs, run{set, 1, 1}), ok
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if rs, ok = rs.add(sub); !ok {
				return nil, false
			}
		}
		return rs, true
	case syntax.OpStar:
		return rs.repeat(re.Sub[0], 0, maxBytes)
	case syntax.OpPlus:
		return rs.repeat(re.Sub[0], 1, maxBytes)
	case syntax.OpQuest:
		return rs.repeat(re.Sub[0], 0, 1)
	case syntax.OpRepeat:
		most := re.Max
		if most < 0 {
			most = maxBytes
		}
		return rs.repeat(re.Sub[0], re.Min, most)
	}
	return nil, false
}

// repeat appends an expression so many times: a single set as one run, anything
// else only if the count is fixed.
func (rs runs) repeat(re *syntax.Regexp, least, most int) (more runs, ok bool) {
	one, ok := runs(nil).add(re)
	if !ok {
		return nil, false
	}
	if len(one) == 1 && one[0].min == 1 && one[0].max == 1 {
		return append(rs, run{one[0].set, least, most}), true
	}
	if least != most || least*len(one) > maxRuns {
		return nil, false
	}
	for range least {
		rs = append(rs, one...)
	}
	return rs, len(rs) <= maxRuns
}

// asciiSet makes a set of pairs of first and last characters.
func asciiSet(ranges []rune) (set *[256]bool, ok bool) {
	set = new([256]bool)
	for i := 1; i < len(ranges); i += 2 {
		if ranges[i] >= 128 {
			return nil, false
		}
		for c := ranges[i-1]; c <= ranges[i]; c++ {
			set[c] = true
		}
	}
	return set, true
}

// separable reports whether no run that may be longer or shorter shares a
// character with what may come right behind it.
func (rs runs) separable() bool {
	for i := range rs {
		if rs[i].min == rs[i].max {
			continue
		}
		for j := i + 1; j < len(rs); j++ {
			if rs[i].meets(&rs[j]) {
				return false
			}
			if rs[j].min > 0 {
				break
			}
		}
	}
	return true
}

func (r *run) meets(s *run) bool {
	for c := range r.set {
		if r.set[c] && s.set[c] {
			return true
		}
	}
	return false
}
