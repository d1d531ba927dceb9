package probe

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "record-leak", Summary: "reads along for members that look like secrets",
		Weaknesses: []*catalogue.Weakness{catalogue.RecordLeak}, Cost: Cost{Connections: 20, Messages: 40, Time: 20 * time.Second}, Last: true, Run: runRecordLeak,
	})
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
