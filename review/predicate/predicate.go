// Package predicate executes functions that decide on a handshake, on concrete
// origins, and says which foreign ones they let in.
//
// It is a small interpreter of ir: texts, lists, sets, objects, functions,
// addresses and regular expressions are computed as the three languages compute
// them. What the program gets from elsewhere (configuration, databases, calls
// that aren't in view) is unknown; a condition on it takes both ways, on
// separate paths. An unknown that is compared with the origin is taken for a
// setting that names one legitimate origin.
//
// Values that were derived from the origin remember how, so that a comparison
// that was met on one path can be asked what it says of any other origin.
//
// The package knows no framework and no scope of the analysis: it asks a Scope
// for names, and a Thing or Library for what frameworks make of values.
package predicate

import "github.com/wswarden/wswarden/review/ir"

// Bounds of one execution and of one judgement. What needs more is not judged.
const (
	maxDepth      = 24      // calls within calls, expressions within expressions count apart
	maxNesting    = 300     // expressions and statements within each other, over all calls
	maxSteps      = 40_000  // of one path
	maxDerived    = 500     // computations from the origin to a value that depends on it
	maxTotalSteps = 600_000 // of one judgement
	maxPaths      = 64      // of one origin
	maxElements   = 2_000   // of a list that is looped over
	maxText       = 4 << 10 // of a text
)

// A Probe is one handshake that is tried: what its headers say.
type Probe struct {
	Origin string
	Absent bool // there is no Origin header
	Host   string
}

// A Scope gives the meaning of names that the executed code doesn't declare
// itself.
type Scope interface {
	// Lookup returns what a name stands for, or false where it is not known to
	// be anything.
	Lookup(m *Machine, name string) (Value, bool)
	// File is where the code of the scope is written.
	File() *ir.File
}

// A Thing is a value of the program that frameworks know: a request, a socket,
// an object of a class.
type Thing interface {
	// Name tells the thing from others on one path, and in what the judge says.
	Name() string
	// Member reads a property; false where nothing is known of it.
	Member(m *Machine, name string) (Value, bool)
	// Method calls a method; false where nothing is known of it.
	Method(m *Machine, name string, args []Value) (Value, bool)
	// Request says that it is, or belongs to, the request that is judged, so that
	// what is unknown of it is no configuration.
	Request() bool
}

// A Library is what is known of symbols outside the program.
type Library interface {
	// Property reads a property of a symbol.
	Property(m *Machine, symbol string) (Value, bool)
	// Call calls a symbol, or makes a new one.
	Call(m *Machine, symbol string, args []Value) (Value, bool)
	// Method calls a method of a value of which nothing is known.
	Method(m *Machine, name string, args []Value) (Value, bool)
}

// A Func is a function of the program with what is around it.
type Func struct {
	Fn    *ir.Func
	Scope Scope // of names outside the function
	This  Value
	// Unbound says that it is a method that was read from its class: the first
	// argument is the receiver.
	Unbound bool
	frame   *frame // where it was made by executed code
}
