package forwardauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/outbound"
)

// Verifier judges requests by asking the application. It is safe for
// concurrent use.
type Verifier struct {
	cfg    Config
	client *outbound.Client
}

var _ guard.RequestVerifier = (*Verifier)(nil)

// New returns a verifier for cfg. It does not connect. The error lists every
// problem and wraps [guard.ErrConfig].
func New(cfg Config) (*Verifier, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("%w: forward auth: %w", guard.ErrConfig, err)
	}
	return &Verifier{cfg: cfg, client: outbound.NewClient(cfg.server())}, nil
}

// Close closes connections that are not in use. The verifier may be used after
// it.
func (v *Verifier) Close() error {
	v.client.CloseIdle()
	return nil
}

// Judges returns the names of the headers that the application judges, in
// canonical form. The caller may change the slice.
func (v *Verifier) Judges() []string { return slices.Clone(v.cfg.Headers) }

// VerifyRequest returns who the application says the client is. Its error
// wraps [guard.ErrCredentialRefused] if the request has no header that could be
// judged, has one that can't be passed on, or if the application answered 401,
// 403 or a redirect (to its sign-in page). Any other error means that there is
// no verdict. No error holds any part of a header or of the answer.
func (v *Verifier) VerifyRequest(ctx context.Context, header http.Header) (*guard.Identity, error) {
	question, err := v.question(header)
	if err != nil {
		return nil, err
	}
	ctx, end, err := v.client.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("forward auth: %w", err)
	}
	defer end()
	return v.ask(ctx, question)
}

// ask sends the question and judges the answer. An application that does not
// say when the user signed in vouches for the moment of the question.
func (v *Verifier) ask(ctx context.Context, question http.Header) (*guard.Identity, error) {
	asked := v.cfg.Clock()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.cfg.URL, nil)
	if err != nil {
		return nil, errors.New("forward auth: not a URL")
	}
	request.Header = question
	response, err := v.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("forward auth: %w", err)
	}
	defer response.Body.Close()
	id, err := v.judge(ctx, response)
	if err == nil && id.Authenticated.IsZero() {
		id.Authenticated = asked
	}
	return id, err
}
