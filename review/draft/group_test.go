package draft_test

import (
	"strings"
	"testing"
)

// TestGroups: the path of a group of routes stands before those in it.
func TestGroups(t *testing.T) {
	const body = `
var up = websocket.Upgrader{}

func live(w http.ResponseWriter, r *http.Request) {
	c, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	for {
		if _, _, err := c.ReadMessage(); err != nil {
			return
		}
	}
}
`
	for _, tt := range []struct{ name, file, text, want string }{
		{"a group in a group", "main.go", `package main

import (
	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"
	"net/http"
)
` + body + `
func ginLive(c *gin.Context) { live(c.Writer, c.Request) }

func main() {
	r := gin.Default()
	api := r.Group("/api")
	open := r.Group("/open")
	open.GET("/status", nil)
	rooms := api.Group("/rooms", auth())
	rooms.GET("/live", live)
	r.Run(":7003")
}
`, "path: /api/rooms/live\n"},
		{"a function for a path", "main.go", `package main

import (
	"github.com/go-chi/chi/v5"
	"github.com/gorilla/websocket"
	"net/http"
)
` + body + `
func main() {
	r := chi.NewRouter()
	r.Route("/v1", func(r chi.Router) {
		r.Route("/rooms", func(r chi.Router) {
			r.Get("/list", nil)
		})
		r.Get("/live", live)
	})
	http.ListenAndServe(":7003", r)
}
`, "path: /v1/live\n"},
		{"no group", "main.go", `package main

import (
	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"
	"net/http"
)
` + body + `
func main() {
	r := gin.Default()
	admin := r.Group("/admin")
	admin.GET("/status", nil)
	r.GET("/live", live)
	r.Run(":7003")
}
`, "path: /live\n"},
		{"a router with a prefix", "app.py", `
from fastapi import APIRouter, FastAPI, WebSocket

router = APIRouter(prefix="/rooms")
app = FastAPI()

@router.websocket("/live")
async def live(ws: WebSocket):
    await ws.accept()
    while True:
        await ws.receive_json()

app.include_router(router)
`, "path: /rooms/live\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(source(t, tt.file, tt.text)); !strings.Contains(got, tt.want) {
				t.Errorf("the draft lacks %q:\n%s", tt.want, got)
			}
		})
	}
}
