package dialect

import (
	"bytes"
	"slices"
	"sync"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// SocketIO says how events of Socket.IO are looked at. Its zero value is the
// safe choice.
type SocketIO struct {
	// AllArguments has payloads be the list of an event's arguments. Otherwise the
	// payload is the first argument, and a client's event of several that a schema
	// applies to is refused: the schema would not see the others.
	AllArguments bool
}

// NewSocketIO returns the dialect of Socket.IO 3 and 4, which is protocol 5 over
// Engine.IO 4, as it is spoken over a WebSocket.
//
// The type of an event is its name. The type of an answer to an event, which
// Socket.IO calls acknowledgement, is ":reply " and the event's name. The
// protocol's own are "connect" (the payload is what the client gives as auth),
// "disconnect", ":attachment" for the binary parts of an event, ":argument"
// for the further arguments of a server's, ":open" and ":ping". All have the envelope field "namespace".
//
// A refused event that asks for an acknowledgement is acknowledged with
// {"status":"error","code":…,"message":…,"event":…}; without, the client gets an
// event "error" with the same. A refused connect is answered with
// CONNECT_ERROR.
func NewSocketIO(o SocketIO) Dialect { return socketIO{o} }

type socketIO struct{ o SocketIO }

func (socketIO) Name() string { return "socketio" }

func (s socketIO) Open(Opening) Conversation {
	return &socketIOConversation{o: s.o, joined: map[string]bool{}}
}

// Bounds of a connection.
const (
	maxNamespaces  = 64
	maxNamespace   = 256 // bytes
	maxAttachments = 10  // of one event, as Socket.IO's own parser has it
	maxArguments   = 64  // that are looked into
)

// socketIOConversation is one connection.
type socketIOConversation struct {
	o     SocketIO
	sides [2]socketIOSide

	mu     sync.Mutex
	joined map[string]bool // namespaces that the client has connected to; guarded by mu
}

// socketIOSide is what is known of what one side sends. Calls for one side come
// one after the other; calls is used by both.
type socketIOSide struct {
	attachments int // that are still to come
	// announced are those of the packet that was read last. If it is not passed, they
	// come all the same.
	announced int
	calls     pending
}

// Violations of Socket.IO.
var (
	ErrSocketIOPacket      = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "socketio.packet", Text: "not a packet of Socket.IO 4", Fatal: true}
	ErrSocketIOTransport   = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "socketio.transport", Text: "a connection that began over another transport", Fatal: true}
	ErrSocketIOEvent       = &Violation{Weakness: catalogue.DynamicDispatch, Rule: "socketio.event", Text: "not the name of an event that a client may send"}
	ErrSocketIONamespace   = &Violation{Weakness: catalogue.SubscribeUnchecked, Rule: "socketio.namespace", Text: "not connected to the namespace"}
	ErrSocketIOConnected   = &Violation{Weakness: catalogue.ConnectionCount, Rule: "socketio.connect", Text: "connected to the namespace already, or to too many"}
	ErrSocketIOAttachments = &Violation{Weakness: catalogue.MessageSize, Rule: "socketio.attachments", Text: "too many attachments"}
	ErrSocketIOUnannounced = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "socketio.unannounced", Text: "an attachment that belongs to no event"}
	ErrSocketIORefused     = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "socketio.refused-attachment", Text: "an attachment of an event that was refused", Follows: true}
	ErrSocketIOReply       = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "socketio.reply", Text: "an answer that nobody waits for, or too many questions without one"}
)

var (
	typeConnect    = []byte("connect")
	typeDisconnect = []byte("disconnect")
	typeAttachment = []byte(":attachment")
	typeArgument   = []byte(":argument")
	typePing       = []byte(":ping")
	mainNamespace  = []byte("/")
	replyTo        = []byte(":reply ")
)

// reserved are the names of events that only the library itself may emit; names
// with a leading colon are those that this package gives.
var reserved = [...]string{"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"}

func (c *socketIOConversation) Read(m *Message) *Violation {
	if m.Binary {
		return c.readAttachment(m)
	}
	if len(m.Data) == 0 {
		return ErrSocketIOPacket
	}
	if m.Data[0] == engineMessage {
		return c.readPacket(m)
	}
	return readEngine(m)
}

