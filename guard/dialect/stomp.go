package dialect

import (
	"bytes"
	"strconv"
	"sync/atomic"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// NewSTOMP returns the dialect of STOMP 1.0 to 1.2 over a WebSocket, one or more
// whole frames in a message.
//
// The type of SEND, SUBSCRIBE and MESSAGE is the command and the destination, such
// as "SEND /topic/orders"; that of any other frame is its command, and
// "heart-beat" is line ends alone. The payload is the body where it is JSON,
// whatever content-type says. The envelope has
// "command" and, where the frame has them, "destination", "id", "receipt",
// "selector", "reply-to", "content-type", "login", "host" and "x-queue-name", with
// which RabbitMQ lets a subscriber choose a queue.
//
// A refusal is an ERROR frame, behind which STOMP wants the connection closed.
func NewSTOMP() Dialect { return stomp{} }

type stomp struct{}

func (stomp) Name() string              { return "stomp" }
func (stomp) Open(Opening) Conversation { return &stompConversation{} }

// stompConversation is one connection.
type stompConversation struct {
	begun   bool             // by CONNECT; used by the client's side alone
	version atomic.Int32     // a stompVersion, settled by CONNECTED
	headers [2][]stompHeader // memory for reading, by side
}

// Violations of STOMP. All are answered with ERROR and a close.
var (
	ErrSTOMPFrame   = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "stomp.frame", Text: "not whole frames of STOMP"}
	ErrSTOMPCommand = &Violation{Weakness: catalogue.DynamicDispatch, Rule: "stomp.command", Text: "not a command that a client may send"}
	ErrSTOMPConnect = &Violation{Weakness: catalogue.AuthRace, Rule: "stomp.connect", Text: "CONNECT comes first, and once"}
	ErrSTOMPHeader  = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "stomp.header", Text: "a header that is repeated, missing or written wrongly"}
)

var (
	typeHeartBeat = []byte("heart-beat")
	space         = []byte(" ")
)

// stompFacts are the headers that are facts of an envelope. They are also those
// that must not be there twice.
var stompFacts = [...]string{"destination", "id", "receipt", "selector", "reply-to", "content-type", "login", "host", "x-queue-name"}

// stompOnce are further headers that must not be there twice.
var stompOnce = [...]string{"content-length", "subscription", "message-id", "ack", "transaction", "accept-version", "heart-beat", "passcode"}

func (c *stompConversation) settled() stompVersion { return stompVersion(c.version.Load()) }

func (c *stompConversation) Read(m *Message) *Violation {
	version := c.settled()
	for at := skipEOLs(m.Data, 0); at < len(m.Data); at = skipEOLs(m.Data, at) {
		if len(m.Items) == maxStompFrames {
			return ErrSTOMPFrame
		}
		f, ok := parseStompFrame(m.Data, at, version, c.headers[m.From][:0])
		c.headers[m.From] = f.headers
		bad := ErrSTOMPFrame
		if ok {
			bad = c.readFrame(m, &f)
		}
		clear(f.headers) // an idle connection must not hold on to a buffer
		if bad != nil {
			return bad
		}
		m.Items[len(m.Items)-1].Start, m.Items[len(m.Items)-1].End = at, f.end
		at = f.end
	}
	if len(m.Items) == 0 {
		m.Add(Item{Kind: Protocol, Type: typeHeartBeat})
	}
	return nil
}

func (c *stompConversation) readFrame(m *Message, f *stompFrame) *Violation {
	it := Item{Kind: Protocol, Type: f.command}
	addressed, ok := true, false
	if m.From == Client {
		if addressed, ok = stompClient(f.command); !ok {
			return ErrSTOMPCommand
		}
		if bad := c.order(m, f); bad != nil {
			return bad
		}
		if bad := f.strict(); bad != nil {
			return bad
		}
	} else {
		addressed = string(f.command) == "MESSAGE"
	}
	var bad bool
	if it.Envelope, bad = f.envelope(m); bad {
		return ErrSTOMPHeader
	}
	if addressed {
		destination, _ := it.Envelope.Get("destination")
		if len(destination) == 0 {
			return ErrSTOMPHeader
		}
		it.Kind, it.Type = Application, m.Keep(f.command, space, destination)
	}
	it.Ref, _ = f.get("receipt")
	var v *Violation
	if it.Payload, v = f.payload(m, it.Envelope); v != nil {
		return v
	}
	m.Add(it)
	return nil
}

// stompClient says whether command is one of a client's, and whether it is one
// whose destination matters.
func stompClient(command []byte) (addressed, ok bool) {
	switch string(command) {
	case "SEND", "SUBSCRIBE":
		return true, true
	case "CONNECT", "STOMP", "UNSUBSCRIBE", "ACK", "NACK", "BEGIN", "COMMIT", "ABORT", "DISCONNECT":
		return false, true
	}
	return false, false
}

// order holds a client to beginning with CONNECT. Until the answer settles how heads
// are written it may only write what all versions read alike.
func (c *stompConversation) order(m *Message, f *stompFrame) *Violation {
	connect := string(f.command) == "CONNECT" || string(f.command) == "STOMP"
	switch {
	case connect && (c.begun || len(m.Items) > 0):
		return ErrSTOMPConnect
	case !connect && !c.begun && len(m.Items) == 0:
		return ErrSTOMPConnect
	case !connect && f.version == stompUnsettled && bytes.IndexByte(m.Data[f.head:f.bodyAt], '\\') >= 0:
		return ErrSTOMPHeader // which means something else in another version
	}
	return nil
}

