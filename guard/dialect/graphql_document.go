package dialect

import "slices"

// Bounds of a document. They are far beyond what applications write: a document
// that needs more is made to cost its server.
const (
	graphqlTokens     = 8192 // of a document
	graphqlDepth      = 32   // of selections, values and types
	graphqlOperations = 32   // operations and fragments of a document
	graphqlFields     = 64   // fields at the root of an operation
)

// graphqlOperation is one operation of a document.
type graphqlOperation struct {
	kind string // query, mutation or subscription
	name string // empty for an anonymous one
	root graphqlSelection
}

// graphqlSelection is what a selection set holds on its first level.
type graphqlSelection struct {
	fields  []string // names, not aliases, with repetitions
	spreads []string // names of fragments
}

// graphqlDocument is an executable document as far as rules need it: which
// operations there are, and what each asks for at its root.
type graphqlDocument struct {
	lexer         graphqlLexer
	depth         int
	operations    []graphqlOperation
	fragments     map[string]graphqlSelection
	introspection bool // __schema or __type is asked for somewhere
}

// parseGraphQL reads a document (GraphQL, October 2021, section 2). Documents
// with type definitions are no executable ones, and errors.
func parseGraphQL(text string) (*graphqlDocument, error) {
	d := &graphqlDocument{lexer: graphqlLexer{text: text, tokens: graphqlTokens}}
	if err := d.lexer.next(); err != nil {
		return nil, err
	}
	for d.lexer.token != graphqlEnd {
		if len(d.operations)+len(d.fragments) == graphqlOperations {
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
func (d *graphqlDocument) operation(name string) (graphqlOperation, bool) {
	if name == "" {
		return d.operations[0], len(d.operations) == 1
	}
	i := slices.IndexFunc(d.operations, func(o graphqlOperation) bool { return o.name == name })
	if i < 0 {
		return graphqlOperation{}, false
	}
	return d.operations[i], true
}

// rootFields returns the names of the fields that an operation asks for at its
// root, also those in fragments, in order, each once.
func (d *graphqlDocument) rootFields(o graphqlOperation) ([]string, error) {
	var fields []string
	spread := map[string]bool{}
	pending := []graphqlSelection{o.root}
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
		if len(fields) > graphqlFields {
			return nil, errGraphQL
		}
	}
	return fields, nil
}

// definition reads an operation or a fragment.
func (d *graphqlDocument) definition() error {
	if d.lexer.token == '{' {
		return d.addOperation(graphqlOperation{kind: "query"})
	}
	if d.lexer.token == graphqlString { // a description
		if err := d.lexer.next(); err != nil {
			return err
		}
	}
	if d.lexer.token != graphqlName {
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

func (d *graphqlDocument) namedOperation(kind string) error {
	o := graphqlOperation{kind: kind}
	if d.lexer.token == graphqlName {
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

func (d *graphqlDocument) addOperation(o graphqlOperation) error {
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

func (d *graphqlDocument) fragment() error {
	if d.lexer.token != graphqlName || d.lexer.value == "on" {
		return errGraphQL
	}
	name := d.lexer.value
	if err := d.lexer.next(); err != nil {
		return err
	}
	if d.lexer.token != graphqlName || d.lexer.value != "on" {
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
	var s graphqlSelection
	if err := d.selectionSet(&s); err != nil {
		return err
	}
	if _, twice := d.fragments[name]; twice {
		return errGraphQL
	}
	if d.fragments == nil {
		d.fragments = map[string]graphqlSelection{}
	}
	d.fragments[name] = s
	return nil
}

// selectionSet reads what stands in braces. Fields go to s; a nil s throws them
// away.
func (d *graphqlDocument) selectionSet(s *graphqlSelection) error {
	return d.list('{', '}', func() error { return d.selection(s) })
}

func (d *graphqlDocument) selection(s *graphqlSelection) error {
	if d.lexer.token == graphqlSpread {
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
		if s.fields = append(s.fields, name); len(s.fields) > graphqlFields {
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
func (d *graphqlDocument) spread(s *graphqlSelection) error {
	if err := d.lexer.next(); err != nil {
		return err
	}
	if d.lexer.token == graphqlName && d.lexer.value != "on" {
		if s != nil {
			if s.spreads = append(s.spreads, d.lexer.value); len(s.spreads) > graphqlFields {
				return errGraphQL
			}
		}
		if err := d.lexer.next(); err != nil {
			return err
		}
		return d.directives()
	}
	if d.lexer.token == graphqlName { // on
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

func (d *graphqlDocument) directives() error {
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

// argument reads an argument, or a field of an object.
func (d *graphqlDocument) argument() error {
	if _, err := d.name(); err != nil {
		return err
	}
	if err := d.punctuator(':'); err != nil {
		return err
	}
	return d.value()
}

// variable reads the definition of one.
func (d *graphqlDocument) variable() error {
	if err := d.punctuator('$'); err != nil {
		return err
	}
	if _, err := d.name(); err != nil {
		return err
	}
	if err := d.punctuator(':'); err != nil {
		return err
	}
	if err := d.typeReference(); err != nil {
		return err
	}
	if d.lexer.token == '=' {
		if err := d.lexer.next(); err != nil {
			return err
		}
		if err := d.value(); err != nil {
			return err
		}
	}
	return d.directives()
}

func (d *graphqlDocument) typeReference() error {
	if d.lexer.token == '[' {
		if err := d.enter(); err != nil {
			return err
		}
		if err := d.lexer.next(); err != nil {
			return err
		}
		if err := d.typeReference(); err != nil {
			return err
		}
		if err := d.punctuator(']'); err != nil {
			return err
		}
		d.depth--
	} else if _, err := d.name(); err != nil {
		return err
	}
	if d.lexer.token == '!' {
		return d.lexer.next()
	}
	return nil
}

func (d *graphqlDocument) value() error {
	switch d.lexer.token {
	case '$':
		if err := d.lexer.next(); err != nil {
			return err
		}
		_, err := d.name()
		return err
	case graphqlNumber, graphqlString, graphqlName:
		return d.lexer.next()
	case '[':
		return d.sequence('[', ']', d.value)
	case '{':
		return d.sequence('{', '}', d.argument)
	}
	return errGraphQL
}

// list reads one or more of what read reads, between two punctuators.
func (d *graphqlDocument) list(from, to graphqlToken, read func() error) error {
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
func (d *graphqlDocument) sequence(from, to graphqlToken, read func() error) error {
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

func (d *graphqlDocument) enter() error {
	if d.depth++; d.depth > graphqlDepth {
		return errGraphQL
	}
	return nil
}

func (d *graphqlDocument) punctuator(p graphqlToken) error {
	if d.lexer.token != p {
		return errGraphQL
	}
	return d.lexer.next()
}

func (d *graphqlDocument) name() (string, error) {
	if d.lexer.token != graphqlName {
		return "", errGraphQL
	}
	name := d.lexer.value
	return name, d.lexer.next()
}
