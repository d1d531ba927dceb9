package flow

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/report"
	"github.com/wswarden/wswarden/review/frameworks"
	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/model"
)

// An endpoint is a model.Endpoint in the making.
type endpoint struct {
	numbered
	*model.Endpoint
	pack    *frameworks.Pack
	file    *ir.File
	pos     ir.Pos
	partial bool // where connections are accepted isn't in view
	entered bool // a connection handler is in view
	// handshakeCode says that code of the program decides in the handshake;
	// hiddenHandshake that there is such code, but not in view.
	handshakeCode, hiddenHandshake bool
	hooks                          []hook
	upgrading                      []*activation // roots that complete the upgrade themselves
	checks                         []connectionChecks
	options                        map[string]bool // options that were given
	owner                          *endpoint       // a namespace's server
}

// A hook is a function that decides on a handshake.
type hook struct {
	handler *frameworks.Handler
	fn      *closure
	act     *activation
	place   model.Place
	name    string // of the option, such as "CheckOrigin"
}

// connectionChecks are the checks that a connection handler has made at each
// of its ends.
type connectionChecks struct {
	fn    *closure
	exits [][]*model.Fact
}

// Pack returns the framework of the endpoint.
func (e *endpoint) Pack() *frameworks.Pack { return e.pack }

type endpointKey struct {
	file *ir.File
	pos  uint32
	pack *frameworks.Pack
}

// endpointOf returns the endpoint that a call makes, with its options read.
func (in *interp) endpointOf(e *frameworks.Effect, c *callSpec, self *value) *endpoint {
	spec := e.Endpoint
	if ep := in.sharedEndpoint(spec, c, self); ep != nil {
		// What sits on another framework's server has options of its own.
		own := ep.pack
		ep.pack = e.Pack
		in.optionArgs(spec, ep, c, self)
		ep.pack = own
		return ep
	}
	pack := e.Pack
	if spec.Framework != "" {
		pack = in.prog.set.Pack(spec.Framework)
	}
	role := report.Server
	if spec.Role == "client" {
		role = report.Client
	}
	ep := in.newEndpoint(pack, c.x.Pos, role)
	if spec.Origin != "" {
		ep.Origin.Default = originPolicies[spec.Origin]
	}
	if self.endpoint != nil && self.endpoint != ep {
		ep.owner = self.endpoint
	}
	if spec.Route > 0 {
		if s, ok := c.at(spec.Route - 1).str(); ok {
			ep.Route = s
		}
	}
	if ep.Route == "" && role == report.Server && in.file().Lang == ir.Go {
		ep.Route = in.env.route
	}
	if spec.URL > 0 {
		v := in.exportValue(c.at(spec.URL-1), nil)
		ep.URL = &v
	}
	in.optionArgs(spec, ep, c, self)
	return ep
}

// sharedEndpoint is the endpoint that a call adds to, where it makes none: that
// of its receiver, or of an argument.
func (in *interp) sharedEndpoint(spec *frameworks.EndpointSpec, c *callSpec, self *value) *endpoint {
	if spec.Receiver && self.endpoint != nil {
		return self.endpoint
	}
	if i := spec.Of - 1; i >= 0 {
		return in.endpointIn(c.at(i))
	}
	return nil
}

// optionArgs reads the options among the arguments of a call.
func (in *interp) optionArgs(spec *frameworks.EndpointSpec, ep *endpoint, c *callSpec, self *value) {
	if spec.OptionsFromReceiver {
		in.options(ep, self, c.x)
	}
	if i := min(spec.Options-1, len(c.args)-1); i >= 0 && c.args[i].name == "" {
		// In an earlier place only what is seen to be an object: new Server(server)
		// has no options.
		if v := c.args[i].v; i == spec.Options-1 || len(v.objects) > 0 && v.kind == nil {
			in.options(ep, v, c.args[i].x)
		}
	}
	if i := spec.OptionsFrom - 1; i >= 0 && i < len(c.args) {
		in.optionsFrom(ep, c, i)
	}
	for _, a := range c.args {
		if a.name != "" {
			in.option(ep, a.name, a.v, a.x)
		}
	}
}

// endpointIn is the endpoint of a value, or of a server among its fields.
func (in *interp) endpointIn(v *value) *endpoint {
	if v.endpoint != nil {
		return v.endpoint
	}
	for _, o := range v.objects {
		for _, name := range o.order {
			if f := o.fields[name]; f.endpoint != nil && f.kind != nil && f.kind.Is == "server" {
				return f.endpoint
			}
		}
	}
	return nil
}

