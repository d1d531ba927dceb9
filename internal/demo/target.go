package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// target is an endpoint under attack: the platform, bare or behind the guard.
type target struct {
	platform string // http://…, where people sign in
	socket   string // ws://…/ws, what is attacked
	origin   string // of the platform's own page
	guarded  bool
	ttl      time.Duration // life of a ticket
	recheck  time.Duration // how often the guard asks whether a session stands
}

// login is who the platform says somebody is.
type login struct {
	user, token, cookie string
}

// ticketOffer is what a client offers beside its ticket.
const ticketOffer = "wswarden.v1"

// signIn signs a user of the platform in. The password of each is in the
// platform's README.
func (t *target) signIn(ctx context.Context, user string) (login, error) {
	body, err := json.Marshal(map[string]string{"user": user, "password": user + "-demo"})
	if err != nil {
		return login{}, err
	}
	res, answer, err := post(ctx, t.platform+"/login", body, nil)
	if err != nil {
		return login{}, fmt.Errorf("sign in %q: %w", user, err)
	}
	var a struct{ Token string }
	if err := json.Unmarshal(answer, &a); err != nil || res.StatusCode != http.StatusOK {
		return login{}, fmt.Errorf("sign in %q: status %d", user, res.StatusCode)
	}
	for _, c := range res.Cookies() {
		if c.Name == "session" {
			return login{user, a.Token, "session=" + c.Value}, nil
		}
	}
	return login{}, fmt.Errorf("sign in %q: no session cookie", user)
}

// ticket asks the guard for a ticket as the platform's page does.
func (t *target) ticket(ctx context.Context, l login) (string, error) {
	at := "http" + strings.TrimPrefix(t.socket, "ws") + "/ticket"
	res, answer, err := post(ctx, at, []byte("{}"), map[string]string{"Cookie": l.cookie, "Origin": t.origin, "X-CSRF-Token": "1"})
	if err != nil {
		return "", fmt.Errorf("ask for a ticket: %w", err)
	}
	var a struct{ Ticket string }
	if err := json.Unmarshal(answer, &a); err != nil || a.Ticket == "" {
		return "", fmt.Errorf("ask for a ticket: status %d: %s", res.StatusCode, bytes.TrimSpace(answer))
	}
	return a.Ticket, nil
}

// credential is the handshake by which the platform's own page connects as l:
// with a ticket, beside the cookie that its browser attaches, where there is a
// guard; with the token in the URL where there is none.
func (t *target) credential(ctx context.Context, l login) (wireclient.Handshake, error) {
	if !t.guarded {
		return wireclient.Handshake{URL: t.socket + "?token=" + url.QueryEscape(l.token), Origin: t.origin}, nil
	}
	ticket, err := t.ticket(ctx, l)
	return wireclient.Handshake{URL: t.socket, Origin: t.origin, Cookie: l.cookie, Subprotocols: []string{ticketOffer, "wst." + ticket}}, err
}

// page signs user in and returns the handshake of the platform's own page.
func (t *target) page(ctx context.Context, user string) (wireclient.Handshake, error) {
	l, err := t.signIn(ctx, user)
	if err != nil {
		return wireclient.Handshake{}, err
	}
	return t.credential(ctx, l)
}

// enter connects user as the platform's own page does.
func (t *target) enter(ctx context.Context, user string) (*wireclient.Conn, error) {
	h, err := t.page(ctx, user)
	if err != nil {
		return nil, err
	}
	c, res, err := wireclient.Dial(ctx, h)
	if err == nil && c == nil {
		err = fmt.Errorf("connect as %q: %s", user, refusal(res).Seen)
	}
	return c, err
}

// knock sends a handshake that should be refused. It worked if the platform
// serves the connection.
func knock(ctx context.Context, h wireclient.Handshake) (Result, error) {
	c, res, err := wireclient.Dial(ctx, h)
	if err != nil {
		return Result{}, err
	}
	if c == nil {
		return refusal(res), nil
	}
	defer c.Close()
	return served(ctx, c)
}

// served reads the platform's welcome.
func served(ctx context.Context, c *wireclient.Conn) (Result, error) {
	u, err := c.NextMessage(ctx)
	if err != nil {
		return Result{}, fmt.Errorf("read the welcome: %w", err)
	}
	if u.Opcode == wire.Close {
		return closed(u), nil
	}
	var w struct{ User string }
	if err := json.Unmarshal(u.Payload, &w); err != nil {
		return Result{}, fmt.Errorf("read the welcome: %w", err)
	}
	if w.User == "" {
		return worked("101, served anonymously"), nil
	}
	return worked("101, served as %s", w.User), nil
}

// refusal reads an answer that is no 101.
func refusal(res *http.Response) Result {
	var p struct{ Code, ID string }
	body, err := io.ReadAll(res.Body)
	if err != nil || json.Unmarshal(body, &p) != nil {
		return stopped("", "%d", res.StatusCode)
	}
	return stopped(p.ID, "%d %s", res.StatusCode, p.Code)
}

// closed reads a Close frame: a guard's reason is word;r=…;i=event.
func closed(u wire.Unit) Result {
	word, rest, own := strings.Cut(string(u.Reason), ";")
	if !own {
		return stopped("", "closed %d", u.Code)
	}
	_, event, _ := strings.Cut(rest, "i=")
	return stopped(event, "closed %d %s", u.Code, word)
}

// untilClosed reads until the endpoint ends the connection. count is called
// with each message or pong before that and reports whether that is enough to
// call the attack a success.
func untilClosed(ctx context.Context, c *wireclient.Conn, count func(wire.Unit) (enough bool)) (Result, bool, error) {
	for {
		u, err := c.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return Result{}, false, fmt.Errorf("no answer: %w", ctx.Err())
		case err != nil:
			return stopped("", "connection dropped"), true, nil
		case u.Opcode == wire.Close:
			return closed(u), true, nil
		case count(u):
			return Result{}, false, nil
		}
	}
}

func post(ctx context.Context, at string, body []byte, header map[string]string) (*http.Response, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	return res, answer, err
}

// echoOf returns a message that the platform sends back as it is.
func echoOf(n int) []byte {
	return []byte(`{"type":"echo","text":"` + strings.Repeat("x", n) + `"}`)
}

// isEcho reports whether u is the answer to echoOf.
func isEcho(u wire.Unit) bool {
	return u.Opcode == wire.Text && bytes.HasPrefix(u.Payload, []byte(`{"type":"echo"`))
}
