package predicate

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/wswarden/wswarden/review/ir"
)

// An address is a parsed URL.
type address struct {
	scheme, user, host, port, path, query, fragment string
	hasUser                                         bool
	lang                                            ir.Lang
	opaque                                          bool // it has no "//"
}

var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}

// parseAddress parses an address as a language does: JavaScript's URL demands
// a scheme and folds case, Python and Go take any text.
func parseAddress(s string, l ir.Lang) (*address, bool) {
	u := &address{lang: l}
	if l == ir.JavaScript {
		s = strings.TrimSpace(s)
	}
	if l == ir.Go {
		if _, err := url.Parse(s); err != nil {
			return nil, false
		}
	}
	rest := s
	if i := strings.IndexByte(rest, ':'); i > 0 && isScheme(rest[:i]) {
		u.scheme, rest = strings.ToLower(rest[:i]), rest[i+1:]
	} else if l == ir.JavaScript {
		return nil, false
	}
	rest, u.fragment, _ = strings.Cut(rest, "#")
	rest, u.query, _ = strings.Cut(rest, "?")
	special := defaultPorts[u.scheme] != ""
	if l == ir.JavaScript && special {
		rest = strings.ReplaceAll(rest, `\`, "/")
	}
	if !strings.HasPrefix(rest, "//") {
		u.path, u.opaque = rest, true
		return u, l != ir.JavaScript || !special
	}
	authority := rest[2:]
	if i := strings.IndexByte(authority, '/'); i >= 0 {
		authority, u.path = authority[:i], authority[i:]
	}
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		u.user, u.hasUser, authority = authority[:i], true, authority[i+1:]
	}
	if !u.splitHost(authority) {
		return nil, false
	}
	if l == ir.JavaScript {
		u.host = strings.ToLower(u.host)
		if u.port == defaultPorts[u.scheme] {
			u.port = ""
		}
		if special && (u.host == "" || strings.ContainsAny(u.host, " <>^|%")) {
			return nil, false
		}
	}
	return u, true
}

func isScheme(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || (r < '0' || r > '9') && r != '+' && r != '-' && r != '.') {
			return false
		}
	}
	return true
}

func (u *address) splitHost(authority string) bool {
	u.host = authority
	i := strings.LastIndexByte(authority, ':')
	if i < 0 || strings.HasSuffix(authority, "]") {
		return true
	}
	u.host, u.port = authority[:i], authority[i+1:]
	if strings.ContainsFunc(u.port, func(r rune) bool { return r < '0' || r > '9' }) {
		if u.lang == ir.Python {
			u.port = ""
			return true
		}
		return false
	}
	return true
}

func (u *address) hostPort() string {
	if u.port == "" {
		return u.host
	}
	return u.host + ":" + u.port
}

func (u *address) href() string {
	var b strings.Builder
	if u.scheme != "" {
		b.WriteString(u.scheme + ":")
	}
	if !u.opaque {
		b.WriteString("//")
	}
	if u.hasUser {
		b.WriteString(u.user + "@")
	}
	b.WriteString(u.hostPort())
	if u.path == "" && u.lang == ir.JavaScript && defaultPorts[u.scheme] != "" {
		b.WriteByte('/')
	}
	b.WriteString(u.path)
	if u.query != "" {
		b.WriteString("?" + u.query)
	}
	if u.fragment != "" {
		b.WriteString("#" + u.fragment)
	}
	return b.String()
}

// member is a property of an address, in any of the languages.
func (u *address) member(name string) (Value, bool) {
	switch name {
	case "host":
		return Text(u.hostPort()), true
	case "Host":
		return Text(u.hostPort()), true
	case "hostname":
		if u.lang == ir.Python {
			if u.host == "" {
				return Null(), true
			}
			return Text(strings.ToLower(u.host)), true
		}
		return Text(u.host), true
	case "netloc":
		s := u.hostPort()
		if u.hasUser {
			s = u.user + "@" + s
		}
		return Text(s), true
	case "port":
		if u.lang == ir.Python {
			if u.port == "" {
				return Null(), true
			}
			return toNumber(Text(u.port)), true
		}
		return Text(u.port), true
	case "protocol":
		return Text(u.scheme + ":"), true
	case "scheme", "Scheme":
		return Text(u.scheme), true
	case "origin":
		if defaultPorts[u.scheme] == "" {
			return Text("null"), true
		}
		return Text(u.scheme + "://" + u.hostPort()), true
	case "href":
		return Text(u.href()), true
	case "path", "Path", "pathname":
		if u.path == "" && u.lang == ir.JavaScript {
			return Text("/"), true
		}
		return Text(u.path), true
	case "query", "RawQuery", "search":
		return Text(u.query), true
	case "fragment", "Fragment", "hash":
		return Text(u.fragment), true
	case "Opaque":
		if u.opaque && u.scheme != "" {
			return Text(u.path), true
		}
		return Text(""), true
	case "username", "user", "User":
		if u.hasUser {
			return Text(u.user), true
		}
		return Null(), true
	}
	return Null(), false
}

// method is a method of an address.
func (u *address) method(name string) (Value, bool) {
	switch name {
	case "Hostname":
		return Text(strings.Trim(u.host, "[]")), true
	case "Port":
		return Text(u.port), true
	case "String", "toString", "geturl", "toJSON":
		return Text(u.href()), true
	case "IsAbs":
		return Bool(u.scheme != ""), true
	}
	return Null(), false
}

// An IP address as the libraries of the languages describe it.
func describeIP(s string) (Value, bool) {
	ip, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return Null(), false
	}
	o := Object(true)
	for _, name := range []string{"is_loopback", "IsLoopback"} {
		o.With(name, Bool(ip.IsLoopback()))
	}
	for _, name := range []string{"is_private", "IsPrivate"} {
		o.With(name, Bool(ip.IsPrivate() || name == "is_private" && ip.IsLoopback()))
	}
	for _, name := range []string{"is_global", "IsGlobalUnicast"} {
		o.With(name, Bool(ip.IsGlobalUnicast() && !ip.IsPrivate()))
	}
	return o, true
}
