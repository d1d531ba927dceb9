// Package ir is the small language-neutral program that review analyses:
// files, functions, classes, statements and expressions, each with its place in
// the source.
//
// A language package lowers its syntax tree to ir and says with it all that the
// analysis may know of the language. ir keeps structure (an If is an If, there
// are no jumps), because guards are read from structure. It is not a faithful
// program: what can't carry data or guard anything is dropped, and what a
// lowering doesn't understand becomes an Unknown that keeps its operands.
package ir

import "sort"

// A Lang is a source language as reports name it.
type Lang string

// The languages that have a lowering.
const (
	JavaScript Lang = "javascript" // also TypeScript, JSX, TSX and scripts in HTML, Vue and Svelte
	Python     Lang = "python"
	Go         Lang = "go"
)

// A Pos is a range of bytes in the source of a file, End exclusive.
type Pos struct{ Start, End uint32 }

// At returns p itself. It is how every node answers for its place.
func (p Pos) At() Pos { return p }

// A Node is anything with a place in the source.
type Node interface{ At() Pos }

// A File is one source file.
type File struct {
	Path    string // relative to the tree that is reviewed, with forward slashes
	Lang    Lang
	Source  []byte
	Package string // Go: the name in the package clause; empty elsewhere
	// ImportPath is, in Go, the path by which others import the file's folder; empty
	// where no go.mod is in view.
	ImportPath string
	// Client says that the file is a page or component: its code runs in a
	// browser whatever it imports.
	Client bool
	// Imported says that the file is read only because others import it: what
	// they don't call of it is none of the review's business.
	Imported bool
	Body     []Stmt    // the statements of the top level, in order
	Exports  []Export  // of ES modules; CommonJS exports are assignments in Body
	Funcs    []*Func   // every function of the file, nested ones too, in order
	Classes  []*Class  // every class, struct and interface, in order
	Comments []Comment // every comment, in order
	Broken   int       // places that the parser could not read

	lines []uint32 // offsets at which lines start; built by Line
}

// Line returns the 1-based line and column of a byte offset; the column counts
// bytes. It is not safe for concurrent use before its first call has returned.
func (f *File) Line(offset uint32) (line, column int) {
	if f.lines == nil {
		f.lines = append(f.lines, 0)
		for i, b := range f.Source {
			if b == '\n' {
				f.lines = append(f.lines, uint32(i)+1)
			}
		}
	}
	n := sort.Search(len(f.lines), func(i int) bool { return f.lines[i] > offset })
	return n, int(offset-f.lines[n-1]) + 1
}

// Text returns the source of a place.
func (f *File) Text(p Pos) string {
	if int(p.End) > len(f.Source) || p.Start > p.End {
		return ""
	}
	return string(f.Source[p.Start:p.End])
}

// A Comment is one comment, with its markers.
type Comment struct {
	Pos
	Text string
}

// An Export makes a name of a module visible to others.
type Export struct {
	Pos
	Name string // what others import; "default" for the default export, "*" for all
	// Value is what the name stands for: a Name of the file's top level, or any
	// expression for a default export. It is nil for a re-export.
	Value Expr
	// From is the module of a re-export (export {Orig as Name} from From).
	From, Orig string
}

// A Func is a function, method, arrow function or lambda.
type Func struct {
	Pos
	Name       string // empty for one without name; a method's own name
	NamePos    Pos
	Params     []*Param // without the receiver; Python's self and cls are receivers
	Recv       *Param   // Go's receiver, Python's self or cls; nil otherwise
	Results    []*Type  // declared result types
	Body       []Stmt   // an arrow function's expression is a Return
	Class      *Class   // the class that declares it; for Go see Recv
	Decorators []Expr
	Async      bool
	Generator  bool
	Static     bool
	Arrow      bool // takes this from around it
	Kind       FuncKind
	// Globals are the names that Python's global and nonlocal say are not the
	// function's own although it assigns them.
	Globals []string
	// TypeParams are the names of a generic function's type parameters in Go.
	TypeParams []string
}

// A FuncKind tells accessors and constructors from other functions.
type FuncKind uint8

// The kinds of functions.
const (
	PlainFunc   FuncKind = iota
	Constructor          // JavaScript's constructor, Python's __init__
	Getter
	Setter
)

// A Param is a parameter of a function.
type Param struct {
	Pos
	Name       string // empty where Pattern takes the value apart
	Pattern    Expr   // an Object or List of targets; nil for a plain name
	Type       *Type
	Default    Expr
	Rest       bool // ...rest, *args
	KeywordMap bool // **kwargs
	Decorators []Expr
}

// A Class is a class, struct, interface or enumeration.
type Class struct {
	Pos
	Name       string
	Kind       ClassKind
	Bases      []Expr // superclasses; Go: embedded types, as expressions
	Decorators []Expr
	Fields     []*Field
	Methods    []*Func // Go: empty, its methods name their receiver
	Body       []Stmt  // other statements of a Python class body
	Underlying *Type   // Go: what a declared type is that is no struct or interface; nil elsewhere
}

// A ClassKind tells what declares a Class.
type ClassKind uint8

// The kinds of classes.
const (
	PlainClass ClassKind = iota
	Struct               // Go
	Interface            // Go, TypeScript; also an object type alias
	Enum                 // TypeScript
)

// A Field is a declared field of a class.
type Field struct {
	Pos
	Name       string
	Type       *Type
	Value      Expr // initial value, nil without
	Static     bool
	Tag        string // Go's struct tag, unquoted
	Decorators []Expr
}

// A Type is a declared type, as far as the analysis needs it.
type Type struct {
	Pos
	Kind TypeKind
	// Name is the dotted name as it is written, such as "websocket.Conn"; only
	// for NamedType. A predeclared type is a NamedType too.
	Name string
	// Elems are the operands: the target of a pointer, the element of a slice,
	// key and value of a map, parameters and then results of a function,
	// arguments of a generic (after which Name still names the generic), the
	// members of a union.
	Elems []*Type
	// Fields are those of a struct or object type that is written in place.
	Fields []*Field
	// Value is the literal of a LiteralType.
	Value string
}

// A TypeKind tells what a Type is.
type TypeKind uint8

// The kinds of types.
const (
	NamedType TypeKind = iota
	PointerType
	SliceType // also arrays, and TypeScript's T[]
	MapType
	FuncType
	StructType // also object types, and interfaces written in place
	UnionType  // also Optional[T], T | None
	LiteralType
	ChanType
	UnknownType
)
