package probe

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
)

// handshake is the handshake of the first identity from a page of an origin, an
// empty one without the header.
func (r *promiser) handshake(ctx context.Context, origin string) (Request, error) {
	s, who := r.s, r.first()
	req := s.plain().With("Origin", origin)
	if origin == "" {
		req = req.Without("Origin")
	}
	if who == nil {
		return req, nil
	}
	ticket := ""
	if s.Target.TicketURL != "" {
		from := origin
		if !slices.Contains(r.p.Origins, origin) {
			from = s.Target.Origin // a foreign page gets no ticket of its own
		}
		var err error
		if ticket, err = s.mintFrom(ctx, who, from); err != nil {
			return req, err
		}
	}
	return s.carry(req, who, ticket), nil
}

// origins holds the endpoint to its list of origins.
func (r *promiser) origins(ctx context.Context) error {
	accepts := r.s.Control.Accepted()
	for _, o := range r.p.Origins {
		text := fmt.Sprintf("pages of %s connect", o)
		req, err := r.handshake(ctx, o)
		if err != nil {
			r.open("", nil, text, err.Error())
			continue
		}
		out, err := r.s.Try(ctx, req)
		switch {
		case err != nil:
			return err
		case out.Accepted():
			r.held("", nil, text, out.String())
		case !accepts:
			r.open("", nil, text, fmt.Sprintf("the control handshake was %v: an identity that may connect is needed (--identity)", r.s.Control))
		default:
			r.open("", nil, text, fmt.Sprintf("the handshake was %v; the endpoint refuses more than is promised", out))
		}
	}
	if r.p.AnyOrigin || len(r.p.Origins) == 0 {
		return nil
	}
	for _, m := range nearOrigins(r.p.Origins[0], r.s.Target.Foreign) {
		if slices.Contains(r.p.Origins, m.origin) || m.origin == "" && r.p.NoOrigin {
			continue
		}
		if err := r.refused(ctx, m.weakness, "no page of "+m.what+" connects", func() (Request, error) { return r.handshake(ctx, m.origin) }); err != nil {
			return err
		}
	}
	return nil
}

type nearOrigin struct {
	origin, what string
	weakness     *catalogue.Weakness
}

// nearOrigins are origins that an exact comparison refuses. The whole matrix is
// that of the origin check.
func nearOrigins(allowed, foreign string) []nearOrigin {
	scheme, host, _ := strings.Cut(allowed, "://")
	bare, _, _ := strings.Cut(host, ":")
	other := map[string]string{"https": "http", "http": "https"}[scheme]
	return []nearOrigin{
		{"https://" + foreign, "another site", catalogue.OriginUnchecked},
		{allowed + "." + foreign, "a host that begins like an allowed one", catalogue.OriginWeak},
		{scheme + "://" + strings.ReplaceAll(foreign, ".", "-") + host, "a host that ends like an allowed one", catalogue.OriginWeak},
		{scheme + "://x." + host, "a host below an allowed one", catalogue.OriginWeak},
		{other + "://" + host, "an allowed host, but of another scheme,", catalogue.OriginWeak},
		{scheme + "://" + bare + ":48123", "an allowed host, but of another port,", catalogue.OriginWeak},
		{"null", "the origin null", catalogue.OriginOptional},
		{"", "no origin", catalogue.OriginOptional},
	}
}

// refused holds the endpoint to the refusal of a handshake.
func (r *promiser) refused(ctx context.Context, w *catalogue.Weakness, text string, make func() (Request, error)) error {
	req, err := make()
	if err != nil {
		r.open("", w, text, err.Error())
		return ctx.Err()
	}
	out, err := r.s.Try(ctx, req)
	if err != nil {
		return err
	}
	control := r.s.Control
	switch {
	case out.Accepted():
		r.broken("", w, text, fmt.Sprintf("the handshake was %v", out), out.Evidence)
	case out.Kind == Closed:
		r.held("", w, text, fmt.Sprintf("%v; guard refuses before the upgrade, so something else answered", out))
	case !control.Accepted() && out.Like(control):
		r.open("", w, text, fmt.Sprintf("the control handshake is %v too: an identity that may connect is needed (--identity)", control))
	default:
		r.held("", w, text, out.String())
	}
	return nil
}

// carriers holds the endpoint to what opens a connection.
func (r *promiser) carriers(ctx context.Context) error {
	s, p, who := r.s, r.p, r.first()
	origin := s.Target.Origin
	if !p.Anonymous {
		if err := r.refused(ctx, catalogue.AuthMissing, "nobody connects without a credential", func() (Request, error) { return s.plain(), nil }); err != nil {
			return err
		}
		bad := func() (Request, error) {
			return s.plain().With("Authorization", "Bearer wswarden.not-a.token").With("Cookie", "session=wswarden-no-session"), nil
		}
		if err := r.refused(ctx, catalogue.AuthMissing, "a credential that nobody issued opens nothing", bad); err != nil {
			return err
		}
	}
	if who == nil {
		return nil
	}
	if who.Cookie() != "" && !p.Cookie && !p.Anonymous {
		alone := func() (Request, error) { return s.plain().With("Cookie", who.Cookie()), nil }
		if err := r.refused(ctx, catalogue.OriginUnchecked, "a cookie alone opens nothing", alone); err != nil {
			return err
		}
	}
	if token := who.Bearer(); token != "" {
		inURL := func() (Request, error) {
			req := s.plain()
			req.Target = withQuery(req.Target, "token", token)
			return req, nil
		}
		if err := r.refused(ctx, catalogue.TokenInURL, "a token in the URL opens nothing", inURL); err != nil {
			return err
		}
		if !p.Bearer && !p.Anonymous {
			header := func() (Request, error) { return s.plain().With("Authorization", "Bearer "+token), nil }
			if err := r.refused(ctx, catalogue.AuthMissing, "an Authorization header opens nothing", header); err != nil {
				return err
			}
		}
	}
	if p.Ticket == nil || s.Target.TicketURL == "" {
		if p.Ticket != nil {
			r.open("", catalogue.TicketWeak, "tickets open one connection", "the address that mints them is not known (--ticket-url)")
		}
		return nil
	}
	return r.tickets(ctx, who, origin)
}

