package ir

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
)

// Dump writes a file as indented text, for golden tests of lowerings: a node a
// line, with its line number, its set fields, and its children below.
func Dump(w io.Writer, f *File) error {
	d := dumper{w: w, file: f}
	d.line(0, fmt.Sprintf("file %s", f.Lang))
	if f.Package != "" {
		d.line(1, "package "+f.Package)
	}
	if f.Client {
		d.line(1, "client")
	}
	for _, e := range f.Exports {
		d.value(1, "export", reflect.ValueOf(e))
	}
	for _, s := range f.Body {
		d.value(1, "", reflect.ValueOf(s))
	}
	return d.err
}

// DumpNode returns one node as Dump writes it.
func DumpNode(f *File, n Node) string {
	var b strings.Builder
	d := dumper{w: &b, file: f}
	d.value(0, "", reflect.ValueOf(n))
	return b.String()
}

type dumper struct {
	w    io.Writer
	file *File
	err  error
}

func (d *dumper) line(depth int, text string) {
	if d.err == nil {
		_, d.err = fmt.Fprintf(d.w, "%s%s\n", strings.Repeat("  ", depth), text)
	}
}

// value writes one value. Structs become a line of their plain fields and
// children for the others; what is empty is left out.
func (d *dumper) value(depth int, label string, v reflect.Value) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	if label != "" {
		label += ": "
	}
	if v.Kind() != reflect.Struct {
		d.line(depth, label+plain(v))
		return
	}
	head := label + strings.ToLower(v.Type().Name())
	t := v.Type()
	var children []int
	for i := range t.NumField() {
		f := v.Field(i)
		switch {
		case t.Field(i).Name == "Pos":
			if p := f.Interface().(Pos); p.End > 0 {
				line, _ := d.file.Line(p.Start)
				head += " @" + strconv.Itoa(line)
			}
		case t.Field(i).Name == "NamePos" || !t.Field(i).IsExported() || f.IsZero() && t.Field(i).Name != "Kind":
		case t.Name() == "Func" && t.Field(i).Name == "Class":
			head += " of " + f.Interface().(*Class).Name
		case isPlain(f):
			if text := plain(f); text != "" {
				head += " " + strings.ToLower(t.Field(i).Name) + "=" + text
			}
		default:
			children = append(children, i)
		}
	}
	d.line(depth, head)
	for _, i := range children {
		f, name := v.Field(i), strings.ToLower(t.Field(i).Name)
		if f.Kind() != reflect.Slice {
			d.value(depth+1, name, f)
			continue
		}
		for j := range f.Len() {
			d.value(depth+1, name, f.Index(j))
		}
	}
}

func isPlain(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String, reflect.Bool, reflect.Uint8:
		return true
	}
	return false
}

// kindNames are the words for the enumerations, by their type.
var kindNames = map[reflect.Type][]string{
	reflect.TypeFor[FuncKind]():  {"", "constructor", "getter", "setter"},
	reflect.TypeFor[ClassKind](): {"", "struct", "interface", "enum"},
	reflect.TypeFor[TypeKind]():  {"", "pointer", "slice", "map", "func", "struct", "union", "literal", "chan", "unknown"},
	reflect.TypeFor[LitKind]():   {"string", "number", "bool", "null", "regexp", "bytes"},
	reflect.TypeFor[ListKind]():  {"", "tuple", "set"},
	reflect.TypeFor[DeclKind]():  {"", "var", "let", "const"},
	reflect.TypeFor[JumpKind]():  {"break", "continue", "goto"},
}

func plain(v reflect.Value) string {
	if names, ok := kindNames[v.Type()]; ok && int(v.Uint()) < len(names) {
		return names[v.Uint()]
	}
	switch v.Kind() {
	case reflect.String:
		return strconv.Quote(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	}
	return fmt.Sprint(v.Interface())
}
