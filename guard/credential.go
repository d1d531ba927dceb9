package guard

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

const (
	// serviceRetry and connectionRetry are when a client may come back.
	serviceRetry    = 5 * time.Second
	connectionRetry = 10 * time.Second
	// maxCredential bounds a bearer token and a query.
	maxCredential = 16 << 10
	ticketParam   = "ticket"
)

// credentials are what a handshake carries, before any of it is judged.
type credentials struct {
	ticket  string // from a sub-protocol or the query
	carrier Carrier
	bearer  string
	cookie  bool
	strays  []string // tickets that are refused for what they came with
}

// passport is a credential that was judged.
type passport struct {
	identity Identity
	// judged are the headers that the verdict rests on, by the hash of their
	// values. Nothing else of the client's credentials reaches the backend.
	judged map[string][sha256.Size]byte
	ticket TicketHash
	// credential is what was judged; nil where a route does not judge again.
	credential credential
}

// readCredentials finds what the client presents. The query has been judged.
func readCredentials(r *http.Request, o offer) (credentials, *Denial) {
	var c credentials
	query := r.URL.Query()[ticketParam]
	if n := len(o.tickets) + len(query); n > 1 {
		c.strays = slices.Concat(o.tickets, query)
		return c, manyCredentials("%d tickets at once", n)
	}
	switch {
	case len(o.tickets) == 1:
		c.ticket, c.carrier = o.tickets[0], CarrierSubprotocol
	case len(query) == 1:
		c.ticket, c.carrier = query[0], CarrierQuery
	}
	c.bearer = bearerToken(r.Header)
	if c.bearer != "" && c.carrier != "" {
		c.strays = []string{c.ticket}
		return c, manyCredentials("a ticket and a bearer token at once")
	}
	c.cookie = len(r.Header["Cookie"]) > 0
	return c, nil
}

// bearerToken returns the token of an Authorization header, empty if there is
// none of that kind (RFC 6750 section 2.1).
func bearerToken(h http.Header) string {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return ""
	}
	return strings.TrimLeft(token, " ")
}

// judgeQuery refuses a query that carries a long-lived credential: the URL of
// a socket ends up in the logs of everything on the way (WS202). Where the
// parameters of the application are known, any other is refused: a backend may
// take one for a credential, of which the guard would know nothing. It never
// quotes a value.
func judgeQuery(u *url.URL, known []string) *Denial {
	if len(u.RawQuery) > maxCredential {
		return malformed("query.size", "a query of %d bytes", len(u.RawQuery))
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return malformed("query.malformed", "the query can't be parsed")
	}
	for name, values := range q {
		if name == ticketParam {
			continue
		}
		if plain := plainName(name); slices.Contains(credentialParams, plain) {
			return tokenInURL("parameter %q holds a credential", plain)
		}
		if looksSecret(name) || slices.ContainsFunc(values, looksSecret) {
			return tokenInURL("a parameter holds what looks like a JWT or a ticket")
		}
		if known != nil && !slices.Contains(known, name) {
			return deny(catalogue.TokenInURL, "query.unknown", http.StatusBadRequest, "bad_request", "The request is malformed.").because("a parameter that the route does not name")
		}
	}
	return nil
}

// credentialParams are names, as plainName spells them, that promise a
// credential which outlives the handshake.
var credentialParams = []string{"token", "accesstoken", "idtoken", "refreshtoken", "authtoken", "jwt", "bearer", "authorization", "apikey", "session", "sessionid", "password"}

// plainName returns the name of a parameter without what differs between
// access_token, accessToken, access-token and access_token[].
func plainName(name string) string {
	return strings.NewReplacer("_", "", "-", "", "[", "", "]", "").Replace(strings.ToLower(name))
}

// looksSecret reports whether a name or value in the query is a credential by
// its form: a JWT, signed or encrypted, or a ticket that stands where none is
// looked for.
func looksSecret(s string) bool {
	if scheme, token, ok := strings.Cut(s, " "); ok && strings.EqualFold(scheme, "bearer") {
		s = token
	}
	encrypted := strings.HasPrefix(s, "eyJ") && strings.Count(s, ".") == 4
	return encrypted || looksLikeJWT(s) || strings.Contains(s, ticketPrefix)
}

// looksLikeJWT reports whether s has the three parts of a JWS in compact form,
// with a header that is a JSON object.
func looksLikeJWT(s string) bool {
	return strings.HasPrefix(s, "eyJ") && strings.Count(s, ".") == 2
}

func tokenInURL(format string, args ...any) *Denial {
	return deny(catalogue.TokenInURL, "query.credential", http.StatusBadRequest, "token_in_url", "Credentials don't belong in the URL: ask for a ticket.").because(format, args...)
}

func manyCredentials(format string, args ...any) *Denial {
	return deny(catalogue.AuthMissing, "credential.several", http.StatusBadRequest, "several_credentials", "Present one credential.").because(format, args...)
}

// authenticate judges the first credential that the route allows and the
// client presents. A credential that is presented and refused is the end: the
// next one is not tried.
func (g *Guard) authenticate(ctx context.Context, a *attempt, c credentials) (passport, *Denial) {
	auth := a.route.cfg.Auth
	switch {
	case c.carrier != "":
		return g.byTicket(ctx, a, c)
	case auth.Bearer && c.bearer != "":
		return g.byBearer(ctx, a.plan.cfg.SignIn, a.r.Header, c.bearer)
	case auth.Cookie && c.cookie:
		return g.byRequest(ctx, a.plan.cfg.SignIn, a.r.Header)
	case auth.Anonymous:
		return passport{}, nil
	}
	return passport{}, deny(catalogue.AuthMissing, "credential.absent", http.StatusUnauthorized, "sign_in_required", "Sign in first.").
		because("no credential that the route admits")
}

