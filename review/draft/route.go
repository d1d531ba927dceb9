package draft

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/yamltext"
	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/model"
)

// A route is one path with the endpoints behind it.
type route struct {
	path      string
	note      string // what is to be confirmed of the path; empty where the code says it
	endpoints []*model.Endpoint
	parts     []*model.Endpoint // code that speaks to connections whose server is elsewhere: this one's
	dialect   string
	typeField string
	prefix    string // the member of the message that holds the payload, for dialects that unwrap it
	sayings   []saying
}

// has reports whether an endpoint of this ID is behind the route. Findings of no
// endpoint belong to every route.
func (r *route) has(id string) bool {
	return slices.ContainsFunc(r.all(), func(e *model.Endpoint) bool { return e.ID == id })
}

// all are the endpoints of the route and the parts of them.
func (r *route) all() []*model.Endpoint { return slices.Concat(r.endpoints, r.parts) }

// payload is the path of a field below what rules of the dialect see; ok says that
// it is there.
func (r *route) payload(field string) (string, bool) {
	if r.prefix == "" || field == "" {
		return field, true
	}
	if field == r.prefix {
		return "", true
	}
	return strings.CutPrefix(field, r.prefix+".")
}

// maxRoutes bounds the routes of a draft.
const maxRoutes = 50

// routes are the endpoints that serve, by path.
func (d *drafter) routes() []*route {
	var out []*route
	for _, e := range d.serving() {
		p, note := d.pathOf(e)
		i := slices.IndexFunc(out, func(r *route) bool { return r.path == p })
		if i < 0 {
			if len(out) == maxRoutes {
				continue
			}
			out = append(out, &route{path: p, note: note})
			i = len(out) - 1
		}
		out[i].endpoints = append(out[i].endpoints, e)
	}
	d.addParts(out)
	for _, r := range out {
		d.language(r)
	}
	slices.SortStableFunc(out, func(a, b *route) int { return strings.Compare(a.path, b.path) })
	return out
}

// addParts gives what speaks to connections of a framework to the route whose server
// is of that framework, where there is one alone.
func (d *drafter) addParts(routes []*route) {
	for _, e := range d.Program.Endpoints {
		if e.Role == report.Client || !e.Partial {
			continue
		}
		var of []*route
		for _, r := range routes {
			if slices.ContainsFunc(r.endpoints, func(w *model.Endpoint) bool { return w != e && w.Framework == e.Framework }) && !slices.Contains(r.endpoints, e) {
				of = append(of, r)
			}
		}
		if len(of) == 1 {
			of[0].parts = append(of[0].parts, e)
		}
	}
}

// serving are the endpoints to draft routes for: those whose server is in view, or,
// where there is none, the parts of one that are.
func (d *drafter) serving() []*model.Endpoint {
	var whole, parts []*model.Endpoint
	for _, e := range d.Program.Endpoints {
		switch {
		case e.Role == report.Client:
		case e.Partial:
			parts = append(parts, e)
		default:
			whole = append(whole, e)
		}
	}
	// A server of the framework in view has what the parts of it show, too.
	for _, e := range parts {
		if !slices.ContainsFunc(whole, func(w *model.Endpoint) bool { return w.Framework == e.Framework }) {
			whole = append(whole, e)
		}
	}
	return whole
}

var (
	routeParameter = regexp.MustCompile(`[:{<*\[]`)
	notPath        = regexp.MustCompile(`[^A-Za-z0-9._~/-]+`)
	slashes        = regexp.MustCompile(`/{2,}`)
)

// pathOf is the path of an endpoint, with what is to be confirmed of it.
func (d *drafter) pathOf(e *model.Endpoint) (string, string) {
	text, _, _ := strings.Cut(e.Route, "?")
	if e.Dialect == "socketio" { // its namespaces share one path
		text = ""
	}
	text = d.places.grouped(e, text)
	switch {
	case text != "" && !routeParameter.MatchString(text):
		if p := clean(text); p != "" {
			if p != text {
				return p, fmt.Sprintf("the code says %q", text)
			}
			return p, ""
		}
	case text != "":
		if p := clean(notPath.ReplaceAllString(text, "")); p != "" {
			return p, fmt.Sprintf("the code takes any name in %q; a route is one exact path: write one for each", text)
		}
	}
	if e.DefaultPath != "" {
		return e.DefaultPath, ""
	}
	if p := d.places.handled(e.Func); p != "" {
		return p, ""
	}
	if len(d.places.sockets) > 0 {
		if p := clean(d.places.sockets[0]); p != "" {
			return p, "the path of the endpoint; the server itself takes any"
		}
	}
	return "/ws", "the path of the endpoint, which the code doesn't say"
}

