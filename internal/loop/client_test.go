package loop_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/demo"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// TestPageThroughDraft says what the platform's page says, through the drafted guard
// and past it, on a socket that the cookie opens, and compares the answers.
func TestPageThroughDraft(t *testing.T) {
	said := []struct{ says, want string }{
		{`{"type":"subscribe","channel":"prices:AAPL"}`, `"channel":"prices:AAPL"`},
		{`{"type":"subscribe","channel":"prices:GOOG"}`, `"channel":"prices:GOOG"`},
		{`{"type":"subscribe","channel":"orders:alice"}`, `"channel":"orders:alice"`},
		{`{"type":"get_orders"}`, `"orders":[`},
		{`{"type":"place_order","symbol":"MSFT","quantity":2,"price":410.5}`, `"userId":"alice"`},
		{`{"type":"place_order","userId":"alice","symbol":"MSFT","quantity":-1.5,"price":410}`, `"quantity":-1.5`},
		{`{"type":"chat","text":"good morning, world"}`, `"good morning, world"`},
		{`{"type":"chat","username":"alice","text":"ω and 日本"}`, "ω and 日本"},
		{`{"type":"get_profile"}`, `"name":"Alice`},
		{`{"type":"get_profile","userId":"alice"}`, `"user":"alice"`},
		{`{"type":"echo","text":"x","n":[1,{"a":null}]}`, `{"type":"echo","text":"x","n":[1,{"a":null}]}`},
		{`{"type":"unsubscribe","channel":"prices:GOOG"}`, `"unsubscribed"`},
	}
	for flavour, folder := range sources {
		t.Run(flavour, func(t *testing.T) {
			t.Parallel()
			base := tradingtest.Start(t, flavour)
			s, err := demo.NewStageConfigured(base, drafted(t, folder))
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			for _, at := range []string{s.Platform, s.Guard} {
				who := cookieOf(t, base+"/login", "application/json", `{"user":"alice","password":"alice-demo"}`)
				h := handshake("ws"+at[len("http"):]+"/ws", s.Platform, who)
				h.Subprotocols = []string{"trading.v1"}
				c, res, err := wireclient.Dial(t.Context(), h)
				if err != nil || c == nil {
					t.Fatalf("%s: connect: %v, %v", at, res, err)
				}
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				for _, x := range said {
					if err := c.SendText(x.says); err != nil {
						t.Fatal(err)
					}
					for {
						u, err := c.NextMessage(ctx)
						if err != nil {
							t.Fatalf("%s: %s: no answer with %s: %v", at, x.says, x.want, err)
						}
						if bytes.Contains(u.Payload, []byte(`"error"`)) {
							t.Fatalf("%s: %s: got %s", at, x.says, u.Payload)
						}
						if bytes.Contains(u.Payload, []byte(x.want)) {
							break
						}
					}
				}
				cancel()
				c.Close()
			}
		})
	}
}