// readEngine reads what Engine.IO says on its own.
func readEngine(m *Message) *Violation {
	kind, whole := m.Data[0], len(m.Data) == 1
	switch {
	case m.From == Server && kind == engineOpen:
		d, bad := m.scanAt(1, len(m.Data))
		if bad != nil {
			return bad
		}
		m.Add(d.item(Protocol, []byte(":open"), d.Root()))
		return nil
	case m.From == Server && whole && (kind == enginePing || kind == engineNoop || kind == engineClose),
		m.From == Client && whole && (kind == enginePong || kind == engineClose):
		m.Add(Item{Kind: Protocol, Type: typePing})
		return nil
	case kind == '5', kind == enginePing, kind == enginePong:
		return ErrSocketIOTransport // a probe, or the ping of a client of Engine.IO 3
	}
	return ErrSocketIOPacket
}

func (c *socketIOConversation) readAttachment(m *Message) *Violation {
	switch side := &c.sides[m.From]; {
	case side.attachments > 0:
	case side.announced > 0:
		return ErrSocketIORefused
	default:
		return ErrSocketIOUnannounced
	}
	m.Add(Item{Kind: Protocol, Type: typeAttachment})
	return nil
}

func (c *socketIOConversation) readPacket(m *Message) *Violation {
	side := &c.sides[m.From]
	p, ok := parseSocketPacket(m.Data)
	if !ok || side.attachments > 0 {
		return ErrSocketIOPacket
	}
	side.announced = 0
	switch p.kind {
	case socketConnect:
		return c.readConnect(m, p)
	case socketDisconnect:
		if p.start != len(m.Data) || p.id != nil {
			return ErrSocketIOPacket
		}
		m.Add(Item{Kind: Protocol, Type: typeDisconnect, Envelope: p.envelope(m)})
		return nil
	case socketConnectError:
		if m.From == Client {
			return ErrSocketIOPacket
		}
		return c.readConnect(m, p)
	}
	if m.From == Client && !c.in(p.namespace) {
		return ErrSocketIONamespace
	}
	if m.From == Client && p.attachments > maxAttachments {
		return ErrSocketIOAttachments
	}
	if p.start == len(m.Data) || m.Data[p.start] != '[' { // white space is part of the id to Socket.IO
		return ErrSocketIOPacket
	}
	d, bad := m.scanAt(p.start, len(m.Data))
	if bad != nil {
		return bad
	}
	if p.kind == socketAck || p.kind == socketBinaryAck {
		return c.readAck(m, p, d)
	}
	return c.readEvent(m, p, d)
}