// strict holds a client's head to one reading.
func (f *stompFrame) strict() *Violation {
	if len(f.body) > 0 && string(f.command) != "SEND" {
		return ErrSTOMPFrame
	}
	for _, name := range stompFacts {
		if !f.once(name) {
			return ErrSTOMPHeader
		}
	}
	for _, name := range stompOnce {
		if !f.once(name) {
			return ErrSTOMPHeader
		}
	}
	var scratch [256]byte
	for _, h := range f.headers {
		if _, ok := f.version.unescape(scratch[:0], h.value); !ok {
			return ErrSTOMPHeader
		}
	}
	return nil
}

// once reports whether the header is there at most once, and neither in other
// letters nor with spaces, which brokers of STOMP 1.0 took away.
func (f *stompFrame) once(name string) bool {
	n := 0
	for _, h := range f.headers {
		if trimmed := bytes.TrimSpace(h.name); len(trimmed) != len(name) || !bytes.EqualFold(trimmed, []byte(name)) {
			continue
		}
		if n++; n > 1 || string(h.name) != name || len(bytes.TrimSpace(h.value)) != len(h.value) {
			return false
		}
	}
	return true
}

// envelope returns the facts of the head. bad says that a value is written wrongly.
func (f *stompFrame) envelope(m *Message) (e Envelope, bad bool) {
	fields := [1 + len(stompFacts)]Field{{"command", f.command}}
	n := 1
	for _, name := range stompFacts {
		value, ok := f.get(name)
		if !ok {
			continue
		}
		if bytes.IndexByte(value, '\\') >= 0 {
			var scratch [256]byte
			text, ok := f.version.unescape(scratch[:0], value)
			if !ok {
				return nil, true
			}
			value = m.Keep(text)
		}
		fields[n] = Field{name, value}
		n++
	}
	return m.Envelope(fields[:n]...), false
}

// payload returns the body if it is JSON, whatever it is called: those who read it
// parse it and seldom ask for its media type.
func (f *stompFrame) payload(m *Message, e Envelope) (v jsonscan.Value, bad *Violation) {
	if len(f.body) == 0 {
		return v, nil
	}
	d, wrong := m.Scan(f.body)
	media, _ := e.Get("content-type")
	switch {
	case wrong.OK():
		return d.Root(), nil
	case isJSON(media):
		return v, Malformed(wrong)
	case wrong.Code.Class() != jsonscan.ClassSyntax:
		return v, Malformed(wrong) // JSON to a reader that is less careful
	}
	return v, nil
}

// isJSON reports whether a media type is one of JSON (RFC 8259, RFC 6839).
func isJSON(media []byte) bool {
	media, _, _ = bytes.Cut(media, []byte{';'})
	media = bytes.TrimSpace(media)
	for _, m := range [...]string{"application/json", "text/json"} {
		if bytes.EqualFold(media, []byte(m)) {
			return true
		}
	}
	const suffix = "+json"
	return len(media) > len(suffix) && bytes.EqualFold(media[len(media)-len(suffix):], []byte(suffix))
}

func (c *stompConversation) Passed(m *Message) {
	if m.From == Client {
		c.begun = c.begun || string(m.Items[0].Type) != string(typeHeartBeat)
		return
	}
	for _, it := range m.Items {
		if string(it.Type) == "CONNECTED" {
			c.settle(m, it)
		}
	}
}

// settle takes the version from CONNECTED, 1.0 if it names none.
func (c *stompConversation) settle(m *Message, it Item) {
	f, _ := parseStompFrame(m.Data, it.Start, stomp10, nil)
	named, _ := f.get("version")
	version := stomp10
	switch string(bytes.TrimSuffix(named, []byte{'\r'})) {
	case "1.1":
		version = stomp11
	case "1.2":
		version = stomp12
	}
	c.version.Store(int32(version))
}

func (c *stompConversation) Rewrite(dst []byte, m *Message, payloads [][]byte) []byte {
	done := 0
	for i, p := range payloads {
		if p == nil {
			continue
		}
		f, _ := parseStompFrame(m.Data, m.Items[i].Start, c.settled(), nil)
		dst = append(dst, m.Data[done:f.head]...)
		for at := f.head; at < f.bodyAt; {
			line, next, _ := stompLine(m.Data, at, c.settled())
			if bytes.HasPrefix(line, []byte("content-length:")) {
				dst = append(dst, "content-length:"...)
				dst = strconv.AppendInt(dst, int64(len(p)), 10)
				dst = append(dst, m.Data[at+len(line):next]...)
			} else {
				dst = append(dst, m.Data[at:next]...)
			}
			at = next
		}
		dst = append(append(dst, p...), 0)
		done = f.end
	}
	return append(dst, m.Data[done:]...)
}

func (c *stompConversation) Refuse(dst []byte, m *Message, at int, r Refusal) Reply {
	dst = append(append(dst, "ERROR\nmessage:"...), r.Code...)
	dst = append(append(dst, "\nevent:"...), r.Event...)
	if receipt := c.receipt(m, at); receipt != nil {
		dst = append(append(dst, "\nreceipt-id:"...), receipt...)
	}
	dst = append(dst, "\ncontent-type:text/plain\ncontent-length:"...)
	dst = strconv.AppendInt(dst, int64(len(r.Text)), 10)
	dst = append(append(dst, "\n\n"...), r.Text...)
	return Reply{Data: append(dst, 0), Close: true}
}

// receipt returns what the refused frame wants to be answered with, as it is
// written.
func (c *stompConversation) receipt(m *Message, at int) []byte {
	if at >= 0 {
		return m.Items[at].Ref
	}
	start := skipEOLs(m.Data, 0)
	if start == len(m.Data) {
		return nil
	}
	f, ok := parseStompFrame(m.Data, start, c.settled(), nil)
	if !ok {
		return nil
	}
	receipt, _ := f.get("receipt")
	return receipt
}
