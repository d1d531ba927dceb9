package predicate

import (
	"slices"
	"strings"
)

// A Verdict is what the execution of a subject showed.
type Verdict struct {
	// Complete says that every path was followed. What an incomplete verdict
	// says of bypasses and of openness holds for nothing.
	Complete bool
	Sites    []*Site
	// Allowed is an origin that is let in where a foreign one isn't; empty where
	// none was found.
	Allowed string
	// Open says that foreign origins are let in wherever any is.
	Open bool
	// Opaque says that a call which isn't in view takes part in the decision.
	Opaque bool
	// Refuses says that the function can refuse handshakes at all.
	Refuses  bool
	Bypasses []Bypass
	// Absent says that a handshake without the header is let in although a
	// foreign origin isn't, Null that one with "null" is.
	Absent, Null bool
	// Rebinds says that an origin passes for being the Host of the request, so
	// that a name which was made to point here passes.
	Rebinds bool
	// Configurable says that configuration decides whether foreign origins are
	// let in, OpenByDefault that they are where it is empty.
	Configurable, OpenByDefault bool
	// Mode says that they are in development or test runs.
	Mode bool
	// Setting is the condition on configuration that opens it.
	Setting string

	met *sites
}

// A Bypass is a foreign origin that is let in, and the comparisons that are to
// blame.
type Bypass struct {
	Origin string
	Class  Class
	Sites  []*Site
	// Likely says that a call which isn't in view takes part in the decision, and
	// that nothing else keeps the origin out.
	Likely bool
	// Conditional says that it gets by in some configurations, or for some
	// requests, and not in others where the allowed one does too.
	Conditional bool
}

// Judge executes a subject for many handshakes.
func Judge(s *Subject) *Verdict {
	j := &judge{subject: s, sites: &sites{}}
	evil := Probe{Origin: strangers[0], Host: legitimate.Host}
	j.execute(evil) // to learn whether the function completes the upgrade itself
	stranger := j.verdicts(j.execute(evil), true)
	v := &Verdict{met: j.sites, Sites: j.sites.list, Refuses: slices.ContainsFunc(stranger, func(p verdictPath) bool { return p.refused })}
	v.Opaque = slices.ContainsFunc(stranger, func(p verdictPath) bool { return p.opaque })
	allowed := j.allowed(stranger)
	v.Sites = j.sites.list
	if len(allowed) > 0 {
		v.Allowed = allowed[0].origin
		j.conditions(v, stranger, allowed[0].paths)
		j.absence(v, stranger, allowed[0].paths)
		j.bypasses(v, evil, stranger, allowed)
		v.Rebinds = j.rebinds(stranger, allowed[0].paths)
		v.Sites = j.sites.list
	} else {
		v.Open = admits(stranger)
	}
	v.Complete = !j.overrun
	return v
}

// An admitted origin, with the paths on which it is.
type admittedOrigin struct {
	origin string
	paths  []verdictPath
}

// allowed finds origins that are let in where a stranger is refused.
func (j *judge) allowed(stranger []verdictPath) []admittedOrigin {
	const limit = 5
	var out []admittedOrigin
	tried := map[string]bool{}
	for range 2 { // the first round may meet comparisons that a stranger doesn't get to
		for _, o := range candidates(j.sites) {
			if tried[o] || len(out) >= limit {
				continue
			}
			tried[o] = true
			paths := j.verdicts(j.execute(Probe{Origin: o, Host: legitimate.Host}), false)
			if told(paths, stranger) {
				out = append(out, admittedOrigin{o, paths})
			}
		}
	}
	return out
}

// told reports whether, in one state of the world, the first is let in and the
// second refused.
func told(in, out []verdictPath) bool {
	for _, a := range in {
		for _, b := range out {
			if !a.refused && b.refused && compatible(a.decisions, b.decisions) {
				return true
			}
		}
	}
	return false
}

// toldApart is told for three: both of the first are let in where the last is
// refused.
func toldApart(a, b, out []verdictPath) bool {
	for _, x := range a {
		for _, y := range b {
			if x.refused || y.refused || !compatible(x.decisions, y.decisions) {
				continue
			}
			for _, z := range out {
				if z.refused && compatible(x.decisions, z.decisions) && compatible(y.decisions, z.decisions) {
					return true
				}
			}
		}
	}
	return false
}

// conditions says under which configuration a stranger is let in.
func (j *judge) conditions(v *Verdict, stranger, allowed []verdictPath) {
	for _, p := range stranger {
		if p.refused || p.opaque {
			continue
		}
		settings, unset, mode, request := 0, true, false, false
		name := ""
		for _, d := range p.decisions {
			if !decisive(d, stranger) {
				continue
			}
			switch d.Kind {
			case settingDecision:
				settings++
				unset = unset && !d.Way
				name = d.Key
			case modeDecision:
				mode = true
			case requestDecision:
				request = true
			}
		}
		switch {
		case mode:
			v.Mode = true
		case request:
		case settings > 0:
			v.Configurable = true
			if unset {
				v.OpenByDefault = true
			}
			v.Setting = name
		}
	}
}