// in reports whether the client may speak in a namespace. The main one need not be
// asked for: some servers join their clients to it by themselves, and others have
// nobody there who has not connected.
func (c *socketIOConversation) in(namespace []byte) bool {
	if string(namespace) == "/" {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.joined[string(namespace)]
}

// readConnect reads CONNECT and CONNECT_ERROR.
func (c *socketIOConversation) readConnect(m *Message, p socketPacket) *Violation {
	if p.id != nil {
		return ErrSocketIOPacket
	}
	if m.From == Client {
		c.mu.Lock()
		full := c.joined[string(p.namespace)] || len(c.joined) >= maxNamespaces
		c.mu.Unlock()
		if full {
			return ErrSocketIOConnected
		}
	}
	it := Item{Kind: Protocol, Type: typeConnect, Envelope: p.envelope(m), Start: p.start, End: len(m.Data)}
	if p.start < len(m.Data) {
		d, bad := m.scanAt(p.start, len(m.Data))
		if bad != nil {
			return bad
		}
		if begin := m.Data[p.start]; begin != '{' && (p.kind != socketConnectError || begin != '"') {
			return ErrSocketIOPacket
		}
		it.Payload = d.Root()
	}
	m.Add(it)
	return nil
}

func (c *socketIOConversation) readEvent(m *Message, p socketPacket, d document) *Violation {
	name := d.Root().Index(0)
	typ := m.Text(name)
	if m.From == Client {
		if name.Kind() != jsonscan.String || len(typ) > maxName || len(typ) > 0 && typ[0] == ':' || isReserved(typ) {
			return ErrSocketIOEvent
		}
		if p.id != nil && !c.sides[Client].calls.admits(p.call(m)) {
			return ErrSocketIOReply
		}
	} else if typ == nil {
		typ = name.Raw() // a number
	}
	_, behind := name.Range()
	return c.arguments(m, p, d, 1, behind, typ)
}

func isReserved(name []byte) bool {
	return slices.ContainsFunc(reserved[:], func(r string) bool { return r == string(name) })
}

// readAck reads the answer to an event of the other side.
func (c *socketIOConversation) readAck(m *Message, p socketPacket, d document) *Violation {
	if p.id == nil {
		return ErrSocketIOPacket
	}
	event, ok := c.sides[1-m.From].calls.find(p.call(m))
	if !ok {
		return ErrSocketIOReply
	}
	return c.arguments(m, p, d, 0, 1, m.Keep(replyTo, []byte(event)))
}

// arguments adds the item of an event or answer whose arguments begin with the
// element first of d, behind the offset behind.
func (c *socketIOConversation) arguments(m *Message, p socketPacket, d document, first, behind int, typ []byte) *Violation {
	it := d.item(Application, typ, d.Root().Index(first))
	it.Envelope = p.envelope(m)
	it.Unseen = d.Root().Len() > first+1
	if c.o.AllArguments {
		it.Unseen = false
		list, bad := m.Scan(m.Keep([]byte("["), bytes.TrimLeft(d.Source()[behind:], " \t\r\n,")))
		if !bad.OK() {
			return Malformed(bad)
		}
		it.Payload = list.Root()
		it.Start = d.start + behind
	}
	c.sides[m.From].announced = p.attachments
	m.Add(it)
	if it.Unseen && m.From == Server {
		addArguments(m, d, first+1)
	}
	return nil
}

// addArguments adds the arguments of a server's packet that are in no payload, so
// that what must not pass to a client is looked for in them too.
func addArguments(m *Message, d document, first int) {
	i := 0
	for v := range d.Root().Elements() {
		if i++; i > first && i <= maxArguments {
			m.Add(d.item(Protocol, typeArgument, v))
		}
	}
}

func (c *socketIOConversation) Passed(m *Message) {
	side := &c.sides[m.From]
	if m.Binary {
		side.attachments--
		return
	}
	p, ok := parseSocketPacket(m.Data)
	if m.Data[0] != engineMessage || !ok {
		return
	}
	side.attachments, side.announced = side.announced, 0
	switch p.kind {
	case socketConnect:
		if m.From == Client {
			c.join(p.namespace, true)
		}
	case socketDisconnect, socketConnectError:
		c.join(p.namespace, false)
	case socketEvent, socketBinaryEvent:
		if p.id != nil {
			side.calls.add(p.call(m), m.Items[0].Type)
		}
	case socketAck, socketBinaryAck:
		c.sides[1-m.From].calls.remove(p.call(m))
	}
}

func (c *socketIOConversation) join(namespace []byte, in bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if in {
		c.joined[string(namespace)] = true
	} else {
		delete(c.joined, string(namespace))
	}
}

func (c *socketIOConversation) Rewrite(dst []byte, m *Message, payloads [][]byte) []byte {
	it := m.Items[0]
	if !c.o.AllArguments || it.Kind == Protocol {
		return splicePayloads(dst, m, payloads)
	}
	inner := bytes.TrimSpace(payloads[0])
	inner = bytes.TrimSpace(inner[1:]) // its bracket is that of the packet
	dst = append(dst, m.Data[:it.Start]...)
	if m.Data[it.Start-1] != '[' && inner[0] != ']' {
		dst = append(dst, ',')
	}
	return append(dst, inner...)
}

func (c *socketIOConversation) Refuse(dst []byte, m *Message, _ int, r Refusal) Reply {
	if m.Binary || len(m.Data) == 0 || m.Data[0] != engineMessage {
		return Reply{}
	}
	p, ok := parseSocketPacket(m.Data)
	if !ok {
		return Reply{}
	}
	open, closing := "[", "]"
	kind := byte(socketEvent)
	switch {
	case p.kind == socketConnect:
		kind, open, closing = socketConnectError, `{"message":`, "}"
	case (p.kind == socketEvent || p.kind == socketBinaryEvent) && p.id != nil:
		kind = socketAck
	case p.kind == socketDisconnect:
		return Reply{}
	default:
		p.id, open = nil, `["error",`
	}
	dst = append(dst, engineMessage, kind)
	if string(p.namespace) != "/" {
		dst = append(append(dst, p.namespace...), ',')
	}
	if kind == socketConnectError {
		dst = jsonscan.AppendQuoted(append(dst, open...), r.Text)
		dst = append(dst, `,"data":`...)
	} else {
		dst = append(append(dst, p.id...), open...)
	}
	return Reply{Data: append(appendRefusal(dst, r), closing...)}
}
