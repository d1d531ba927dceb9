package flow_test

import "testing"

// TestEnvelopeBothWays holds what is read of a message to the message, where the
// program answers in an envelope of the same type.
func TestEnvelopeBothWays(t *testing.T) {
	e := server(t, map[string]string{"go.mod": "module library\n\nrequire github.com/gorilla/websocket v1.5.3\n", "main.go": `package main

import (
	"encoding/json"
	"net/http"

	"github.com/gorilla/websocket"
)

type packet struct {
	Kind string          ` + "`json:\"kind\"`" + `
	Body json.RawMessage ` + "`json:\"body\"`" + `
}

type peer struct{ conn *websocket.Conn }

var handlers = map[string]func(*peer, json.RawMessage) error{"borrow": borrow, "note": note}

func borrow(p *peer, raw json.RawMessage) error {
	var in struct {
		Book   string ` + "`json:\"book\"`" + `
		Reader string ` + "`json:\"reader_id\"`" + `
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	p.say("borrowed", map[string]any{"book": in.Book, "reader": in.Reader})
	return nil
}

func note(p *peer, raw json.RawMessage) error {
	var in struct {
		Text string ` + "`json:\"text\"`" + `
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	p.say("noted", map[string]any{"text": in.Text})
	return nil
}

func (p *peer) say(kind string, payload any) {
	body, _ := json.Marshal(payload)
	p.conn.WriteJSON(packet{Kind: kind, Body: body})
}

func main() {
	up := websocket.Upgrader{}
	http.HandleFunc("/ws", func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		for p := (&peer{conn}); ; {
			var in packet
			if conn.ReadJSON(&in) != nil {
				return
			}
			if h, ok := handlers[in.Kind]; ok {
				h(p, in.Body)
			}
		}
	})
	http.ListenAndServe("127.0.0.1:8000", nil)
}
`})
	for name, want := range map[string]string{"borrow": "body.book body.reader_id", "note": "body.text"} {
		if got := fields(e, name); got != want {
			t.Errorf("fields of %s: got %q, want %q", name, got, want)
		}
	}
}
