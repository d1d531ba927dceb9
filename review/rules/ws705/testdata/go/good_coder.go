// The read limit, 32 KiB by default, counts what comes out of the inflater.
package collect

import (
	"net/http"

	"github.com/coder/websocket"
)

func collect(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		CompressionMode: websocket.CompressionNoContextTakeover,
	})
	if err != nil {
		return
	}
	defer conn.CloseNow()
	for {
		_, batch, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		store(batch)
	}
}
