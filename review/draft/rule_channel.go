package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// joined are the fields by which a connection gets into a channel.
func (m *message) joined(r *route) []string {
	var out []string
	for _, ev := range m.events {
		if ev.Kind != model.Join || ev.Guarded(model.RoleFact, model.OwnerFact, model.MemberFact) {
			continue
		}
		if slices.ContainsFunc(ev.Args, func(v model.Value) bool { return v.Bound }) {
			continue
		}
		for _, f := range ev.Tainted(model.FromMessage) {
			path, ok := r.payload(wire(f))
			if i := strings.Index(path, ".[]"); i >= 0 { // the elements of a list
				path = path[:i]
				if l := m.root.find(path); l != nil && !l.kinds["string"] {
					l.elements = true
				}
			}
			if !ok || f.Type == "enum" || slices.Contains(out, path) || path == "" && !m.scalar || path != "" && m.root.find(path) == nil {
				continue
			}
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// channel is the condition on the name of a channel.
func (d *drafter) channel(m *message, path string) string {
	if m.scalar {
		return d.channelIs("string(message)", path)
	}
	f := m.root.find(path)
	if f.elements || f.kinds["array"] {
		f.list()
		return fmt.Sprintf("%s.all(c, %s)", celField(path), unwrapped(d.channelIs("c", path)))
	}
	f.members, f.optional = nil, false
	f.kinds = map[string]bool{"string": true}
	return d.channelIs(celField(path), path)
}

// channelIs is that condition on an expression.
func (d *drafter) channelIs(x, path string) string {
	var terms []string
	forms := d.channelForms()
	for _, c := range forms {
		switch {
		case c.own:
			term := fmt.Sprintf("%s == %s + session.user", x, celText(c.before))
			if c.after != "" {
				term += " + " + celText(c.after)
			}
			terms = append(terms, term)
		case c.after != "":
			terms = append(terms, fmt.Sprintf("%s.startsWith(%s) && %s.endsWith(%s)", x, celText(c.before), x, celText(c.after)))
		default:
			terms = append(terms, fmt.Sprintf("%s.startsWith(%s)", x, celText(c.before)))
		}
	}
	if names := d.publicChannels(); len(names) > 0 {
		var list []string
		for _, n := range names {
			list = append(list, celText(n))
		}
		terms = append(terms, fmt.Sprintf("%s in [%s]", x, strings.Join(list, ", ")))
	}
	if personal := len(forms) > 0 && len(d.publicChannels()) == 0 && !slices.ContainsFunc(forms, func(c channelForm) bool { return !c.own }); personal {
		// The program shows which channels are somebody's, and no name of any other:
		// a plain word is none of those.
		terms = append(terms, fmt.Sprintf("%s.matches(%s)", x, celText("^[A-Za-z0-9_-]{1,64}$")))
	}
	if len(terms) == 0 {
		claim := "channels"
		if w := last(path); w != "" {
			claim = strings.TrimSuffix(w, "s") + "s"
		}
		return fmt.Sprintf("session.owns(%s, %s)", celText(claim), x)
	}
	return "(" + strings.Join(terms, " || ") + ")"
}

func (d *drafter) channelNote(path string) string {
	if len(d.channelForms()) == 0 && len(d.publicChannels()) == 0 {
		return "who may listen to what, which the code doesn't say: here those that a claim of the sign-in lists"
	}
	return "who may listen to what: here one's own, and what is nobody's"
}
