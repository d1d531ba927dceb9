//go:build linux

package load

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net/http"
	"strings"

	"github.com/wswarden/wswarden/bench/poll"
	"github.com/wswarden/wswarden/internal/wire"
)

type state int

const (
	stateConnecting state = iota
	stateAsked
	stateOpen
)

// client is one connection of a Fleet.
type client struct {
	number int
	conn   *poll.Conn
	state  state
	key    string // Sec-WebSocket-Key
	random uint32 // the masking key moves on from here
	sent   int    // messages sent over the life of the connection
	echoed int    // echoes received and found right
	left   int    // messages still to send in a counted run
}

func newClient(number int, conn *poll.Conn) *client {
	var key [16]byte
	rand.Read(key[:])
	return &client{
		number: number, conn: conn,
		key:    base64.StdEncoding.EncodeToString(key[:]),
		random: mathrand.Uint32() | 1,
	}
}

// mask gives another masking key for each message. It need not be hard to
// guess here, only cheap: a xorshift generator, which is never zero.
func (c *client) mask() [4]byte {
	x := c.random
	x ^= x << 13
	x ^= x >> 17
	x ^= x << 5
	c.random = x
	return [4]byte{byte(x), byte(x >> 8), byte(x >> 16), byte(x >> 24)}
}

// handshake moves a connection that isn't open yet on.
func (f *Fleet) handshake(c *client, ev poll.Event) error {
	if c.state == stateConnecting {
		if err := c.conn.Connected(); err != nil {
			return err
		}
		c.state = stateAsked
		return c.conn.Send(f.request(c))
	}
	data, err := c.conn.Read(f.scratch)
	if err == io.EOF {
		return errors.New("handshake: closed without an answer")
	}
	if err != nil || len(data) == 0 {
		return err
	}
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		c.conn.Keep(data)
		return nil
	}
	if len(data) > end+4 && bytes.HasPrefix(data, []byte("HTTP/1.1 101")) {
		return errors.New("handshake: data behind the answer")
	}
	if err := accepted(data, c.key); err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	c.state = stateOpen
	f.waiting--
	return nil
}

func (f *Fleet) request(c *client) []byte {
	f.out = fmt.Appendf(f.out[:0], "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n", f.target.Path, f.target.Addr, c.key)
	if f.target.Origin != "" {
		f.out = fmt.Appendf(f.out, "Origin: %s\r\n", f.target.Origin)
	}
	if f.target.Bearer != "" {
		f.out = fmt.Appendf(f.out, "Authorization: Bearer %s\r\n", f.target.Bearer)
	}
	f.out = append(f.out, "\r\n"...)
	return f.out
}

// accepted judges the answer to a handshake.
func accepted(answer []byte, key string) error {
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(answer)), nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSwitchingProtocols {
		body, _ := io.ReadAll(io.LimitReader(resp.Body, 300))
		return fmt.Errorf("status %d, %q", resp.StatusCode, body)
	}
	if !strings.EqualFold(resp.Header.Get("Upgrade"), "websocket") || resp.Header.Get("Sec-WebSocket-Accept") != wire.AcceptKey(key) {
		return errors.New("status 101 with the wrong Upgrade or Sec-WebSocket-Accept")
	}
	return nil
}
