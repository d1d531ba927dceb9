package draft

import (
	"github.com/wswarden/wswarden/internal/yamltext"
)

// section is the messages section of a route; nil where the dialect has no types.
func (d *drafter) section(r *route, list []*message) yamltext.Object {
	switch r.dialect {
	case "raw":
		return nil
	case "graphql-transport-ws":
		return yamltext.Object{
			{Key: "operations", Value: 20},
			{Key: "introspection", Value: false},
			{Key: "unknown", Value: "pass", Comment: confirm("name the operations that clients may run; their rules are in docs/dialects.md")},
		}
	}
	var out yamltext.Object
	if r.dialect == "json" {
		out.Add("type", r.typeField)
	}
	client := yamltext.Object{}
	for _, m := range list {
		client = append(client, d.rule(r, m))
	}
	out = append(out, d.unknown(r, list, &client))
	out = append(out,
		yamltext.Member{Key: "reject", Value: "reply", Comment: d.cite(r, "WS301", "WS302", "WS310", "WS311")},
		yamltext.Member{Key: "strikes", Value: 20})
	if names := d.secretNames(r); len(names) > 0 {
		out = append(out, yamltext.Member{Key: "secret", Value: names, Comment: join("never reaches a client, in any message", d.cite(r, "WS504"))})
	}
	if len(client) > 0 {
		out = append(out, yamltext.Member{Key: "client", Value: client})
	}
	if server := d.server(r); len(server) > 0 {
		out = append(out, yamltext.Member{Key: "server", Value: server})
	}
	return out
}

// unknown says what becomes of types that the draft has no rule for.
func (d *drafter) unknown(r *route, list []*message, client *yamltext.Object) yamltext.Member {
	if len(list) == 0 {
		*client = append(*client, d.rule(r, d.anything(r)))
		return yamltext.Member{Key: "unknown", Value: "reject"}
	}
	for _, e := range r.endpoints {
		switch {
		case e.Hidden:
			return yamltext.Member{Key: "unknown", Value: "reject", Comment: confirm("handlers that are not in view may take other types")}
		case e.Unfinished:
			return yamltext.Member{Key: "unknown", Value: "reject", Comment: confirm("the code was not followed to its end; it may take other types")}
		}
	}
	if note := d.untyped(r, list, client); note != "" {
		return yamltext.Member{Key: "unknown", Value: "pass", Comment: confirm(note)}
	}
	if ev := r.open(); ev != nil {
		return yamltext.Member{Key: "unknown", Value: "pass", Comment: confirm("reject, once the types below are all there are; the code takes any at " + place(ev.Span))}
	}
	return yamltext.Member{Key: "unknown", Value: "reject"}
}

// anything is the one kind of message of an endpoint that tells no types apart.
func (d *drafter) anything(r *route) *message {
	m := &message{name: "*", lines: map[lineOf]bool{}, root: r.fieldsOf("")}
	d.gather(r, m)
	return m
}

// rule is the rule of one type of message.
func (d *drafter) rule(r *route, m *message) yamltext.Member {
	if r.dialect == "socketio" && d.several(m.name) {
		return yamltext.Member{Key: m.name, Value: yamltext.Object{}, Comment: confirm("an event with several arguments: a schema for it takes messages.args: all", place(m.at))}
	}
	claimed := m.claimed(r)
	d.tighten(r, m)
	set := yamltext.Flow{}
	for _, path := range claimed {
		set = append(set, yamltext.Member{Key: jsonPath(path), Value: m.identity(path)})
	}
	cleaned := m.broadcast(r, claimed)
	allow, allowNote := d.allow(r, m, claimed) // it narrows fields that it compares
	out := yamltext.Object{{Key: "schema", Value: m.schema(), Comment: d.schemaNote(r, m)}}
	if r.dialect == "jsonrpc" && len(m.root.members) == 0 && !m.whole && !m.scalar {
		out = out[:0] // a call may have no params, and this one reads none
	}
	if allow != "" {
		out = append(out, yamltext.Member{Key: "allow", Value: allow, Comment: allowNote})
	}
	if len(set) > 0 {
		note := join("who signed in, whatever the message says", d.citeType(m, "WS401"))
		if m.guessed {
			note = confirm("this seems to say who sent the message: who signed in, whatever the message says", d.citeType(m, "WS401"))
		}
		if m.numericIdentity(claimed) {
			note = confirm("the code keeps accounts by number: does the sign-in name them so?", d.citeType(m, "WS401"))
		}
		out = append(out, yamltext.Member{Key: "set", Value: set, Comment: note})
	}
	if len(cleaned) > 0 {
		flow := yamltext.Flow{}
		for _, p := range cleaned {
			flow = append(flow, yamltext.Member{Key: jsonPath(p), Value: "escape"})
		}
		out = append(out, yamltext.Member{Key: "clean", Value: flow, Comment: join("markup arrives as text", d.citeType(m, "WS501"))})
	}
	if m.costs() {
		out = append(out, yamltext.Member{Key: "fresh", Value: true, Comment: join("the session is judged again first", d.citeType(m, "WS207"))})
	}
	if rate := m.rate(); rate != "" {
		out = append(out, yamltext.Member{Key: "limit", Value: yamltext.Raw(rate), Comment: d.citeType(m, "WS710")})
	}
	member := yamltext.Member{Key: m.name, Value: out}
	if m.at.Path != "" {
		member.Comment = place(m.at)
	}
	return member
}
