package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// A protocol is what is spoken above WebSocket: how it is recognised, and how a
// client of it begins.
type protocol struct {
	name         string
	subprotocols []string // one of them has to be offered
	query        string   // that a handshake needs
	hello        []string // that a client sends first
	is           func(o Outcome, path string) bool
}

var protocols = []protocol{
	{name: socketIO, query: "EIO=4&transport=websocket", hello: []string{"40"}, is: func(o Outcome, path string) bool {
		return starts(o, `0{"sid"`) || !o.Accepted() && strings.Contains(path, "socket.io")
	}},
	{name: "SockJS", is: func(o Outcome, _ string) bool { return len(o.Messages) > 0 && string(o.Messages[0].Payload) == "o" }},
	{name: actionCable, subprotocols: []string{"actioncable-v1-json", "actioncable-unsupported"}, is: func(o Outcome, path string) bool {
		return strings.HasPrefix(o.Header.Get("Sec-WebSocket-Protocol"), "actioncable-") || !o.Accepted() && strings.HasSuffix(path, "/cable")
	}},
	{name: graphQL, subprotocols: []string{"graphql-transport-ws", "graphql-ws"}, hello: []string{`{"type":"connection_init"}`}, is: func(o Outcome, path string) bool {
		spoken := o.Header.Get("Sec-WebSocket-Protocol")
		return spoken == "graphql-transport-ws" || spoken == "graphql-ws" || o.Code == 4406 || !o.Accepted() && strings.Contains(path, "graphql")
	}},
	{name: signalR, hello: []string{"{\"protocol\":\"json\",\"version\":1}\x1e"}, is: func(Outcome, string) bool { return false }},
	{name: phoenix, query: "vsn=2.0.0", is: func(_ Outcome, path string) bool {
		return strings.HasSuffix(path, "/socket/websocket") || strings.HasSuffix(path, "/live/websocket")
	}},
	{name: stomp, subprotocols: []string{"v12.stomp", "v11.stomp", "v10.stomp"}, hello: []string{"CONNECT\naccept-version:1.0,1.1,1.2\nhost:/\n\n\x00"}, is: func(o Outcome, path string) bool {
		return strings.HasSuffix(o.Header.Get("Sec-WebSocket-Protocol"), ".stomp") || !o.Accepted() && strings.Contains(path, "stomp")
	}},
	{name: "MQTT", subprotocols: []string{"mqtt"}, is: func(o Outcome, path string) bool {
		return o.Header.Get("Sec-WebSocket-Protocol") == "mqtt" || !o.Accepted() && strings.HasSuffix(path, "/mqtt")
	}},
}

func starts(o Outcome, with string) bool {
	return slices.ContainsFunc(o.Messages, func(u wire.Unit) bool { return strings.HasPrefix(string(u.Payload), with) })
}

// places are where endpoints are mostly found: what is tried where the given
// address answers no handshake.
var places = []string{
	"/ws", "/socket.io/?EIO=4&transport=websocket", "/websocket", "/socket", "/graphql", "/cable", "/socket/websocket?vsn=2.0.0",
	"/api/ws", "/chat", "/ws/chat", "/hub", "/live/websocket?vsn=2.0.0", "/sockjs/websocket", "/subscriptions", "/stream", "/events",
}

// usable reports whether an answer is that of a WebSocket endpoint, if only of
// one that wants to know who asks.
func usable(o Outcome) bool {
	return o.Upgraded() || o.Throttled() || slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired}, o.Status)
}

// findEndpoint does the control handshake, and where nothing answers it, looks
// for the endpoint and the protocol that it wants. It changes the target.
func (r *run) findEndpoint(ctx context.Context, s *Session) (Outcome, error) {
	given := *r.target.URL
	o, err := r.firstTry(ctx, s)
	if err != nil {
		return o, err
	}
	if usable(o) && o.Kind != Closed {
		return r.speak(ctx, s, o)
	}
	if p, ok := r.protocolOf(o); ok {
		if better, err := r.adopt(ctx, s, p); err != nil || usable(better) && better.Kind != Closed {
			return better, err
		}
		r.target.URL, r.target.Subprotocols, r.target.Hello = &given, r.plan.opt.Target.Subprotocols, r.plan.opt.Target.Hello
	}
	if usable(o) {
		return o, nil
	}
	return r.search(ctx, s, o)
}

// firstTry is the control handshake, with all the time that a server may take. A
// server that asks to wait is asked again, within bounds; where it goes on with
// that there is nothing to compare with.
func (r *run) firstTry(ctx context.Context, s *Session) (Outcome, error) {
	for range 3 {
		o, err := r.tryOnce(ctx, s)
		if err != nil || !o.Throttled() {
			return o, err
		}
		if err := s.holdOff(ctx, o); err != nil {
			return o, fmt.Errorf("%w: the handshake is %v, with Retry-After %q", err, o, o.Header.Get("Retry-After"))
		}
	}
	return Outcome{}, fmt.Errorf("%w: it went on after waiting as told", ErrThrottled)
}

