package rule

import (
	"strings"

	"github.com/wswarden/wswarden/review/model"
)

// Fixed reports whether all addresses among values begin with a text that the
// program fixes, scheme and host included: "/users/{id}",
// "https://cdn.example.com/{name}", "data:image/png;base64,{data}".
func Fixed(values []model.Value) bool {
	for i := range values {
		if len(values[i].From()) > 0 && !fixed(&values[i]) {
			return false
		}
	}
	return len(values) > 0
}

func fixed(v *model.Value) bool {
	head, _, composed := strings.Cut(v.Shape, "{")
	if !composed {
		return false
	}
	head = strings.ToLower(head)
	switch {
	case strings.HasPrefix(head, "//"):
		return strings.Contains(head[2:], "/")
	case strings.HasPrefix(head, "/"), strings.HasPrefix(head, "#"), strings.HasPrefix(head, "?"), strings.HasPrefix(head, "./"), strings.HasPrefix(head, "../"):
		return true
	case strings.HasPrefix(head, "mailto:"), strings.HasPrefix(head, "tel:"):
		return true
	case strings.HasPrefix(head, "data:"):
		kind, _, ok := strings.Cut(head, ",")
		return ok && !strings.Contains(kind, "html") && !strings.Contains(kind, "xml") && !strings.Contains(kind, "script")
	}
	if _, rest, ok := strings.Cut(head, "://"); ok {
		return strings.ContainsAny(rest, "/?#")
	}
	// A relative path: "images/{name}".
	return strings.Contains(head, "/") && !strings.Contains(head, ":")
}

// SchemeChecked reports whether a check of the scheme, the host or the whole of
// an address is in force.
func SchemeChecked(ev *model.Event, f *model.Flow) bool {
	for _, g := range ev.Guards {
		if !g.Holds {
			continue
		}
		switch g.Kind {
		case model.SchemeFact:
			return true
		case model.AllowFact:
			for _, j := range g.Flows {
				judged, used := address(j.Field), address(f.Field)
				if j.Source.Span == f.Source.Span && (strings.HasPrefix(judged, used) || strings.HasPrefix(used, judged)) {
					return true
				}
			}
		}
	}
	return false
}

// address is the field that holds an address, of one that names a part of it:
// "profile.homepage" of "profile.homepage.protocol".
func address(field string) string {
	i := strings.LastIndexByte(field, '.')
	switch field[i+1:] {
	case "protocol", "host", "hostname", "origin", "href", "scheme", "netloc":
		return field[:max(i, 0)]
	}
	return field
}

// HostChecked reports whether a check of the host of an address, or of the whole
// of it, is in force.
func HostChecked(ev *model.Event, f *model.Flow) bool {
	for _, g := range ev.Guards {
		text := strings.ToLower(g.Text)
		if g.Holds && g.Kind == model.SchemeFact && (strings.Contains(text, "host") || strings.Contains(text, "origin")) {
			return true
		}
		if g.Holds && g.Kind == model.AllowFact && judges(g, f) {
			return true
		}
	}
	return false
}

// judges reports whether a check is of the data of a flow, or a part of it.
func judges(g *model.Fact, f *model.Flow) bool {
	for _, j := range g.Flows {
		if j.Source.Span == f.Source.Span && (strings.HasPrefix(j.Field, f.Field) || strings.HasPrefix(f.Field, j.Field)) {
			return true
		}
	}
	return false
}
