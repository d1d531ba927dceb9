package introspection

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/internal/outbound"
)

const (
	// maxBodyBytes is the longest answer that is read.
	maxBodyBytes = 64 << 10
	// maxAudiences bounds the elements of "aud".
	maxAudiences = 64
	// leeway is how far the issuer's clock may be ahead when "nbf" is judged.
	leeway = 30 * time.Second
)

// judge reads the verdict (RFC 7662 section 2.2). A status of 401 or 403 is
// about the guard's own credentials, not about the token.
func (v *Verifier) judge(ctx context.Context, response *http.Response) (*guard.Identity, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBodyBytes+1))
	switch status := response.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return nil, fmt.Errorf("introspection: status %d: the issuer does not accept client_id and client_secret", status)
	case status != http.StatusOK:
		return nil, fmt.Errorf("introspection: status %d", status)
	case err != nil:
		return nil, fmt.Errorf("introspection: read answer: %w", outbound.Cause(ctx, err))
	case len(body) > maxBodyBytes:
		return nil, fmt.Errorf("introspection: answer longer than %d bytes", maxBodyBytes)
	}
	all, err := claims.Decode(body)
	if err != nil {
		return nil, fmt.Errorf("introspection: %w", err)
	}
	active, ok := all["active"].(bool)
	switch {
	case !ok:
		return nil, errors.New(`introspection: the answer does not say whether the token is "active"`)
	case !active:
		return nil, refuseInactive
	}
	return v.identity(all)
}

// identity judges what an active token says. Claims of a wrong form are the
// issuer's fault, so they are no refusal.
func (v *Verifier) identity(all map[string]any) (*guard.Identity, error) {
	id, err := v.cfg.Claims.Identity(all)
	if err != nil {
		return nil, fmt.Errorf("introspection: %w", err)
	}
	start, _, err := claims.Time(all, "nbf")
	if err != nil {
		return nil, fmt.Errorf("introspection: %w", err)
	}
	now := v.cfg.Clock()
	switch {
	case v.cfg.Audience != "" && !hasAudience(all["aud"], v.cfg.Audience):
		return nil, refuseAudience
	case !id.Expires.IsZero() && !now.Before(id.Expires):
		return nil, refuseExpired
	case start.After(now.Add(leeway)):
		return nil, refuseNotYet
	}
	return id, nil
}

// hasAudience reports whether aud is want or lists it.
func hasAudience(aud any, want string) bool {
	switch aud := aud.(type) {
	case string:
		return aud == want
	case []any:
		for i, element := range aud {
			if s, ok := element.(string); i < maxAudiences && ok && s == want {
				return true
			}
		}
	}
	return false
}
