package front

import (
	"net"
	"net/netip"
	"slices"
	"sync"
)

// gate bounds how many connections are inside, in all and by address, so that
// one address that opens sockets and says nothing can't keep everybody out.
type gate struct {
	max, maxEach int

	mu   sync.Mutex
	all  int                  // guarded by mu
	each map[netip.Prefix]int // guarded by mu; holds no zero
}

func newGate(most, each int) *gate {
	return &gate{max: most, maxEach: each, each: map[netip.Prefix]int{}}
}

// enter takes a place for a connection from a. An exempt address, such as a
// proxy that everybody comes through, counts in the sum alone.
func (g *gate) enter(a netip.Addr, exempt bool) (*pass, bool) {
	p := &pass{gate: g}
	if !exempt {
		p.key = unit(a)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.all >= g.max || p.key.IsValid() && g.each[p.key] >= g.maxEach {
		return nil, false
	}
	g.all++
	if p.key.IsValid() {
		g.each[p.key]++
	}
	return p, true
}

func (g *gate) pending() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all
}

// pass is one place behind a gate.
type pass struct {
	gate *gate
	key  netip.Prefix
	once sync.Once
}

// leave gives the place back. Only the first call does anything.
func (p *pass) leave() {
	p.once.Do(func() {
		g := p.gate
		g.mu.Lock()
		defer g.mu.Unlock()
		g.all--
		if !p.key.IsValid() {
			return
		}
		if g.each[p.key]--; g.each[p.key] == 0 {
			delete(g.each, p.key)
		}
	})
}

// unit is what counts as one address: an IPv4 address, or the /64 that one
// IPv6 host has to itself.
func unit(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, _ := a.Prefix(bits) // the zero Prefix for the zero Addr
	return p
}

// addrOf returns the IP address of a socket address, the zero Addr if it has
// none.
func addrOf(a net.Addr) netip.Addr {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap().WithZone("")
	}
	return netip.Addr{}
}

func contains(networks []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(networks, func(p netip.Prefix) bool { return p.Contains(a) })
}
