package wiretest

import (
	"io"
	"net"
	"time"

	"github.com/wswarden/wswarden/internal/wire"
)

// Echo is the server end that the cases want, made of package wire alone: it sends every
// message back, compressed where cfg.Deflate allows it, answers pings, completes the
// closing handshake and fails the connection on a violation. It returns when the
// connection is closed, which it does itself. cfg must ask for the payload.
func Echo(conn net.Conn, cfg wire.ReaderConfig) {
	defer conn.Close()
	r := wire.NewReader(cfg)
	defer r.Release()
	in, out := make([]byte, 4096), []byte(nil)
	for {
		n, err := conn.Read(in)
		if err != nil {
			return
		}
		var last bool
		out, last = answer(r, cfg.Deflate, in[:n], out[:0])
		if len(out) > 0 {
			if _, err := conn.Write(out); err != nil {
				return
			}
		}
		if last {
			linger(conn)
			return
		}
	}
}

// answer appends the answers to what was read. last: the connection ends behind them.
func answer(r *wire.Reader, d *wire.Deflate, in, out []byte) (answers []byte, last bool) {
	for {
		n, u, ok, err := r.Next(in)
		if v, failed := err.(*wire.Violation); failed {
			return wire.AppendClose(out, v.Code, string(v.Rule), nil), true
		}
		if !ok {
			return out, false
		}
		switch u.Opcode {
		case wire.Ping:
			out = wire.AppendMessage(out, wire.Pong, u.Payload, nil)
		case wire.Close:
			return wire.AppendClose(out, u.Code, "", nil), true
		case wire.Text, wire.Binary:
			out = d.AppendMessage(out, wire.FromServer, u.Opcode, u.Payload, nil)
		}
		in = in[n:]
	}
}

// linger ends the sending direction and reads what the client has still sent. Closing at
// once would reset the connection, and the reset could destroy the Close frame on its way.
func linger(conn net.Conn) {
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	conn.SetReadDeadline(time.Now().Add(time.Second))
	io.Copy(io.Discard, conn)
}
