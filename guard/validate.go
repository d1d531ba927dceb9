package guard

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

// Problem is one thing wrong with a configuration.
type Problem struct {
	// Path names the setting as the configuration file spells it, such as
	// routes[0].auth.ticket.ttl.
	Path string
	// Weakness is the entry of the catalogue that the setting would open;
	// empty where there is none.
	Weakness string
	// Reason says what is wrong, Next what to do.
	Reason, Next string
}

// String returns the problem as one line.
func (p Problem) String() string {
	s := p.Path + ": " + p.Reason
	if p.Weakness != "" {
		s += " (" + p.Weakness + ")"
	}
	if p.Next != "" {
		s += "; " + p.Next
	}
	return s
}

// problems collects what is wrong.
type problems []Problem

func (ps *problems) add(path string, w *catalogue.Weakness, reason, next string) {
	p := Problem{Path: path, Reason: reason, Next: next}
	if w != nil {
		p.Weakness = w.ID
	}
	*ps = append(*ps, p)
}

// Validate returns everything that is wrong with c, nil if it holds. It is
// pure: it opens and dials nothing.
func (c Config) Validate() []Problem {
	c = c.WithDefaults()
	var ps problems
	c.validateShared(&ps)
	if len(c.Routes) == 0 {
		ps.add("routes", nil, "there is no route", "add one with a path, origins and auth")
	}
	seen := map[string]int{}
	for i, r := range c.Routes {
		at := fmt.Sprintf("routes[%d]", i)
		path := strings.TrimSuffix(r.Path, "/")
		if first, ok := seen[path]; ok {
			ps.add(at+".path", nil, fmt.Sprintf("routes[%d] has the path %q already", first, c.Routes[first].Path), "give each route its own path")
		}
		seen[path] = i
		r.validate(at, c.SignIn, &ps)
	}
	return ps
}

func (c *Config) validateShared(ps *problems) {
	if c.Nodes < 1 {
		ps.add("nodes", nil, "must be at least 1", "")
	}
	if c.Nodes > 1 && (c.Store == nil || !c.Store.Shared()) {
		ps.add("store", catalogue.TicketWeak, fmt.Sprintf("a store in memory can't serve %d nodes: each would redeem a ticket once, and limits would count apart", c.Nodes),
			"use a store that the nodes share, or run one node")
	}
	for i, p := range c.TrustedProxies {
		at := fmt.Sprintf("trusted_proxies[%d]", i)
		switch {
		case !p.IsValid():
			ps.add(at, nil, "is not a network", "write an address or a CIDR such as 10.0.0.0/8")
		case p.Bits() == 0:
			ps.add(at, catalogue.ConnectionCount, "every client could name its own address", "name the proxies' networks alone")
		}
	}
	for i, h := range c.Hosts {
		if _, ok := parseHost(h); !ok {
			ps.add(fmt.Sprintf("hosts[%d]", i), catalogue.HostUnchecked, fmt.Sprintf("%q is not a host name", h), "write a name such as ws.example.com, without scheme or wildcard")
		}
	}
	switch name := c.SignIn.CSRFHeader; {
	case !isToken(name):
		ps.add("sign_in.csrf_header", nil, "is not a header name", "write a name such as X-CSRF-Token")
	case slices.Contains(ambientHeaders, strings.ToLower(name)):
		ps.add("sign_in.csrf_header", catalogue.OriginUnchecked, fmt.Sprintf("browsers send %q by themselves, so that it proves nothing", name), "write a name such as X-CSRF-Token")
	}
	atLeast(ps, "limits.connections", c.Limits.Connections, 1)
	atLeast(ps, "limits.handshake", c.Limits.Handshake, time.Millisecond)
	c.Limits.Handshakes.validate("limits.handshakes", ps)
}

// ambientHeaders are what any page can have a browser send: headers of every
// request, and those that need no preflight (Fetch standard, section 2.2.2).
var ambientHeaders = []string{"accept", "accept-encoding", "accept-language", "connection", "content-language", "content-length", "content-type", "cookie", "host", "origin", "range", "referer", "user-agent"}

