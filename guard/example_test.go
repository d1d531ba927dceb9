package guard_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// A configuration that would open a weakness is refused, with everything that
// is wrong with it.
func ExampleNew() {
	_, err := guard.New(guard.Config{Routes: []guard.Route{{
		Path:    "/ws",
		Backend: "ws://127.0.0.1:3000/ws",
		Origins: []string{"*"},
	}}})
	fmt.Println(errors.Is(err, guard.ErrConfig))
	fmt.Println(err)
	// Output:
	// true
	// invalid configuration:
	//   routes[0].origins[0]: "*" admits every page on the web (WS101); list exact origins such as https://app.example.com, or set insecure_any_origin: true
	//   routes[0].auth: no credential would open a connection (WS201); set ticket, bearer or cookie; anonymous: true admits everybody
}

// A gateway stands in front of a server that can't be changed.
func ExampleGuard_Gateway() {
	g, err := guard.New(guard.Config{Routes: []guard.Route{{
		Path:    "/ws",
		Backend: "ws://127.0.0.1:3000/ws",
		Origins: []string{"https://app.example.com"},
		Auth:    guard.Auth{Anonymous: true},
		Limits:  guard.Limits{MessageBytes: 16 << 10, Messages: guard.Rate{Count: 10, Per: time.Second}},
	}}})
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()

	foreign := httptest.NewRequest(http.MethodGet, "/ws", nil)
	foreign.Header = http.Header{
		"Origin": {"https://evil.example.net"}, "Connection": {"Upgrade"}, "Upgrade": {"websocket"},
		"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"AAAAAAAAAAAAAAAAAAAAAA=="},
	}
	foreign.Host = "app.example.com"
	answer := httptest.NewRecorder()
	g.Gateway().ServeHTTP(answer, foreign)
	fmt.Println(answer.Code)
	// Output: 403
}

// A handler serves the messages that the guard lets through.
func ExampleGuard_Handler() {
	g, err := guard.New(guard.Config{Routes: []guard.Route{{
		Path:    "/ws",
		Origins: []string{"https://app.example.com"},
		Auth:    guard.Auth{Anonymous: true},
	}}})
	if err != nil {
		log.Fatal(err)
	}
	defer g.Close()
	server := httptest.NewServer(g.Handler(func(ctx context.Context, s *guard.Session, m guard.Message) error {
		if string(m.Data) == "bye" {
			s.Close(guard.CloseNormal, "see you")
			return nil
		}
		return s.Send(guard.Message{Data: fmt.Appendf(nil, "you said %q", m.Data)})
	}))
	defer server.Close()

	client, _, err := wireclient.Dial(context.Background(), wireclient.Handshake{URL: server.URL + "/ws", Origin: "https://app.example.com"})
	if err != nil {
		log.Fatal(err)
	}
	defer client.Close()
	client.SendText("hello")
	m, _ := client.NextMessage(context.Background())
	fmt.Println(string(m.Payload))
	client.SendText("bye")
	m, _ = client.NextMessage(context.Background())
	fmt.Println(m.Code, string(m.Reason))
	// Output:
	// you said "hello"
	// 1000 see you
}
