package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// messageRules are a MessagePolicy made ready for judging. They don't change.
type messageRules struct {
	cfg            MessagePolicy
	dialect        dialect.Dialect
	client, server ruleBook
	secret         nameSet
	strict         bool // a server's message that can't be read might hold what must not pass
	unread         bool // nothing but a stack trace is looked for in a server's message
}

// ruleBook are the rules for what one side says.
type ruleBook struct {
	exact   map[string]*rule
	begins  []*rule // by the beginning of a type, longest first
	other   *rule   // of types without a rule, if they pass
	unknown Unknown
	slots   int               // rates by type
	trusted *jsonscan.Scanner // for text, whose UTF-8 was judged with its frames
	checks  *jsonscan.Scanner // for anything else
}

// rule is a MessageRule made ready.
type rule struct {
	name    string
	monitor bool
	counts  *typeCounts

	slot             int // of its rate among those of a connection
	limited          bool
	limit, userLimit pace
	cfg              *MessageRule
	schema           *Schema
	undeclared       bool
	fresh            bool
	allow            Condition
	set              []assignment
	clean            []cleaning
	redact           nameSet
}

type assignment struct {
	path  jsonscan.Path
	value Expression
}

type cleaning struct {
	path    jsonscan.Path
	cleaner Cleaner
}

// newMessageRules makes the policy of r ready, which Validate has found to hold.
func newMessageRules(r Route, counts *routeCounts) (*messageRules, error) {
	p := *r.Messages
	m := &messageRules{cfg: p, dialect: p.Dialect, secret: newNameSet(p.Secret)}
	if m.dialect == nil {
		var err error
		if m.dialect, err = dialect.NewJSON(p.Type); err != nil {
			return nil, err
		}
	}
	var err error
	if m.client, err = newRuleBook(r, p.Client, p.Unknown, p.JSON, counts.types(dialect.Client, p.Client)); err != nil {
		return nil, err
	}
	if m.server, err = newRuleBook(r, p.Server, p.UnknownServer, serverJSON(p.ServerJSON), counts.types(dialect.Server, p.Server)); err != nil {
		return nil, err
	}
	m.unread = p.Dialect == nil && len(p.Server) == 0 && m.secret.empty() && p.UnknownServer == UnknownPass && p.Observe == nil
	m.strict = len(p.Server) > 0 || !m.secret.empty() || p.UnknownServer == UnknownReject
	return m, nil
}

func newRuleBook(r Route, rules map[string]MessageRule, unknown Unknown, l JSONLimits, counts map[string]*typeCounts) (ruleBook, error) {
	b := ruleBook{exact: map[string]*rule{}, unknown: unknown}
	l.TrustUTF8 = false
	b.checks = jsonscan.NewScanner(l)
	l.TrustUTF8 = true
	b.trusted = jsonscan.NewScanner(l)
	b.other = &rule{monitor: r.Mode == Monitor, counts: counts[otherTypes], cfg: &MessageRule{}}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		cfg := rules[name]
		ru, err := newRule(name, &cfg, r.Mode)
		if err != nil {
			return b, err
		}
		ru.counts = counts[name]
		ru.slot, b.slots = b.slots, b.slots+1
		if begin, ok := strings.CutSuffix(name, "*"); ok {
			ru.name = begin
			b.begins = append(b.begins, ru)
			continue
		}
		b.exact[name] = ru
	}
	slices.SortStableFunc(b.begins, func(x, y *rule) int { return len(y.name) - len(x.name) })
	return b, nil
}

func newRule(name string, cfg *MessageRule, mode Mode) (*rule, error) {
	ru := &rule{name: name, cfg: cfg, monitor: mode == Monitor || cfg.Mode == Monitor, schema: cfg.Schema,
		undeclared: cfg.Undeclared == UndeclaredDrop, fresh: cfg.Fresh, allow: cfg.Allow, redact: newNameSet(cfg.Redact)}
	if cfg.Limit != (Rate{}) || cfg.UserLimit != (Rate{}) {
		ru.limited = true
		ru.userLimit = newPace(cfg.UserLimit.or(cfg.Limit))
		ru.limit = newPace(cfg.Limit.or(cfg.UserLimit))
	}
	for _, path := range slices.Sorted(maps.Keys(cfg.Set)) {
		p, err := jsonscan.ParsePath(path)
		if err != nil {
			return nil, fmt.Errorf("set: %w", err)
		}
		ru.set = append(ru.set, assignment{p, cfg.Set[path]})
	}
	for _, path := range slices.Sorted(maps.Keys(cfg.Clean)) {
		p, err := jsonscan.ParsePath(path)
		if err != nil {
			return nil, fmt.Errorf("clean: %w", err)
		}
		ru.clean = append(ru.clean, cleaning{p, cfg.Clean[path]})
	}
	return ru, nil
}

// find returns the rule for messages of type t, nil if there is none.
func (b *ruleBook) find(t []byte) *rule {
	if r := b.exact[string(t)]; r != nil {
		return r
	}
	for _, r := range b.begins {
		if len(t) >= len(r.name) && string(t[:len(r.name)]) == r.name {
			return r
		}
	}
	return nil
}

// serverJSON has larger defaults than a client's: it is the memory of a backend
// that is spent, and its lists are long. Names that only harm a server
// pass to the client.
func serverJSON(l JSONLimits) JSONLimits {
	for _, d := range []struct {
		limit *int
		value int
	}{{&l.Depth, 128}, {&l.ObjectKeys, 1 << 14}, {&l.Keys, 1 << 17}, {&l.Elements, 1 << 17}, {&l.Values, 1 << 18}, {&l.KeyBytes, 1 << 12}, {&l.NumberBytes, 1 << 10}} {
		if *d.limit == 0 {
			*d.limit = d.value
		}
	}
	l.AllowPrototypeKeys, l.AllowCaseVariants = true, true
	return l
}
