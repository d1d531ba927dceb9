package draft

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// keysOf are the names that an object literal has in JSON.
func keysOf(f *ir.File, o *ir.Object) []string {
	if o.Type != nil && o.Type.Kind == ir.NamedType {
		return tags(structOf([]*ir.File{f}, o.Type.Name))
	}
	var out []string
	for i := range o.Props {
		if name := propName(&o.Props[i]); name != "" {
			out = append(out, name)
		}
	}
	return out
}

func propName(p *ir.Prop) string {
	if l, ok := p.Key.(*ir.Lit); ok && p.Name == "" && l.Kind == ir.String {
		return l.Value
	}
	return p.Name
}

// structOf is a struct that one of the files declares, or nil.
func structOf(files []*ir.File, name string) *ir.Class {
	for _, f := range files {
		for _, c := range f.Classes {
			if c.Name == name && len(c.Fields) > 0 {
				return c
			}
		}
	}
	return nil
}

// tags are the names of a struct's fields in JSON.
func tags(c *ir.Class) []string {
	var out []string
	if c == nil {
		return nil
	}
	for _, f := range c.Fields {
		if name := tag(f); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// tag is the name of a field in JSON; empty where it has none.
func tag(f *ir.Field) string {
	text := reflect.StructTag(f.Tag).Get("json")
	name, _, _ := strings.Cut(text, ",")
	switch {
	case text == "-":
		return ""
	case name != "":
		return name
	case f.Tag != "" && text == "", f.Name == "":
		return f.Name
	}
	return f.Name
}

// A saying is a message that the program builds in one place: an object, or a
// struct, whose type field is a fixed text.
type saying struct {
	name   string
	fields []string
	open   bool // it has fields that are not written there
	page   bool // a page or a client builds it
	at     lineOf
}

// sayings are the messages that the program builds whose type stands in the field.
func (d *drafter) sayings(typeField string) []saying {
	if typeField == "" || strings.Contains(typeField, ".") {
		return nil
	}
	clients := map[string]bool{}
	for _, e := range d.Program.Endpoints {
		if e.Role == "client" {
			clients[e.Path] = true
		}
	}
	for _, e := range d.Program.Endpoints {
		if e.Role != "client" {
			delete(clients, e.Path)
		}
	}
	var out []saying
	for _, f := range d.Files {
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			o, ok := n.(*ir.Object)
			if !ok {
				return true
			}
			if s, ok := d.saying(f, o, typeField); ok {
				line, _ := f.Line(o.Start)
				s.at, s.page = lineOf{f.Path, line}, page(f) || clients[f.Path]
				out = append(out, s)
			}
			return true
		})
	}
	return out
}

func (d *drafter) saying(f *ir.File, o *ir.Object, typeField string) (saying, bool) {
	var s saying
	if o.Type != nil && o.Type.Kind == ir.NamedType {
		c := structOf(d.siblings(f), o.Type.Name)
		if c == nil || len(c.Bases) > 0 {
			return s, false
		}
		i := slices.IndexFunc(c.Fields, func(x *ir.Field) bool { return tag(x) == typeField })
		if i < 0 {
			return s, false
		}
		for j := range o.Props {
			p := &o.Props[j]
			if l, ok := p.Value.(*ir.Lit); ok && l.Kind == ir.String && (p.Name == c.Fields[i].Name || p.Name == "" && p.Key == nil && j == i) {
				s.name = l.Value
			}
		}
		s.fields = tags(c)
		return s, s.name != ""
	}
	for i := range o.Props {
		p := &o.Props[i]
		name := propName(p)
		switch l, ok := p.Value.(*ir.Lit); {
		case p.Spread || name == "":
			s.open = true
		case name == typeField && ok && l.Kind == ir.String:
			s.name = l.Value
			s.fields = append(s.fields, name)
		case name == typeField:
			return s, false
		default:
			s.fields = append(s.fields, name)
		}
	}
	return s, s.name != ""
}

// siblings are the files of the same folder.
func (d *drafter) siblings(f *ir.File) []*ir.File {
	dir := f.Path[:strings.LastIndexByte(f.Path, '/')+1]
	var out []*ir.File
	for _, g := range d.Files {
		if g.Lang == f.Lang && strings.HasPrefix(g.Path, dir) && !strings.Contains(g.Path[len(dir):], "/") {
			out = append(out, g)
		}
	}
	return out
}

