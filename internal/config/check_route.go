package config

import (
	"fmt"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/guard"
)

func (c *checker) routes(cfg *Config) {
	var ca backendCA
	for i := range c.file.Routes {
		at := fmt.Sprintf("routes[%d]", i)
		r := &c.file.Routes[i]
		if !c.doc.problems.at(at) {
			c.need(at+".path", "write the path of the endpoint, such as /ws")
			c.backend(at, r, &ca)
			c.origins(at, r)
			c.auth(at+".auth", r)
		}
		c.learn(cfg, at, r)
		g := r.guard()
		if g.Query == nil && c.doc.has(at+".query") {
			g.Query = []string{} // none, which is another thing than no list
		}
		cfg.Rules = append(cfg.Rules, RouteRules{Dialect: r.Dialect, Client: map[string]RuleSource{}, Server: map[string]RuleSource{}})
		g.Messages = c.messages(at, r, &cfg.Rules[i])
		cfg.Guard.Routes = append(cfg.Guard.Routes, g)
	}
	cfg.Guard.BackendTLS = ca.config
}

// auth warns of what is admitted with little or no proof.
func (c *checker) auth(at string, r *fileRoute) {
	if !c.doc.has(at) {
		c.problem(at, opens(catalogue.AuthMissing, "the setting is missing: no credential would open a connection"), "set ticket: true, bearer: true or cookie: true")
		return
	}
	a := &r.Auth
	if a.Anonymous {
		c.warn(catalogue.AuthMissing, at+".anonymous", "everybody who reaches the route gets in without a credential", "require ticket, bearer or cookie")
	}
	if a.Cookie {
		c.warn(catalogue.OriginUnchecked, at+".cookie", "browsers attach the cookie to connections of every page: the list of origins alone keeps foreign pages out", "let the client ask for tickets")
	}
	if a.ForwardQuery != "" {
		c.warn(catalogue.TokenInURL, at+".forward_query", "bearer tokens stand in the URLs that the backend sees, and in its logs", "let the backend read the Authorization header, and set forward: true")
	}
	if a.Ticket == nil {
		return
	}
	at += ".ticket"
	if c.doc.has(at+".carriers") && len(a.Ticket.Carriers) == 0 {
		c.problem(at+".carriers", "the list is empty: a ticket could come in nowhere", "list carriers, or remove the key")
	}
	for i, carrier := range a.Ticket.Carriers {
		at := fmt.Sprintf("%s.carriers[%d]", at, i)
		switch guard.Carrier(carrier) {
		case guard.CarrierQuery:
			c.warn(catalogue.TokenInURL, at, "tickets stand in URLs, which proxies and servers log; each is of use once and for seconds", "let the client send the ticket as a sub-protocol")
		case guard.CarrierFirstMessage:
			c.warn(catalogue.AuthRace, at, "sockets are opened for clients that have shown no ticket yet", "let the client send the ticket as a sub-protocol")
		}
	}
	switch guard.Binding(a.Ticket.IP) {
	case guard.BindMonitor:
		c.warn(catalogue.TicketWeak, at+".ip", "a stolen ticket works from another address; that is recorded only", "set ip: enforce")
	case guard.BindOff:
		c.warn(catalogue.TicketWeak, at+".ip", "a stolen ticket works from another address", "set ip: enforce")
	}
}

// guard returns the route as package guard knows it. A zero value means the
// default there.
func (r *fileRoute) guard() guard.Route {
	g := guard.Route{
		Path:              r.Path,
		Backend:           r.Backend,
		BackendHost:       r.BackendHost,
		Mode:              guard.Mode(r.Mode),
		Origins:           r.Origins,
		InsecureAnyOrigin: r.InsecureAnyOrigin,
		AllowNoOrigin:     r.AllowNoOrigin,
		Subprotocols:      r.Subprotocols,
		Query:             r.Query,
		Compression:       r.Compression,
		Auth:              guard.Auth{Bearer: r.Auth.Bearer, Cookie: r.Auth.Cookie, Anonymous: r.Auth.Anonymous, Forward: r.Auth.Forward, ForwardQuery: r.Auth.ForwardQuery},
		Session:           guard.SessionPolicy(r.Session),
		Limits:            r.Limits.guard(),
	}
	if t := r.Auth.Ticket; t != nil {
		g.Auth.Ticket = &guard.TicketPolicy{TTL: t.TTL, IP: guard.Binding(t.IP), Rate: t.Rate.guard()}
		for _, carrier := range t.Carriers {
			g.Auth.Ticket.Carriers = append(g.Auth.Ticket.Carriers, guard.Carrier(carrier))
		}
	}
	return g
}

func (l *fileLimits) guard() guard.Limits {
	return guard.Limits{
		ConnectionsPerIP:   l.ConnectionsPerIP,
		ConnectionsPerUser: l.ConnectionsPerUser,
		Connections:        l.Connections,
		MessageBytes:       int64(l.MessageBytes),
		ServerMessageBytes: int64(l.ServerMessageBytes),
		Messages:           l.Messages.guard(),
		UserMessages:       l.UserMessages.guard(),
		ControlFrames:      l.ControlFrames.guard(),
		Fragments:          l.Fragments,
		SendQueue:          int(l.SendQueue),
		SendTimeout:        l.SendTimeout,
		Message:            l.MessageTimeout,
	}
}
