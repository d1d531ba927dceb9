package dialect

import (
	"bytes"
	"strconv"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// NewJSONRPC returns the dialect of JSON-RPC 2.0, with batches and with calls in
// both directions.
//
// The type of a call or notification is its method, and the payload is its
// parameters. A result has the type ":reply " and the method that it answers, and
// the result for payload; an error ":error " and the method, and the error object.
// An error that answers nothing known is ":error".
//
// A refused call is answered with an error that has the same id, a notification
// with nothing. A refused batch is answered for all of its calls.
func NewJSONRPC() Dialect { return jsonRPC{} }

type jsonRPC struct{}

func (jsonRPC) Name() string              { return "jsonrpc" }
func (jsonRPC) Open(Opening) Conversation { return new(jsonRPCConversation) }

// jsonRPCConversation is one connection: the calls of each side that wait for
// their answer. A client has at most maxPending of them.
type jsonRPCConversation struct{ calls [2]pending }

// Violations of JSON-RPC.
var (
	ErrJSONRPCMessage   = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "jsonrpc.message", Text: "not a message of JSON-RPC 2.0"}
	ErrJSONRPCBatch     = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "jsonrpc.batch", Text: "a batch that is empty or too long"}
	ErrJSONRPCAmbiguous = &Violation{Weakness: catalogue.DynamicDispatch, Rule: "jsonrpc.ambiguous", Text: "a member differs from one of the protocol's only in case"}
	ErrJSONRPCMethod    = &Violation{Weakness: catalogue.DynamicDispatch, Rule: "jsonrpc.method", Text: "not a method that may be called"}
	ErrJSONRPCID        = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "jsonrpc.id", Text: "an id that is in use, unknown or of a form that two readers take for two, or too many of them"}
)

// maxJSONRPCBatch is how many messages a batch may have.
const maxJSONRPCBatch = 64

// Codes of errors (JSON-RPC 2.0 section 5.1; -32000 to -32099 are the server's).
const (
	jsonRPCParse          = -32700
	jsonRPCInvalidRequest = -32600
	jsonRPCNoMethod       = -32601
	jsonRPCInvalidParams  = -32602
	jsonRPCRefused        = -32000
)

// jsonRPCMembers are all that the protocol has.
var (
	jsonRPCMembers = [...]string{"jsonrpc", "method", "params", "id", "result", "error"}
	jsonRPCPaths   = paths(jsonRPCMembers[:]...)

	errorTo    = []byte(":error ")
	errorToAny = []byte(":error")
)

func (c *jsonRPCConversation) Read(m *Message) *Violation {
	if m.Binary {
		return ErrJSONBinary
	}
	d, bad := m.scanAt(0, len(m.Data))
	if bad != nil {
		return bad
	}
	root := d.Root()
	if root.Kind() != jsonscan.Array {
		return c.read(m, d, root)
	}
	if n := root.Len(); n == 0 || n > maxJSONRPCBatch {
		return ErrJSONRPCBatch
	}
	for v := range root.Elements() {
		if bad := c.read(m, d, v); bad != nil {
			return bad
		}
	}
	return nil
}

// read reads one message, v.
func (c *jsonRPCConversation) read(m *Message, d document, v jsonscan.Value) *Violation {
	if v.Kind() != jsonscan.Object || m.From == Client && !v.Get("jsonrpc").EqualText("2.0") {
		return ErrJSONRPCMessage
	}
	for _, p := range jsonRPCPaths {
		if v.Ambiguous(p) {
			return ErrJSONRPCAmbiguous
		}
	}
	method, result, problem := v.Get("method"), v.Get("result"), v.Get("error")
	answer := m.From == Server && problem.Kind() == jsonscan.Null && result.Exists() // as JSON-RPC 1.0 has it
	switch {
	case method.Exists() && (result.Exists() || problem.Exists()), result.Exists() && problem.Exists() && !answer:
		return ErrJSONRPCMessage
	case method.Exists():
		return c.readCall(m, d, v, method)
	case result.Exists():
		return c.readAnswer(m, d, v, result, replyTo)
	case problem.Kind() == jsonscan.Object:
		return c.readAnswer(m, d, v, problem, errorTo)
	}
	return ErrJSONRPCMessage
}

// readCall reads a call, or a notification, which has no id.
func (c *jsonRPCConversation) readCall(m *Message, d document, v, method jsonscan.Value) *Violation {
	name := m.Text(method)
	if len(name) == 0 || len(name) > maxName || name[0] == ':' {
		return ErrJSONRPCMethod
	}
	params := v.Get("params")
	if k := params.Kind(); k != jsonscan.Missing && k != jsonscan.Object && k != jsonscan.Array {
		return ErrJSONRPCMessage
	}
	it := d.item(Application, name, params)
	it.Unseen = unknownMembers(v)
	if id := v.Get("id"); id.Exists() {
		it.Ref = jsonRPCID(m, id)
		if it.Ref == nil || m.From == Client && (!c.calls[Client].admits(it.Ref) || m.calls(it.Ref)) {
			return ErrJSONRPCID
		}
	}
	m.Add(it)
	return nil
}

