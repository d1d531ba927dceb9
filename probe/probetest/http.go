package probetest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// The paths of the twin beside its two endpoints, /ws and /other.
const (
	ticketPath = "/ws/ticket"     // POST, who signed in gets a ticket
	logoutPath = "/logout"        // POST, ends the session of the cookie
	auditPath  = "/audit"         // GET, the lines of the audit log
	canaryPath = "/internal/data" // GET, kept from the public
	statusPath = "/upstream"      // GET ?status=, answers what an upstream answered
	pollPath   = "/poll"          // GET, the fallback without WebSocket
	demotePath = "/demote"        // POST, takes the role of carol away
)

// TicketURL, LogoutURL, AuditURL, DemoteURL, CanaryPath and UpstreamPath are
// what a tester names to probe.
func (s *Server) TicketURL() string { return s.HTTP + ticketPath }

// LogoutURL ends the session of the request's cookie or token by a POST.
func (s *Server) LogoutURL() string { return s.HTTP + logoutPath }

// AuditURL shows what was recorded.
func (s *Server) AuditURL() string { return s.HTTP + auditPath }

// DemoteURL takes the role of an administrator from carol by a POST.
func (s *Server) DemoteURL() string { return s.HTTP + demotePath }

// CanaryPath is served to nobody who comes in by the front.
func (s *Server) CanaryPath() string { return canaryPath }

// UpstreamPath makes the twin ask an upstream that answers 101.
func (s *Server) UpstreamPath() string { return statusPath + "?status=101" }

// serve reads requests from a connection until it is refused, upgraded or left.
func (s *Server) serve(nc net.Conn) {
	br := bufio.NewReaderSize(nc, 4<<10)
	for {
		if s.is(HeaderUnhurried) {
			nc.SetReadDeadline(time.Now().Add(time.Minute)) // the end of the test at the latest
		} else {
			nc.SetReadDeadline(time.Now().Add(s.opts.HeaderTimeout))
		}
		r, err := readRequest(br)
		if err != nil {
			if err == errHead {
				nc.Write(refusal(400, "bad request").bytes(false))
			}
			return
		}
		if r.get("Upgrade") != "" {
			if s.upgrade(nc, br, r) {
				continue
			}
			return
		}
		body, ok := readBody(br, r)
		if !ok {
			nc.Write(refusal(400, "bad request").bytes(false))
			return
		}
		keep := r.proto == "HTTP/1.1" && !r.has("Connection", "close")
		if _, err := nc.Write(s.answer(nc, r, body).bytes(keep)); err != nil || !keep {
			return
		}
	}
}

// maxBody bounds the body of a request.
const maxBody = 64 << 10

func readBody(br *bufio.Reader, r *request) (string, bool) {
	length := r.get("Content-Length")
	if length == "" {
		return "", r.get("Transfer-Encoding") == ""
	}
	n, err := strconv.Atoi(length)
	if err != nil || n < 0 || n > maxBody {
		return "", false
	}
	body := make([]byte, n)
	_, err = io.ReadFull(br, body)
	return string(body), err == nil
}

// answer is what plain requests get.
func (s *Server) answer(nc net.Conn, r *request, body string) answer {
	switch r.path {
	case "/":
		return s.front()
	case "/ws", "/other":
		a := refusal(426, "this is a WebSocket endpoint")
		a.headers = append(a.headers, header{"Upgrade", "websocket"}, header{"Sec-WebSocket-Version", "13"})
		return a
	case ticketPath:
		return s.mint(nc, r)
	case logoutPath, demotePath:
		return s.change(r)
	case auditPath:
		s.mu.Lock()
		defer s.mu.Unlock()
		return answer{status: 200, headers: []header{{"Content-Type", "text/plain"}}, body: strings.Join(s.audit[max(0, len(s.audit)-shownAudit):], "\n") + "\n"}
	case canaryPath:
		return refusal(403, "internal")
	case statusPath:
		return s.upstream(r)
	case pollPath:
		return s.poll(r)
	}
	return s.notFound(r)
}

