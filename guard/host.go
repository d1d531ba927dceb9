package guard

import (
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// loopbackHosts are the names under which a local listener is reached. A
// rebound DNS name is none of them.
var loopbackHosts = []string{"localhost", "127.0.0.1", "[::1]"}

// hostName is a Host header or an entry of the allow-list, taken apart.
type hostName struct {
	name string // lower case, an IPv6 address in brackets
	port string // empty where none is given
}

// parseHost takes "name", "name:port", "[v6]" or "[v6]:port" apart.
func parseHost(s string) (hostName, bool) {
	name, port := s, ""
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.HasSuffix(s, "]") {
		name, port = s[:i], s[i+1:]
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || port[0] == '0' {
			return hostName{}, false
		}
	}
	if strings.HasPrefix(name, "[") {
		a, err := netip.ParseAddr(strings.TrimSuffix(name[1:], "]"))
		if err != nil || !a.Is6() || a.Zone() != "" || !strings.HasSuffix(name, "]") {
			return hostName{}, false
		}
		return hostName{"[" + a.String() + "]", port}, true
	}
	if !isHostText(name) {
		return hostName{}, false
	}
	return hostName{strings.ToLower(name), port}, true
}

// isHostText reports whether s is a DNS name or an IPv4 address, by its
// characters.
func isHostText(s string) bool {
	if s == "" || len(s) > 253 || s[0] == '.' || s[0] == '-' {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// DefaultHosts returns the Host allow-list of a configuration that names none:
// the loopback names and the hosts of the routes' origins.
func DefaultHosts(routes []Route) []string {
	hosts := slices.Clone(loopbackHosts)
	for _, r := range routes {
		for _, o := range r.Origins {
			u, err := url.Parse(o)
			if err != nil {
				continue // reported as an origin
			}
			h, ok := parseHost(u.Host)
			if ok && !slices.Contains(hosts, h.name) {
				hosts = append(hosts, h.name)
			}
		}
	}
	return hosts
}

// HostList is a Host allow-list, against DNS rebinding (WS104).
type HostList struct{ allowed []hostName }

// NewHostList returns the list of hosts; entries that are no host names are
// left out. An entry without a port admits every port.
func NewHostList(hosts []string) HostList {
	var l HostList
	for _, s := range hosts {
		if h, ok := parseHost(s); ok {
			l.allowed = append(l.allowed, h)
		}
	}
	return l
}

// Allows reports whether a request with this Host header may be served.
func (l HostList) Allows(host string) bool {
	got, ok := parseHost(host)
	return ok && slices.ContainsFunc(l.allowed, func(h hostName) bool {
		return h.name == got.name && (h.port == "" || h.port == got.port)
	})
}

func judgeHost(l HostList, host string) *Denial {
	if l.Allows(host) {
		return nil
	}
	if _, ok := parseHost(host); !ok {
		return deny(catalogue.HostUnchecked, "host.malformed", http.StatusBadRequest, "bad_request", "The request is malformed.").
			because("Host %q is no host name", clip(host)).always()
	}
	return deny(catalogue.HostUnchecked, "host.foreign", http.StatusForbidden, "host_refused", "This host name is not served here.").
		because("Host %q is not in hosts", clip(host))
}
