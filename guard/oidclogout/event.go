package oidclogout

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/wswarden/wswarden/guard/claims"
)

// sessionRevoked is the event of CAEP 1.0 section 3.1.
const sessionRevoked = "https://schemas.openid.net/secevent/caep/event-type/session-revoked"

// Events answers POST of a security event token (RFC 8935 section 2): 202 when
// it was obeyed, was obeyed before, or tells of something else; 400 with the
// cause when it does not hold; 503 when it is to be sent again.
func (rc *Receiver) Events() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		body, err := readBody(w, r, "application/secevent+jwt")
		if err == nil {
			err = rc.event(r.Context(), strings.TrimSpace(string(body)))
		}
		if errors.Is(err, errReplay) {
			err = nil // a provider that missed our answer sends it again
		}
		rc.record(r, "security-event", err)
		if err != nil {
			writeFault(w, err, http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	})
}

// event judges a token and ends what it names.
func (rc *Receiver) event(ctx context.Context, token string) error {
	all, err := rc.verify(ctx, token, "secevent+jwt")
	if err != nil {
		return err
	}
	events, _ := all["events"].(map[string]any)
	if len(events) == 0 {
		return invalid("events must be an object with an event")
	}
	id := text(all, "jti")
	if id == "" || len(id) > 256 {
		return invalid("jti must be text")
	}
	value, ours := events[sessionRevoked]
	if !ours {
		return nil // of something that ends no session
	}
	event, ok := value.(map[string]any)
	if !ok {
		return invalid("the event must be an object")
	}
	s, ok := rc.subjectOf(all, event)
	if !ok {
		return invalid("the subject is of a format that names no user, session or token here")
	}
	return rc.once("event "+id, func() error {
		// Not event_timestamp, on whose unit transmitters do not agree.
		issued, _, _ := claims.Time(all, "iat")
		return rc.revoke(ctx, s, issued)
	})
}

// subjectOf finds whom the event is about: "sub_id" of the token (RFC 9493
// section 4.1), "subject" of the event as earlier drafts had it, or "sub".
func (rc *Receiver) subjectOf(all, event map[string]any) (subject, bool) {
	read := reader{rc.cfg.Issuer, rc.cfg.Claims}
	id, set := all["sub_id"]
	if !set {
		id, set = event["subject"]
	}
	s := read.claimed(all).narrow()
	if set {
		object, _ := id.(map[string]any)
		s = read.identified(object)
	}
	return s, s != (subject{})
}
