package draft

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/yamltext"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
	"github.com/wswarden/wswarden/review/rule"
)

// A param is a parameter of the query, or a header, that the program reads.
type param struct {
	name   string
	secret bool // it says who a client is
	at     string
}

var (
	queryHolder = `(?:searchParams|query_params|queryParams|\bquery|\bargs|URL\.Query\(\)|\.Query\(\))`
	queryRead   = regexp.MustCompile(queryHolder + `(?:\s*\??\.(?:get|getAll|Get|has|getlist|pop)\(\s*|\[)["'` + "`" + `]([A-Za-z_][\w.-]*)["'` + "`" + `]`)
	queryMember = regexp.MustCompile(`\b(?:req|request|ctx|handshake|c)\.query\??\.([A-Za-z_]\w*)\b`)
	queryCall   = regexp.MustCompile(`\.(?:FormValue|QueryParam|Query|DefaultQuery|GetQuery|query_param|get_query_argument)\(\s*["'` + "`" + `]([A-Za-z_][\w.-]*)["'` + "`" + `]\s*[,)]`)
	queryTyped  = regexp.MustCompile(`\b([A-Za-z_]\w*)\s*:[^=,()]*=\s*Query\(`)
	queryAlias  = regexp.MustCompile(`\b(?:Query)\([^)]*alias\s*=\s*["']([\w.-]+)["']`)
	// queryKept is where the whole query is kept in a variable, queryParts where its
	// members are.
	querySource = `[^=\n]*(?:searchParams\s*(?:[;),]|$)|URLSearchParams\(|parse_qsl?\(|query_params\s*(?:[;),]|$)|\.Query\(\)\s*$|\.query\s*(?:[;),|?]|$)|querystring\.parse\()`
	queryKept   = regexp.MustCompile(`(?m)(?:^|[^.\w])([A-Za-z_]\w*)\s*(?::\s*[\w<>]+\s*)?:?=` + querySource)
	queryParts  = regexp.MustCompile(`(?m)\{([^{}=]*)\}\s*=` + querySource)
	querySign   = regexp.MustCompile(`searchParams\b|URLSearchParams\(|parse_qsl?\(|query_params\b|\.URL\.Query\(\)|\b(?:req|request|handshake|ctx)\.query\b|query_string|FormValue\(|url\.parse\(|RawQuery|urlparse\(|=\s*Query\(`)
	headerRead  = regexp.MustCompile(`(?i)(?:headers?(?:\(\))?\??\.?(?:get|getlist|\[|\.get)?\(?|\bheader\(|\bget\()\s*["'` + "`" + `]([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+)["'` + "`" + `]`)
	headerTyped = regexp.MustCompile(`\b([A-Za-z_]\w*)\s*:[^=,()]*=\s*Header\(`)
	pair        = regexp.MustCompile(`^\s*([A-Za-z_$][\w$]*)\s*(?::|=|$)`)
	// judging are words of a line that finds out who a client is.
	judging = words("session sessions token tokens account accounts verify authenticate authenticated auth login jwt identity principal user users whoami")
	// telling are words of a name whose value says who a client is, or proves it.
	telling = words("token tok jwt key pass password passwd secret auth session sess sid credential credentials sig signature user uid username login account member impersonate sudo identity")
)

// readsQuery notes which parameters of a query and which headers a file reads.
func (p *places) readsQuery(f *ir.File, lines []string, at func(line int) string) {
	text := string(f.Source)
	if querySign.MatchString(text) {
		p.queried = true
	}
	kept := map[string]bool{}
	for _, m := range queryKept.FindAllStringSubmatch(text, -1) {
		kept[m[1]] = true
	}
	var member *regexp.Regexp
	if len(kept) > 0 {
		var names []string
		for n := range kept {
			names = append(names, regexp.QuoteMeta(n))
		}
		slices.Sort(names)
		member = regexp.MustCompile(`(?:^|[^.\w])(?:` + strings.Join(names, "|") + `)(?:\??\.(?:get|getAll|Get|has|pop|getlist)\(\s*|\[)["'` + "`" + `]([A-Za-z_][\w.-]*)["'` + "`" + `]|(?:^|[^.\w])(?:` + strings.Join(names, "|") + `)\??\.([A-Za-z_]\w*)\b(?:[^(\w]|$)`)
	}
	for i, line := range lines {
		if comment(line) {
			continue
		}
		add := func(name string) {
			if name != "" && !notParams[name] && len(p.params) < 50 {
				p.params = note(p.params, param{name, tells(name) || judges(line, name) || judgedLater(lines[i:], name), at(i + 1)})
			}
		}
		for _, re := range []*regexp.Regexp{queryRead, queryMember, queryCall} {
			for _, m := range re.FindAllStringSubmatch(line, -1) {
				add(m[1])
			}
		}
		for _, re := range []*regexp.Regexp{queryTyped, queryAlias} {
			for _, m := range re.FindAllStringSubmatch(line, -1) {
				p.params = note(p.params, param{m[1], tells(m[1]), at(i + 1)})
			}
		}
		if member != nil {
			for _, m := range member.FindAllStringSubmatch(line, -1) {
				if m[1] != "" || f.Lang == ir.JavaScript {
					add(m[1] + m[2])
				}
			}
		}
		for _, m := range queryParts.FindAllStringSubmatch(line, -1) {
			for part := range strings.SplitSeq(m[1], ",") {
				if n := pair.FindStringSubmatch(part); n != nil {
					p.params = note(p.params, param{n[1], tells(n[1]), at(i + 1)})
				}
			}
		}
		for _, m := range headerRead.FindAllStringSubmatch(line, -1) {
			p.readsHeader(m[1], at(i+1))
		}
		for _, m := range headerTyped.FindAllStringSubmatch(line, -1) {
			p.readsHeader(strings.ReplaceAll(m[1], "_", "-"), at(i+1))
		}
	}
}

