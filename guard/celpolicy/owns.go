package celpolicy

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/wswarden/wswarden/guard"
)

// owns declares session.owns("accounts", message.account): whether the claim of
// that name is the value, or a list that has it. Without the claim nothing is
// owned, where session.claims.accounts would be an error.
var owns = cel.Function("owns", cel.MemberOverload("session_owns",
	[]*cel.Type{sessionType, types.StringType, types.DynType}, types.BoolType,
	cel.FunctionBinding(func(args ...ref.Val) ref.Val {
		s, ok := args[0].(*session)
		claim, isText := args[1].(types.String)
		if !ok || !isText {
			return fail(errType)
		}
		return types.Bool(ownsValue(s.e.facts, string(claim), args[2]))
	})))

func ownsValue(f *guard.Facts, claim string, want ref.Val) bool {
	held, ok := f.Session.Claims[claim]
	if !ok || held == nil {
		return false
	}
	switch l := adapter.NativeToValue(held).(type) {
	case lister:
		return l.Contains(want) == types.True
	case mapper:
		return false
	default:
		return types.Equal(l, want) == types.True
	}
}