func (g *Guard) byTicket(ctx context.Context, a *attempt, c credentials) (passport, *Denial) {
	policy := a.route.cfg.Auth.Ticket
	if policy == nil || !slices.Contains(policy.Carriers, c.carrier) {
		// Burned all the same: it has been where tickets don't belong.
		g.counts.ticket("carrier")
		hash := g.burn(ctx, []string{c.ticket})
		return passport{ticket: hash}, ticketInvalid("ticket.carrier").because("a ticket in the %s, which the route does not admit", c.carrier)
	}
	t, hash, d := g.redeem(ctx, presentation{value: c.ticket, route: a.route, origin: a.origin, client: a.client})
	if d != nil {
		return passport{ticket: hash}, d
	}
	who := passport{identity: t.Identity, judged: t.Judged, ticket: hash}
	if who.credential, d = unseal(a.route, c.ticket, t); d != nil {
		return passport{ticket: hash}, d
	}
	return who, nil
}

// burn takes tickets that are refused unjudged out of the store, and returns
// the hash of the last. What the store says does not matter: nobody gets in. No honest
// client sends more than the few that it looks at.
func (g *Guard) burn(ctx context.Context, values []string) (last TicketHash) {
	for _, v := range values[:min(len(values), maxSubprotocols)] {
		if hash, ok := hashTicket(v); ok {
			g.store.TakeTicket(ctx, hash)
			last = hash
		}
	}
	return last
}

// byBearer judges a bearer token: a JWT by the token verifier, anything else
// by introspection or the request verifier. One that is a JWT and refused stays
// refused.
func (g *Guard) byBearer(ctx context.Context, in SignIn, h http.Header, token string) (passport, *Denial) {
	if len(token) > maxCredential {
		return passport{}, signInRefused("a bearer token of %d bytes", len(token))
	}
	v := in.tokenVerifier(token)
	if v == nil {
		if judges(in.Request, "Authorization") {
			return g.byRequest(ctx, in, h)
		}
		return passport{}, signInRefused("nothing judges a bearer token")
	}
	id, err := v.VerifyToken(ctx, token)
	judged := []string{"Authorization"}
	who, d := g.verdict(id, err, h, judged)
	if d == nil {
		who.credential = newCredential(credentialToken, h, judged...)
	}
	return who, d
}

// tokenVerifier returns who judges a bearer token, nil if that is up to the
// request verifier.
func (in SignIn) tokenVerifier(token string) TokenVerifier {
	switch {
	case in.Token != nil && looksLikeJWT(token):
		return in.Token
	case in.Introspection != nil:
		return in.Introspection
	case judges(in.Request, "Authorization"):
		return nil
	}
	return in.Token
}

func (g *Guard) byRequest(ctx context.Context, in SignIn, h http.Header) (passport, *Denial) {
	id, err := in.Request.VerifyRequest(ctx, h)
	judged := in.Request.Judges()
	who, d := g.verdict(id, err, h, judged)
	if d == nil {
		// The CSRF header is no credential, but the application may insist on it.
		who.credential = newCredential(credentialRequest, h, slices.Concat(judged, []string{in.CSRFHeader})...)
	}
	return who, d
}

// verdict turns what a verifier said into a passport or a refusal. Only a
// verifier that judged can refuse with 401; one that could not is 503.
func (g *Guard) verdict(id *Identity, err error, h http.Header, judged []string) (passport, *Denial) {
	switch {
	case errors.Is(err, ErrCredentialRefused):
		return passport{}, signInRefused("%v", err)
	case err != nil || id == nil:
		return passport{}, deny(nil, "sign-in.down", http.StatusServiceUnavailable, "unavailable", "The service can't judge this request now.").
			because("sign in: %v", err).after(serviceRetry).always()
	case id.User == "":
		return passport{}, signInRefused("the credential names no user")
	case !id.Expires.IsZero() && !g.now().Before(id.Expires):
		return passport{}, signInRefused("the credential has expired")
	}
	who := passport{identity: *id, judged: hashHeaders(h, judged)}
	if now := g.now(); who.identity.Authenticated.After(now) {
		who.identity.Authenticated = now // a clock that is ahead must not carry a sign-in over a revocation
	}
	return who, nil
}

func signInRefused(format string, args ...any) *Denial {
	d := deny(catalogue.AuthMissing, "credential.refused", http.StatusUnauthorized, "sign_in_required", "Sign in first.").because(format, args...)
	d.Retry = RetryFresh
	return d
}

// hashHeaders returns the hashes of those of the named headers that are there.
func hashHeaders(h http.Header, names []string) map[string][sha256.Size]byte {
	hashes := map[string][sha256.Size]byte{}
	for _, name := range names {
		if v := h[name]; len(v) > 0 {
			hashes[name] = sha256.Sum256([]byte(strings.Join(v, "\x00")))
		}
	}
	return hashes
}

// wasJudged reports whether the header name of h is, byte for byte, the one
// that signed in.
func (p *passport) wasJudged(h http.Header, name string) bool {
	want, ok := p.judged[name]
	got := sha256.Sum256([]byte(strings.Join(h[name], "\x00")))
	return ok && subtle.ConstantTimeCompare(got[:], want[:]) == 1
}
