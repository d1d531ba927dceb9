package forwardauth

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/internal/outbound"
)

// maxBodyBytes is the longest answer that is read.
const maxBodyBytes = 64 << 10

// judge reads the verdict. Only 200 with claims of a user is a yes.
func (v *Verifier) judge(ctx context.Context, response *http.Response) (*guard.Identity, error) {
	status := response.StatusCode
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBodyBytes+1))
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return nil, refuseDenied
	case status >= 300 && status < 400:
		return nil, refuseRedirect
	case status != http.StatusOK:
		return nil, fmt.Errorf("forward auth: status %d", status)
	case err != nil:
		return nil, fmt.Errorf("forward auth: read answer: %w", outbound.Cause(ctx, err))
	case len(body) > maxBodyBytes:
		return nil, fmt.Errorf("forward auth: answer longer than %d bytes", maxBodyBytes)
	}
	return v.identity(body)
}

// identity reads the claims. What is wrong with them is the application's
// fault, not the client's, so it is no refusal.
func (v *Verifier) identity(body []byte) (*guard.Identity, error) {
	all, err := claims.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("forward auth: %w", err)
	}
	id, err := v.cfg.Claims.Identity(all)
	if err != nil {
		return nil, fmt.Errorf("forward auth: %w", err)
	}
	if !id.Expires.IsZero() && !v.cfg.Clock().Before(id.Expires) {
		return nil, refuseExpired
	}
	return id, nil
}
