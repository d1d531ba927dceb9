package goserver_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wswarden/wswarden/examples/trading/goserver"
)

const patience = 10 * time.Second

func start(t *testing.T, opts goserver.Options) (*goserver.Server, string) {
	t.Helper()
	platform := goserver.New(opts)
	server := httptest.NewServer(platform)
	t.Cleanup(func() {
		platform.Close()
		server.Close()
	})
	return platform, "ws" + strings.TrimPrefix(server.URL, "http") + "/ws"
}

func dial(t *testing.T, address string) *websocket.Conn {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetReadDeadline(time.Now().Add(patience))
	if got := read(t, conn); !strings.Contains(got, `"welcome"`) {
		t.Fatalf("first message: got %s, want the welcome", got)
	}
	return conn
}

func read(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	_, data, err := conn.ReadMessage()
	if err != nil {
		t.Fatalf("read: %v", err)
	}
	return string(data)
}

func write(t *testing.T, conn *websocket.Conn, text string) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		t.Fatalf("write: %v", err)
	}
}

func TestCloseEndsConnections(t *testing.T) {
	platform, address := start(t, goserver.Options{Tick: time.Millisecond})
	conns := []*websocket.Conn{dial(t, address), dial(t, address)}
	for range 2 { // the second call finds nothing to do
		if err := platform.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	for _, conn := range conns {
		if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Errorf("read after Close: got %v, want 1001", err)
		}
	}
	_, resp, err := websocket.DefaultDialer.DialContext(t.Context(), address, nil)
	if err == nil || resp == nil || resp.StatusCode != 503 {
		t.Errorf("open after Close: got %v, want 503", err)
	}
}

// A peer that sends and never reads fills every buffer on the way to it.
func TestCloseWithPeerThatDoesNotRead(t *testing.T) {
	platform, address := start(t, goserver.Options{Tick: -1})
	conn := dial(t, address)
	large := `{"type":"echo","fill":"` + strings.Repeat("x", 1<<20) + `"}`
	for range 16 {
		write(t, conn, large)
	}
	closed := make(chan struct{})
	go func() {
		platform.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(patience):
		t.Fatal("Close waits for a peer that does not read")
	}
}

func TestServersShareNothing(t *testing.T) {
	_, first := start(t, goserver.Options{Tick: -1})
	_, second := start(t, goserver.Options{Tick: -1})
	here, there := dial(t, first), dial(t, second)
	write(t, here, `{"type":"place_order","userId":"bob","symbol":"AAPL","quantity":10,"price":100}`)
	read(t, here)
	write(t, here, `{"type":"chat","text":"here"}`)
	read(t, here)
	write(t, there, `{"type":"get_profile","userId":"bob"}`)
	if got := read(t, there); !strings.Contains(got, `"balance":5000,`) {
		t.Errorf("other server: got %s, want the balance untouched", got)
	}
}

// Everything that connections share is used at once here, for the race
// detector.
func TestManyClients(t *testing.T) {
	_, address := start(t, goserver.Options{Tick: time.Millisecond})
	done := make(chan bool)
	const clients = 8
	for range clients {
		conn := dial(t, address)
		go func() {
			ok := true
			for _, text := range []string{
				`{"type":"subscribe","channel":"prices:AAPL"}`, `{"type":"subscribe","channel":"orders:bob"}`,
				`{"type":"place_order","userId":"bob","symbol":"AAPL","quantity":1,"price":1}`,
				`{"type":"get_profile","userId":"bob"}`, `{"type":"chat","text":"x"}`,
				`{"type":"unsubscribe","channel":"prices:AAPL"}`, `{"type":"echo","end":true}`,
			} {
				ok = conn.WriteMessage(websocket.TextMessage, []byte(text)) == nil && ok
			}
			for ok {
				_, data, err := conn.ReadMessage()
				if err != nil {
					ok = false
				}
				if strings.Contains(string(data), `"end":true`) {
					break
				}
			}
			done <- ok
		}()
	}
	for range clients {
		if !<-done {
			t.Error("a client did not get its answers")
		}
	}
}

func TestOptionsFromEnv(t *testing.T) {
	cases := []struct {
		name string
		env  map[string]string
		want goserver.Options
		fail bool
	}{
		{name: "nothing"},
		{
			name: "all",
			env:  map[string]string{"TRADING_JWT_SECRET": "s", "TRADING_TICK_MS": "20", "TRADING_TRUST_GUARD": "1"},
			want: goserver.Options{Secret: "s", Tick: 20 * time.Millisecond, TrustGuard: true},
		},
		{name: "trust needs 1", env: map[string]string{"TRADING_TRUST_GUARD": "true"}},
		{name: "tick is no number", env: map[string]string{"TRADING_TICK_MS": "1s"}, fail: true},
		{name: "tick is zero", env: map[string]string{"TRADING_TICK_MS": "0"}, fail: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := goserver.OptionsFromEnv(func(name string) string { return c.env[name] })
			if got != c.want || (err != nil) != c.fail {
				t.Errorf("got %+v, %v, want %+v, failure %t", got, err, c.want, c.fail)
			}
		})
	}
}
