package flow_test

import "testing"

const tollHead = `package main

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/websocket"
)

type Gate struct{ up websocket.Upgrader }

type envelope struct {
	Type string          ` + "`json:\"type\"`" + `
	Data json.RawMessage ` + "`json:\"data\"`" + `
}

type Toll struct {
	LaneID string ` + "`json:\"lane_id\"`" + `
	Cents  int    ` + "`json:\"cents\"`" + `
}

func (g *Gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	conn, err := g.up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	for {
		_, raw, err := conn.ReadMessage()
		if err != nil {
			return
		}
		var e envelope
		if json.Unmarshal(raw, &e) != nil {
			return
		}
		switch e.Type {
		case "pay":
			pay(conn, e.Data)
		}
	}
}

func main() {
	mux := http.NewServeMux()
	mux.Handle("GET /toll", &Gate{})
	http.ListenAndServe("127.0.0.1:8080", mux)
}
`

// TestDecodeHelpers holds what is decoded by a helper of the program to the names
// that its struct has on the wire, below the field of the envelope.
func TestDecodeHelpers(t *testing.T) {
	for name, code := range map[string]string{
		"type argument": `
func decode[T any](raw json.RawMessage) (T, error) {
	var out T
	err := json.Unmarshal(raw, &out)
	return out, err
}

func pay(conn *websocket.Conn, raw json.RawMessage) {
	m, err := decode[Toll](raw)
	if err == nil {
		conn.WriteJSON(map[string]any{"lane": m.LaneID, "cents": m.Cents})
	}
}
`,
		"target": `
func bind(raw []byte, v any) error { return json.Unmarshal(raw, v) }

func pay(conn *websocket.Conn, raw json.RawMessage) {
	var m Toll
	if bind(raw, &m) == nil {
		conn.WriteJSON(map[string]any{"lane": m.LaneID, "cents": m.Cents})
	}
}
`,
	} {
		t.Run(name, func(t *testing.T) {
			e := server(t, map[string]string{"main.go": tollHead + code})
			if got, want := fields(e, "pay"), "data data.cents data.lane_id type"; got != want {
				t.Errorf("got the fields %q, want %q", got, want)
			}
			if e.Route != "/toll" {
				t.Errorf("got the route %q, want /toll", e.Route)
			}
		})
	}
}