// decisive reports whether the other way of a decision can refuse the stranger.
func decisive(d Decision, stranger []verdictPath) bool {
	for _, p := range stranger {
		if !p.refused {
			continue
		}
		for _, e := range p.decisions {
			if e.Key == d.Key && e.Way != d.Way {
				return true
			}
		}
	}
	return false
}

// absence tries handshakes without the header, and with "null".
func (j *judge) absence(v *Verdict, stranger, allowed []verdictPath) {
	none := j.verdicts(j.execute(Probe{Absent: true, Host: legitimate.Host}), true)
	v.Absent = toldApart(allowed, none, stranger)
	opaque := j.verdicts(j.execute(Probe{Origin: "null", Host: legitimate.Host}), true)
	v.Null = toldApart(allowed, opaque, stranger)
}

// bypasses tries foreign origins.
func (j *judge) bypasses(v *Verdict, evil Probe, stranger []verdictPath, allowed []admittedOrigin) {
	const limit = 12
	tried := map[string]bool{}
	for _, a := range allowed {
		for _, t := range attempts(a.origin, j.sites) {
			p := Probe{Origin: t.origin, Host: legitimate.Host}
			if tried[t.origin] || t.origin == v.Allowed || !j.differs(p, evil) {
				continue
			}
			tried[t.origin] = true
			if t.local() {
				continue
			}
			if len(v.Bypasses) >= limit || j.overrun {
				return
			}
			r := j.execute(p)
			surely, likely := j.verdicts(r, true), j.verdicts(r, false)
			sure := toldApart(a.paths, surely, stranger)
			if !sure && (t.class != Foreign || !toldApart(a.paths, likely, stranger)) {
				continue
			}
			v.Bypasses = append(v.Bypasses, Bypass{t.origin, t.class, j.blamed(p, evil), !sure, told(a.paths, likely)})
		}
	}
}

// local reports whether an attempt is another port of an allowed origin on the
// visitor's own machine, where no stranger has a page.
func (t attempt) local() bool {
	return t.class == Port && (strings.Contains(t.origin, "//localhost") || strings.Contains(t.origin, "//127.0.0.1"))
}

// differs reports whether some comparison tells two handshakes apart.
func (j *judge) differs(p, q Probe) bool {
	return slices.ContainsFunc(j.sites.list, func(s *Site) bool { return s.says(p) != s.says(q) })
}

// blamed are the comparisons that let one handshake in and not the other.
func (j *judge) blamed(p, evil Probe) []*Site {
	var out []*Site
	for _, s := range j.sites.list {
		if s.says(p) != s.says(evil) {
			out = append(out, s)
		}
	}
	return out
}

// rebinds tries a stranger whose name was made to point to this server.
func (j *judge) rebinds(stranger, allowed []verdictPath) bool {
	p := Probe{Origin: "http://evil.example", Host: "evil.example"}
	return toldApart(allowed, j.verdicts(j.execute(p), true), stranger)
}

// Weakest are the bypasses of the gravest class among those that a comparison
// is to blame for.
func (v *Verdict) Weakest(s *Site) (Bypass, bool) {
	best, found := Bypass{}, false
	for _, b := range v.Bypasses {
		if !slices.Contains(b.Sites, s) {
			continue
		}
		if !found || b.weight() > best.weight() {
			best, found = b, true
		}
	}
	return best, found
}

// Worst is the gravest of all bypasses.
func (v *Verdict) Worst() (Bypass, bool) {
	if len(v.Bypasses) == 0 {
		return Bypass{}, false
	}
	return slices.MaxFunc(v.Bypasses, func(a, b Bypass) int { return a.weight() - b.weight() }), true
}

// weight orders bypasses: what is certain goes before what is likely, unless it
// is much graver.
func (b Bypass) weight() int {
	w := 2 * gravity[b.Class]
	if b.Likely {
		w -= 3
	}
	return w
}

var gravity = map[Class]int{Foreign: 7, Sibling: 6, Private: 5, Prefix: 4, Extension: 3, Scheme: 2, Port: 1}

// Tells reports whether the comparison tells a legitimate origin from a foreign
// one.
func (v *Verdict) Tells(s *Site) bool {
	evil := Probe{Origin: strangers[0], Host: legitimate.Host}
	return slices.ContainsFunc(candidates(v.met), func(o string) bool {
		return s.says(Probe{Origin: o, Host: legitimate.Host}) != s.says(evil)
	})
}