// optionsFrom reads the options that a function returns.
func (in *interp) optionsFrom(ep *endpoint, c *callSpec, i int) {
	defer in.within(ep)()
	env := in.env
	in.env.phase = model.Handshake
	var args []arg
	if e, self := in.effect(c); e != nil && len(e.Handlers) > 0 {
		for _, f := range c.args[i].v.funcs {
			args = in.handlerArgs(e.Handlers[0], f, self, c)
		}
	}
	for _, f := range c.args[i].v.funcs {
		in.options(ep, in.apply(f, nothing, args, c.x), c.x)
	}
	in.env = env
}

// originPolicies are the words of packs for a framework's own check.
var originPolicies = map[string]model.OriginPolicy{"none": model.OriginNone, "present": model.OriginPresent, "same-host": model.OriginSameHost, "strict": model.OriginStrict}

// newEndpoint returns the endpoint of a place, and makes it when it is asked
// for first.
func (in *interp) newEndpoint(pack *frameworks.Pack, p ir.Pos, role report.Role) *endpoint {
	key := endpointKey{in.file(), p.Start, pack}
	if ep := in.prog.endpoints[key]; ep != nil {
		return ep
	}
	ep := &endpoint{Endpoint: &model.Endpoint{Place: in.place(p), Role: role, Language: string(in.file().Lang)}, pack: pack, file: in.file(), pos: p, options: map[string]bool{}}
	if pack != nil {
		ep.Framework = pack.Name
		ep.defaults(pack.Defaults)
	}
	in.prog.endpoints[key] = ep
	in.prog.endpointList = append(in.prog.endpointList, ep)
	return ep
}

// defaults fills in what holds where no option says otherwise.
func (e *endpoint) defaults(d frameworks.Defaults) {
	e.Origin.Default = originPolicies[d.Origin]
	e.ThrowEnds = d.ThrowEnds
	e.Limits.MessageSize = model.Limit{State: report.Default, Bytes: d.MessageBytes, Text: d.MessageSize + ", the default of " + e.Framework}
	if d.MessageSize == "" {
		e.Limits.MessageSize = model.Limit{State: report.Unknown}
	}
	if d.MessageBytes < 0 {
		e.Limits.MessageSize.State = report.Absent
		e.Limits.MessageSize.Text = "unlimited, the default of " + e.Framework
	}
	e.Limits.Compression = model.Limit{State: report.Default, On: d.Compression == "on", Text: firstNonEmpty(d.Compression, "off") + " by default"}
	e.Limits.Idle = byDefault(d.Idle)
	e.Limits.SendQueue = byDefault(d.SendQueue)
	e.Limits.Lifetime = model.Limit{State: report.Absent}
}

func byDefault(text string) model.Limit {
	if text == "" {
		return model.Limit{State: report.Absent}
	}
	return model.Limit{State: report.Default, Text: text}
}

// implicitEndpoint stands for the server of connections that come from out of
// view.
func (in *interp) implicitEndpoint(k *frameworks.Kind) *endpoint {
	if ep := in.env.endpoint; ep != nil && (k.Is == "socket" || ep.pack == k.Pack) {
		return ep
	}
	if ep := in.onlyEndpoint(k); ep != nil {
		return ep
	}
	key := endpointKey{in.file(), 0, k.Pack}
	if ep := in.prog.endpoints[key]; ep != nil {
		return ep
	}
	ep := &endpoint{Endpoint: &model.Endpoint{Role: report.Server, Language: string(in.file().Lang), Framework: k.Pack.Name}, pack: k.Pack, file: in.file(), partial: true, options: map[string]bool{}}
	ep.defaults(k.Pack.Defaults)
	in.prog.endpoints[key] = ep
	in.prog.endpointList = append(in.prog.endpointList, ep)
	return ep
}

// onlyEndpoint is the one server of a framework that a connection from out of
// view can belong to: the one of its file, else of its folder, else of the
// program.
func (in *interp) onlyEndpoint(k *frameworks.Kind) *endpoint {
	var file, folder, program []*endpoint
	for _, ep := range in.prog.endpointList {
		if ep.pack != k.Pack || ep.Role != report.Server || ep.partial {
			continue
		}
		program = append(program, ep)
		if ep.file == in.file() {
			file = append(file, ep)
		}
		if path.Dir(ep.file.Path) == path.Dir(in.file().Path) {
			folder = append(folder, ep)
		}
	}
	switch {
	case len(file) > 0:
		return file[0]
	case len(folder) == 1:
		return folder[0]
	case len(folder) == 0 && len(program) == 1:
		return program[0]
	}
	return nil
}

