package flow

import (
	"regexp"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// maxShape bounds the text that is kept of a value.
const maxShape = 400

// shape is what is known of a text. An address and what is put into its query
// are one text.
func (in *interp) shape(v *value) string {
	out := v.shape
	if s, ok := v.str(); ok && out == "" && v.lit.kind == ir.String {
		out = s
	}
	if !in.hasQuery(v) {
		return cut(out)
	}
	for _, o := range v.objects {
		if parts := in.urlParts(o); parts != "" && v.kind.Is == "url" {
			return cut(parts)
		}
		for _, name := range o.order {
			if strings.HasPrefix(name, "\x00") || urlFields[name] {
				continue
			}
			switch {
			case out == "":
			case strings.Contains(out, "?"):
				out += "&"
			default:
				out += "?"
			}
			out += name + "=" + in.piece(o.fields[name], nil)
		}
	}
	return cut(out)
}

// urlFields are the fields of an address that hold parts of it.
var urlFields = setOf("Scheme Host Path RawPath RawQuery Fragment User Opaque ForceQuery protocol host hostname port pathname search hash href")

// urlParts puts together an address whose parts were set one by one, as those
// of Go's url.URL are.
func (in *interp) urlParts(o *object) string {
	if o.fields["Scheme"] == nil && o.fields["RawQuery"] == nil {
		return ""
	}
	part := func(name, before string) string {
		v := o.fields[name]
		if v == nil {
			return ""
		}
		return before + in.piece(v, nil)
	}
	scheme := part("Scheme", "")
	if scheme == "" {
		scheme = "{}"
	}
	return scheme + "://" + part("Host", "") + part("Path", "") + part("RawQuery", "?")
}

// leading is the data that decides where a value leads, taken as an address.
func (v *value) leading() []*flow {
	if v.led {
		return v.lead
	}
	return v.flows
}

// leads reports whether a text, put together of what is before and what comes
// next, leads somewhere already: its scheme and host, or its path, have begun
// and ended.
func leads(shape string) bool {
	if strings.HasPrefix(shape, "?") || strings.HasPrefix(shape, "#") {
		return true
	}
	if i := strings.Index(shape, "//"); i >= 0 {
		return strings.ContainsAny(shape[i+2:], "/?#")
	}
	return strings.ContainsAny(shape, "/?#") // a path, or a host and a path
}

func firstPlace(a, b *model.Place) *model.Place {
	if a != nil {
		return a
	}
	return b
}

var queryParameter = regexp.MustCompile(`[?&]([A-Za-z_][\w.-]*)=([^&#]*)`)

// credentialIn is the parameter of an address that carries a credential, or
// empty.
func credentialIn(shape string) string {
	for _, m := range queryParameter.FindAllStringSubmatch(shape, -1) {
		if m[2] != "" && model.Credential(m[1]) {
			return m[1]
		}
	}
	return ""
}

// composes notes that a text became the address of something with a credential
// in it, unless a part of it was that before.
func (in *interp) composes(v *value, p ir.Pos) {
	name := credentialIn(v.shape)
	if name == "" || v.composed != nil {
		return
	}
	place := in.place(p)
	v.composed = &place
	in.emit(&model.Event{Kind: model.Compose, Callee: name}, &ir.Unknown{Pos: p}, v)
}

// address is what a client connects to. A credential that is written in it is
// at its place.
func (in *interp) address(c *callSpec) *value {
	v := c.at(0)
	if len(c.x.Args) == 0 || v.composed != nil || credentialIn(in.shape(v)) == "" {
		return v
	}
	place := in.place(c.x.Args[0].Value.At())
	return v.with(func(w *value) { w.composed = &place })
}

// addressOf gives an address, or its query, that was made or read at a place
// what is known of it.
func (in *interp) addressOf(v, of *value, shared bool, at ir.Node) *value {
	if !in.hasQuery(v) || at == nil {
		return v
	}
	return v.with(func(c *value) {
		if shared && in.hasQuery(of) {
			c.objects = of.objects
			return
		}
		c.shape = in.shape(of)
		c.objects = []*object{in.allocate(at.At())}
		if len(of.objects) > 0 && !in.hasQuery(of) {
			c.objects = of.objects
		}
	})
}

// parameter puts a parameter into a query: searchParams.set("token", t).
func (in *interp) parameter(c *callSpec) {
	if !in.hasQuery(c.recv) || len(c.args) != 2 {
		return
	}
	switch c.name {
	case "set", "append", "Set", "Add":
	default:
		return
	}
	name, ok := c.at(0).str()
	if !ok {
		return
	}
	v := c.at(1).with(func(v *value) { v.shape = in.piece(v, c.x.Args[1].Value) })
	if model.Credential(name) {
		place := in.place(c.x.Pos)
		v.composed = &place
	}
	for _, o := range c.recv.objects {
		o.set(name, v)
		o.written(name, c.x)
	}
}

func cut(s string) string {
	if len(s) > maxShape {
		return s[:maxShape]
	}
	return s
}

// hasQuery reports whether the fields of a value are the parameters of a query.
func (in *interp) hasQuery(v *value) bool {
	return v.kind != nil && (v.kind.Is == "url" || v.kind.Is == "query")
}

// piece is the part of a text that a value becomes: itself where it is known,
// else its name in braces.
func (in *interp) piece(v *value, x ir.Expr) string {
	if s := in.shape(v); s != "" {
		return s
	}
	if s, ok := v.str(); ok && len(v.flows) == 0 {
		return s
	}
	name := ""
	if x != nil {
		name = innerName(in.file().Text(x.At()))
	}
	return "{" + name + "}"
}

// innerName names what an expression is about: of
// "encodeURIComponent(this.token)" it is "token".
func innerName(text string) string {
	if i := strings.IndexByte(text, '('); i >= 0 {
		if inner := lastName(text[i+1:]); inner != "" && !strings.HasSuffix(text, "()") {
			return inner
		}
		return lastName(text[:i])
	}
	return lastName(text)
}

// formatted is the shape of a text whose format is known: "…%s…" % x, Sprintf,
// "…{}…".format(x).
func (in *interp) formatted(format string, args []*value, exprs []ir.Expr) string {
	var out strings.Builder
	next := 0
	take := func() string {
		if next >= len(args) {
			return "{}"
		}
		var x ir.Expr
		if next < len(exprs) {
			x = exprs[next]
		}
		next++
		return in.piece(args[next-1], x)
	}
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '%' && i+1 < len(format):
			i++
			for i < len(format)-1 && strings.IndexByte("+-# 0123456789.", format[i]) >= 0 {
				i++
			}
			if format[i] == '%' {
				out.WriteByte('%')
			} else {
				out.WriteString(take())
			}
		case c == '{' && strings.IndexByte(format[i:], '}') > 0:
			inner := format[i : i+strings.IndexByte(format[i:], '}')+1]
			i += len(inner) - 1
			if inner == "{}" || strings.Trim(inner, "{}0123456789") == "" {
				out.WriteString(take())
			} else {
				out.WriteString(inner)
			}
		default:
			out.WriteByte(c)
		}
	}
	return cut(out.String())
}

