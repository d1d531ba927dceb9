package dialect

import (
	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// Dialect is a language that the two ends of a connection speak. It is immutable
// and safe for concurrent use.
type Dialect interface {
	// Name is how a configuration spells it, such as "jsonrpc".
	Name() string
	// Open returns the conversation of a new connection. A dialect in which no
	// message depends on an earlier one returns the same value for all.
	Open(Opening) Conversation
}

// Opening is what the handshake has settled.
type Opening struct {
	// Subprotocol is the one that was agreed on, empty if none.
	Subprotocol string
}

// Conversation is the protocol on one connection. The calls for one side come one
// after the other; those for the two sides may come at the same time, so that what
// both change needs a lock.
type Conversation interface {
	// Read finds the items of m, in order, by [Message.Add]. It must not change the
	// conversation: whether m passes is not known yet. It returns nil, or what makes
	// m no message of the protocol at this point. m.Items is then not looked at,
	// unless Refuse uses it.
	Read(m *Message) *Violation
	// Passed tells that m, as Read has read it, was passed on. No other message of
	// its side is read between the two.
	Passed(m *Message)
	// Rewrite appends m to dst with the payloads of its items replaced: payloads[i],
	// one JSON text, is that of m.Items[i]; nil leaves an item as it came. At least
	// one is not nil, and only those are not nil whose item has a Payload that is not
	// Fixed. dst
	// shares no memory with m.
	Rewrite(dst []byte, m *Message, payloads [][]byte) []byte
	// Refuse appends to dst what the client is told about a message of its own that
	// was not passed on. at is the index of the item that was refused, -1 if the
	// message could not be read. A message passes as a whole or not at all: where
	// other items of m wait for an answer too, they get theirs in the same reply.
	// A Reply without Data says nothing, as where nobody waits for an answer.
	Refuse(dst []byte, m *Message, at int, r Refusal) Reply
}

// Side is who sent a message.
type Side uint8

const (
	// Client is the side that opened the connection.
	Client Side = iota
	// Server is the other one.
	Server
)

// String returns "client" or "server".
func (s Side) String() string {
	if s == Server {
		return "server"
	}
	return "client"
}

// Kind says how rules apply to an item.
type Kind uint8

const (
	// Application is what the application says. It needs a rule by its type, or
	// passes or not by what the configuration says of unknown types.
	Application Kind = iota
	// Protocol is the protocol's own, such as a heart-beat: it passes unless a rule
	// by its type says otherwise. Rates of messages count it like any other.
	Protocol
)

// Item is one thing that a message says. Its slices and values are good as long as
// the Message is not used for another message.
type Item struct {
	Kind Kind
	// Type names it. Rules are found by it; see the dialect for how it is made.
	Type []byte
	// Payload is what schemas and rules look at, anywhere in a document of
	// [Message.Scan]. It is missing where there is no JSON.
	Payload jsonscan.Value
	// Unseen says that the item holds more than Payload, such as further arguments
	// of an event. A schema can't vouch for it: a client's item is refused where one
	// applies.
	Unseen bool
	// Fixed says that the payload names something that both sides find by it, so that
	// it can't be changed: an item that a rule would change is refused.
	Fixed bool
	// Envelope are facts beside the payload that conditions may read, such as the
	// topic.
	Envelope Envelope
	// Ref is what an answer refers to, as the dialect needs it in Refuse; nil where
	// no answer is expected. Nothing else looks at it.
	Ref []byte
	// Start and End are where in Message.Data the item lies, for dialects that need
	// it in Rewrite.
	Start, End int
}

// Envelope are named facts. The zero value has none.
type Envelope []Field

// Field is one fact. Name is a constant of the dialect, Text is what the peer said.
type Field struct {
	Name string
	Text []byte
}

// Get returns the fact of that name.
func (e Envelope) Get(name string) (text []byte, ok bool) {
	for _, f := range e {
		if f.Name == name {
			return f.Text, true
		}
	}
	return nil, false
}

// Violation is why a message is none of its protocol. Those of a dialect are
// package variables, so that they can be compared and cost nothing; one for a
// [jsonscan.Violation] is made by [Malformed].
type Violation struct {
	// Weakness is what the message would have used.
	Weakness *catalogue.Weakness
	// Rule is the stable name of the check: the dialect, a dot, words in kebab
	// case, such as "jsonrpc.method".
	Rule string
	// Text is a constant sentence that the peer may read.
	Text string
	// Detail is for the operator alone, empty if Text says it all. It quotes no
	// payload.
	Detail string
	// Fatal says that the conversation can't go on: the connection is closed with
	// 1002, whatever the configuration says of refused messages.
	Fatal bool
	// Follows says that the message belongs to one that was refused before, such as
	// an attachment of an event. It is dropped without a word, and is no strike.
	Follows bool
	// Binary says that a binary message came where the protocol has text alone. The
	// connection is closed with 1003 where refusals close.
	Binary bool
}

// Refusal is what a client may know about a message that was not passed on.
type Refusal struct {
	// Code is a word: "schema", "denied", "rate", "type", "session.expired" ….
	Code string
	// Text is a constant sentence.
	Text string
	// Event names the refusal in the audit log.
	Event string
	// Malformed says that the message could not be read, as against one whose
	// content is refused.
	Malformed bool
	// Unknown says that messages of its type are not accepted at all.
	Unknown bool
}

// Reply is one message to the client.
type Reply struct {
	// Data is appended to the dst of Refuse; nil sends nothing.
	Data []byte
	// Binary says that it is no text.
	Binary bool
	// Close says that the protocol wants the connection closed behind it, as STOMP
	// does behind ERROR.
	Close bool
}