// options reads the options in an object.
func (in *interp) options(ep *endpoint, v *value, at ir.Node) {
	if ep.pack == nil {
		return
	}
	for _, o := range v.objects {
		for _, name := range o.order {
			if strings.HasPrefix(name, "\x00") {
				continue
			}
			in.option(ep, name, o.fields[name], in.propertyAt(o, name, at))
		}
	}
	if len(v.objects) == 0 && v.kind == nil && v.lit == nil {
		ep.hiddenOptions(v)
	}
}

// hiddenOptions notes that options are given that aren't in view.
func (e *endpoint) hiddenOptions(v *value) { e.hiddenHandshake = true }

// propertyAt is the place where a field of an object is written.
func (in *interp) propertyAt(o *object, name string, at ir.Node) ir.Node {
	if n := o.places[name]; n != nil {
		return n
	}
	return at
}

// option applies one option of an endpoint.
func (in *interp) option(ep *endpoint, name string, v *value, at ir.Node) {
	if ep.pack == nil {
		return
	}
	if s, ok := v.str(); ok && name == "path" && ep.Route == "" {
		ep.Route = s // what ws and its like call the path they serve
	}
	opt := ep.pack.Options[name]
	if opt == nil {
		in.nestedOptions(ep, name, v, at)
		return
	}
	ep.options[name] = true
	if opt.Endpoint && v.endpoint != nil {
		ep.sameAs(v.endpoint)
		return
	}
	place := in.placeOf(at, ep)
	if opt.Limit != "" {
		in.limitOption(ep, opt, name, v, place)
	}
	if opt.Origin != "" {
		in.originOption(ep, opt, name, v, place)
	}
	if opt.Hook != nil {
		if v.lit != nil && v.lit.kind == ir.Null || v == nothing && opt.Hook.As == "origin" {
			return // CheckOrigin: nil keeps the default
		}
		in.register(opt.Hook, v, &value{endpoint: ep}, nil, at, "")
	}
	if opt.Auth {
		ep.addFact(in.fact(model.IdentityFact, at))
	}
	if opt.Unverified != "" {
		in.unverified(ep, opt, name, v, at)
	}
	if opt.Note {
		in.emitFor(ep, &model.Event{Kind: model.Option, Op: name, Callee: name}, at, v)
	}
}

// unverified notes an option that turns the check of certificates off, or a
// group of settings, made elsewhere, one of which does.
func (in *interp) unverified(ep *endpoint, opt *frameworks.Option, name string, v *value, at ir.Node) {
	note := func(name string, at ir.Node, v *value) {
		in.emitFor(ep, &model.Event{Kind: model.Option, Op: "tls-unverified", Callee: name}, at, v)
	}
	if in.matches(v, opt.Unverified) {
		note(name, at, v)
		return
	}
	if v.kind == nil || !v.kind.Options || v.kind.Pack == nil {
		return
	}
	for _, o := range v.objects {
		for _, f := range o.order {
			if below := v.kind.Pack.Options[f]; below != nil && below.Unverified != "" && in.matches(o.fields[f], below.Unverified) {
				note(f, in.propertyAt(o, f, at), o.fields[f])
				return
			}
		}
	}
}

// sameAs makes the endpoint one with another, which decides on handshakes.
func (e *endpoint) sameAs(other *endpoint) {
	e.Origin, e.Limits, e.hooks = other.Origin, other.Limits, other.hooks
	e.owner = other
}

// nestedOptions reads options below an option: cors.origin.
func (in *interp) nestedOptions(ep *endpoint, name string, v *value, at ir.Node) {
	if ep.nested(name) {
		for _, o := range v.objects {
			for _, f := range o.order {
				in.option(ep, name+"."+f, o.fields[f], in.propertyAt(o, f, at))
			}
		}
	}
}

// nested reports whether the framework has options below the one of this name.
func (e *endpoint) nested(name string) bool {
	for key := range e.pack.Options {
		if strings.HasPrefix(key, name+".") {
			return true
		}
	}
	return false
}

func (in *interp) limitOption(ep *endpoint, opt *frameworks.Option, name string, v *value, place model.Place) {
	l := model.Limit{State: report.Present, Text: name + ": " + shorten(in.literalText(v)), Place: &place}
	truth, known := v.truth()
	switch opt.Limit {
	case "message_size":
		n, ok := literalInt(v)
		switch {
		case ok && n > 0:
			l.Bytes = n
		case ok && n < 0 || known && !truth: // -1, 0, null: no limit
			l.State, l.Bytes = report.Absent, -1
		}
		l.Text = name + ": " + sizeText(l)
		ep.Limits.MessageSize = l
	case "compression":
		l.On = !known || truth
		if s, ok := v.str(); ok && (s == "off" || s == "disabled" || s == "none" || s == "CompressionDisabled") {
			l.On = false
		}
		if lastSegment(v.sym) == "CompressionDisabled" || lastSegment(v.sym) == "DISABLED" {
			l.On = false
		}
		ep.Limits.Compression = l
	case "idle":
		if known && !truth {
			l.State = report.Absent
		}
		ep.Limits.Idle = l
	case "lifetime":
		ep.Limits.Lifetime = l
	case "send_queue":
		ep.Limits.SendQueue = l
	case "connections":
		ep.addFact(&model.Fact{Place: place, Kind: model.CountFact, Holds: true, Text: name})
	}
}

