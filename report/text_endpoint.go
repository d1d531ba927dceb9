package report

import (
	"fmt"
	"strings"
)

// states are the groups in which the text form lists defences.
var states = []struct {
	state State
	word  string
}{
	{Present, "has"},
	{Default, "by default"},
	{Absent, "lacks"},
	{Unknown, "unclear"},
}

// endpoints writes what stands between each endpoint and an attacker.
func (p *textPage) endpoints(all []Endpoint) {
	for i := range all {
		e := &all[i]
		fmt.Fprintf(p.w, "%s: %s\n", p.paint(bold, place(e.Span)), printable(describeEndpoint(e)))
		if e.Role == Server || len(e.Defences) > 0 {
			p.defences(e)
		}
		p.messageTypes("takes", e, e.Role != Client)
		p.messageTypes("sends", e, e.Role == Client)
		fmt.Fprintln(p.w)
	}
}

// describeEndpoint is such as "ws server at /ws".
func describeEndpoint(e *Endpoint) string {
	words := []string{e.Framework, string(e.Role)}
	if e.Framework == "" {
		words = words[1:]
	}
	if e.Route != "" {
		words = append(words, "at", e.Route)
	}
	return strings.Join(words, " ")
}

// label is how prose calls a defence.
func (n DefenceName) label() string { return strings.ReplaceAll(string(n), "_", " ") }

func (p *textPage) defences(e *Endpoint) {
	for _, g := range states {
		var parts []string
		for _, name := range DefenceNames {
			d := e.defence(name)
			if d.State != g.state {
				continue
			}
			part := name.label()
			if d.Value != "" {
				part += " (" + d.Value + ")"
			}
			parts = append(parts, part)
		}
		if len(parts) > 0 {
			p.row(g.word, stateStyle[g.state], strings.Join(parts, ", "))
		}
	}
}

// defence returns what e says of a defence; of one that it does not mention
// nothing is known.
func (e *Endpoint) defence(name DefenceName) Defence {
	for _, d := range e.Defences {
		if d.Name == name {
			return d
		}
	}
	return Defence{Name: name, State: Unknown}
}

// messageTypes lists those of the client or those of the server.
func (p *textPage) messageTypes(word string, e *Endpoint, ofClient bool) {
	var names []string
	for i := range e.Messages {
		if m := &e.Messages[i]; (m.Direction == FromClient) == ofClient {
			names = append(names, m.label())
		}
	}
	if len(names) > 0 {
		p.row(word, plain, strings.Join(names, ", "))
	}
}

// label is the name of a message type, or what stands for all others.
func (m *MessageType) label() string {
	if m.Name == "" {
		return "any message"
	}
	return m.Name
}

func (p *textPage) row(word string, st style, text string) {
	const column = 14
	fmt.Fprintf(p.w, "  %s%s", p.paint(st, word), strings.Repeat(" ", column-2-len(word)))
	p.prose(column, column, text)
}
