package guard

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// maxHops bounds the chain of proxies that a request may name.
const maxHops = 32

// client is who is at the other end of a request, as far as the network tells.
type client struct {
	addr   netip.Addr
	secure bool // it came over TLS, to us or to a trusted proxy
}

// prefix is the unit in which addresses are counted and bound: a single IPv4
// address, or the /64 that an IPv6 site hands out to one host.
func (c client) prefix() netip.Prefix {
	bits := 32
	if c.addr.Is6() {
		bits = 64
	}
	p, _ := c.addr.Prefix(bits) // only fails for more bits than the address has
	return p
}

// findClient returns the client of r. Headers are believed only from trusted
// proxies, and walked from the right: what stands left of the first stranger
// was written by the stranger.
func findClient(r *http.Request, trusted []netip.Prefix) (client, *Denial) {
	ap, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return client{}, badAddress("the socket has no address")
	}
	c := client{addr: ap.Addr().Unmap().WithZone(""), secure: r.TLS != nil}
	if !contains(trusted, c.addr) {
		return c, nil
	}
	chain, d := forwardedChain(r.Header)
	if d != nil {
		return client{}, d
	}
	for _, a := range slices.Backward(chain) {
		c.addr = a
		if !contains(trusted, a) {
			break
		}
	}
	c.secure = forwardedSecure(r.Header, c.secure)
	return c, nil
}

// forwardedSecure reports whether the client came to the proxy over TLS, and
// what is known without the proxy where it does not say. Of two headers that
// disagree one is the client's own.
func forwardedSecure(h http.Header, known bool) bool {
	said, secure := false, true
	for _, scheme := range []string{lastValue(h["X-Forwarded-Proto"]), lastForwarded(h["Forwarded"], "proto")} {
		if scheme != "" {
			said, secure = true, secure && strings.EqualFold(scheme, "https")
		}
	}
	return said && secure || !said && known
}

// forwardedChain returns the addresses that proxies recorded, the nearest
// last. Where Forwarded and X-Forwarded-For both came, they must agree: a proxy
// that sets one of them passes a client's own other one on.
func forwardedChain(h http.Header) ([]netip.Addr, *Denial) {
	var xff []netip.Addr
	for _, s := range splitLists(h["X-Forwarded-For"]) {
		a, ok := parseNode(s)
		if !ok || len(xff) == maxHops {
			return nil, badAddress("X-Forwarded-For is malformed")
		}
		xff = append(xff, a)
	}
	var fwd []netip.Addr
	for _, element := range splitLists(h["Forwarded"]) {
		node, found := forwardedParam(element, "for")
		a, ok := parseNode(node)
		if !found || !ok || len(fwd) == maxHops {
			return nil, badAddress("Forwarded is malformed, or names a client without an address")
		}
		fwd = append(fwd, a)
	}
	switch {
	case len(fwd) == 0:
		return xff, nil
	case len(xff) == 0 || slices.Equal(xff, fwd):
		return fwd, nil
	}
	return nil, badAddress("Forwarded and X-Forwarded-For name different clients")
}

func badAddress(detail string) *Denial {
	return deny(catalogue.ConnectionCount, "address.malformed", http.StatusBadRequest, "bad_request", "The request is malformed.").because("%s", detail).always()
}

// parseNode reads an address with or without port, quoted or not (RFC 7239
// section 6).
func parseNode(s string) (netip.Addr, bool) {
	s, ok := enclosed(s, `"`, `"`)
	if !ok {
		return netip.Addr{}, false
	}
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	inner, ok := enclosed(s, "[", "]")
	a, err := netip.ParseAddr(inner)
	if !ok || err != nil || inner != s && !a.Is6() {
		return netip.Addr{}, false
	}
	return a.Unmap().WithZone(""), true
}

// enclosed returns what stands between open and end, s itself where there is
// neither, and false where there is but one.
func enclosed(s, open, end string) (string, bool) {
	inner, opened := strings.CutPrefix(s, open)
	inner, ended := strings.CutSuffix(inner, end)
	return inner, opened == ended
}

// splitLists splits the comma lists of repeated headers.
func splitLists(values []string) []string {
	var out []string
	for _, v := range values {
		for s := range strings.SplitSeq(v, ",") {
			if s = strings.TrimSpace(s); s != "" {
				out = append(out, s)
			}
		}
	}
	return out
}

// forwardedParam returns a parameter of one element of Forwarded.
func forwardedParam(element, name string) (string, bool) {
	for pair := range strings.SplitSeq(element, ";") {
		k, v, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if ok && strings.EqualFold(k, name) {
			return v, true
		}
	}
	return "", false
}

func lastForwarded(values []string, name string) string {
	v, _ := forwardedParam(lastValue(values), name)
	return strings.Trim(v, `"`)
}

func lastValue(values []string) string {
	l := splitLists(values)
	if len(l) == 0 {
		return ""
	}
	return l[len(l)-1]
}

func contains(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}
