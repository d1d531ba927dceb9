package guard

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"net/http"
	"strings"
	"time"

	"github.com/wswarden/wswarden/catalogue"
)

const (
	// ticketPrefix lets secret scanners and redactors of logs know a ticket.
	ticketPrefix = "wst1_"
	ticketSecret = 32 // random bytes
	// ticketLength is the length of a value: the secret and a checksum of 4
	// bytes, both in base64url without padding.
	ticketLength = len(ticketPrefix) + 43 + 6
	// outstandingTickets is how many unredeemed tickets one session may have.
	outstandingTickets = 5
)

var ticketText = base64.RawURLEncoding.Strict()

// newTicketValue returns a fresh value and the hash that stands for it.
func newTicketValue() (string, TicketHash) {
	secret := make([]byte, ticketSecret)
	rand.Read(secret) // never fails: crypto/rand ends the program instead
	body := ticketPrefix + ticketText.EncodeToString(secret)
	value := body + ticketChecksum(body)
	return value, sha256.Sum256([]byte(value))
}

// ticketChecksum tells a mistyped or truncated value from a ticket without
// asking the store. It protects nothing.
func ticketChecksum(body string) string {
	return ticketText.EncodeToString(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(body))))
}

// hashTicket returns the hash of a well-formed value.
func hashTicket(value string) (TicketHash, bool) {
	if len(value) != ticketLength || !strings.HasPrefix(value, ticketPrefix) {
		return TicketHash{}, false
	}
	body, sum := value[:ticketLength-6], value[ticketLength-6:]
	if ticketChecksum(body) != sum { // not a secret: anybody can compute it
		return TicketHash{}, false
	}
	return sha256.Sum256([]byte(value)), true
}

// presentation is a ticket value in the circumstances in which it came.
type presentation struct {
	value  string
	route  *route
	origin string
	client client
}

// redeem burns the ticket whatever comes out, and returns who it was minted
// for. All refusals read the same to the peer: only the audit log tells an
// unknown ticket from a stolen one.
func (g *Guard) redeem(ctx context.Context, p presentation) (*Ticket, TicketHash, *Denial) {
	hash, ok := hashTicket(p.value)
	if !ok {
		g.counts.ticket("malformed")
		return nil, hash, ticketInvalid("ticket.malformed").because("not a ticket")
	}
	t, err := g.store.TakeTicket(ctx, hash)
	switch {
	case errors.Is(err, ErrTicketUnknown):
		g.counts.ticket("unknown")
		return nil, hash, ticketInvalid("ticket.unknown").because("no such ticket")
	case errors.Is(err, ErrTicketUsed):
		g.counts.ticket("used")
		g.log.Warn("ticket presented twice: it was stolen, or a client retries", "ticket", hash.Short(), "route", p.route.cfg.Path, "client", p.client.addr)
		return nil, hash, ticketInvalid("ticket.used").because("presented before: stolen, or the client retries")
	case err != nil:
		g.counts.ticket("store")
		return nil, hash, g.storeDown(err)
	}
	if d := judgeTicket(&t, p, g.now()); d != nil {
		g.counts.ticket(strings.TrimPrefix(d.Rule, "ticket."))
		if d.Rule != "ticket.address" || p.route.cfg.Auth.Ticket.IP == BindEnforce {
			return nil, hash, d
		}
		g.record(p.route, Event{Action: "ticket.redeem", Outcome: Monitored, Weakness: d.Weakness, Rule: d.Rule, Detail: d.Detail,
			Client: p.client.addr.String(), Ticket: hash.Short(), User: t.Identity.User})
	}
	if d := g.judgeMarkers(ctx, &t.Identity); d != nil {
		if d.Rule == "session.revoked" {
			g.counts.ticket("revoked")
			return nil, hash, ticketInvalid("ticket.revoked").because("%s after the ticket was minted", d.Detail).always()
		}
		g.counts.ticket("store")
		return nil, hash, d
	}
	g.counts.ticket("redeemed")
	return &t, hash, nil
}

// judgeTicket decides whether t may be redeemed here and now.
func judgeTicket(t *Ticket, p presentation, now time.Time) *Denial {
	switch {
	case !now.Before(t.Expires):
		return ticketInvalid("ticket.expired").because("expired %v ago", now.Sub(t.Expires).Round(time.Millisecond))
	case !t.Identity.Expires.IsZero() && !now.Before(t.Identity.Expires):
		return ticketInvalid("ticket.expired").because("the credential that minted it has expired")
	case t.Origin != p.origin:
		return ticketInvalid("ticket.origin").because("minted for origin %q, presented from %q", clip(t.Origin), clip(p.origin))
	case t.Route != p.route.cfg.Path:
		return ticketInvalid("ticket.route").because("minted for route %q", t.Route)
	case p.route.cfg.Auth.Ticket.IP != BindOff && t.Address != p.client.prefix():
		return ticketInvalid("ticket.address").because("minted from %v, presented from %v: stolen, or the client changed networks (ticket.ip: monitor admits that)", t.Address, p.client.prefix())
	}
	return nil
}

func ticketInvalid(rule string) *Denial {
	d := deny(catalogue.TicketWeak, rule, http.StatusUnauthorized, "ticket_invalid", "The ticket is not valid.")
	d.Retry, d.Close = RetryFresh, CloseDenied
	return d
}

// storeDown is what a request is refused for that the store could not judge.
func (g *Guard) storeDown(err error) *Denial {
	g.shared.failed(err)
	d := deny(nil, "store.down", http.StatusServiceUnavailable, "unavailable", "The service can't judge this request now.").because("store: %v", err)
	d.Close = CloseBusy
	return d.after(serviceRetry).always()
}
