package probe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/probe/corpus"
)

// speech is a language of messages, as far as a client has to speak it.
type speech interface {
	// wrap makes the message of a type and a payload. n is another for each.
	wrap(typ string, payload any, n int) []byte
	// hear takes a message apart.
	hear(u wire.Unit) heard
}

// heard is a message of the server.
type heard struct {
	typ string
	// body is the whole of it, decoded; nil if it is no JSON.
	body any
	// refusal is what it says against what was sent; empty if it is none.
	refusal string
	// answers says that it answers the message n, which the language can tell.
	answers int
}

// newSpeech returns the language of that name, nil if there is none here.
func newSpeech(dialect, field string) speech {
	switch dialect {
	case "", "json":
		if field == "" {
			field = "type"
		}
		return jsonSpeech{field}
	case "jsonrpc":
		return rpcSpeech{}
	case "socketio":
		return socketSpeech{}
	case "signalr":
		return signalSpeech{}
	}
	return nil
}

// jsonSpeech is JSON objects whose type is a member.
type jsonSpeech struct{ field string }

func (j jsonSpeech) wrap(typ string, payload any, _ int) []byte {
	object, ok := payload.(map[string]any)
	if !ok {
		return corpus.Encode(payload)
	}
	return corpus.Encode(corpus.With(object, j.field, typ))
}

func (j jsonSpeech) hear(u wire.Unit) heard {
	h := heard{typ: corpus.TypeOf(j.field, u.Payload)}
	if json.Unmarshal(u.Payload, &h.body) != nil {
		h.body = nil
	}
	if h.typ == "" {
		h.typ = otherType(h.body)
	}
	h.refusal = objection(h.body)
	return h
}

// otherType names the type of a message that has none in the member where the
// client's messages have it: by another of the usual members, else by the names
// of all its members.
func otherType(body any) string {
	object, ok := body.(map[string]any)
	if !ok {
		return ""
	}
	for _, name := range append([]string{"t", "tag", "msg_type", "messageType"}, typeFields...) {
		if text, ok := object[name].(string); ok && text != "" {
			return text
		}
	}
	return "{" + strings.Join(slices.Sorted(maps.Keys(object)), ",") + "}"
}

// objections are words by which applications mark an answer as a refusal.
var objections = []string{"error", "err", "exception", "rejected", "reject", "denied", "forbidden", "unauthorized", "invalid", "fail", "failed", "failure", "nack", "refused"}

// objection returns what a decoded message says against the last one, empty if
// it says nothing of the kind.
func objection(body any) string {
	object, ok := body.(map[string]any)
	if !ok {
		return ""
	}
	for _, name := range []string{"type", "action", "event", "op", "kind", "status", "result", "t"} {
		word, _ := object[name].(string)
		if isObjection(word) {
			return objectionText(object)
		}
	}
	for name, v := range object {
		lower := strings.ToLower(name)
		switch {
		case lower == "error" || lower == "errors" || lower == "err":
			if v != nil && v != false && v != "" {
				return objectionText(object)
			}
		case (lower == "ok" || lower == "success" || lower == "accepted") && v == false:
			return objectionText(object)
		}
	}
	return ""
}

func isObjection(word string) bool {
	parts := strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return r < 'a' || r > 'z' })
	return slices.ContainsFunc(parts, func(p string) bool { return slices.Contains(objections, p) })
}

// objectionText is what a refusal says, without what is new each time, such as the ID
// of an event.
func objectionText(object map[string]any) string {
	var out []string
	for _, name := range []string{"code", "message", "error", "reason", "detail", "text", "msg", "status"} {
		switch v := object[name].(type) {
		case string:
			out = append(out, v)
		case float64:
			out = append(out, fmt.Sprint(v))
		case map[string]any:
			out = append(out, objectionText(v))
		}
	}
	if len(out) == 0 {
		return "an error"
	}
	return strings.Join(out, ": ")
}

