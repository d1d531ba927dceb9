package asyncapi

import (
	"net/url"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// target is where a reference leads to.
type target struct {
	node
	pointer []string // the way to it from the top of its file
}

// name is the last step of the way, the key that the target stands under.
func (t target) name() string {
	if len(t.pointer) == 0 {
		return strings.TrimSuffix(path.Base(t.file.name), path.Ext(t.file.name))
	}
	return t.pointer[len(t.pointer)-1]
}

// key identifies the target within the document.
func (t target) key() string {
	var b strings.Builder
	b.WriteString(t.file.name)
	b.WriteByte('#')
	for _, step := range t.pointer {
		b.WriteByte('/')
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(step, "~", "~0"), "/", "~1"))
	}
	return b.String()
}

// reference returns the reference that n is, if it is one.
func reference(n node) (ref node, ok bool) {
	for key, value := range n.members() {
		if key.Value == "$ref" {
			return value, true
		}
	}
	return node{}, false
}

// follow returns what n refers to, over any number of steps; n itself if it is
// no reference. Members beside a $ref are problems: AsyncAPI ignores them.
func (l *loader) follow(t target, what string) (target, bool) {
	for range maxHops {
		ref, ok := reference(t.node)
		if !ok {
			return t, true
		}
		if len(t.Content) > 2 {
			l.problem(t.node, "%s has members beside its $ref, which AsyncAPI ignores: remove them", what)
			return t, false
		}
		if t, ok = l.resolve(ref); !ok {
			return t, false
		}
	}
	l.problem(t.node, "%s is a reference that leads in a circle, or over more than %d others", what, maxHops)
	return t, false
}

// resolve returns the target of one reference.
func (l *loader) resolve(ref node) (target, bool) {
	text, ok := l.text(ref, "$ref")
	if !ok {
		return target{}, false
	}
	address, fragment, _ := strings.Cut(text, "#")
	f := ref.file
	if address != "" {
		if f = l.beside(ref, address); f == nil {
			return target{}, false
		}
	}
	if f.top.Node == nil {
		return target{}, false // it could not be read, which is noted
	}
	return l.point(ref, f, fragment)
}

// beside returns the file that a reference names, nil if there is a problem.
func (l *loader) beside(ref node, address string) *file {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.RawQuery != "" || u.Path == "":
		l.problem(ref, "$ref %q is no reference that is understood", clip(address))
		return nil
	case u.Scheme != "" || u.Host != "":
		l.problem(ref, "$ref %q leads to a network: keep a copy of the file beside the document", clip(address))
		return nil
	}
	name := path.Join(path.Dir(ref.file.name), u.Path)
	if path.IsAbs(u.Path) || !filepath.IsLocal(filepath.FromSlash(name)) {
		l.problem(ref, "$ref %q leads out of the folder of the document", clip(address))
		return nil
	}
	f, err := l.open(name)
	if err != nil {
		l.problem(ref, "read %q: %v", clip(name), cause(err))
		return nil
	}
	return f
}

// point follows a JSON pointer (RFC 6901) in the fragment of a reference.
func (l *loader) point(ref node, f *file, fragment string) (target, bool) {
	t := target{node: f.top}
	plain, err := url.PathUnescape(fragment)
	if err != nil || plain != "" && plain[0] != '/' {
		l.problem(ref, "$ref %q: only JSON pointers such as #/components/messages/order are understood behind #", clip(ref.Value))
		return t, false
	}
	if plain == "" {
		return t, true
	}
	for step := range strings.SplitSeq(plain[1:], "/") {
		step = strings.ReplaceAll(strings.ReplaceAll(step, "~1", "/"), "~0", "~")
		next, ok := t.step(step)
		if !ok {
			l.problem(ref, "$ref %q points to nothing", clip(ref.Value))
			return t, false
		}
		t = target{next, append(t.pointer, step)}
	}
	return t, true
}

// step returns the member or element of this name.
func (n node) step(name string) (node, bool) {
	if n.Kind == yaml.SequenceNode {
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= len(n.Content) || strconv.Itoa(i) != name {
			return node{}, false
		}
		return n.child(n.Content[i]), true
	}
	for key, value := range n.members() {
		if key.Value == name {
			return value, true
		}
	}
	return node{}, false
}
