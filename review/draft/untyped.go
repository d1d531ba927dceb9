package draft

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/yamltext"
)

// untyped adds a rule for messages that name no type, where the code has a case for
// them: a rule for all types that lets none but those pass. Where there can't be one,
// it says why.
func (d *drafter) untyped(r *route, list []*message, client *yamltext.Object) string {
	if r.dialect != "json" {
		return ""
	}
	for _, e := range r.endpoints {
		u := e.Untyped
		if u == nil {
			continue
		}
		if !identifier.MatchString(r.typeField) {
			return fmt.Sprintf("the code takes messages without %s, too (%s); reject, once every client names a type", r.typeField, place(u.Span))
		}
		like := d.anything(r)
		if i := slices.IndexFunc(list, func(m *message) bool { return m.name == u.As }); i >= 0 {
			like = list[i]
		}
		m := *like
		m.name, m.at = "*", u.Span
		rule := d.rule(r, &m)
		none := noType(r.typeField)
		*client = append(*client, yamltext.Member{Key: rule.Key, Value: narrowed(rule.Value.(yamltext.Object), none), Comment: rule.Comment, Above: []string{"A message without a type, or with an empty one, which the code takes; no other type."}})
		return ""
	}
	return ""
}

// noType is the condition that a message names no type.
func noType(field string) string {
	return "!" + celHas(field) + " || " + celField(field) + ` == ""`
}

// narrowed is a rule that asks for one more condition.
func narrowed(rule yamltext.Object, cond string) yamltext.Object {
	i := slices.IndexFunc(rule, func(m yamltext.Member) bool { return m.Key == "allow" })
	if i < 0 {
		return slices.Insert(rule, 1, yamltext.Member{Key: "allow", Value: cond})
	}
	if old, ok := rule[i].Value.(string); ok && strings.TrimSpace(old) != "" {
		rule[i].Value = "(" + cond + ") && (" + old + ")"
	}
	return rule
}
