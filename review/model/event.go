package model

// An Event is something that the program does with a connection, a message, or
// data of one, in one context. The same place has an event for each context
// that the analysis told apart by the checks in force.
type Event struct {
	Place
	Kind EventKind
	// Op details the kind: the class of a Sink, the act of an Operation.
	Op     string
	Callee string // as written, such as "db.messages.deleteOne"
	// Endpoint is nil where it is not known whose event it is.
	Endpoint *Endpoint
	Phase    Phase
	// Message is the message type whose branch is in force, or empty.
	Message string
	// Among are, where Message is empty, the types of which one is in force.
	Among []string
	// Except are, where both are empty, the types that it can't be.
	Except []string
	Guards []*Fact // in force: checked on every way here
	Args   []Value // what the event is about; for an Operation the selector first
	// Receiver is what a method was called on, as far as it carries data.
	Receiver Value
	InTry    bool // an exception here ends in the program's own handler
	// Repeat says that it happens in a loop over connections.
	Repeat bool
	// Timed says that a clock brings it about: it is in a timer, or in a loop
	// that sleeps.
	Timed bool
	// Detached says that it is in an asynchronous function whose result nobody
	// waits for, where an exception goes nowhere or ends the process, or in a
	// goroutine that each message starts anew.
	Detached bool
	// Reaches is, of a Revoke, the call beside it that gets to open connections:
	// it closes them, or tells those who hold them.
	Reaches string
	// Always says that it happens on every way out of what is around it: in a
	// finally, a defer, or a with that ends.
	Always bool
	// Queue is, of a Send or Broadcast, where what a slow peer doesn't take waits
	// in memory without limit, whatever the framework's own bound is; or nil.
	Queue *Place
	// Throws says of a Parse that bad input raises an exception.
	Throws bool
	// Doubt is the name of an unresolved call on the way here that may have
	// checked what seems unchecked; empty where all is in view.
	Doubt string
	// Related are places that belong to it, such as the registration.
	Related []Place
}

// An EventKind is what an Event is.
type EventKind string

// The kinds of events.
const (
	Accept    EventKind = "accept"    // the handshake is completed, or the connection handler starts
	Receive   EventKind = "receive"   // a message arrives: the entry of its handler, or the call that waits for it; Op is Unread where that gives a reader, and none is taken
	Parse     EventKind = "parse"     // a message is parsed; Op is "json", "schema", "binary"
	Use       EventKind = "use"       // data is used in a way that throws: Op is "call" (of a function that raises on bad input), "header", "record" or "null" (a property of one that may be missing, and of a parsed message that may be null)
	Sink      EventKind = "sink"      // data reaches an interpreter; Op is a SinkClass
	Operation EventKind = "operation" // the program acts on stored things; Op is an Act
	Send      EventKind = "send"      // to one connection
	Broadcast EventKind = "broadcast" // to all, or to all of a room; Op is "all" or "room"
	Join      EventKind = "join"      // a connection is put into a room, channel or subscription; Op is "own" where that is an element of a collection of the program's
	Make      EventKind = "make"      // data of a message, which is Args[0], names an entry that a collection of the program's gets if it has none of that name
	Leave     EventKind = "leave"     // a connection is taken out of one
	Refuse    EventKind = "refuse"    // a connection is closed or its handshake refused; Op is the reason: "origin", "auth", "rate", "schema", "other"
	Login     EventKind = "login"     // a credential is judged; Op is an AuthAct
	Claim     EventKind = "claim"     // data is stored on a connection as who its client is
	Revoke    EventKind = "revoke"    // something ends a session elsewhere: logout, password change, ban, role change; Op names it
	// Dispatch: a function is chosen by data and called. Op says how: "property"
	// of an object, inherited ones too; "map", an entry of a table; "attribute",
	// by reflection. Receiver is what it was chosen among.
	Dispatch EventKind = "dispatch"
	// Property: data names a property of an object, inherited ones too. Op is
	// "read"; "write", where it is set; "nested", where a property of what it
	// named is set; "call", where a method of that is called. Receiver is the
	// object.
	Property EventKind = "property"
	Compare  EventKind = "compare"  // a secret is compared; Op is "plain" or "constant-time"
	Schedule EventKind = "schedule" // something runs later or again; Op is "repeat", "once" or "retry"
	Listen   EventKind = "listen"   // a listener or handler is attached; Op names its event. Guards "await" says that time passed before
	Count    EventKind = "count"    // a per-client counter changes; Op is "up", "down" or, where its entry goes, "drop", Callee is what counts
	Connect  EventKind = "connect"  // a client opens a connection; Args[0] is the address
	Choose   EventKind = "choose"   // a sub-protocol is chosen; Op is "echo", "list", "fixed"
	Render   EventKind = "render"   // an error goes to the peer; Op is "message", "stack", "error"
	Option   EventKind = "option"   // a setting that matters was given; Op is its name
	Extract  EventKind = "extract"  // a credential is taken out of the handshake; Op is the label of where it was, Callee the field's name
	Compose  EventKind = "compose"  // a credential becomes part of an address; Callee is the parameter's name, Args[0] the address
	Keep     EventKind = "keep"     // a short-lived credential is handled by a store; Op is a KeepAct, Args the key, the value, the life
	Mint     EventKind = "mint"     // a credential is made of values that can be guessed; Callee says of what
	Swallow  EventKind = "swallow"  // a failure of an authentication counts as success; Callee is the check
)

