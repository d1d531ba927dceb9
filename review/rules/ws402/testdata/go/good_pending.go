// An answer finds the request that waits for it.
package hub

import "github.com/lxzan/gws"

type request struct{ ch chan string }

type manager struct{ pending map[string]*request }

type answer struct {
	Id   string
	Text string
}

type handler struct{ rm *manager }

func (h *handler) OnOpen(conn *gws.Conn) {}

func (h *handler) OnMessage(conn *gws.Conn, message *gws.Message) {
	var a answer
	if err := json.Unmarshal(message.Data.Bytes(), &a); err != nil {
		return
	}
	req, ok := h.rm.pending[a.Id]
	if !ok {
		return
	}
	req.ch <- a.Text
	delete(h.rm.pending, a.Id)
}

var upgrader = gws.NewUpgrader(&handler{}, &gws.ServerOption{})
