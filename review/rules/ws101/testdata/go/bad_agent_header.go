// A page can't send a header of its own with a handshake: what is left is a
// remark. One that a proxy adds is another matter, as is one that nobody demands.
package hub

import (
	"errors"
	"net/http"

	"github.com/lxzan/gws"
)

var agents = gws.NewUpgrader(&handler{}, &gws.ServerOption{}) // want `not with the ticket or token that it demands` low

var behindProxy = gws.NewUpgrader(&handler{}, &gws.ServerOption{}) // want `any web page can open this socket` high

var greeted = gws.NewUpgrader(&handler{}, &gws.ServerOption{}) // want `any web page can open this socket` high

func credentials(h http.Header) (string, error) {
	key := h.Get("X-Agent-Key")
	if key == "" {
		return "", errors.New("no key")
	}
	return key, nil
}

func agent(w http.ResponseWriter, r *http.Request) {
	key, err := credentials(r.Header)
	if err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	conn, err := agents.Upgrade(w, r)
	if err != nil {
		return
	}
	serve(conn, key)
}

func proxied(w http.ResponseWriter, r *http.Request) {
	user := r.Header.Get("X-Forwarded-User")
	if user == "" {
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	}
	conn, err := behindProxy.Upgrade(w, r)
	if err != nil {
		return
	}
	serve(conn, user)
}

func guest(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Client-Version") == "" {
		hint(w)
	}
	conn, err := greeted.Upgrade(w, r)
	if err != nil {
		return
	}
	serve(conn, "guest")
}

type handler struct{ gws.BuiltinEventHandler }

func (h *handler) OnMessage(conn *gws.Conn, message *gws.Message) {
	conn.WriteString(message.Data.String())
}
