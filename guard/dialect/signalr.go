package dialect

import (
	"bytes"
	"slices"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// NewSignalR returns the dialect of the JSON hub protocol of ASP.NET Core SignalR.
// MessagePack is refused in the handshake of the hub protocol.
//
// The type of an invocation is its target as it is spelled, and the payload is the
// list of its arguments. Hubs find their methods whatever the case, so that unknown
// types should be refused. The result of an invocation has the type ":reply " and
// the target; an item of a stream ":item " and the target of the invocation that
// the stream belongs to. The protocol's own are ":handshake", ":completion",
// ":cancel", ":ping", ":close", ":ack" and ":sequence".
//
// A refused invocation is completed with an error. One that nobody waits for is
// dropped.
func NewSignalR() Dialect { return signalR{} }

type signalR struct{}

func (signalR) Name() string              { return "signalr" }
func (signalR) Open(Opening) Conversation { return &signalRConversation{} }

// signalRConversation is one connection.
type signalRConversation struct{ sides [2]signalRSide }

// signalRSide is what is known of what one side sends.
type signalRSide struct {
	greeted bool    // its handshake has passed; used by calls for that side alone
	calls   pending // invocations that it waits for the result of
	streams pending // that it sends, other than the result of an invocation
	// announced are the streams of the messages that were read last and not passed:
	// their items come all the same. Used by calls for that side alone.
	announced []string
}

// maxAnnounced bounds the streams of refused invocations that are remembered.
const maxAnnounced = 64

// Violations of SignalR.
var (
	ErrSignalRRecord    = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "signalr.record", Text: "not whole records of the JSON hub protocol", Fatal: true}
	ErrSignalRHandshake = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "signalr.handshake", Text: "only the JSON hub protocol is accepted"}
	ErrSignalRRefused   = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "signalr.refused-stream", Text: "part of a stream to an invocation that was refused", Follows: true}
	ErrSignalRID        = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "signalr.id", Text: "an id that is in use, unknown or too long, or too many of them"}
)

// Types of records (HubProtocol.md).
const (
	signalRInvocation       = 1
	signalRStreamItem       = 2
	signalRCompletion       = 3
	signalRStreamInvocation = 4
	signalRCancel           = 5
)

// signalROwn are the records that are the protocol's alone.
var signalROwn = map[int64][]byte{6: typePing, 7: []byte(":close"), 8: []byte(":ack"), 9: []byte(":sequence")}

var (
	typeHandshake  = []byte(":handshake")
	typeCompletion = []byte(":completion")
	typeCancel     = []byte(":cancel")
	itemOf         = []byte(":item ")
	kindInvocation = []byte("invocation")
	kindStream     = []byte("stream")
)

// signalRSeparator ends a record.
const signalRSeparator = 0x1e

// maxSignalRRecords is how many records a message may have, maxSignalRStreams how
// many streams one invocation may announce.
const (
	maxSignalRRecords = 64
	maxSignalRStreams = 16
)

func (c *signalRConversation) Read(m *Message) *Violation {
	if m.Binary || len(m.Data) == 0 || m.Data[len(m.Data)-1] != signalRSeparator {
		return ErrSignalRRecord
	}
	greeted := c.sides[m.From].greeted
	for at := 0; at < len(m.Data); {
		end := at + bytes.IndexByte(m.Data[at:], signalRSeparator)
		if len(m.Items) == maxSignalRRecords {
			return ErrSignalRRecord
		}
		d, bad := m.scanAt(at, end)
		if bad != nil {
			return bad
		}
		if d.Root().Kind() != jsonscan.Object {
			return ErrSignalRRecord
		}
		read := c.readRecord
		if !greeted {
			read, greeted = c.readHandshake, true
		}
		if bad := read(m, d); bad != nil {
			return bad
		}
		at = end + 1
	}
	return nil
}

// readHandshake reads the first record of either side.
func (c *signalRConversation) readHandshake(m *Message, d document) *Violation {
	if m.From == Client && (!d.Root().Get("protocol").EqualText("json") || d.end+1 != len(m.Data)) {
		return ErrSignalRHandshake
	}
	m.Add(d.item(Protocol, typeHandshake, d.Root()))
	return nil
}

func (c *signalRConversation) readRecord(m *Message, d document) *Violation {
	root := d.Root()
	kind, ok := root.Get("type").Int64()
	if !ok || m.From == Client && d.ambiguous(signalRMembers) {
		return ErrSignalRRecord
	}
	id := root.Get("invocationId")
	if !optional(id, jsonscan.String) {
		return ErrSignalRRecord
	}
	switch kind {
	case signalRInvocation, signalRStreamInvocation:
		return c.readInvocation(m, d, m.Text(id), kind == signalRStreamInvocation)
	case signalRStreamItem:
		return c.readItem(m, d, m.Text(id))
	case signalRCompletion:
		return c.readCompletion(m, d, m.Text(id))
	case signalRCancel:
		if m.From == Server {
			return ErrSignalRRecord
		}
		m.Add(d.item(Protocol, typeCancel, jsonscan.Value{}))
		return nil
	}
	typ := signalROwn[kind]
	if typ == nil {
		return ErrSignalRRecord
	}
	m.Add(d.item(Protocol, typ, root.Get("error"))) // that of a server's close
	return nil
}

// signalRMembers are members whose names a careless reader could take for another.
var signalRMembers = paths("type", "target", "arguments", "invocationId", "streamIds", "item", "result")

