package dialect

import (
	"strings"
	"sync"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/jsonscan"
)

// GraphQL bounds what a client does over GraphQL. Its zero value has the
// defaults.
type GraphQL struct {
	// Operations is how many may be under way on a connection; 0 means 100.
	Operations int
	// Introspection lets clients ask for the schema.
	Introspection bool
}

// NewGraphQL returns the dialect of GraphQL over WebSocket, in the protocol that
// the handshake agreed on: "graphql-transport-ws", or the older "graphql-ws" of
// subscriptions-transport-ws.
//
// The type of an operation is its kind and name, such as "mutation PlaceOrder",
// and its kind alone if it has none. The payload is that of the message: query,
// variables and so on. What the server answers has the type of the operation.
// Everything else has the type that the protocol gives it.
//
// A client names its operations as it likes, so that a name alone vouches for
// nothing. The envelope says what is asked for: "operation" is the kind, "name"
// the name, "fields" are the fields at the root, each once, with spaces
// between; fragments are seen through, aliases are not looked at.
//
// An operation that is named by an id which the server knows ("documentId",
// "extensions.persistedQuery") has the type "persisted " and the id. Beside a
// document it is a second item, so that both need to be allowed.
//
// A refused operation is answered with a message "error" for its id.
func NewGraphQL(o GraphQL) Dialect {
	if o.Operations == 0 {
		o.Operations = 100
	}
	return graphQL{o}
}

type graphQL struct{ o GraphQL }

func (graphQL) Name() string { return "graphql-transport-ws" }

func (g graphQL) Open(o Opening) Conversation {
	c := &graphQLConversation{o: g.o, words: &graphQLTransport, live: map[string]*graphQLLive{}}
	if o.Subprotocol == "graphql-ws" {
		c.words = &graphQLLegacy
	}
	return c
}

// graphQLWords are the types of messages that the two protocols name differently.
type graphQLWords struct {
	subscribe, complete, next string
	client, server            []string // further types of each side, the protocol's own
	legacy                    bool
}

var (
	graphQLTransport = graphQLWords{subscribe: "subscribe", complete: "complete", next: "next",
		client: []string{"ping", "pong"}, server: []string{"connection_ack", "ping", "pong"}}
	graphQLLegacy = graphQLWords{subscribe: "start", complete: "stop", next: "data", legacy: true,
		client: []string{"connection_terminate"}, server: []string{"connection_ack", "connection_error", "ka"}}
)

// Violations of GraphQL.
var (
	ErrGraphQLMessage    = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "graphql.message", Text: "not a message of the protocol"}
	ErrGraphQLInit       = &Violation{Weakness: catalogue.AuthRace, Rule: "graphql.init", Text: "connection_init comes first, and once", Fatal: true}
	ErrGraphQLDocument   = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "graphql.document", Text: "not one operation that can be executed, or too complex"}
	ErrGraphQLID         = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "graphql.id", Text: "the id is in use already", Fatal: true}
	ErrGraphQLOperations = &Violation{Weakness: catalogue.MessageRate, Rule: "graphql.operations", Text: "too many operations under way"}
	ErrGraphQLSchema     = &Violation{Weakness: catalogue.RecordLeak, Rule: "graphql.introspection", Text: "the schema is not told"}
	ErrGraphQLUnknown    = &Violation{Weakness: catalogue.ParseUnguarded, Rule: "graphql.operation", Text: "no such operation"}
)

// graphQLConversation is one connection.
type graphQLConversation struct {
	o     GraphQL
	words *graphQLWords
	begun bool // by connection_init; used by the client's side alone

	mu    sync.Mutex
	live  map[string]*graphQLLive // by id; guarded by mu, as what follows is
	open  int                     // of them, those that are not ended
	ended []string                // ids, the oldest first
}

