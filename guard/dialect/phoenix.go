package dialect

import (
	"bytes"
	"unicode/utf8"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// NewPhoenix returns the dialect of Phoenix channels, in the serializers of version
// 2 (arrays, and binary pushes) and version 1 (objects).
//
// The type of a message is its event, such as "new_msg" or "phx_join"; the payload
// is its payload, none for a binary one. The envelope has "topic". "heartbeat" and
// "phx_leave" of clients are the protocol's own.
//
// A refused message is answered with phx_reply of status "error" if it has a ref;
// otherwise nothing is said.
func NewPhoenix() Dialect { return phoenix{} }

// phoenix is also its conversation: no message depends on an earlier one that a
// server would not know.
type phoenix struct{}

func (phoenix) Name() string              { return "phoenix" }
func (phoenix) Open(Opening) Conversation { return phoenix{} }
func (phoenix) Passed(*Message)           {}

// Violations of Phoenix channels.
var (
	ErrPhoenixMessage = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "phoenix.message", Text: "not a message of a channel"}
	ErrPhoenixEvent   = &Violation{Weakness: catalogue.DynamicDispatch, Rule: "phoenix.event", Text: "not an event that a client may send"}
)

// phoenixMessage is a message taken apart. Ids are as they are written, in JSON.
type phoenixMessage struct {
	joinRef, ref, topicText []byte // JSON
	topic, event            []byte
	object                  bool // version 1
}

func (phoenix) Read(m *Message) *Violation {
	if m.Binary {
		return readPhoenixBinary(m)
	}
	d, bad := m.scanAt(0, len(m.Data))
	if bad != nil {
		return bad
	}
	p, payload, ok := parsePhoenix(m, d)
	if !ok {
		return ErrPhoenixMessage
	}
	return addPhoenix(m, p, d, payload)
}

// parsePhoenix takes a text message apart.
func parsePhoenix(m *Message, d document) (p phoenixMessage, payload jsonscan.Value, ok bool) {
	root := d.Root()
	var parts [5]jsonscan.Value // join_ref, ref, topic, event, payload
	switch root.Kind() {
	case jsonscan.Array:
		if root.Len() != len(parts) {
			return p, payload, false
		}
		i := 0
		for v := range root.Elements() {
			parts[i] = v
			i++
		}
	case jsonscan.Object:
		p.object = true
		for i, name := range [...]string{"join_ref", "ref", "topic", "event", "payload"} {
			parts[i] = root.Get(name)
		}
	default:
		return p, payload, false
	}
	for _, v := range parts[:2] {
		if !optional(v, jsonscan.String) && v.Kind() != jsonscan.Number {
			return p, payload, false
		}
	}
	p.topic, p.event = m.Text(parts[2]), m.Text(parts[3])
	p.joinRef, p.ref, p.topicText = reference(parts[0]), reference(parts[1]), parts[2].Raw()
	return p, parts[4], len(p.topic) > 0 && len(p.event) > 0
}

// reference returns v as it is written, nil for none.
func reference(v jsonscan.Value) []byte {
	if v.Kind() == jsonscan.Missing || v.Kind() == jsonscan.Null {
		return nil
	}
	return v.Raw()
}

// addPhoenix judges a message's event and adds its item.
func addPhoenix(m *Message, p phoenixMessage, d document, payload jsonscan.Value) *Violation {
	kind := Application
	switch event := string(p.event); {
	case m.From == Server:
		if event == "phx_close" || event == "phx_error" {
			kind = Protocol
		}
	case event == "heartbeat" && string(p.topic) == "phoenix", event == "phx_leave":
		kind = Protocol
	case event != "phx_join" && bytes.HasPrefix(p.event, []byte("phx_")):
		return ErrPhoenixEvent
	}
	it := d.item(kind, p.event, payload)
	it.Envelope = m.Envelope(Field{"topic", p.topic})
	if p.ref != nil {
		it.Ref = p.answer(m)
	}
	m.Add(it)
	return nil
}

// answer returns the reply to a message up to where its response begins.
func (p phoenixMessage) answer(m *Message) []byte {
	if p.object {
		return m.Keep([]byte(`{"ref":`), p.ref, []byte(`,"topic":`), p.topicText, []byte(`,"event":"phx_reply","payload":`))
	}
	join := p.joinRef
	if join == nil {
		join = []byte("null")
	}
	return m.Keep([]byte("["), join, []byte(","), p.ref, []byte(","), p.topicText, []byte(`,"phx_reply",`))
}

// Kinds of binary messages (Phoenix.Socket.V2.JSONSerializer).
const (
	phoenixPush      = 0
	phoenixReply     = 1
	phoenixBroadcast = 2
)

// readPhoenixBinary reads a message whose head is lengths and texts, and whose
// payload is bytes.
func readPhoenixBinary(m *Message) *Violation {
	if len(m.Data) == 0 {
		return ErrPhoenixMessage
	}
	kind := m.Data[0]
	if kind > phoenixBroadcast || m.From == Client && kind != phoenixPush {
		return ErrPhoenixMessage
	}
	// join_ref, ref, topic and event are there, but for a server's push, which has no
	// ref, and a broadcast, which has neither. A reply has its status for an event.
	first, parts := 0, [4][]byte{}
	switch {
	case kind == phoenixBroadcast:
		first = 2
	case kind == phoenixPush && m.From == Server:
		first = 1
	}
	at := 1 + len(parts) - first
	for i := first; i < len(parts); i++ {
		if len(m.Data) < at {
			return ErrPhoenixMessage
		}
		n := int(m.Data[1+i-first])
		if len(m.Data)-at < n || !utf8.Valid(m.Data[at:at+n]) {
			return ErrPhoenixMessage
		}
		parts[i] = m.Data[at : at+n]
		at += n
	}
	switch {
	case kind == phoenixPush && m.From == Server:
		parts[0], parts[1] = parts[1], nil
	case kind == phoenixReply:
		parts[3] = []byte("phx_reply")
	}
	p := phoenixMessage{topic: parts[2], event: parts[3], topicText: jsonscan.AppendQuoted(nil, parts[2])}
	if len(p.topic) == 0 || len(p.event) == 0 {
		return ErrPhoenixMessage
	}
	if len(parts[0]) > 0 {
		p.joinRef = jsonscan.AppendQuoted(nil, parts[0])
	}
	if len(parts[1]) > 0 {
		p.ref = jsonscan.AppendQuoted(nil, parts[1])
	}
	return addPhoenix(m, p, document{end: len(m.Data)}, jsonscan.Value{})
}

func (phoenix) Rewrite(dst []byte, m *Message, payloads [][]byte) []byte {
	return splicePayloads(dst, m, payloads)
}

func (phoenix) Refuse(dst []byte, m *Message, at int, r Refusal) Reply {
	if at < 0 || m.Items[at].Ref == nil {
		return Reply{}
	}
	it := m.Items[at]
	dst = append(dst, it.Ref...)
	dst = jsonscan.AppendQuoted(append(dst, `{"status":"error","response":{"reason":`...), r.Code)
	dst = jsonscan.AppendQuoted(append(dst, `,"message":`...), r.Text)
	dst = jsonscan.AppendQuoted(append(dst, `,"event":`...), r.Event)
	return Reply{Data: append(append(dst, "}}"...), closing(it.Ref))}
}

// closing is the bracket that ends what begins with answer.
func closing(answer []byte) byte {
	if answer[0] == '{' {
		return '}'
	}
	return ']'
}