func (s *Server) front() answer {
	cookie := "__Host-visit=1; Path=/; Secure; HttpOnly; SameSite=Strict"
	if s.is(CookieWeak) {
		cookie = "session=visit; Path=/"
	}
	return answer{status: 200, headers: []header{{"Content-Type", "text/html; charset=utf-8"}, {"Set-Cookie", cookie}}, body: "<!doctype html><title>twin</title>\n"}
}

func (s *Server) notFound(r *request) answer {
	if s.is(PageReflection) {
		decoded, err := url.PathUnescape(r.target)
		if err != nil {
			decoded = r.target
		}
		return answer{status: 404, headers: []header{{"Content-Type", "text/html; charset=utf-8"}}, body: "<p>nothing at " + decoded + "</p>\n"}
	}
	return answer{status: 404, headers: []header{{"Content-Type", "text/html; charset=utf-8"}}, body: "<p>nothing at " + html.EscapeString(r.path) + "</p>\n"}
}

// mint answers the ticket endpoint.
func (s *Server) mint(nc net.Conn, r *request) answer {
	if r.method != "POST" {
		return refusal(405, "POST only")
	}
	if !s.is(TicketCSRF) && (!s.originAllowed(r) || r.get("Content-Type") != "application/json") {
		return refusal(403, "not from here")
	}
	w, _ := s.primary(r)
	if w == nil {
		return refusal(401, "sign in first")
	}
	value, life := s.book.mint(w.session, s.addressOf(nc, r), r.get("Origin"), "/ws")
	body, err := json.Marshal(map[string]any{"ticket": value, "expires_in": max(1, int(life.Seconds())), "protocol": "twin.v1", "url": s.URL})
	if err != nil {
		panic(err) // strings and integers always marshal
	}
	return answer{status: 200, headers: []header{{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}}, body: string(body)}
}

func (s *Server) change(r *request) answer {
	if r.method != "POST" {
		return refusal(405, "POST only")
	}
	if r.path == demotePath {
		s.SetRoles("carol", "member")
		return answer{status: 204}
	}
	w, _ := s.primary(r)
	if w == nil {
		return refusal(401, "sign in first")
	}
	s.book.end(w.session)
	return answer{status: 204}
}

// upstream stands for an application that passes on the status of something
// that it asked; the status is what the request says.
func (s *Server) upstream(r *request) answer {
	status, err := strconv.Atoi(r.query.Get("status"))
	if err != nil || status < 200 || status > 599 {
		status = 502
	}
	return answer{status: status, headers: []header{{"Content-Type", "text/plain"}}, body: "upstream\n"}
}

// poll is the fallback transport, which needs what the socket needs.
func (s *Server) poll(r *request) answer {
	if !s.is(FallbackUnguarded) && !s.originAllowed(r) {
		return refusal(403, "foreign origin")
	}
	w, _ := s.primary(r)
	if w == nil {
		return refusal(401, "sign in first")
	}
	return answer{status: 200, headers: []header{{"Content-Type", "application/json"}}, body: `{"type":"welcome","user":"` + w.session.user + "\"}\n"}
}

// endpoint returns the endpoint that a path names, and whether it is another
// spelling of it.
func endpoint(target string) (name string, spelt bool) {
	if target == "/ws" || target == "/other" {
		return target, false
	}
	decoded, err := url.PathUnescape(target)
	if err != nil {
		return "", false
	}
	decoded, _, _ = strings.Cut(strings.ToLower(decoded), ";")
	if clean := path.Clean("/" + decoded); clean == "/ws" {
		return clean, true
	}
	return "", false
}

// addressOf is who the twin takes the client for.
func (s *Server) addressOf(nc net.Conn, r *request) string {
	if s.is(ForwardedTrusted) {
		for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "True-Client-IP"} {
			if first, _, _ := strings.Cut(r.get(name), ","); first != "" {
				return strings.TrimSpace(first)
			}
		}
	}
	host, _, err := net.SplitHostPort(nc.RemoteAddr().String())
	if err != nil {
		return fmt.Sprint(nc.RemoteAddr())
	}
	return host
}
