package ir

// An Expr is an expression. Its types are the pointers of this file.
type Expr interface {
	Node
	expr()
}

// A Name is an identifier. JavaScript's this and super, and Python's super, are
// names too; in Python and Go the receiver has the name that it is given.
type Name struct {
	Pos
	Name string
}

// A Lit is a literal.
type Lit struct {
	Pos
	Kind  LitKind
	Value string // strings are unescaped; a regular expression is its pattern
	Flags string // of a regular expression
}

// A LitKind tells literals apart.
type LitKind uint8

// The kinds of literals.
const (
	String LitKind = iota
	Number
	Bool   // Value is "true" or "false" in every language
	Null   // null, undefined, None, nil
	Regexp // JavaScript's /x/
	Bytes  // Python's b"x"
)

// A Template is a string with expressions in it: a template literal, an
// f-string. Its literal parts are Lits. "a" + b is a Binary, "%s" % b too.
type Template struct {
	Pos
	Parts []Expr
}

// A Member is x.name.
type Member struct {
	Pos
	X        Expr
	Name     string
	NamePos  Pos
	Optional bool // ?.
}

// An Index is x[key]. Key is nil for a slice x[a:b], which keeps x's content.
type Index struct {
	Pos
	X, Key   Expr
	Bounds   []Expr // of a slice; they say how much of x it is, and nothing flows from them
	Optional bool
}

// A Call is fn(args), new fn(args), or a tagged template, whose only argument
// is the Template. Python's keyword arguments and Go's conversions are calls
// like any other; so are make, len, append and new.
type Call struct {
	Pos
	Fn       Expr
	Types    []*Type // Go: type arguments that are written down
	Args     []Arg
	New      bool
	Optional bool
}

// An Arg is an argument of a call.
type Arg struct {
	Name   string // keyword; empty for a positional one
	Value  Expr
	Spread bool // ...x, *x; **x has Name "**"
}

// An Object is an object literal, dictionary, or Go's composite literal of a
// struct or map. As the target of an Assign, or as the pattern of a parameter,
// it takes a value apart: the values of its properties are targets.
type Object struct {
	Pos
	Type  *Type // of a composite literal; nil elsewhere
	Props []Prop
}

// A Prop is a property of an Object.
type Prop struct {
	Pos
	Name   string // of a fixed key; empty for computed keys and spreads
	Key    Expr   // of a computed key, or a fixed one that is no string; else nil
	Value  Expr
	Spread bool
	Kind   FuncKind // Getter or Setter where it is one
}

// A List is a list, array, tuple or set literal, Go's composite literal of a
// slice, the left side of a, b = c, and the value of return a, b.
type List struct {
	Pos
	Type  *Type // of a composite literal; nil elsewhere
	Kind  ListKind
	Elems []Expr // nil elements are holes of a pattern
}

// A ListKind tells lists apart.
type ListKind uint8

// The kinds of lists.
const (
	PlainList ListKind = iota
	Tuple
	Set
)

// A Spread is ...x or *x among the elements of a List.
type Spread struct {
	Pos
	X Expr
}

// A Default is a target that has a value where there is none: {a = 1} = x.
type Default struct {
	Pos
	Target, Value Expr
}

// A Unary is an operator before its operand: "!" (also not), "-", "+", "~",
// "typeof", "void", "delete", "&" and "*" (Go), "<-" (Go's receive).
// x++ is an Assign with Op "+".
type Unary struct {
	Pos
	Op string
	X  Expr
}

// A Binary is an operator between its operands. Comparisons have one spelling
// in all languages: "==", "!=", "<", "<=", ">", ">=", "in" (an element, or a
// property), "not in", "instanceof", "is", "is not". a < b < c is a Logical.
type Binary struct {
	Pos
	Op     string
	X, Y   Expr
	Strict bool // === and !==; always true outside JavaScript
}

// A Logical is "&&" (also and), "||" (also or) or "??".
type Logical struct {
	Pos
	Op   string
	X, Y Expr
}

// A Cond is test ? then : else.
type Cond struct {
	Pos
	Test, Then, Else Expr
}

// An Assign binds Value to Target. It is an expression in every language, so
// that one form does for all of them.
type Assign struct {
	Pos
	Target Expr // Name, Member, Index, or an Object or List that takes apart
	Op     string
	Value  Expr // nil for a declaration without value
	Decl   DeclKind
	Type   *Type // declared
}

// A DeclKind tells declarations from assignments.
type DeclKind uint8

// The kinds of declarations.
const (
	NoDecl DeclKind = iota
	Var             // var; Go's var and :=; Python never declares
	Let
	Const
)

// A FuncLit is a function as a value.
type FuncLit struct {
	Pos
	Func *Func
}

// A ClassLit is a class as a value.
type ClassLit struct {
	Pos
	Class *Class
}

// An Await waits for x. Python's await and yield from are Awaits.
type Await struct {
	Pos
	X Expr
}

// A Yield hands x to who iterates.
type Yield struct {
	Pos
	X Expr // nil without value
}

// A Cast says that x has a type: x as T, x.(T), <T>x, cast(T, x), x!.
type Cast struct {
	Pos
	X    Expr
	Type *Type // nil for x!
	// Checked says that a wrong type is found out (Go's x.(T)).
	Checked bool
}

// A TypeExpr is a type in the place of an expression that is more than a name:
// the []byte of []byte(x), the map[K]V of make(map[K]V).
type TypeExpr struct {
	Pos
	Type *Type
}

// A Comp is a comprehension: [Elem for Target in Iter if Cond ...].
type Comp struct {
	Pos
	Key, Elem Expr // Key only of a dictionary
	Clauses   []CompClause
}

// A CompClause is one "for" of a Comp with the conditions behind it.
type CompClause struct {
	Target, Iter Expr
	Conds        []Expr
}

// An Element is an element of JSX or of the markup of a page or component,
// where it has an attribute or child with code in it. The bindings of Vue and
// Svelte appear as attributes: v-html is an attribute of that name whose value
// is the expression, {@html x} an Element "@html" with the child x.
type Element struct {
	Pos
	Tag      string // as written: "div", "Foo.Bar"
	Attrs    []Prop
	Children []Expr
}

// An Unknown stands for what a lowering doesn't model, or what could not be
// parsed. Data flows from its operands to it.
type Unknown struct {
	Pos
	Operands []Expr
}

func (*Name) expr()     {}
func (*Lit) expr()      {}
func (*Template) expr() {}
func (*Member) expr()   {}
func (*Index) expr()    {}
func (*Call) expr()     {}
func (*Object) expr()   {}
func (*List) expr()     {}
func (*Spread) expr()   {}
func (*Default) expr()  {}
func (*Unary) expr()    {}
func (*Binary) expr()   {}
func (*Logical) expr()  {}
func (*Cond) expr()     {}
func (*Assign) expr()   {}
func (*FuncLit) expr()  {}
func (*ClassLit) expr() {}
func (*Await) expr()    {}
func (*Yield) expr()    {}
func (*Cast) expr()     {}
func (*TypeExpr) expr() {}
func (*Comp) expr()     {}
func (*Element) expr()  {}
func (*Unknown) expr()  {}
