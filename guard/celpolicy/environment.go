package celpolicy

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/ext"
)

// Limits of an expression.
const (
	maxSource = 4096 // code points
	maxNodes  = 512
	maxNested = 64
)

// base is what all expressions share.
type base struct {
	env    *cel.Env // but for the type of the message
	shared sharedErrors
}

var common = sync.OnceValues(func() (*base, error) {
	env, err := cel.NewCustomEnv(
		cel.StdLib(),
		cel.CustomTypeAdapter(adapter),
		cel.OptionalTypes(),
		cel.CrossTypeNumericComparisons(true),
		cel.DefaultUTCTimeZone(true),
		cel.ParserExpressionSizeLimit(maxSource),
		cel.ExpressionNodeLimit(maxNodes),
		cel.ExpressionNestingDepthLimit(maxNested),
		cel.RegexProgramSizeLimit(maxRegexp),
		cel.ASTValidators(cel.ValidateRegexLiterals(), cel.ValidateDurationLiterals(), cel.ValidateTimestampLiterals()),
		cel.CostModelVersion(1),
		ext.Bindings(),
		ext.Math(),
		ext.Network(),
		ext.Sets(),
		ext.Strings(),
	)
	if err != nil {
		return nil, err
	}
	return &base{env, settle(env)}, nil
})

// maxRegexp bounds the program of a regular expression.
const maxRegexp = 1000

// Environment compiles the expressions over messages of one type.
type Environment struct {
	env    *cel.Env
	shared sharedErrors
	root   *shape
	limits Limits
}

// Limits bounds expressions. The zero value has the defaults.
type Limits struct {
	// MessageBytes is how long a message may be, which bounds what an expression
	// can be made to look at. Default 64 KiB.
	MessageBytes int
	// Elements is how many elements one array, or members one object, of a message
	// may have. Default 4096.
	Elements int
	// Cost is what one evaluation may cost, in units of CEL: about one for each
	// step, each element that is looked at, and every ten bytes of a string. Default
	// 100000, a few milliseconds. An evaluation that reaches it fails.
	Cost uint64
	// Unenforced says that messages are not held to the schema, as in monitor mode:
	// what it says of their sizes is no reason not to count.
	Unenforced bool
}

func (l Limits) withDefaults() Limits {
	if l.MessageBytes <= 0 {
		l.MessageBytes = 64 << 10
	}
	if l.Elements <= 0 {
		l.Elements = 4096
	}
	if l.Cost == 0 {
		l.Cost = 100_000
	}
	return l
}

// NewEnvironment returns the environment for messages that the JSON Schema
// describes; nil means that none does.
func NewEnvironment(schema []byte, limits Limits) (*Environment, error) {
	b, err := common()
	if err != nil {
		return nil, fmt.Errorf("make expression environment: %w", err)
	}
	root := anyShape
	if schema != nil {
		root = shapeOf(schema)
	}
	p := &provider{Provider: b.env.CELTypeProvider(), objects: root.objects()}
	env, err := b.env.Extend(
		cel.CustomTypeProvider(p),
		cel.Variable(varMessage, root.celType()),
		cel.Variable(varSession, sessionType),
		cel.Variable(varConn, connType),
		cel.Variable(varEnvelope, types.NewMapType(types.StringType, types.StringType)),
		owns,
	)
	if err != nil {
		return nil, fmt.Errorf("make expression environment: %w", err)
	}
	return &Environment{env, b.shared, root, limits.withDefaults()}, nil
}

// Declares reports whether the schema declares fields of messages, so that others
// are errors.
func (e *Environment) Declares() bool { return e.root.kind == kindObject }
