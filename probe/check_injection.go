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
	}, &Check{
		Name: "binary-format", Summary: "sends the first bytes of formats that make objects, in binary messages, and looks for the words of their readers",
		Weaknesses: []*catalogue.Weakness{catalogue.UnsafeDeserialization}, Group: Named, Needs: NeedAccepted,
		Cost: Cost{Connections: 10, Messages: 20, Time: 20 * time.Second}, Run: runBinaryFormat,
	}, &Check{
		Name: "record-leak", Summary: "reads along for members that look like secrets",
		Weaknesses: []*catalogue.Weakness{catalogue.RecordLeak}, Cost: Cost{Connections: 20, Messages: 40, Time: 20 * time.Second}, Last: true, Run: runRecordLeak,
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

// magic are the first bytes of formats that make objects, with what their
// readers say when the rest is missing.
var magic = []struct {
	format string
	bytes  []byte
	words  *regexp.Regexp
}{
	{"Java serialization", []byte{0xac, 0xed, 0, 5, 'z'}, regexp.MustCompile(`(?i)java\.io|StreamCorrupted|ObjectInputStream|invalid type code`)},
	{"Python pickle", []byte{0x80, 4, 0x95}, regexp.MustCompile(`(?i)pickle`)},
	{".NET BinaryFormatter", []byte{0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, regexp.MustCompile(`(?i)BinaryFormatter|SerializationException`)},
	{"PHP serialize", []byte(`O:8:"wswarden`), regexp.MustCompile(`(?i)unserialize`)},
	{"Ruby Marshal", []byte{4, 8, 'o'}, regexp.MustCompile(`(?i)marshal data`)},
}

func runBinaryFormat(ctx context.Context, s *Session) error {
	w := catalogue.UnsafeDeserialization
	for _, m := range magic {
		c, err := s.Connect(ctx, s.Target.Identity())
		if err != nil {
			return err
		}
		err = c.Send(ctx, wire.Binary, m.bytes)
		var units []wire.Unit
		if err == nil {
			units, err = collect(ctx, c, s.Settle(), func(wire.Unit) bool { return false })
		}
		closing, _ := c.Closing()
		e := c.Evidence()
		c.Close()
		if ignoreEnd(err) != nil {
			return err
		}
		said := unitText(units)
		if closing != nil {
			said += string(closing.Reason)
		}
		if m.words.MatchString(said) {
			s.Weak(Finding{Weakness: w, Fix: "read messages with a format that makes no objects, such as JSON, and hold them to a schema", Evidence: e, Anchor: m.format,
				Message: fmt.Sprintf("A binary message that begins like %s is answered in the words of its reader: what anybody sends is made into objects, which runs code of his choice.", m.format)})
		}
	}
	s.Pass(w, "binary messages that begin like %d formats are not answered by their readers", len(magic))
	return nil
}

// secretMember matches names of members that belong in no message, and
// secretValue values that look like secrets whatever they are called.
var (
	secretMember = regexp.MustCompile(`(?i)pass(word|wd|phrase)?_?(hash|salt|digest)?$|^(pwd|salt|secret|private_?key|api_?secret|tax_?id|ssn|social_security|card_?number|cvv|iban|otp|totp|mfa_secret)$|password|_hash$|[a-z]Hash$`)
	secretValue  = regexp.MustCompile(`\$2[aby]\$\d\d\$[./A-Za-z0-9]{20}|\$argon2i?d?\$|\$scrypt\$|pbkdf2_sha|-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b`)
)

func runRecordLeak(ctx context.Context, s *Session) error {
	w := catalogue.RecordLeak
	// What reads bring back belongs to it, where some are known.
	if msgs, speak := s.knownMessages(); speak != nil && len(msgs) > 0 && s.Control.Accepted() {
		t := s.newTalk(s.Target.Identity(), speak)
		defer t.close()
		for _, k := range msgs[:min(len(msgs), 24)] {
			if !k.reads() {
				continue
			}
			if _, err := t.ask(ctx, k.name, k.payload); err != nil {
				return err
			}
		}
	}
	seen := map[string]bool{}
	n := 0
	for _, r := range s.Facts().all() {
		if r.kind != "text" {
			continue
		}
		n++
		for _, found := range secretLeaks(r.text) {
			if seen[found.name] || len(seen) >= 8 {
				continue
			}
			seen[found.name] = true
			f := Finding{Weakness: w, Fix: "send an object of your own making with the members that a page needs; with guard: a schema of the server's message and undeclared: drop", Anchor: found.name}
			f.Evidence.Request, f.Evidence.Response = r.sent, maskMember(clip(r.text, maxShown), found.value)
			f.Message = fmt.Sprintf("The server sends a member %q, which %s: a record is sent whole.", found.name, found.why)
			s.Weak(f)
		}
	}
	if len(seen) == 0 {
		s.Pass(w, "no member of %d messages looks like a secret", n)
	}
	return nil
}
