package config

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
)

func (c *checker) shared(cfg *Config) {
	f := &c.file
	g := &cfg.Guard
	g.Nodes, g.Hosts = f.Nodes, f.Hosts
	c.store(cfg)
	if f.Nodes > 1 && f.Store == nil && !c.doc.problems.touch("store") {
		c.problem("nodes", opens(catalogue.TicketWeak, fmt.Sprintf("store: memory can't serve %d nodes: each of them would redeem a ticket once", f.Nodes)),
			"write the address of a Redis that the nodes share, such as store: redis://127.0.0.1:6379/0, or run one node")
	}
	g.Limits = guard.SharedLimits{
		Connections: f.Limits.Connections,
		Handshakes:  f.Limits.Handshakes.guard(),
		Handshake:   f.Limits.Handshake,
	}
	for i, s := range f.TrustedProxies {
		if p, ok := c.network(fmt.Sprintf("trusted_proxies[%d]", i), s); ok {
			g.TrustedProxies = append(g.TrustedProxies, p)
		}
	}
}

func (r rate) guard() guard.Rate { return guard.Rate{Count: r.count, Per: r.per, Burst: r.burst} }

// network parses an address or a CIDR of trusted proxies.
func (c *checker) network(path, s string) (netip.Prefix, bool) {
	const hint = "write an address or a network such as 10.0.0.0/8"
	p, err := netip.ParsePrefix(s)
	if !strings.Contains(s, "/") {
		var a netip.Addr
		a, err = netip.ParseAddr(s)
		p = netip.PrefixFrom(a, a.BitLen())
	}
	if err != nil || strings.Contains(s, "%") {
		c.problem(path, fmt.Sprintf("%q is not a network", clip(s)), hint)
		return p, false
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	least := 8 // fc00::/7, the largest private network, is the least for IPv6
	if p.Addr().Is6() {
		least = 7
	}
	switch {
	case p.Bits() < least:
		c.problem(path, opens(catalogue.ConnectionCount, fmt.Sprintf("%q trusts so much of the internet that every client could name its own address", clip(s))), "name the networks of your proxies alone")
		return p, false
	case p.Masked() != p:
		c.problem(path, fmt.Sprintf("%q has bits set behind its length", clip(s)), "write "+p.Masked().String())
		return p, false
	}
	return p, true
}

func (c *checker) audit(cfg *Config) {
	a := &c.file.Audit
	cfg.Audit.Accepted, cfg.Audit.HashChain = a.Accepted, a.HashChain
	cfg.Audit.ChainKey = c.secret("audit.hash_chain_key_env", a.HashChainKeyEnv, 32)
	if a.HashChainKeyEnv != "" && !a.HashChain {
		c.consequence("audit.hash_chain_key_env", "the key has no chain", "add hash_chain: true")
	}
	if a.File == "" {
		return
	}
	a.File = c.resolve(a.File)
	cfg.Audit.File = a.File
	if info, err := os.Stat(a.File); err == nil && info.IsDir() {
		c.problem("audit.file", fmt.Sprintf("%q is a folder", a.File), "name a file in it")
	}
	if _, err := os.Stat(filepath.Dir(a.File)); err != nil {
		c.problem("audit.file", fmt.Sprintf("the folder of %q can't be used: %v", a.File, cause(err)), "create the folder first")
	}
}

func (c *checker) drain(cfg *Config) {
	d := c.file.Drain
	cfg.Drain = Drain(d)
	if d.Spread <= d.Deadline {
		return
	}
	path := "drain.spread"
	if !c.doc.has(path) {
		path = "drain.deadline"
	}
	c.problem(path, fmt.Sprintf("connections would be cut off after %s, before all were told to go in %s", formatDuration(d.Deadline), formatDuration(d.Spread)),
		"make the deadline longer than the spread")
}
