package celpolicy

import (
	"errors"
	"math"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// sharedErrors are the errors that the interpreter has one value of for all
// evaluations. It notes in an error where it came up first, which would be a race
// between two evaluations, and wrong for all but one expression. So they get a place
// that no expression has before anything is evaluated.
type sharedErrors map[*types.Err]bool

// nowhere is the id of a node that no expression has.
const nowhere = -1

// settle gives the shared errors their place.
func settle(env *cel.Env) sharedErrors {
	shared := sharedErrors{}
	for _, v := range []ref.Val{types.NoSuchOverloadErr(), types.Int(math.MaxInt64).ConvertToType(types.TimestampType)} {
		shared.add(types.LabelErrNode(nowhere, v))
	}
	// That of the library of mathematics can be had from an expression alone.
	if checked, issues := env.Compile(`math.abs(-9223372036854775807 - 1)`); issues.Err() == nil {
		if p, err := env.Program(checked); err == nil {
			v, _, err := p.Eval(cel.NoVars())
			shared.add(v)
			var e *types.Err
			if errors.As(err, &e) {
				shared.add(e)
			}
		}
	}
	return shared
}

func (s sharedErrors) add(v ref.Val) {
	if e, ok := v.(*types.Err); ok {
		s[e] = true
	}
}
