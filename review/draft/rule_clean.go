package draft

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// broadcast are the texts that others get as they came.
func (m *message) broadcast(r *route, claimed []string) []string {
	var out []string
	for _, ev := range m.events {
		if ev.Kind != model.Broadcast {
			continue
		}
		for _, fl := range ev.Tainted(model.FromMessage) {
			path, ok := r.payload(wire(fl))
			if !ok || path == r.typeField || fl.Closes(model.HTMLSink) || slices.Contains(claimed, path) || slices.Contains(out, path) {
				continue
			}
			switch fl.Type {
			case "number", "integer", "boolean", "uuid", "slug", "enum", "member", "inherited":
				continue
			}
			if i := strings.Index(path, ".[]"); i >= 0 {
				path = path[:i]
			}
			f := m.root.find(path)
			switch {
			case path == "" && m.whole || path == "" && m.scalar:
			case f == nil || strings.ContainsAny(path, "#{}"):
				continue
			case f.pattern == "" && !mayBeText(f):
				continue
			case ids[last(path)] && last(path) != "ids" || numbers[last(path)]:
				// An id that is escaped is another id: it is refused instead.
				if f.pattern == "" && len(f.members) == 0 && slices.Contains(f.types(), "string") {
					f.pattern = noMarkup
					continue
				}
			}
			if !slices.Contains(out, path) {
				out = append(out, path)
			}
		}
	}
	// What is handed on as a whole has no path to clean: its schema keeps markup out.
	if i := slices.Index(out, ""); i >= 0 {
		m.relayed = true
		out = slices.Delete(out, i, i+1)
		for _, f := range m.root.members {
			if mayBeText(f) && !slices.Contains(claimed, f.path) && !slices.Contains(out, f.path) {
				out = append(out, f.path)
			}
		}
	}
	slices.Sort(out)
	return out
}

// noMarkup is what a text is without the characters that begin markup.
const noMarkup = "^[^<>]*$"

func mayBeText(f *field) bool {
	list := f.types()
	return len(list) == 0 || slices.Contains(list, "string") || slices.Contains(list, "object") || slices.Contains(list, "array")
}
