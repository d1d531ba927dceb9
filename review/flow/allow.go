package flow

import (
	"strings"
	"unicode"

	"github.com/wswarden/wswarden/review/ir"
)

// The types to which a test of membership pins data: an element of a list that
// the program fixes, of a collection that changes while it runs, or the name of
// any property, inherited ones too.
const (
	fixedElement = "enum"
	someElement  = "member"
	inheritedKey = "inherited"
)

// elementType is what being found in a collection says of a value. text is the
// collection as written.
func (in *interp) elementType(collection *value, text string) string {
	switch {
	case in.changes(collection):
		return someElement
	case in.listed(collection), constantName(text):
		return fixedElement
	case collectsRecords(text):
		return someElement
	}
	return fixedElement
}

// changes reports whether the program stores under keys, or adds elements, that
// aren't written in it.
func (in *interp) changes(v *value) bool {
	for _, o := range v.objects {
		if o.fields["\x00keys"] != nil || o.elem != nil && (len(o.elem.flows) > 0 || len(o.elem.objects) > 0) && len(o.items) == 0 {
			return true
		}
	}
	return v.sockets
}

// listed reports whether all elements, or keys, of a collection are written in
// the program.
func (in *interp) listed(v *value) bool {
	for _, o := range v.objects {
		for _, item := range o.items {
			if _, ok := item.str(); !ok {
				return false
			}
		}
		if len(o.items) > 0 || len(o.order) > 0 && o.elem == nil {
			return true
		}
	}
	return false
}

// constantName reports whether an expression ends with a name in capitals.
func constantName(text string) bool {
	name := lastName(text)
	return len(name) > 1 && strings.ToUpper(name) == name && strings.ContainsFunc(name, unicode.IsLetter)
}

// collectsRecords reports whether an expression names a collection of what
// clients make: rooms, users, games.
func collectsRecords(text string) bool {
	list := words(lastName(viewOf.Replace(text)))
	return len(list) > 0 && setOf("rooms channels games sessions users clients sockets peers players documents docs connections lobbies matches tables members accounts orders messages groups subscriptions topics conversations chats boards projects jobs tasks records store db cache registry").any(list[len(list)-1:])
}

// comparedType is what being equal to an expression says of data.
func (in *interp) comparedType(other *value, x ir.Expr) string {
	if other.lit != nil || other.sym != "" || constantName(in.file().Text(x.At())) {
		return fixedElement
	}
	return someElement
}

// receiverText is what a method is called on, as written.
func (in *interp) receiverText(c *callSpec) string {
	if m, ok := c.x.Fn.(*ir.Member); ok {
		return in.file().Text(m.X.At())
	}
	return ""
}

// firstText is the first argument of a call, as written.
func (in *interp) firstText(c *callSpec) string {
	if len(c.x.Args) == 0 {
		return ""
	}
	return in.file().Text(c.x.Args[0].Value.At())
}