func (r *Route) validate(at string, in SignIn, ps *problems) {
	if reason := pathProblem(r.Path); reason != "" {
		ps.add(at+".path", nil, reason, "write one absolute path such as /ws")
	}
	if r.Backend != "" {
		if _, err := parseBackend(r.Backend); err != nil {
			ps.add(at+".backend", nil, err.Error(), "write an address such as ws://127.0.0.1:3000/ws")
		}
	}
	if r.BackendHost != "" {
		if _, ok := parseHost(r.BackendHost); !ok {
			ps.add(at+".backend_host", nil, "is not a host name", "")
		}
	}
	if r.Mode != Enforce && r.Mode != Monitor {
		ps.add(at+".mode", nil, fmt.Sprintf("%q is no mode", r.Mode), "write enforce or monitor")
	}
	for i, p := range r.Subprotocols {
		if !isToken(p) || p == wardenSubprotocol || strings.HasPrefix(p, ticketSubprotocolPrefix) {
			ps.add(fmt.Sprintf("%s.subprotocols[%d]", at, i), catalogue.SubprotocolUnchecked, fmt.Sprintf("%q can't be an application's sub-protocol", p), "write the name that the application speaks")
		}
	}
	for i, name := range r.Query {
		if name == ticketParam || slices.Contains(credentialParams, plainName(name)) || looksSecret(name) {
			ps.add(fmt.Sprintf("%s.query[%d]", at, i), catalogue.TokenInURL, "the guard passes no credential in the URL on, and takes a ticket by itself", "remove it, and let the client ask for a ticket")
		} else if name == "" {
			ps.add(fmt.Sprintf("%s.query[%d]", at, i), nil, "a parameter without a name", "remove it")
		}
	}
	r.validateOrigins(at, ps)
	r.validateAuth(at+".auth", in, ps)
	atLeast(ps, at+".session.max_age", r.Session.MaxAge, minSessionDuration)
	atLeast(ps, at+".session.idle", r.Session.Idle, minSessionDuration)
	if r.Session.Recheck != 0 {
		atLeast(ps, at+".session.recheck", r.Session.Recheck, minSessionDuration)
		atLeast(ps, at+".session.grace", r.Session.Grace, minSessionDuration)
		if !in.judgesAnything() {
			ps.add(at+".session.recheck", catalogue.RecheckFailsOpen, "nothing could judge a session again: no sign_in is set", "set sign_in.introspection or sign_in.forward_auth, or remove it")
		}
	}
	r.Limits.validate(at+".limits", ps)
	r.Messages.validate(at+".messages", ps)
}

// judgesAnything reports whether anybody can sign in.
func (in SignIn) judgesAnything() bool {
	return in.Token != nil || in.Introspection != nil || in.Request != nil
}

func (r *Route) validateOrigins(at string, ps *problems) {
	for i, o := range r.Origins {
		if reason, next := originProblem(o); reason != "" {
			w := catalogue.OriginWeak
			if o == "*" {
				w = catalogue.OriginUnchecked // nothing would be compared
			}
			ps.add(fmt.Sprintf("%s.origins[%d]", at, i), w, reason, next)
		}
	}
	if len(r.Origins) == 0 && !r.InsecureAnyOrigin && !r.AllowNoOrigin {
		ps.add(at+".origins", nil, "nobody could connect", "list the exact origins of the pages that may, such as https://app.example.com")
	}
	if len(r.Origins) > 0 && r.InsecureAnyOrigin {
		ps.add(at+".insecure_any_origin", catalogue.OriginUnchecked, "the list of origins would mean nothing", "remove one of the two")
	}
}

func (r *Route) validateAuth(at string, in SignIn, ps *problems) {
	a := r.Auth
	if a.Ticket == nil && !a.Bearer && !a.Cookie && !a.Anonymous {
		ps.add(at, catalogue.AuthMissing, "no credential would open a connection", "set ticket, bearer or cookie; anonymous: true admits everybody")
	}
	if a.Ticket != nil && !in.judgesAnything() {
		ps.add(at+".ticket", catalogue.AuthMissing, "nobody could get a ticket: no sign_in is set", "set sign_in.jwt, sign_in.introspection or sign_in.forward_auth")
	}
	if a.Bearer && in.Token == nil && in.Introspection == nil && !judges(in.Request, "Authorization") {
		ps.add(at+".bearer", catalogue.AuthMissing, "nothing judges a bearer token", "set sign_in.jwt or sign_in.introspection, or sign_in.forward_auth with Authorization among its headers")
	}
	if a.Cookie {
		r.validateCookie(at+".cookie", in, ps)
	}
	if a.ForwardQuery != "" && (r.Query == nil || slices.Contains(r.Query, a.ForwardQuery)) {
		ps.add(at+".forward_query", catalogue.TokenInURL, "a client could write the parameter itself, and the backend take its value for a credential that was judged", "set query to the list of the parameters that the application reads, without this one")
	}
	if a.ForwardQuery == ticketParam {
		ps.add(at+".forward_query", catalogue.TokenInURL, "the parameter is that of tickets", "write the one that the backend reads")
	}
	if a.Ticket != nil {
		a.Ticket.validate(at+".ticket", ps)
		if a.Anonymous && slices.Contains(a.Ticket.Carriers, CarrierFirstMessage) {
			ps.add(at+".anonymous", catalogue.AuthRace, "the first message would reach the application, ticket and all: an anonymous client need not send one", "drop anonymous, or first_message from ticket.carriers")
		}
	}
}

