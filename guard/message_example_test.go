package guard_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// A policy judges messages one by one: here an order is held to a schema, and says
// who placed it, whatever the client claims.
func ExampleMessagePolicy() {
	schema, err := guard.CompileSchema([]byte(`{
		"type": "object", "required": ["type", "quantity"], "additionalProperties": false,
		"properties": {"type": {}, "quantity": {"type": "integer", "maximum": 1000}, "userId": {}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	policy := &guard.MessagePolicy{Client: map[string]guard.MessageRule{
		"order": {
			Schema: schema,
			Allow:  traders{},
			Set:    map[string]guard.Expression{"userId": userID{}},
		},
	}}
	g, err := guard.New(guard.Config{SignIn: signIn(), Routes: []guard.Route{{
		Path: "/ws", Origins: []string{"https://app.example.com"}, Auth: guard.Auth{Bearer: true}, Messages: policy,
	}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer g.Close()
	server := httptest.NewServer(g.Handler(func(ctx context.Context, s *guard.Session, m guard.Message) error {
		fmt.Printf("the handler gets %s\n", m.Data)
		return s.Send(guard.Message{Data: []byte(`{"type":"placed","message":"thank you"}`)})
	}))
	defer server.Close()

	client, _, err := wireclient.Dial(context.Background(), wireclient.Handshake{URL: server.URL + "/ws", Origin: "https://app.example.com", Bearer: aliceToken})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	for _, m := range []string{`{"type":"order","quantity":5,"userId":"somebody else"}`, `{"type":"order","quantity":5000}`, `{"type":"transfer"}`} {
		client.SendText(m)
		answer, _ := client.NextMessage(context.Background())
		var said struct{ Type, Message string }
		json.Unmarshal(answer.Payload, &said)
		fmt.Println("the client gets", said.Type, said.Message)
	}
	// Output:
	// the handler gets {"type":"order","quantity":5,"userId":"alice"}
	// the client gets placed thank you
	// the client gets error a number is too large
	// the client gets error messages of this type are not accepted
}

// traders is a condition on who sends a message.
type traders struct{}

func (traders) Holds(f *guard.Facts) (bool, error) { return f.Session.HasRole("trader"), nil }

// userID is the value of who signed in.
type userID struct{}

func (userID) AppendJSON(dst []byte, f *guard.Facts) ([]byte, error) {
	return fmt.Appendf(dst, "%q", f.Session.User), nil
}
