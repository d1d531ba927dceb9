package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"reflect"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/clean"
	"github.com/wswarden/wswarden/guard/dialect"
)

// dialectKeys are the keys that one dialect alone has.
var dialectKeys = []struct{ key, dialect, reason string }{
	{"type", "json", "has types of its own"},
	{"args", "socketio", "has no arguments of events"},
	{"operations", "graphql-transport-ws", "has no operations"},
	{"introspection", "graphql-transport-ws", "has no schema to ask for"},
}

// policy checks the section messages of one route.
type policy struct {
	*checker
	at      string // path of the section
	from    *fileMessages
	dialect string
	inForce guard.Route // with the mode of the route and the limits of package guard
	version hash.Hash
	sources *RouteRules
}

// messages returns the policy of the route at the path, nil if it has none, and
// keeps what its rules are made of.
func (c *checker) messages(route string, r *fileRoute, sources *RouteRules) *guard.MessagePolicy {
	at, m := route+".messages", r.Messages
	if m == nil {
		// Those of the other dialects hold both sides to a protocol.
		if r.Dialect != "json" && r.Dialect != "raw" && !c.doc.problems.at(route+".dialect") && !c.doc.has(at) {
			c.problem(route+".dialect", "it has no effect without messages", "write messages: {unknown: pass} to hold both sides to the protocol, or remove the key")
		}
		return nil
	}
	out := &guard.MessagePolicy{
		Type:          m.Type,
		Unknown:       guard.Unknown(m.Unknown),
		UnknownServer: guard.Unknown(m.UnknownServer),
		Binary:        guard.Binary(m.Binary),
		Reject:        guard.Reject(m.Reject),
		Strikes:       m.Strikes,
		Secret:        m.Secret,
		ErrorDetail:   guard.ErrorDetail(m.ErrorDetail),
		JSON:          m.Limits.json(),
		ServerJSON:    m.ServerLimits.json(),
		Client:        map[string]guard.MessageRule{},
		Server:        map[string]guard.MessageRule{},
	}
	out.JSON.AllowPrototypeKeys, out.JSON.AllowCaseVariants = m.InsecurePrototypeKeys, m.InsecureCaseVariants
	p := &policy{c, at, m, r.Dialect, withDefaults(guard.Route{Mode: guard.Mode(r.Mode), Limits: r.Limits.guard(), Messages: out}), sha256.New(), sources}
	p.language(r.Dialect, route, out)
	p.described()
	p.rules(out)
	p.warnings()
	p.say(r)
	out.Version = hex.EncodeToString(p.version.Sum(nil))
	return out
}

// withDefaults fills in the defaults of package guard.
func withDefaults(r guard.Route) guard.Route {
	return guard.Config{Routes: []guard.Route{r}}.WithDefaults().Routes[0]
}

// language sets the dialect. That of JSON is left to package guard, which words
// what is wrong with its type.
func (p *policy) language(name, route string, out *guard.MessagePolicy) {
	if !slices.Contains(dialect.Names(), name) {
		return // a problem already
	}
	for _, k := range dialectKeys {
		if k.dialect != name && p.doc.has(p.at+"."+k.key) {
			p.problem(p.at+"."+k.key, "the dialect "+name+" "+k.reason, "remove the key")
		}
	}
	if name == "json" {
		return
	}
	d, err := dialect.New(name, dialect.Options{
		SocketIO: dialect.SocketIO{AllArguments: p.from.Args == "all"},
		GraphQL:  dialect.GraphQL{Operations: p.from.Operations, Introspection: p.from.Introspection},
	})
	if err != nil {
		p.problem(route+".dialect", err.Error(), "correct the settings of the dialect")
		return
	}
	out.Dialect = d
}

// rules builds those of both sides.
func (p *policy) rules(out *guard.MessagePolicy) {
	// In one order, which the version counts on.
	for _, name := range slices.Sorted(maps.Keys(p.from.Client)) {
		f, at := p.from.Client[name], join(p.at+".client", name)
		if !p.doc.problems.at(at) {
			out.Client[name] = p.clientRule(at, name, f)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.from.Server)) {
		f, at := p.from.Server[name], join(p.at+".server", name)
		if !p.doc.problems.at(at) {
			out.Server[name] = p.serverRule(at, name, f)
		}
	}
}

func (p *policy) clientRule(at, name string, f *fileClientRule) guard.MessageRule {
	s := p.schema(at, f.Schema, f.SchemaFile, f.Undeclared)
	p.sources.Client[name] = RuleSource{s.text, f.Clean}
	x := expressions{policy: p, schema: s.text, limits: p.expressionLimits(p.inForce.Limits.MessageBytes, p.inForce.Messages.JSON, f.Mode)}
	r := guard.MessageRule{
		Mode: guard.Mode(f.Mode), Limit: f.Limit.guard(), UserLimit: f.UserLimit.guard(), Fresh: f.Fresh,
		Schema: s.compiled, Allow: x.condition(at+".allow", f.Allow), Set: x.values(at+".set", f.Set), Clean: cleaners(f.Clean),
	}
	if !s.broken {
		r.Undeclared = guard.Undeclared(f.Undeclared)
	}
	if f.Fresh && !p.canRecheck() {
		p.problem(at+".fresh", opens(catalogue.SensitiveUnrefreshed, "nothing could judge a session again"), "set sign_in.introspection or sign_in.forward_auth, or remove it")
	}
	p.warnRule(at, f.Mode, "what the rule refuses is recorded and let in")
	if !s.given && !s.broken {
		p.warn(catalogue.SchemaMissing, at, "the content of these messages is not checked", "write a schema")
	} else if s.open && f.Undeclared == "" {
		p.warn(catalogue.MassAssignment, at+".schema", "members that the schema does not name reach the backend", "write additionalProperties: false, or undeclared: drop")
	}
	return r
}

