package draft

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/yamltext"
	"github.com/wswarden/wswarden/review/model"
)

// A field is a member of a message, as far as handlers show it.
type field struct {
	name     string
	path     string
	kinds    map[string]bool // JSON types that checks and uses name
	optional bool            // the code asks whether it is there
	shown    bool            // it was read, or is declared
	declared bool            // a schema or a struct names it
	elements bool            // the code looks up something in it
	pattern  string          // tightened for a sink
	texts    bool            // it is a list of short texts
	members  []*field
}

// child returns the member of a field, and makes it.
func (f *field) child(name string) *field {
	for _, c := range f.members {
		if c.name == name {
			return c
		}
	}
	c := &field{name: name, path: below(f.path, name), kinds: map[string]bool{}}
	f.members = append(f.members, c)
	return c
}

// find returns the field of a path below f, or nil.
func (f *field) find(path string) *field {
	for _, name := range segments(path) {
		i := slices.IndexFunc(f.members, func(c *field) bool { return c.name == name })
		if i < 0 {
			return nil
		}
		f = f.members[i]
	}
	return f
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// textMethods and listMethods are what only texts, and only lists, have.
var (
	textMethods = words("trim toLowerCase toUpperCase startsWith endsWith split replace replaceAll substring substr charAt charCodeAt padStart padEnd localeCompare normalize match trimStart trimEnd lower upper strip lstrip rstrip startswith endswith encode casefold removeprefix removesuffix title isdigit isalnum isalpha splitlines")
	listMethods = words("map forEach filter push pop shift reduce some every flatMap findIndex splice flat append extend insert")
	// noFields are properties that values of any kind have.
	noFields = words("length size constructor prototype byteLength buffer")
)

// maxFields bounds the fields of one message, depth how far they are nested.
const (
	maxFields = 200
	maxDepth  = 4
)

// fieldsOf puts the fields together that a type of message has: those that are read
// under it, and those that are read whatever the type is.
func (r *route) fieldsOf(name string) *field {
	root := &field{kinds: map[string]bool{}}
	n := 0
	each := func(take func(rd *model.Read, path string)) {
		for _, e := range r.all() {
			for _, rd := range e.Reads {
				if len(rd.Messages) > 0 && !slices.Contains(rd.Messages, name) || slices.Contains(rd.Except, name) {
					continue
				}
				if path, ok := r.payload(rd.Field); ok && path != "" {
					take(rd, path)
				}
			}
		}
	}
	each(func(rd *model.Read, path string) {
		if rd.Opaque || rd.Checked && !rd.Declared || rd.Called || n >= maxFields {
			return
		}
		if root.show(path) {
			n++
		}
	})
	each(func(rd *model.Read, path string) { root.learn(rd, path) })
	// The field that names the type is declared by being that.
	if i := slices.IndexFunc(root.members, func(c *field) bool { return c.name == r.typeField }); i >= 0 {
		root.members = slices.Delete(root.members, i, i+1)
	}
	root.settle()
	return root
}

// show notes that a path is read. It reports whether it is a new field.
func (f *field) show(path string) bool {
	list := segments(path)
	if len(list) > maxDepth {
		return false
	}
	for i, name := range list {
		if name == "[]" || strings.Trim(name, "0123456789") == "" && name != "" {
			f.elements = true
			return false // what elements hold is left to the program
		}
		if name == "" || strings.ContainsAny(name, "#{}[]()") || noFields[name] {
			return false
		}
		if i < len(list)-1 {
			// What is read of a value is a member of it only where the value itself
			// comes out of the message: else it belongs to what was found by it.
			c := f.find(name)
			if c == nil || !c.shown {
				return false
			}
			f = c
			continue
		}
		f = f.child(name)
	}
	fresh := !f.shown
	f.shown = true
	return fresh
}

// learn notes what a read says of the type of a field.
func (f *field) learn(rd *model.Read, path string) {
	if rd.Called {
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			return
		}
		c := f.find(path[:i])
		switch method := path[i+1:]; {
		case c == nil:
		case textMethods[method]:
			c.kinds["string"] = true
		case listMethods[method]:
			c.kinds["array"] = true
		}
		return
	}
	c := f.find(path)
	if c == nil {
		return
	}
	c.declared = c.declared || rd.Declared
	switch rd.Type {
	case "string", "pattern", "slug", "uuid":
		c.kinds["string"] = true
	case "number", "integer", "boolean", "array", "object":
		c.kinds[rd.Type] = true
	case "present", "presence":
		c.optional = true
	}
}

