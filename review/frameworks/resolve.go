package frameworks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The words that a file may use where the model has no type for them.
var (
	languages    = []string{"javascript", "python", "go"}
	origins      = []string{"none", "present", "same-host", "strict"}
	throwEnds    = []string{"process", "connection", "nothing"}
	limits       = []string{"message_size", "compression", "idle", "lifetime", "send_queue", "connections"}
	units        = []string{"bytes", "seconds", "milliseconds", "minutes", "duration", "deadline"}
	originWords  = []string{"list", "glob", "regexp", "off", "on", "any"}
	emptyWords   = []string{"none", "any", "default"}
	roles        = []string{"server", "socket", "client", "request", "response", "room", "sockets", "event", "app", "db", "timer", "error", "schema", "session", "config", "url", "query"}
	moments      = []string{"connection", "message", "close", "error", "verify", "origin", "upgrade", "middleware", "protocol", "timer", "http", "push", "open", "control", "callback"}
	refusals     = []string{"false", "throw", "error", "none", "value"}
	broadcasts   = []string{"all", "room"}
	parsers      = []string{"json", "binary", "schema"}
	answers      = []string{"throw", "result", "bool", "error", "errors"}
	passing      = []string{"none", "receiver", "args"}
	schedules    = []string{"repeat", "once"}
	protocols    = []string{"echo", "list", "fixed"}
	comparisons  = []string{"constant-time"}
	covered      = []string{"same-host", "list"}
	properties   = []string{"read", "write"}
	matches      = []string{"prefix", "search", "full"}
	ambients     = []string{"cookie"}
	endpointRole = []string{"server", "client"}
)

// resolve gives names their own entries, parses params, finds kinds, and
// checks every word of a pack that is not the model's.
func (l *loader) resolve(d *document) {
	p := d.pack
	p.Options = split(l, d, "options", p.Options)
	p.Calls = split(l, d, "calls", p.Calls)
	p.Props = split(l, d, "props", p.Props)
	p.Attributes = split(l, d, "attributes", p.Attributes)
	p.Exports = split(l, d, "exports", p.Exports)
	l.defaults(d)
	for alias, module := range p.Aliases {
		if alias == module || strings.HasSuffix(module, "*") && !strings.HasSuffix(alias, "*") {
			l.problem(d.file, d.line(join("aliases", alias)), "%q can't be %q", alias, module)
		}
	}
	walk(p, &resolver{loader: l, doc: d, effects: map[*Effect]bool{}, kinds: map[*Kind]bool{}, classes: map[*Class]bool{}})
}

func (l *loader) defaults(d *document) {
	at, p := "defaults", d.pack
	check := resolver{loader: l, doc: d}
	check.word(join(at, "origin"), p.Defaults.Origin, origins)
	check.word(join(at, "compression"), p.Defaults.Compression, []string{"on", "off"})
	check.word(join(at, "throw_ends"), p.Defaults.ThrowEnds, throwEnds)
	n, err := parseSize(p.Defaults.MessageSize)
	if err != nil {
		l.problem(d.file, d.line(join(at, "message_size")), "%v", err)
	}
	p.Defaults.MessageBytes = n
}