// A Phase is a part of a connection's life.
type Phase string

// The phases.
const (
	Handshake  Phase = "handshake"  // before the 101
	Connection Phase = "connection" // when it was accepted
	Messages   Phase = "messages"   // while a message is handled
	Control    Phase = "control"    // while a ping or a pong is handled
	Timer      Phase = "timer"      // periodically
	Closing    Phase = "closing"    // when it has ended
	Elsewhere  Phase = "elsewhere"  // outside of connections: start-up, HTTP handlers
)

// A SinkClass is what interprets data that reaches it.
type SinkClass = string

// The classes of sinks.
const (
	CodeSink        SinkClass = "code"
	CommandSink     SinkClass = "command"
	SQLSink         SinkClass = "sql"
	NoSQLSink       SinkClass = "nosql"
	PathSink        SinkClass = "path"
	RequestSink     SinkClass = "request" // a URL or host that is called
	DeserializeSink SinkClass = "deserialize"
	RegexpSink      SinkClass = "regexp"     // data is the pattern
	BacktrackSink   SinkClass = "backtrack"  // data meets a pattern that backtracks without bound
	TemplateSink    SinkClass = "template"   // data is the template
	ExpressionSink  SinkClass = "expression" // an expression language: SpEL, CEL, jsonpath
	LogSink         SinkClass = "log"
	MergeSink       SinkClass = "merge"  // keys are copied into an object
	RecordSink      SinkClass = "record" // a whole message is stored as a record
	HTMLSink        SinkClass = "html"
	AddressSink     SinkClass = "address" // src, href, location, window.open
	ScriptSink      SinkClass = "script"  // eval and the like in a browser
)

// An Act is what an Operation does.
type Act = string

// The acts.
const (
	ReadAct       Act = "read"
	WriteAct      Act = "write"
	DeleteAct     Act = "delete"
	PrivilegedAct Act = "privileged" // role changes, orders, payments, announcements, process control
)

// Unread is the Op of a Receive that would give a reader, which nobody takes:
// nothing of the message is ever collected.
const Unread = "unread"

// Own is the suffix of an act on what the program keeps in its own memory: an
// entry of a map that data of a message chose.
const Own = ":own"

// An AuthAct is what a Login does.
type AuthAct = string

// The acts of authentication.
const (
	VerifyToken  AuthAct = "verify-token"  // a signature is checked
	DecodeToken  AuthAct = "decode-token"  // a token is read without check
	LoadSession  AuthAct = "load-session"  // a cookie's or header's session is looked up
	RedeemTicket AuthAct = "redeem-ticket" // a single-use credential is looked up; Receiver and Args say how
	CheckSession AuthAct = "check-session" // is it still valid?
	Password     AuthAct = "password"
	CustomAuth   AuthAct = "custom" // a function of a telling name
)

// A KeepAct is what a store does with a credential.
type KeepAct = string

// The acts of stores.
const (
	KeepSet    KeepAct = "set"
	KeepGet    KeepAct = "get"
	KeepDelete KeepAct = "delete"
	KeepTake   KeepAct = "take" // read and deleted in one step
)

// Guarded reports whether a check of one of the kinds, that holds, is in force.
func (e *Event) Guarded(kinds ...FactKind) bool { return e.Guard(kinds...) != nil }

// Guard returns the first check of one of the kinds that holds and is in
// force, or nil.
func (e *Event) Guard(kinds ...FactKind) *Fact {
	for _, g := range e.Guards {
		for _, k := range kinds {
			if g.Kind == k && g.Holds {
				return g
			}
		}
	}
	return nil
}

// Tainted returns the flows with one of the labels that reach the event's
// arguments, or all flows if none is given.
func (e *Event) Tainted(labels ...Label) []*Flow {
	var out []*Flow
	for i := range e.Args {
		out = append(out, e.Args[i].From(labels...)...)
	}
	return out
}
