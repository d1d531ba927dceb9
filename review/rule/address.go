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
	case strings.HasPrefix(head, "data:image/"), strings.HasPrefix(head, "data:audio/"), strings.HasPrefix(head, "data:video/"), strings.HasPrefix(head, "mailto:"), strings.HasPrefix(head, "tel:"):
		return true
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
				if j.Source.Span == f.Source.Span && (strings.HasPrefix(j.Field, f.Field) || strings.HasPrefix(f.Field, j.Field)) {
					return true
				}
			}
		}
	}
	return false
}
