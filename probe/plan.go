package probe

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

// Options choose what is tested and how.
type Options struct {
	Target Target
	// With allows groups of checks ("load", "memory", "state") and single checks
	// by their names.
	With []string
	// Only and Skip choose checks by their names, or by what they show: IDs,
	// slugs and patterns as in catalogue.Match. An empty Only selects all.
	Only, Skip []string
	// Budget bounds the run. A zero field stands for what the checks declare;
	// more than that goes to checks that can use more.
	Budget Cost
	// Rate is the most connections opened in a second. Zero: 200 on this machine,
	// 10 elsewhere.
	Rate float64
	// Advisories looks up published vulnerabilities of a product that a header
	// names, and reports whether it knows the product; nil: it knows none.
	Advisories func(product, version string) (found []Advisory, known bool)
	// Checks are what is chosen from; nil stands for [Checks].
	Checks []*Check
}

// An Advisory is a published vulnerability.
type Advisory struct {
	ID, Title, Fixed string // Fixed is the first version without it
	Severity         catalogue.Severity
}

// A Plan is what will be done, before anything is.
type Plan struct {
	opt    Options
	groups []Group
	names  []string
	// Checks are those that run, in order.
	Checks []*Check
	// Left are those that don't, because nothing allows them.
	Left []*Check
}

// ErrUnknownCheck says that a name selects no check and no weakness.
var ErrUnknownCheck = errors.New("no check, group or weakness has that name")

// NewPlan chooses the checks. An error is about a name in the options.
func NewPlan(opt Options) (*Plan, error) {
	if opt.Checks == nil {
		opt.Checks = Checks()
	}
	if opt.Target.Promises != nil {
		opt.Checks = append(slices.Clone(opt.Checks), promiseCheck(opt.Target.Promises))
	}
	p := &Plan{opt: opt}
	for _, w := range opt.With {
		switch {
		case slices.Contains(Groups, Group(w)):
			p.groups = append(p.groups, Group(w))
		case slices.ContainsFunc(opt.Checks, func(c *Check) bool { return c.Name == w }):
			p.names = append(p.names, w)
		default:
			return nil, fmt.Errorf("--with: %w: %q", ErrUnknownCheck, w)
		}
	}
	only, err := selector("only", opt.Only, opt.Checks)
	if err != nil {
		return nil, err
	}
	skip, err := selector("skip", opt.Skip, opt.Checks)
	if err != nil {
		return nil, err
	}
	for _, c := range opt.Checks {
		switch {
		case len(opt.Only) > 0 && !only(c), len(opt.Skip) > 0 && skip(c):
		case p.allows(c):
			p.Checks = append(p.Checks, c)
		default:
			p.Left = append(p.Left, c)
		}
	}
	if len(p.Checks) == 0 {
		return nil, errors.New("--only, --skip and --with leave no check to run")
	}
	return p, nil
}

// selector is the predicate of a list of names and patterns.
func selector(flag string, patterns []string, from []*Check) (func(*Check) bool, error) {
	var names []string
	var weaknesses []*catalogue.Weakness
	for _, p := range patterns {
		ws := catalogue.Match(p)
		if len(ws) == 0 && !slices.ContainsFunc(from, func(c *Check) bool { return c.Name == p }) {
			return nil, fmt.Errorf("--%s: %w: %q", flag, ErrUnknownCheck, p)
		}
		names, weaknesses = append(names, p), append(weaknesses, ws...)
	}
	return func(c *Check) bool {
		return slices.Contains(names, c.Name) || slices.ContainsFunc(c.Weaknesses, func(w *catalogue.Weakness) bool { return slices.Contains(weaknesses, w) })
	}, nil
}

// allows reports whether c may run.
func (p *Plan) allows(c *Check) bool {
	return c.Group == Safe || p.allowed(c.Group) || slices.Contains(p.names, c.Name)
}

// allowed reports whether a group was allowed.
func (p *Plan) allowed(g Group) bool { return g == Safe || slices.Contains(p.groups, g) }

// opening is what a run uses before and between the checks, but for the
// control handshake behind each.
var opening = Cost{Connections: 40, Messages: 20, Time: 15 * time.Second}

// cost is the most that a check may use, with the control behind it. A ticket
// is a connection more for each.
func (p *Plan) cost(c *Check) Cost {
	out := c.Cost.plus(Cost{Connections: 2, Time: time.Second})
	// The endpoint may turn out to want a greeting on every connection.
	out.Messages += out.Connections * max(1, len(p.opt.Target.Hello))
	if p.opt.Target.TicketURL != "" {
		out.Connections *= 2
	}
	return out
}

// Declared is what the checks of the plan may use together.
func (p *Plan) Declared() Cost {
	sum := opening
	for _, c := range p.Checks {
		sum = sum.plus(p.cost(c))
	}
	return sum
}

// Budget is the most that a run uses: what the options say, else what the
// checks declare.
func (p *Plan) Budget() Cost {
	b, d := p.opt.Budget, p.Declared()
	if b.Connections == 0 {
		b.Connections = d.Connections
	}
	if b.Messages == 0 {
		b.Messages = d.Messages
	}
	if b.Time == 0 {
		b.Time = d.Time
	}
	return b
}

// share is the most that one check may use: what it declares, and what the
// budget has beyond all declarations.
func (p *Plan) share(c *Check) Cost {
	b, d := p.Budget(), p.Declared()
	over := Cost{max(0, b.Connections-d.Connections), max(0, b.Messages-d.Messages), max(0, b.Time-d.Time)}
	return p.cost(c).plus(over)
}

// ParseBudget reads "connections=100,messages=500,seconds=60", any of them.
func ParseBudget(s string) (Cost, error) {
	var c Cost
	for part := range strings.SplitSeq(s, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		var n int
		if _, err := fmt.Sscanf(value+"\n", "%d\n", &n); err != nil || n < 1 || n > 10_000_000 {
			return c, fmt.Errorf("read budget %q: want connections=N,messages=N,seconds=N with whole numbers from 1", s)
		}
		switch key {
		case "connections":
			c.Connections = n
		case "messages":
			c.Messages = n
		case "seconds":
			c.Time = time.Duration(n) * time.Second
		default:
			return c, fmt.Errorf("read budget %q: %q is none of connections, messages, seconds", s, key)
		}
	}
	return c, nil
}
