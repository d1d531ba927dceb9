package config

import (
	"crypto/tls"
	"net/netip"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/guard"
)

// hosts fills in the names under which the listener is reached, where the file
// names none: besides those that package guard knows by itself, the address to
// listen on and the names of the certificate. A name that is in none of them
// is what a rebound DNS name would be.
func (c *checker) hosts(cfg *Config) {
	if len(c.file.Hosts) > 0 {
		return
	}
	from := "derived from the loopback names and routes[].origins"
	if len(c.served) > 0 {
		hosts := guard.DefaultHosts(cfg.Guard.Routes)
		for _, h := range c.served {
			if !slices.Contains(hosts, h) {
				hosts = append(hosts, h)
			}
		}
		cfg.Guard.Hosts = hosts
		from = "derived from the loopback names, routes[].origins, listen and the certificate"
	}
	c.derived["hosts"] = from
}

// serve notes the names of a certificate. A wildcard names no host.
func (c *checker) serve(pair tls.Certificate) {
	if pair.Leaf == nil {
		return
	}
	for _, name := range pair.Leaf.DNSNames {
		if isHost(name) {
			c.served = append(c.served, strings.ToLower(name))
		}
	}
	for _, ip := range pair.Leaf.IPAddresses {
		if a, ok := netip.AddrFromSlice(ip); ok {
			c.served = append(c.served, hostOf(a.Unmap()))
		}
	}
}

// serveAt notes the address to listen on, unless it stands for all.
func (c *checker) serveAt(at endpoint) {
	if a, err := netip.ParseAddr(at.host); err == nil && !a.IsUnspecified() && !a.IsLoopback() {
		c.served = append(c.served, hostOf(a.WithZone("")))
	}
}

// hostOf returns an address as a Host header spells it.
func hostOf(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}