// rpcSpeech is JSON-RPC 2.0.
type rpcSpeech struct{}

func (rpcSpeech) wrap(typ string, payload any, n int) []byte {
	return corpus.Encode(map[string]any{"jsonrpc": "2.0", "id": n, "method": typ, "params": payload})
}

func (rpcSpeech) hear(u wire.Unit) heard {
	var m struct {
		ID     any
		Method string
		Result any
		Error  map[string]any
	}
	h := heard{}
	if json.Unmarshal(u.Payload, &h.body) != nil || json.Unmarshal(u.Payload, &m) != nil {
		h.body = nil
		return h
	}
	if id, ok := m.ID.(float64); ok && m.Method == "" {
		h.answers, h.typ = int(id), "result"
	} else {
		h.typ = m.Method
	}
	if m.Error != nil {
		h.refusal = objectionText(m.Error)
	}
	return h
}

// socketSpeech is events of Socket.IO 4 in the main namespace.
type socketSpeech struct{}

func (socketSpeech) wrap(typ string, payload any, n int) []byte {
	return append([]byte(fmt.Sprintf("42%d", n)), corpus.Encode([]any{typ, payload})...)
}

func (socketSpeech) hear(u wire.Unit) heard {
	h := heard{}
	text := string(u.Payload)
	kind := ""
	for _, k := range []string{"42", "43", "44"} {
		if rest, ok := strings.CutPrefix(text, k); ok {
			kind, text = k, rest
		}
	}
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	fmt.Sscan(text[:digits], &h.answers)
	var list []any
	if kind == "" || json.Unmarshal([]byte(text[digits:]), &h.body) != nil {
		h.typ = "packet"
		return h
	}
	list, _ = h.body.([]any)
	switch {
	case kind == "44":
		h.refusal = "connect error"
	case kind == "43":
		h.typ = "ack"
		for _, v := range list {
			if o := objection(v); o != "" {
				h.refusal = o
			}
		}
	case len(list) > 0:
		h.typ, _ = list[0].(string)
		h.answers = 0
		if isObjection(h.typ) {
			h.refusal = string(corpus.Encode(list[1:]))
		}
	}
	return h
}

// signalSpeech is invocations of the JSON hub protocol of SignalR.
type signalSpeech struct{}

const recordEnd = 0x1e

func (signalSpeech) wrap(typ string, payload any, n int) []byte {
	args, ok := payload.([]any)
	if !ok {
		args = []any{payload}
	}
	return append(corpus.Encode(map[string]any{"type": 1, "invocationId": fmt.Sprint(n), "target": typ, "arguments": args}), recordEnd)
}

func (signalSpeech) hear(u wire.Unit) heard {
	h := heard{}
	var m struct {
		Type         int
		InvocationID string
		Target       string
		Error        string
	}
	record := bytes.TrimRight(u.Payload, string(rune(recordEnd)))
	if json.Unmarshal(record, &h.body) != nil || json.Unmarshal(record, &m) != nil {
		h.body = nil
		return h
	}
	switch m.Type {
	case 1:
		h.typ = m.Target
	case 3:
		h.typ = "completion"
		fmt.Sscan(m.InvocationID, &h.answers)
		h.refusal = m.Error
	default:
		h.typ = fmt.Sprint("protocol ", m.Type)
	}
	return h
}

// texts calls f for every string in a decoded message, keys left out.
func texts(v any, f func(string)) {
	switch v := v.(type) {
	case string:
		f(v)
	case []any:
		for _, e := range v {
			texts(e, f)
		}
	case map[string]any:
		for _, e := range v {
			texts(e, f)
		}
	}
}

// holds reports whether a message of the server holds the text, as it is to be
// read: JSON's escapes undone.
func (h heard) holds(u wire.Unit, text string) bool {
	if h.body == nil {
		return bytes.Contains(u.Payload, []byte(text))
	}
	found := false
	texts(h.body, func(s string) { found = found || strings.Contains(s, text) })
	return found
}
