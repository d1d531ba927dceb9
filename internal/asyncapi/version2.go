package asyncapi

import "go.yaml.in/yaml/v4"

// The members of the objects of version 2 that decide what a message may be.
var (
	topKeys2       = []string{"asyncapi", "id", "info", "servers", "defaultContentType", "channels", "components", "tags", "externalDocs"}
	channelKeys2   = []string{"description", "servers", "subscribe", "publish", "parameters", "bindings"}
	operationKeys2 = []string{"operationId", "summary", "description", "security", "tags", "externalDocs", "bindings", "traits", "message"}
	messageKeys2   = []string{"messageId", "headers", "payload", "correlationId", "schemaFormat", "contentType", "name", "title", "summary", "description",
		"tags", "externalDocs", "bindings", "examples", "traits"}
)

// version2 reads the channels of a document of version 2.
func (l *loader) version2(top node) {
	m, ok := l.object(top, "the document", topKeys2...)
	if !ok {
		return
	}
	channels, ok := m["channels"]
	if !ok {
		l.problem(top, "the document has no channels")
		return
	}
	if _, ok := l.mapping(channels, "channels"); !ok {
		return
	}
	rd := &reader{loader: l, version: 2, contentType: m["defaultContentType"], choices: map[choice]bool{}}
	for _, value := range channels.members() {
		channel, ok := l.follow(target{node: value}, "a channel")
		if !ok {
			continue
		}
		item, ok := l.object(channel.node, "a channel", channelKeys2...)
		if !ok {
			continue
		}
		if op, ok := item["publish"]; ok {
			rd.operation2(op, fromClient)
		}
		if op, ok := item["subscribe"]; ok {
			rd.operation2(op, fromServer)
		}
	}
}

// operation2 reads the messages of one operation.
func (rd *reader) operation2(n node, d direction) {
	op, ok := rd.object(n, "an operation", operationKeys2...)
	if !ok {
		return
	}
	message, ok := op["message"]
	if !ok {
		rd.problem(n, "the operation has no message")
		return
	}
	rd.message2(target{node: message}, d)
}

// choice is a oneOf of messages in one direction.
type choice struct {
	*yaml.Node
	direction
}

// message2 reads a message or a choice of messages.
func (rd *reader) message2(t target, d direction) {
	t, ok := rd.follow(t, "a message")
	if !ok {
		return
	}
	list, isChoice := t.step("oneOf")
	if !isChoice {
		rd.message(t, d)
		return
	}
	if len(t.Content) > 2 {
		rd.problem(t.node, "a choice of messages has oneOf and nothing else")
		return
	}
	// Each is read once, or choices of choices would multiply.
	this := choice{t.Node, d}
	if reading, known := rd.choices[this]; known {
		if reading {
			rd.problem(t.node, "a choice of messages leads in a circle")
		}
		return
	}
	rd.choices[this] = true
	defer func() { rd.choices[this] = false }()
	elements, _ := rd.list(list, "oneOf")
	for _, c := range elements {
		rd.message2(target{node: c}, d)
	}
}
