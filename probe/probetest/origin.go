package probetest

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	allowedHost = "app.example.com"
	domain      = "example.com"
)

// exact is the comparison of the hardened twin.
func exact(origin string) bool { return origin == Origin || origin == Another }

// looseOrigins are the wrong comparisons that look at one Origin header; the
// value is "" where it is empty or absent.
var looseOrigins = map[Switch]func(origin string) bool{
	OriginPrefix:   func(o string) bool { return strings.HasPrefix(o, Origin) },
	OriginSuffix:   func(o string) bool { return strings.HasSuffix(o, allowedHost) },
	OriginDomain:   func(o string) bool { return strings.HasSuffix(o, domain) },
	OriginContains: func(o string) bool { return strings.Contains(o, allowedHost) },
	OriginRegexDot: regexp.MustCompile(`^https://app.example.com$`).MatchString,
	OriginReversed: func(o string) bool { return o != "" && strings.Contains(Origin, o) },
	OriginNull:     func(o string) bool { return o == "null" },
	OriginPort: func(o string) bool {
		u := parsed(o)
		return u.Scheme == "https" && u.Hostname() == allowedHost && pathless(u)
	},
	OriginScheme: func(o string) bool { u := parsed(o); return u.Host == allowedHost && pathless(u) && web(u.Scheme) },
	OriginSubdomain: func(o string) bool {
		u := parsed(o)
		return u.Scheme == "https" && strings.HasSuffix(u.Host, "."+domain) && pathless(u) && !strings.ContainsAny(u.Host, "\\*")
	},
	OriginParent:    func(o string) bool { return o == "https://"+domain },
	OriginTLD:       func(o string) bool { return strings.HasPrefix(o, "https://") && strings.HasSuffix(o, ".com") },
	OriginLocalhost: regexp.MustCompile(`^http://(localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)(:\d+)?$`).MatchString,
	OriginLocalPrefix: func(o string) bool {
		return strings.HasPrefix(o, "http://localhost") || strings.HasPrefix(o, "http://127.0.0.1")
	},
	OriginPrivate: func(o string) bool {
		ip := net.ParseIP(parsed(o).Hostname())
		return ip != nil && ip.IsPrivate()
	},
	OriginExtension: func(o string) bool {
		u := parsed(o)
		return u.Scheme != "" && u.Host != "" && !web(u.Scheme) && u.Scheme != "file"
	},
	OriginWildcard: func(o string) bool {
		return strings.Contains(o, "*") && !strings.Contains(o, "^") && !strings.Contains(o, ".*")
	},
	OriginUserinfo: func(o string) bool { return strings.HasPrefix(o, Origin+"@") },
	OriginDecoded: func(o string) bool {
		d, err := url.PathUnescape(o)
		return err == nil && d != o && (exact(d) || exact("https"+strings.TrimPrefix(d, "http")))
	},
	OriginTruncated: func(o string) bool { return len(o) > 4096 && strings.HasPrefix(o, Origin) },
	OriginFailsOpen: func(o string) bool { _, err := url.Parse(o); return err != nil },
	OriginList: func(o string) bool {
		words := strings.FieldsFunc(o, func(r rune) bool { return r == ' ' || r == ',' })
		return len(words) > 1 && slices.ContainsFunc(words, exact)
	},
}

// originAllowed judges the Origin of a request, exactly or in the way of the
// first switch that is on.
func (s *Server) originAllowed(r *request) bool {
	origins := r.all("Origin")
	one := ""
	if len(origins) > 0 {
		one = origins[0]
	}
	if len(origins) == 1 && exact(one) {
		if s.is(OriginLegacy) && r.get("Sec-WebSocket-Origin") != "" {
			return exact(r.get("Sec-WebSocket-Origin"))
		}
		return true
	}
	for _, w := range OriginSwitches {
		if s.is(w) {
			return s.loosely(w, r, origins, one)
		}
	}
	return false
}

func (s *Server) loosely(w Switch, r *request, origins []string, one string) bool {
	switch w {
	case OriginNone:
		return true
	case OriginAbsent:
		return len(origins) == 0
	case OriginEmpty:
		return len(origins) == 1 && one == ""
	case OriginAnyOf:
		return slices.ContainsFunc(origins, exact)
	case OriginHost:
		return len(origins) == 1 && strings.EqualFold(parsed(one).Host, r.get("Host")) && r.get("Host") != ""
	case OriginForwarded:
		return r.get("X-Forwarded-Host") != "" && parsed(one).Host == r.get("X-Forwarded-Host")
	case OriginReferer:
		u := parsed(r.get("Referer"))
		return u.Scheme+"://"+u.Host == Origin
	case OriginLegacy:
		return exact(r.get("Sec-WebSocket-Origin"))
	}
	return len(origins) == 1 && looseOrigins[w](one)
}

// parsed returns the parts of an origin, or an empty URL.
func parsed(origin string) *url.URL {
	u, err := url.Parse(origin)
	if err != nil || u.User != nil {
		return &url.URL{}
	}
	return u
}

func pathless(u *url.URL) bool { return u.Path == "" && u.RawQuery == "" && u.Fragment == "" }

func web(scheme string) bool { return scheme == "http" || scheme == "https" }
