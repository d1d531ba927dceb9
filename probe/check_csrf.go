package probe

import (
	"context"
	"time"
)

func init() {
	register(&Check{
		Name:    "csrf",
		Summary: "asks whether the cookie alone opens a connection, or a token that a foreign page can't have",
		Cost:    Cost{Connections: 2, Messages: 2, Time: 5 * time.Second},
		Needs:   NeedCookie | NeedAccepted,
		Run:     runCSRF,
	})
}

func runCSRF(ctx context.Context, s *Session) error {
	r := s.plain().With("Cookie", s.Target.Identity().Cookie())
	o, err := s.Try(ctx, r)
	if err != nil {
		return err
	}
	if o.Accepted() {
		if s.Facts().ForeignAccepted() {
			s.Note("the cookie alone opens a connection, and Origin is not checked: nothing stands between a foreign page and the visitor's session")
		} else {
			s.Note("the cookie and the right Origin open a connection; the check of Origin is the only thing between a foreign page and the visitor's session")
		}
		s.Pass(nil, "the cookie alone is enough; see the notes")
		return nil
	}
	s.Pass(nil, "the cookie alone is not enough: it is %v", o)
	return nil
}
