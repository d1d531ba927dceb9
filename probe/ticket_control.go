package probe

import (
	"context"
	"slices"
)

const fixTicket = "redeem a ticket in one atomic step that deletes it (GETDEL), let it live for 30 s, and bind it to user, origin, route and address"

// freshTicket mints a ticket and makes the handshake that presents it.
func (s *Session) freshTicket(ctx context.Context) (Request, error) {
	who := s.Target.Identity()
	ticket, err := s.Mint(ctx, who)
	if err != nil {
		return Request{}, err
	}
	return s.presenting(ticket), nil
}

// presenting is a handshake whose only credential is a ticket.
func (s *Session) presenting(ticket string) Request {
	who := *s.Target.Identity()
	who.Lines = slices.DeleteFunc(slices.Clone(who.Lines), named("Cookie"))
	r := s.carry(s.plain(), &who, ticket)
	return r
}

// accepted does a handshake with a fresh ticket that has to be accepted, and
// reports whether it is. Where it isn't nothing can be said of tickets.
func (s *Session) ticketControl(ctx context.Context) (Request, bool, error) {
	r, err := s.freshTicket(ctx)
	if err != nil {
		return r, false, err
	}
	o, err := s.Try(ctx, r)
	if err == nil && !o.Accepted() {
		s.NotJudged(nil, "a fresh ticket, without any other credential, is %v", o)
	}
	return r, o.Accepted(), err
}

// needed reports whether a handshake without a ticket is refused: where it
// isn't, what a ticket does can't be told.
func (s *Session) ticketNeeded(ctx context.Context) (bool, error) {
	o, err := s.Try(ctx, s.plain())
	if err != nil {
		return false, err
	}
	if o.Accepted() {
		s.NotJudged(nil, "a handshake without a ticket is %v too, so that tickets decide nothing", o)
		return false, nil
	}
	return true, nil
}
