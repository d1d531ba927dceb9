package rule

import (
	"slices"
	"strings"
	"unicode"

	"github.com/wswarden/wswarden/review/model"
)

// Act is what an operation does, and whether it does it to what the program
// keeps in its own memory.
func Act(ev *model.Event) (act model.Act, own bool) {
	act, _, _ = strings.Cut(ev.Op, ":")
	return act, strings.HasSuffix(ev.Op, model.Own)
}

// Served reports whether an event belongs to a server's endpoint, as opposed to
// a client and to code outside of connections.
func Served(ev *model.Event) bool {
	return ev.Endpoint != nil && ev.Endpoint.Role == "server"
}

// OnConnection reports whether an event happens while a connection is made or
// served, as opposed to in a handler of HTTP or at start-up.
func OnConnection(ev *model.Event) bool { return ev.Endpoint != nil && ev.Phase != model.Elsewhere }

// Words splits a name into its words in lower case: "placeOrder" is place,
// order.
func Words(name string) []string {
	var out []string
	start := 0
	flush := func(end int) {
		if end > start {
			out = append(out, strings.ToLower(name[start:end]))
		}
	}
	lower := false
	for i, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush(i)
			start = i + len(string(r))
			lower = false
			continue
		case unicode.IsUpper(r) && lower:
			flush(i)
			start = i
		}
		lower = !unicode.IsUpper(r)
	}
	flush(len(name))
	return out
}

// Mentions reports whether one of the words is in a name.
func Mentions(name string, words ...string) bool {
	return slices.ContainsFunc(Words(name), func(w string) bool { return slices.Contains(words, w) })
}

// LastName is the last name of a callee as written: of "db.users.findById" it is
// "findById".
func LastName(callee string) string {
	start, depth := 0, 0
	for i, r := range callee {
		switch r {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case '.', '#':
			if depth == 0 {
				start = i + 1
			}
		}
	}
	name := callee[start:]
	if i := strings.IndexAny(name, "(["); i >= 0 {
		name = name[:i]
	}
	return name
}

// Inserts reports whether an operation makes a new record, of which no field
// selects anything.
func Inserts(ev *model.Event) bool {
	if len(ev.Args) > 0 && ev.Args[0].IsConst {
		verb, _, _ := strings.Cut(strings.TrimSpace(strings.ToUpper(ev.Args[0].Const)), " ")
		if verb == "INSERT" {
			return true
		}
	}
	list := Words(LastName(ev.Callee))
	return len(list) > 0 && slices.Contains([]string{"insert", "create", "add", "save", "push", "append", "new", "post", "log", "store"}, list[0])
}

// Statement is the text of an SQL operation in upper case, as far as it is
// known; empty for others.
func Statement(ev *model.Event) string {
	if len(ev.Args) == 0 || !ev.Args[0].IsConst {
		return ""
	}
	text := strings.ToUpper(strings.TrimSpace(ev.Args[0].Const))
	for _, verb := range []string{"SELECT ", "INSERT ", "UPDATE ", "DELETE ", "REPLACE ", "WITH "} {
		if strings.HasPrefix(text, verb) {
			return text
		}
	}
	return ""
}

// SetsRole reports whether one of the values that are written is a role that a
// message names.
func SetsRole(args []model.Value) bool {
	for i := range args {
		v := &args[i]
		switch strings.ToLower(strings.ReplaceAll(v.Name, "_", "")) {
		case "role", "roles", "isadmin", "admin", "permissions", "permission", "isstaff", "issuperuser", "scope", "scopes":
			if len(v.From(model.FromMessage)) > 0 {
				return true
			}
		}
		if SetsRole(v.Fields) {
			return true
		}
	}
	return false
}
