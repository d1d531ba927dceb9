package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

func init() {
	register(&Check{
		Name: "auth-race", Summary: "sends an action before, with and behind the message that authenticates, and waits how long a silent socket stays",
		Weaknesses: []*catalogue.Weakness{catalogue.AuthRace}, Group: State, Needs: NeedIdentity,
		Cost: Cost{Connections: 30, Messages: 120, Time: 45 * time.Second}, Run: runAuthRace,
	})
}

// credentialMessage is the message that authenticates, with its blanks filled.
func (s *Session) credentialMessage(ctx context.Context) (string, error) {
	who := s.Target.Identity()
	text := s.Target.AuthMessage
	if strings.Contains(text, "{ticket}") {
		ticket, err := s.Mint(ctx, who)
		if err != nil {
			return "", err
		}
		text = strings.ReplaceAll(text, "{ticket}", ticket)
	}
	return strings.ReplaceAll(text, "{token}", who.Bearer()), nil
}

func runAuthRace(ctx context.Context, s *Session) error {
	w := catalogue.AuthRace
	if s.Target.AuthMessage == "" {
		s.NotJudged(w, "it is about endpoints whose clients authenticate by a message: give it, such as --auth-message '{\"type\":\"auth\",\"token\":\"{token}\"}'")
		return nil
	}
	msgs, speak := s.knownMessages()
	if speak == nil {
		s.NotJudged(w, noMessages)
		return nil
	}
	alone, err := s.inBand(ctx, func(auth []byte) [][]byte { return [][]byte{auth} }, false)
	if err != nil {
		return err
	}
	judged, weak := false, false
	for _, k := range msgs {
		if !k.reads() || s.Left(ctx).Connections < 8 || weak {
			continue
		}
		var could bool
		if could, weak, err = s.raceAuth(ctx, speak, k, alone); err != nil {
			return err
		}
		judged = judged || could
	}
	switch {
	case !judged:
		s.NotJudged(w, "no message that reads is known and answered behind the credential, so that nothing can be compared")
		return nil
	case !weak:
		s.Pass(w, "a message before the credential is not carried out")
	}
	return s.silentSocket(ctx)
}

// raceAuth compares what a message is answered with behind the credential with
// what it is before it. judged reports whether it is answered at all.
func (s *Session) raceAuth(ctx context.Context, speak speech, k known, alone inBandResult) (judged, weak bool, err error) {
	action := speak.wrap(k.name, k.payload, 1)
	answers := func(us []wire.Unit) []string {
		var types []string
		for _, u := range us {
			if h := speak.hear(u); h.refusal == "" {
				types = appendNew(types, h.typ)
			}
		}
		return types
	}
	behind, err := s.inBand(ctx, func(auth []byte) [][]byte { return [][]byte{auth, action} }, false)
	if err != nil {
		return false, false, err
	}
	expected := slices.DeleteFunc(answers(behind.units), func(t string) bool { return slices.Contains(answers(alone.units), t) })
	if len(expected) == 0 {
		return false, false, nil
	}
	for _, o := range []struct {
		what  string
		raw   bool
		order func(auth []byte) [][]byte
	}{
		{"before the credential", false, func(auth []byte) [][]byte { return [][]byte{action, auth} }},
		{"before the credential, in one segment with it", true, func([]byte) [][]byte { return [][]byte{action} }},
	} {
		got, err := s.inBand(ctx, o.order, o.raw)
		if err != nil {
			return true, false, err
		}
		if slices.ContainsFunc(answers(got.first), func(t string) bool { return slices.Contains(expected, t) }) {
			s.Weak(Finding{Weakness: catalogue.AuthRace, Fix: "read nothing but the credential until it was judged, in the handshake if possible", Evidence: got.c.Evidence(), Anchor: o.what,
				Message: fmt.Sprintf("A message %q that comes %s is carried out.", k.name, o.what)})
			return true, true, nil
		}
	}
	return true, false, nil
}

// inBandResult is what came on a connection that authenticates by a message.
type inBandResult struct {
	c *Conn
	// first is what came before the server took note of the credential, units all.
	first, units []wire.Unit
}

// inBand opens a connection without a credential and sends messages in order.
// With raw the texts of one element are frames that go out in one write.
func (s *Session) inBand(ctx context.Context, order func(auth []byte) [][]byte, raw bool) (inBandResult, error) {
	auth, err := s.credentialMessage(ctx)
	if err != nil {
		return inBandResult{}, err
	}
	c, o, err := s.Open(ctx, s.plain())
	if err != nil {
		return inBandResult{}, err
	}
	if c == nil {
		return inBandResult{}, fmt.Errorf("%w: a handshake without a credential is %v", errNotOpen, o)
	}
	defer c.Close()
	r := inBandResult{c: c}
	frame := func(b []byte) []byte { key := wire.NewMaskKey(); return wire.AppendMessage(nil, wire.Text, b, &key) }
	if raw {
		// Both frames in one segment: the action is there before the credential was
		// judged.
		both := order(nil)[0]
		if err := c.Write(ctx, append(frame(both), frame([]byte(auth))...), "text: "+clip(string(both), maxShown)+"\n(and the credential, in one segment)"); err != nil {
			return r, ignoreEnd(err)
		}
		units, err := collect(ctx, c, s.Settle(), func(wire.Unit) bool { return false })
		// Answers come in order: what is carried out in time answers first.
		if len(units) > 0 {
			r.first = units[:1]
		}
		r.units = units
		return r, err
	}
	for _, m := range order([]byte(auth)) {
		if err := c.SendText(ctx, string(m)); err != nil {
			return r, ignoreEnd(err)
		}
		units, err := collect(ctx, c, s.Settle(), func(wire.Unit) bool { return false })
		if err != nil {
			return r, err
		}
		if r.units == nil {
			r.first = units
		}
		r.units = append(r.units, units...)
	}
	return r, nil
}

// silentSocket measures how long a socket that shows no credential stays, with
// pings.
func (s *Session) silentSocket(ctx context.Context) error {
	w := catalogue.AuthRace
	c, _, err := s.Open(ctx, s.plain())
	if err != nil || c == nil {
		return err
	}
	defer c.Close()
	patience := min(s.Left(ctx).Time-5*time.Second, 15*time.Second)
	began := time.Now()
	for time.Since(began) < patience {
		if err := c.Send(ctx, wire.Ping, []byte("wswarden")); err != nil {
			if errors.Is(err, ErrEnded) {
				break
			}
			return err
		}
		ended, how, err := endsWithin(ctx, c, time.Second)
		if err != nil {
			return err
		}
		if ended {
			s.Pass(w, "a socket without a credential is %s after %v, pings or not", how, time.Since(began).Round(time.Second))
			return nil
		}
	}
	if _, over := c.Closing(); over {
		s.Pass(w, "a socket without a credential is ended after %v", time.Since(began).Round(time.Second))
		return nil
	}
	s.Weak(Finding{Weakness: w, Severity: catalogue.Medium, Fix: "close a connection that has not authenticated within five seconds, whatever it sends", Evidence: c.Evidence(), Anchor: "silent",
		Message: fmt.Sprintf("A socket that shows no credential was open after %v: strangers hold as many as they like.", patience.Round(time.Second))})
	return nil
}
