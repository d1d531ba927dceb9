package oidclogout

import (
	"context"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/wswarden/wswarden/guard/claims"
)

const (
	// logoutEvent is the one event of a logout token.
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
	// maxBody bounds a request; servers before us allow no more than 64 KiB.
	maxBody = 32 << 10
)

// Logout answers POST with a logout_token in a form (OpenID Connect
// Back-Channel Logout 1.0 section 2.5): 200 when what it names has ended, 400
// when the token does not hold or could not be obeyed.
func (rc *Receiver) Logout() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		token, err := formToken(w, r)
		if err == nil {
			err = rc.logout(r.Context(), token)
		}
		rc.record(r, "logout", err)
		if err != nil {
			writeFault(w, err, http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusOK)
	})
}

// formToken reads the request.
func formToken(w http.ResponseWriter, r *http.Request) (string, error) {
	body, err := readBody(w, r, "application/x-www-form-urlencoded")
	if err != nil {
		return "", err
	}
	form, parseErr := url.ParseQuery(string(body))
	if parseErr != nil || len(form["logout_token"]) != 1 {
		return "", invalid("the form must hold one logout_token")
	}
	return form["logout_token"][0], nil
}

// logout judges a token as section 2.6 asks for, and ends what it names.
func (rc *Receiver) logout(ctx context.Context, token string) error {
	all, err := rc.verify(ctx, token, "logout+jwt")
	if err != nil {
		return err
	}
	id, err := judgeLogout(all)
	if err != nil {
		return err
	}
	s := reader{rc.cfg.Issuer, rc.cfg.Claims}.claimed(all).narrow()
	if s == (subject{}) {
		return invalid("the token does not hold the claims that sign_in.claims names users and sessions by")
	}
	return rc.once("logout "+id, func() error {
		issued, _, _ := claims.Time(all, "iat") // was judged with the signature
		return rc.revoke(ctx, s, issued)
	})
}

// judgeLogout judges what makes an event token a logout token, and returns its
// jti.
func judgeLogout(all map[string]any) (id string, err error) {
	events, _ := all["events"].(map[string]any)
	event, ok := events[logoutEvent]
	if _, object := event.(map[string]any); !ok || !object || len(events) != 1 {
		return "", invalid("events must be a logout and nothing else")
	}
	if _, set := all["nonce"]; set {
		// An ID token has one: it must not pass for a logout token.
		return "", invalid("the token has a nonce")
	}
	if _, set := all["exp"]; !set {
		return "", invalid("expiry missing")
	}
	for _, name := range []string{"sub", "sid"} {
		if v, set := all[name]; set {
			if s, ok := v.(string); !ok || s == "" {
				return "", invalid(name + " must be text")
			}
		}
	}
	if text(all, "sub") == "" && text(all, "sid") == "" {
		return "", invalid("neither sub nor sid")
	}
	if id = text(all, "jti"); id == "" || len(id) > 256 {
		return "", invalid("jti must be text")
	}
	return id, nil
}

// once obeys a token unless it was obeyed before.
func (rc *Receiver) once(id string, obey func() error) error {
	if !rc.seen.first(id, rc.cfg.Clock()) {
		return errReplay
	}
	err := obey()
	if err != nil {
		rc.seen.forget(id)
	}
	return err
}

// errReplay says that a token was obeyed before.
var errReplay = invalid("the token came before")

// errMethod says that the request is no POST.
var errMethod = invalid("send a POST")

// readBody reads a POST of the given media type.
func readBody(w http.ResponseWriter, r *http.Request, media string) ([]byte, error) {
	if r.Method != http.MethodPost {
		return nil, errMethod
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != media {
		return nil, invalid("Content-Type must be " + media)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, invalid("the body is too long or broken off")
	}
	return body, nil
}
