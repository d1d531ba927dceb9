package guard

import (
	"bytes"
	"context"
	"encoding/json"
	"net/netip"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
)

// A client extends its connection by a fresh ticket, in a text message of one
// frame that looks like the first message of a client that shows its ticket
// late: {"type":"wswarden.ticket","ticket":"wst1_…"}. It is for the guard and
// never reaches the backend. The answer is renewed.
const (
	// minRenewal and maxRenewal bound the message, so that few other messages
	// are looked into.
	minRenewal = 80
	maxRenewal = 200
)

// renewalMark is in every such message.
var renewalMark = []byte(`"wswarden.ticket"`)

// renewed is what the client reads: result is "renewed", after which the
// connection ends no earlier than expires_in seconds from now but for a
// revocation, or "unavailable" where the ticket could not be judged and is
// lost. A ticket that does not hold closes the connection.
type renewed struct {
	Type      string `json:"type"`
	Result    string `json:"result"`
	ExpiresIn int    `json:"expires_in,omitempty"`
}

// renewal returns the ticket of u if it is a message that renews.
func (d *direction) renewal(u wire.Unit) (ticket string, ok bool) {
	size := max(len(u.Payload), len(u.Raw)-wire.MaxHeader)
	if u.Opcode != wire.Text || u.Fragments != 1 || size > maxRenewal || d.rt.cfg.Auth.Ticket == nil {
		return "", false
	}
	var buf [maxRenewal + wire.MaxHeader]byte
	payload := u.Payload
	if len(payload) == 0 {
		payload = unmasked(buf[:0], u.Raw)
	}
	if len(payload) < minRenewal || !bytes.Contains(payload, renewalMark) {
		return "", false
	}
	ticket, refusal := parseFirstMessage(bytes.Clone(payload))
	return ticket, refusal == nil
}

// unmasked appends the payload of one frame to dst.
func unmasked(dst, frame []byte) []byte {
	h, n, err := wire.ParseHeader(frame)
	if err != nil || n == 0 || len(frame)-n > cap(dst) {
		return nil
	}
	dst = append(dst, frame[n:]...)
	if h.Masked {
		wire.Mask(dst, h.Key, 0)
	}
	return dst
}

// renew takes up a message that renews. It counts as a message, and what comes
// behind it waits until its ticket is judged.
func (d *direction) renew(u wire.Unit, held bool, now int64, ticket string, rest []byte) progress {
	d.now, d.waived = now, false
	if d.in != nil {
		d.in.rule = nil // of an earlier message
	}
	v := d.judge.take(paceMessage)
	if v.passes() {
		v.wait = func(ctx context.Context) *Denial { return d.c.renew(ctx, ticket) }
	}
	p := d.conclusion(u, held, v, rest)
	if p == waits {
		d.parked.consumed = true
	}
	return p
}

// renew redeems a ticket and has the connection rest on the sign-in behind it.
func (c *conn) renew(ctx context.Context, value string) *Denial {
	rt := c.rules.Load()
	addr, _ := netip.ParseAddr(c.address)
	ctx, cancel := context.WithTimeout(ctx, storePatience)
	defer cancel()
	t, hash, d := c.g.redeem(ctx, presentation{value: value, route: rt, origin: c.origin, client: client{addr: addr}})
	if d == nil {
		d = c.rest(ctx, rt, value, t)
	}
	if d != nil {
		return d.ends().always()
	}
	c.g.record(c.route, Event{Action: "ticket.renew", Outcome: Allowed, Client: c.address, Origin: c.origin, Connection: c.id, Ticket: hash.Short(),
		User: t.Identity.User, Session: t.Identity.Session})
	c.answerRenewal(renewed{Result: "renewed", ExpiresIn: seconds(c.life.left(c.g.now()))})
	return nil
}

// rest puts the sign-in of t in the place of the one that the connection rests
// on. It must be the same user's: backend and rules know no other. As in a
// handshake, the index knows the new names before the markers are read again.
func (c *conn) rest(ctx context.Context, rt *route, value string, t *Ticket) *Denial {
	if d := c.sameAs(&t.Identity); d != nil {
		return d
	}
	who := passport{identity: t.Identity, judged: t.Judged}
	var d *Denial
	if who.credential, d = unseal(rt, value, t); d != nil {
		return d
	}
	c.g.live.rename(c, &t.Identity)
	if d := c.g.judgeMarkers(ctx, &t.Identity); d != nil {
		who.credential.wipe()
		return d
	}
	c.g.rechecks.leave(c)
	c.g.rechecks.join(c, &who)
	c.life.renew(c.g.now(), t.Identity.Expires)
	return nil
}

// sameAs refuses a sign-in that is not the same person in the same roles.
func (c *conn) sameAs(id *Identity) *Denial {
	old := &c.who.identity
	if id.User != old.User {
		return cut(catalogue.TicketWeak, "ticket.user", CloseDenied, "denied", RetryNo).because("a ticket of another user")
	}
	if !sameRoles(id.Roles, old.Roles) {
		return cut(catalogue.SessionUnrechecked, "ticket.roles", CloseSessionEnded, "session.expired", RetryFresh).because("the user has other roles than at the handshake")
	}
	return nil
}

func (c *conn) answerRenewal(answer renewed) {
	answer.Type = "wswarden.ticket"
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err) // strings and numbers always marshal
	}
	c.client.out.push(wire.AppendMessage(nil, wire.Text, text, c.client.mask()))
}
