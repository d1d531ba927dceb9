package ir

// A Stmt is a statement. Its types are the pointers of this file.
type Stmt interface {
	Node
	stmt()
}

// An ExprStmt evaluates an expression for what it does.
type ExprStmt struct {
	Pos
	X Expr
}

// An If is a condition with its two branches. Python's assert x and Go's
// if v := f(); v are lowered to it: a block with the initial statement, an If
// whose branch throws.
type If struct {
	Pos
	Cond       Expr
	Then, Else []Stmt
}

// A Loop is any loop.
type Loop struct {
	Pos
	Init   Stmt // of a for loop with three parts, or nil
	Cond   Expr // of a for or while loop; nil where it is endless or iterates
	Post   Stmt
	Target Expr // of a loop over Iter: what takes the element, or nil. Go's range and Python's dict.items() have a List of key and value
	Iter   Expr
	Keys   bool // Target takes keys or indices: for…in, and Go's range with one target
	Async  bool // async for, for await
	Test   bool // Cond is tested behind the body (do…while)
	Body   []Stmt
	Else   []Stmt // Python
}

// A Switch is switch, match, or Go's select and type switch.
type Switch struct {
	Pos
	Tag   Expr // nil where the cases are conditions, and in a select
	Type  bool // Go's type switch: Tag is the value, the values of the cases are Names of types
	Bind  Expr // what a type switch or match binds the value to, or nil
	Cases []Case
}

// A Case is one case of a Switch.
type Case struct {
	Pos
	Values  []Expr // alternatives; empty for the default case
	Guard   Expr   // case x if guard
	Comm    Stmt   // of Go's select: the send or receive
	Body    []Stmt
	Through bool // may run into the next case
}

// A Return leaves the function. Several values are a List.
type Return struct {
	Pos
	X Expr // nil without value
}

// A Throw raises an exception. Go's panic and JavaScript's process.exit stay
// calls.
type Throw struct {
	Pos
	X Expr // nil where the current one is raised again
}

// A Try catches what its body throws.
type Try struct {
	Pos
	Body     []Stmt
	Catches  []Catch
	Else     []Stmt // Python: ran where nothing was thrown
	Finally  []Stmt
	Swallows bool // exceptions end here although nothing catches them (contextlib.suppress)
}

// A Catch handles exceptions.
type Catch struct {
	Pos
	Types  []Expr // empty for all
	Target Expr   // nil where the exception gets no name
	Body   []Stmt
}

// A Jump is break, continue or goto.
type Jump struct {
	Pos
	Kind  JumpKind
	Label string
}

// A JumpKind tells jumps apart.
type JumpKind uint8

// The kinds of jumps.
const (
	Break JumpKind = iota
	Continue
	Goto
)

// A Block is statements with a scope of their own, or under a label.
type Block struct {
	Pos
	Label string
	Body  []Stmt
}

// A With holds resources while its body runs: Python's with.
type With struct {
	Pos
	Items []WithItem
	Async bool
	Body  []Stmt
}

// A WithItem is one resource of a With.
type WithItem struct {
	Value  Expr
	Target Expr // nil where it gets no name
}

// A Defer runs a call later: Go's defer, or its go statement.
type Defer struct {
	Pos
	Call Expr
	Go   bool // at once, in a goroutine of its own
}

// A FuncDecl declares a function in the scope around it.
type FuncDecl struct {
	Pos
	Func *Func
}

// A ClassDecl declares a class in the scope around it.
type ClassDecl struct {
	Pos
	Class *Class
}

// An Import makes names of another module known. JavaScript's require and
// import() stay calls.
type Import struct {
	Pos
	// Module is what is written: "ws", "./auth.js", ".handlers" (Python, with
	// the dots of a relative import), "github.com/gorilla/websocket".
	Module string
	// Local is the name of the module itself: import * as local, import local
	// (Python: the first segment of a dotted module binds that segment), Go's
	// package name or alias. Empty where only Names are bound.
	Local string
	// Whole says for Python's "import a.b" that Local is bound to "a", not "a.b".
	Whole bool
	// Names are single names. JavaScript's default import has Name "default".
	Names []ImportName
	// Star says that all names are bound: Python's *, Go's dot import.
	Star bool
	// Type says that it is for types only.
	Type bool
}

// An ImportName is one imported name.
type ImportName struct {
	Pos
	Name, Local string
}

func (*ExprStmt) stmt()  {}
func (*If) stmt()        {}
func (*Loop) stmt()      {}
func (*Switch) stmt()    {}
func (*Return) stmt()    {}
func (*Throw) stmt()     {}
func (*Try) stmt()       {}
func (*Jump) stmt()      {}
func (*Block) stmt()     {}
func (*With) stmt()      {}
func (*Defer) stmt()     {}
func (*FuncDecl) stmt()  {}
func (*ClassDecl) stmt() {}
func (*Import) stmt()    {}
