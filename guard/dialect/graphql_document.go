package dialect

import "slices"

// Bounds of a document. They are far beyond what applications write: a document
// that needs more is made to cost its server.
const (
	graphQLTokens     = 8192 // of a document
	graphQLDepth      = 32   // of selections, values and types
	graphQLOperations = 32   // operations and fragments of a document
	graphQLFields     = 64   // fields at the root of an operation
)

// graphQLOperation is one operation of a document.
type graphQLOperation struct {
	kind string // query, mutation or subscription
	name string // empty for an anonymous one
	root graphQLSelection
}

// graphQLSelection is what a selection set holds on its first level.
type graphQLSelection struct {
	fields  []string // names, not aliases, with repetitions
	spreads []string // names of fragments
}

// graphQLDocument is an executable document as far as rules need it: which
// operations there are, and what each asks for at its root.
type graphQLDocument struct {
	lexer         graphQLLexer
	depth         int
	constant      bool // no variable may be used
	operations    []graphQLOperation
	fragments     map[string]graphQLSelection
	introspection bool // __schema or __type is asked for somewhere
}

// parseGraphQL reads a document (GraphQL, October 2021, section 2). Documents
// with type definitions are no executable ones, and errors.
func parseGraphQL(text string) (*graphQLDocument, error) {
	d := &graphQLDocument{lexer: graphQLLexer{text: text, tokens: graphQLTokens}}
	if err := d.lexer.next(); err != nil {
		return nil, err
	}
	for d.lexer.token != graphQLEnd {
		if len(d.operations)+len(d.fragments) == graphQLOperations {
			return nil, errGraphQL
		}
		if err := d.definition(); err != nil {
			return nil, err
		}
	}
	if len(d.operations) == 0 {
		return nil, errGraphQL
	}
	return d, nil
}

// operation returns the operation that a server would execute: the one named,
// or the only one (section 6.1, GetOperation).
func (d *graphQLDocument) operation(name string) (graphQLOperation, bool) {
	if name == "" {
		return d.operations[0], len(d.operations) == 1
	}
	i := slices.IndexFunc(d.operations, func(o graphQLOperation) bool { return o.name == name })
	if i < 0 {
		return graphQLOperation{}, false
	}
	return d.operations[i], true
}

// rootFields returns the names of the fields that an operation asks for at its
// root, also those in fragments, in order, each once.
func (d *graphQLDocument) rootFields(o graphQLOperation) ([]string, error) {
	var fields []string
	spread := map[string]bool{}
	pending := []graphQLSelection{o.root}
	for len(pending) > 0 {
		s := pending[0]
		pending = pending[1:]
		for _, name := range s.fields {
			if !slices.Contains(fields, name) {
				fields = append(fields, name)
			}
		}
		for _, name := range s.spreads {
			fragment, ok := d.fragments[name]
			if !ok {
				return nil, errGraphQL
			}
			if !spread[name] {
				spread[name] = true
				pending = append(pending, fragment)
			}
		}
		if len(fields) > graphQLFields {
			return nil, errGraphQL
		}
	}
	return fields, nil
}

// definition reads an operation or a fragment.
func (d *graphQLDocument) definition() error {
	if d.lexer.token == '{' {
		return d.addOperation(graphQLOperation{kind: "query"})
	}
	if d.lexer.token == graphQLString { // a description
		if err := d.lexer.next(); err != nil {
			return err
		}
	}
	if d.lexer.token != graphQLName {
		return errGraphQL
	}
	kind := d.lexer.value
	if err := d.lexer.next(); err != nil {
		return err
	}
	switch kind {
	case "query", "mutation", "subscription":
		return d.namedOperation(kind)
	case "fragment":
		return d.fragment()
	}
	return errGraphQL
}

func (d *graphQLDocument) namedOperation(kind string) error {
	o := graphQLOperation{kind: kind}
	if d.lexer.token == graphQLName {
		o.name = d.lexer.value
		if err := d.lexer.next(); err != nil {
			return err
		}
	}
	if d.lexer.token == '(' {
		if err := d.list('(', ')', d.variable); err != nil {
			return err
		}
	}
	if err := d.directives(); err != nil {
		return err
	}
	return d.addOperation(o)
}

func (d *graphQLDocument) addOperation(o graphQLOperation) error {
	if err := d.selectionSet(&o.root); err != nil {
		return err
	}
	for _, other := range d.operations {
		// Names are unique, and an anonymous operation stands alone (section 5.2).
		if o.name == "" || other.name == "" || o.name == other.name {
			return errGraphQL
		}
	}
	d.operations = append(d.operations, o)
	return nil
}

