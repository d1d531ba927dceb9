package probe

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
	"github.com/wswarden/wswarden/report"
)

func init() {
	register(&Check{
		Name:       "auth",
		Summary:    "connects with no credential, with one that is none, and with a token that nobody has signed",
		Weaknesses: []*catalogue.Weakness{catalogue.AuthMissing, catalogue.TokenUnverified},
		Cost:       Cost{Connections: 14, Messages: 20, Time: 12 * time.Second},
		Late:       true,
		Run:        runAuth,
	})
}

const (
	fixAuth  = "authenticate in the handshake, by a ticket or a session that is checked before the upgrade, and refuse with 401"
	fixToken = "verify the signature with a fixed list of algorithms and the issuer's key before anything in the token is believed"
)

func runAuth(ctx context.Context, s *Session) error {
	anonymous, err := s.stranger(ctx, s.plain())
	if err != nil {
		return err
	}
	if anonymous.Accepted() {
		s.judgeAnonymous(anonymous)
		s.NotJudged(catalogue.TokenUnverified, "it opens without any credential, so that a forged one shows nothing")
		return nil
	}
	s.Pass(catalogue.AuthMissing, "without a credential it is %v", anonymous)
	return s.forge(ctx, anonymous)
}

// stranger does a handshake, and asks something harmless where it is let in and
// hears nothing.
func (s *Session) stranger(ctx context.Context, r Request) (Outcome, error) {
	c, o, err := s.Open(ctx, r)
	if err != nil || c == nil {
		return o, err
	}
	defer c.Close()
	// A check behind the upgrade may take longer than the usual one.
	if o, err = c.settle(ctx, o, max(3*s.Settle(), 500*time.Millisecond)); err != nil || o.Kind != Open {
		return o, err
	}
	if err := c.SendText(ctx, s.harmless()); err != nil && !errors.Is(err, ErrEnded) {
		return o, err
	}
	o, err = c.settle(ctx, o, max(3*s.Settle(), 500*time.Millisecond))
	if o.Kind == Closed || o.Kind == Denied {
		o.Kind = Open // it was let in; what ended it is a message that nobody knows
	}
	return o, err
}

// demand matches answers that ask for a sign-in.
var demand = regexp.MustCompile(`(?i)\b(un)?auth|log ?in|sign ?in|forbidden|denied|credential|permission|not allowed|token`)

// judgeAnonymous judges a connection that nobody authenticated.
func (s *Session) judgeAnonymous(o Outcome) {
	w := catalogue.AuthMissing
	said := func(u wire.Unit) bool { return demand.Match(u.Payload) }
	known := s.Target.Identity() != nil
	f := Finding{Weakness: w, Evidence: o.Evidence, Fix: fixAuth, Anchor: "anonymous", Confidence: report.MediumConfidence}
	switch {
	case o.Kind == Open:
		s.NotJudged(w, "a stranger is let in, and nothing comes, also not to a message of an unknown type, or that is refused; it may ask for a credential in a message")
		return
	case slices.ContainsFunc(o.Messages, said) && !(known && o.SameData(s.Control)):
		s.NotJudged(w, "a stranger is let in, and the answer speaks of signing in, so that it may authenticate by a message")
		return
	case known && o.SameData(s.Control) && len(s.Control.Messages) > 0:
		f.Confidence = report.HighConfidence
		f.Message = "A handshake without any credential is let in and gets the same as one with it: nobody is asked who he is."
	case known:
		f.Message = "A handshake without any credential is let in and served, though not with what the identity gets."
	default:
		f.Message = "A handshake without any credential is let in and served: nobody is asked who he is. If what it serves is meant for everybody, this is as it should be."
	}
	s.Weak(f)
}

// forgery is a credential that must not be accepted.
type forgery struct {
	what   string
	with   func(Request) Request
	signed bool // it shows that a signature is not verified
}

// forge tries credentials that are none.
func (s *Session) forge(ctx context.Context, anonymous Outcome) error {
	for _, f := range s.forgeries() {
		o, err := s.stranger(ctx, f.with(s.plain()))
		if err != nil {
			return err
		}
		if !o.Accepted() {
			continue
		}
		w, fix := catalogue.AuthMissing, fixAuth
		message := "any value passes for a credential"
		if f.signed {
			w, fix = catalogue.TokenUnverified, fixToken
			message = "whoever writes a token chooses who he is"
		}
		s.Weak(Finding{
			Weakness: w, Evidence: o.Evidence, Fix: fix, Anchor: f.what,
			Message: fmt.Sprintf("A handshake with %s is %v, where one without a credential is %v: %s.", f.what, o, anonymous, message),
		})
		return nil
	}
	s.Pass(catalogue.TokenUnverified, "tokens that nobody has signed, and rubbish, are refused")
	return nil
}

// forgeries are made of the identity's own credential where there is one: of
// the same header, cookie and claims.
func (s *Session) forgeries() []forgery {
	header := func(name, value string) func(Request) Request {
		return func(r Request) Request { return r.With(name, value) }
	}
	out := []forgery{{"a bearer token that is none", header("Authorization", "Bearer "+rubbish), false}}
	who := s.Target.Identity()
	if who == nil {
		who = &Identity{}
	}
	for _, l := range who.Lines {
		if !strings.EqualFold(l.Name, "Authorization") {
			out = append(out, forgery{"an invented value in " + l.Name, header(l.Name, replaceValues(l, rubbish)), false})
		}
	}
	out = append(out, forgery{"an unsigned token (alg none)", header("Authorization", "Bearer "+unsignedJWT(who.Bearer(), "none")), true})
	out = append(out, forgery{"an unsigned token (alg none) in the query", func(r Request) Request {
		r.Target = withQuery(r.Target, "token", unsignedJWT(who.Bearer(), "none"))
		return r
	}, true})
	if b := who.Bearer(); isJWT(b) {
		out = append(out,
			forgery{"its own token with another signature", header("Authorization", "Bearer "+forgeSignature(b)), true},
			forgery{"its own token, unsigned (alg NONE)", header("Authorization", "Bearer "+unsignedJWT(b, "NONE")), true})
	}
	for _, l := range who.Lines {
		for _, v := range values(l) {
			if isJWT(v) && !strings.EqualFold(l.Name, "Authorization") {
				out = append(out,
					forgery{"its own token with another signature in " + l.Name, header(l.Name, strings.ReplaceAll(l.Value, v, forgeSignature(v))), true},
					forgery{"its own token, unsigned (alg none), in " + l.Name, header(l.Name, strings.ReplaceAll(l.Value, v, unsignedJWT(v, "none"))), true})
			}
		}
	}
	return out
}

// values are the values of a header line: those of its cookies, or the whole.
func values(l wireclient.Line) []string {
	if !strings.EqualFold(l.Name, "Cookie") {
		return []string{l.Value}
	}
	var out []string
	for pair := range strings.SplitSeq(l.Value, ";") {
		if _, v, ok := strings.Cut(pair, "="); ok {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

// replaceValues is the header line with every value replaced.
func replaceValues(l wireclient.Line, by string) string {
	if !strings.EqualFold(l.Name, "Cookie") {
		return by
	}
	var out []string
	for pair := range strings.SplitSeq(l.Value, ";") {
		name, _, _ := strings.Cut(strings.TrimSpace(pair), "=")
		out = append(out, name+"="+by)
	}
	return strings.Join(out, "; ")
}
