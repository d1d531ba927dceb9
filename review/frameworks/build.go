package frameworks

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// inherit copies into the kinds of a pack what they have from their bases.
func (l *loader) inherit(d *document) {
	for _, name := range slices.Sorted(maps.Keys(d.pack.Kinds)) {
		l.inheritKind(d, d.pack.Kinds[name])
	}
}

func (l *loader) inheritKind(d *document, k *Kind) {
	done, seen := l.inherited[k]
	if seen && !done {
		_, name, _ := strings.Cut(k.Name, "/")
		l.problem(d.file, d.line(join("kinds", name, "base")), "kind %q is its own base", k.Name)
	}
	if seen || k.BaseKind == nil {
		return
	}
	l.inherited[k] = false
	b := k.BaseKind
	l.inheritKind(d, b)
	k.Props = addMissing(k.Props, b.Props)
	k.Methods = addMissing(k.Methods, b.Methods)
	if k.Is == "" {
		k.Is = b.Is
	}
	if k.ElemKind == nil {
		k.Elem, k.ElemKind = b.Elem, b.ElemKind
	}
	if k.Call == nil {
		k.Call = b.Call
	}
	if k.Iter == "" {
		k.Iter, k.IterSpec = b.Iter, b.IterSpec
	}
	if k.Index == "" {
		k.Index, k.IndexSpec = b.Index, b.IndexSpec
	}
	if k.Any == "" {
		k.Any, k.AnySpec = b.Any, b.AnySpec
	}
	k.Fold = k.Fold || b.Fold
	k.Options = k.Options || b.Options
	k.Identity = k.Identity || b.Identity
	l.inherited[k] = true
}

func addMissing[V any](own, base map[string]V) map[string]V {
	if len(base) == 0 {
		return own
	}
	out := maps.Clone(base)
	maps.Copy(out, own)
	return out
}

// index adds a pack to the index of its language. What two packs say of one
// thing is a problem: the order of files must not decide.
func (l *loader) index(d *document) {
	p := d.pack
	x := l.set.byLang[p.Language]
	if x == nil {
		x = newIndex(p.Language)
		l.set.byLang[p.Language] = x
	}
	x.Packs = append(x.Packs, p)
	for i, m := range p.Modules {
		at := join("modules", strconv.Itoa(i))
		if tree, ok := strings.CutSuffix(m, x.separator()+"*"); ok {
			add(l, d, at, x.moduleTrees, tree, p)
			continue
		}
		add(l, d, at, x.modules, m, p)
		if p.WebSocket {
			x.WebSocketModules[m] = p
		}
	}
	for from, to := range p.Aliases {
		if tree, ok := strings.CutSuffix(from, "*"); ok {
			stem, rest := strings.CutSuffix(to, "*")
			x.aliasTrees = append(x.aliasTrees, aliasTree{tree, stem, rest})
			continue
		}
		add(l, d, join("aliases", from), x.aliases, from, to)
	}
	slices.SortFunc(x.aliasTrees, func(a, b aliasTree) int {
		return cmp.Or(cmp.Compare(len(b.from), len(a.from)), cmp.Compare(a.from, b.from))
	})
	for name, symbol := range p.Globals {
		add(l, d, join("globals", name), x.globals, name, symbol)
	}
	for _, w := range p.Words { // several packs may look out for one
		if x.Words[w] == nil {
			x.Words[w] = p
		}
	}
	for symbol, e := range p.Calls {
		l.indexCall(d, x, symbol, e)
	}
	for symbol, prop := range p.Props {
		at := join("props", symbol)
		switch {
		case strings.HasPrefix(symbol, "*."):
			add(l, d, at, x.anyProps, symbol[2:], prop)
		default:
			add(l, d, at, x.props, symbol, prop)
		}
	}
	for name, prop := range p.Attributes {
		add(l, d, join("attributes", name), x.attributes, name, prop)
	}
	for name, k := range p.Kinds {
		for i, symbol := range k.Types {
			add(l, d, join("kinds", name, "types", strconv.Itoa(i)), x.types, symbol, k)
		}
	}
	r := resolver{loader: l, doc: d}
	for name, kind := range p.Names {
		if k := r.ref(join("names", name), kind); k != nil {
			add(l, d, join("names", name), x.names, name, k)
		}
	}
	for _, c := range p.Classes {
		if c == nil {
			continue
		}
		for _, b := range c.Bases {
			x.bases[b] = append(x.bases[b], c)
		}
		for _, b := range c.Decorators {
			x.decorators[b] = append(x.decorators[b], c)
		}
		if len(c.Implements) > 0 {
			x.implements = append(x.implements, c)
		}
	}
}

func (l *loader) indexCall(d *document, x *Index, symbol string, e *Effect) {
	at := join("calls", symbol)
	if e == nil {
		l.problem(d.file, d.line(at), "nothing is said of %q", symbol)
		return
	}
	switch {
	case strings.HasPrefix(symbol, "**."):
		add(l, d, at, x.anywhere, symbol[3:], e)
	case strings.HasPrefix(symbol, "*."):
		add(l, d, at, x.methods, symbol[2:], e)
	case strings.HasSuffix(symbol, "()"):
		add(l, d, at, x.functions, strings.TrimSuffix(symbol, "()"), e)
	case strings.HasSuffix(symbol, ".*"):
		add(l, d, at, x.below, strings.TrimSuffix(symbol, ".*"), e)
	default:
		add(l, d, at, x.calls, symbol, e)
	}
}

func add[V any](l *loader, d *document, at string, m map[string]V, name string, v V) {
	if name == "" {
		l.problem(d.file, d.line(at), "an empty name")
		return
	}
	if _, dup := m[name]; dup {
		l.problem(d.file, d.line(at), "%q is described elsewhere too", name)
		return
	}
	m[name] = v
}

func newIndex(language string) *Index {
	return &Index{
		Language:         language,
		WebSocketModules: map[string]*Pack{},
		Words:            map[string]*Pack{},
		calls:            map[string]*Effect{},
		below:            map[string]*Effect{},
		anywhere:         map[string]*Effect{},
		methods:          map[string]*Effect{},
		functions:        map[string]*Effect{},
		props:            map[string]*Prop{},
		anyProps:         map[string]*Prop{},
		attributes:       map[string]*Prop{},
		types:            map[string]*Kind{},
		names:            map[string]*Kind{},
		modules:          map[string]*Pack{},
		moduleTrees:      map[string]*Pack{},
		aliases:          map[string]string{},
		globals:          map[string]string{},
		bases:            map[string][]*Class{},
		decorators:       map[string][]*Class{},
	}
}
