package wiretest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// Run runs every case as a subtest. connect makes a new connection for the case, whose
// opening handshake is done, with c.Offer as Sec-WebSocket-Extensions where that is not
// empty; it fails the test if the offer is declined. Run closes the connection.
func Run(t *testing.T, cases []Case, connect func(t *testing.T, c Case) net.Conn, caps Capabilities) {
	t.Helper()
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			conn := connect(t, c)
			defer conn.Close()
			if err := Check(conn, c, caps); err != nil {
				t.Errorf("%v\n%s: %s", err, c.Rule.Section, c.Rule.Sentence)
			}
		})
	}
}

// Check runs one case over a connection and returns what the server end did wrong.
func Check(conn net.Conn, c Case, caps Capabilities) error {
	caps = caps.withDefaults()
	if err := conn.SetDeadline(time.Now().Add(caps.Timeout)); err != nil {
		return fmt.Errorf("set deadline: %w", err)
	}
	k := &client{conn: conn, want: c.Want, caps: caps, out: make(chan []byte, 64)}
	k.reader.Init(wire.ReaderConfig{
		From:         wire.FromServer,
		MaxMessage:   4 * caps.MaxMessage,
		MaxFragments: 1 << 20,
		Payload:      true,
		Deflate:      deflateFor(c),
	})
	defer k.reader.Release()
	written := make(chan struct{})
	go func() {
		defer close(written)
		k.write(c)
	}()
	err := k.read()
	close(k.out)
	conn.Close() // ends the writer, whatever it waits for
	<-written
	return err
}

// deflateFor returns parameters that any answer to the case's offer stays within.
func deflateFor(c Case) *wire.Deflate {
	if c.Offer == "" {
		return nil
	}
	return &wire.Deflate{}
}

// client is the client end of a case.
type client struct {
	conn   net.Conn
	want   Want
	caps   Capabilities
	reader wire.Reader
	out    chan []byte // frames to write behind what the case sends

	messages, pongs int // how many of the wanted ones have come; of pongs, the last one seen
	closing         bool
}

// write writes what the case sends, then what the reading side asks for. Errors show on
// the reading side, as a missing answer: a server may close while it is written to.
func (k *client) write(c Case) {
	b := c.Send
	for len(b) > 0 {
		n := len(b)
		if c.Chop > 0 {
			n = min(n, c.Chop)
		}
		if _, err := k.conn.Write(b[:n]); err != nil {
			return
		}
		b = b[n:]
	}
	for b := range k.out {
		if _, err := k.conn.Write(b); err != nil {
			return
		}
	}
}

// read judges what comes until the end of the connection.
func (k *client) read() error {
	buf := make([]byte, 32<<10)
	if k.done() {
		k.startClosing()
	}
	for {
		n, err := k.conn.Read(buf)
		code, closed, judged := k.take(buf[:n])
		switch {
		case judged != nil:
			return judged
		case closed:
			return k.closed(code)
		case err != nil:
			return k.ended(err)
		}
	}
}

// take judges bytes from the server. closed: a Close frame was among them.
func (k *client) take(b []byte) (code wire.CloseCode, closed bool, err error) {
	for {
		n, u, ok, err := k.reader.Next(b)
		if err != nil {
			return 0, false, fmt.Errorf("the server sent: %w", err)
		}
		if !ok {
			return 0, false, nil
		}
		b = b[n:]
		if u.Opcode == wire.Close {
			if len(b) > 0 {
				return 0, false, fmt.Errorf("%d bytes behind the Close frame", len(b))
			}
			k.send(wire.AppendClose(nil, u.Code, "", mask()))
			return u.Code, true, nil
		}
		if err := k.unit(u); err != nil {
			return 0, false, err
		}
		if k.done() {
			k.startClosing()
		}
	}
}

// unit judges a message, a ping or a pong.
func (k *client) unit(u wire.Unit) error {
	switch u.Opcode {
	case wire.Ping:
		k.send(wire.AppendMessage(nil, wire.Pong, u.Payload, mask()))
	case wire.Pong:
		i := slices.Index(k.want.Pongs[k.pongs:], string(u.Payload))
		if i < 0 {
			return fmt.Errorf("pong with %.40q, not the answer to a ping, or out of order", u.Payload)
		}
		k.pongs += i + 1
	default:
		if k.messages == len(k.want.Messages) {
			return fmt.Errorf("%v message of %d bytes that should not come: %.40q", u.Opcode, len(u.Payload), u.Payload)
		}
		want := k.want.Messages[k.messages]
		if u.Opcode != want.Opcode || !bytes.Equal(u.Payload, []byte(want.Payload)) {
			return fmt.Errorf("message %d: got %v of %d bytes, %.40q, want %v of %d bytes, %.40q",
				k.messages, u.Opcode, len(u.Payload), u.Payload, want.Opcode, len(want.Payload), want.Payload)
		}
		k.messages++
	}
	return nil
}

// done reports whether everything that an open case waits for has come.
func (k *client) done() bool {
	return k.want.Outcome == Open && k.messages == len(k.want.Messages) && k.pongs == len(k.want.Pongs)
}

// startClosing sends the Close frame of the client, once.
func (k *client) startClosing() {
	if !k.closing {
		k.closing = true
		k.send(wire.AppendClose(nil, wire.CloseNormal, "", mask()))
	}
}

// send hands a frame to the writing side, unless the server has asked for far too many.
func (k *client) send(b []byte) {
	select {
	case k.out <- b:
	default:
	}
}

// closed judges a Close frame, and that the connection ends behind it: RFC 6455 section
// 5.5.1, "The server MUST close the underlying TCP connection immediately".
func (k *client) closed(code wire.CloseCode) error {
	if rest, err := io.ReadAll(k.conn); isTimeout(err) {
		return fmt.Errorf("the connection stays open after the Close frame (%v)", code)
	} else if len(rest) > 0 {
		return fmt.Errorf("%d bytes behind the Close frame", len(rest))
	}
	codes := k.want.Codes
	if k.want.Outcome == Open {
		codes = []wire.CloseCode{wire.CloseNormal}
	}
	if !slices.Contains(codes, code) {
		return fmt.Errorf("close code %v, want one of %v (%s)", code, codes, k.progress())
	}
	if k.want.Outcome != Failed && k.messages < len(k.want.Messages) {
		return fmt.Errorf("closed with %v before everything had come: %s", code, k.progress())
	}
	if k.want.Outcome == Open && !k.closing {
		return fmt.Errorf("closed with %v by the server: %s", code, k.progress())
	}
	return nil
}

// ended judges the end of the connection without a Close frame.
func (k *client) ended(err error) error {
	if isTimeout(err) {
		return fmt.Errorf("no answer in %v, want %v %v: %s", k.caps.Timeout, k.want.Outcome, k.want.Codes, k.progress())
	}
	if k.want.Outcome == Failed && k.caps.Silent {
		return nil
	}
	return fmt.Errorf("connection ended without a Close frame (%v), want %v %v: %s", err, k.want.Outcome, k.want.Codes, k.progress())
}

func (k *client) progress() string {
	return fmt.Sprintf("%d of %d messages, pong %d of %d", k.messages, len(k.want.Messages), k.pongs, len(k.want.Pongs))
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}
