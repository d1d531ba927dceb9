package demo

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/wswarden/wswarden/internal/wireclient"
)

// victim connects as a page that is open in alice's browser would: with her
// cookie, from whatever origin the page has.
func (t *target) victim(ctx context.Context, origin string) (wireclient.Handshake, error) {
	l, err := t.signIn(ctx, "alice")
	return wireclient.Handshake{URL: t.socket, Origin: origin, Cookie: l.cookie}, err
}

func foreignOrigin(ctx context.Context, t *target) (Result, error) {
	h, err := t.victim(ctx, "https://evil.example")
	if err != nil {
		return Result{}, err
	}
	return knock(ctx, h)
}

// lookalike connects from an origin that a loose comparison takes for the
// allowed one.
func lookalike(of func(allowed string) string) func(context.Context, *target) (Result, error) {
	return func(ctx context.Context, t *target) (Result, error) {
		h, err := t.victim(ctx, of(t.origin))
		if err != nil {
			return Result{}, err
		}
		return knock(ctx, h)
	}
}

func gluedHost(allowed string) string { return strings.Replace(allowed, "://", "://evil-", 1) }

func otherScheme(allowed string) string { return strings.Replace(allowed, "http://", "https://", 1) }

func otherPort(allowed string) string {
	u, err := url.Parse(allowed)
	if err != nil || u.Port() == "1" {
		return allowed + "0"
	}
	return "http://" + u.Hostname() + ":1"
}

// reboundHost is a page of the attacker whose name has been pointed at
// loopback: Host and Origin agree, and both are his.
func reboundHost(ctx context.Context, t *target) (Result, error) {
	h, err := t.victim(ctx, "http://rebound.evil.example")
	if err != nil {
		return Result{}, err
	}
	h.Header = []wireclient.Line{{Name: "Host", Value: "rebound.evil.example"}}
	return knock(ctx, h)
}

func noCredential(ctx context.Context, t *target) (Result, error) {
	return knock(ctx, wireclient.Handshake{URL: t.socket, Origin: t.origin})
}

func tokenInURL(ctx context.Context, t *target) (Result, error) {
	l, err := t.signIn(ctx, "alice")
	if err != nil {
		return Result{}, err
	}
	return knock(ctx, wireclient.Handshake{URL: t.socket + "?token=" + url.QueryEscape(l.token), Origin: t.origin})
}

// replay lets alice connect, and then whoever saw her handshake.
func replay(ctx context.Context, t *target) (Result, error) {
	h, err := t.page(ctx, "alice")
	if err != nil {
		return Result{}, err
	}
	first, err := knock(ctx, h)
	if err != nil || !first.Worked {
		return Result{}, fmt.Errorf("the first use was refused: %s, %w", first.Seen, err)
	}
	return knock(ctx, h)
}

// stolen uses a credential that its owner has not used yet, from elsewhere.
func stolen(ctx context.Context, t *target) (Result, error) {
	h, err := t.page(ctx, "alice")
	if err != nil {
		return Result{}, err
	}
	h.Origin = strings.Replace(t.origin, "127.0.0.1", "localhost", 1) // admitted too, and not where the ticket was minted
	return knock(ctx, h)
}

// expired uses a credential once a ticket's life has passed.
func expired(ctx context.Context, t *target) (Result, error) {
	h, err := t.page(ctx, "alice")
	if err != nil {
		return Result{}, err
	}
	select {
	case <-time.After(t.ttl + time.Second/4):
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	return knock(ctx, h)
}

// eleventh holds ten connections of one address and opens another.
func eleventh(ctx context.Context, t *target) (Result, error) {
	for i := range 10 {
		c, err := t.enter(ctx, []string{"alice", "bob"}[i%2])
		if err != nil {
			return Result{}, fmt.Errorf("connection %d: %w", i+1, err)
		}
		defer c.Close()
	}
	h, err := t.page(ctx, "mallory")
	if err != nil {
		return Result{}, err
	}
	return knock(ctx, h)
}
