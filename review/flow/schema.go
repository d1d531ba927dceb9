package flow

import (
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// A schema is the shape that a validator in view gives data: types by access
// path, such as "user.id".
type schema map[string]string

// schemaDepth bounds nested objects.
const schemaDepth = 4

// typedBySchema pins fields to the types that a schema in view gives them: one
// that was built by calls (z.object({id: z.string()})), or the declared fields
// of a class.
func (in *interp) typedBySchema(self *value, c *callSpec, v *value) *value {
	s := in.schemaOf(self, c)
	if len(s) == 0 {
		return v
	}
	return v.mapFlows(func(f flow) *flow {
		f.shape = s
		f.base = f.field
		if t := s[""]; t != "" && stronger(t, f.typ) {
			f.typ = t
		}
		return &f
	})
}

// pinned applies the schema that data passed to a field that is read from it.
func (f flow) pinned() *flow {
	if f.shape == nil {
		return &f
	}
	path := strings.TrimPrefix(strings.TrimPrefix(f.field, f.base), ".")
	t, ok := f.shape[path]
	if !ok {
		t = f.shape["*"] // of a map; anything else is not checked, but expected
		if t == "" {
			t = "any"
		}
	}
	if stronger(t, f.typ) {
		f.typ = t
	}
	return &f
}

func (in *interp) schemaOf(self *value, c *callSpec) schema {
	out := schema{}
	if self != nil && self.typed != nil {
		return self.typed
	}
	if ref := in.validatedClass(self, c); ref != nil {
		in.classSchema(out, "", ref, 0)
	}
	return out
}

// validatedClass is the class of the program whose instances a call makes of
// data: Message.model_validate(x), Message(**x).
func (in *interp) validatedClass(self *value, c *callSpec) *classRef {
	switch {
	case c.callee.ofClass != nil:
		return c.callee.ofClass
	case c.callee.class != nil:
		return c.callee.class
	case c.recv.class != nil:
		return c.recv.class
	case self != nil && self.class != nil:
		return self.class
	}
	return nil
}

// classSchema adds the declared types of a class's fields.
func (in *interp) classSchema(out schema, path string, ref *classRef, depth int) {
	if depth > schemaDepth {
		return
	}
	for _, b := range ref.bases {
		if b.class != nil && b.class != ref {
			in.classSchema(out, path, b.class, depth+1)
		}
	}
	for _, f := range ref.class.Fields {
		in.typeSchema(out, below(path, f.Name), f.Type, ref.file, depth)
	}
}

func (in *interp) typeSchema(out schema, path string, t *ir.Type, file *ir.File, depth int) {
	if name := declaredPin(t); name != "" {
		out[path] = name
		return
	}
	if t == nil {
		return
	}
	if v := in.typeValue(t, file); len(v.objects) > 0 && v.objects[0].class != nil {
		in.classSchema(out, path, v.objects[0].class, depth+1)
	}
}

// declaredPin is the word for a declared type that a validator enforces.
func declaredPin(t *ir.Type) string {
	if t == nil {
		return ""
	}
	if name := basicType(t); name != "" {
		return name
	}
	switch t.Kind {
	case ir.PointerType:
		if len(t.Elems) == 1 {
			return declaredPin(t.Elems[0])
		}
	case ir.LiteralType:
		return fixedElement
	case ir.UnionType:
		return commonPin(t.Elems)
	}
	switch t.Name {
	case "Literal", "typing.Literal", "Enum":
		return fixedElement
	case "Optional", "typing.Optional", "Annotated", "typing.Annotated":
		if len(t.Elems) > 0 {
			return declaredPin(t.Elems[0])
		}
	case "StrictStr", "EmailStr", "constr", "pydantic.EmailStr", "pydantic.StrictStr":
		return "string"
	case "StrictInt", "conint", "PositiveInt", "NonNegativeInt", "time.Duration":
		return "integer"
	case "StrictBool":
		return "boolean"
	case "UUID4", "UUID1", "pydantic.UUID4":
		return "uuid"
	}
	return ""
}

// commonPin is what all members of a union pin data to; None is none of them.
func commonPin(list []*ir.Type) string {
	out := ""
	for _, t := range list {
		if t != nil && (t.Name == "None" || t.Name == "null" || t.Name == "undefined") {
			continue
		}
		p := declaredPin(t)
		if p == "" || out != "" && p != out {
			return ""
		}
		out = p
	}
	return out
}

// built notes what a call of a schema's builder makes: z.object({…}) the shapes
// of the fields, z.string() a string, s.uuid() something narrower.
func (in *interp) built(name, typ string, c *callSpec, self, out *value) *value {
	if out.kind == nil || out.kind.Is != "schema" {
		return out
	}
	s := schema{}
	if self != nil && self.kind != nil && self.kind.Is == "schema" {
		for path, t := range self.typed {
			s[path] = t
		}
	}
	if typ != "" {
		if !stronger(s[""], typ) {
			s[""] = typ
		}
	}
	switch name {
	case "object", "strictObject", "looseObject", "keys", "extend", "type", "shape", "Object", "interface", "concat", "append", "struct", "merge", "and", "intersection", "omit", "pick", "partial":
		for _, a := range c.args {
			in.objectSchema(s, a.v)
		}
	case "array", "list", "Array", "items", "tuple":
		for _, a := range c.args {
			for path, t := range a.v.typed {
				s[below("[]", path)] = t
			}
		}
	case "union", "or", "discriminatedUnion", "alternatives", "try", "variant", "Union":
		in.unionSchema(s, c)
	case "any", "unknown", "custom", "record", "map", "mixed":
		s[""] = "any"
	}
	if len(s) == 0 {
		return out
	}
	return out.with(func(v *value) { v.typed = s })
}

func below(path, name string) string {
	switch {
	case path == "":
		return name
	case name == "":
		return path
	}
	return path + "." + name
}

// objectSchema adds the fields of an object whose values are schemas.
func (in *interp) objectSchema(s schema, v *value) {
	for path, t := range v.typed { // merge(other)
		if _, ok := s[path]; !ok {
			s[path] = t
		}
	}
	for _, o := range v.objects {
		for _, name := range o.order {
			for path, t := range o.fields[name].typed {
				s[below(name, path)] = t
			}
		}
	}
}

// unionSchema adds what all alternatives say of a field.
func (in *interp) unionSchema(s schema, c *callSpec) {
	var list []*value
	for _, a := range c.args {
		for _, o := range a.v.objects {
			list = append(list, o.items...)
		}
		if len(a.v.typed) > 0 {
			list = append(list, a.v)
		}
	}
	seen := map[string]string{}
	clash := map[string]bool{}
	for _, v := range list {
		for path, t := range v.typed {
			if old, ok := seen[path]; ok && old != t {
				clash[path] = true
			}
			seen[path] = t
		}
	}
	for path, t := range seen {
		if !clash[path] {
			s[path] = t
		}
	}
}

// decodedTypes are the types of the fields of a struct that data is decoded into:
// a decoder refuses others.
func (in *interp) decodedTypes(target *value) schema {
	out := schema{}
	for _, o := range target.objects {
		if o.class != nil && len(o.class.class.Fields) > 0 {
			in.classSchema(out, "", o.class, 0)
		}
	}
	if t := target.typ; t != nil && t.Kind == ir.MapType && len(t.Elems) > 1 {
		if pin := declaredPin(t.Elems[1]); pin != "" {
			out["*"] = pin
		}
	}
	if t := target.typ; t != nil && t.Kind == ir.StructType {
		for _, f := range t.Fields {
			in.typeSchema(out, f.Name, f.Type, target.typFile, 0)
		}
	}
	return out
}
