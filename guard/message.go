package guard

import (
	"time"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// MessagePolicy says what the messages of a route may be. Every message is read
// once, in the language of the route; rules by message type judge it; what passes
// unchanged is forwarded as the bytes that came.
//
// A message passes as a whole or not at all, also where it holds several items,
// such as a batch. In monitor mode nothing is refused and nothing is changed: Set,
// Clean, Undeclared, Redact and Secret are not applied, only recorded.
type MessagePolicy struct {
	// Version names the policy, because compiled expressions and schemas can't be
	// compared: on a reload with one of the same version the policy in force stays.
	// Empty is that of no other.
	Version string
	// Dialect is the language; nil means JSON objects whose type is at Type.
	Dialect dialect.Dialect
	// Type is the path of the field that names the type of a JSON message, such as
	// "action" or "data.kind"; empty means "type". It means nothing beside a
	// Dialect.
	Type string
	// Unknown says what happens to a client's message of a type without a rule;
	// empty means UnknownReject.
	Unknown Unknown
	// UnknownServer is the same for the server's messages; empty means UnknownPass,
	// as a server says more than what needs a rule. Secret and ErrorDetail apply to
	// those too.
	UnknownServer Unknown
	// Client and Server are the rules by message type. A name that ends in "*" is a
	// rule for every type that begins with what precedes it and has no rule of its
	// own; the longest such name counts.
	Client, Server map[string]MessageRule
	// Binary says what happens to binary messages where the language has text alone;
	// empty means BinaryReject for clients. Binary messages of a server pass where
	// its unknown messages pass.
	Binary Binary
	// Reject says how a client learns that a message was refused; empty means
	// RejectReply. A rate of the connection or the user, and a session that has
	// ended, close the connection in any case.
	Reject Reject
	// Strikes closes the connection at the refusal of that number; 0 does not count.
	Strikes int
	// Secret names members that never pass to a client, at any depth of any message
	// of the server. Case is ignored.
	Secret []string
	// ErrorDetail says what becomes of stack traces in strings of the server's
	// messages; empty means DetailMask.
	ErrorDetail ErrorDetail
	// JSON bounds what a client's message may cost its readers, ServerJSON the
	// same for the server's, with larger defaults.
	JSON, ServerJSON JSONLimits
	// Observe is shown every message that could be read, for learning what an
	// application says; nil shows it to nobody.
	Observe Observer
}

// MessageRule judges the messages of one type. Its steps come in the order of the
// fields from Limit to Clean, and the first that refuses decides. Only Mode,
// Schema, Undeclared, Allow, Clean and Redact apply to messages of a server.
type MessageRule struct {
	// Mode is that of the route unless set. Monitor records what the rule would have
	// refused, once a connection, and passes the message as it came.
	Mode Mode
	// Limit is the rate of this type on one connection; UserLimit that of one user
	// over all connections, zero means Limit. No rate where both are zero.
	Limit, UserLimit Rate
	// Schema describes the payload; nil describes nothing.
	Schema *Schema
	// Undeclared says what becomes of members of the payload that Schema does not
	// name; empty leaves them to Schema.
	Undeclared Undeclared
	// Fresh has the session validated again before the message passes. While nobody
	// can be asked it is refused, in monitor mode too.
	Fresh bool
	// Allow must hold; nil always does. It sees names as they are spelt: where a
	// backend ignores their case, a Schema that closes the object keeps out members
	// that it would read for those that are missing.
	Allow Condition
	// Set overwrites the values at these paths of the payload, whatever the client
	// sent there. All are computed from the message as it came.
	Set map[string]Expression
	// Clean makes the strings at and below these paths harmless.
	Clean map[string]Cleaner
	// Redact names members that are removed, as MessagePolicy.Secret does, from
	// messages of this type.
	Redact []string
}

// Schema is a compiled JSON Schema.
type Schema = jsonscan.Schema

// Value is a view of a value in a JSON message.
type Value = jsonscan.Value

// JSONLimits bounds a JSON message. Its zero value has the defaults.
type JSONLimits = jsonscan.Limits

// CompileSchema compiles the JSON text of a schema of draft 2020-12. What can't be
// compiled is an error that names the keyword.
func CompileSchema(text []byte) (*Schema, error) { return jsonscan.Compile(text, jsonscan.Options{}) }

// Unknown says what happens to messages of a type without a rule.
type Unknown string

const (
	// UnknownReject refuses them.
	UnknownReject Unknown = "reject"
	// UnknownPass passes them, if they can be read, and, from clients, have a type
	// or are objects: null ends many a handler that reads a member of it.
	UnknownPass Unknown = "pass"
)

// Binary says what happens to a client's binary messages.
type Binary string

const (
	// BinaryReject refuses them.
	BinaryReject Binary = "reject"
	// BinaryText reads them as if they were text.
	BinaryText Binary = "text"
	// BinaryPass passes them unread: no rule applies to them.
	BinaryPass Binary = "pass"
)

// Reject says how a client learns that a message was refused.
type Reject string

const (
	// RejectReply sends an error in the words of the dialect, at a bounded rate.
	RejectReply Reject = "reply"
	// RejectDrop says nothing.
	RejectDrop Reject = "drop"
	// RejectClose closes the connection.
	RejectClose Reject = "close"
)

// Undeclared says what becomes of members that a schema does not name.
type Undeclared string

// UndeclaredDrop removes them before the schema is checked.
const UndeclaredDrop Undeclared = "drop"

// ErrorDetail says what becomes of stack traces in a server's messages.
type ErrorDetail string

const (
	// DetailMask replaces the string that holds one by a constant text.
	DetailMask ErrorDetail = "mask"
	// DetailPass leaves it (WS503).
	DetailPass ErrorDetail = "pass"
)

// Condition is a compiled expression that is true or false. It is safe for
// concurrent use.
type Condition interface {
	// Holds reports whether the condition is true of f. An error says that it could
	// not be evaluated, which refuses the message; its text may name fields but
	// holds none of their values. f and all that is in it is good during the call
	// alone.
	Holds(f *Facts) (bool, error)
}

// Expression is a compiled expression that has a JSON value. It is safe for
// concurrent use.
type Expression interface {
	// AppendJSON appends the value to dst, as one JSON text, on the terms of
	// Condition.Holds.
	AppendJSON(dst []byte, f *Facts) ([]byte, error)
}

// Cleaner makes text that a client wrote harmless for a page that shows it. It is
// safe for concurrent use.
type Cleaner interface {
	// Clean returns text without what could harm, the same string if there is
	// nothing of the kind. ok is false if the text is to be refused.
	Clean(text string) (clean string, ok bool)
}

// Facts are what expressions read.
type Facts struct {
	// Message is the payload of the item; it is missing where there is no JSON.
	Message Value
	// Type is the type of the item, Envelope what the dialect says of it beside the
	// payload.
	Type     []byte
	Envelope dialect.Envelope
	// Session is who signed in. It must not be changed.
	Session *Identity
	// Conn is the connection.
	Conn *ConnFacts
}

// ConnFacts describe a connection to expressions.
type ConnFacts struct {
	ID     string
	Client string // address
	Origin string
	Route  string
	Opened time.Time
}

// Observer is shown messages. Observe is called from many goroutines, in the path
// of the message, and must neither block nor keep what it is shown.
type Observer interface {
	Observe(Observation)
}

// Observation is one item of a message, before any rule has judged it.
type Observation struct {
	// Route is the path of the route, From who sent the message.
	Route string
	From  dialect.Side
	// Kind and Type are those of the item.
	Kind dialect.Kind
	Type []byte
	// Payload is good during the call alone; it is missing where there is no JSON.
	Payload Value
	// Bytes is the length of the whole message.
	Bytes int
}
