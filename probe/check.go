package probe

import (
	"context"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
)

// A Check is one experiment on an endpoint.
type Check struct {
	// Name is its name in reports and on the command line: lower case, words
	// joined by hyphens. It is for ever.
	Name string
	// Summary says in one line what it does.
	Summary string
	// Weaknesses are those that it can show; empty for checks that only describe.
	Weaknesses []*catalogue.Weakness
	// Group is what has to be allowed for it to run.
	Group Group
	// Cost is the most that it may use. The session enforces it.
	Cost Cost
	// Needs is what it can't do without.
	Needs Need
	// Late puts it behind the others of its group: what it sends has ended weak
	// servers, which then could show nothing else.
	Late bool
	// Last puts it behind all checks without: it judges what the others received.
	Last bool
	// Run carries the experiment out and tells the session what it saw. An
	// error says why the rest is not judged: [ErrBudget], [ErrUnsteady], the
	// end of ctx, or a failure of the network. A check that has nothing to say
	// about one of its weaknesses is reported as having passed it.
	Run func(ctx context.Context, s *Session) error
}

// A Group is a class of checks that run only where it is allowed.
type Group string

// The groups. A check that is Named runs only where its own name is given: its
// frames have ended servers.
const (
	Safe   Group = ""
	Load   Group = "load"
	Memory Group = "memory"
	State  Group = "state"
	Named  Group = "named"
)

// Groups are the groups that can be allowed by name.
var Groups = []Group{Load, Memory, State}

// groupOrder is the order in which checks run: harmless ones first.
var groupOrder = []Group{Safe, State, Load, Memory, Named}

// A Need is a set of things without which a check can't judge.
type Need uint8

// The needs.
const (
	// NeedIdentity: somebody who may sign in.
	NeedIdentity Need = 1 << iota
	// NeedTwoIdentities: two of them.
	NeedTwoIdentities
	// NeedTicketURL: the address where tickets are minted.
	NeedTicketURL
	// NeedCookie: an identity that a cookie authenticates.
	NeedCookie
	// NeedAccepted: the control handshake opens a connection.
	NeedAccepted
)

// missing says what t lacks of n, empty if nothing.
func (n Need) missing(t *Target) string {
	switch {
	case n&NeedTwoIdentities != 0 && len(t.Identities) < 2:
		return "it needs two identities (--identity, twice with different names)"
	case n&NeedIdentity != 0 && len(t.Identities) == 0:
		return "it needs an identity (--identity NAME='Header: value')"
	case n&NeedCookie != 0 && (len(t.Identities) == 0 || t.Identities[0].Cookie() == ""):
		return "it needs an identity with a Cookie header (--identity NAME='Cookie: …')"
	case n&NeedTicketURL != 0 && t.TicketURL == "":
		return "it needs the address that mints tickets (--ticket-url)"
	}
	return ""
}

// checks is the registry, filled by the files of the checks.
var checks []*Check

// register adds checks at the start of the program.
func register(cs ...*Check) { checks = append(checks, cs...) }

// Checks returns all checks in the order in which they run. They are shared and
// must not be modified.
func Checks() []*Check {
	out := slices.Clone(checks)
	slices.SortStableFunc(out, compareChecks)
	return out
}

// compareChecks puts harmless before harmful, cheap before dear.
func compareChecks(a, b *Check) int {
	rank := func(c *Check) int {
		n := 2 * slices.Index(groupOrder, c.Group)
		if c.Late {
			n++
		}
		if c.Last {
			n += 2 * len(groupOrder)
		}
		return n
	}
	switch {
	case rank(a) != rank(b):
		return rank(a) - rank(b)
	case a.Cost.weight() != b.Cost.weight():
		return a.Cost.weight() - b.Cost.weight()
	case a.Name < b.Name:
		return -1
	}
	return 1
}

// Lookup returns the check with the name, nil if there is none.
func Lookup(name string) *Check {
	if i := slices.IndexFunc(checks, func(c *Check) bool { return c.Name == name }); i >= 0 {
		return checks[i]
	}
	return nil
}
