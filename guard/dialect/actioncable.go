package dialect

import (
	"bytes"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// NewActionCable returns the dialect of Action Cable, of Ruby on Rails.
//
// The type of a message to a channel is "Channel#action"; an action that is not
// named is "receive", as in Rails. The payload is the data. The type of a
// subscription is "subscribe Channel", and its payload is the identifier, by which
// client and server find the subscription: one that a rule would change is refused. What
// a server says to a subscription has the type of the channel's name. The protocol's own
// are "unsubscribe", "welcome", "ping", "disconnect", "confirm_subscription" and
// "reject_subscription". The envelope has "channel" and "identifier".
//
// A refused subscription is rejected. A refused message is answered, to the
// subscription's received callback, with {"type":"error",…}.
func NewActionCable() Dialect { return actionCable{} }

// actionCable is also its conversation: no message depends on an earlier one that
// a server would not know.
type actionCable struct{}

func (actionCable) Name() string              { return "actioncable" }
func (actionCable) Open(Opening) Conversation { return actionCable{} }
func (actionCable) Passed(*Message)           {}

// Violations of Action Cable.
var (
	ErrActionCableMessage = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "actioncable.message", Text: "not a message of Action Cable"}
	ErrActionCableAction  = &Violation{Weakness: catalogue.DynamicDispatch, Rule: "actioncable.action", Text: "not the name of a channel or an action"}
)

// actionCableServer are the messages of a server that are the protocol's own.
var actionCableServer = map[string]bool{"welcome": true, "ping": true, "disconnect": true, "confirm_subscription": true, "reject_subscription": true}

func (actionCable) Read(m *Message) *Violation {
	if m.Binary {
		return ErrJSONBinary
	}
	d, bad := m.scanAt(0, len(m.Data))
	if bad != nil {
		return bad
	}
	if m.From == Server {
		return readActionCableServer(m, d)
	}
	identifier := d.Root().Get("identifier")
	channel, params, bad := actionCableChannel(m, identifier)
	if bad != nil {
		return bad
	}
	it := Item{Ref: identifier.Raw(), Envelope: actionCableEnvelope(m, channel, identifier)}
	switch command := m.Text(d.Root().Get("command")); string(command) {
	case "subscribe":
		it.Type, it.Payload, it.Fixed = m.Keep(command, space, channel), params, true
	case "unsubscribe":
		it.Kind, it.Type = Protocol, command
	case "message":
		data := d.Root().Get("data")
		action, payload, bad := actionCableData(m, data)
		if bad != nil {
			return bad
		}
		it.Type, it.Payload = m.Keep(channel, []byte("#"), action), payload
		it.Start, it.End = data.Range()
	default:
		return ErrActionCableMessage
	}
	m.Add(it)
	return nil
}

// actionCableChannel reads an identifier, JSON in a string.
func actionCableChannel(m *Message, identifier jsonscan.Value) (channel []byte, params jsonscan.Value, bad *Violation) {
	text := m.Text(identifier)
	if text == nil {
		return nil, params, ErrActionCableMessage
	}
	d, wrong := m.Scan(text)
	if !wrong.OK() {
		return nil, params, Malformed(wrong)
	}
	channel = m.Text(d.Root().Get("channel"))
	if !isConstant(channel) {
		return nil, params, ErrActionCableAction
	}
	return channel, d.Root(), nil
}

// isConstant reports whether name is a constant of Ruby in its one spelling, such as
// "Chat::Room".
func isConstant(name []byte) bool {
	for segment := range bytes.SplitSeq(name, []byte("::")) {
		if len(segment) == 0 || 'A' > segment[0] || segment[0] > 'Z' && segment[0] < 0x80 {
			return false
		}
		for _, b := range segment {
			if !isNamePart(b) && b < 0x80 {
				return false
			}
		}
	}
	return true
}

// actionCableData reads what is said to a channel, JSON in a string.
func actionCableData(m *Message, data jsonscan.Value) (action []byte, payload jsonscan.Value, bad *Violation) {
	text := m.Text(data)
	if text == nil {
		return nil, payload, ErrActionCableMessage
	}
	d, wrong := m.Scan(text)
	if !wrong.OK() {
		return nil, payload, Malformed(wrong)
	}
	if d.Root().Kind() != jsonscan.Object {
		return nil, payload, ErrActionCableMessage
	}
	named := d.Root().Get("action")
	if !optional(named, jsonscan.String) {
		return nil, payload, ErrActionCableAction
	}
	if action = m.Text(named); len(action) == 0 {
		action = []byte("receive")
	}
	for _, b := range action { // Rails takes a blank name for none
		if b <= ' ' || b == '#' {
			return nil, payload, ErrActionCableAction
		}
	}
	return action, d.Root(), nil
}

func readActionCableServer(m *Message, d document) *Violation {
	root := d.Root()
	kind := m.Text(root.Get("type"))
	identifier := root.Get("identifier")
	if actionCableServer[string(kind)] {
		m.Add(d.item(Protocol, kind, jsonscan.Value{}))
		return nil
	}
	channel, _, bad := actionCableChannel(m, identifier)
	if bad != nil {
		return bad
	}
	it := d.item(Application, channel, root.Get("message"))
	it.Envelope = actionCableEnvelope(m, channel, identifier)
	m.Add(it)
	return nil
}

func actionCableEnvelope(m *Message, channel []byte, identifier jsonscan.Value) Envelope {
	return m.Envelope(Field{"channel", channel}, Field{"identifier", m.Text(identifier)})
}

// Rewrite quotes the payload of a client, which is JSON in a string.
func (actionCable) Rewrite(dst []byte, m *Message, payloads [][]byte) []byte {
	if m.From == Server {
		return splicePayloads(dst, m, payloads)
	}
	it := m.Items[0]
	dst = jsonscan.AppendQuoted(append(dst, m.Data[:it.Start]...), payloads[0])
	return append(dst, m.Data[it.End:]...)
}

func (actionCable) Refuse(dst []byte, m *Message, at int, r Refusal) Reply {
	if at < 0 || m.Items[at].Kind == Protocol {
		return Reply{}
	}
	it := m.Items[at]
	dst = append(append(dst, `{"identifier":`...), it.Ref...)
	if it.End == 0 {
		return Reply{Data: append(dst, `,"type":"reject_subscription"}`...)}
	}
	dst = jsonscan.AppendQuoted(append(dst, `,"message":{"type":"error","code":`...), r.Code)
	dst = jsonscan.AppendQuoted(append(dst, `,"message":`...), r.Text)
	return Reply{Data: append(jsonscan.AppendQuoted(append(dst, `,"event":`...), r.Event), "}}"...)}
}
