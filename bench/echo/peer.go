//go:build linux

package echo

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/wswarden/wswarden/bench/poll"
	"github.com/wswarden/wswarden/internal/wire"
)

// errClosed ends a connection that was closed in the orderly way.
var errClosed = errors.New("closed")

// peer is one connection: a request first, frames after the 101.
type peer struct {
	conn     *poll.Conn
	upgraded bool
}

// readable takes what one read gives and answers all of it in one write.
func (s *Server) readable(p *peer) error {
	data, err := p.conn.Read(s.scratch)
	if err != nil || len(data) == 0 {
		return err
	}
	s.reply = s.reply[:0]
	if !p.upgraded {
		data, err = s.upgrade(p, data)
	}
	if err == nil && p.upgraded {
		data, err = s.frames(data)
	}
	if err != nil && !errors.Is(err, errClosed) {
		return err
	}
	if sendErr := p.conn.Send(s.reply); sendErr != nil {
		return sendErr
	}
	if p.conn.Pending() > pendingBytes {
		return fmt.Errorf("send: peer reads too slowly")
	}
	p.conn.Keep(data)
	return err
}

// upgrade answers a whole request head with 101 and returns what follows it.
func (s *Server) upgrade(p *peer, data []byte) (rest []byte, err error) {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		return data, nil
	}
	head, rest := data[:end+4], data[end+4:]
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil {
		return nil, fmt.Errorf("upgrade: %w", err)
	}
	key := req.Header.Get("Sec-WebSocket-Key")
	if !strings.EqualFold(req.Header.Get("Upgrade"), "websocket") || key == "" {
		return nil, fmt.Errorf("upgrade: not a WebSocket handshake")
	}
	s.reply = append(s.reply, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "...)
	s.reply = append(s.reply, wire.AcceptKey(key)...)
	s.reply = append(s.reply, "\r\n\r\n"...)
	p.upgraded = true
	return rest, nil
}
