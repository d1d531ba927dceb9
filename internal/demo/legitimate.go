package demo

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// legitimate is what the platform's own clients do. A defence that stops any
// of it is worse than none.
var legitimate = []Attack{
	{Name: "alice signs in, watches prices, trades and chats", run: aDay},
	{Name: "alice comes back with a fresh credential", run: comesBack},
	{Name: "a listener who sends nothing gets the next price", run: listens},
}

// aDay is a session of the platform's page from the first message to the last.
func aDay(ctx context.Context, t *target) (Result, error) {
	c, err := t.enter(ctx, "alice")
	if err != nil {
		return Result{}, err
	}
	defer c.Close()
	steps := []struct{ send, want string }{
		{"", "welcome"},
		{`{"type":"subscribe","channel":"prices:AAPL"}`, "price"},
		{`{"type":"place_order","symbol":"AAPL","quantity":1,"price":190}`, "order"},
		{`{"type":"chat","text":"good morning"}`, "chat"},
		{`{"type":"get_profile"}`, "profile"},
	}
	for _, s := range steps {
		if s.send != "" {
			if err := c.SendText(s.send); err != nil {
				return Result{}, fmt.Errorf("send %s: %w", s.send, err)
			}
		}
		if r, ok, err := awaitType(ctx, c, s.want); !ok || err != nil {
			return r, err
		}
	}
	if err := c.SendClose(wire.CloseNormal, ""); err != nil {
		return Result{}, fmt.Errorf("close: %w", err)
	}
	r, _, err := untilClosed(ctx, c, func(wire.Unit) bool { return false })
	if err != nil || r.Seen != "closed 1000" {
		return r, err
	}
	return worked("%d exchanges, closed 1000", len(steps)), nil
}

// awaitType reads until a message of this type comes.
func awaitType(ctx context.Context, c *wireclient.Conn, want string) (Result, bool, error) {
	r, ended, err := untilClosed(ctx, c, func(u wire.Unit) bool {
		var m struct{ Type string }
		return json.Unmarshal(u.Payload, &m) == nil && m.Type == want
	})
	if err != nil {
		err = fmt.Errorf("wait for %q: %w", want, err)
	}
	return r, !ended, err
}

func comesBack(ctx context.Context, t *target) (Result, error) {
	l, err := t.signIn(ctx, "alice")
	if err != nil {
		return Result{}, err
	}
	for range 2 {
		h, err := t.credential(ctx, l)
		if err != nil {
			return Result{}, err
		}
		if r, err := knock(ctx, h); err != nil || !r.Worked {
			return r, err
		}
	}
	return worked("served twice"), nil
}

func listens(ctx context.Context, t *target) (Result, error) {
	c, err := t.enter(ctx, "bob")
	if err != nil {
		return Result{}, err
	}
	defer c.Close()
	if err := c.SendText(`{"type":"subscribe","channel":"prices:AAPL"}`); err != nil {
		return Result{}, err
	}
	for range 2 { // the price of now, and the next one
		if r, ok, err := awaitType(ctx, c, "price"); !ok || err != nil {
			return r, err
		}
	}
	return worked("prices arrive"), nil
}