// clean makes a text a path that a route can have, or empty.
func clean(text string) string {
	p := notPath.ReplaceAllString(text, "-")
	if !strings.HasPrefix(p, "/") {
		p = "/" + p
	}
	p = slashes.ReplaceAllString(p, "/")
	end := ""
	if strings.HasSuffix(p, "/") && p != "/" {
		end = "/"
	}
	p = path.Clean(p)
	if p != "/" {
		p += end
	}
	if pathProblem(p) != "" {
		return ""
	}
	return p
}

// pathProblem says why a path can't be one of the guard's routes.
func pathProblem(p string) string {
	switch {
	case !strings.HasPrefix(p, "/") || notPath.MatchString(p):
		return "form"
	case strings.Contains(p, "//") || strings.Contains(p+"/", "/./") || strings.Contains(p+"/", "/../"):
		return "segments"
	case strings.HasSuffix(strings.TrimSuffix(p, "/"), "/ticket") || strings.HasPrefix(p, "/-/wswarden"):
		return "the guard's own"
	}
	return ""
}

// language decides on the dialect of a route, and where a type stands in its
// messages.
func (d *drafter) language(r *route) {
	r.dialect = "json"
	for _, e := range r.endpoints {
		if e.Dialect != "" {
			r.dialect = e.Dialect
		}
		if r.typeField == "" {
			r.typeField = e.TypeField
		}
	}
	if r.dialect == "json" && r.typeField == "method" && r.reads("params") && (r.reads("jsonrpc") || d.mentions("jsonrpc")) {
		r.dialect, r.prefix = "jsonrpc", "params"
	}
	if r.dialect == "json" && !r.parses() {
		r.dialect = "raw"
	}
	if r.dialect == "json" && r.typeField == "" {
		r.typeField = "type"
	}
	if strings.Contains(r.typeField, "[]") || strings.ContainsAny(r.typeField, "#{}[]\"") {
		r.dialect, r.typeField = "raw", ""
	}
	r.sayings = d.sayings(r.typeField)
}

// reads reports whether a handler reads a field of this name.
func (r *route) reads(name string) bool {
	return slices.ContainsFunc(r.endpoints, func(e *model.Endpoint) bool {
		return slices.ContainsFunc(e.Reads, func(rd *model.Read) bool { return rd.Field == name || strings.HasPrefix(rd.Field, name+".") })
	})
}

// mentions reports whether a file of the program that serves has a word.
func (d *drafter) mentions(word string) bool {
	for _, f := range d.Files {
		if !page(f) && strings.Contains(string(f.Source), word) {
			return true
		}
	}
	return false
}

// parses reports whether messages are read as JSON.
func (r *route) parses() bool {
	return slices.ContainsFunc(r.endpoints, func(e *model.Endpoint) bool {
		return e.TypeField != "" || len(e.Messages) > 0 || slices.ContainsFunc(e.Of(model.Parse), func(ev *model.Event) bool {
			return ev.Op != "binary" && len(ev.Tainted(model.FromMessage)) > 0
		}) || slices.ContainsFunc(e.Reads, func(rd *model.Read) bool {
			return !rd.Called && !rd.Checked && !noFields[rd.Field] && identifier.MatchString(rd.Field)
		})
	})
}

// route is the section of one route.
func (d *drafter) route(r *route) yamltext.Object {
	var out yamltext.Object
	above := []string{}
	for _, e := range r.endpoints {
		above = append(above, fmt.Sprintf("%s, %s (%s)", place(e.Span), e.Framework, e.Language))
	}
	m := yamltext.Member{Key: "path", Value: r.path, Above: above}
	if r.note != "" {
		m.Comment = confirm(r.note)
	}
	out = append(out, m)
	m = yamltext.Member{Key: "backend", Value: "ws://" + d.places.backend() + r.path}
	switch {
	case d.places.port == 0 && r.note != "":
		m.Comment = confirm("where the program listens, and under which path; clients should reach the guard alone")
	case d.places.port == 0:
		m.Comment = confirm("where the program listens; clients should reach the guard alone")
	case r.note != "":
		m.Comment = confirm("the path, as above; the program listens here: " + d.places.portAt)
	default:
		m.Comment = "the program listens here: " + d.places.portAt
	}
	out = append(out, m)
	out = append(out, d.origins(r)...)
	if list := d.subprotocols(r); len(list) > 0 {
		out = append(out, yamltext.Member{Key: "subprotocols", Value: list, Comment: join("the program speaks these, no other passes", d.cite(r, "WS108"))})
	}
	out = append(out, d.passes(r)...)
	out = append(out, yamltext.Member{Key: "auth", Value: d.auth(r), Comment: d.cite(r, "WS201", "WS203", "WS208", "WS502")})
	out = append(out, yamltext.Member{Key: "session", Value: d.session(r)})
	messages := d.messages(r)
	out = append(out, yamltext.Member{Key: "limits", Value: d.limits(r, messages)})
	if r.dialect != "json" {
		out = append(out, yamltext.Member{Key: "dialect", Value: r.dialect})
	}
	if section := d.section(r, messages); section != nil {
		out = append(out, yamltext.Member{Key: "messages", Value: section})
	} else {
		m := &out[len(out)-1]
		m.Above = append(m.Above, "What is said is not JSON, or has a form of its own: no rule by message type.")
	}
	return out
}

