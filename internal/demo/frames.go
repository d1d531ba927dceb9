package demo

import (
	"context"
	"fmt"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// inside connects mallory, who has an account, and lets him attack.
func inside(ctx context.Context, t *target, attack func(c *wireclient.Conn) (Result, error)) (Result, error) {
	c, err := t.enter(ctx, "mallory")
	if err != nil {
		return Result{}, err
	}
	defer c.Close()
	return attack(c)
}

func oversized(ctx context.Context, t *target) (Result, error) {
	return inside(ctx, t, func(c *wireclient.Conn) (Result, error) {
		// An endpoint that refuses by the header stops reading: that ends the
		// writing, and is no failure of the attack's own.
		go c.Send(wire.Text, echoOf(1<<20))
		r, ended, err := untilClosed(ctx, c, isEcho)
		if ended || err != nil {
			return r, err
		}
		return worked("taken and answered whole"), nil
	})
}

const floodCount = 500

func flood(ctx context.Context, t *target) (Result, error) {
	return inside(ctx, t, func(c *wireclient.Conn) (Result, error) {
		return burst(ctx, c, wire.Text, echoOf(16), isEcho)
	})
}

func pingFlood(ctx context.Context, t *target) (Result, error) {
	return inside(ctx, t, func(c *wireclient.Conn) (Result, error) {
		return burst(ctx, c, wire.Ping, []byte("flood"), func(u wire.Unit) bool { return u.Opcode == wire.Pong })
	})
}

// burst sends floodCount frames at once and counts the answers.
func burst(ctx context.Context, c *wireclient.Conn, op wire.Opcode, payload []byte, isAnswer func(wire.Unit) bool) (Result, error) {
	var out []byte
	for range floodCount {
		key := wire.NewMaskKey()
		out = wire.AppendMessage(out, op, payload, &key)
	}
	if _, err := c.Write(out); err != nil {
		return Result{}, fmt.Errorf("send the flood: %w", err)
	}
	answers := 0
	r, ended, err := untilClosed(ctx, c, func(u wire.Unit) bool {
		if isAnswer(u) {
			answers++
		}
		return answers == floodCount
	})
	if ended || err != nil {
		return r, err
	}
	return worked("all %d answered", floodCount), nil
}

// fragmentFlood sends a message in more fragments than it has bytes.
func fragmentFlood(ctx context.Context, t *target) (Result, error) {
	return inside(ctx, t, func(c *wireclient.Conn) (Result, error) {
		out := appendFragment(nil, false, wire.Text, echoOf(16))
		for range 1998 {
			out = appendFragment(out, false, wire.Continuation, nil)
		}
		out = appendFragment(out, true, wire.Continuation, nil)
		go c.Write(out) // refused before its end
		r, ended, err := untilClosed(ctx, c, isEcho)
		if ended || err != nil {
			return r, err
		}
		return worked("put together and answered"), nil
	})
}

func appendFragment(out []byte, fin bool, op wire.Opcode, payload []byte) []byte {
	key := wire.NewMaskKey()
	return wire.AppendFrame(out, fin, op, payload, &key)
}

// malformed sends frames that RFC 6455 forbids, each on a connection of its
// own, followed by a message that an endpoint answers if it is still there.
func malformed(frames func() [][]byte) func(context.Context, *target) (Result, error) {
	return func(ctx context.Context, t *target) (Result, error) {
		var last Result
		for _, f := range frames() {
			r, err := inside(ctx, t, func(c *wireclient.Conn) (Result, error) { return afterwards(ctx, c, f) })
			if err != nil || r.Worked {
				return r, err
			}
			last = r
		}
		return last, nil
	}
}

func afterwards(ctx context.Context, c *wireclient.Conn, frame []byte) (Result, error) {
	key := wire.NewMaskKey()
	if _, err := c.Write(wire.AppendMessage(frame, wire.Text, echoOf(1), &key)); err != nil {
		return Result{}, fmt.Errorf("send: %w", err)
	}
	r, ended, err := untilClosed(ctx, c, isEcho)
	if ended || err != nil {
		return r, err
	}
	return worked("accepted"), nil
}

func invalidUTF8() [][]byte {
	text := append(append([]byte(`{"type":"echo","text":"`), 0xff, 0xc0, 0xaf), `"}`...)
	return [][]byte{appendFragment(nil, true, wire.Text, text)}
}

func unmasked() [][]byte {
	return [][]byte{wire.AppendMessage(nil, wire.Text, echoOf(1), nil)}
}

func reserved() [][]byte {
	return [][]byte{
		wire.Header{Fin: true, RSV1: true, Opcode: wire.Ping, Masked: true}.Append(nil),
		wire.Header{Fin: true, RSV3: true, Opcode: wire.Text, Masked: true}.Append(nil),
		wire.Header{Fin: true, Opcode: 3, Masked: true}.Append(nil),
		wire.Header{Fin: true, Opcode: 11, Masked: true}.Append(nil),
		wire.Header{Opcode: wire.Ping, Masked: true}.Append(nil),
	}
}

// badClose sends close codes that may not travel (RFC 6455 section 7.4). It
// worked if they are answered with themselves.
func badClose() [][]byte {
	var out [][]byte
	for _, code := range []uint16{0, 999, 1005, 1006, 1016, 2999, 65535} {
		out = append(out, wire.Header{Fin: true, Opcode: wire.Close, Masked: true, Length: 2}.Append(nil))
		out[len(out)-1] = append(out[len(out)-1], byte(code>>8), byte(code)) // the key is zero
	}
	return out
}
