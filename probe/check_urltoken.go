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
		Cost:       Cost{Connections: 20, Messages: 20, Time: 10 * time.Second},
		Run:        runURLToken,
	})
}

const fixURLToken = "take the credential from a header, or exchange it for a ticket that lives for seconds and works once; addresses end in logs, histories and Referer headers"

// tokenNames are the query parameters that carry credentials.
var tokenNames = []string{"token", "access_token", "auth", "jwt", "authorization", "api_key", "apikey", "key", "session", "sid", "auth_token"}

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
	for _, q := range queryCredentials(who) {
		r := s.plain()
		r.Target = withQuery(r.Target, q.name, q.value)
		o, err := s.Try(ctx, r)
		if err != nil {
			return err
		}
		if !o.Accepted() || alike && !o.SameData(s.Control) {
			continue
		}
		again := ""
		if strings.Contains(o.Header.Get("Location")+string(o.Body), q.value) {
			again = " The value also comes back in the answer."
		}
		s.Weak(Finding{
			Weakness: w, Evidence: o.Evidence, Fix: fixURLToken, Anchor: "accepted",
			Message: fmt.Sprintf("The identity's credential is accepted in the query parameter %q. There it ends in the logs of every proxy on the way, and whoever reads one connects as its owner.%s", q.name, again),
		})
		return nil
	}
	s.Pass(w, "the identity's credential is not accepted in the query")
	return nil
}

// queryCredentials are the credentials of an identity under the names that
// servers read them from.
func queryCredentials(who *Identity) []struct{ name, value string } {
	var out []struct{ name, value string }
	add := func(name, value string) { out = append(out, struct{ name, value string }{name, value}) }
	if b := who.Bearer(); b != "" {
		for _, n := range tokenNames[:6] {
			add(n, b)
		}
	}
	for pair := range strings.SplitSeq(who.Cookie(), ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || len(value) < minSecret || len(out) > 12 {
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		add(name, value)
		add("token", value)
	}
	return out
}
