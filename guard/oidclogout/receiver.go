package oidclogout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

// Revoker ends sign-ins; a [guard.Guard] is one. A revocation that names
// nobody properly is refused with an error that wraps [guard.ErrRevocation].
type Revoker interface {
	Revoke(ctx context.Context, r guard.Revocation) error
}

var _ Revoker = (*guard.Guard)(nil)

// Config says whose news are believed. Issuer, Audience, Revoker and exactly
// one of JWKSFile and JWKSURL must be set.
type Config struct {
	// Issuer is the exact value of "iss", Audience is "aud" or one of its
	// elements: the client id of the application at the provider.
	Issuer, Audience string
	// JWKSFile and JWKSURL hold the provider's public keys, as for
	// [jwtauth.Config].
	JWKSFile, JWKSURL string
	// Claims are the names by which credentials are read. A provider names a
	// user by "sub" and a session by "sid"; where credentials use another
	// claim, a token must hold that one too, or what it ends is not known.
	Claims claims.Names
	// Revoker ends what the tokens name.
	Revoker Revoker
	// Audit receives one event for every token; nil drops them.
	Audit guard.Auditor
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// Log receives what happens to the keys; nil discards it.
	Log *slog.Logger
}

// Receiver judges tokens and revokes what they name. It is safe for concurrent
// use.
type Receiver struct {
	cfg  Config
	keys *jwtauth.EventVerifier
	seen replays
}

// New returns a receiver for cfg. The error lists every problem and wraps
// [guard.ErrConfig]. Call [Receiver.Close] when it is no longer needed.
func New(cfg Config) (*Receiver, error) {
	if cfg.Revoker == nil {
		return nil, fmt.Errorf("%w: logout: no revoker", guard.ErrConfig)
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	cfg.Claims = cfg.Claims.WithDefaults()
	keys, err := jwtauth.NewEventVerifier(jwtauth.Config{Issuer: cfg.Issuer, Audience: cfg.Audience, JWKSFile: cfg.JWKSFile, JWKSURL: cfg.JWKSURL,
		Clock: cfg.Clock, Log: cfg.Log})
	if err != nil {
		return nil, fmt.Errorf("logout: %w", err)
	}
	return &Receiver{cfg: cfg, keys: keys}, nil
}

// Close stops what the receiver runs and waits for it.
func (rc *Receiver) Close() error { return rc.keys.Close() }

// fault is why a token is not obeyed. Its text is constant.
type fault struct {
	code string // of RFC 8935 section 2.4
	text string
}

func (f *fault) Error() string { return f.text }

func invalid(text string) *fault { return &fault{"invalid_request", text} }

// errNoVerdict says that the token could not be judged, or that what it orders
// could not be kept: the provider is to send it again.
var errNoVerdict = errors.New("can't judge or keep this now")

// verify judges by whom and for whom a token is.
func (rc *Receiver) verify(ctx context.Context, token, typ string) (map[string]any, error) {
	all, err := rc.keys.VerifyEvent(ctx, token, typ)
	switch {
	case err == nil:
		return all, nil
	case errors.Is(err, jwtauth.ErrIssuer):
		return nil, &fault{"invalid_issuer", err.Error()}
	case errors.Is(err, jwtauth.ErrAudience):
		return nil, &fault{"invalid_audience", err.Error()}
	case errors.Is(err, jwtauth.ErrSignature):
		return nil, &fault{"invalid_key", err.Error()}
	case errors.Is(err, guard.ErrCredentialRefused):
		return nil, invalid(err.Error())
	}
	return nil, fmt.Errorf("%w: %w", errNoVerdict, err)
}

// revoke ends what s names.
func (rc *Receiver) revoke(ctx context.Context, s subject, issued time.Time) error {
	r := guard.Revocation{User: s.user, Session: s.session, Token: s.token, At: rc.orderedAt(issued)}
	err := rc.cfg.Revoker.Revoke(ctx, r)
	switch {
	case errors.Is(err, guard.ErrRevocation):
		return invalid("the subject is no name of a user or session")
	case err != nil:
		return fmt.Errorf("%w: %w", errNoVerdict, err)
	}
	return nil
}

// staleAfter is how long a token is taken for news.
const staleAfter = 5 * time.Minute

// orderedAt returns the time before which sign-ins end: now, as sign-ins are
// dated by other clocks than the provider's; but for a token that is late, or
// is sent again by somebody, no later than soon after it was issued. What the
// user did since stands.
func (rc *Receiver) orderedAt(issued time.Time) time.Time {
	now := rc.cfg.Clock()
	if late := issued.Add(staleAfter); late.Before(now) {
		return late
	}
	return now
}