// origins are the pages that may connect.
func (d *drafter) origins(r *route) yamltext.Object {
	cited := d.cite(r, "WS101", "WS102", "WS103", "WS104", "WS109")
	m := yamltext.Member{Key: "origins"}
	list := d.places.origins
	if len(list) == 0 {
		list = d.places.own()
		m.Comment = confirm("the origins of your pages; the code names none", cited)
	} else {
		m.Comment = join("named at "+d.places.originsAt, cited)
	}
	values := yamltext.List{}
	for _, o := range list {
		values = append(values, o)
	}
	m.Value = values
	out := yamltext.Object{m}
	if d.devices(r) {
		out = append(out, yamltext.Member{Key: "allow_no_origin", Value: true, Comment: confirm("its clients send a token in a header, which no page can; browsers are still compared")})
	}
	return out
}

// subprotocols are those of the program.
func (d *drafter) subprotocols(r *route) yamltext.List {
	if r.dialect == "graphql-transport-ws" {
		return yamltext.List{"graphql-transport-ws"}
	}
	var out yamltext.List
	if r.dialect == "json" || r.dialect == "raw" || r.dialect == "jsonrpc" {
		for _, s := range d.places.subprotocols {
			out = append(out, s)
		}
	}
	return out
}

// session is the life of a connection.
func (d *drafter) session(r *route) yamltext.Object {
	return yamltext.Object{
		{Key: "recheck", Value: yamltext.Raw("60s"), Comment: d.cite(r, "WS205", "WS206", "WS211")},
		{Key: "max_age", Value: yamltext.Raw("24h"), Comment: d.cite(r, "WS209")},
		{Key: "idle", Value: yamltext.Raw("5m"), Comment: d.cite(r, "WS704")},
	}
}

// defaultMessageBytes is the largest message where the code doesn't say.
const defaultMessageBytes = 64 << 10

// limits are what a client may use.
func (d *drafter) limits(r *route, list []*message) yamltext.Object {
	size := yamltext.Member{Key: "message_bytes", Value: yamltext.Raw("64KiB"), Comment: d.cite(r, "WS701", "WS705")}
	for _, e := range r.endpoints {
		l := e.Limits.MessageSize
		if l.State == report.Present && l.Bytes > defaultMessageBytes && l.Bytes <= 16<<20 && l.Place != nil {
			size.Value = yamltext.Raw(fmt.Sprint(l.Bytes))
			size.Comment = join("as at "+place(l.Place.Span), size.Comment)
		}
	}
	rate, user := "{rate: 120/1m, burst: 60}", "600/1m"
	busy := ""
	for _, m := range list {
		if busy == "" && anyWord(m.name, frequentActs) {
			busy = m.name
		}
	}
	note := d.cite(r, "WS702")
	if busy != "" {
		rate, user = "{rate: 30/1s, burst: 60}", "{rate: 60/1s, burst: 120}"
		note = join(note, fmt.Sprintf("%q comes often", busy))
	}
	return yamltext.Object{
		{Key: "connections_per_ip", Value: 10, Comment: d.cite(r, "WS703", "WS709")},
		{Key: "connections_per_user", Value: 5},
		size,
		{Key: "messages", Value: yamltext.Raw(rate), Comment: note},
		{Key: "user_messages", Value: yamltext.Raw(user)},
		{Key: "control_frames", Value: yamltext.Raw("60/1m"), Comment: d.cite(r, "WS707")},
		{Key: "fragments", Value: 64},
		{Key: "send_queue", Value: yamltext.Raw("256KiB"), Comment: d.cite(r, "WS706")},
	}
}
