package celpolicy

import (
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

type (
	mapper = traits.Mapper
	lister = traits.Lister
)

var (
	_ traits.Mapper   = (*object)(nil)
	_ traits.Foldable = (*object)(nil)
	_ traits.Lister   = (*array)(nil)
	_ traits.Foldable = (*array)(nil)
)

// Fold implements traits.Foldable: comprehensions walk the members in one pass.
func (o *object) Fold(f traits.Folder) {
	for name, v := range o.v.Members() {
		key := string(name)
		if !f.FoldEntry(types.String(key), o.e.value(v, o.s.member(key))) {
			return
		}
	}
}

// Iterator implements traits.Iterable, over the names.
func (o *object) Iterator() traits.Iterator {
	names := make([]ref.Val, 0, o.v.Len())
	for name := range o.v.Members() {
		names = append(names, types.String(name))
	}
	return &iterator{rest: names}
}

// Fold implements traits.Foldable.
func (a *array) Fold(f traits.Folder) {
	i := 0
	for v := range a.v.Elements() {
		if !f.FoldEntry(types.Int(i), a.e.value(v, a.s.part())) {
			return
		}
		i++
	}
}

// Iterator implements traits.Iterable.
func (a *array) Iterator() traits.Iterator { return &iterator{rest: a.values()} }

// values returns the elements. Finding each by its position would take the square
// of the time.
func (a *array) values() []ref.Val {
	all := make([]ref.Val, 0, a.v.Len())
	for v := range a.v.Elements() {
		all = append(all, a.e.value(v, a.s.part()))
	}
	return all
}

func (a *array) copied() traits.Lister { return types.NewRefValList(adapter, a.values()) }

// iterator yields values that are known.
type iterator struct{ rest []ref.Val }

// HasNext implements traits.Iterator.
func (it *iterator) HasNext() ref.Val { return types.Bool(len(it.rest) > 0) }

// Next implements traits.Iterator.
func (it *iterator) Next() ref.Val {
	if len(it.rest) == 0 {
		return nil
	}
	next := it.rest[0]
	it.rest = it.rest[1:]
	return next
}

// Equal implements ref.Val.
func (it *iterator) Equal(ref.Val) ref.Val { return types.False }

// Type implements ref.Val.
func (it *iterator) Type() ref.Type { return types.IteratorType }

// Value implements ref.Val.
func (it *iterator) Value() any { return nil }

// ConvertToType implements ref.Val.
func (it *iterator) ConvertToType(t ref.Type) ref.Val { return convert(it, t) }

// ConvertToNative implements ref.Val.
func (it *iterator) ConvertToNative(t reflect.Type) (any, error) { return nil, errNative(t) }
