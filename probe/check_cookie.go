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
