package celpolicy

import (
	"maps"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// provider tells CEL of the declared objects of a message, and of the variables
// that are not JSON.
type provider struct {
	types.Provider
	objects map[string]*shape // by the name of their type
}

// FindStructType implements types.Provider.
func (p *provider) FindStructType(name string) (*types.Type, bool) {
	if p.objects[name] == nil && attributes[name] == nil {
		return p.Provider.FindStructType(name)
	}
	return types.NewTypeTypeWithParam(types.NewObjectType(name)), true
}

// FindStructFieldNames implements types.Provider.
func (p *provider) FindStructFieldNames(name string) ([]string, bool) {
	if s := p.objects[name]; s != nil {
		return s.names(), true
	}
	if own := attributes[name]; own != nil {
		return slices.Sorted(maps.Keys(own)), true
	}
	return p.Provider.FindStructFieldNames(name)
}

// FindStructFieldType implements types.Provider.
func (p *provider) FindStructFieldType(name, field string) (*types.FieldType, bool) {
	if s := p.objects[name]; s != nil {
		return fieldOf(s, field)
	}
	if own := attributes[name]; own != nil {
		return attributeOf(own, field)
	}
	return p.Provider.FindStructFieldType(name, field)
}

// NewValue implements types.Provider: messages are read, not made.
func (p *provider) NewValue(name string, fields map[string]ref.Val) ref.Val {
	if p.objects[name] != nil || attributes[name] != nil {
		return fail(errType)
	}
	return p.Provider.NewValue(name, fields)
}

// fieldOf returns how a declared field of an object is read.
func fieldOf(s *shape, name string) (*types.FieldType, bool) {
	f, ok := s.fields[name]
	if !ok {
		return nil, false
	}
	return &types.FieldType{
		Type: f.celType(),
		IsSet: func(target any) bool {
			o, ok := target.(*object)
			return ok && o.v.Get(name).Exists()
		},
		GetFrom: func(target any) (any, error) {
			o, ok := target.(*object)
			if !ok {
				return nil, errType
			}
			v := o.v.Get(name)
			if !v.Exists() {
				return nil, errMissing
			}
			return o.e.value(v, f), nil
		},
	}, true
}

func attributeOf(own map[string]attribute, name string) (*types.FieldType, bool) {
	a, ok := own[name]
	if !ok {
		return nil, false
	}
	return &types.FieldType{
		Type: a.typ,
		IsSet: func(target any) bool {
			e, ok := target.(*evaluation)
			return ok && a.get(e.facts) != nil
		},
		GetFrom: func(target any) (any, error) {
			e, ok := target.(*evaluation)
			if !ok {
				return nil, errType
			}
			if v := a.get(e.facts); v != nil {
				return v, nil
			}
			return nil, errMissing
		},
	}, true
}
