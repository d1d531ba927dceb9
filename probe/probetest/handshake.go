package probetest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
)

// protocols are the sub-protocols that the application speaks.
var protocols = []string{"twin.v1"}

// ticketPrefix marks the sub-protocol that carries a ticket.
const ticketPrefix = "wst."

// upgrade answers a request with an Upgrade header. It reports whether the
// connection goes on with another request; otherwise it has ended.
func (s *Server) upgrade(nc net.Conn, br *bufio.Reader, r *request) (again bool) {
	name, spelt := endpoint(r.path)
	if r.path == statusPath && s.is(StatusConfusion) && r.query.Get("status") == "101" {
		nc.Write(answer{status: 101, headers: []header{{"Upgrade", r.get("Upgrade")}, {"Connection", "Upgrade"}}}.bytes(true))
		return s.tunnel(nc, br)
	}
	if refused := s.malformed(r, name, spelt); refused != nil {
		return s.refuse(nc, br, r, *refused)
	}
	unguarded := spelt
	if !unguarded && !s.originAllowed(r) {
		s.record("origin refused %q", r.get("Origin"))
		if s.is(RefusedAfterUpgrade) {
			s.switchProtocols(nc, r, "", nil)
			nc.Write(wire.AppendClose(nil, 1008, "origin", nil))
			return false
		}
		return s.refuse(nc, br, r, refusal(403, "foreign origin"))
	}
	address := s.addressOf(nc, r)
	if !s.take(address) {
		s.record("too many connections of %s", address)
		return s.refuse(nc, br, r, refusal(429, "too many connections"))
	}
	w, presented := s.credential(r, address, name)
	if w == nil && !s.opts.InBand && !s.is(AuthMissing) && !(s.is(BadCredential) && presented) {
		if !s.is(RefusalCounted) {
			s.free(address)
		}
		s.record("credential refused")
		return s.refuse(nc, br, r, refusal(401, "sign in first"))
	}
	defer s.free(address)
	s.open(nc, br, r, w)
	return false
}

// malformed judges the request itself, before anything that it asks for.
func (s *Server) malformed(r *request, name string, spelt bool) *answer {
	say := func(status int, text string) *answer { a := refusal(status, text); return &a }
	switch {
	case name == "" || spelt && !s.is(PathSpelling):
		a := s.notFound(r)
		return &a
	case r.method != "GET" && !(s.is(MethodUnchecked) && r.method == "POST"):
		return say(405, "GET only")
	case r.proto != "HTTP/1.1" && !s.is(OldHTTP):
		return say(400, "HTTP/1.1 only")
	case !s.hostAllowed(r):
		return say(421, "not this host")
	case !r.has("Upgrade", "websocket") && !s.is(ForeignUpgrade), !r.has("Connection", "upgrade"):
		return say(400, "not an upgrade to websocket")
	case (r.get("Content-Length") != "" || r.get("Transfer-Encoding") != "") && !s.is(BodyAccepted):
		return say(400, "no body here")
	case len(r.all("Sec-WebSocket-Key")) != 1 && !s.is(KeyUnchecked), !wire.ValidKey(r.get("Sec-WebSocket-Key")) && !s.is(KeyUnchecked):
		return say(400, "bad key")
	case r.get("Sec-WebSocket-Version") != "13" && !s.is(VersionUnchecked):
		a := say(426, "version 13")
		a.headers = append(a.headers, header{"Sec-WebSocket-Version", "13"})
		return a
	}
	return s.badOffer(r)
}

func (s *Server) badOffer(r *request) *answer {
	offered, err := wire.ParseTokens(r.all("Sec-WebSocket-Protocol"))
	if err != nil && !s.is(SubprotocolEcho) {
		a := refusal(400, "bad sub-protocols")
		return &a
	}
	for i, p := range offered {
		if slices.Contains(offered[:i], p) && !s.is(SubprotocolEcho) {
			a := refusal(400, "repeated sub-protocol")
			return &a
		}
	}
	if r.query.Has("token") && !s.is(TokenInURL) {
		a := refusal(400, "no credential in a URL")
		return &a
	}
	return nil
}

func (s *Server) hostAllowed(r *request) bool {
	if s.is(HostUnchecked) {
		return true
	}
	hosts := r.all("Host")
	if len(hosts) != 1 || r.target != "" && !strings.HasPrefix(r.target, "/") {
		return false
	}
	host, _, err := net.SplitHostPort(hosts[0])
	if err != nil {
		host = hosts[0]
	}
	return host == "127.0.0.1" || host == "localhost"
}

