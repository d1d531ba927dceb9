package console

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
)

const (
	revocationsPath = "/revocations"
	// maxRevocation bounds the body of an order to revoke.
	maxRevocation = 4 << 10
	// revokeTimeout bounds the work of one: whoever asks, such as a handler of
	// a password change, waits for it.
	revokeTimeout = 5 * time.Second
)

// takesBody reports whether a request is of the one kind that has a body.
func takesBody(r *http.Request) bool {
	return r.Method == http.MethodPost && r.URL.Path == revocationsPath
}

// revoke ends sign-ins: {"user": …}, {"session": …}, {"token_id": …} or
// {"all": true}.
func (c *console) revoke(w http.ResponseWriter, r *http.Request) {
	order, problem := readRevocation(w, r)
	if problem != "" {
		http.Error(w, problem, http.StatusBadRequest)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), revokeTimeout)
	defer cancel()
	switch err := c.Guard.Revoke(ctx, order); {
	case errors.Is(err, guard.ErrRevocation):
		http.Error(w, "This is not the name of a user, session or token.", http.StatusBadRequest)
	case err != nil:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "The revocation could not be kept: repeat it. Connections of this node were closed.", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// readRevocation returns the order, or what is wrong with it. An order that is
// not understood to the letter ends nobody, so that nobody relies on it. Its
// Content-Type is of no interest: a page of another site, which can't set it
// freely, was turned away by its Origin.
func readRevocation(w http.ResponseWriter, r *http.Request) (order guard.Revocation, problem string) {
	const want = `Send one of {"user": "..."}, {"session": "..."}, {"token_id": "..."} and {"all": true}.`
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRevocation))
	if err != nil {
		return order, "The body is too long or broken off."
	}
	members, err := claims.Decode(body)
	if err != nil || len(members) != 1 {
		return order, want
	}
	for name, value := range members {
		text, _ := value.(string)
		switch name {
		case "user":
			order.User = text
		case "session":
			order.Session = text
		case "token_id":
			order.Token = text
		case "all":
			order.All, _ = value.(bool)
		}
	}
	if order == (guard.Revocation{}) {
		return order, want
	}
	return order, ""
}