// tickets holds the endpoint to what is promised of tickets.
func (r *promiser) tickets(ctx context.Context, who *Identity, origin string) error {
	s, p := r.s, r.p
	ticket, err := s.mintFrom(ctx, who, origin)
	if err != nil {
		r.open("", catalogue.TicketWeak, "a ticket opens one connection", err.Error())
		return ctx.Err()
	}
	req := s.carry(s.plain(), who, ticket)
	first, err := s.Try(ctx, req)
	if err != nil {
		return err
	}
	if !first.Accepted() {
		r.open("", catalogue.TicketWeak, "a ticket opens one connection", fmt.Sprintf("a fresh ticket was %v", first))
		return nil
	}
	again := func() (Request, error) { return req, nil }
	if err := r.refused(ctx, catalogue.TicketWeak, "a ticket opens one connection", again); err != nil {
		return err
	}
	r.open("", catalogue.TicketWeak, fmt.Sprintf("a ticket lives for %v", p.Ticket.TTL), "its end is waited for by --with ticket-expiry")
	if len(p.Origins) > 1 {
		foreign := func() (Request, error) {
			ticket, err := s.mintFrom(ctx, who, p.Origins[0])
			return s.carry(s.plain(), who, ticket).With("Origin", p.Origins[1]), err
		}
		if err := r.refused(ctx, catalogue.TicketWeak, "a ticket of another page's origin opens nothing", foreign); err != nil {
			return err
		}
	}
	if !p.Ticket.InQuery && strings.HasPrefix(ticket, "wst1_") {
		query := func() (Request, error) {
			ticket, err := s.mintFrom(ctx, who, origin)
			req := s.plain()
			req.Target = withQuery(req.Target, "ticket", ticket)
			return req, err
		}
		if err := r.refused(ctx, catalogue.TokenInURL, "a ticket in the URL opens nothing", query); err != nil {
			return err
		}
	}
	if !p.Ticket.BoundToAddress {
		return nil
	}
	text := "a ticket of another address opens nothing"
	other := otherSource(s.Target)
	if other == "" {
		r.open("", catalogue.TicketWeak, text, "this machine has no second address towards the endpoint (--source)")
		return nil
	}
	elsewhere := func() (Request, error) {
		ticket, err := s.mintFrom(ctx, who, origin)
		req := s.carry(s.plain(), who, ticket)
		req.From = other
		return req, err
	}
	return r.refused(ctx, catalogue.TicketWeak, text, elsewhere)
}

// otherSource is a second local address from which the target can be reached;
// empty if none is known.
func otherSource(t *Target) string {
	if t.Source != "" {
		return t.Source
	}
	if host := t.URL.Hostname(); host == "127.0.0.1" || host == "localhost" {
		return "127.0.0.2"
	}
	return ""
}

// subprotocols holds the endpoint to its list of sub-protocols.
func (r *promiser) subprotocols(ctx context.Context) error {
	text := "a sub-protocol that is not listed is not spoken"
	req, err := r.handshake(ctx, r.s.Target.Origin)
	if err != nil {
		r.open("", catalogue.SubprotocolUnchecked, text, err.Error())
		return ctx.Err()
	}
	const foreign = "wswarden-unlisted.v9"
	offered := foreign
	if have := req.Value("Sec-WebSocket-Protocol"); have != "" {
		offered = have + ", " + foreign
	}
	out, err := r.s.Try(ctx, req.With("Sec-WebSocket-Protocol", offered))
	if err != nil {
		return err
	}
	switch {
	case out.Upgraded() && out.Header.Get("Sec-WebSocket-Protocol") == foreign:
		r.broken("", catalogue.SubprotocolUnchecked, text, "it was chosen", out.Evidence)
	case out.Accepted():
		r.held("", catalogue.SubprotocolUnchecked, text, "it was not chosen")
	case !r.s.Control.Accepted() && out.Like(r.s.Control):
		r.open("", catalogue.SubprotocolUnchecked, text, fmt.Sprintf("the control handshake is %v too", r.s.Control))
	default:
		r.held("", catalogue.SubprotocolUnchecked, text, out.String())
	}
	return nil
}

// compression holds the endpoint to whether it compresses.
func (r *promiser) compression(ctx context.Context) error {
	if r.p.Compression {
		return nil
	}
	text := "compression is not agreed to"
	req, err := r.handshake(ctx, r.s.Target.Origin)
	if err != nil {
		r.open("", catalogue.CompressionBomb, text, err.Error())
		return ctx.Err()
	}
	out, err := r.s.Try(ctx, req.With("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"))
	switch {
	case err != nil:
		return err
	case !out.Upgraded():
		r.open("", catalogue.CompressionBomb, text, fmt.Sprintf("the handshake was %v", out))
	case out.Header.Get("Sec-WebSocket-Extensions") != "":
		r.broken("", catalogue.CompressionBomb, text, fmt.Sprintf("it answered %q", out.Header.Get("Sec-WebSocket-Extensions")), out.Evidence)
	default:
		r.held("", catalogue.CompressionBomb, text, "it was offered and not taken up")
	}
	return nil
}
