package probe

import (
	"context"
	"maps"
	"regexp"
	"strings"
	"time"
)

// This check, and those of races and of the audit log, describe: what they see is
// a weakness or not by what the application means, and has no entry of the
// catalogue.
func init() {
	register(&Check{
		Name: "message-replay", Summary: "sends messages that have a nonce, or an id of their own, twice, byte for byte",
		Group: State, Needs: NeedAccepted, Cost: Cost{Connections: 20, Messages: 120, Time: 30 * time.Second}, Run: runMessageReplay,
	})
}

// nonceName matches members that say that a message is sent once.
var nonceName = regexp.MustCompile(`(?i)nonce|idempoten|request_?id|message_?id|client_?id|transaction|^(seq|sequence|uuid|jti|msg_?id)$`)

// once returns the messages that say that they are sent once, each with a value
// of its own there.
func once(msgs []known) []known {
	var out []known
	for _, k := range msgs {
		for member, v := range k.payload {
			if _, isText := v.(string); isText && nonceName.MatchString(member) {
				p := maps.Clone(k.payload)
				p[member] = canary("nonce")
				out = append(out, known{k.name, p})
				break
			}
		}
	}
	return out
}

// fresh puts a new nonce into a message, and a new code where it has one: what
// was used up by a check before shows nothing.
func (k known) fresh() known {
	p := maps.Clone(k.payload)
	for member, v := range p {
		if _, isText := v.(string); isText && (nonceName.MatchString(member) || strings.EqualFold(member, "code")) {
			p[member] = canary(strings.ToLower(member))
		}
	}
	return known{k.name, p}
}

func runMessageReplay(ctx context.Context, s *Session) error {
	msgs, speak := s.knownMessages()
	if speak == nil || len(once(msgs)) == 0 {
		s.NotJudged(nil, "no message is known that says that it is sent once (a nonce, a request id)")
		return nil
	}
	t := s.newTalk(s.Target.Identity(), speak)
	defer t.close()
	var repeated []string
	tried := 0
	for _, k := range once(msgs) {
		k = k.fresh()
		first, err := t.ask(ctx, k.name, k.payload)
		if err != nil {
			return err
		}
		if first.refusal != "" || first.silent() || first.ended {
			continue
		}
		tried++
		second, err := t.ask(ctx, k.name, k.payload, first.types...)
		if err != nil {
			return err
		}
		if second.accepted(first) {
			repeated = append(repeated, k.name)
		}
	}
	switch {
	case tried == 0:
		s.NotJudged(nil, "no message with a nonce is carried out")
	case len(repeated) > 0:
		s.Note("the messages %q were carried out a second time with the same nonce: who records one can repeat it", repeated)
	default:
		s.Pass(nil, "%d messages with a nonce are refused the second time", tried)
	}
	return nil
}
