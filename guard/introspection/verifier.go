package introspection

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/outbound"
)

// maxTokenBytes is the longest token that is asked about.
const maxTokenBytes = 16 << 10

// refusal is a verdict against a token: constant text that an audit log can
// hold. It wraps [guard.ErrCredentialRefused] without repeating it.
type refusal string

func (r refusal) Error() string { return string(r) }

// Unwrap makes every refusal a [guard.ErrCredentialRefused].
func (r refusal) Unwrap() error { return guard.ErrCredentialRefused }

const (
	refuseMissing  refusal = "token missing"
	refuseLong     refusal = "token too long"
	refuseText     refusal = "token malformed"
	refuseInactive refusal = "issuer says that the token is not active"
	refuseAudience refusal = "audience not accepted"
	refuseExpired  refusal = "token expired"
	refuseNotYet   refusal = "token not valid yet"
)

// Verifier judges tokens by asking their issuer. It is safe for concurrent
// use.
type Verifier struct {
	cfg    Config
	client *outbound.Client
}

var _ guard.TokenVerifier = (*Verifier)(nil)

// New returns a verifier for cfg. It does not connect. The error lists every
// problem and wraps [guard.ErrConfig].
func New(cfg Config) (*Verifier, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("%w: introspection: %w", guard.ErrConfig, err)
	}
	return &Verifier{cfg: cfg, client: outbound.NewClient(cfg.server())}, nil
}

// Close closes connections that are not in use. The verifier may be used after
// it.
func (v *Verifier) Close() error {
	v.client.CloseIdle()
	return nil
}

// VerifyToken returns who the issuer says the token belongs to. Its error
// wraps [guard.ErrCredentialRefused] if the token has no form that could be
// asked about, or if the issuer says that it is not active. Any other error
// means that there is no verdict. No error holds any part of the token, of the
// answer or of the guard's own secret.
func (v *Verifier) VerifyToken(ctx context.Context, token string) (*guard.Identity, error) {
	if err := judgeForm(token); err != nil {
		return nil, err
	}
	ctx, end, err := v.client.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("introspection: %w", err)
	}
	defer end()
	return v.ask(ctx, token)
}

// judgeForm refuses what can't be a bearer token (RFC 6750 section 2.1).
func judgeForm(token string) error {
	switch {
	case token == "":
		return refuseMissing
	case len(token) > maxTokenBytes:
		return refuseLong
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return refuseText
	}
	return nil
}

// ask sends the question (RFC 7662 section 2.1) and judges the answer. An
// issuer that does not say since when a token holds vouches for the moment of
// the question.
func (v *Verifier) ask(ctx context.Context, token string) (*guard.Identity, error) {
	asked := v.cfg.Clock()
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.cfg.URL, strings.NewReader(form))
	if err != nil {
		return nil, errors.New("introspection: not a URL")
	}
	request.Header = http.Header{
		"Accept":       {"application/json"},
		"Content-Type": {"application/x-www-form-urlencoded"},
		"User-Agent":   {""}, // an empty one keeps the client from adding its own
	}
	request.SetBasicAuth(url.QueryEscape(v.cfg.ClientID), url.QueryEscape(v.cfg.ClientSecret))
	response, err := v.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("introspection: %w", err)
	}
	defer response.Body.Close()
	id, err := v.judge(ctx, response)
	if err == nil && id.Authenticated.IsZero() {
		id.Authenticated = asked
	}
	return id, err
}