// assignedTo is the variable that a line gives a value to.
var assignedTo = regexp.MustCompile(`^\s*(?:(?:const|let|var)\s+)?([A-Za-z_]\w*)\s*(?:,\s*\w+\s*)?(?::\s*[\w<>|\s\[\]]+)?:?=`)

// judgedLater reports whether one of the next lines asks who a client is by the
// variable that the first keeps a parameter in.
func judgedLater(lines []string, name string) bool {
	m := assignedTo.FindStringSubmatch(lines[0])
	if m == nil {
		return false
	}
	asked := regexp.MustCompile(`([A-Za-z_][\w.]*)\s*[(\[]\s*` + regexp.QuoteMeta(m[1]) + `\b`)
	for _, line := range lines[1:min(len(lines), 16)] {
		for _, c := range asked.FindAllStringSubmatch(line, -1) {
			if judges(c[0], name) {
				return true
			}
		}
	}
	return false
}

// handlerStart is where a function of Python begins that takes a connection; its
// other arguments are parameters of the query, as frameworks fill them in.
var handlerStart = regexp.MustCompile(`(?m)^\s*(?:async\s+)?def\s+\w+\(`)

// readsArguments notes the parameters that a framework hands to a handler of
// connections by the names of its arguments.
func (p *places) readsArguments(f *ir.File, at func(line int) string) {
	if f.Lang != ir.Python || !strings.Contains(string(f.Source), ".websocket(") {
		return
	}
	text := string(f.Source)
	for _, m := range handlerStart.FindAllStringIndex(text, -1) {
		args := arguments(text[m[1]:])
		if !strings.Contains(strings.Join(args, ","), "WebSocket") {
			continue
		}
		before := text[max(0, m[0]-200):m[0]]
		for _, a := range args {
			name, rest, ok := strings.Cut(strings.TrimSpace(a), ":")
			name = strings.TrimSpace(name)
			if !ok || !identifier.MatchString(name) || strings.Contains(before, "{"+name) {
				continue
			}
			if strings.Contains(rest, "Header(") || strings.Contains(rest, "Cookie(") || strings.Contains(rest, "Depends(") || strings.Contains(rest, "WebSocket") || strings.Contains(rest, "Request") || strings.Contains(rest, "BackgroundTasks") {
				continue
			}
			p.queried = true
			p.params = note(p.params, param{name, tells(name), at(1 + strings.Count(text[:m[0]], "\n"))})
		}
	}
}

// arguments splits the list of arguments that a text begins with.
func arguments(text string) []string {
	var out []string
	depth, start := 0, 0
	for i := 0; i < len(text) && i < 2000; i++ {
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return append(out, text[start:i])
			}
		case ',':
			if depth == 0 {
				out = append(out, text[start:i])
				start = i + 1
			}
		}
	}
	return nil
}

// notParams are members of the objects that hold a query, no parameters.
var notParams = words("get getAll has pop getlist Get entries keys values items forEach append delete set toString size length sort Encode Set Add Del Has")

// readsHeader notes a header of the program's own that says who a client is.
func (p *places) readsHeader(name, at string) {
	lower := strings.ToLower(name)
	if notIdentity[lower] || strings.HasPrefix(lower, "sec-") || strings.HasPrefix(lower, "x-forwarded-") || strings.HasPrefix(lower, "wswarden-") || strings.Contains(lower, "csrf") || strings.Contains(lower, "xsrf") {
		return
	}
	if bare := strings.TrimPrefix(lower, "x-"); tells(bare) && len(p.ownHeaders) < 12 {
		p.ownHeaders = note(p.ownHeaders, param{name, model.Credential(bare) || anyWord(bare, proofs), at})
	}
}

