package flow

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/wswarden/wswarden/review/model"
)

// Contexts of one function in one pass. What is called in more of them, such as
// a helper of a whole program, is told apart by less: following each would cost
// more than it shows, and the work would grow faster than the program.
const (
	exactContexts = 16
	wideContexts  = 256
	// maxMemo is how many calls are kept at once: each holds the scopes that its
	// result can see. What is called again comes soon, mostly.
	maxMemo = 1 << 14
)

// exact is how many contexts of a function are told apart. What the top level of a
// file calls may fill a table, as decorators do: there it is one for each entry.
func (in *interp) exact() int {
	if in.act != nil && in.act.fn == nil {
		return maxTable
	}
	return exactContexts
}

// A memoized call is one that was interpreted before with the same arguments
// and checks.
type memoized struct {
	result *value
	tuple  []*value
	exit   []*model.Fact
	sent   int
	tests  []originTest // comparisons of the origin on the way
}

// A numbered thing has a number of its own for keys, from the first key on. An
// address would not do: it is used again once the thing is gone.
type numbered struct{ n uint64 }

// A key is what tells calls apart.
type key struct {
	maphash.Hash
	in *interp
}

func (in *interp) newKey() *key {
	k := &in.keying
	k.in = in
	k.SetSeed(in.seed)
	return k
}

func (k *key) num(n uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], n)
	k.Write(b[:])
}

func (k *key) text(s string) {
	k.num(uint64(len(s)))
	k.WriteString(s)
}

func (k *key) flag(b bool) {
	if b {
		k.WriteByte(1)
	} else {
		k.WriteByte(0)
	}
}

// thing adds something by its number; nil has none.
func (k *key) thing(x *numbered) {
	if x.n == 0 {
		k.in.numbers++
		x.n = k.in.numbers
	}
	k.num(x.n)
}

func (k *key) scope(s *scope) {
	if s == nil {
		k.num(0)
		return
	}
	k.thing(&s.numbered)
}

func (k *key) endpoint(e *endpoint) {
	if e == nil {
		k.num(0)
		return
	}
	k.thing(&e.numbered)
}

// known adds something of which there is a bounded number.
func (k *key) known(x any) {
	n, ok := k.in.ids[x]
	if !ok {
		k.in.numbers++
		n = k.in.numbers
		k.in.ids[x] = n
	}
	k.num(n)
}

// callKey is what the result of a call depends on, as far as it is told apart.
func (in *interp) callKey(f *closure, this *value, args []arg) uint64 {
	k := in.newKey()
	k.known(f.fn)
	k.scope(f.scope)
	k.value(this)
	for _, a := range args {
		k.text(a.name)
		k.value(a.v)
	}
	for _, b := range f.bound {
		k.value(b)
	}
	k.types(f)
	k.environment()
	return k.Sum64()
}

// wideKey is what the result of a call depends on at the least, for functions
// that run in more than exactContexts contexts.
func (in *interp) wideKey(f *closure, this *value, args []arg) uint64 {
	k := in.newKey()
	k.text("wide")
	k.known(f.fn)
	k.wideValue(this)
	for _, a := range args {
		k.wideValue(a.v)
	}
	for _, b := range f.bound {
		k.wideValue(b)
	}
	k.types(f)
	if in.contexts[f.fn] < wideContexts {
		k.environment()
	}
	return k.Sum64()
}

// environment adds what holds around the call.
func (k *key) environment() {
	in := k.in
	var kinds uint64
	for _, g := range in.guards {
		if g.Holds {
			kinds += maphash.String(in.seed, string(g.Kind))
		}
	}
	k.num(kinds)
	e := &in.env
	k.endpoint(e.endpoint)
	if root := in.root(); e.endpoint == nil && root != nil && root.fn != nil {
		// What is read of a request may turn out to belong to an endpoint: that of
		// the function at the root, which completes the upgrade.
		k.known(root.fn)
	}
	k.text(string(e.phase))
	k.text(e.message)
	k.text(e.by)
	for _, list := range [...][]string{e.among, e.except} {
		for _, name := range list {
			k.text(name)
		}
		k.num(0)
	}
	for _, b := range [...]bool{e.repeat, e.room, e.inTry > 0, e.timer, e.detached} {
		k.flag(b)
	}
}

// value adds what is told apart of a value.
func (k *key) value(v *value) {
	if v == nil || v == nothing {
		k.num(0)
		return
	}
	k.text(v.sym)
	k.kind(v)
	k.endpoint(v.endpoint)
	for _, o := range v.objects {
		k.thing(&o.numbered)
	}
	for _, f := range v.funcs {
		k.known(f.fn)
	}
	for _, f := range v.flows {
		k.text(string(f.label))
		k.text(f.field)
		k.text(f.typ)
		k.text(f.source.Path)
		k.num(uint64(f.source.Line)<<20 | uint64(f.source.Column))
		k.num(uint64(len(f.closed)))
	}
	if v.lit != nil {
		k.text(v.lit.text)
	}
	k.flag(v.element)
}

// wideValue adds what a value is, and whose data it holds.
func (k *key) wideValue(v *value) {
	if v == nil || v == nothing {
		k.num(0)
		return
	}
	k.kind(v)
	for _, f := range v.funcs {
		k.known(f.fn)
	}
	for _, o := range v.objects {
		if o.class != nil {
			k.known(o.class)
		}
	}
	for _, f := range v.flows {
		k.text(string(f.label))
	}
	k.flag(v.element)
}

func (k *key) kind(v *value) {
	if v.kind == nil {
		k.num(0)
		return
	}
	k.known(v.kind)
}