// secrets are the names of members that the program keeps and nobody else should
// read: those that its objects and structs have.
func (d *drafter) secrets() []string {
	var out []string
	add := func(name string) {
		if identifier.MatchString(name) && name[0] != '_' && secretName(name) && !slices.Contains(out, name) && len(out) < 40 {
			out = append(out, name)
		}
	}
	for _, f := range d.Files {
		if page(f) {
			continue
		}
		for _, c := range f.Classes {
			for _, name := range tags(c) {
				add(name)
			}
		}
		columns(string(f.Source), add)
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			switch n := n.(type) {
			case *ir.Object:
				for i := range n.Props {
					add(propName(&n.Props[i]))
				}
			case *ir.Assign:
				switch t := n.Target.(type) {
				case *ir.Member:
					add(t.Name)
				case *ir.Index:
					if l, ok := t.Key.(*ir.Lit); ok && l.Kind == ir.String {
						add(l.Value)
					}
				}
			}
			return true
		})
	}
	return out
}

// created are columns of tables that the text of a program makes.
var (
	created = regexp.MustCompile(`(?is)create\s+table\s+(?:if\s+not\s+exists\s+)?["\x60\w.]+\s*\(([^;]*)`)
	column  = regexp.MustCompile(`(?m)(?:^|,|\()\s*["\x60]?([A-Za-z_]\w*)["\x60]?\s+(?i:text|varchar|char|int|integer|bigint|serial|blob|uuid|json|jsonb|numeric|real|bytea|boolean|timestamp)`)

	secretEnds    = words("password passwd passphrase passcode secret token key pin ssn iban salt pwhash cvv cvc credential credentials otp seed")
	secretNumbers = words("card insurance passport account ssn tax security social license licence iban bank policy pin")
	// publicKeys are words before "key" or "token" that make it something else.
	publicKeys = words("public primary foreign sort partition cache object row map item storage routing page next prev csrf idempotency sec websocket event message room topic i18n translation get set with by next cancel continuation from to")
)

// columns hands over the names of the columns of tables that a text creates.
func columns(text string, take func(string)) {
	for _, m := range created.FindAllStringSubmatch(text, -1) {
		for _, c := range column.FindAllStringSubmatch("("+m[1][:min(len(m[1]), 4000)], -1) {
			take(c[1])
		}
	}
}

// commonSecrets are names that records have in any program.
var commonSecrets = []string{"password", "passwordHash", "password_hash", "hashedPassword", "hashed_password", "passwd", "salt", "resetToken", "reset_token", "ssn", "taxId", "tax_id", "privateKey", "private_key", "totpSecret", "totp_secret", "mfaSecret", "mfa_secret", "creditCard", "credit_card", "cardNumber", "card_number", "cvv"}

func secretName(name string) bool {
	if model.SecretField(name) && !strings.EqualFold(name, "secret") && !strings.EqualFold(name, "apikey") {
		return true
	}
	switch last(name) {
	case "ssn", "salary", "iban", "cvv", "passport", "pwhash", "pin":
		return true
	}
	// As words: what a name such as wifi_password, share_key or pin_hash holds.
	w := rule.Words(name)
	if len(w) < 2 || w[0] == "public" || w[0] == "has" || w[0] == "is" || w[0] == "on" || w[0] == "reset" && len(w) == 2 && w[1] == "password" {
		return false
	}
	end := w[len(w)-1]
	switch {
	case secretEnds[end] && !publicKeys[w[len(w)-2]]:
		return true
	case end == "no" || end == "number" || end == "nr" || end == "num":
		return secretNumbers[w[len(w)-2]]
	case end == "hash":
		return slices.ContainsFunc(w, func(x string) bool { return secretEnds[x] || x == "pw" })
	}
	return false
}

// acknowledgements are how a parameter is called by which a handler answers an
// event: it is no argument of it.
var acknowledgements = words("ack callback cb done fn next respond reply answer")

// several reports whether a handler that is written where it is registered takes
// more than one argument out of an event.
func (d *drafter) several(event string) bool {
	found := false
	for _, f := range d.Files {
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			c, ok := n.(*ir.Call)
			if !ok || found || len(c.Args) != 2 {
				return !found
			}
			m, ok := c.Fn.(*ir.Member)
			name, isText := c.Args[0].Value.(*ir.Lit)
			fn, isFunc := c.Args[1].Value.(*ir.FuncLit)
			if !ok || !isText || !isFunc || m.Name != "on" && m.Name != "once" || name.Value != event {
				return true
			}
			count := 0
			for _, p := range fn.Func.Params {
				if !acknowledgements[strings.ToLower(p.Name)] {
					count++
				}
			}
			found = count > 1
			return true
		})
	}
	return found
}
