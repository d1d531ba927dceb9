package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/yamltext"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
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
		if e.Hidden {
			return yamltext.Member{Key: "unknown", Value: "reject", Comment: confirm("handlers that are not in view may take other types")}
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
			note = confirm("by its name this says who sent the message: who signed in, whatever the message says", d.citeType(m, "WS401"))
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
			if strings.Contains(path, "[]") || m.privileged() && !f.Overrides {
				return // whom a privileged act is about
			}
			out = append(out, path)
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
	name := path[strings.LastIndexByte(path, '.')+1:]
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

// costs reports whether a message moves what people own, or takes a privilege.
func (m *message) costs() bool {
	if anyWord(m.name, moneyActs) && m.acts() {
		return true
	}
	return m.privileged()
}

// acts reports whether a message changes something.
func (m *message) acts() bool {
	return slices.ContainsFunc(m.events, func(ev *model.Event) bool {
		act, _ := rule.Act(ev)
		return ev.Kind == model.Operation && act != model.ReadAct
	})
}

// privileged reports whether a message does what takes more than being signed in.
func (m *message) privileged() bool {
	if anyWord(m.name, adminActs) {
		return true
	}
	return slices.ContainsFunc(m.events, func(ev *model.Event) bool {
		return ev.Kind == model.Operation && rule.Privileged(ev) && !ev.Guarded(model.RoleFact, model.OwnerFact, model.MemberFact)
	})
}

// rate bounds what costs more than being read.
func (m *message) rate() string {
	if anyWord(m.name, frequentActs) {
		return ""
	}
	if slices.ContainsFunc(m.events, func(ev *model.Event) bool { return ev.Kind == model.Join }) {
		return "{rate: 60/1m, burst: 60}" // a page may join all its channels at once
	}
	for _, ev := range m.events {
		switch ev.Kind {
		case model.Sink:
			if ev.Op != model.LogSink {
				return "{rate: 5/1s, burst: 10}"
			}
		case model.Operation:
			if act, own := rule.Act(ev); !own || act == model.WriteAct || act == model.PrivilegedAct {
				return "{rate: 5/1s, burst: 10}"
			}
		}
	}
	return ""
}

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

// unwrapped takes the parentheses around a whole expression away.
func unwrapped(s string) string {
	if inner, ok := strings.CutPrefix(s, "("); ok {
		if inner, ok = strings.CutSuffix(inner, ")"); ok && balanced(inner) {
			return inner
		}
	}
	return s
}

// parenthesized makes a text one operand of a negation.
func parenthesized(s string) string {
	if strings.HasPrefix(s, "has(") {
		return s
	}
	return "(" + s + ")"
}

// balanced reports whether every bracket of an expression closes one that is open.
func balanced(s string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0
}

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

// leaf is the last name of a path.
func leaf(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

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
	name := path[strings.LastIndexByte(path, '.')+1:]
	w := rule.Words(name)
	return personal(name) || len(w) > 1 && personWords[w[0]] && ids[w[len(w)-1]]
}
