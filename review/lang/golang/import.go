package golang

import (
	"path"
	"strconv"
	"strings"
	"unicode"

	"github.com/wswarden/wswarden/review/ir"
	"github.com/wswarden/wswarden/review/syntax"
)

func (l *lowerer) importDeclaration(dst []ir.Stmt, n syntax.Node) []ir.Stmt {
	for c := range parts(n) {
		switch c.Kind() {
		case "import_spec":
			dst = append(dst, l.importSpec(c))
		case "import_spec_list", "ERROR":
			dst = l.importDeclaration(dst, c)
		}
	}
	return dst
}

func (l *lowerer) importSpec(n syntax.Node) *ir.Import {
	i := &ir.Import{Pos: l.pos(n), Module: l.unquote(field(n, "path"))}
	switch name := field(n, "name"); name.Kind() {
	case "dot":
		i.Star = true
	case "blank_identifier":
	case "":
		i.Local = l.packageName(i.Module)
	default:
		i.Local = l.text(name)
	}
	if i.Local != "" {
		l.packages[i.Local] = true
	}
	return i
}

// packageName guesses the name of an imported package from its path, as the Go
// tools do: the clause that declares it is in another module. Where the file
// doesn't use that name, another that the path suggests is taken if it does.
func (l *lowerer) packageName(importPath string) string {
	assumed := assumedName(importPath)
	if l.uses(assumed) {
		return assumed
	}
	for _, name := range otherNames(importPath) {
		if l.uses(name) && !l.packages[name] {
			return name
		}
	}
	return assumed
}

// assumedName is the rule of goimports: the last element that is no version,
// without "go-" in front, up to what can't be part of a name.
func assumedName(importPath string) string {
	name := strings.TrimPrefix(lastElement(importPath), "go-")
	if i := strings.IndexFunc(name, isNoLetter); i >= 0 {
		name = name[:i]
	}
	return name
}

func lastElement(importPath string) string {
	base := path.Base(importPath)
	if _, err := strconv.Atoi(strings.TrimPrefix(base, "v")); err == nil && base[0] == 'v' {
		if dir := path.Dir(importPath); dir != "." {
			return path.Base(dir)
		}
	}
	return base
}

func isNoLetter(r rune) bool {
	return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// otherNames are names that packages have at paths where assumedName is wrong:
// go-socket.io holds socketio, some.thing-go holds thing.
func otherNames(importPath string) []string {
	last := lastElement(importPath)
	words := strings.FieldsFunc(last, isNoLetter)
	names := []string{strings.Join(words, "")}
	if len(words) > 1 {
		names = append(names, strings.Join(words[1:], ""), strings.Join(words[:len(words)-1], ""), strings.Join(words, "_"))
		names = append(names, words...)
	}
	return names
}

// uses reports whether the file has the name in front of a dot, as the names of
// packages are.
func (l *lowerer) uses(name string) bool {
	if l.used == nil {
		l.used = map[string]bool{}
		for n := range l.root.Descendants() {
			switch n.Kind() {
			case "selector_expression":
				if x := field(n, "operand"); x.Kind() == "identifier" {
					l.used[x.Text()] = true
				}
			case "qualified_type":
				l.used[field(n, "package").Text()] = true
			}
		}
	}
	return l.used[name]
}