// calls reports whether an item before has the same id.
func (m *Message) calls(ref []byte) bool {
	for _, it := range m.Items {
		if it.Type[0] != ':' && bytes.Equal(it.Ref, ref) {
			return true
		}
	}
	return false
}

// readAnswer reads the result of a call, or an error in its place. A client
// answers what it was asked; what a server says of nothing known passes as an
// error of no call.
func (c *jsonRPCConversation) readAnswer(m *Message, d document, v, payload jsonscan.Value, prefix []byte) *Violation {
	it := d.item(Application, errorToAny, payload)
	it.Unseen = unknownMembers(v)
	it.Ref = jsonRPCID(m, v.Get("id"))
	method, ok := "", false
	if it.Ref != nil {
		method, ok = c.calls[1-m.From].find(it.Ref)
	}
	switch {
	case ok:
		it.Type = m.Keep(prefix, []byte(method))
	case m.From == Client || bytes.Equal(prefix, replyTo):
		return ErrJSONRPCID
	}
	m.Add(it)
	return nil
}

// unknownMembers reports whether v has members that the protocol does not know.
func unknownMembers(v jsonscan.Value) bool {
	n := 0
	for _, name := range jsonRPCMembers {
		if v.Get(name).Exists() {
			n++
		}
	}
	return v.Len() > n
}

// jsonRPCID returns an id as every writer of JSON spells it, so that an answer finds
// its call; nil if readers could differ about it.
func jsonRPCID(m *Message, id jsonscan.Value) []byte {
	switch id.Kind() {
	case jsonscan.String:
		return m.Keep(jsonscan.AppendQuoted(nil, m.Text(id)))
	case jsonscan.Number:
		const exact = 1 << 53 // beyond it a float64 is another number
		var canonical [20]byte
		n, ok := id.Int64()
		if ok && n > -exact && n < exact && bytes.Equal(strconv.AppendInt(canonical[:0], n, 10), id.Raw()) {
			return id.Raw()
		}
	}
	return nil
}

func (c *jsonRPCConversation) Passed(m *Message) {
	for _, it := range m.Items {
		switch {
		case it.Ref == nil:
		case it.Type[0] == ':':
			c.calls[1-m.From].remove(it.Ref)
		default:
			c.calls[m.From].add(it.Ref, it.Type)
		}
	}
}

func (c *jsonRPCConversation) Rewrite(dst []byte, m *Message, payloads [][]byte) []byte {
	return splicePayloads(dst, m, payloads)
}

func (c *jsonRPCConversation) Refuse(dst []byte, m *Message, at int, r Refusal) Reply {
	if at < 0 {
		return Reply{Data: appendJSONRPCError(dst, nil, unreadCode(m), r.Text, r)}
	}
	batch := len(m.Data) > 0 && bytes.TrimLeft(m.Data, " \t\r\n")[0] == '['
	start := len(dst)
	for i, it := range m.Items {
		if it.Ref == nil || it.Type[0] == ':' {
			continue
		}
		switch {
		case batch && len(dst) == start:
			dst = append(dst, '[')
		case batch:
			dst = append(dst, ',')
		}
		if i == at {
			dst = appendJSONRPCError(dst, it.Ref, refusalCode(r), r.Text, r)
		} else {
			dst = appendJSONRPCError(dst, it.Ref, jsonRPCRefused, "another message of the batch was refused", r)
		}
	}
	if len(dst) == start {
		return Reply{}
	}
	if batch {
		dst = append(dst, ']')
	}
	return Reply{Data: dst}
}

// unreadCode tells what is no JSON from what is none of the protocol's messages.
func unreadCode(m *Message) int {
	if m.used > 0 && m.docs[0].Root().Exists() {
		return jsonRPCInvalidRequest
	}
	return jsonRPCParse
}

func refusalCode(r Refusal) int {
	switch {
	case r.Unknown:
		return jsonRPCNoMethod
	case r.Code == "schema":
		return jsonRPCInvalidParams
	}
	return jsonRPCRefused
}

func appendJSONRPCError(dst, id []byte, code int, text string, r Refusal) []byte {
	dst = append(dst, `{"jsonrpc":"2.0","error":{"code":`...)
	dst = strconv.AppendInt(dst, int64(code), 10)
	dst = append(dst, `,"message":`...)
	dst = jsonscan.AppendQuoted(dst, text)
	dst = append(dst, `,"data":{"code":`...)
	dst = jsonscan.AppendQuoted(dst, r.Code)
	dst = append(dst, `,"event":`...)
	dst = jsonscan.AppendQuoted(dst, r.Event)
	dst = append(dst, `}},"id":`...)
	if id == nil {
		id = []byte("null")
	}
	dst = append(dst, id...)
	return append(dst, '}')
}