func (in *interp) originOption(ep *endpoint, opt *frameworks.Option, name string, v *value, place model.Place) {
	truth, known := v.truth()
	o := &ep.Origin
	anybody := func(how string) {
		o.Off, o.OffHow = &place, how
	}
	switch opt.Origin {
	case "off":
		if known && truth {
			anybody(fmt.Sprintf("%s switches the check off", name))
		} else if !known {
			o.Configurable, o.OpenByDefault = true, true
			o.Escapes = append(o.Escapes, place)
		}
	case "on":
		if known && truth {
			o.Default = model.OriginSameHost
		} else if known {
			anybody(fmt.Sprintf("%s is false", name))
		}
	case "any":
		if known && truth || in.holdsText(v, append([]string{"*"}, opt.Any...)) != "" {
			anybody(fmt.Sprintf("%s lets every origin in", name))
		}
	default: // list, glob, regexp
		switch {
		case in.holdsText(v, opt.Any) != "":
			anybody(fmt.Sprintf("%s contains %q, which admits every origin", name, in.holdsText(v, opt.Any)))
		case known && v.lit.kind == ir.Null:
			// As if it weren't given.
		case known && v.lit.kind == ir.Bool && !truth || emptyList(v):
			if opt.Empty == "any" {
				anybody(fmt.Sprintf("%s is empty, which admits every origin", name))
			}
		default:
			check := model.OriginCheck{Place: place, How: "set"}
			if opt.Origin == "glob" || opt.Origin == "regexp" {
				check.How = opt.Origin
			}
			if s := in.anyString(v); s != "" {
				check.Allowed = s
			} else {
				o.Configurable = true
				o.OpenByDefault = opt.Empty == "any"
			}
			addCheck(o, check)
		}
	}
}

// holdsText returns the first of some texts that a value is, or that is an
// element of it.
func (in *interp) holdsText(v *value, list []string) string {
	if s, ok := v.str(); ok && slices.Contains(list, s) {
		return s
	}
	for _, o := range v.objects {
		for _, item := range append(o.items[:len(o.items):len(o.items)], o.all()) {
			if s, ok := item.str(); ok && slices.Contains(list, s) {
				return s
			}
		}
	}
	return ""
}

func emptyList(v *value) bool {
	for _, o := range v.objects {
		if o.list && o.elem == nil {
			return true
		}
	}
	return false
}

// anyString is one of the strings in a value.
func (in *interp) anyString(v *value) string {
	if s, ok := v.str(); ok {
		return s
	}
	for _, o := range v.objects {
		if s, ok := o.all().str(); ok {
			return s
		}
		for _, item := range o.items {
			if s, ok := item.str(); ok {
				return s
			}
		}
	}
	return ""
}

func sizeText(l model.Limit) string {
	switch {
	case l.Bytes < 0:
		return "unlimited"
	case l.Bytes == 0:
		return "a value that isn't in view"
	case l.Bytes >= 1<<20 && l.Bytes%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", l.Bytes>>20)
	case l.Bytes >= 1<<10 && l.Bytes%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", l.Bytes>>10)
	}
	return fmt.Sprintf("%d bytes", l.Bytes)
}

// addFact notes a check of the endpoint.
func (e *endpoint) addFact(f *model.Fact) {
	for _, g := range e.Facts {
		if g.Kind == f.Kind && g.Span == f.Span {
			return
		}
	}
	e.Facts = append(e.Facts, f)
}

// addChecks notes checks that hold for all of the endpoint's handlers.
func (e *endpoint) addChecks(list []*model.Fact) {
	for _, f := range list {
		e.addFact(f)
	}
}

func (e *endpoint) addHook(in *interp, h *frameworks.Handler, f *closure, act *activation, at ir.Node) {
	if slices.ContainsFunc(e.hooks, func(k hook) bool { return k.fn.fn == f.fn }) {
		return
	}
	name := ""
	if p, ok := at.(*ir.Prop); ok {
		name = p.Name
	}
	e.hooks = append(e.hooks, hook{h, f, act, in.prog.place(f.file, f.fn.Pos, f.name()), name})
}
