package js

import (
	"bytes"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// binding lowers an attribute, and says whether there is code in it. Its value
// is nil if it has none to tell of. Names are spelled in one way: :src and
// v-bind:src are "src", @click, v-on:click, on:click and x-on:click "onclick".
func (p *page) binding(a *attribute) (prop ir.Prop, isCode bool) {
	if a.braces {
		return p.braceBinding(a)
	}
	name, argument := directive(a.name)
	switch {
	case name == "v-if", name == "v-else-if", name == "v-else", name == "v-for", name == "v-slot", name == "v-pre",
		name == "v-once", name == "v-cloak", name == "x-for", name == "x-data", name == "slot-scope":
		return ir.Prop{}, false
	case name == "on" && a.hasValue:
		return ir.Prop{Name: "on" + argument, Value: p.handler(a.value, "$event")}, true
	case name == "bind" && a.hasValue && argument == "":
		return ir.Prop{Spread: true, Value: p.expression(a.value)}, true
	case name == "bind" && a.hasValue:
		return ir.Prop{Name: argument, Value: p.expression(a.value)}, true
	case (strings.HasPrefix(name, "v-") || strings.HasPrefix(name, "x-")) && a.hasValue:
		return ir.Prop{Name: name, Value: p.expression(a.value)}, true
	case isHandler(a.name) && a.hasValue:
		return ir.Prop{Name: strings.ToLower(a.name), Value: p.handler(a.value, "event")}, true
	}
	return p.plainAttribute(a)
}

// directive takes apart the name of an attribute of Vue or Alpine. Those that
// bind an event are "on", those that bind an attribute "bind", with its name
// as argument. Modifiers are dropped.
func directive(name string) (directive, argument string) {
	name, _, _ = strings.Cut(name, ".")
	switch {
	case name == "":
		return "", ""
	case name[0] == '@':
		return "on", name[1:]
	case name[0] == ':':
		return "bind", name[1:]
	case name[0] == '#':
		return "v-slot", ""
	}
	name, argument, _ = strings.Cut(name, ":")
	switch name {
	case "v-on", "x-on":
		return "on", argument
	case "v-bind", "x-bind":
		return "bind", argument
	}
	return name, argument
}

// isHandler reports whether an attribute of HTML holds code.
func isHandler(name string) bool {
	return len(name) > 2 && strings.EqualFold(name[:2], "on") && isLetter(name[2])
}

// plainAttribute lowers an attribute that is text, though perhaps with {…} in
// it, or a javascript: URL.
func (p *page) plainAttribute(a *attribute) (ir.Prop, bool) {
	prop := ir.Prop{Name: a.name}
	if !a.hasValue {
		prop.Value = &ir.Lit{Pos: a.pos(), Kind: ir.Bool, Value: "true"}
		return prop, false
	}
	text := string(p.file.Source[a.value.start:a.value.end])
	const scheme = "javascript:"
	if len(text) > len(scheme) && strings.EqualFold(text[:len(scheme)], scheme) {
		prop.Value = p.handler(span{a.value.start + len(scheme), a.value.end}, "")
		return prop, true
	}
	if p.dialect.braces && strings.Contains(text, "{") {
		if t := p.mixed(a.value); t != nil {
			prop.Value = t
			return prop, true
		}
	}
	prop.Value = &ir.Lit{Pos: a.value.pos(), Kind: ir.String, Value: text}
	return prop, false
}

// handler lowers the code of an event handler to the function that it becomes.
// Code that is a function already, or the name of one, stands for itself where
// frameworks take it so; event is empty or "event" where they don't.
func (p *page) handler(s span, event string) ir.Expr {
	f := &ir.Func{Pos: s.pos()}
	body := p.fragment(s, "", "")
	if event == "$event" && len(body) == 1 {
		if x, ok := body[0].(*ir.ExprStmt); ok && isReference(x.X) {
			return x.X
		}
	}
	if event != "" {
		f.Params = []*ir.Param{{Pos: s.pos(), Name: event}}
	}
	f.Body = body
	p.file.Funcs = append(p.file.Funcs, f)
	return &ir.FuncLit{Pos: f.Pos, Func: f}
}

// isReference reports whether an expression names or is a function.
func isReference(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Name, *ir.FuncLit:
		return true
	case *ir.Member:
		return isReference(x.X)
	}
	return false
}

// expression lowers a range that holds one expression, nil if it is empty.
func (p *page) expression(s span) ir.Expr {
	body := p.fragment(s, "(", ")")
	if len(body) == 0 {
		return nil
	}
	if len(body) == 1 {
		if x, ok := body[0].(*ir.ExprStmt); ok {
			return x.X
		}
	}
	f := &ir.Func{Pos: s.pos(), Arrow: true, Body: body} // what is left of a broken expression
	p.file.Funcs = append(p.file.Funcs, f)
	return &ir.Unknown{Pos: s.pos(), Operands: []ir.Expr{&ir.FuncLit{Pos: f.Pos, Func: f}}}
}

// fragment lowers code from the markup, with something around it that makes it
// a statement.
func (p *page) fragment(s span, before, after string) []ir.Stmt {
	code := decodeEntities(p.file.Source[s.start:s.end])
	if len(bytes.TrimSpace(code)) == 0 {
		return nil
	}
	text := append(append([]byte(before), code...), after...)
	return p.lower(text, s.start-len(before))
}

// entities are the character references that markup needs to hold code.
var entities = []struct{ reference, character string }{
	{"&amp;", "&"}, {"&quot;", `"`}, {"&#34;", `"`}, {"&#39;", "'"}, {"&apos;", "'"}, {"&lt;", "<"}, {"&gt;", ">"},
}

// decodeEntities resolves character references without moving what is behind
// them: spaces make up for what they are longer. Those of a quote are outside
// of the string that it starts or ends.
func decodeEntities(code []byte) []byte {
	if !bytes.Contains(code, []byte("&")) {
		return code
	}
	out := make([]byte, 0, len(code))
	inString := false
	for i := 0; i < len(code); {
		characters, length := references(code[i:])
		if length == 0 {
			out = append(out, code[i])
			i++
			continue
		}
		i += length
		spaces := bytes.Repeat([]byte(" "), length-len(characters))
		isQuote := characters == `"` || characters == "'"
		if isQuote && !inString {
			out = append(append(out, spaces...), characters...)
		} else {
			out = append(append(out, characters...), spaces...)
		}
		inString = inString != isQuote
	}
	return out
}

// references decodes the references at the start of s, which may be the parts
// of one operator: &amp;&amp;.
func references(s []byte) (characters string, length int) {
	for found := true; found; {
		found = false
		for _, e := range entities {
			if bytes.HasPrefix(s[length:], []byte(e.reference)) {
				characters += e.character
				length += len(e.reference)
				found = true
			}
		}
	}
	return characters, length
}
