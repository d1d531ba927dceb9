package asyncapi

import "go.yaml.in/yaml/v4"

// The members of the objects of version 3 that decide what a message may be.
var (
	topKeys3       = []string{"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "operations", "components"}
	channelKeys3   = []string{"address", "messages", "title", "summary", "description", "servers", "parameters", "tags", "externalDocs", "bindings"}
	operationKeys3 = []string{"action", "channel", "title", "summary", "description", "security", "tags", "externalDocs", "bindings", "traits", "messages", "reply"}
	replyKeys3     = []string{"address", "channel", "messages"}
	messageKeys3   = []string{"headers", "payload", "correlationId", "contentType", "name", "title", "summary", "description",
		"tags", "externalDocs", "bindings", "examples", "traits"}
)

// version3 reads the operations of a document of version 3.
func (l *loader) version3(top node) {
	m, ok := l.object(top, "the document", topKeys3...)
	if !ok {
		return
	}
	operations, ok := m["operations"]
	if !ok {
		l.problem(top, "the document has no operations: they say who sends a message")
		return
	}
	if _, ok := l.mapping(operations, "operations"); !ok {
		return
	}
	rd := &reader{loader: l, version: 3, contentType: m["defaultContentType"]}
	for _, value := range operations.members() {
		if op, ok := l.follow(target{node: value}, "an operation"); ok {
			rd.operation3(op.node)
		}
	}
}

// operation3 reads the messages of one operation and of its reply.
func (rd *reader) operation3(n node) {
	op, ok := rd.object(n, "an operation", operationKeys3...)
	if !ok {
		return
	}
	action, ok := op["action"]
	if !ok {
		rd.problem(n, "the operation has no action")
		return
	}
	d := fromServer
	switch action.Value {
	case "send":
	case "receive":
		d = fromClient
	default:
		rd.problem(action, "the action of an operation is send or receive")
		return
	}
	rd.exchange(n, op, d, "an operation")
	if reply, ok := op["reply"]; ok {
		rd.reply(reply, d.opposite())
	}
}

// reply reads the messages of the answer to an operation.
func (rd *reader) reply(n node, d direction) {
	t, ok := rd.follow(target{node: n}, "a reply")
	if !ok {
		return
	}
	if m, ok := rd.object(t.node, "a reply", replyKeys3...); ok {
		rd.exchange(t.node, m, d, "a reply")
	}
}

// exchange reads the messages that op, an operation or a reply, exchanges over
// its channel: those that it names, else all of the channel.
func (rd *reader) exchange(n node, op map[string]node, d direction, what string) {
	messages, ok := rd.channelMessages(n, op, what)
	if !ok {
		return
	}
	chosen, ok := op["messages"]
	if !ok {
		for _, t := range messages {
			rd.message(t, d)
		}
		return
	}
	list, ok := rd.list(chosen, "messages")
	if !ok {
		return
	}
	for _, c := range list {
		if t, ok := rd.chosen(c, messages); ok {
			rd.message(t, d)
		}
	}
}

// channelMessages returns the messages of the channel of op, each with the key
// that it stands under.
func (rd *reader) channelMessages(n node, op map[string]node, what string) ([]target, bool) {
	channel, ok := op["channel"]
	if !ok {
		rd.problem(n, "%s needs a channel: without it nobody knows its messages", what)
		return nil, false
	}
	if _, ok := reference(channel); !ok {
		rd.problem(channel, "the channel of %s must be a $ref", what)
		return nil, false
	}
	t, ok := rd.follow(target{node: channel}, "a channel")
	if !ok {
		return nil, false
	}
	m, ok := rd.object(t.node, "a channel", channelKeys3...)
	if !ok {
		return nil, false
	}
	messages, ok := m["messages"]
	if !ok {
		return nil, true // a channel that is described without messages carries none
	}
	if _, ok := rd.mapping(messages, "messages"); !ok {
		return nil, false
	}
	var out []target
	for key, value := range messages.members() {
		at, ok := rd.follow(target{node: value}, "a message")
		if !ok {
			return nil, false
		}
		out = append(out, target{at.node, []string{key.Value}})
	}
	return out, true
}

// chosen returns the message of the channel that a list of an operation names.
func (rd *reader) chosen(c node, messages []target) (target, bool) {
	ref, ok := reference(c)
	if !ok {
		rd.problem(c, "a message of an operation must be a $ref to one of its channel")
		return target{}, false
	}
	direct, ok := rd.resolve(ref)
	if !ok {
		return target{}, false
	}
	final, ok := rd.follow(direct, "a message")
	if !ok {
		return target{}, false
	}
	var found *yaml.Node
	for _, t := range messages {
		if t.Node == final.Node {
			found = t.Node
			if t.name() == direct.name() {
				return t, true
			}
		}
	}
	if found == nil {
		rd.problem(ref, "%q is no message of the operation's channel", clip(ref.Value))
		return target{}, false
	}
	return target{final.node, direct.pointer}, true
}