func (p *policy) serverRule(at, name string, f *fileServerRule) guard.MessageRule {
	s := p.schema(at, f.Schema, f.SchemaFile, f.Undeclared)
	p.sources.Server[name] = RuleSource{s.text, f.Clean}
	x := expressions{policy: p, schema: s.text, limits: p.expressionLimits(p.inForce.Limits.ServerMessageBytes, p.inForce.Messages.ServerJSON, f.Mode)}
	r := guard.MessageRule{
		Mode: guard.Mode(f.Mode), Schema: s.compiled, Allow: x.condition(at+".allow", f.Allow), Clean: cleaners(f.Clean), Redact: f.Redact,
	}
	if !s.broken {
		r.Undeclared = guard.Undeclared(f.Undeclared)
	}
	p.warnRule(at, f.Mode, "what the rule keeps back is recorded and let through")
	if s.open && f.Undeclared == "" {
		p.warn(catalogue.RecordLeak, at+".schema", "members that the schema does not name reach clients", "write undeclared: drop, or additionalProperties: false")
	}
	return r
}

// canRecheck reports whether somebody can say whether a session still stands.
func (c *checker) canRecheck() bool {
	s := &c.file.SignIn
	return s.ForwardAuth != nil || s.Introspection != nil || c.doc.problems.touch("sign_in")
}

func cleaners(names map[string]string) map[string]guard.Cleaner {
	out := map[string]guard.Cleaner{}
	for path, name := range names {
		if c := clean.Named(name); c != nil {
			out[path] = c
		}
	}
	return out
}

func (p *policy) warnRule(at, mode, opens string) {
	if mode == string(guard.Monitor) {
		p.warn(catalogue.SchemaMissing, at+".mode", opens, "set mode: enforce")
	}
}

// warnings names what the section loosens as a whole.
func (p *policy) warnings() {
	m := p.from
	if m.Unknown == string(guard.UnknownPass) {
		p.warn(catalogue.SchemaMissing, p.at+".unknown", "messages of types without a rule reach the backend unjudged", "write rules for all types, and set unknown: reject")
	}
	if m.Binary == string(guard.BinaryPass) {
		p.warn(catalogue.SchemaMissing, p.at+".binary", "binary messages reach the backend unread", "set binary: reject or text")
	}
	if m.ErrorDetail == string(guard.DetailPass) {
		p.warn(catalogue.ErrorDetail, p.at+".error_detail", "stack traces of the server reach clients", "set error_detail: mask")
	}
	if m.Introspection {
		p.warn(catalogue.RecordLeak, p.at+".introspection", "clients can ask for the schema, and so for what they are not meant to know of", "remove the key")
	}
	if m.InsecurePrototypeKeys {
		p.warn(catalogue.PrototypePollution, p.at+".insecure_prototype_keys", "members that change an object's prototype reach the backend", "remove the key")
	}
	if m.InsecureCaseVariants {
		p.warn(catalogue.SchemaMissing, p.at+".insecure_case_variants", "a backend in Go or .NET may read another member than the rules have judged", "remove the key")
	}
}

func (l *fileJSONLimits) json() guard.JSONLimits {
	return guard.JSONLimits{
		Depth: l.Depth, Keys: l.Keys, ObjectKeys: l.ObjectKeys, Elements: l.Elements, Values: l.Values,
		KeyBytes: int(l.KeyBytes), StringBytes: int(l.StringBytes), NumberBytes: int(l.NumberBytes),
	}
}

// jsonLimitsOf is the other way; l has its defaults.
func jsonLimitsOf(l guard.JSONLimits) fileJSONLimits {
	f := fileJSONLimits{
		Depth: l.Depth, Keys: l.Keys, ObjectKeys: l.ObjectKeys, Elements: l.Elements, Values: l.Values,
		KeyBytes: byteSize(l.KeyBytes), NumberBytes: byteSize(l.NumberBytes),
	}
	if l.StringBytes < maxSize {
		f.StringBytes = byteSize(l.StringBytes)
	}
	return f
}

// say adds to what names the policy: a file that says the same leaves the policy in
// force, though all is compiled anew.
func (p *policy) say(r *fileRoute) {
	fmt.Fprintf(p.version, "%s %q\n", r.Dialect, r.Learn)
	eachValue(reflect.ValueOf(*r.Messages), "", func(path string, v reflect.Value, _ reflect.StructTag) {
		fmt.Fprintf(p.version, "%q ", path)
		switch x := v.Interface().(type) {
		case expression:
			fmt.Fprintf(p.version, "%q\n", x.source)
		case schemaText:
			fmt.Fprintf(p.version, "%q\n", x.json)
		case map[string]setValue:
			for _, name := range namesOf(v) {
				fmt.Fprintf(p.version, "%q %q %q\n", name, x[name].source, x[name].json)
			}
		default:
			fmt.Fprintf(p.version, "%v\n", x)
		}
	})
}
