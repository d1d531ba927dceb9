package guard

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/wswarden/wswarden/catalogue"
)

// originPolicy is what a route says about the Origin header. It is compared
// byte for byte: browsers serialise an origin in one way (RFC 6454 section
// 6.2), so that every other spelling comes from something else.
type originPolicy struct {
	allowed map[string]bool
	hosts   []string // of the allowed origins, to name a near miss
	any     bool
	none    bool
}

func newOriginPolicy(r *Route) originPolicy {
	p := originPolicy{allowed: make(map[string]bool, len(r.Origins)), any: r.InsecureAnyOrigin, none: r.AllowNoOrigin}
	for _, o := range r.Origins {
		p.allowed[o] = true
		if u, err := url.Parse(o); err == nil {
			p.hosts = append(p.hosts, u.Hostname())
		}
	}
	return p
}

// judge decides over the values of the Origin header. There is no fallback to
// Referer or Sec-Fetch-Site: a WebSocket handshake carries neither.
func (p originPolicy) judge(values []string) *Denial {
	switch {
	case len(values) > 1:
		return malformedOrigin(len(values))
	case len(values) == 0:
		if p.none {
			return nil
		}
		return refuseOrigin(catalogue.OriginOptional, "origin.absent").because("no Origin header, and the route does not set allow_no_origin")
	case p.any:
		return nil
	case p.allowed[values[0]]:
		return nil
	case values[0] == "" || values[0] == "null":
		return refuseOrigin(catalogue.OriginOptional, "origin.null").because("Origin is %q: a sandboxed frame or a file", values[0])
	case p.near(values[0]):
		return refuseOrigin(catalogue.OriginWeak, "origin.lookalike").because("Origin %q resembles an allowed one and is not it", clip(values[0]))
	}
	return refuseOrigin(catalogue.OriginUnchecked, "origin.foreign").because("Origin %q is not in origins", clip(values[0]))
}

// near reports whether a loose comparison might have taken origin for an
// allowed one. It only names the refusal.
func (p originPolicy) near(origin string) bool {
	o := strings.ToLower(origin)
	for _, h := range p.hosts {
		if strings.Contains(o, h) || anyDot(o, h) || strings.Contains(h, strings.TrimPrefix(strings.TrimPrefix(o, "https://"), "http://")) {
			return true
		}
		if _, parent, ok := strings.Cut(h, "."); ok && strings.Contains(parent, ".") && strings.Contains(o, parent) {
			return true
		}
	}
	return false
}

// anyDot reports whether origin ends in host for a regular expression that
// does not escape the dots of host.
func anyDot(origin, host string) bool {
	if len(origin) < len(host) {
		return false
	}
	origin = origin[len(origin)-len(host):]
	for i := range len(host) {
		if host[i] != '.' && host[i] != origin[i] {
			return false
		}
	}
	return true
}

// malformedOrigin refuses a request with n Origin headers, in monitor mode
// too: it can't be said which of them the backend would read.
func malformedOrigin(n int) *Denial {
	return deny(catalogue.OriginWeak, "origin.repeated", http.StatusBadRequest, "bad_request", "The request is malformed.").
		because("%d Origin headers: a proxy and a server could read different ones", n).always()
}

func refuseOrigin(w *catalogue.Weakness, rule string) *Denial {
	return deny(w, rule, http.StatusForbidden, "origin_refused", "This origin may not connect.")
}

// originProblem says why o can't be an entry of origins, and what to write.
func originProblem(o string) (reason, next string) {
	u, err := url.Parse(o)
	switch {
	case o == "*":
		return `"*" admits every page on the web`, "list exact origins such as https://app.example.com, or set insecure_any_origin: true"
	case strings.Contains(o, "*"):
		return fmt.Sprintf("%q is a pattern: whoever gets a page on any matching name gets in", o), "list exact origins"
	case o == "null":
		return `"null" is what sandboxed frames and files send, an attacker's too`, "list exact origins"
	case err != nil || u.Scheme == "" || u.Host == "":
		return fmt.Sprintf("%q is not an origin", o), "write scheme and host, such as https://app.example.com"
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "":
		return fmt.Sprintf("%q holds more than scheme, host and port", o), fmt.Sprintf("write %q", canonicalOrigin(u))
	case !isASCII(u.Host):
		return fmt.Sprintf("%q is not how browsers spell it, so that it would match nobody", o), "write the name in its ASCII form (xn--…)"
	case canonicalOrigin(u) != o:
		return fmt.Sprintf("%q is not how browsers spell it, so that it would match nobody", o), fmt.Sprintf("write %q", canonicalOrigin(u))
	}
	return "", ""
}

// canonicalOrigin returns the serialisation of RFC 6454 section 6.2.
func canonicalOrigin(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), strings.TrimLeft(u.Port(), "0")
	if a, err := netip.ParseAddr(host); err == nil && a.Is6() {
		host = "[" + a.WithZone("").String() + "]"
	}
	scheme := strings.ToLower(u.Scheme)
	if port != "" && !(scheme == "https" && port == "443") && !(scheme == "http" && port == "80") {
		host += ":" + port
	}
	return scheme + "://" + host
}

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// clip bounds quoted input in a record.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	return s[:most] + "…"
}
