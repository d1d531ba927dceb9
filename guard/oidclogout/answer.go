package oidclogout

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"net/http"

	"github.com/wswarden/wswarden/guard"
)

// failure is the body of an answer to a token that was not obeyed (RFC 8935
// section 2.3).
type failure struct {
	Err         string `json:"err"`
	Description string `json:"description"`
}

// writeFault answers for err; unjudged is the status where nobody can tell.
// Nothing of the token is in the answer.
func writeFault(w http.ResponseWriter, err error, unjudged int) {
	body, status := failure{"temporarily_unavailable", errNoVerdict.Error()}, unjudged
	var f *fault
	switch {
	case errors.Is(err, errMethod):
		w.Header().Set("Allow", http.MethodPost)
		body, status = failure{errMethod.code, errMethod.text}, http.StatusMethodNotAllowed
	case errors.As(err, &f):
		body, status = failure{f.code, f.text}, http.StatusBadRequest
	default:
		w.Header().Set("Retry-After", "5")
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Language", "en")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}

// record writes what became of a token.
func (rc *Receiver) record(r *http.Request, action string, err error) {
	if rc.cfg.Audit == nil {
		return
	}
	var id [6]byte
	rand.Read(id[:]) // never fails: crypto/rand ends the program instead
	e := guard.Event{Time: rc.cfg.Clock(), ID: hex.EncodeToString(id[:]), Action: action, Outcome: guard.Allowed, Route: r.URL.Path}
	if client, _, splitErr := net.SplitHostPort(r.RemoteAddr); splitErr == nil {
		e.Client = client
	}
	var f *fault
	switch {
	case err == nil:
	case errors.As(err, &f):
		e.Outcome, e.Rule, e.Detail = guard.Denied, action+"."+f.code, f.text
	default:
		e.Outcome, e.Rule, e.Detail = guard.Denied, action+".unjudged", err.Error()
	}
	rc.cfg.Audit.Record(e)
}