func (c *signalRConversation) readInvocation(m *Message, d document, id []byte, stream bool) *Violation {
	target, arguments, streams := m.Text(d.Root().Get("target")), d.Root().Get("arguments"), d.Root().Get("streamIds")
	if len(target) == 0 || len(target) > maxName || target[0] == ':' || arguments.Kind() != jsonscan.Array || stream && id == nil || !optional(streams, jsonscan.Array) || streams.Len() > maxSignalRStreams {
		return ErrSignalRRecord
	}
	side := &c.sides[m.From]
	if id != nil && !side.calls.admits(id) {
		return ErrSignalRID
	}
	for s := range streams.Elements() {
		if s.Kind() != jsonscan.String || !side.streams.admits(m.Text(s)) {
			return ErrSignalRID
		}
	}
	it := d.item(Application, target, arguments)
	it.Ref = id
	kind := kindInvocation
	if stream {
		kind = kindStream
	}
	it.Envelope = m.Envelope(Field{"kind", kind})
	for _, other := range m.Items { // of this message, which are not remembered yet
		if id != nil && bytes.Equal(other.Ref, id) {
			return ErrSignalRID
		}
	}
	m.Add(it)
	side.announce(m, streams)
	return nil
}

// announce notes the streams of an invocation that may be refused.
func (s *signalRSide) announce(m *Message, streams jsonscan.Value) {
	for id := range streams.Elements() {
		if len(s.announced) == maxAnnounced {
			s.announced = append(s.announced[:0], s.announced[1:]...)
		}
		s.announced = append(s.announced, string(m.Text(id)))
	}
}

// unknown is the violation of a stream of that id, which is not under way.
func (s *signalRSide) unknown(id []byte) *Violation {
	if slices.Contains(s.announced, string(id)) {
		return ErrSignalRRefused
	}
	return ErrSignalRID
}

// readItem reads an element of a stream: one that an invocation of the same side
// has announced, or that the other side has asked for.
func (c *signalRConversation) readItem(m *Message, d document, id []byte) *Violation {
	target, ok := c.sides[m.From].streams.find(id)
	if !ok && m.From == Server {
		target, ok = c.sides[Client].calls.find(id)
	}
	if !ok {
		return c.sides[m.From].unknown(id)
	}
	m.Add(d.item(Application, m.Keep(itemOf, []byte(target)), d.Root().Get("item")))
	return nil
}

// readCompletion reads the end of a stream of the same side, or the result of an
// invocation by the other side.
func (c *signalRConversation) readCompletion(m *Message, d document, id []byte) *Violation {
	if _, ok := c.sides[m.From].streams.find(id); ok {
		it := d.item(Protocol, typeCompletion, jsonscan.Value{})
		it.Ref = id
		m.Add(it)
		return nil
	}
	target, ok := c.sides[1-m.From].calls.find(id)
	if !ok {
		return c.sides[m.From].unknown(id)
	}
	it := d.item(Application, m.Keep(replyTo, []byte(target)), d.Root().Get("result"))
	if !it.Payload.Exists() {
		it.Kind, it.Type, it.Payload = Protocol, typeCompletion, d.Root().Get("error")
	}
	it.Ref = id
	m.Add(it)
	return nil
}

func (c *signalRConversation) Passed(m *Message) {
	side := &c.sides[m.From]
	side.greeted = true
	for _, it := range m.Items {
		switch {
		case it.Ref == nil && it.Kind == Protocol:
		case it.Kind == Protocol || bytes.HasPrefix(it.Type, replyTo):
			side.streams.remove(it.Ref)
			c.sides[1-m.From].calls.remove(it.Ref)
		case it.Type[0] != ':':
			side.invoked(m, it)
		}
	}
}

// invoked remembers what an invocation waits for and what it announces.
func (s *signalRSide) invoked(m *Message, it Item) {
	if it.Ref != nil {
		s.calls.add(it.Ref, it.Type)
	}
	record := m.Data[it.Start:it.End]
	if !bytes.Contains(record, []byte("streamIds")) { // spelled otherwise, its items are refused
		return
	}
	d, bad := m.Scan(record)
	if !bad.OK() {
		return
	}
	for id := range d.Root().Get("streamIds").Elements() {
		text := m.Text(id)
		s.streams.add(text, it.Type)
		s.announced = slices.DeleteFunc(s.announced, func(a string) bool { return a == string(text) })
	}
}

func (c *signalRConversation) Rewrite(dst []byte, m *Message, payloads [][]byte) []byte {
	return splicePayloads(dst, m, payloads)
}

func (c *signalRConversation) Refuse(dst []byte, m *Message, at int, r Refusal) Reply {
	if !c.sides[Client].greeted {
		dst = jsonscan.AppendQuoted(append(dst, `{"error":`...), r.Text)
		return Reply{Data: append(dst, '}', signalRSeparator), Close: true}
	}
	items := m.Items
	if at < 0 {
		items = nil // not all of them are there
	}
	said := false
	for _, it := range items {
		if it.Ref == nil || it.Kind != Application || it.Type[0] == ':' {
			continue
		}
		dst = jsonscan.AppendQuoted(append(dst, `{"type":3,"invocationId":`...), it.Ref)
		dst = jsonscan.AppendQuoted(append(dst, `,"error":`...), r.Text+" ("+r.Code+", "+r.Event+")")
		dst = append(dst, '}', signalRSeparator)
		said = true
	}
	if !said {
		return Reply{}
	}
	return Reply{Data: dst}
}