var (
	// proofs are words of a name whose value proves who a client is.
	proofs      = words("token jwt key secret pass password auth session sig signature credential")
	notIdentity = words("www-authenticate proxy-authorization proxy-authenticate user-agent idempotency-key x-http-method-override access-control-allow-credentials")
)

func note(list []param, q param) []param {
	for i := range list {
		if strings.EqualFold(list[i].name, q.name) {
			list[i].secret = list[i].secret || q.secret
			return list
		}
	}
	return append(list, q)
}

// tells reports whether a parameter of this name says who a client is.
func tells(name string) bool {
	return model.Credential(name) || model.ClaimsIdentity(name) || anyWord(name, telling)
}

// callee is what is called, or what an element is taken of.
var callee = regexp.MustCompile(`([A-Za-z_][\w.]*)\s*[(\[]`)

// judges reports whether a line asks with a value who a client is.
func judges(line, name string) bool {
	for _, m := range callee.FindAllStringSubmatch(line, -1) {
		if m[1] != name && anyWord(m[1], judging) {
			return true
		}
	}
	return false
}

// engineParams are the parameters of the transports of dialects.
var engineParams = map[string][]string{
	"socketio": {"EIO", "transport", "t", "sid", "b64"}, "phoenix": {"vsn"}, "signalr": {"id"},
}

// tokenParam is the parameter in which the program takes a credential, or empty.
func (d *drafter) tokenParam(r *route) string {
	taken := d.taken(r)
	for _, strong := range []bool{true, false} {
		for _, q := range d.places.params {
			if (q.secret || taken[q.name]) && (!strong || model.Credential(q.name) || anyWord(q.name, proofs)) && q.name != "ticket" && (strong || !model.ClaimsIdentity(q.name)) {
				return q.name
			}
		}
	}
	if names := slices.Sorted(maps.Keys(taken)); len(names) > 0 {
		return names[0]
	}
	return ""
}

// taken are the parameters of which the program makes who a client is.
func (d *drafter) taken(r *route) map[string]bool {
	out := map[string]bool{}
	add := func(flows []*model.Flow) {
		for _, f := range flows {
			if f.Label == model.FromQuery && f.Field != "" {
				name, _, _ := strings.Cut(strings.TrimPrefix(f.Field, "query."), ".")
				if slices.ContainsFunc(d.places.params, func(q param) bool { return q.name == name }) {
					out[name] = true
				}
			}
		}
	}
	for _, e := range r.endpoints {
		for _, ev := range slices.Concat(rule.Near(d.Program, e, model.Extract), rule.Near(d.Program, e, model.Login), rule.Near(d.Program, e, model.Claim)) {
			if ev.Kind == model.Extract {
				if ev.Op == string(model.FromQuery) && identifier.MatchString(strings.ReplaceAll(ev.Callee, "-", "_")) {
					out[ev.Callee] = true
				}
				continue
			}
			add(ev.Tainted(model.FromQuery))
		}
		for _, f := range e.Facts {
			if f.Kind == model.IdentityFact || f.Kind == model.SignatureFact {
				add(f.Flows)
			}
		}
	}
	return out
}

// query lists the parameters that may pass: what the code reads, less what says who
// a client is. It is empty where the code reads no query.
func (d *drafter) passes(r *route) yamltext.Object {
	p, taken := d.places, d.taken(r)
	if !p.queried && len(p.params) == 0 && len(taken) == 0 {
		return nil
	}
	list := yamltext.List{}
	for _, name := range engineParams[r.dialect] {
		list = append(list, name)
	}
	var kept, refused []string
	for _, q := range p.params {
		switch {
		case q.secret || taken[q.name]:
			refused = append(refused, q.name)
		case q.name != "ticket":
			kept = append(kept, q.name)
		}
	}
	for name := range maps.Keys(taken) {
		if !slices.Contains(refused, name) {
			refused = append(refused, name)
		}
	}
	slices.Sort(kept)
	slices.Sort(refused)
	for _, name := range slices.Compact(kept) {
		if !slices.Contains(list, any(name)) {
			list = append(list, name)
		}
	}
	cited := d.cite(r, "WS202")
	text := "what the code reads of the URL; nothing else reaches it"
	switch {
	case len(refused) > 0:
		text = "without " + some(refused) + ": who a client is stands in no URL"
		if !slices.ContainsFunc(refused, model.Credential) {
			text = confirm(text, cited)
			cited = ""
		}
	case len(p.params) == 0:
		text, cited = confirm("the parameters that the program reads, which the code doesn't name", cited), ""
	}
	return yamltext.Object{{Key: "query", Value: list, Comment: join(text, cited)}}
}
