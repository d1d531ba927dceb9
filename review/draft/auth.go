package draft

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/yamltext"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// signIn is who may ask for a ticket: whom the program itself says.
func (d *drafter) signIn(routes []*route) yamltext.Object {
	p := d.places
	at := yamltext.Member{Key: "url"}
	if p.whoami != "" {
		at.Value = "http://" + p.backend() + p.whoami
		at.Comment = confirm("it answers 200 with who asks in JSON, 401 to everybody else", p.whoamiAt)
	} else {
		at.Value = "http://" + p.backend() + "/whoami"
		at.Comment = confirm("an endpoint that answers 200 with who asks in JSON, 401 to everybody else; the code shows none")
	}
	out := yamltext.Object{
		{Key: "forward_auth", Value: yamltext.Object{at, d.judgedHeaders()}, Above: []string{"Who asks is who the program says: the guard hands it the credential."}},
	}
	switch c := p.claims.section(); {
	case len(c) > 0:
		out = append(out, yamltext.Member{Key: "claims", Value: c, Comment: confirm("what that answer calls the account, its name and its roles")})
	case p.claims.user == "":
		out = append(out, yamltext.Member{Key: "claims", Value: yamltext.Flow{{Key: "user", Value: "sub"}, {Key: "name", Value: "name"}, {Key: "roles", Value: "roles"}}, Comment: confirm("what that answer calls the account, its name and its roles; nobody gets in under another name")})
	}
	return append(out, yamltext.Member{Key: "csrf_header", Value: "X-CSRF-Token"})
}

// judgedHeaders are the headers that the endpoint judges. What they hold reaches the
// program only where it was judged.
func (d *drafter) judgedHeaders() yamltext.Member {
	list := yamltext.List{"Cookie", "Authorization"}
	note := ""
	for _, h := range d.places.ownHeaders {
		if h.secret && !strings.EqualFold(h.name, "Authorization") {
			list = append(list, http.CanonicalHeaderKey(h.name))
			note = confirm("the code reads " + h.name + " at " + h.at + "; does that endpoint judge it, too?")
		}
	}
	return yamltext.Member{Key: "headers", Value: list, Comment: note}
}

// section names the claims that differ from the guard's own names.
func (c claims) section() yamltext.Flow {
	var out yamltext.Flow
	for _, x := range [...]struct{ key, is, usual string }{{"user", c.user, "sub"}, {"name", c.name, "name"}, {"roles", c.roles, "roles"}} {
		if x.is != "" && x.is != x.usual {
			out = append(out, yamltext.Member{Key: x.key, Value: x.is})
		}
	}
	return out
}

// auth is what opens a connection.
func (d *drafter) auth(r *route) yamltext.Object {
	out := yamltext.Object{{Key: "ticket", Value: yamltext.Object{{Key: "ttl", Value: yamltext.Raw("30s")}}, Comment: join("one use, from the address that asked for it", d.cite(r, "WS202", "WS204", "WS210"))}}
	if d.header(r) && d.viaHeader(r) {
		out = append(out, yamltext.Member{Key: "bearer", Value: true, Comment: "programs: the code reads the Authorization header"})
	}
	if e := r.cookie(); e != nil {
		out = append(out, yamltext.Member{Key: "cookie", Value: true, Comment: "as the code does (" + place(e.Ambient.Cookie.Span) + "); false once every client fetches a ticket"})
	}
	out = append(out, d.forward(r)...)
	if !d.header(r) && r.cookie() == nil && !d.query(r) && d.tokenParam(r) == "" && !d.ownHeader() {
		out[0].Above = []string{confirm("the code asks nobody who he is; clients need a sign-in for this")}
	}
	return append(out, yamltext.Member{Key: "anonymous", Value: false})
}

// forward says how a program that judges the handshake itself gets the credential
// with which a ticket was asked for: a browser sends it no header.
func (d *drafter) forward(r *route) yamltext.Object {
	name := d.tokenParam(r)
	switch reads := r.readsHeader(); {
	case name != "" && r.cookie() == nil && !reads:
		// A bearer token that the guard judged comes to it where it looks for one.
		return yamltext.Object{
			{Key: "bearer", Value: true, Comment: "programs, and whoever asks for a ticket with Authorization: Bearer"},
			{Key: "forward_query", Value: name, Comment: confirm("the code takes a token there alone; the endpoint of sign_in has to judge the same one as Authorization: Bearer, else no ticket serves here")},
		}
	case d.header(r) || d.ownHeader():
		return yamltext.Object{{Key: "forward", Value: true, Comment: "the code judges the handshake itself: it gets the header that the ticket was asked for with"}}
	}
	return nil
}

// readsHeader reports whether the handshake itself is judged by its Authorization
// header, as far as data was followed.
func (r *route) readsHeader() bool {
	return r.extracts(func(f *model.Flow) bool {
		return f.Label == model.FromHeader && strings.HasPrefix(strings.ToLower(f.Field), "authorization")
	})
}

// ownHeader reports whether the program takes a credential from a header of its own.
func (d *drafter) ownHeader() bool {
	return slices.ContainsFunc(d.places.ownHeaders, func(h param) bool { return h.secret })
}

// viaHeader reports whether a bearer token reaches the program where it looks for
// one: it takes none in the URL alone.
func (d *drafter) viaHeader(r *route) bool {
	return d.tokenParam(r) == "" || r.cookie() != nil || r.readsHeader()
}

// cookie is an endpoint that cookies authenticate, or nil.
func (r *route) cookie() *model.Endpoint {
	for _, e := range r.endpoints {
		if e.Ambient.Cookie != nil {
			return e
		}
	}
	return nil
}

// header reports whether the Authorization header authenticates.
func (d *drafter) header(r *route) bool {
	return d.places.header != "" || r.readsHeader()
}

// query reports whether a credential in the URL authenticates.
func (d *drafter) query(r *route) bool {
	return slices.ContainsFunc(r.endpoints, func(e *model.Endpoint) bool {
		return slices.ContainsFunc(rule.Near(d.Program, e, model.Extract), func(ev *model.Event) bool { return ev.Op == string(model.FromQuery) })
	})
}

func (r *route) extracts(is func(*model.Flow) bool) bool {
	for _, e := range r.endpoints {
		for _, ev := range e.Events {
			for i := range ev.Args {
				if slices.ContainsFunc(ev.Args[i].From(), is) {
					return true
				}
			}
		}
		for _, f := range e.Facts {
			if slices.ContainsFunc(f.Flows, is) {
				return true
			}
		}
	}
	return false
}

// devices reports whether clients are programs: nothing authenticates but a header
// that pages can't set.
func (d *drafter) devices(r *route) bool { return d.header(r) && r.cookie() == nil && !d.query(r) }

// adminRole is the name of the role that privileged acts ask for: one that the code
// compares with, else "admin".
func (d *drafter) adminRole(r *route) string {
	for _, e := range r.endpoints {
		for _, f := range e.Facts {
			if f.Kind != model.RoleFact {
				continue
			}
			for _, m := range tokenText.FindAllStringSubmatch(f.Text, -1) {
				if !roleWords[strings.ToLower(m[1])] || m[1] == "admin" {
					return m[1]
				}
			}
		}
	}
	return "admin"
}

// isAdmin is the CEL expression that asks for that role.
func (d *drafter) isAdmin(r *route) string {
	return fmt.Sprintf("%s in session.roles", celText(d.adminRole(r)))
}