// refuse answers a refused upgrade, and closes unless a switch says otherwise.
func (s *Server) refuse(nc net.Conn, br *bufio.Reader, r *request, a answer) (again bool) {
	if s.is(VerboseHTTP) {
		a.body = "Error: " + a.body + "    at handleUpgrade (/srv/app/node_modules/ws/lib/websocket-server.js:321:15)\n    at Server.emit (node:events:513:28)\n"
	}
	if s.is(VersionShown) {
		a.headers = append(a.headers, header{"Server", "ws/7.4.5"})
	}
	a.headers = append(a.headers, s.reflected(r)...)
	tunnel := s.is(TunnelOnRefusal) && a.status == 426
	keep := s.is(PipelineServed) || tunnel
	if _, err := nc.Write(a.bytes(keep)); err != nil || !keep {
		return false
	}
	if tunnel {
		return s.tunnel(nc, br)
	}
	return true
}

// reflected are the headers that a decoded query gets into an answer.
func (s *Server) reflected(r *request) (out []header) {
	if token := r.query.Get("token"); token != "" && s.is(TokenReflected) {
		out = append(out, header{"X-Request-Token", token})
	}
	_, query, _ := strings.Cut(r.target, "?")
	if decoded, err := url.QueryUnescape(query); err == nil && query != "" && s.is(HeaderReflection) {
		out = append(out, header{"X-Query", decoded})
	}
	return out
}

// tunnel hands what comes next to the application behind the twin, which serves
// what the front keeps back.
func (s *Server) tunnel(nc net.Conn, br *bufio.Reader) bool {
	r, err := readRequest(br)
	if err != nil {
		return false
	}
	a := refusal(404, "nothing")
	if r.path == canaryPath {
		a = answer{status: 200, body: "internal data\n"}
	}
	nc.Write(a.bytes(false))
	return false
}

// primary judges what people sign in with: a token or a cookie.
func (s *Server) primary(r *request) (w *who, presented bool) {
	if h := r.get("Authorization"); h != "" {
		scheme, token, _ := strings.Cut(h, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return nil, true
		}
		return s.book.fromToken(token), true
	}
	value := r.cookie("session")
	if value == "" {
		return nil, false
	}
	if w := s.book.fromCookie(value); w != nil {
		return w, true
	}
	if s.is(SessionFixation) && len(value) >= 8 && !strings.Contains(value, ".") {
		return s.book.fixed(value), true
	}
	return nil, true
}

// credential judges what a handshake holds.
func (s *Server) credential(r *request, address, route string) (w *who, presented bool) {
	offered, _ := wire.ParseTokens(r.all("Sec-WebSocket-Protocol"))
	value := r.query.Get("ticket")
	for _, p := range offered {
		if v, ok := strings.CutPrefix(p, ticketPrefix); ok {
			value = v
		}
	}
	if value != "" {
		w := s.book.redeem(value, address, r.get("Origin"), route)
		if w == nil {
			s.record("ticket refused")
		}
		return w, true
	}
	if token := r.query.Get("token"); token != "" {
		return s.book.fromToken(token), true
	}
	return s.primary(r)
}

// open answers 101 and serves the connection to its end.
func (s *Server) open(nc net.Conn, br *bufio.Reader, r *request, w *who) {
	deflate, extensions := s.negotiate(r)
	if !s.switchProtocols(nc, r, extensions, s.reflected(r)) {
		return
	}
	c := newConn(s, nc, io.MultiReader(bytes.NewReader(nil), br), w)
	c.inflates = deflate != nil
	if s.opts.InBand && w == nil {
		c.pending = true
	}
	c.run()
}

func (s *Server) negotiate(r *request) (*wire.Deflate, string) {
	params, response, err := wire.NegotiateDeflate(r.all("Sec-WebSocket-Extensions"), wire.DeflatePolicy{ClientContextTakeover: s.is(DeflateContext)})
	if err != nil {
		return nil, ""
	}
	return params, response
}

func (s *Server) switchProtocols(nc net.Conn, r *request, extensions string, more []header) bool {
	upgrade := "websocket"
	if s.is(ForeignUpgrade) && !r.has("Upgrade", "websocket") {
		upgrade = r.get("Upgrade")
	}
	a := answer{status: 101, headers: []header{{"Upgrade", upgrade}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", wire.AcceptKey(r.get("Sec-WebSocket-Key"))}}}
	if p := s.choose(r); p != "" {
		a.headers = append(a.headers, header{"Sec-WebSocket-Protocol", p})
	}
	if extensions != "" {
		a.headers = append(a.headers, header{"Sec-WebSocket-Extensions", extensions})
	}
	if s.is(VersionShown) {
		a.headers = append(a.headers, header{"Server", "ws/7.4.5"})
	}
	a.headers = append(a.headers, more...)
	_, err := nc.Write(a.bytes(true))
	return err == nil
}

// choose selects a sub-protocol.
func (s *Server) choose(r *request) string {
	offered, _ := wire.ParseTokens(r.all("Sec-WebSocket-Protocol"))
	switch {
	case s.is(SubprotocolUnoffered):
		return "twin.v0"
	case s.is(SubprotocolEcho):
		first, _, _ := strings.Cut(r.get("Sec-WebSocket-Protocol"), ",")
		return strings.TrimSpace(first)
	}
	for _, p := range offered {
		if slices.Contains(protocols, p) || p == "wswarden.v1" {
			return p
		}
	}
	return ""
}