// settle sorts the fields and drops those that nothing reads.
func (f *field) settle() {
	f.members = slices.DeleteFunc(f.members, func(c *field) bool { return !c.shown })
	slices.SortFunc(f.members, func(a, b *field) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name)), strings.Compare(a.name, b.name))
	})
	// Names that differ only in case are one for the guard, which refuses both at
	// once: the first stands for all.
	f.members = slices.CompactFunc(f.members, func(a, b *field) bool { return strings.EqualFold(a.name, b.name) })
	for _, c := range f.members {
		c.settle()
	}
}

// types are the JSON types of a field; nil where it may be anything.
func (f *field) types() []string {
	switch {
	case len(f.members) > 0:
		return []string{"object"}
	case f.elements:
		return nil // a list, or an object by names that are data
	}
	var out []string
	for _, t := range []string{"string", "number", "integer", "boolean", "array", "object"} {
		if f.kinds[t] {
			out = append(out, t)
		}
	}
	if f.kinds["number"] {
		// Where numbers count, a check that names other types is there to keep them
		// out, and a text beside them is how a test was written.
		out = []string{"number"}
		if f.kinds["string"] {
			out = []string{"string", "number"}
		}
	}
	if len(out) == 0 {
		if out = guess(f.path); len(out) > 0 && f.optional && !slices.Contains(out, "null") {
			out = append(out, "null") // the code asks whether it is there
		}
	}
	return out
}

// guess is what the name of a field says of its types; nil where it may be anything.
func guess(path string) []string {
	name := path[strings.LastIndexByte(path, '.')+1:]
	w := last(path)
	switch lower := strings.ToLower(name); {
	case strings.HasPrefix(lower, "is_") || strings.HasPrefix(lower, "has_") || len(name) > 2 && (strings.HasPrefix(name, "is") || strings.HasPrefix(name, "has")) && name[2] >= 'A' && name[2] <= 'Z' || flags[w]:
		return []string{"boolean", "string", "number", "null"}
	case w != "ids" && ids[w]:
		return []string{"string", "integer"}
	case containers[w] && !longTexts[w]:
		return nil
	case longTexts[w] && containers[w]:
		return nil
	case longTexts[w], texts[w], model.ClaimsIdentity(name):
		return []string{"string"}
	case numbers[w]:
		return []string{"number", "string"}
	case len(w) > 3 && strings.HasSuffix(w, "s") && !singular[w]:
		return nil // likely a list
	}
	return []string{"string", "number", "boolean", "null"}
}

// The longest texts: of a name, an id or an address; and of what people write, which
// the size of a message alone bounds.
const (
	shortText = 256
	longText  = defaultMessageBytes
)

// schema is the JSON Schema of a field.
func (f *field) schema() yamltext.Flow {
	var out yamltext.Flow
	list := f.types()
	switch len(list) {
	case 0:
		return yamltext.Flow{}
	case 1:
		out = append(out, yamltext.Member{Key: "type", Value: list[0]})
	default:
		all := yamltext.List{}
		for _, t := range list {
			all = append(all, t)
		}
		out = append(out, yamltext.Member{Key: "type", Value: all})
	}
	if slices.Contains(list, "string") {
		n := shortText
		if longTexts[last(f.path)] {
			n = longText
		}
		if w := last(f.path); w == "token" || w == "url" || w == "uri" || w == "link" || w == "query" {
			n = 2048
		}
		out = append(out, yamltext.Member{Key: "maxLength", Value: n})
		if f.pattern != "" {
			out = append(out, yamltext.Member{Key: "pattern", Value: f.pattern})
		}
	}
	if f.texts {
		out = append(out, yamltext.Member{Key: "maxItems", Value: maxListed}, yamltext.Member{Key: "items", Value: yamltext.Flow{{Key: "type", Value: "string"}, {Key: "maxLength", Value: shortText}}})
	}
	if len(f.members) > 0 {
		if f.closed() {
			out = append(out, yamltext.Member{Key: "additionalProperties", Value: false})
		}
		out = append(out, yamltext.Member{Key: "properties", Value: properties(f.members)})
	}
	return out
}

// list makes a field a list of short texts.
func (f *field) list() {
	f.kinds, f.elements, f.members, f.texts = map[string]bool{"array": true}, false, nil, true
}

// maxListed bounds the elements of a list that a condition walks through.
const maxListed = 64

// envelopes name the member that holds what a type of message is about: its fields
// are read one by one.
var envelopes = words("data payload body params args arguments content detail details")

// closed reports whether an object has the fields alone that the code reads: it is
// declared, or an envelope. Any other object may be handed on with all that is in it.
func (f *field) closed() bool {
	return envelopes[strings.ToLower(f.name)] || !slices.ContainsFunc(f.members, func(c *field) bool { return !c.declared })
}

func properties(list []*field) yamltext.Flow {
	var out yamltext.Flow
	for _, c := range list {
		out = append(out, yamltext.Member{Key: c.name, Value: c.schema()})
	}
	return out
}
