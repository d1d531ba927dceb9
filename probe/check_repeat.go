package probe

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// These checks describe: what they see is a weakness or not by what the
// application means, and has no entry of the catalogue.
func init() {
	register(&Check{
		Name: "message-replay", Summary: "sends messages that have a nonce, or an id of their own, twice, byte for byte",
		Group: State, Needs: NeedAccepted, Cost: Cost{Connections: 20, Messages: 120, Time: 30 * time.Second}, Run: runMessageReplay,
	}, &Check{
		Name: "message-race", Summary: "sends the same message on ten connections at once",
		Group: State, Needs: NeedAccepted, Cost: Cost{Connections: 40, Messages: 120, Time: 40 * time.Second}, Run: runMessageRace,
	}, &Check{
		Name: "audit", Summary: "looks whether the run shows in what --audit-hook says",
		Group: State, Cost: Cost{Connections: 20, Messages: 4, Time: 40 * time.Second}, Run: runAudit,
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

// raceConns is on how many connections a message is sent at once.
const raceConns = 10

func runMessageRace(ctx context.Context, s *Session) error {
	msgs, speak := s.knownMessages()
	var k *known
	for i := range msgs {
		if !msgs[i].reads() && len(once(msgs[i:i+1])) > 0 {
			k = &msgs[i]
			break
		}
	}
	if speak == nil || k == nil {
		s.NotJudged(nil, "no message is known that may be carried out only once (with a nonce or a request id)")
		return nil
	}
	once := k.fresh()
	var open []*Conn
	defer func() { CloseAll(open) }()
	for range raceConns {
		c, err := s.Connect(ctx, s.Target.Identity())
		if errors.Is(err, ErrThrottled) || errors.Is(err, ErrUnsteady) {
			break // as many as there may be
		}
		if err != nil {
			return err
		}
		open = append(open, c)
	}
	if len(open) < 2 {
		s.NotJudged(nil, "only one connection is allowed at a time")
		return nil
	}
	carried := make([]bool, len(open))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i, c := range open {
		p := once
		p.payload = maps.Clone(once.payload)
		for member := range p.payload {
			if nonceName.MatchString(member) {
				p.payload[member] = canary("nonce") // it is the code that may be used once
			}
		}
		message := speak.wrap(p.name, p.payload, i+1)
		wg.Go(func() {
			defer func() { _ = recover() }() // a fault of one racer is no answer of the server
			<-start
			if c.Send(ctx, wire.Text, message) != nil {
				return
			}
			units, err := collect(ctx, c, max(s.Settle(), 300*time.Millisecond), func(wire.Unit) bool { return true })
			carried[i] = err == nil && len(units) > 0 && speak.hear(units[0]).refusal == ""
		})
	}
	close(start)
	wg.Wait()
	n := 0
	for _, yes := range carried {
		if yes {
			n++
		}
	}
	if n > 1 {
		s.Note("the message %q, sent on %d connections at once, was carried out %d times: if that may happen once, it is looked up and stored in two steps", k.name, len(open), n)
		return ctx.Err()
	}
	s.Pass(nil, "%q, sent on %d connections at once, was carried out %d times", k.name, len(open), n)
	return ctx.Err()
}

func runAudit(ctx context.Context, s *Session) error {
	if s.Target.Audit == "" {
		s.NotJudged(nil, "it needs a command or an address that shows the audit log (--audit-hook)")
		return nil
	}
	before, err := s.hook(ctx, s.Target.Audit, http.MethodGet)
	if err != nil {
		return err
	}
	if len(before) >= maxBody {
		s.NotJudged(nil, "the audit log is longer than %s: have the hook show its end alone", bytesText(maxBody))
		return nil
	}
	r, err := s.Request(ctx, s.Target.Identity())
	if err != nil {
		return err
	}
	o, err := s.Try(ctx, r.With("Origin", "https://"+s.Target.Foreign))
	if err != nil {
		return err
	}
	// A log may be written beside the answer.
	for range 10 {
		after, err := s.hook(ctx, s.Target.Audit, http.MethodGet)
		if err != nil {
			return err
		}
		if len(after) > len(before) || after != before {
			s.Pass(nil, "a handshake from a foreign origin (%v) shows in the audit log", o)
			return nil
		}
		if err := sleep(ctx, 300*time.Millisecond); err != nil {
			return err
		}
	}
	s.Note("%s", fmt.Sprintf("a handshake from a foreign origin (%v) left no trace in the audit log: nobody learns of an attack", o))
	return nil
}
