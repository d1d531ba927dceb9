package jwtauth

import (
	"github.com/wswarden/wswarden/guard/claims"
)

// maxAudiences bounds the elements of "aud".
const maxAudiences = 64

// judge decides whether verified claims are a sign-in for us, now.
func (v *Verifier) judge(all map[string]any) error {
	// A logout token (OpenID Connect Back-Channel Logout 1.0) or another
	// security event (RFC 8417) has the same issuer and audience as a sign-in,
	// and older issuers give it no type of its own.
	if _, event := all["events"]; event {
		return refuseEvent
	}
	if issuer, _ := all["iss"].(string); issuer != v.cfg.Issuer {
		return refuseIssuer
	}
	if !hasAudience(all["aud"], v.cfg.Audience) {
		return refuseAudience
	}
	return v.judgeTimes(all, "exp")
}

// judgeTimes compares exp, nbf and iat (RFC 7519 section 4.1) with the clock. The
// required one of exp and iat must be there.
func (v *Verifier) judgeTimes(all map[string]any, required string) error {
	now := v.cfg.Clock()
	expires, ok, err := claims.Time(all, "exp")
	switch {
	case err != nil:
		return refusal(err.Error())
	case !ok && required == "exp":
		return refuseNoExpiry
	case ok && !now.Before(expires.Add(v.cfg.Leeway)):
		return refuseExpired
	}
	for _, start := range []struct {
		name  string
		cause refusal
	}{{"nbf", refuseNotYet}, {"iat", refuseIssuedLate}} {
		at, ok, err := claims.Time(all, start.name)
		if err != nil {
			return refusal(err.Error())
		}
		switch {
		case !ok && required == start.name:
			return refuseNoIssue
		case ok && at.After(now.Add(v.cfg.Leeway)):
			return start.cause
		}
	}
	return nil
}

// hasAudience reports whether aud is want or lists it.
func hasAudience(aud any, want string) bool {
	switch aud := aud.(type) {
	case string:
		return aud == want
	case []any:
		if len(aud) > maxAudiences {
			return false
		}
		found := false
		for _, element := range aud {
			s, ok := element.(string)
			if !ok {
				return false
			}
			found = found || s == want
		}
		return found
	}
	return false
}
