package celpolicy

import (
	"maps"
	"slices"

	"cel.dev/cel-go/common/types"
)

// kind is what the schema says a value is. The zero kind says nothing: the value
// is typed when it is read.
type kind uint8

const (
	kindAny kind = iota
	kindBool
	kindInt
	kindDouble
	kindString
	kindList
	kindMap    // an object whose members are not declared
	kindObject // an object whose members are declared
)

// shape is what a JSON schema says of the type of a value: what CEL can make use
// of, and no more. It is immutable once built, and may refer to itself.
type shape struct {
	kind     kind
	nullable bool              // a scalar that may be null
	name     string            // of the CEL type of a kindObject
	fields   map[string]*shape // of a kindObject
	element  *shape            // of a kindList or kindMap
	most     int               // longest string, or number of elements; 0 if unknown
}

var anyShape = &shape{}

// celType returns how an expression sees a value of this shape.
func (s *shape) celType() *types.Type { return s.typeAt(0) }

func (s *shape) typeAt(depth int) *types.Type {
	if depth > maxSchemaDepth {
		return types.DynType // a list of lists of itself has no type
	}
	switch s.kind {
	case kindBool:
		return s.maybeNull(types.BoolType)
	case kindInt:
		return s.maybeNull(types.IntType)
	case kindDouble:
		return s.maybeNull(types.DoubleType)
	case kindString:
		return s.maybeNull(types.StringType)
	case kindList:
		return types.NewListType(s.element.typeAt(depth + 1))
	case kindMap:
		return types.NewMapType(types.StringType, s.element.typeAt(depth+1))
	case kindObject:
		return types.NewObjectType(s.name)
	}
	return types.DynType
}

func (s *shape) maybeNull(t *types.Type) *types.Type {
	if s.nullable {
		return types.NewNullableType(t)
	}
	return t
}

// member returns the shape of a member of an object of this shape.
func (s *shape) member(name string) *shape {
	switch s.kind {
	case kindObject:
		if f, ok := s.fields[name]; ok {
			return f
		}
	case kindMap:
		return s.element
	}
	return anyShape
}

// part returns the shape of the elements of a list of this shape.
func (s *shape) part() *shape {
	if s.kind == kindList || s.kind == kindMap {
		return s.element
	}
	return anyShape
}

// names returns the declared fields, sorted.
func (s *shape) names() []string { return slices.Sorted(maps.Keys(s.fields)) }

// objects returns every declared object within s, by the name of its type.
func (s *shape) objects() map[string]*shape {
	found, seen := map[string]*shape{}, map[*shape]bool{}
	var walk func(*shape)
	walk = func(s *shape) {
		if s == nil || seen[s] {
			return // lists may hold each other, as schemas may refer to each other
		}
		seen[s] = true
		if s.kind == kindObject {
			found[s.name] = s
		}
		for _, f := range s.fields {
			walk(f)
		}
		walk(s.element)
	}
	walk(s)
	return found
}
