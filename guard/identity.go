package guard

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"
)

// Identity is who a verified credential belongs to.
type Identity struct {
	// User is the stable name of the account; empty means anonymous.
	User string
	// Name is what other people may read.
	Name string
	// Roles are what the user may act as.
	Roles []string
	// Session names the sign-in, so that it can be ended.
	Session string
	// Token names the credential (the jti of a JWT).
	Token string
	// Claims are all claims, as the verifier returned them.
	Claims map[string]any
	// Expires is when the credential ends; zero means that it says nothing.
	Expires time.Time
	// Authenticated is when the user signed in or the credential was issued, as
	// far as it says, else when a verifier asked whoever knows whether it still
	// holds. A revocation of the user ends what was authenticated before it;
	// zero counts as before.
	Authenticated time.Time
}

// Anonymous reports whether nobody has signed in.
func (id Identity) Anonymous() bool { return id.User == "" }

// HasRole reports whether role is among the roles.
func (id Identity) HasRole(role string) bool { return slices.Contains(id.Roles, role) }

// ErrCredentialRefused says that a verifier judged a credential and refused
// it. A verifier that could not judge returns any other error, and the guard
// answers 503 instead of 401: it never lets an unjudged credential pass.
var ErrCredentialRefused = errors.New("credential refused")

// TokenVerifier judges bearer tokens. It is safe for concurrent use.
type TokenVerifier interface {
	// VerifyToken returns who holds the token, an error that wraps
	// [ErrCredentialRefused], or another error if it could not judge. No error
	// text holds any part of the token.
	VerifyToken(ctx context.Context, token string) (*Identity, error)
}

// RequestVerifier judges a request by some of its headers. It is safe for
// concurrent use.
type RequestVerifier interface {
	// VerifyRequest returns as [TokenVerifier.VerifyToken] does. The headers
	// are those of the client; the verifier reads only what Judges names and
	// the CSRF header.
	VerifyRequest(ctx context.Context, header http.Header) (*Identity, error)
	// Judges names the headers (canonical form) that the verdict rests on.
	// Only these may travel to the backend.
	Judges() []string
}
