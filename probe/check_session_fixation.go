package probe

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name: "session-fixation", Summary: "connects with a session id of its own choice",
		Weaknesses: []*catalogue.Weakness{catalogue.AuthMissing}, Group: State, Needs: NeedCookie | NeedAccepted,
		Cost: Cost{Connections: 6, Messages: 10, Time: 10 * time.Second}, Run: runSessionFixation,
	})
}

func runSessionFixation(ctx context.Context, s *Session) error {
	w := catalogue.AuthMissing
	who := s.Target.Identity()
	without, err := s.Try(ctx, s.plain())
	if err != nil {
		return err
	}
	if without.Accepted() {
		s.NotJudged(w, "a handshake without any session is %v too", without)
		return nil
	}
	for pair := range strings.SplitSeq(who.Cookie(), ";") {
		n, _, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok {
			continue
		}
		chosen := strings.ReplaceAll(canary("session"), "-", "") + "0123456789abcdef"
		r := s.plain().With("Cookie", n+"="+chosen)
		o, err := s.Try(ctx, r)
		if err != nil {
			return err
		}
		if o.Accepted() {
			s.Weak(Finding{Weakness: w, Fix: "accept session ids that the server has issued alone, and issue a new one at every sign-in", Evidence: o.Evidence, Anchor: "fixation",
				Message: fmt.Sprintf("A handshake whose cookie %s is a value of the client's own choice is %v: an attacker gives a visitor a session that he knows (session fixation).", n, o)})
			return nil
		}
	}
	s.Pass(w, "a session id of the client's own choice is refused")
	return nil
}
