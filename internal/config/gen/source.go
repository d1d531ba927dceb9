package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

// key is a key of the file as its struct field declares it.
type key struct {
	name    string
	comment string
	form    string // the Go type without pointer
	list    bool
	named   bool // a map by names that the author of the file chooses
	tag     reflect.StructTag
}

// sections reads the structs of the file, by the name of their type.
func sections(folder string) (map[string][]key, error) {
	files, err := filepath.Glob(filepath.Join(folder, "file*.go"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no file*.go in %q", folder)
	}
	out := map[string][]key{}
	for _, name := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, d := range tree.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range g.Specs {
				t, ok := spec.(*ast.TypeSpec)
				if !ok || !strings.HasPrefix(t.Name.Name, "file") {
					continue
				}
				if out[t.Name.Name], err = keysOf(t); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

func keysOf(t *ast.TypeSpec) ([]key, error) {
	fields, ok := t.Type.(*ast.StructType)
	if !ok {
		return nil, fmt.Errorf("%s is no struct", t.Name.Name)
	}
	var keys []key
	for _, f := range fields.Fields.List {
		if len(f.Names) != 1 || f.Tag == nil {
			return nil, fmt.Errorf("%s: every field needs one name and a tag", t.Name.Name)
		}
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			return nil, err
		}
		k := key{tag: reflect.StructTag(tag), comment: strings.Join(strings.Fields(f.Doc.Text()), " ")}
		k.name = k.tag.Get("yaml")
		k.form, k.list = formOf(f.Type)
		_, k.named = f.Type.(*ast.MapType)
		if k.name == "" || k.comment == "" {
			return nil, fmt.Errorf("%s.%s: the field needs a yaml tag and a comment", t.Name.Name, f.Names[0].Name)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// formOf returns the name of a type, without pointer, list and map.
func formOf(e ast.Expr) (name string, list bool) {
	switch t := e.(type) {
	case *ast.StarExpr:
		return formOf(t.X)
	case *ast.MapType:
		name, _ = formOf(t.Value)
		return name, false
	case *ast.ArrayType:
		name, _ = formOf(t.Elt)
		return name, true
	case *ast.SelectorExpr:
		name, _ = formOf(t.X)
		return name + "." + t.Sel.Name, false
	case *ast.Ident:
		return t.Name, false
	}
	return "", false
}
