package syntax

import "context"

// A Language is one of the grammars.
type Language uint8

// The languages. JavaScript's grammar reads JSX too; TypeScript's doesn't,
// because "<T>x" is a type assertion there and an element in TSX.
const (
	JavaScript Language = iota + 1
	TypeScript
	TSX
	Python
	Go
	HTML
)

// languageNames are the names that build/grammars gives the grammars, in the
// same order.
var languageNames = [...]string{
	JavaScript: "javascript",
	TypeScript: "typescript",
	TSX:        "tsx",
	Python:     "python",
	Go:         "go",
	HTML:       "html",
}

// String returns the grammar's name, such as "typescript".
func (l Language) String() string {
	if !l.valid() {
		return "unknown language"
	}
	return languageNames[l]
}

func (l Language) valid() bool { return l >= JavaScript && int(l) < len(languageNames) }

// Languages returns all languages.
func Languages() []Language {
	all := make([]Language, 0, len(languageNames)-1)
	for l := JavaScript; l.valid(); l++ {
		all = append(all, l)
	}
	return all
}

// KindID returns the number that Node.KindID gives nodes of a kind: that of the
// named kind if there is one, otherwise that of the token, and 0 if the grammar
// knows neither. It loads the grammars if no parser did so yet, hence it isn't
// for package variables. It returns 0 for everything if they can't be loaded.
func (l Language) KindID(kind string) uint16 {
	if !l.valid() {
		return 0
	}
	m, err := sharedModule(context.Background(), "")
	if err != nil {
		return 0
	}
	return m.grammars[l].ids[kind]
}

// A grammar holds the names that one language's trees use.
type grammar struct {
	kinds  []string // by symbol
	named  []bool   // by symbol
	fields []string // by field number; 0 is no field
	ids    map[string]uint16
}

// ERROR is the one kind that is in no grammar's table.
const (
	errorSymbol = 0xFFFF
	errorKind   = "ERROR"
)

func newGrammar() *grammar {
	return &grammar{fields: []string{""}, ids: map[string]uint16{errorKind: errorSymbol}}
}

func (g *grammar) kind(symbol uint16) string {
	if int(symbol) < len(g.kinds) {
		return g.kinds[symbol]
	}
	return errorKind
}

func (g *grammar) field(number uint8) string {
	if int(number) < len(g.fields) {
		return g.fields[number]
	}
	return ""
}

func (g *grammar) isNamed(symbol uint16) bool {
	return int(symbol) >= len(g.named) || g.named[symbol]
}

// addKind adds the next symbol. Nodes of its kind have the symbol public.
func (g *grammar) addKind(kind string, class symbolClass, public uint16) {
	named := class == classNamed
	if kind == "" && class == classToken {
		kind = "\x00" // Go's grammar has it, and it ends the string it is in
	}
	g.kinds = append(g.kinds, kind)
	g.named = append(g.named, named)
	if _, taken := g.ids[kind]; named || class == classToken && !taken {
		g.ids[kind] = public
	}
}
