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

// takesBody reports whether a request is of a kind that has a body.
func takesBody(r *http.Request) bool {
	return r.Method == http.MethodPost && (r.URL.Path == revocationsPath || r.URL.Path == ticketPath)
}

// revoke ends sign-ins: {"user": …}, {"session": …}, {"token_id": …},
// {"all": true}, or {"session_of": …} and {"user_of": …} with the ID of a
// connection. Those are for whoever sees a session by its pseudonym alone, and
// a user name cut short, as the dashboard does.
func (c *Console) revoke(w http.ResponseWriter, r *http.Request) {
	order, of, problem := readRevocation(w, r)
	if problem != "" {
		http.Error(w, problem, http.StatusBadRequest)
		return
	}
	if of != (behind{}) {
		if order = c.behind(of); order == (guard.Revocation{}) {
			http.Error(w, "There is no such connection, or its sign-in has no such name.", http.StatusNotFound)
			return
		}
	}
	ctx, cancel := context.WithTimeout(r.Context(), revokeTimeout)
	defer cancel()
	switch err := c.opts.Guard.Revoke(ctx, order); {
	case errors.Is(err, guard.ErrRevocation):
		http.Error(w, "This is not the name of a user, session or token.", http.StatusBadRequest)
	case err != nil:
		w.Header().Set("Retry-After", "1")
		http.Error(w, "The revocation could not be kept: repeat it. Connections of this node were closed.", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// behind names the connection whose session or user is meant.
type behind struct{ sessionOf, userOf string }

// behind returns the order to end what a connection rests on, the zero one if
// there is nothing of that kind.
func (c *Console) behind(of behind) guard.Revocation {
	who, _ := c.opts.Guard.Subject(of.sessionOf + of.userOf) // one of them is empty
	if of.sessionOf != "" {
		return guard.Revocation{Session: who.Session}
	}
	return guard.Revocation{User: who.User}
}

// readRevocation returns the order, or the connection that it names, or what is
// wrong with it. An order that is
// not understood to the letter ends nobody, so that nobody relies on it. Its
// Content-Type is of no interest: a page of another site, which can't set it
// freely, was turned away by its Origin.
func readRevocation(w http.ResponseWriter, r *http.Request) (order guard.Revocation, of behind, problem string) {
	const want = `Send one of {"user": "..."}, {"session": "..."}, {"token_id": "..."}, {"all": true}, {"session_of": "..."} and {"user_of": "..."}.`
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRevocation))
	if err != nil {
		return order, of, "The body is too long or broken off."
	}
	members, err := claims.Decode(body)
	if err != nil || len(members) != 1 {
		return order, of, want
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
		case "session_of":
			of.sessionOf = text
		case "user_of":
			of.userOf = text
		case "all":
			order.All, _ = value.(bool)
		}
	}
	if order == (guard.Revocation{}) && of == (behind{}) {
		return order, of, want
	}
	return order, of, ""
}