// Members whose names a careless server could take for another.
var (
	graphQLMembers = paths("type", "id", "payload")
	graphQLRequest = paths("payload.query", "payload.operationName", "payload.variables", "payload.documentId", "payload.extensions", "payload.extensions.persistedQuery")
)

func (c *graphQLConversation) Read(m *Message) *Violation {
	if m.Binary {
		return ErrJSONBinary
	}
	d, bad := m.scanAt(0, len(m.Data))
	if bad != nil {
		return bad
	}
	root := d.Root()
	kind := m.Text(root.Get("type"))
	if kind == nil || m.From == Client && d.ambiguous(graphQLMembers) {
		return ErrGraphQLMessage
	}
	if m.From == Server {
		return c.readServer(m, d, string(kind))
	}
	if string(kind) == "connection_init" {
		if c.begun {
			return ErrGraphQLInit
		}
		m.Add(d.item(Protocol, kind, root.Get("payload")))
		return nil
	}
	if !c.begun {
		return ErrGraphQLInit
	}
	switch string(kind) {
	case c.words.subscribe:
		return c.readOperation(m, d)
	case c.words.complete:
		if root.Get("id").Kind() != jsonscan.String {
			return ErrGraphQLMessage
		}
		m.Add(Item{Kind: Protocol, Type: kind, Ref: m.Text(root.Get("id"))})
		return nil
	}
	return own(m, d, kind, c.words.client)
}

// own adds a message that is the protocol's, if its type is one of list.
func own(m *Message, d document, kind []byte, list []string) *Violation {
	for _, k := range list {
		if k == string(kind) {
			m.Add(d.item(Protocol, kind, d.Root().Get("payload")))
			return nil
		}
	}
	return ErrGraphQLMessage
}

// readOperation reads what asks for an operation.
func (c *graphQLConversation) readOperation(m *Message, d document) *Violation {
	id, payload := m.Text(d.Root().Get("id")), d.Root().Get("payload")
	if len(id) == 0 || len(id) > maxID || payload.Kind() != jsonscan.Object {
		return ErrGraphQLMessage
	}
	if bad := c.admits(id); bad != nil {
		return bad
	}
	if d.ambiguous(graphQLRequest) {
		return ErrGraphQLMessage
	}
	name := payload.Get("operationName")
	if !optional(name, jsonscan.String) || name.Kind() == jsonscan.String && len(m.Text(name)) == 0 {
		return ErrGraphQLMessage
	}
	persisted, ok := persistedID(m, payload)
	if !ok {
		return ErrGraphQLMessage
	}
	query := m.Text(payload.Get("query"))
	if persisted == nil || len(query) > 0 {
		it, bad := c.operation(m, d.item(Application, nil, payload), string(query), string(m.Text(name)))
		if bad != nil {
			return bad
		}
		it.Ref = id
		m.Add(it)
	}
	if persisted != nil {
		it := d.item(Application, m.Keep(persistedBy, persisted), payload)
		if len(query) > 0 {
			it.Payload = jsonscan.Value{} // it is that of the other item
		}
		it.Ref = id
		m.Add(it)
	}
	return nil
}

// operation completes the item of an operation that comes with its document.
func (c *graphQLConversation) operation(m *Message, it Item, query, name string) (Item, *Violation) {
	doc, err := parseGraphQL(query)
	if err != nil {
		return it, ErrGraphQLDocument
	}
	o, ok := doc.operation(name)
	if !ok || len(o.name) > maxName {
		return it, ErrGraphQLDocument
	}
	if doc.introspection && !c.o.Introspection {
		return it, ErrGraphQLSchema
	}
	fields, err := doc.rootFields(o)
	if err != nil {
		return it, ErrGraphQLDocument
	}
	it.Type = []byte(o.typ())
	it.Envelope = m.Envelope(Field{"operation", []byte(o.kind)}, Field{"name", []byte(o.name)}, Field{"fields", []byte(strings.Join(fields, " "))})
	return it, nil
}

