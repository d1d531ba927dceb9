package flow

import "github.com/wswarden/wswarden/review/ir"

// A scope holds the names that are declared in a function, block or file.
type scope struct {
	numbered
	parent *scope
	names  map[string]*binding
	fn     *activation // whose code it is; nil for the top level of a file
	module *module
	class  *classRef // around methods
	this   *value
	stars  []string // modules outside the program all of whose names are bound
}

// target is the scope that takes new names: at the top level of a Go file those
// of its package.
func (s *scope) target() *scope {
	if m := s.module; m != nil && m.pkg != nil && s == m.scope {
		return m.pkg.scope
	}
	return s
}

// A binding is one variable. Code that runs at another time than the code that
// declares it (a closure that is called later) sees all that it was ever given.
type binding struct {
	name string
	all  *value
	own  *activation
	typ  *ir.Type
	file *ir.File
}

func newScope(parent *scope) *scope {
	s := &scope{parent: parent, names: map[string]*binding{}}
	if parent != nil {
		s.fn, s.module, s.class, s.this = parent.fn, parent.module, parent.class, parent.this
	}
	return s
}

func (s *scope) lookup(name string) *binding {
	for ; s != nil; s = s.parent {
		if b := s.names[name]; b != nil {
			return b
		}
	}
	return nil
}

func (s *scope) declare(name string, own *activation) *binding {
	b := s.names[name]
	if b == nil {
		b = &binding{name: name, own: own}
		s.names[name] = b
	}
	return b
}

// A layer holds the current values of variables on one branch of an
// activation. What it lacks, the layer below has.
type layer struct {
	below  *layer
	values map[*binding]*value
}

func (l *layer) get(b *binding) (*value, bool) {
	for ; l != nil; l = l.below {
		if v, ok := l.values[b]; ok {
			return v, true
		}
	}
	return nil, false
}

func (l *layer) set(b *binding, v *value) {
	if l.values == nil {
		l.values = map[*binding]*value{}
	}
	l.values[b] = v
}

// merge joins the values of branches into l, their common layer below. A branch
// that left (nil) has no say. all says that one of the branches was taken for
// sure: if there is an else, a default.
func (l *layer) merge(branches []*layer, all bool) {
	var changed []*binding
	seen := map[*binding]bool{}
	for _, b := range branches {
		if b == nil {
			continue
		}
		for k := range b.values {
			if !seen[k] {
				seen[k] = true
				changed = append(changed, k)
			}
		}
	}
	for _, k := range changed {
		var v *value
		if old, ok := l.get(k); ok && !all {
			v = old
		}
		for _, b := range branches {
			if b == nil {
				continue
			}
			if w, ok := b.values[k]; ok {
				v = join(v, w)
			} else if old, ok := l.get(k); ok {
				v = join(v, old)
			}
		}
		if v == nil {
			v = nothing
		}
		l.set(k, v)
	}
}
