package celpolicy

import (
	"fmt"
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/wswarden/wswarden/internal/jsonscan"
)

// value returns v as CEL knows it. Where the schema declares a type, that type
// decides: a number of type "number" is a double however it is written. Without
// one a number without a fraction is an int, if it fits.
func (e *evaluation) value(v jsonscan.Value, s *shape) ref.Val {
	switch v.Kind() {
	case jsonscan.Null:
		if s.kind == kindAny || s.nullable {
			return types.NullValue
		}
	case jsonscan.Bool:
		if s.kind == kindAny || s.kind == kindBool {
			return types.Bool(v.Bool())
		}
	case jsonscan.Number:
		if n := number(v, s.kind); n != nil {
			return n
		}
	case jsonscan.String:
		if s.kind == kindAny || s.kind == kindString {
			return types.String(v.AppendText(nil))
		}
	case jsonscan.Array:
		if s.kind == kindAny || s.kind == kindList {
			return e.array(v, s)
		}
	case jsonscan.Object:
		if s.kind == kindAny || s.kind == kindMap || s.kind == kindObject {
			return e.object(v, s)
		}
	}
	// The schema was not in force, as in monitor mode.
	return fail(errType)
}

// number returns v, or nil if it is not what the schema declares.
func number(v jsonscan.Value, k kind) ref.Val {
	switch k {
	case kindInt, kindAny:
		if n, ok := v.Int64(); ok {
			return types.Int(n)
		}
		if k == kindInt {
			return fail(errRange)
		}
	case kindDouble:
	default:
		return nil
	}
	f, ok := v.Float64()
	if !ok {
		return fail(errRange)
	}
	return types.Double(f)
}

// object is an object of the message. It is good during one evaluation.
type object struct {
	e *evaluation
	v jsonscan.Value
	s *shape
}

// Get implements traits.Indexer.
func (o *object) Get(key ref.Val) ref.Val {
	if v, _ := o.Find(key); v != nil {
		return v
	}
	return fail(errMissing)
}

// Find implements traits.Mapper.
func (o *object) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return fail(errType), false
	}
	return o.field(string(name))
}

func (o *object) field(name string) (ref.Val, bool) {
	v := o.v.Get(name)
	if !v.Exists() {
		return nil, false
	}
	return o.e.value(v, o.s.member(name)), true
}

// FindStringKey spares the interpreter a conversion of the name.
func (o *object) FindStringKey(name string) (any, bool) {
	v, ok := o.field(name)
	return v, ok
}

// Contains implements traits.Container.
func (o *object) Contains(key ref.Val) ref.Val {
	name, ok := key.(types.String)
	if !ok {
		return fail(errType)
	}
	return types.Bool(o.v.Get(string(name)).Exists())
}

// Size implements traits.Sizer.
func (o *object) Size() ref.Val { return types.Int(o.v.Len()) }

// Equal implements ref.Val.
func (o *object) Equal(other ref.Val) ref.Val {
	m, ok := other.(mapper)
	if !ok || m.Size() != o.Size() {
		return types.False
	}
	for name, v := range o.v.Members() {
		key := string(name)
		theirs, found := m.Find(types.String(key))
		if !found {
			return types.False
		}
		if eq := types.Equal(o.e.value(v, o.s.member(key)), theirs); eq != types.True {
			return eq
		}
	}
	return types.True
}

// Type implements ref.Val.
func (o *object) Type() ref.Type { return types.MapType }

// Value implements ref.Val: the object stands for itself.
func (o *object) Value() any { return o }

// ConvertToType implements ref.Val.
func (o *object) ConvertToType(t ref.Type) ref.Val { return convert(o, t) }

// ConvertToNative implements ref.Val.
func (o *object) ConvertToNative(t reflect.Type) (any, error) { return nil, errNative(t) }

// array is an array of the message. It is good during one evaluation.
type array struct {
	e *evaluation
	v jsonscan.Value
	s *shape
}

// Get implements traits.Indexer.
func (a *array) Get(index ref.Val) ref.Val {
	i, err := types.GetOrError(index)
	if err != nil {
		return types.WrapErr(err)
	}
	v := a.v.Index(i)
	if !v.Exists() {
		return fail(errElement)
	}
	return a.e.value(v, a.s.part())
}

// Contains implements traits.Container.
func (a *array) Contains(want ref.Val) ref.Val {
	text, isText := want.(types.String)
	for v := range a.v.Elements() {
		if isText {
			if v.EqualText(string(text)) {
				return types.True
			}
		} else if types.Equal(want, a.e.value(v, a.s.part())) == types.True {
			return types.True
		}
	}
	return types.False
}

// Size implements traits.Sizer.
func (a *array) Size() ref.Val { return types.Int(a.v.Len()) }

// Add implements traits.Adder.
func (a *array) Add(other ref.Val) ref.Val { return a.copied().Add(other) }

// Equal implements ref.Val.
func (a *array) Equal(other ref.Val) ref.Val {
	l, ok := other.(lister)
	if !ok || l.Size() != a.Size() {
		return types.False
	}
	theirs := l.Iterator()
	for v := range a.v.Elements() {
		if eq := types.Equal(a.e.value(v, a.s.part()), theirs.Next()); eq != types.True {
			return eq
		}
	}
	return types.True
}

// Type implements ref.Val.
func (a *array) Type() ref.Type { return types.ListType }

// Value implements ref.Val: the array stands for itself.
func (a *array) Value() any { return a }

// ConvertToType implements ref.Val.
func (a *array) ConvertToType(t ref.Type) ref.Val { return convert(a, t) }

// ConvertToNative implements ref.Val.
func (a *array) ConvertToNative(t reflect.Type) (any, error) { return nil, errNative(t) }

func convert(v ref.Val, t ref.Type) ref.Val {
	switch t {
	case types.TypeType:
		return v.Type().(ref.Val)
	case v.Type():
		return v
	}
	return fail(errType)
}

func errNative(t reflect.Type) error { return fmt.Errorf("a value can't be converted to %v", t) }
