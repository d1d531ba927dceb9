package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// tupleType is the type of several results. No source has it.
const tupleType = ir.UnknownType + 1

// typeValue is what is known of a value by its declared type alone.
func (in *interp) typeValue(t *ir.Type, file *ir.File) *value {
	if t == nil {
		return nothing
	}
	switch t.Kind {
	case ir.NamedType:
		return in.namedType(t, file)
	case ir.PointerType:
		if len(t.Elems) == 1 {
			return in.typeValue(t.Elems[0], file)
		}
	case ir.UnionType:
		out := nothing
		for _, e := range t.Elems {
			out = join(out, in.typeValue(e, file))
		}
		return out
	case ir.SliceType, ir.MapType, ir.ChanType:
		return &value{typ: t, typFile: file, sockets: in.typeOfSockets(t, file)}
	case ir.StructType, ir.FuncType:
		return &value{typ: t, typFile: file}
	}
	return nothing
}

// wrappers are generic types that are their argument as far as we care.
var wrappers = map[string]bool{
	"Promise": true, "Awaited": true, "Readonly": true, "Partial": true, "Required": true, "NonNullable": true, "Ref": true,
	"Optional": true, "Annotated": true, "Awaitable": true, "Final": true, "ClassVar": true, "MutableRefObject": true, "RefObject": true,
	"typing.Optional": true, "typing.Annotated": true, "atomic.Pointer": true,
}

// containers are generic types of collections.
var containers = map[string]bool{
	"Array": true, "ReadonlyArray": true, "Set": true, "Map": true, "WeakMap": true, "WeakSet": true, "Record": true, "Iterable": true,
	"list": true, "List": true, "set": true, "Set_": true, "dict": true, "Dict": true, "tuple": true, "Tuple": true, "deque": true, "defaultdict": true, "frozenset": true,
	"typing.List": true, "typing.Dict": true, "typing.Set": true, "AsyncIterator": true, "AsyncGenerator": true, "Iterator": true, "Queue": true, "asyncio.Queue": true,
	"collections.defaultdict": true, "collections.deque": true, "WeakSet_": true, "weakref.WeakSet": true, "Sequence": true, "Mapping": true,
}

func (in *interp) namedType(t *ir.Type, file *ir.File) *value {
	if len(t.Elems) > 0 {
		switch {
		case wrappers[t.Name]:
			return in.typeValue(t.Elems[0], file)
		case containers[t.Name]:
			return &value{typ: t, typFile: file, sockets: in.typeOfSockets(t, file)}
		}
	}
	v := in.prog.typeName(in, file, t.Name)
	if v == nil {
		return nothing
	}
	out := nothing
	if v.class != nil {
		out = in.instanceOf(v.class)
	}
	if v.sym != "" {
		if k := in.prog.indexes[file.Lang].Type(v.sym); k != nil {
			out = join(out, in.kindValue(k, nil))
		}
	}
	return out
}

// typedElem is an element of a value of a collection's type.
func (in *interp) typedElem(t *ir.Type, file *ir.File) *value {
	switch {
	case t.Kind == ir.SliceType, t.Kind == ir.ChanType, t.Kind == ir.MapType:
		if n := len(t.Elems); n > 0 {
			return in.typeValue(t.Elems[n-1], file)
		}
	case t.Kind == ir.NamedType && containers[t.Name] && len(t.Elems) > 0:
		return in.typeValue(t.Elems[len(t.Elems)-1], file)
	case t.Kind == ir.PointerType && len(t.Elems) == 1:
		return in.typedElem(t.Elems[0], file)
	}
	return nothing
}

// typedField is a field of a value of a struct type that is written in place.
func (in *interp) typedField(t *ir.Type, file *ir.File, name string) *value {
	if t.Kind == ir.PointerType && len(t.Elems) == 1 {
		t = t.Elems[0]
	}
	for _, f := range t.Fields {
		if f.Name == name {
			return in.typeValue(f.Type, file)
		}
	}
	return nothing
}

// typeOfSockets reports whether a collection's type is one of connections.
func (in *interp) typeOfSockets(t *ir.Type, file *ir.File) bool {
	if in.nesting > maxNesting/2 {
		return false
	}
	for _, e := range t.Elems {
		in.nesting++
		ok := in.isConnection(in.typeValue(e, file))
		in.nesting--
		if ok {
			return true
		}
	}
	return false
}

// isConnection reports whether a value is a connection, or an object of the
// program that holds one.
func (in *interp) isConnection(v *value) bool {
	if v == nil {
		return false
	}
	if v.kind != nil && (v.kind.Is == "socket") {
		return true
	}
	for _, o := range v.objects {
		if o.class != nil && in.prog.holdsSocket(in, o.class) {
			return true
		}
		if o.class == nil && !o.list {
			for _, name := range o.order {
				if f := o.fields[name]; f.kind != nil && f.kind.Is == "socket" {
					return true
				}
			}
		}
	}
	return false
}

// basicType is the word for a predeclared type that pins data, or empty.
func basicType(t *ir.Type) string {
	if t == nil || t.Kind != ir.NamedType {
		return ""
	}
	switch t.Name {
	case "string", "str":
		return "string"
	case "float64", "float32", "float", "number", "Decimal", "json.Number":
		return "number"
	case "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32", "uint64", "bigint":
		return "integer"
	case "bool", "boolean":
		return "boolean"
	case "UUID", "uuid.UUID":
		return "uuid"
	}
	if strings.HasSuffix(t.Name, ".UUID") {
		return "uuid"
	}
	return ""
}
