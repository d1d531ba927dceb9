package asyncapi

import (
	"mime"
	"slices"
	"strings"
)

// reader reads the messages of a document of one version.
type reader struct {
	*loader
	version     int
	contentType node            // the document's own, may be absent
	choices     map[choice]bool // those met so far; true while one is being read
}

// message keeps the message t of one direction.
func (rd *reader) message(t target, d direction) {
	own, ok := rd.object(t.node, "a message", rd.messageKeys()...)
	if !ok {
		return
	}
	m, ok := rd.withTraits(own)
	if !ok {
		return
	}
	name, ok := rd.messageName(t, m)
	if !ok || !rd.isJSON(m) {
		return
	}
	payload, ok := own["payload"]
	if !ok {
		rd.problem(t.node, "the message %q has no payload: nothing says what it may hold", clip(name))
		return
	}
	if text, ok := rd.payload(payload, m["schemaFormat"]); ok {
		rd.add(d, Message{Name: name, Schema: text, File: t.file.name, Line: t.Line, Column: t.Column})
	}
}

// withTraits returns the members of a message with those of its traits. Traits
// overwrite the message in version 2, and not in version 3.
func (rd *reader) withTraits(own map[string]node) (map[string]node, bool) {
	traits, ok := own["traits"]
	if !ok {
		return own, true
	}
	list, ok := rd.list(traits, "traits")
	if !ok {
		return nil, false
	}
	merged := map[string]node{}
	for _, n := range list {
		t, ok := rd.follow(target{node: n}, "a trait")
		if !ok {
			return nil, false
		}
		m, ok := rd.object(t.node, "a trait of a message", rd.traitKeys()...)
		if !ok {
			return nil, false
		}
		for key, value := range m {
			merged[key] = value
		}
	}
	for key, value := range own {
		if _, known := merged[key]; !known || rd.version == 3 {
			merged[key] = value
		}
	}
	return merged, true
}

// messageKeys are those of a message.
func (rd *reader) messageKeys() []string {
	if rd.version == 2 {
		return messageKeys2
	}
	return messageKeys3
}

// traitKeys are those of a message without its payload and traits.
func (rd *reader) traitKeys() []string {
	return slices.DeleteFunc(slices.Clone(rd.messageKeys()), func(key string) bool { return key == "payload" || key == "traits" })
}

// messageName returns what a message is called on the wire.
func (rd *reader) messageName(t target, m map[string]node) (string, bool) {
	for _, key := range []string{"name", "messageId"} {
		n, ok := m[key]
		if !ok {
			continue
		}
		name, ok := rd.text(n, key)
		if ok && name == "" {
			rd.problem(n, "the %s of a message is empty", key)
			return "", false
		}
		return name, ok
	}
	if len(t.pointer) == 0 && t.Node != t.file.top.Node {
		rd.problem(t.node, "the message has no name")
		return "", false
	}
	return t.name(), true
}

// isJSON reports whether a message is JSON by what the document says. Without a
// word on it, it is.
func (rd *reader) isJSON(m map[string]node) bool {
	n, ok := m["contentType"]
	if !ok {
		n = rd.contentType
	}
	if n.Node == nil {
		return true
	}
	text, ok := rd.text(n, "contentType")
	if !ok {
		return false
	}
	kind, _, err := mime.ParseMediaType(text)
	if err == nil && (kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json")) {
		return true
	}
	rd.problem(n, "messages of the content type %q have no JSON Schema", clip(text))
	return false
}