// parseSize reads "100MiB", "unlimited" (-1) or nothing (0).
func parseSize(text string) (int64, error) {
	switch text {
	case "":
		return 0, nil
	case "unlimited":
		return -1, nil
	}
	digits := strings.TrimRight(text, "BKMGi")
	n, err := strconv.ParseInt(digits, 10, 32)
	unit, ok := map[string]int64{"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[text[len(digits):]]
	if err != nil || n <= 0 || !ok {
		return 0, fmt.Errorf("%q is no size: write 100MiB, 512B or unlimited", text)
	}
	return n * unit, nil
}

// A resolver does the work of resolve for one file. Things that have several
// names are shared, so that it keeps in mind what it has done.
type resolver struct {
	*loader
	doc     *document
	effects map[*Effect]bool
	kinds   map[*Kind]bool
	classes map[*Class]bool
}

func (r *resolver) problem(at, format string, args ...any) {
	r.loader.problem(r.doc.file, r.doc.line(at), format, args...)
}

// word checks that a word is empty or one of those allowed.
func (r *resolver) word(at, word string, allowed []string) {
	if word != "" && !slices.Contains(allowed, word) {
		r.problem(at, "%q is none of %s", word, strings.Join(allowed, ", "))
	}
}

// find looks a kind up: "kind" in the file's own pack, or "pack/kind".
func (r *resolver) find(name string) (*Kind, error) {
	pack, kind, ok := strings.Cut(name, "/")
	if !ok {
		pack, kind = r.doc.pack.Name, name
	}
	p := r.set.packs[pack]
	if p == nil {
		return nil, fmt.Errorf("there is no framework %q", pack)
	}
	if p.Language != r.doc.pack.Language {
		return nil, fmt.Errorf("kind %q is of another language", name)
	}
	if k := p.Kinds[kind]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("there is no kind %q in %q", kind, pack)
}

// packs checks that there are packs of these names.
func (r *resolver) packs(at string, names ...string) {
	for _, name := range names {
		if name != "" && r.set.packs[name] == nil {
			r.problem(at, "there is no framework %q", name)
		}
	}
}

func (r *resolver) ref(at, name string) *Kind {
	if name == "" {
		return nil
	}
	k, err := r.find(name)
	if err != nil {
		r.problem(at, "%v", err)
	}
	return k
}

func (r *resolver) param(at, text string) ParamSpec {
	p, err := parseParam(text, r.find)
	if err != nil {
		r.problem(at, "%v", err)
	}
	return p
}

func (r *resolver) params(at string, m map[string]string) map[string]ParamSpec {
	if len(m) == 0 {
		return nil
	}
	out := make(map[string]ParamSpec, len(m))
	for name, text := range m {
		out[name] = r.param(join(at, name), text)
	}
	return out
}

func (r *resolver) kind(at string, k *Kind) {
	if r.kinds[k] {
		return
	}
	r.kinds[k] = true
	k.Props = split(r.loader, r.doc, join(at, "props"), k.Props)
	k.Methods = split(r.loader, r.doc, join(at, "methods"), k.Methods)
	r.word(join(at, "is"), k.Is, roles)
	k.BaseKind = r.ref(join(at, "base"), k.Base)
	k.ElemKind = r.ref(join(at, "elem"), k.Elem)
	k.IterSpec = r.param(join(at, "iter"), k.Iter)
	k.IndexSpec = r.param(join(at, "index"), k.Index)
	k.AnySpec = r.param(join(at, "any"), k.Any)
	if k.Fold {
		folded := make(map[string]*Prop, len(k.Props))
		for name, p := range k.Props {
			folded[strings.ToLower(name)] = p
		}
		k.Props = folded
	}
}

func (r *resolver) effect(at string, e *Effect) {
	if r.effects[e] {
		return
	}
	r.effects[e] = true
	e.Pack = r.doc.pack
	e.Events = split(r.loader, r.doc, join(at, "events"), e.Events)
	e.ReturnSpec = r.param(join(at, "returns"), e.Returns)
	e.FillSpec = r.param(join(at, "fill_with"), e.FillWith)
	e.LookupKind = r.ref(join(at, "lookup"), e.Lookup)
	r.word(join(at, "broadcast"), e.Broadcast, broadcasts)
	r.word(join(at, "parse"), e.Parse, parsers)
	r.word(join(at, "validates"), e.Validates, answers)
	r.word(join(at, "passes"), e.Passes, passing)
	r.word(join(at, "schedule"), e.Schedule, schedules)
	r.word(join(at, "chooses"), e.Chooses, protocols)
	r.word(join(at, "compares"), e.Compares, comparisons)
	r.word(join(at, "bounds"), e.Bounds, limits)
	r.word(join(at, "property"), e.Property, properties)
	r.word(join(at, "match"), e.Match, matches)
	if e.New && e.Call {
		r.problem(at, "both new and call: leave both out")
	}
	if spec := e.Endpoint; spec != nil {
		r.word(join(at, "endpoint", "role"), spec.Role, endpointRole)
		r.word(join(at, "endpoint", "origin"), spec.Origin, origins)
		r.packs(join(at, "endpoint", "framework"), spec.Framework)
	}
	if c := e.Covers; c != nil {
		r.word(join(at, "covers", "origin"), c.Origin, covered)
		r.word(join(at, "covers", "ambient"), c.Ambient, ambients)
		r.packs(join(at, "covers", "packs"), c.Packs...)
	}
	if e.Sets != "" && r.doc.pack.Options[e.Sets] == nil {
		r.problem(join(at, "sets"), "there is no option %q", e.Sets)
	}
}

func (r *resolver) prop(at string, p *Prop) {
	if p.Pack != nil {
		return
	}
	p.Pack = r.doc.pack
	p.ValueSpec = r.param(join(at, "value"), p.Value)
	if p.Option != "" && r.doc.pack.Options[p.Option] == nil {
		r.problem(join(at, "option"), "there is no option %q", p.Option)
	}
}

func (r *resolver) option(at string, o *Option) {
	r.word(join(at, "limit"), o.Limit, limits)
	r.word(join(at, "unit"), o.Unit, units)
	r.word(join(at, "origin"), o.Origin, originWords)
	r.word(join(at, "empty"), o.Empty, emptyWords)
}

func (r *resolver) handler(at string, h *Handler) {
	if h.ParamSpecs != nil {
		return
	}
	if h.As == "" {
		r.problem(at, "a handler needs \"as\"")
	}
	r.word(join(at, "as"), h.As, moments)
	r.word(join(at, "refuses"), h.Refuses, refusals)
	h.ParamSpecs = make([]ParamSpec, len(h.Params))
	for i, text := range h.Params {
		h.ParamSpecs[i] = r.param(join(at, "params", strconv.Itoa(i)), text)
		if h.ParamSpecs[i].Rest && i < len(h.Params)-1 {
			r.problem(join(at, "params", strconv.Itoa(i)), "%q is not the last parameter", text)
		}
	}
	h.KeywordSpecs = r.params(join(at, "keywords"), h.Keywords)
}

func (r *resolver) class(at string, c *Class) {
	if r.classes[c] {
		return
	}
	r.classes[c] = true
	c.Pack = r.doc.pack
	c.Methods = split(r.loader, r.doc, join(at, "methods"), c.Methods)
	c.MethodDecorators = split(r.loader, r.doc, join(at, "method_decorators"), c.MethodDecorators)
	c.Attributes = split(r.loader, r.doc, join(at, "attributes"), c.Attributes)
	c.SelfKind = r.ref(join(at, "self"), c.Self)
	c.ParamDecoratorSpecs = r.params(join(at, "param_decorators"), c.ParamDecorators)
	if len(c.Bases)+len(c.Decorators)+len(c.Implements) == 0 {
		r.problem(at, "nothing says which classes it means: bases, decorators or implements")
	}
}
