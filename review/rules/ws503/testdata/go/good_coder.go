package jobs

import (
	"log/slog"
	"net/http"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

func serve(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		http.Error(w, "no websocket", http.StatusBadRequest)
		return
	}
	defer conn.CloseNow()
	for {
		var job job
		if err := wsjson.Read(r.Context(), conn, &job); err != nil {
			return
		}
		if err := run(r.Context(), job); err != nil {
			slog.Error("job failed", "err", err.Error(), "job", job.ID)
			conn.Close(websocket.StatusInternalError, "internal error")
			return
		}
	}
}
