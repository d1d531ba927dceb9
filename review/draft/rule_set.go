package draft

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// claimed are the fields that say who acts, and that the guard therefore sets.
func (m *message) claimed(r *route) []string {
	var out []string
	for _, ev := range m.events {
		if ev.Guarded(model.OwnerFact, model.RoleFact) {
			continue
		}
		rule.EachClaim(ev, func(_ *model.Value, f *model.Flow, _ string) {
			path, ok := r.payload(wire(f))
			if !ok || path == "" || roleWords[last(path)] || roleWords[strings.ToLower(path)] || m.root.find(path) == nil || slices.Contains(out, path) {
				return
			}
			if strings.EqualFold(leaf(path), "subject") {
				return // what a text is about
			}
			if strings.Contains(path, "[]") || m.privileged() && !f.Overrides && !f.Beside {
				return // whom a privileged act is about
			}
			out, m.guessed = append(out, path), m.guessed || f.Guessed()
		})
	}
	for _, path := range m.signed(r) {
		if !slices.Contains(out, path) {
			out, m.guessed = append(out, path), true
		}
	}
	slices.Sort(out)
	return out
}

// signed are texts that others get as the name of who sent the message, though
// nothing in the code compares them with who is connected.
func (m *message) signed(r *route) []string {
	var out []string
	if m.privileged() {
		return nil
	}
	for _, ev := range m.events {
		if ev.Kind != model.Broadcast || ev.Guarded(model.OwnerFact, model.RoleFact) {
			continue
		}
		for _, fl := range ev.Tainted(model.FromMessage) {
			path, ok := r.payload(wire(fl))
			name := strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(leaf(path)))
			if !ok || !speakers[name] || fl.Type == "enum" || fl.Type == "number" || fl.Type == "boolean" || slices.Contains(out, path) || !m.comparable(path) {
				continue
			}
			if f := m.root.find(path); !slices.Contains(f.types(), "string") {
				continue
			}
			out = append(out, path)
		}
	}
	return out
}

// identity is what the guard writes into a field that says who acts.
func (m *message) identity(path string) string {
	name := leaf(path)
	if w := rule.Words(name); readNames[strings.ToLower(name)] || shownNames[strings.ToLower(name)] || len(w) > 1 && w[len(w)-1] == "name" && w[0] != "user" && w[0] != "login" && w[0] != "account" {
		return "session.name"
	}
	if f := m.root.find(path); f != nil && f.kinds["integer"] && !f.kinds["string"] {
		return "int(session.user)"
	}
	return "session.user"
}

func (m *message) numericIdentity(claimed []string) bool {
	return slices.ContainsFunc(claimed, func(p string) bool { return strings.HasPrefix(m.identity(p), "int(") })
}
