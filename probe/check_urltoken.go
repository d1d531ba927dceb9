package probe

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

func init() {
	register(&Check{
		Name:       "url-token",
		Summary:    "offers the identity's credential in the query of the address",
		Weaknesses: []*catalogue.Weakness{catalogue.TokenInURL},
		Cost:       Cost{Connections: 90, Messages: 90, Time: 20 * time.Second},
		Run:        runURLToken,
	})
}

const fixURLToken = "take the credential from a header, or exchange it for a ticket that lives for seconds and works once; addresses end in logs, histories and Referer headers"

// tokenNames are the query parameters that carry credentials.
var tokenNames = []string{
	"token", "access_token", "auth", "jwt", "authorization", "api_key", "apikey", "key", "session", "sid", "auth_token",
	"session_id", "sessionid", "id_token", "bearer", "ticket",
}

func runURLToken(ctx context.Context, s *Session) error {
	w := catalogue.TokenInURL
	for name, vs := range s.Target.URL.Query() {
		if slices.Contains(tokenNames, strings.ToLower(name)) && len(vs) > 0 && len(vs[0]) >= minSecret && s.Control.Accepted() {
			s.Secret(vs[0])
			s.Weak(Finding{
				Weakness: w, Evidence: s.Control.Evidence, Fix: fixURLToken, Anchor: "given",
				Message: fmt.Sprintf("The address itself carries a credential in the parameter %q, and opens the connection. It ends in the logs of every proxy on the way.", name),
			})
			return nil
		}
	}
	who := s.Target.Identity()
	if who == nil {
		s.NotJudged(w, "it needs an identity, whose credential is offered in the query (--identity)")
		return nil
	}
	anonymous, err := s.Try(ctx, s.plain())
	if err != nil {
		return err
	}
	// A server that lets everybody in may still tell by the credential who it is.
	alike := anonymous.Like(s.Control)
	if alike && (!s.Control.Accepted() || anonymous.SameData(s.Control)) {
		s.NotJudged(w, "it is %v with and without a credential, so that one in the query shows nothing", anonymous)
		return nil
	}
	var names []string
	for _, c := range queryCredentials(who) {
		name, o, err := s.nameInQuery(ctx, c, func(o Outcome) bool { return o.Accepted() && !(alike && !o.SameData(s.Control)) }, alike)
		if err != nil {
			return err
		}
		if name == "" {
			for _, n := range c.names {
				names = appendNew(names, n)
			}
			continue
		}
		again := ""
		if strings.Contains(o.Header.Get("Location")+string(o.Body), c.value) {
			again = " The value also comes back in the answer."
		}
		s.Weak(Finding{
			Weakness: w, Evidence: o.Evidence, Fix: fixURLToken, Anchor: "accepted",
			Message: fmt.Sprintf("The identity's credential is accepted in the query parameter %q. There it ends in the logs of every proxy on the way, and whoever reads one connects as its owner.%s", name, again),
		})
		return nil
	}
	if len(names) == 0 {
		s.NotJudged(w, "the identity has no bearer token, and no cookie that is long enough for a credential")
		return nil
	}
	s.Pass(w, "the identity's credential is not accepted in the query under these names: %s", strings.Join(names, ", "))
	return nil
}

// A queryCredential is a credential of an identity and the names under which a
// server may read it from the query.
type queryCredential struct {
	value string
	names []string
}

// nameInQuery returns the name under which a credential is let in, empty if there
// is none, and what came of it. Where everybody is let in all names are offered
// at once first: nothing that one of them spoils could be told from a stranger.
func (s *Session) nameInQuery(ctx context.Context, c queryCredential, in func(Outcome) bool, all bool) (string, Outcome, error) {
	offer := func(names ...string) (Outcome, error) {
		r := s.plain()
		for _, n := range names {
			r.Target = withQuery(r.Target, n, c.value)
		}
		return s.Try(ctx, r)
	}
	if all {
		if o, err := offer(c.names...); err != nil || !in(o) {
			return "", o, err
		}
	}
	for _, n := range c.names {
		o, err := offer(n)
		if err != nil || !in(o) {
			if err != nil {
				return "", o, err
			}
			continue
		}
		// Where any value is let in, it is not the credential that is read.
		r := s.plain()
		r.Target = withQuery(r.Target, n, rubbish)
		if any, err := s.Try(ctx, r); err != nil || !in(any) {
			return n, o, err
		}
	}
	return "", Outcome{}, nil
}

// maxQueryCredentials bounds how many values are offered: a cookie header may be
// full of what is no credential.
const maxQueryCredentials = 4

// queryCredentials are the credentials of an identity: the token of its
// Authorization header, and the values of its cookies.
func queryCredentials(who *Identity) []queryCredential {
	var out []queryCredential
	add := func(value string, own ...string) {
		if len(out) < maxQueryCredentials {
			out = append(out, queryCredential{value, append(own, tokenNames...)})
		}
	}
	if b := who.Bearer(); b != "" {
		add(b)
	}
	for pair := range strings.SplitSeq(who.Cookie(), ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || len(value) < minSecret {
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		if slices.Contains(tokenNames, name) {
			add(value)
		} else {
			add(value, name)
		}
	}
	return out
}
