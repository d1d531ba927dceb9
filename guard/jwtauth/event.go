package jwtauth

import (
	"context"
	"errors"
)

// The causes that [EventVerifier.VerifyEvent] tells apart; compare with
// [errors.Is]. All are refusals.
var (
	// ErrIssuer says that the token is another issuer's.
	ErrIssuer error = refuseIssuer
	// ErrAudience says that the token is for somebody else.
	ErrAudience error = refuseAudience
	// ErrSignature says that the token is not signed by a key of the issuer, in
	// a way that is accepted.
	ErrSignature error = refuseSignature
)

// EventVerifier judges by whom and for whom a security event token (RFC 8417)
// is: form, type, signature, issuer, audience and times. What the event says
// is for others to judge. It is safe for concurrent use.
type EventVerifier struct{ v *Verifier }

// NewEventVerifier returns a verifier for cfg, of which Claims is not used. It
// fails as [New] does. Call [EventVerifier.Close] when it is no longer needed.
func NewEventVerifier(cfg Config) (*EventVerifier, error) {
	v, err := New(cfg)
	if err != nil {
		return nil, err
	}
	return &EventVerifier{v}, nil
}

// Close stops what the verifier runs and waits for it.
func (e *EventVerifier) Close() error { return e.v.Close() }

// VerifyEvent returns the claims of a token of type typ, such as "logout+jwt";
// a token without a type, and the general type JWT, pass too, as long as the
// token holds "events", which no token of another kind does. "iat" must be
// there; it and "nbf" must not be in the future, nor "exp" in the past. The
// error has constant text and wraps [guard.ErrCredentialRefused] if the token
// does not hold; any other means that nobody can tell.
func (e *EventVerifier) VerifyEvent(ctx context.Context, token, typ string) (map[string]any, error) {
	all, err := e.v.signed(ctx, token, func(t any) bool { return plainOr(t, typ) })
	switch {
	case errors.Is(err, refuseKey), errors.Is(err, refuseAlgorithm):
		return nil, refuseSignature
	case err != nil:
		return nil, err
	}
	if _, event := all["events"]; !event {
		return nil, refuseNoEvent
	}
	if issuer, _ := all["iss"].(string); issuer != e.v.cfg.Issuer {
		return nil, refuseIssuer
	}
	if !hasAudience(all["aud"], e.v.cfg.Audience) {
		return nil, refuseAudience
	}
	if err := e.v.judgeTimes(all, "iat"); err != nil {
		return nil, err
	}
	return all, nil
}
