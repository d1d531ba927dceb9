package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// allow is the condition of a type of message, with the comment beside it.
func (d *drafter) allow(r *route, m *message, claimed []string) (string, string) {
	var terms, notes []string
	if m.privileged() {
		terms = append(terms, d.isAdmin(r))
		notes = append(notes, "who may do this", d.citeType(m, "WS403"))
	}
	for _, path := range m.joined(r) {
		terms = append(terms, d.channel(m, path))
		notes = append(notes, d.channelNote(path), d.citeType(m, "WS404", "WS310"))
	}
	for _, path := range m.selected(r, claimed) {
		own := fmt.Sprintf("%s == session.user", celField(path))
		if f := m.root.find(path); f != nil && f.kinds["integer"] && !f.kinds["string"] {
			own = fmt.Sprintf("string(%s) == session.user", celField(path))
		}
		terms = append(terms, fmt.Sprintf("(!%s || %s || %s)", parenthesized(celHas(path)), own, d.isAdmin(r)))
		notes = append(notes, "one's own, and an administrator's all", d.citeType(m, "WS402"))
	}
	for _, f := range m.root.members {
		if m.comparable(f.path) && roleWords[strings.ToLower(strings.ReplaceAll(f.name, "_", ""))] && !m.privileged() {
			terms = append(terms, fmt.Sprintf("(!%s || %s)", parenthesized(celHas(f.path)), d.isAdmin(r)))
			notes = append(notes, "a message gives no roles", d.citeType(m, "WS403", "WS401"))
		}
	}
	if len(terms) == 0 {
		if cited := d.citeType(m, "WS402"); cited != "" {
			if ids := m.chosen(r, claimed); len(ids) > 0 {
				return "true", confirm(fmt.Sprintf("whose %s that is, the guard doesn't know; if a claim lists them, session.owns(%s, %s)", leaf(ids[0]), celText(plural(ids[0])), celField(ids[0])), cited)
			}
			return "true", confirm("the guard doesn't know whose object it is; if claims list them, session.owns(\"claim\", message.field)", cited)
		}
		if ids := m.chosen(r, claimed); len(ids) > 0 {
			return "true", confirm(fmt.Sprintf("whose %s that is, nothing compares with who asks; if a claim lists them, session.owns(%s, %s)", leaf(ids[0]), celText(plural(ids[0])), celField(ids[0])))
		}
		return "", ""
	}
	text := strings.Join(terms, " && ")
	if len(terms) == 1 {
		text = unwrapped(text)
	}
	var words, cited []string
	for i, n := range notes {
		switch {
		case n == "" || slices.Contains(words, n) || slices.Contains(cited, n):
		case i%2 == 0:
			words = append(words, n)
		default:
			cited = append(cited, n)
		}
	}
	return text, confirm(strings.Join(words, "; "), strings.Join(cited, "; "))
}

// selected are the fields that choose whose object a message is about.
func (m *message) selected(r *route, claimed []string) []string {
	var out []string
	for _, ev := range m.events {
		if ev.Kind != model.Operation || ev.Guarded(model.OwnerFact, model.RoleFact, model.MemberFact) {
			continue
		}
		f := rule.Selector(ev)
		if f == nil || !f.Claims() && !person(wire(f)) {
			continue
		}
		path, ok := r.payload(wire(f))
		if !ok || path == "" || strings.Contains(path, "[]") || slices.Contains(claimed, path) || slices.Contains(out, path) || !m.comparable(path) {
			continue
		}
		if m.privileged() { // an administrator's business is others
			continue
		}
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// chosen are the fields that choose an object which the message changes or removes,
// with nothing in force that says whose it is.
func (m *message) chosen(r *route, claimed []string) []string {
	var out []string
	for _, ev := range m.events {
		act, own := rule.Act(ev)
		if ev.Kind != model.Operation || own && act == model.ReadAct || ev.Guarded(model.OwnerFact, model.RoleFact, model.MemberFact) || slices.ContainsFunc(ev.Args, func(v model.Value) bool { return v.Bound }) {
			continue
		}
		f := rule.Selector(ev)
		if f == nil {
			continue
		}
		path, ok := r.payload(wire(f))
		if ok && path != "" && ids[last(path)] && !slices.Contains(claimed, path) && !slices.Contains(out, path) && m.comparable(path) {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}

// plural is what a claim that lists what a field names may be called.
func plural(path string) string {
	list := rule.Words(leaf(path))
	if len(list) > 1 && ids[list[len(list)-1]] {
		list = list[:len(list)-1]
	}
	return strings.TrimSuffix(strings.Join(list, "_"), "s") + "s"
}

// comparable reports whether a field can be compared with a name: it is no object,
// no list, and nothing whose form isn't known.
func (m *message) comparable(path string) bool {
	f := m.root.find(path)
	return f != nil && len(f.members) == 0 && !f.elements && len(f.types()) > 0 && !slices.Contains(f.types(), "array")
}

// person reports whether a field names an account.
func person(path string) bool {
	name := leaf(path)
	w := rule.Words(name)
	return personal(name) || len(w) > 1 && personWords[w[0]] && ids[w[len(w)-1]]
}
