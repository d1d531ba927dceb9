package draft

import (
	"slices"

	"github.com/wswarden/wswarden/internal/yamltext"
	"github.com/wswarden/wswarden/review/model"
)

// schema is the JSON Schema of the payload.
func (m *message) schema() yamltext.Object {
	if m.scalar {
		out := yamltext.Object{{Key: "type", Value: yamltext.List{"string", "integer"}}, {Key: "maxLength", Value: shortText}}
		if m.relayed {
			out = append(out[:1], yamltext.Member{Key: "maxLength", Value: longText}, yamltext.Member{Key: "pattern", Value: noMarkup})
		}
		return out
	}
	out := yamltext.Object{{Key: "type", Value: "object"}}
	switch {
	case m.relayed:
		out.Add("additionalProperties", yamltext.Flow{
			{Key: "type", Value: yamltext.List{"string", "number", "boolean", "null"}}, {Key: "maxLength", Value: longText}, {Key: "pattern", Value: noMarkup},
		})
	case !m.whole:
		out.Add("additionalProperties", false)
	}
	if len(m.root.members) > 0 {
		properties := yamltext.Object{}
		for _, f := range m.root.members {
			properties.Add(f.name, f.schema())
		}
		out.Add("properties", properties)
	}
	return out
}

func (d *drafter) schemaNote(r *route, m *message) string {
	cited := d.citeType(m, "WS302", "WS303", "WS304", "WS305", "WS306", "WS307", "WS308", "WS309", "WS310", "WS312", "WS313", "WS405")
	switch {
	case m.relayed:
		return confirm("others get the whole message: text without markup, no lists, no objects; name its fields", cited, d.citeType(m, "WS501"))
	case m.opaque:
		return confirm("what the code reads of it is not in view; add additionalProperties: false and its fields", cited)
	case m.whole:
		return confirm("the code hands on the whole message; add additionalProperties: false and its fields", cited)
	case m.tightened():
		return confirm("a pattern keeps out what an interpreter would read as its own; does it keep out nothing else?", cited)
	}
	return cited
}

func (m *message) tightened() bool {
	var any func(f *field) bool
	any = func(f *field) bool {
		return f.pattern != "" && f.pattern != noMarkup || slices.ContainsFunc(f.members, any)
	}
	return any(m.root)
}

// patterns are what a text may be that reaches an interpreter.
var patterns = map[model.SinkClass]string{
	model.SQLSink:        `^[^'"\\;]*$`,
	model.CommandSink:    `^[A-Za-z0-9_][A-Za-z0-9_.:/@ -]*$`,
	model.PathSink:       `^[A-Za-z0-9_][A-Za-z0-9_. -]*(/[A-Za-z0-9_][A-Za-z0-9_. -]*)*$`,
	model.RequestSink:    `^(https://)?[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(/[A-Za-z0-9_./?=&%-]*)?$`,
	model.TemplateSink:   `^[^{}<>$%#]*$`,
	model.CodeSink:       `^[0-9 .+*/()-]*$`,
	model.ExpressionSink: `^[0-9A-Za-z_ .+*/-]*$`,
	model.RegexpSink:     `^[0-9A-Za-z_ -]*$`,
}

// tighten narrows the fields that reach an interpreter.
func (d *drafter) tighten(r *route, m *message) {
	for _, ev := range m.events {
		if ev.Kind != model.Sink {
			continue
		}
		for _, fl := range ev.Tainted(model.FromMessage) {
			path, ok := r.payload(wire(fl))
			if !ok || path == "" || fl.Closes(ev.Op) {
				continue
			}
			f := m.root.find(path)
			if f == nil || len(f.members) > 0 {
				continue
			}
			switch p := patterns[ev.Op]; {
			case ev.Op == model.NoSQLSink || ev.Op == model.MergeSink:
				if len(f.types()) != 1 {
					f.kinds, f.elements = map[string]bool{"string": true}, false
				}
			case p != "" && !f.kinds["number"] && !f.kinds["integer"] && !f.kinds["boolean"]:
				f.kinds, f.elements, f.pattern = map[string]bool{"string": true}, false, p
			}
		}
	}
}
