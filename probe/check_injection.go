package probe

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name: "injection", Summary: "puts a quote, an operator and a product in braces into each text of the messages that read",
		Weaknesses: []*catalogue.Weakness{catalogue.SQLInjection, catalogue.NoSQLInjection, catalogue.TemplateInjection}, Group: Named, Needs: NeedAccepted,
		Cost: Cost{Connections: 40, Messages: 300, Time: 60 * time.Second}, Run: runInjection,
	})
}

// sqlWords are what databases say of a quote that is not closed.
var sqlWords = regexp.MustCompile(`(?i)sqlstate|sql syntax|syntax error at or near|unterminated quoted string|unclosed quotation mark|quoted string not properly terminated|sqlite_error|ORA-\d{5}|near "'+": syntax error`)

func runInjection(ctx context.Context, s *Session) error {
	v, err := s.converse(ctx, known.reads)
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	tried := 0
	for _, k := range v.known {
		if !v.works(k) {
			continue
		}
		for _, member := range slices.Sorted(maps.Keys(k.payload)) {
			value, isText := k.payload[member].(string)
			if !isText || member == "type" {
				continue
			}
			tried++
			for _, try := range []func(context.Context, *conversation, known, string, string) error{s.quote, s.operator, s.template} {
				if err := try(ctx, v, k, member, value); err != nil {
					return err
				}
			}
		}
	}
	if tried == 0 {
		s.NotJudged(nil, "no message that reads, with a text in it, is known and answered")
		return nil
	}
	s.Pass(nil, "a quote, an operator and a product in braces in %d members are taken as text, or refused", tried)
	return nil
}

// put sends a message with another value of a member.
func (v *conversation) put(ctx context.Context, k known, member string, value any) (answered, error) {
	p := maps.Clone(k.payload)
	p[member] = value
	return v.t.ask(ctx, k.name, p)
}

// quote compares one quote with two: only text that becomes a part of a
// statement makes a difference of them.
func (s *Session) quote(ctx context.Context, v *conversation, k known, member, value string) error {
	one, err := v.put(ctx, k, member, value+"'")
	if err != nil {
		return err
	}
	two, err := v.put(ctx, k, member, value+"''")
	if err != nil {
		return err
	}
	if !sqlWords.MatchString(unitText(one.units)) || sqlWords.MatchString(unitText(two.units)) {
		return nil
	}
	s.Weak(Finding{Weakness: catalogue.SQLInjection, Fix: "use parameters of the statement, never text put together", Evidence: one.evidence, Anchor: k.name + "." + member,
		Message: fmt.Sprintf("One quote in %q of a message %q makes an error of the database, two don't: the text is a part of a statement, and whoever sends it writes the rest.", member, k.name)})
	return nil
}

// operator compares a word that nothing has with an operator that everything
// satisfies.
func (s *Session) operator(ctx context.Context, v *conversation, k known, member, _ string) error {
	none, err := v.put(ctx, k, member, canary("none"))
	if err != nil {
		return err
	}
	all, err := v.put(ctx, k, member, map[string]any{"$ne": canary("none")})
	if err != nil {
		return err
	}
	wrong, err := v.put(ctx, k, member, map[string]any{"$wswarden": canary("none")})
	if err != nil {
		return err
	}
	longer := len(unitText(all.units)) > len(unitText(none.units))
	if all.refusal != "" || all.ended || !longer || unitText(wrong.units) == unitText(all.units) && wrong.refusal == "" && !strings.Contains(unitText(all.units), "[") {
		return nil
	}
	s.Weak(Finding{Weakness: catalogue.NoSQLInjection, Fix: "refuse what is no text before it gets into a query", Evidence: all.evidence, Anchor: k.name + "." + member,
		Message: fmt.Sprintf("An object with an operator in %q of a message %q finds more than any text: it becomes a part of the query.", member, k.name)})
	return nil
}

func (s *Session) template(ctx context.Context, v *conversation, k known, member, _ string) error {
	// A product that stands in no answer by chance.
	a, err := v.put(ctx, k, member, "wsw{{7919*6007}}${7919*6007}#{7919*6007}<%= 7919*6007 %>")
	if err != nil {
		return err
	}
	if !strings.Contains(unitText(a.units), "47569433") {
		return nil
	}
	s.Weak(Finding{Weakness: catalogue.TemplateInjection, Fix: "give text to templates as data; never make a template of it", Evidence: a.evidence, Anchor: k.name + "." + member,
		Message: fmt.Sprintf("A product in braces in %q of a message %q comes back calculated: the text is compiled as a template.", member, k.name)})
	return nil
}

// unitText is all that some messages say.
func unitText(units []wire.Unit) string {
	var b strings.Builder
	for _, u := range units {
		b.Write(u.Payload)
		b.WriteByte('\n')
	}
	return b.String()
}
