package probe

import (
	"context"
	"strings"
	"time"
)

func init() {
	register(&Check{
		Name:    "reflection",
		Summary: "looks whether a value of the query comes back in the answer, as markup or as a header",
		Cost:    Cost{Connections: 3, Messages: 2, Time: 6 * time.Second},
		Run:     runReflection,
	})
}

func runReflection(ctx context.Context, s *Session) error {
	const mark = "wswardenzq7"
	r := s.plain().Without("Sec-WebSocket-Key")
	r.Target = withQuery(r.Target, "wswarden", "<i>"+mark+"</i>\r\nX-Wswarden: 1")
	o, err := s.Fetch(ctx, r)
	if err != nil {
		return err
	}
	switch {
	case o.Header.Get("X-Wswarden") != "":
		s.Note("a line break in the query becomes one in the answer's headers: whoever makes a visitor follow a link writes headers of the response")
	case strings.Contains(string(o.Body), "<i>"+mark) && strings.Contains(o.Header.Get("Content-Type"), "html"):
		s.Note("the error page repeats the query as markup: a link to it runs a script of its author on this origin, which the check of Origin then lets in")
	default:
		s.Pass(nil, "a value of the query does not come back as markup or header")
		return nil
	}
	s.Pass(nil, "see the notes")
	return nil
}
