package draft

import (
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// claims are the names under which an endpoint tells who asks; empty ones are
// those that the guard expects by itself.
type claims struct{ user, name, roles string }

// What an endpoint that tells who asks may call it, likeliest first.
var (
	userClaims = []string{"sub", "user_id", "userId", "userID", "uid", "id", "user", "username", "login", "email"}
	nameClaims = []string{"name", "display_name", "displayName", "full_name", "fullName", "username", "nickname"}
	roleClaims = []string{"roles", "role", "groups", "scopes", "permissions"}
)

// near is how many lines behind the path of an endpoint its answer is looked for.
const near = 25

// claimsNear reads the object that an endpoint answers with: one that is written
// behind the line that names its path, or in a function that is named as it.
func claimsNear(f *ir.File, line int, name string) claims {
	spans := []span{{line, line + near}}
	for _, fn := range f.Funcs {
		if strings.EqualFold(fn.Name, name) {
			from, _ := f.Line(fn.Start)
			to, _ := f.Line(fn.End)
			spans = append([]span{{from, to}}, spans...)
		}
	}
	for _, s := range spans {
		var found claims
		ir.InspectStmts(f.Body, func(n ir.Node) bool {
			o, ok := n.(*ir.Object)
			if !ok || found.user != "" {
				return true
			}
			at, _ := f.Line(o.At().Start)
			if at < s.from || at > s.to {
				return true
			}
			keys := keysOf(f, o)
			found = claims{firstOf(userClaims, keys), firstOf(nameClaims, keys), firstOf(roleClaims, keys)}
			return true
		})
		if found.user != "" {
			return found
		}
	}
	return claims{}
}

type span struct{ from, to int }

// firstOf is the first of the names that is among the keys.
func firstOf(names, keys []string) string {
	for _, n := range names {
		if slices.Contains(keys, n) {
			return n
		}
	}
	return ""
}
