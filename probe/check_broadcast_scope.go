package probe

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name: "broadcast-scope", Summary: "has the first identity act while the other, and nobody, listen",
		Weaknesses: []*catalogue.Weakness{catalogue.BroadcastUnscoped}, Group: State, Needs: NeedTwoIdentities | NeedAccepted, Cost: Cost{Connections: 60, Messages: 200, Time: 60 * time.Second}, Run: runBroadcastScope,
	})
}

func runBroadcastScope(ctx context.Context, s *Session) error {
	w := catalogue.BroadcastUnscoped
	v, err := s.converse(ctx, func(k known) bool { _, subscribes := channelMember(k); return !subscribes })
	if err != nil || v == nil {
		return err
	}
	defer v.close()
	listeners := []*Identity{&s.Target.Identities[1], nil}
	acted := 0
	for _, who := range listeners {
		ear := s.newTalk(who, v.speak)
		ear.perConn = 1 << 20
		if err := ear.open(ctx); err != nil {
			if errors.Is(err, errNotOpen) {
				continue // nobody can't connect, which is as it should be
			}
			return err
		}
		n, err := v.overhear(ctx, ear, w)
		ear.close()
		if err != nil {
			return err
		}
		acted += n
	}
	if acted == 0 {
		s.NotJudged(w, "no message is known whose answer names the user")
		return nil
	}
	s.Pass(w, "what %d messages of %s brought about arrived nowhere else", acted, name(s.Target.Identity()))
	return nil
}

// overhear has the first identity act while somebody listens who has asked for
// nothing, and reports what he gets.
func (v *conversation) overhear(ctx context.Context, ear *talk, w *catalogue.Weakness) (acted int, err error) {
	me := userOf(v.s.Target.Identity())
	for _, k := range v.known {
		if !v.works(k) || talkative.MatchString(k.name) && ear.who != nil {
			continue // what is meant for everybody who signed in
		}
		a, heard, err := v.atEar(ctx, ear, k.name, k.payload)
		if err != nil {
			if errors.Is(err, errNotOpen) {
				return acted, nil
			}
			return acted, err
		}
		acted++
		for _, u := range heard {
			if !saysUser(v.speak.hear(u).body, me) {
				continue
			}
			v.s.Weak(Finding{Weakness: w, Fix: "send to the connections of those who are entitled to it, found by user or by the channel that they were let into", Anchor: k.name + " " + name(ear.who),
				Evidence: report.Evidence{Request: a.evidence.Request, Response: v.s.Mask(showUnit(u)) + "\n"},
				Message:  fmt.Sprintf("What %s brings about with a message %q arrives at the connection of %s, who has asked for nothing.", name(v.s.Target.Identity()), k.name, name(ear.who))})
			break
		}
	}
	return acted, nil
}
