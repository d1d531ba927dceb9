package probe

import (
	"context"
	"net/http"
	"strings"
	"time"
)

func init() {
	register(&Check{
		Name:    "cookie",
		Summary: "looks at the attributes of the cookies that the server sets",
		Cost:    Cost{Connections: 2, Time: 5 * time.Second},
		Run:     runCookie,
	}, &Check{
		Name:    "csrf",
		Summary: "asks whether the cookie alone opens a connection, or a token that a foreign page can't have",
		Cost:    Cost{Connections: 2, Messages: 2, Time: 5 * time.Second},
		Needs:   NeedCookie | NeedAccepted,
		Run:     runCSRF,
	}, &Check{
		Name:    "local-network",
		Summary: "says what protects a server on this machine or in a private network from pages",
		Cost:    Cost{Time: time.Second},
		Run:     runLocalNetwork,
	}, &Check{
		Name:    "reflection",
		Summary: "looks whether a value of the query comes back in the answer, as markup or as a header",
		Cost:    Cost{Connections: 3, Messages: 2, Time: 6 * time.Second},
		Run:     runReflection,
	})
}

// runCookie looks at cookies of the handshake and of the front page.
func runCookie(ctx context.Context, s *Session) error {
	page, err := s.Get(ctx, "/", "", s.Target.Identity())
	if err != nil {
		return err
	}
	seen := 0
	for _, o := range []Outcome{s.Control, page} {
		for _, line := range o.Header.Values("Set-Cookie") {
			c, err := http.ParseSetCookie(line)
			if err != nil {
				continue
			}
			seen++
			if lacks := s.lacks(c); len(lacks) > 0 {
				s.Note("the cookie %q lacks %s", c.Name, strings.Join(lacks, ", "))
			}
		}
	}
	if seen == 0 {
		s.Pass(nil, "neither the handshake nor the front page sets a cookie")
		return nil
	}
	s.Pass(nil, "see the notes")
	return nil
}

// lacks lists what a session cookie of a WebSocket should have.
func (s *Session) lacks(c *http.Cookie) []string {
	var out []string
	switch c.SameSite {
	case http.SameSiteNoneMode:
		out = append(out, "a SameSite other than None: foreign pages send it")
	case http.SameSiteDefaultMode:
		out = append(out, "SameSite: only some browsers then take it for Lax")
	}
	if !c.HttpOnly {
		out = append(out, "HttpOnly: scripts read it")
	}
	if !c.Secure && !Loopback(s.Target.URL.Hostname()) {
		out = append(out, "Secure")
	}
	if s.Target.Secure() && !strings.HasPrefix(c.Name, "__Host-") {
		out = append(out, "the prefix __Host-: names beside this one can overwrite it")
	}
	return out
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

func runLocalNetwork(_ context.Context, s *Session) error {
	if !s.Target.Internal() {
		s.Pass(nil, "the target is at a public address")
		return nil
	}
	s.Note("pages of the public web reach servers on this machine and in private networks: Chrome asks the user first (Local Network Access), other browsers do not. What is bound here is not thereby out of reach; the checks of Origin and Host are what protects it")
	s.Pass(nil, "see the notes")
	return nil
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
