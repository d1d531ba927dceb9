package console

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// readyTimeout bounds the question whether the guard is ready: whoever asks
// wants an answer, not a wait for a store that is down.
const readyTimeout = 2 * time.Second

const indexText = `wswarden admin

GET    /                  the dashboard, in a browser
GET    /healthz           the process runs
GET    /readyz            new connections are admitted, else 503 and why
GET    /metrics           Prometheus metrics
GET    /connections       the live connections, JSON
DELETE /connections/{id}  close one of them with 4003
POST   /revocations       end sign-ins: {"user": "..."}, {"session": "..."}, {"token_id": "..."}, {"all": true},
                          {"session_of": "..."} or {"user_of": "..."}, of a connection
GET    /configuration     the settings in force, JSON
POST   /live/ticket       a ticket for the dashboard's WebSocket at /live
`

func (c *Console) index(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")
	if wantsPage(r) {
		c.page(w, r)
		return
	}
	writeText(w, http.StatusOK, indexText)
}

func (c *Console) health(w http.ResponseWriter, _ *http.Request) {
	writeText(w, http.StatusOK, "ok\n")
}

func (c *Console) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := c.opts.Guard.Ready(ctx); err != nil {
		writeText(w, http.StatusServiceUnavailable, err.Error()+"\n")
		return
	}
	writeText(w, http.StatusOK, "ready\n")
}

// connection is one live connection as the admin listener shows it. The
// session is the name that it has in the audit log.
type connection struct {
	ID      string    `json:"id"`
	Route   string    `json:"route"`
	User    string    `json:"user"`
	Session string    `json:"session"`
	Client  string    `json:"client"`
	Since   time.Time `json:"since"`
}

func (c *Console) list(w http.ResponseWriter, _ *http.Request) {
	list := []connection{} // [] and not null where there is none
	for _, k := range c.opts.Guard.Connections() {
		list = append(list, row(k, k.User))
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"connections": list})
}

func (c *Console) close(w http.ResponseWriter, r *http.Request) {
	if !c.opts.Guard.CloseConnection(r.PathValue("id")) {
		http.Error(w, "There is no such connection.", http.StatusNotFound)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func writeText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, text)
}
