package frameworks

import (
	"maps"
	"slices"
	"strings"
)

// A Set is all packs. It is immutable once it was loaded and safe for
// concurrent use; so is everything that can be reached from it.
type Set struct {
	packs  map[string]*Pack
	byLang map[string]*Index
}

// Packs returns all packs in the order of their names.
func (s *Set) Packs() []*Pack {
	out := make([]*Pack, 0, len(s.packs))
	for _, name := range slices.Sorted(maps.Keys(s.packs)) {
		out = append(out, s.packs[name])
	}
	return out
}

// Pack returns the pack of a name, or nil.
func (s *Set) Pack(name string) *Pack { return s.packs[name] }

// Kind returns a kind by its full name, such as "ws/socket", or nil.
func (s *Set) Kind(name string) *Kind {
	pack, kind, _ := strings.Cut(name, "/")
	if p := s.packs[pack]; p != nil {
		return p.Kinds[kind]
	}
	return nil
}

// For returns what is known for a language, named as in ir.Lang. It is never
// nil; a language without packs has an empty index.
func (s *Set) For(language string) *Index {
	if x := s.byLang[language]; x != nil {
		return x
	}
	return &Index{Language: language}
}

// An Index answers the questions of the analysis of one language. Its lookups
// are map accesses: they are made for every call and member expression.
type Index struct {
	Language string
	Packs    []*Pack // in the order of their names
	// WebSocketModules are the modules whose import makes a file worth reading,
	// without those that end in "/*" or ".*": ask Relevant.
	WebSocketModules map[string]*Pack
	// Words make a file worth reading without an import.
	Words map[string]*Pack

	calls       map[string]*Effect // by symbol
	below       map[string]*Effect // "zod.*", without its ".*"
	anywhere    map[string]*Effect // "**.serve", without its "**."
	methods     map[string]*Effect // "*.findById", without its "*."
	functions   map[string]*Effect // "verifyToken()", without its "()"
	props       map[string]*Prop
	anyProps    map[string]*Prop // "*.innerHTML", without its "*."
	attributes  map[string]*Prop
	types       map[string]*Kind
	names       map[string]*Kind
	modules     map[string]*Pack
	moduleTrees map[string]*Pack // "x/*" and Python's "x.*", without the last two
	aliases     map[string]string
	globals     map[string]string
	aliasTrees  []aliasTree // longest first
	bases       map[string][]*Class
	decorators  map[string][]*Class
	implements  []*Class
}

// Call returns what a function or constructor does, by its dotted symbol, or
// nil. An exact entry goes before "**.name", that before "prefix.*", and that
// before the method of a type: mongoose.Model.findById is what findById is on
// values of mongoose.Model.
func (x *Index) Call(symbol string) *Effect {
	if e := x.calls[symbol]; e != nil {
		return e
	}
	if len(x.anywhere) > 0 {
		if e := x.anywhere[symbol]; e != nil {
			return e
		}
		for _, rest, more := strings.Cut(symbol, "."); more; _, rest, more = strings.Cut(rest, ".") {
			if e := x.anywhere[rest]; e != nil {
				return e
			}
		}
	}
	if len(x.below) > 0 {
		for end := strings.LastIndexByte(symbol, '.'); end > 0; end = strings.LastIndexByte(symbol[:end], '.') {
			if e := x.below[symbol[:end]]; e != nil {
				return e
			}
		}
	}
	if dot := strings.LastIndexByte(symbol, '.'); dot > 0 {
		if k := x.types[symbol[:dot]]; k != nil {
			return k.Methods[symbol[dot+1:]]
		}
	}
	return nil
}

// UnknownMethod returns what a method of this name does on a value whose kind
// isn't known ("*.name"), or nil.
func (x *Index) UnknownMethod(name string) *Effect { return x.methods[name] }

// UnknownFunction returns what an unresolved function of this name does
// ("name()"), or nil.
func (x *Index) UnknownFunction(name string) *Effect { return x.functions[name] }

