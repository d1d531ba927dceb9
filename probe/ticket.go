package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/wswarden/wswarden/internal/wireclient"
)

// Mint asks the ticket URL for a ticket as a page of the allowed origin does,
// with the headers of the identity.
func (s *Session) Mint(ctx context.Context, who *Identity) (string, error) {
	return s.mintFrom(ctx, who, s.Target.Origin)
}

// mintFrom is Mint for a page of any origin.
func (s *Session) mintFrom(ctx context.Context, who *Identity, origin string) (string, error) {
	u, err := url.Parse(s.Target.TicketURL)
	if err != nil {
		return "", fmt.Errorf("mint a ticket: %w", err)
	}
	body := "{}"
	r := Request{Method: http.MethodPost, Target: u.RequestURI(), Proto: "HTTP/1.1", URL: u, Behind: []byte(body)}
	r.Lines = []wireclient.Line{
		{Name: "Host", Value: u.Host}, {Name: "Origin", Value: origin}, {Name: "Content-Type", Value: "application/json"},
		{Name: "Content-Length", Value: fmt.Sprint(len(body))}, {Name: "Accept", Value: "application/json"}, {Name: "User-Agent", Value: userAgent},
	}
	if who.Cookie() != "" {
		// What guard asks for by default where a cookie authenticates.
		r = r.With("X-CSRF-Token", "wswarden")
		if p := s.Target.Promises; p != nil && p.CSRFHeader != "" {
			r = r.With(p.CSRFHeader, "wswarden")
		}
	}
	for _, l := range append(slices.Clone(s.Target.TicketHeaders), who.Lines...) {
		r = r.With(l.Name, l.Value)
	}
	var o Outcome
	for range 3 {
		if o, err = s.Fetch(ctx, r.With("Connection", "close")); err != nil {
			return "", fmt.Errorf("mint a ticket: %w", err)
		}
		if !o.Throttled() {
			break
		}
		if err := s.holdOff(ctx, o); err != nil {
			return "", fmt.Errorf("mint a ticket: %w", err)
		}
	}
	var answer struct {
		Ticket, Token string
		ExpiresIn     float64 `json:"expires_in"` // seconds
	}
	if o.Throttled() {
		return "", fmt.Errorf("mint a ticket: %w", ErrThrottled)
	}
	if o.Status/100 != 2 {
		return "", fmt.Errorf("mint a ticket for %q: %q answered %d; check --ticket-url and --identity", who.Name, u.Path, o.Status)
	}
	if err := json.Unmarshal(o.Body, &answer); err != nil || answer.Ticket == "" && answer.Token == "" {
		return "", fmt.Errorf("mint a ticket for %q: the answer of %q is no JSON with the key \"ticket\"", who.Name, u.Path)
	}
	s.Facts().setTicketLife(time.Duration(answer.ExpiresIn * float64(time.Second)))
	ticket := answer.Ticket
	if ticket == "" {
		ticket = answer.Token
	}
	s.Secret(ticket)
	return ticket, nil
}

// ticketBatch is how many handshakes share a ticket in TryAll: few enough for
// all of them to be over before a ticket expires.
const ticketBatch = 16

// TryAll does variations of the control handshake, most of which are expected to
// be refused, and returns what became of each. Where a ticket is needed, several
// share one: a handshake that is refused for another reason does not use it up.
// That this was so is shown by a control handshake with the same ticket; where
// it was not, each gets a ticket of its own.
func (s *Session) TryAll(ctx context.Context, who *Identity, changes []func(Request) Request) ([]Outcome, error) {
	out := make([]Outcome, len(changes))
	one := func(i int) (err error) {
		r, err := s.Request(ctx, who)
		if err == nil {
			out[i], err = s.Try(ctx, changes[i](r))
		}
		return err
	}
	share := who != nil && s.Target.TicketURL != "" && s.Control.Accepted()
	for from := 0; from < len(changes); from += ticketBatch {
		to := min(from+ticketBatch, len(changes))
		redo := from
		if share {
			var err error
			if redo, err = s.trySharing(ctx, who, changes, out, from, to); err != nil {
				return out, err
			}
		}
		for i := redo; i < to; i++ {
			if err := one(i); err != nil {
				return out, err
			}
		}
	}
	return out, nil
}

// trySharing tries changes[from:to] with one ticket for as long as it lasts, and
// returns from where on the outcomes are not proven to be those of a good ticket.
func (s *Session) trySharing(ctx context.Context, who *Identity, changes []func(Request) Request, out []Outcome, from, to int) (redo int, err error) {
	ticket, proven := "", from
	for i := from; i < to; i++ {
		if ticket == "" {
			if ticket, err = s.Mint(ctx, who); err != nil {
				return proven, err
			}
		}
		if out[i], err = s.Try(ctx, changes[i](s.carry(s.plain(), who, ticket))); err != nil {
			return proven, err
		}
		if out[i].Accepted() {
			// It was good until here, and is used up.
			ticket, proven = "", i+1
		}
	}
	if ticket == "" {
		return to, nil
	}
	o, err := s.Try(ctx, s.carry(s.plain(), who, ticket))
	if err != nil {
		return proven, err
	}
	if o.Accepted() {
		return to, nil
	}
	return proven, nil
}
