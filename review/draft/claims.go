package draft

import (
	"regexp"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// claims are the names under which an endpoint tells who asks; empty ones are
// those that the guard expects by itself.
type claims struct{ user, name, roles string }

// What an endpoint that tells who asks may call it, likeliest first.
var (
	userClaims = []string{"sub", "user_id", "userId", "userID", "uid", "id", "user", "username", "login", "account", "account_id", "accountId", "member_id", "memberId", "member", "subject", "identity", "principal", "handle", "email"}
	nameClaims = []string{"name", "display_name", "displayName", "full_name", "fullName", "username", "nickname", "nick", "fullname", "realname", "label", "title"}
	roleClaims = []string{"roles", "role", "groups", "scopes", "permissions", "privileges", "capabilities", "authorities", "rights", "duties", "rank", "level"}
)

// near is how many lines behind the path of an endpoint its answer is looked for.
const near = 25

// claimsNear reads the object that an endpoint answers with: one that is written
// behind the line that names its path, or in a function that is named as it.
//
// The function may be in another file, and is then one that the line names.
func claimsNear(files []*ir.File, f *ir.File, line int, text, name string) claims {
	spans := []span{{f, line, line + near}}
	for _, g := range files {
		for _, fn := range g.Funcs {
			named := strings.EqualFold(fn.Name, name) && g == f
			if !named && (len(fn.Name) < 2 || !strings.Contains(text, fn.Name) || !wordOf(fn.Name).MatchString(text)) {
				continue
			}
			from, _ := g.Line(fn.Start)
			to, _ := g.Line(fn.End)
			spans = append([]span{{g, from, to}}, spans...)
		}
	}
	for _, s := range spans {
		f := s.file
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

// wordOf finds a name as a word of its own.
func wordOf(name string) *regexp.Regexp {
	return regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`)
}

// A span is a part of a file, by its lines.
type span struct {
	file     *ir.File
	from, to int
}

// firstOf is the first of the names that is among the keys.
func firstOf(names, keys []string) string {
	for _, n := range names {
		if slices.Contains(keys, n) {
			return n
		}
	}
	return ""
}