func (r *run) tryOnce(ctx context.Context, s *Session) (Outcome, error) {
	req, err := s.Request(ctx, r.target.Identity())
	if err != nil && r.target.Promises != nil && ctx.Err() == nil {
		// The configuration speaks of tickets; what stands at the address may not.
		r.note("control", s.Mask(fmt.Sprintf("%v; the identity's own headers are sent in place of tickets", err)))
		r.target.TicketURL = ""
		req, err = s.Request(ctx, r.target.Identity())
	}
	if err != nil {
		return Outcome{}, err
	}
	asked := time.Now()
	c, o, err := s.Open(ctx, req)
	if err != nil {
		return o, err
	}
	answered := time.Since(asked)
	r.slow = max(answered, 25*time.Millisecond)
	if c == nil {
		return o, nil
	}
	defer c.Close()
	o, err = c.settle(ctx, o, longSettle)
	r.settle = r.learnSettle(o)
	return o, err
}

// protocolOf names the protocol by an answer and the path.
func (r *run) protocolOf(o Outcome) (protocol, bool) {
	i := slices.IndexFunc(protocols, func(p protocol) bool { return p.is(o, r.target.URL.Path) })
	if i < 0 {
		return protocol{}, false
	}
	return protocols[i], true
}

// speak completes the target for an endpoint that answers: a Socket.IO server
// opens a connection for everybody and asks who it is afterwards.
func (r *run) speak(ctx context.Context, s *Session, o Outcome) (Outcome, error) {
	p, ok := r.protocolOf(o)
	if !ok && o.Kind == Open && r.isSignalR(ctx, s) {
		i := slices.IndexFunc(protocols, func(p protocol) bool { return p.name == signalR })
		p, ok = protocols[i], true
	}
	if !ok {
		return o, nil
	}
	r.facts.SetFramework(p.name)
	if len(p.hello) == 0 || len(r.target.Hello) > 0 || !o.Accepted() {
		return o, nil
	}
	better, err := r.adopt(ctx, s, p)
	if err == nil && !better.Upgraded() {
		return o, nil
	}
	return better, err
}

// isSignalR asks for the negotiation that clients of SignalR begin with.
func (r *run) isSignalR(ctx context.Context, s *Session) bool {
	req := s.plain().Without("Connection", "Upgrade", "Sec-WebSocket-Version", "Sec-WebSocket-Key", "Sec-WebSocket-Protocol")
	req.Method, req.Key = http.MethodPost, ""
	req.Target = strings.TrimSuffix(r.target.URL.Path, "/") + "/negotiate?negotiateVersion=1"
	o, err := s.Fetch(ctx, req.Plus("Content-Length", "0").Plus("Connection", "close"))
	return err == nil && strings.Contains(string(o.Body), "availableTransports")
}

// adopt makes the target speak a protocol, and does the handshake again.
func (r *run) adopt(ctx context.Context, s *Session, p protocol) (Outcome, error) {
	u := *r.target.URL
	asked := u.Query()
	for pair := range strings.SplitSeq(p.query, "&") {
		if name, _, ok := strings.Cut(pair, "="); ok && !asked.Has(name) {
			u.RawQuery = strings.Trim(u.RawQuery+"&"+pair, "&")
		}
	}
	r.target.URL = &u
	if len(r.target.Subprotocols) == 0 && len(p.subprotocols) > 0 {
		r.target.Subprotocols = p.subprotocols[:1]
	}
	if len(r.target.Hello) == 0 {
		for _, h := range p.hello {
			r.target.Hello = append(r.target.Hello, []byte(h))
		}
	}
	before := r.facts.Framework()
	r.facts.SetFramework(p.name) // it says how a refusal looks
	o, err := r.firstTry(ctx, s)
	if err != nil || !usable(o) {
		r.facts.SetFramework(before)
	} else {
		r.note("control", fmt.Sprintf("the endpoint speaks %s; the handshakes and first messages are those of its clients", p.name))
	}
	return o, err
}

// search looks for the endpoint at the usual places.
func (r *run) search(ctx context.Context, s *Session, answered Outcome) (Outcome, error) {
	given := *r.target.URL
	for _, place := range places {
		u, err := url.Parse(place)
		if err != nil || u.Path == given.Path && u.RawQuery == given.RawQuery {
			continue
		}
		there := given
		there.Path, there.RawQuery = u.Path, u.RawQuery
		r.target.URL = &there
		o, err := r.firstTry(ctx, s)
		if err != nil {
			return o, err
		}
		if p, ok := r.protocolOf(o); ok && !usable(o) {
			if o, err = r.adopt(ctx, s, p); err != nil {
				return o, err
			}
			if !usable(o) {
				r.target.Subprotocols, r.target.Hello = r.plan.opt.Target.Subprotocols, r.plan.opt.Target.Hello
			}
		}
		// A host that guards every path answers 401 or 403 everywhere: only a
		// connection shows that there is something.
		if o.Upgraded() {
			r.note("control", fmt.Sprintf("a handshake at %s is %v; the endpoint was found at %s, which is what is tested", given.RequestURI(), answered, there.RequestURI()))
			return r.speak(ctx, s, o)
		}
	}
	r.target.URL = &given
	return answered, &NoEndpointError{Path: given.RequestURI(), Answer: answered}
}

// A NoEndpointError says that an address answers, and not as a WebSocket
// endpoint does.
type NoEndpointError struct {
	Path   string
	Answer Outcome
}

func (e *NoEndpointError) Error() string {
	text := fmt.Sprintf("no WebSocket endpoint at %q: a handshake is %v", e.Path, e.Answer)
	if l := e.Answer.Header.Get("Location"); l != "" {
		text += fmt.Sprintf(" and sent to %q", l)
	}
	return text
}
