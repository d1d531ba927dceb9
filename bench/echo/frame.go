//go:build linux

package echo

import (
	"errors"
	"fmt"

	"github.com/wswarden/wswarden/internal/wire"
)

// frames answers every whole frame at the start of data and returns the rest.
// It unmasks in place.
func (s *Server) frames(data []byte) (rest []byte, err error) {
	for {
		h, n, err := wire.ParseHeader(data)
		if err != nil {
			return nil, fmt.Errorf("read frame: %w", err)
		}
		if n == 0 || uint64(len(data)-n) < h.Length {
			return data, nil
		}
		if !h.Masked {
			return nil, errors.New("read frame: not masked")
		}
		end := n + int(h.Length)
		payload := data[n:end]
		data = data[end:]
		wire.Mask(payload, h.Key, 0)
		if err := s.answer(h, payload); err != nil {
			return nil, err
		}
	}
}

// answer appends what the frame deserves: itself, a pong, a close or nothing.
func (s *Server) answer(h wire.Header, payload []byte) error {
	reply := h.Opcode
	switch h.Opcode {
	case wire.Text, wire.Binary, wire.Continuation, wire.Close:
	case wire.Ping:
		reply = wire.Pong
	case wire.Pong:
		return nil
	default:
		return fmt.Errorf("read frame: opcode %d", h.Opcode)
	}
	out := wire.Header{Fin: h.Fin, Opcode: reply, Length: h.Length}
	s.reply = append(out.Append(s.reply), payload...)
	if h.Opcode == wire.Close {
		return errClosed
	}
	return nil
}