// Prop returns the property of a symbol, such as "window.location", or nil.
func (x *Index) Prop(symbol string) *Prop { return x.props[symbol] }

// UnknownProp returns the property of this name of a value whose kind isn't
// known ("*.innerHTML"), or nil.
func (x *Index) UnknownProp(name string) *Prop { return x.anyProps[name] }

// Attribute returns what an attribute of markup or JSX is, or nil. For the
// children of an element the name is "*".
func (x *Index) Attribute(tag, name string) *Prop {
	if p := x.attributes[tag+"."+name]; p != nil {
		return p
	}
	if name == "*" {
		return nil
	}
	return x.attributes[name]
}

// Type returns the kind of the instances of a type or constructor and of
// values declared with it, or nil.
func (x *Index) Type(symbol string) *Kind { return x.types[symbol] }

// Name returns the kind of an unresolved variable of a telling name, or nil.
func (x *Index) Name(name string) *Kind { return x.names[name] }

// TellingNames are the names of servers and connections that Name knows, in
// order.
func (x *Index) TellingNames() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(x.names)) {
		if x.names[name].Pack.WebSocket {
			out = append(out, name)
		}
	}
	return out
}

// Module returns the name under which the packs know a module: it follows their
// aliases, and is module itself where there is none.
func (x *Index) Module(module string) string {
	// An alias may lead to another one: node:fs/promises.
	for range 3 {
		to, ok := x.alias(module)
		if !ok {
			break
		}
		module = to
	}
	if x.Language == "javascript" {
		return dropVersion(module)
	}
	return module
}

func (x *Index) alias(module string) (string, bool) {
	if to, ok := x.aliases[module]; ok {
		return to, true
	}
	for _, t := range x.aliasTrees {
		switch rest, ok := strings.CutPrefix(module, t.from); {
		case !ok || rest == "":
		case t.rest:
			return t.to + rest, true
		default:
			return t.to, true
		}
	}
	return "", false
}

// An aliasTree is an alias that ends with "*", which it leaves out.
type aliasTree struct {
	from, to string
	rest     bool // what the "*" stands for goes behind to
}

// dropVersion takes the version out of a module's address: "ws@8.18.0" is "ws",
// "@scope/name@1/sub" is "@scope/name/sub".
func dropVersion(module string) string {
	at := strings.IndexByte(module[min(1, len(module)):], '@') + 1
	if at == 0 {
		return module
	}
	end := strings.IndexByte(module[at:], '/')
	if end < 0 {
		return module[:at]
	}
	return module[:at] + module[at+end:]
}

// Global returns the symbol of a variable that is not in view: what packs say of
// the name, or the name itself.
func (x *Index) Global(name string) string {
	if symbol, ok := x.globals[name]; ok {
		return symbol
	}
	return name
}

// PackOf returns the pack that describes a module, or nil.
func (x *Index) PackOf(module string) *Pack {
	if p := x.modules[module]; p != nil {
		return p
	}
	for end := x.parent(module); end > 0; end = x.parent(module[:end]) {
		if p := x.moduleTrees[module[:end]]; p != nil {
			return p
		}
	}
	return nil
}

// parent returns where the name of the module around a module ends, or -1.
func (x *Index) parent(module string) int { return strings.LastIndex(module, x.separator()) }

// separator is what stands between the segments of a module's name.
func (x *Index) separator() string {
	if x.Language == "python" {
		return "."
	}
	return "/"
}

// Relevant reports whether importing the module makes a file worth reading.
func (x *Index) Relevant(module string) bool {
	p := x.PackOf(x.Module(module))
	return p != nil && p.WebSocket
}

// Base returns the classes whose bases include the symbol.
func (x *Index) Base(symbol string) []*Class { return x.bases[symbol] }

// Decorator returns the classes that the decorator with this symbol makes.
func (x *Index) Decorator(symbol string) []*Class { return x.decorators[symbol] }

// Implements returns the classes that are known by their methods alone.
func (x *Index) Implements() []*Class { return x.implements }