// operands are what is on the right of Python's % for texts: one value, or a
// tuple of several.
func (in *interp) operands(v *value, x ir.Expr) ([]*value, []ir.Expr) {
	l, ok := x.(*ir.List)
	if !ok || len(v.objects) == 0 || len(v.objects[0].items) != len(l.Elems) {
		return []*value{v}, []ir.Expr{x}
	}
	return v.objects[0].items, l.Elems
}

// shaped gives the result of a call that makes a text its shape.
func (in *interp) shaped(c *callSpec, out *value) *value {
	in.parameter(c)
	if in.hasQuery(out) {
		return out // told by what is put into it
	}
	shape := ""
	switch c.name {
	case "Sprintf", "sprintf", "format":
		if f, ok := c.at(0).str(); ok && c.name != "format" {
			shape = in.formatted(f, c.positional()[1:], exprsOf(c)[1:])
		} else if f, ok := c.recv.str(); ok && c.name == "format" {
			shape = in.formatted(f, c.positional(), exprsOf(c))
		}
	case "toString", "String", "geturl", "href", "Encode", "strip", "trim", "rstrip":
		if len(c.args) == 0 || c.name == "rstrip" {
			shape = in.shape(c.recv)
		}
	case "urlencode", "stringify":
		if len(c.args) > 0 && len(c.at(0).objects) > 0 {
			shape = in.pairs(c.at(0))
		}
	case "encodeURIComponent", "encodeURI", "quote", "quote_plus", "QueryEscape", "str":
		if len(c.x.Args) > 0 {
			shape = in.piece(c.at(0), c.x.Args[0].Value)
		}
	case "URL", "parse", "Parse", "urlparse", "urlsplit", "replace":
		if c.name == "replace" {
			shape = in.shape(c.recv)
		} else if len(c.args) > 0 && c.method != (c.name == "URL") {
			shape = in.shape(c.at(0))
		}
	case "join":
		if len(c.recv.objects) == 0 && len(c.args) > 0 {
			return out
		}
	}
	if shape == "" || shape == out.shape {
		return out
	}
	if _, known := out.str(); known {
		return out
	}
	return out.with(func(v *value) {
		v.shape, v.composed = shape, composedIn(c)
		if v.composed == nil {
			in.composes(v, c.x.Pos)
		}
	})
}

// composedIn is where a credential became part of what a call makes a text of.
func composedIn(c *callSpec) *model.Place {
	out := c.recv.composed
	for _, a := range c.args {
		out = firstPlace(out, a.v.composed)
	}
	for _, o := range c.recv.objects {
		for _, name := range o.order {
			out = firstPlace(out, o.fields[name].composed)
		}
	}
	return out
}

func exprsOf(c *callSpec) []ir.Expr {
	var out []ir.Expr
	for _, a := range c.args {
		if a.name == "" {
			out = append(out, a.x)
		}
	}
	return out
}

// pairs is an object or dict as the text of a query.
func (in *interp) pairs(v *value) string {
	var out []string
	for _, o := range v.objects {
		if o.class != nil || o.list {
			continue
		}
		for _, name := range o.order {
			if !strings.HasPrefix(name, "\x00") {
				out = append(out, name+"="+in.piece(o.fields[name], nil))
			}
		}
		break
	}
	return cut(strings.Join(out, "&"))
}

// leadsOn is the result of a call that makes an address or a text of another
// one, which leads where that does.
func leadsOn(c *callSpec, out *value) *value {
	of := c.recv
	switch c.name {
	case "URL":
		of = c.at(0)
	case "toString", "toLowerCase", "replace", "replaceAll", "substring", "substr", "slice", "trim", "trimEnd", "String", "geturl", "rstrip":
	default:
		return out
	}
	if !of.led || out.led {
		return out
	}
	return out.with(func(v *value) { v.lead, v.led = of.lead, true })
}
