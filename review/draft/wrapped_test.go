package draft_test

import (
	"strings"
	"testing"
)

// TestWrappedConnection is a program that reads messages through a type of its own.
func TestWrappedConnection(t *testing.T) {
	got := string(source(t, "main.go", `package main

import (
	"encoding/json"
	"flag"
	"net/http"
	"sync"

	"github.com/gorilla/websocket"
	"example.com/vendor"
)

type Line struct {
	conn *websocket.Conn
	mu   sync.Mutex
}

func NewLine(c *websocket.Conn) *Line { return &Line{conn: c} }

func (l *Line) Next() (int, []byte, error) { return l.conn.ReadMessage() }

type Reading struct {
	Sensor string  `+"`json:\"sensor_name\"`"+`
	Value  float64 `+"`json:\"value\"`"+`
}

var dsn string

var up = websocket.Upgrader{}

func serve(w http.ResponseWriter, r *http.Request) {
	raw, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	line := NewLine(raw)
	for {
		_, data, err := line.Next()
		if err != nil {
			return
		}
		type head struct {
			Type string `+"`json:\"op\"`"+`
		}
		var h head
		if json.Unmarshal(data, &h) != nil {
			continue
		}
		switch h.Type {
		case "", "reading":
			reading := Reading{}
			if json.Unmarshal(data, &reading) != nil {
				continue
			}
			keep(reading)
		case "calibrate":
			var c vendor.Calibration
			if json.Unmarshal(data, &c) != nil {
				continue
			}
			apply(c)
		case "done":
			var body struct {
				Task uint `+"`json:\"task_id\"`"+`
			}
			if json.Unmarshal(data, &body) != nil {
				continue
			}
			finish(body.Task)
		}
	}
}

func main() {
	flag.StringVar(&dsn, "db-port", "3306", "port of the data base")
	http.HandleFunc("/sensors", serve)
	http.ListenAndServe(":7001", nil)
}
`))
	for _, want := range []string{"sensor_name: {type: string", "value: {type: number}", "task_id: {type: integer}",
		"type: op\n", "unknown: reject\n", "schema: # confirm: what the code reads of it is not in view", "\"*\":", "ws://127.0.0.1:7001/sensors", `allow: '!has(message.op) || message.op == ""'`} {
		if !strings.Contains(got, want) {
			t.Errorf("the draft lacks %q:\n%s", want, got)
		}
	}
}
