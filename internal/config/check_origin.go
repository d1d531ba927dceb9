package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/wswarden/wswarden/catalogue"
)

// origins adds to the rules of package guard what can only be a mistake in a
// file: entries that no browser sends.
func (c *checker) origins(route string, r *fileRoute) {
	if r.InsecureAnyOrigin {
		open := "every page on the web may connect in the name of its visitors"
		if r.Auth.Ticket != nil && c.file.SignIn.ForwardAuth != nil && slices.Contains(c.file.SignIn.ForwardAuth.Headers, "Cookie") {
			open = "every page on the web may connect, and ask for tickets with the cookies of its visitors"
		}
		c.warn(catalogue.OriginUnchecked, route+".insecure_any_origin", open, "list exact origins")
	}
	if r.AllowNoOrigin {
		c.warn(catalogue.OriginOptional, route+".allow_no_origin", "clients without an Origin header get in; only a credential that browsers don't attach by themselves tells them from a forged request", "give clients that are not browsers a route of their own")
	}
	for i, o := range r.Origins {
		at := fmt.Sprintf("%s.origins[%d]", route, i)
		if o == "*" {
			c.problem(at, opens(catalogue.OriginUnchecked, `"*" admits every page on the web`), "list exact origins such as https://app.example.com, or set insecure_any_origin: true")
			continue
		}
		reason, next := unsendable(o)
		if reason != "" {
			c.problem(at, reason, next)
		}
		if host, ok := strings.CutPrefix(o, "http://"); ok && reason == "" && !loopbackOrigin(host) {
			c.warn(catalogue.PlaintextTransport, at, "whoever is on the way of that page in plaintext can put a script into it, which then connects", "serve the page over https")
		}
	}
}

func loopbackOrigin(hostport string) bool {
	u, err := url.Parse("http://" + hostport)
	return err == nil && isLoopback(u.Hostname())
}

// unsendable says why no browser sends o as the Origin of a page.
func unsendable(o string) (reason, next string) {
	const example = "write scheme and host, such as https://app.example.com"
	u, err := url.Parse(o)
	if err != nil || u.Host == "" || u.User != nil || strings.ContainsFunc(o, func(r rune) bool { return r == '*' || r >= utf8.RuneSelf }) {
		return "", "" // package guard says what is wrong
	}
	switch {
	case u.Scheme == "ws" || u.Scheme == "wss":
		return fmt.Sprintf("%q is the address of a WebSocket: an Origin is that of the page", clip(o)), fmt.Sprintf("write %q", clip(strings.Replace(o, "ws", "http", 1)))
	case u.Scheme == "file" || u.Scheme == "data" || u.Scheme == "about" || u.Scheme == "blob" || u.Scheme == "javascript":
		return fmt.Sprintf("pages of the scheme %s send the origin null", u.Scheme), "serve the page over https"
	case !isHost(u.Hostname()):
		return fmt.Sprintf("%q names no valid host", clip(o)), example
	case strings.HasSuffix(u.Host, ":") || u.Port() != "" && !validPort(u.Port()):
		return fmt.Sprintf("%q has no valid port", clip(o)), example
	}
	return "", ""
}

func validPort(s string) bool {
	_, ok := listenAddress("127.0.0.1:" + s)
	return ok && s != "0"
}
