package jsonscan

// rule is a compiled schema: what one value must be. A nil rule accepts all.
// Groups of keywords that a schema does not have are nil.
type rule struct {
	kinds uint8 // one bit a Kind that may be
	// integers says that a number must have no fractional part.
	integers bool
	// never is the boolean schema false.
	never bool
	// unevaluated says that one of the two rules of that name is there, general
	// that there are enum, constant or branches.
	unevaluated bool
	general     bool

	text     *textRule
	num      *numberRule
	array    *arrayRule
	obj      *objectRule
	enum     *enumRule
	constant *enumRule
	branches []branch // applied to the same value

	unevaluatedItems      *unevaluatedRule
	unevaluatedProperties *unevaluatedRule

	at string // JSON pointer of the schema
}

const allKinds = 1<<Null | 1<<Bool | 1<<Number | 1<<String | 1<<Array | 1<<Object

// seal notes what the keywords of r have in common, once they are compiled.
func (r *rule) seal() {
	r.unevaluated = r.unevaluatedItems != nil || r.unevaluatedProperties != nil
	r.general = r.enum != nil || r.constant != nil || r.branches != nil
}

// textRule is what a string must be.
type textRule struct {
	minLength, maxLength int // code points
	lengthOnly           bool
	pattern              *Pattern
	format               func([]byte) bool
}

// numberRule is what a number must be.
type numberRule struct {
	// low and high are the bounds for integers, so that most numbers are
	// compared without being taken apart; bounded says that they hold.
	low, high int64
	bounded   bool

	limits []numberLimit
	step   *decimal // multipleOf
	whole  int64    // step, if it is an integer that fits
}

// numberLimit is one of minimum, maximum, exclusiveMinimum, exclusiveMaximum.
type numberLimit struct {
	code  Code
	bound decimal
	// side is 1 if numbers above the bound are refused, -1 if those below.
	side  int
	equal bool // the bound itself is refused as well
}

// arrayRule is what an array must be.
type arrayRule struct {
	minItems, maxItems int
	unique             bool
	prefix             []*rule
	rest               *rule // of elements behind prefix
	hasRest            bool
	contains           *containsRule
}

type containsRule struct {
	rule     *rule
	min, max int
	minCode  Code // which keyword min is of
}

// objectRule is what an object must be.
type objectRule struct {
	minProperties, maxProperties int
	required                     int // how many of the properties
	properties                   propertyTable
	patterns                     []patternProperty
	// additional is for members that neither properties nor patterns name.
	additional    *rule
	hasAdditional bool
	closed        bool // additional is false
	names         *rule
	hasNames      bool
	dependents    []dependent
}

type patternProperty struct {
	pattern *Pattern
	rule    *rule
}

// dependent is what the presence of a member asks for.
type dependent struct {
	name     step
	required []step
	rule     *rule // for the object as a whole
}

// unevaluatedRule is for children that no other keyword has judged.
type unevaluatedRule struct {
	rule  *rule
	never bool
}

// branchKind is how the rules of a branch relate to the value.
type branchKind uint8

const (
	branchRef branchKind = iota
	branchAllOf
	branchAnyOf
	branchOneOf
	branchNot
	branchIf
)

// branch applies further rules to the same value.
type branch struct {
	kind  branchKind
	rules []*rule // for branchIf: if, then, else
	union *union  // how to find the one rule of several that can accept
}
