package guard

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

// dropped are the client's headers that end at the guard: hop by hop (RFC 9110
// section 7.6.1), those of the client's own handshake, and those in which a
// proxy says who the client is. Names are compared in the spelling of
// plainHeader.
var dropped = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-connection": true, "proxy-authorization": true, "proxy-authenticate": true,
	"te": true, "trailer": true, "expect": true, "transfer-encoding": true, "upgrade": true, "content-length": true, "http2-settings": true, "host": true,
	"sec-websocket-key": true, "sec-websocket-version": true, "sec-websocket-extensions": true, "sec-websocket-protocol": true, "sec-websocket-accept": true,
	"forwarded": true, "x-forwarded": true, "forwarded-for": true, "x-real-ip": true, "true-client-ip": true, "client-ip": true, "x-client-ip": true,
	"cf-connecting-ip": true, "cf-connecting-ipv6": true, "fastly-client-ip": true, "fly-client-ip": true, "x-cluster-client-ip": true,
	"x-envoy-external-address": true, "x-originating-ip": true, "x-remote-ip": true, "x-remote-addr": true,
	"x-original-url": true, "x-rewrite-url": true, "x-original-host": true, "x-host": true,
}

// ownHeaderPrefixes are what the guard alone may say to a backend.
var ownHeaderPrefixes = []string{"wswarden-", "x-forwarded-"}

// credentialHeaders reach the backend only if they were judged, as do those
// that the request verifier judges.
var credentialHeaders = []string{"Authorization", "Cookie"}

// backendHeader returns what the backend reads of a handshake: the client's
// own headers less those that end here, and who the client is.
func (a *attempt) backendHeader(b *backend, now time.Time) (http.Header, *Denial) {
	h := http.Header{}
	named := connectionNames(a.r.Header)
	for name, values := range a.r.Header {
		if key := plainHeader(name); !endsHere(key) && !named[key] {
			h[name] = values
		}
	}
	if a.route.cfg.Mode != Monitor {
		a.dropCredentials(h)
		a.forwardHeaders(h)
	}
	h.Set("X-Forwarded-For", a.client.addr.String())
	h.Set("X-Forwarded-Proto", map[bool]string{true: "https", false: "http"}[a.client.secure])
	h.Set("X-Forwarded-Host", a.r.Host)
	a.propagate(h)
	return h, a.introduce(h, b, now)
}

// dropCredentials removes credentials that nobody judged: an honest ticket
// beside a forged cookie must not sign somebody else in.
func (a *attempt) dropCredentials(h http.Header) {
	names := credentialHeaders
	if v := a.plan.cfg.SignIn.Request; v != nil {
		names = slices.Concat(names, v.Judges())
	}
	for name := range h {
		canonical := canonicalHeader(plainHeader(name))
		if slices.Contains(names, canonical) && (canonical != name || !a.who.wasJudged(h, name)) {
			delete(h, name)
		}
	}
}

// forwardHeaders adds what the ticket was asked for with, for backends that judge
// it themselves: what the guard has judged, and nothing else.
func (a *attempt) forwardHeaders(h http.Header) {
	if !a.route.cfg.Auth.Forward {
		return
	}
	_, kept, ok := a.who.credential.decode()
	if !ok {
		return
	}
	for name := range a.who.judged {
		if values := kept[http.CanonicalHeaderKey(name)]; len(values) > 0 && len(h[name]) == 0 {
			h[name] = values
		}
	}
}

// forwardQuery adds the bearer token that was judged to the query for a backend
// that reads it there alone.
func (a *attempt) forwardQuery(query string) string {
	name := a.route.cfg.Auth.ForwardQuery
	if name == "" || a.route.cfg.Mode == Monitor {
		return query
	}
	_, kept, ok := a.who.credential.decode()
	if !ok || a.who.judged["Authorization"] == [sha256.Size]byte{} {
		return query
	}
	token := bearerToken(kept)
	if token == "" {
		return query
	}
	pair := url.QueryEscape(name) + "=" + url.QueryEscape(token)
	if query == "" {
		return pair
	}
	return query + "&" + pair
}

// introduce adds who the client is.
func (a *attempt) introduce(h http.Header, b *backend, now time.Time) *Denial {
	id := a.who.identity
	if id.Anonymous() {
		return nil
	}
	h.Set("Wswarden-User", headerText(id.User, ""))
	h.Set("Wswarden-Session", headerText(id.Session, ""))
	h.Set("Wswarden-Name", headerText(id.Name, ""))
	roles := make([]string, len(id.Roles))
	for i, r := range id.Roles {
		roles[i] = headerText(r, ",")
	}
	h.Set("Wswarden-Roles", strings.Join(roles, ","))
	signer := a.plan.cfg.Identity
	if signer == nil {
		return nil
	}
	token, err := signer.SignIdentity(id, b.audience(), now)
	if err != nil {
		return deny(catalogue.AuthMissing, "identity.unsigned", http.StatusServiceUnavailable, "unavailable", "The service can't judge this request now.").
			because("sign identity: %v", err).after(serviceRetry).always()
	}
	h.Set("Wswarden-Identity", token)
	return nil
}

// headerText makes any text fit for a header value: what is not visible ASCII,
// "%" and the bytes of reserved are percent-encoded (RFC 3986 section 2.1).
func headerText(s, reserved string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		edge := c == ' ' && (i == 0 || i == len(s)-1)
		if c < 0x20 || c > 0x7e || c == '%' || edge || strings.IndexByte(reserved, c) >= 0 {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

// plainHeader returns the name of a header in lower case, with "-" for whatever
// is no letter or digit: CGI-like servers read all of Wswarden-User,
// Wswarden_User and Wswarden.User as one name.
func plainHeader(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
}

// endsHere reports whether a header, as plainHeader spells it, is not for the
// backend.
func endsHere(key string) bool {
	return dropped[key] || slices.ContainsFunc(ownHeaderPrefixes, func(p string) bool { return strings.HasPrefix(key, p) })
}

// connectionNames returns what the Connection header declares hop by hop.
func connectionNames(h http.Header) map[string]bool {
	named := map[string]bool{}
	for _, name := range splitLists(h["Connection"]) {
		named[plainHeader(name)] = true
	}
	return named
}

// backendQuery returns the query for the backend: the client's, in its own
// spelling, without the ticket.
func backendQuery(u *url.URL) string {
	if !strings.Contains(u.RawQuery, ticketParam) && !strings.Contains(u.RawQuery, "%") {
		return u.RawQuery
	}
	var kept []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if n, err := url.QueryUnescape(name); err != nil || n != ticketParam {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}