func (d *graphQLDocument) fragment() error {
	if d.lexer.token != graphQLName || d.lexer.value == "on" {
		return errGraphQL
	}
	name := d.lexer.value
	if err := d.lexer.next(); err != nil {
		return err
	}
	if d.lexer.token != graphQLName || d.lexer.value != "on" {
		return errGraphQL
	}
	if err := d.lexer.next(); err != nil {
		return err
	}
	if _, err := d.name(); err != nil {
		return err
	}
	if err := d.directives(); err != nil {
		return err
	}
	var s graphQLSelection
	if err := d.selectionSet(&s); err != nil {
		return err
	}
	if _, twice := d.fragments[name]; twice {
		return errGraphQL
	}
	if d.fragments == nil {
		d.fragments = map[string]graphQLSelection{}
	}
	d.fragments[name] = s
	return nil
}

// selectionSet reads what stands in braces. Fields go to s; a nil s throws them
// away.
func (d *graphQLDocument) selectionSet(s *graphQLSelection) error {
	return d.list('{', '}', func() error { return d.selection(s) })
}

func (d *graphQLDocument) selection(s *graphQLSelection) error {
	if d.lexer.token == graphQLSpread {
		return d.spread(s)
	}
	name, err := d.name()
	if err != nil {
		return err
	}
	if d.lexer.token == ':' { // it was an alias
		if err := d.lexer.next(); err != nil {
			return err
		}
		if name, err = d.name(); err != nil {
			return err
		}
	}
	d.introspection = d.introspection || name == "__schema" || name == "__type"
	if s != nil {
		if s.fields = append(s.fields, name); len(s.fields) > graphQLFields {
			return errGraphQL
		}
	}
	if d.lexer.token == '(' {
		if err := d.list('(', ')', d.argument); err != nil {
			return err
		}
	}
	if err := d.directives(); err != nil {
		return err
	}
	if d.lexer.token == '{' {
		return d.selectionSet(nil)
	}
	return nil
}

// spread reads a fragment's name or a fragment in place.
func (d *graphQLDocument) spread(s *graphQLSelection) error {
	if err := d.lexer.next(); err != nil {
		return err
	}
	if d.lexer.token == graphQLName && d.lexer.value != "on" {
		if s != nil {
			if s.spreads = append(s.spreads, d.lexer.value); len(s.spreads) > graphQLFields {
				return errGraphQL
			}
		}
		if err := d.lexer.next(); err != nil {
			return err
		}
		return d.directives()
	}
	if d.lexer.token == graphQLName { // on
		if err := d.lexer.next(); err != nil {
			return err
		}
		if _, err := d.name(); err != nil {
			return err
		}
	}
	if err := d.directives(); err != nil {
		return err
	}
	return d.selectionSet(s)
}

func (d *graphQLDocument) directives() error {
	for d.lexer.token == '@' {
		if err := d.lexer.next(); err != nil {
			return err
		}
		if _, err := d.name(); err != nil {
			return err
		}
		if d.lexer.token == '(' {
			if err := d.list('(', ')', d.argument); err != nil {
				return err
			}
		}
	}
	return nil
}

// list reads one or more of what read reads, between two punctuators.
func (d *graphQLDocument) list(from, to graphQLToken, read func() error) error {
	some := false
	err := d.sequence(from, to, func() error {
		some = true
		return read()
	})
	if err == nil && !some {
		return errGraphQL
	}
	return err
}

// sequence is a list that may be empty.
func (d *graphQLDocument) sequence(from, to graphQLToken, read func() error) error {
	if err := d.enter(); err != nil {
		return err
	}
	if err := d.punctuator(from); err != nil {
		return err
	}
	for d.lexer.token != to {
		if err := read(); err != nil {
			return err
		}
	}
	d.depth--
	return d.lexer.next()
}

func (d *graphQLDocument) enter() error {
	if d.depth++; d.depth > graphQLDepth {
		return errGraphQL
	}
	return nil
}

func (d *graphQLDocument) punctuator(p graphQLToken) error {
	if d.lexer.token != p {
		return errGraphQL
	}
	return d.lexer.next()
}

func (d *graphQLDocument) name() (string, error) {
	if d.lexer.token != graphQLName {
		return "", errGraphQL
	}
	name := d.lexer.value
	return name, d.lexer.next()
}
