package guard

import (
	"context"
	"errors"
	"sync"
	"unicode/utf8"

	"github.com/wswarden/wswarden/internal/wire"
)

// Message is a whole data message.
type Message struct {
	// Binary says that it is no text. Text is valid UTF-8.
	Binary bool
	// Data is valid until the handler returns; copy it to keep it.
	Data []byte
}

// HandlerFunc serves one message of a session. Messages of a session come one
// after the other; the next one is read when the function returns, which is
// the back-pressure on the client. ctx ends with the connection, and the
// function must return soon after: [Guard.Close] waits for it. An error ends
// the connection with 1011; its text goes to the log alone.
type HandlerFunc func(ctx context.Context, s *Session, m Message) error

// Session is a connection as a handler sees it. Its methods are safe for
// concurrent use.
type Session struct {
	c       *conn
	handle  HandlerFunc
	ctx     context.Context
	cancel  context.CancelFunc
	deflate *wire.Deflate

	mu     sync.Mutex
	values map[any]any // guarded by mu

	judging sync.Mutex
	out     judge // of what the handler says; guarded by judging
}

// ErrSessionEnded is returned for a message to a session that has ended.
var ErrSessionEnded = errors.New("session has ended")

// ID names the connection; audit lines carry it.
func (s *Session) ID() string { return s.c.id }

// Identity returns who signed in. It does not change.
func (s *Session) Identity() Identity { return s.c.who.identity }

// Context ends with the connection.
func (s *Session) Context() context.Context { return s.ctx }

// Origin returns the Origin header of the handshake, empty if there was none.
func (s *Session) Origin() string { return s.c.origin }

// Set keeps a value for the life of the session.
func (s *Session) Set(key, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.values == nil {
		s.values = map[any]any{}
	}
	s.values[key] = value
}

// Value returns what Set kept, nil if nothing.
func (s *Session) Value(key any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.values[key]
}

// ErrMessageRefused is returned for a message that the rules for server messages
// do not let pass. The audit log has the reason.
var ErrMessageRefused = errors.New("message refused by the rules of its route")

// Send queues a message to the client, as the rules of the route leave it. It
// waits while the queue is full, for limits.send_timeout at most: a client that
// does not read by then is closed. It returns [ErrMessageRefused], or
// [ErrSessionEnded] if the message can't arrive any more.
func (s *Session) Send(m Message) error {
	frame, waived, err := s.frame(m)
	if err != nil {
		return err
	}
	if s.c.client.out.send(frame) != nil {
		return ErrSessionEnded
	}
	s.sent(m, waived)
	return nil
}

// TrySend queues a message if there is room, and reports whether it did. It
// never waits for the client, as a broadcast must not.
func (s *Session) TrySend(m Message) bool {
	frame, waived, err := s.frame(m)
	if err != nil || !s.c.client.out.offer(frame) {
		return false
	}
	s.sent(m, waived)
	return true
}

// sent counts a message.
func (s *Session) sent(m Message, waived bool) {
	f := &s.c.route.counts.server
	if waived {
		f.monitored.Add(1)
	} else {
		f.messages.Add(1)
	}
	f.bytes.Add(uint64(len(m.Data)))
}

// frame judges m and returns it as it is sent. waived says that it passes in monitor
// mode alone.
func (s *Session) frame(m Message) (frame []byte, waived bool, err error) {
	op := wire.Text
	if m.Binary {
		op = wire.Binary
	} else if !utf8.Valid(m.Data) {
		return nil, false, errors.New("send: text is not valid UTF-8")
	}
	if s.c.talk == nil {
		return s.encode(op, m.Data), false, nil
	}
	s.judging.Lock()
	defer s.judging.Unlock()
	frame, err = s.judge(op, m.Data)
	return frame, s.out.waived, err
}

// judge holds a message to the rules. s.judging must be held.
func (s *Session) judge(op wire.Opcode, data []byte) ([]byte, error) {
	j := &s.out
	defer j.done()
	j.keepUp()
	u := wire.Unit{Opcode: op, Fragments: 1, Payload: data}
	j.begin(u, s.c.g.now().UnixNano())
	v := j.run()
	if v.wait != nil {
		v.refusal = internalError() // nothing that a server says has to wait
	}
	if v.refusal != nil {
		j.about(v.refusal)
		j.countDenied()
		v.refusal.Detail = "from the handler: " + v.refusal.Detail
		j.note(v.refusal)
		return nil, ErrMessageRefused
	}
	u = j.conclude(u)
	j.passed.tellType()
	return s.encode(op, u.Payload), nil
}

func (s *Session) encode(op wire.Opcode, data []byte) []byte {
	if s.deflate != nil && len(data) >= compressFrom {
		return s.deflate.AppendMessage(nil, wire.FromServer, op, data, nil)
	}
	return wire.AppendMessage(make([]byte, 0, len(data)+14), op, data, nil)
}

// Close ends the connection with code and reason (at most 123 bytes, which the
// client reads). Codes of applications are 4000 to 4999.
func (s *Session) Close(code CloseCode, reason string) {
	s.c.end(ending{outcome: "closed by handler", toClient: closing{code, reason}})
}

// deliver calls the handler.
func (s *Session) deliver(m Message) error {
	err := s.handle(s.ctx, s, m)
	if err == nil || s.ctx.Err() != nil {
		return err
	}
	s.c.g.log.Error("handler failed", "route", s.c.route.cfg.Path, "connection", s.c.id, "error", err)
	s.c.refuse(internalError())
	return err
}
