package probe

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/wswarden/wswarden/catalogue"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/probe/corpus"
)

// fromServer holds what the server said to the rules for its messages.
func (r *promiser) fromServer() {
	for i := range r.p.Rules.Server {
		r.said(&r.p.Rules.Server[i])
	}
	if len(r.p.Rules.Secret) > 0 {
		r.secrets(r.p.Rules.Secret)
	}
}

// said holds what the server said to the rule of one type.
func (r *promiser) said(rule *MessagePromise) {
	var of []heardBy
	for _, h := range r.heard {
		typ := r.speak.hear(h.unit).typ
		if ownRefusal(r.speak.hear(h.unit).body) {
			continue
		}
		if prefix, pattern := strings.CutSuffix(rule.Type, "*"); typ == rule.Type || pattern && strings.HasPrefix(typ, prefix) {
			of = append(of, h)
		}
	}
	if rule.Monitor {
		return
	}
	if len(of) == 0 {
		r.open(rule.Type, catalogue.RecordLeak, "what the server says of this type is held to its rule", "the server said nothing of this type")
		return
	}
	if rule.Schema != nil {
		r.schemaOfServer(rule, of)
	}
	if len(rule.Redact) > 0 {
		r.withheld(rule.Type, rule.Redact, of)
	}
	if rule.Allows == nil {
		return
	}
	text := "only who may see it gets it: " + rule.Allow
	for _, h := range of {
		who, known := claimsOf(h.who)
		ok, err := rule.Allows(r.payload(h.unit), who)
		if err == nil && !ok && known || err == nil && !ok && !strings.Contains(rule.Allow, "roles") {
			r.broken(rule.Type, catalogue.BroadcastUnscoped, text, fmt.Sprintf("%s received one", name(h.who)), r.shown(h.unit))
			return
		}
	}
	// Who else was to get one can't be seen: what was held back did not come, and
	// neither did what the application kept to itself.
	r.open(rule.Type, catalogue.BroadcastUnscoped, text, fmt.Sprintf("true of %d messages; the application may have sent nobody what the rule holds back", len(of)))
}

// ownRefusal reports whether a message is one by which guard itself refuses,
// which rules for the server are not about.
func ownRefusal(body any) bool {
	object, ok := body.(map[string]any)
	_, code := object["code"].(string)
	_, event := object["event"].(string)
	return ok && code && event && len(object) == 4
}

// payload is what rules look at: in the dialects that can be spoken here and
// whose payload is not the message, the part that is.
func (r *promiser) payload(u wire.Unit) []byte {
	body := r.speak.hear(u).body
	switch b := body.(type) {
	case []any: // an event of Socket.IO
		if len(b) > 1 {
			return corpus.Encode(b[1])
		}
	case map[string]any:
		for _, name := range []string{"params", "arguments", "result"} {
			if _, plain := r.speak.(jsonSpeech); !plain && b[name] != nil {
				return corpus.Encode(b[name])
			}
		}
	}
	return u.Payload
}

func (r *promiser) schemaOfServer(rule *MessagePromise, of []heardBy) {
	compiled, err := corpus.NewShape(rule.Schema)
	if err != nil {
		r.open(rule.Type, catalogue.RecordLeak, "what the server says is held to its schema", err.Error())
		return
	}
	text := "the server says what its schema describes"
	if rule.Drop {
		text = "the server says nothing that its schema does not name"
	}
	for _, h := range of {
		payload := r.payload(h.unit)
		if rule.Drop {
			if names := compiled.Undeclared(payload); len(names) > 0 {
				r.broken(rule.Type, catalogue.RecordLeak, text, fmt.Sprintf("members %q arrived", names), r.shown(h.unit))
				return
			}
		}
		if !compiled.Valid(payload) {
			r.broken(rule.Type, catalogue.RecordLeak, text, "a message arrived that it refuses", r.shown(h.unit))
			return
		}
	}
	r.held(rule.Type, catalogue.RecordLeak, text, fmt.Sprintf("true of %d messages", len(of)))
}

// withheld holds the endpoint to members that never pass.
func (r *promiser) withheld(typ string, names []string, of []heardBy) {
	text := fmt.Sprintf("members %q never arrive", names)
	for _, h := range of {
		found := ""
		members(r.speak.hear(h.unit).body, func(name string) {
			for _, n := range names {
				if strings.EqualFold(n, name) {
					found = name
				}
			}
		})
		if found != "" {
			r.broken(typ, catalogue.RecordLeak, text, fmt.Sprintf("%q arrived", found), r.shown(h.unit))
			return
		}
	}
	if len(of) > 0 {
		r.held(typ, catalogue.RecordLeak, text, fmt.Sprintf("true of %d messages", len(of)))
	}
}

// secrets holds the endpoint to members that never reach a client. Those that no
// message that came is known to carry show nothing by not being there.
func (r *promiser) secrets(names []string) {
	var carried, unknown []string
	var of []heardBy
	for _, n := range names {
		before := len(of)
		for _, h := range r.heard {
			if r.carries(r.speak.hear(h.unit).typ, n) {
				of = append(of, h)
			}
		}
		if len(of) > before {
			carried = append(carried, n)
		} else {
			unknown = append(unknown, n)
		}
	}
	for _, h := range r.heard { // one that came is broken wherever it came
		found := false
		members(r.speak.hear(h.unit).body, func(name string) {
			found = found || slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
		})
		if found {
			r.withheld("", names, []heardBy{h})
			return
		}
	}
	if len(carried) > 0 {
		r.withheld("", carried, of)
	}
	if len(unknown) > 0 {
		r.open("", catalogue.RecordLeak, fmt.Sprintf("members %q never arrive", unknown), "no message came that is known to carry them: name a recording of the application without a guard (--messages)")
	}
}

// carries reports whether messages of the type are known to have a member of
// the name: by the configuration's schema, a document, or a recording.
func (r *promiser) carries(typ, member string) bool {
	has := func(text []byte) bool {
		var v any
		found := json.Unmarshal(text, &v) == nil
		if found {
			found = false
			members(v, func(name string) { found = found || strings.EqualFold(name, member) })
		}
		return found
	}
	for _, rule := range r.p.Rules.Server {
		if rule.Type == typ && has(rule.Schema) {
			return true
		}
	}
	if r.s.Target.Corpus == nil {
		return false
	}
	known := corpus.Find(r.s.Target.Corpus.Server, typ)
	return known != nil && (has(known.Schema) || slices.ContainsFunc(known.Samples, has) ||
		slices.ContainsFunc(known.Fields, func(f string) bool { return strings.EqualFold(f, member) }))
}

// members calls f for the name of every member in a decoded message.
func members(v any, f func(string)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			members(e, f)
		}
	case map[string]any:
		for name, e := range v {
			f(name)
			members(e, f)
		}
	}
}