// persistedBy is how the type of a persisted operation begins.
var persistedBy = []byte("persisted ")

// persistedID returns the id of an operation that the server is to know already, nil
// if there is none. Servers differ in what they do with a document beside it, so
// that both are judged.
func persistedID(m *Message, payload jsonscan.Value) (id []byte, ok bool) {
	v := payload.Get("documentId")
	if p := payload.Get("extensions").Get("persistedQuery"); p.Exists() {
		if v.Exists() {
			return nil, false
		}
		if v = p; p.Kind() == jsonscan.Object {
			v = p.Get("sha256Hash")
		}
	}
	if v.Kind() == jsonscan.Missing {
		return nil, true
	}
	id = m.Text(v)
	return id, len(id) > 0 && len(id) <= maxID
}

// typ is the name by which rules know an operation.
func (o graphQLOperation) typ() string {
	if o.name == "" {
		return o.kind
	}
	return o.kind + " " + o.name
}

func (c *graphQLConversation) readServer(m *Message, d document, kind string) *Violation {
	root := d.Root()
	switch kind {
	case c.words.next, "error":
		id := m.Text(root.Get("id"))
		typ, ok := c.find(id)
		if !ok {
			return ErrGraphQLUnknown
		}
		it := d.item(Application, []byte(typ), root.Get("payload"))
		if kind == "error" {
			it.Kind, it.Type = Protocol, []byte("error")
		}
		it.Ref = id
		m.Add(it)
		return nil
	case "complete":
		m.Add(Item{Kind: Protocol, Type: []byte(kind), Ref: m.Text(root.Get("id"))})
		return nil
	}
	return own(m, d, []byte(kind), c.words.server)
}

func (c *graphQLConversation) Passed(m *Message) {
	if len(m.Items) == 0 {
		return
	}
	it := m.Items[0]
	switch typ := string(it.Type); {
	case m.From == Server && (typ == "complete" || typ == "error"):
		c.answered(it.Ref)
	case m.From == Server:
	case it.Kind == Application:
		c.start(it.Ref, typ)
	case typ == "connection_init":
		c.begun = true
	case typ == c.words.complete:
		c.stop(it.Ref)
	}
}

func (c *graphQLConversation) Rewrite(dst []byte, m *Message, payloads [][]byte) []byte {
	return splicePayloads(dst, m, payloads)
}

func (c *graphQLConversation) Refuse(dst []byte, m *Message, _ int, r Refusal) Reply {
	if m.Binary {
		return Reply{}
	}
	d, bad := m.Scan(m.Data)
	if !bad.OK() {
		return Reply{}
	}
	kind, id := m.Text(d.Root().Get("type")), d.Root().Get("id")
	switch {
	case string(kind) == "connection_init" && c.words.legacy:
		dst = append(dst, `{"type":"connection_error","payload":`...)
		return Reply{Data: append(appendGraphQLError(dst, r), '}'), Close: true}
	case string(kind) == "connection_init":
		return Reply{Close: true}
	case string(kind) != c.words.subscribe || id.Kind() != jsonscan.String:
		return Reply{}
	}
	dst = append(append(dst, `{"id":`...), id.Raw()...)
	dst = append(dst, `,"type":"error","payload":`...)
	if c.words.legacy {
		return Reply{Data: append(appendGraphQLError(dst, r), '}')}
	}
	return Reply{Data: append(appendGraphQLError(append(dst, '['), r), "]}"...)}
}

// appendGraphQLError appends an error as GraphQL has it (section 7.1.2).
func appendGraphQLError(dst []byte, r Refusal) []byte {
	dst = jsonscan.AppendQuoted(append(dst, `{"message":`...), r.Text)
	dst = jsonscan.AppendQuoted(append(dst, `,"extensions":{"code":`...), r.Code)
	return append(jsonscan.AppendQuoted(append(dst, `,"event":`...), r.Event), "}}"...)
}
