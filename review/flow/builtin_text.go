package flow

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// membership is a test whether something is an element, or has a form.
func (in *interp) membership(c *callSpec) *value {
	var args []*value
	for _, a := range c.args {
		args = append(args, a.v)
	}
	out := &value{}
	add := func(kind model.FactKind, typ string, flows []*flow) {
		f := in.fact(kind, c.x)
		f.Type = typ
		for _, fl := range flows {
			f.Flows = append(f.Flows, fl.export())
		}
		out.atoms = append(out.atoms, atom{f, true})
	}
	all := append([]*value{c.recv}, args...)
	outside := []model.Label{model.FromMessage, model.FromQuery, model.FromHeader, model.FromPush, model.FromPage, model.FromCookie, model.FromRecord}
	anyHas := func(l ...model.Label) bool {
		for _, v := range all {
			if v.has(l...) {
				return true
			}
		}
		return false
	}
	identity := anyHas(model.FromIdentity)
	switch {
	case anyHas(model.FromOrigin):
		add(model.OriginFact, "", nil)
		in.out.originTest(in, c.x)
	case anyHas(model.FromHost):
		add(model.HostFact, "", nil)
	case anyHas(model.FromAddress):
		add(model.AddressFact, "", nil)
	case identity && anyHas(model.FromMessage):
		add(model.OwnerFact, "", nil)
	case c.recv.has(model.FromIdentity) || identity && roleWords.any(words(in.text(c.x))):
		add(model.RoleFact, "", nil)
	case identity && memberWords.any(words(in.text(c.x.Fn))):
		add(model.MemberFact, "", nil)
	default:
		for i, v := range args {
			if data := select1(v, outside...); len(data) > 0 && i == 0 && !c.recv.has(outside...) {
				kind, typ := model.AllowFact, in.elementType(c.recv, in.receiverText(c))
				switch c.name {
				case "test", "match", "search", "fullmatch", "MatchString":
					kind, typ = model.TypeFact, patternType(c.recv)
				case "startsWith", "startswith", "endsWith", "endswith", "HasPrefix", "HasSuffix", "indexOf":
					kind, typ = model.TypeFact, "pattern"
				}
				add(kind, typ, data)
			}
		}
		if data := select1(c.recv, outside...); len(data) > 0 {
			add(model.TypeFact, "pattern", data)
		}
	}
	if anyHas(model.FromOrigin, model.FromHost, model.FromAddress) {
		return out // what the list is called says nothing more
	}
	if !anyHas(outside...) && namesRole(c) {
		add(model.RoleFact, "", nil) // user.tags.includes("admin")
	}
	for _, kind := range factsOfName(conditionName(in.file().Text(c.x.At()))) {
		if kind == model.RoleFact || kind == model.MemberFact || kind == model.SessionFact || kind == model.OwnerFact {
			if !anyHas(model.FromMessage) || identity {
				add(kind, "", nil)
				out.atoms[len(out.atoms)-1].fact.Guessed = true
			}
		}
	}
	return out
}

// namesRole reports whether what is looked for in a collection is a role.
func namesRole(c *callSpec) bool {
	return slices.ContainsFunc(c.args, func(a arg) bool {
		text, ok := a.v.str()
		return ok && setOf("admin admins administrator moderator superuser staff operator root owner").any([]string{strings.ToLower(text)})
	})
}

// textMethod is a method of a text: the data stays, sometimes pinned.
func (in *interp) textMethod(c *callSpec) *value {
	switch c.name {
	case "toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart", "strip", "lower", "upper", "toString", "valueOf", "normalize", "split", "slice", "substring", "substr", "decode", "encode", "replace", "replaceAll", "rstrip", "lstrip", "removeprefix", "removesuffix", "partition", "rsplit", "casefold", "String", "at", "charAt", "padStart", "concat", "title", "toJSON", "format":
	default:
		return nil
	}
	data := c.recv
	if c.name == "format" || c.name == "concat" || c.name == "replace" || c.name == "replaceAll" {
		for _, a := range c.args {
			data = join(data.data(), in.deep(a.v).data())
		}
	}
	if len(data.flows) == 0 {
		if c.recv.sym != "" || len(c.recv.atoms) > 0 || c.recv.isNothing() {
			return nil
		}
		return &value{stored: c.recv.stored}
	}
	out := data.data()
	if c.name == "format" || c.name == "concat" {
		out = out.with(func(v *value) { v.form = "template" })
	}
	if c.name == "replace" || c.name == "replaceAll" {
		return in.replaced(c, out)
	}
	if c.name == "toString" || c.name == "String" {
		return out.mapFlows(func(f flow) *flow {
			if f.typ == "" && f.label != model.FromMessage {
				f.typ = "string"
			}
			return &f
		})
	}
	return out
}

// keepsLetters matches patterns of everything but letters, digits, spaces and
// signs that no interpreter gives a meaning.
var keepsLetters = regexp.MustCompile(`^\[\^-?(?:(?:[A-Z]-[A-Z]|[a-z]-[a-z]|[0-9]-[0-9]|\\[wds])-?|\\-|` + foreignLetters + `|[A-Za-z0-9_ ,:@+=])+-?\][+*]?$`)

// foreignLetters matches, in a class, what is beyond ASCII.
const foreignLetters = `\\p\{(?:L|Lu|Ll|N|Nd|Letter|Number|Alphabetic)\}|(?:` + beyondASCII + `)(?:-(?:` + beyondASCII + `))?`

const beyondASCII = `[^\x00-\x7f]|\\u(?:00[89a-fA-F]|0[1-9a-fA-F][0-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F]{2})[0-9a-fA-F]`

// replaced is a text some of whose characters were replaced: an escape, where
// these are what the class needs.
func (in *interp) replaced(c *callSpec, out *value) *value {
	pattern := ""
	if len(c.x.Args) > 0 {
		l, ok := c.x.Args[0].Value.(*ir.Lit)
		if !ok || in.file().Lang == ir.JavaScript && c.name == "replace" && !strings.Contains(l.Flags, "g") {
			return out // what is replaced isn't known, or the first one alone is
		}
		pattern = l.Value
	}
	var closed []string
	switch {
	case strings.Contains(pattern, "<"):
		closed = []string{model.HTMLSink, "broadcast"}
	case pattern == "'": // within quotes
		closed = []string{model.SQLSink, model.CommandSink}
	case keepsLetters.MatchString(pattern):
		closed = []string{model.HTMLSink, model.SQLSink, model.PathSink, model.CommandSink, "broadcast"}
	case strings.Contains(pattern, `[.*+?^${}`) || strings.Contains(pattern, `\\$&`):
		closed = []string{model.RegexpSink}
	case strings.Contains(pattern, "\n") || strings.Contains(pattern, `\n`):
		closed = []string{model.LogSink}
	}
	if strings.HasPrefix(pattern, "[^") {
		closed = append(closed, model.LogSink)
	}
	if len(closed) == 0 {
		return out
	}
	return out.mapFlows(func(f flow) *flow { f.closed = union(f.closed, closed, 16); return &f })
}
