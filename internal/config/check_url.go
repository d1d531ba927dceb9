package config

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// address is a URL of the file that was judged.
type address struct {
	*url.URL
	endpoint
	secure bool
}

// url judges an address to connect to. No message quotes it: it may hold a
// password, which is one of the things that are refused.
func (c *checker) url(path, text string, plain, secure, example string) (address, bool) {
	reason, next := "", "write an address such as "+example
	u, err := url.Parse(text)
	switch {
	case strings.Contains(text, "@"):
		reason, next = "the address holds a user name or a password", "remove what stands before the @: a configuration is no place for a credential"
	case !strings.HasPrefix(text, plain+"://") && !strings.HasPrefix(text, secure+"://"):
		reason = "the address must start with " + plain + ":// or " + secure + "://"
	case err != nil || u.Opaque != "":
		reason = "this is not an address"
	case !isHost(u.Hostname()):
		reason = "the address names no valid host"
	case strings.Contains(text, "#"):
		reason = "the address has a fragment"
	}
	port := 80
	if reason == "" && u.Scheme == secure {
		port = 443
	}
	if reason == "" && (u.Port() != "" || strings.HasSuffix(u.Host, ":")) {
		n, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil || n == 0 {
			reason = "the address has no valid port"
		}
		port = int(n)
	}
	if reason != "" {
		c.problem(path, reason, next)
		return address{}, false
	}
	return address{u, endpoint{strings.ToLower(u.Hostname()), port}, u.Scheme == secure}, true
}

// isToken reports whether s is a token of RFC 9110 section 5.6.2: the name of a
// header or of a sub-protocol.
func isToken(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(c byte) bool {
		alnum := c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
		return !alnum && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c))
	})
}