// validateCookie keeps the one credential that browsers attach by themselves
// behind a strict Origin: anything less is cross-site hijacking.
func (r *Route) validateCookie(at string, in SignIn, ps *problems) {
	if !judges(in.Request, "Cookie") {
		ps.add(at, catalogue.AuthMissing, "nothing judges a cookie", "set sign_in.forward_auth with Cookie among its headers")
	}
	if r.InsecureAnyOrigin {
		ps.add(at, catalogue.OriginUnchecked, "any page on the web could connect as its visitor", "list exact origins in place of insecure_any_origin")
	}
	if r.AllowNoOrigin {
		ps.add(at, catalogue.OriginOptional, "a cookie without an Origin proves nothing about who sent it", "drop allow_no_origin; clients that are not browsers use bearer")
	}
}

func (t *TicketPolicy) validate(at string, ps *problems) {
	if t.TTL < minTicketTTL || t.TTL > maxTicketTTL {
		ps.add(at+".ttl", catalogue.TicketWeak, fmt.Sprintf("a ticket that lives %v is a credential to steal, or too short to use", t.TTL), "choose 5s to 60s; clients ask for a ticket before each attempt")
	}
	if !slices.Contains([]Binding{BindEnforce, BindMonitor, BindOff}, t.IP) {
		ps.add(at+".ip", nil, fmt.Sprintf("%q is no binding", t.IP), "write enforce, monitor or off")
	}
	for i, c := range t.Carriers {
		if !slices.Contains([]Carrier{CarrierSubprotocol, CarrierQuery, CarrierFirstMessage}, c) {
			ps.add(fmt.Sprintf("%s.carriers[%d]", at, i), nil, fmt.Sprintf("%q is no carrier", c), "write subprotocol, query or first_message")
		}
	}
	t.Rate.validate(at+".rate", ps)
}

func (l *Limits) validate(at string, ps *problems) {
	atLeast(ps, at+".connections_per_ip", l.ConnectionsPerIP, 1)
	atLeast(ps, at+".connections_per_user", l.ConnectionsPerUser, 1)
	atLeast(ps, at+".connections", l.Connections, 1)
	atLeast(ps, at+".message_bytes", l.MessageBytes, 1)
	atLeast(ps, at+".server_message_bytes", l.ServerMessageBytes, 1)
	atLeast(ps, at+".fragments", l.Fragments, 1)
	atLeast(ps, at+".send_queue", l.SendQueue, 1)
	atLeast(ps, at+".send_timeout", l.SendTimeout, time.Millisecond)
	atLeast(ps, at+".message_timeout", l.Message, time.Millisecond)
	l.Messages.validate(at+".messages", ps)
	l.UserMessages.validate(at+".user_messages", ps)
	l.ControlFrames.validate(at+".control_frames", ps)
}

func (r Rate) validate(at string, ps *problems) {
	if r.Count < 1 || r.Per <= 0 || r.Burst < 1 {
		ps.add(at, nil, "a rate needs a count and a time above zero", "write a rate such as 60/1m")
	}
}

func atLeast[T int | int64 | time.Duration](ps *problems, path string, got, least T) {
	if got < least {
		ps.add(path, nil, fmt.Sprintf("must be at least %v", least), "a limit can't be switched off: set a large value")
	}
}

func judges(v RequestVerifier, header string) bool {
	return v != nil && slices.Contains(v.Judges(), header)
}

// pathBytes are what every client puts into a request target as it is (RFC 3986
// section 3.3), less ";", where some servers end the path.
const pathBytes = "/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,=:@"

// pathProblem says why p can't be the path of a route. One spelling is all
// that a route has, so that no other layer reads the same path differently.
func pathProblem(p string) string {
	switch {
	case !strings.HasPrefix(p, "/"):
		return fmt.Sprintf("%q does not start with a slash", p)
	case strings.Trim(p, pathBytes) != "":
		return fmt.Sprintf("%q holds characters that have more than one spelling", p)
	case strings.Contains(p, "//") || strings.Contains(p+"/", "/./") || strings.Contains(p+"/", "/../"):
		return fmt.Sprintf("%q has empty or dot segments", p)
	case strings.HasSuffix(strings.TrimSuffix(p, "/"), mintSuffix) || strings.HasPrefix(p, ownPrefix):
		return fmt.Sprintf("%q is a path of the guard itself", p)
	}
	return ""
}

// isToken reports whether s is a token of RFC 9110 section 5.6.2.
func isToken(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		alnum := c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !alnum && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return true
}

// canonicalHeader is how RequestVerifier.Judges spells names.
func canonicalHeader(s string) string { return http.CanonicalHeaderKey(s) }
