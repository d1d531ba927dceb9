package guard

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard/dialect"
	"github.com/wswarden/wswarden/internal/wire"
)

// chatSchema and orderSchema are those of the tests' messages.
var (
	chatSchema  = schema(`{"type":"object","required":["type","text"],"additionalProperties":false,"properties":{"type":{},"text":{"type":"string","maxLength":40}}}`)
	orderSchema = schema(`{"type":"object","required":["type","quantity"],"properties":{"type":{},"quantity":{"type":"integer","maximum":1000},"user":{},"note":{"type":"string"}}}`)
)

// TestClientRules sends one message and looks at what the backend gets of it, at
// what the client is told, and at what is recorded.
func TestClientRules(t *testing.T) {
	user := gives(func(f *Facts) any { return f.Session.User })
	name := gives(func(f *Facts) any { return f.Session.Name })
	quantity := func(most int64) holds {
		return func(f *Facts) (bool, error) {
			n, ok := f.Message.Get("quantity").Int64()
			if !ok {
				return false, errStub
			}
			return n <= most, nil
		}
	}
	rules := func(r MessageRule) MessagePolicy { return MessagePolicy{Client: map[string]MessageRule{"m": r}} }
	same := "(same)"
	for _, c := range []struct {
		name   string
		policy MessagePolicy
		send   string
		want   string // what the backend gets
		told   string // what the client is told
		record string
	}{
		{"no rule but a type", rules(MessageRule{}), `{"type":"m"}`, same, "", ""},
		{"bytes stay as they are", rules(MessageRule{Schema: schema(`{}`)}), ` { "type" : "m" , "x" : 1.50 , "\u0061" : "\u00e9" } `, same, "", ""},
		{"not JSON", rules(MessageRule{}), `hello`, "", "schema", "message.literal  WS301"},
		{"something behind", rules(MessageRule{}), `{"type":"m"}{}`, "", "schema", "message.trailing-bytes  WS301"},
		{"duplicate key", rules(MessageRule{}), `{"type":"x","type":"m"}`, "", "schema", "message.duplicate-key  WS301"},
		{"duplicate key, spelt otherwise", rules(MessageRule{}), `{"type":"m","a":1,"\u0061":2}`, "", "schema", "message.duplicate-key  WS301"},
		{"key in two cases", rules(MessageRule{}), `{"type":"m","quantity":1,"Quantity":5}`, "", "schema", "message.case-variant-key  WS301"},
		{"prototype key", rules(MessageRule{}), `{"type":"m","a":{"__proto__":{}}}`, "", "schema", "message.prototype-key  WS310"},
		{"constructor key", rules(MessageRule{}), `{"type":"m","constructor":1}`, "", "schema", "message.prototype-key  WS310"},
		{"depth", rules(MessageRule{}), `{"type":"m","a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, "", "schema", "message.depth  WS301"},
		{"depth that is set", MessagePolicy{JSON: JSONLimits{Depth: 2}, Client: map[string]MessageRule{"m": {}}}, `{"type":"m","a":[[1]]}`, "", "schema", "message.depth  WS301"},
		{"no type", rules(MessageRule{}), `{"kind":"m"}`, "", "schema", "message.unknown-type other WS311"},
		{"not an object", rules(MessageRule{}), `["m"]`, "", "schema", "message.unknown-type other WS311"},
		{"no object, where unknown types pass", MessagePolicy{Unknown: UnknownPass, Client: map[string]MessageRule{"m": {}}}, `null`, "", "schema", "message.unknown-type other WS311"},
		{"a number, where unknown types pass", MessagePolicy{Unknown: UnknownPass, Client: map[string]MessageRule{"m": {}}}, `7`, "", "schema", "message.unknown-type other WS311"},
		{"a text, where unknown types pass", MessagePolicy{Unknown: UnknownPass, Client: map[string]MessageRule{"m": {}}}, `"m"`, "", "schema", "message.unknown-type other WS311"},
		{"a list, where unknown types pass", MessagePolicy{Unknown: UnknownPass, Client: map[string]MessageRule{"m": {}}}, `[{"type":"m"}]`, "", "schema", "message.unknown-type other WS311"},
		{"an object without a type, where unknown types pass", MessagePolicy{Unknown: UnknownPass, Client: map[string]MessageRule{"m": {}}}, `{"n":null}`, same, "", ""},
		{"a list, where a rule for all types takes it", MessagePolicy{Unknown: UnknownPass, Client: map[string]MessageRule{"*": {}}}, `[1]`, same, "", ""},
		{"unknown type", rules(MessageRule{}), `{"type":"admin"}`, "", "schema", "message.unknown-type other WS311"},
		{"type in another case", rules(MessageRule{}), `{"type":"M"}`, "", "schema", "message.unknown-type other WS311"},
		{"type's name in another case", rules(MessageRule{}), `{"Type":"m"}`, "", "schema", "message.type-ambiguous  WS311"},
		{"type with an escape", rules(MessageRule{}), `{"type":"\u006d"}`, same, "", ""},
		{"type of a number", MessagePolicy{Type: "op", Client: map[string]MessageRule{"2": {}}}, `{"op":2}`, same, "", ""},
		{"unknown passes", MessagePolicy{Unknown: UnknownPass, Client: map[string]MessageRule{"m": {Schema: chatSchema}}}, `{"type":"admin"}`, same, "", ""},
		{"unknown passes, but not what can't be read", MessagePolicy{Unknown: UnknownPass}, `{"type":"admin","type":"m"}`, "", "schema", "message.duplicate-key  WS301"},
		{"by its beginning", MessagePolicy{Client: map[string]MessageRule{"room:*": {}}}, `{"type":"room:12"}`, same, "", ""},
		{"by its beginning, not another", MessagePolicy{Client: map[string]MessageRule{"room:*": {}}}, `{"type":"rooms"}`, "", "schema", "message.unknown-type other WS311"},
		{"the longest beginning", MessagePolicy{Client: map[string]MessageRule{"room:*": {}, "room:admin:*": {Allow: quantity(0)}}}, `{"type":"room:admin:1","quantity":1}`, "", "denied", "message.allow room:admin:* WS403"},
		{"the exact name first", MessagePolicy{Client: map[string]MessageRule{"room:*": {Allow: quantity(0)}, "room:1": {}}}, `{"type":"room:1","quantity":1}`, same, "", ""},
		{"type at a path", MessagePolicy{Type: "data.kind", Client: map[string]MessageRule{"m": {}}}, `{"data":{"kind":"m"}}`, same, "", ""},
		{"schema", rules(MessageRule{Schema: orderSchema}), `{"type":"m","quantity":3}`, same, "", ""},
		{"off the schema", rules(MessageRule{Schema: orderSchema}), `{"type":"m","quantity":"3"}`, "", "schema", "message.schema m WS302"},
		{"operator in place of a text", rules(MessageRule{Schema: chatSchema}), `{"type":"m","text":{"$ne":null}}`, "", "schema", "message.schema m WS302"},
		{"a member too many", rules(MessageRule{Schema: chatSchema}), `{"type":"m","text":"a","role":"admin"}`, "", "schema", "message.schema m WS405"},
		{"undeclared dropped", rules(MessageRule{Schema: chatSchemaOpen, Undeclared: UndeclaredDrop}), `{"type":"m","text":"a","role":"admin"}`, `{"type":"m","text":"a"}`, "", ""},
		{"undeclared dropped, rest off the schema", rules(MessageRule{Schema: chatSchemaOpen, Undeclared: UndeclaredDrop}), `{"type":"m","text":1,"role":"admin"}`, "", "schema", "message.schema m WS302"},
		{"allowed", rules(MessageRule{Allow: quantity(5)}), `{"type":"m","quantity":5}`, same, "", ""},
		{"not allowed", rules(MessageRule{Allow: quantity(5)}), `{"type":"m","quantity":6}`, "", "denied", "message.allow m WS403"},
		{"allow fails", rules(MessageRule{Allow: quantity(5)}), `{"type":"m"}`, "", "denied", "message.allow m WS403"},
		{"set overwrites", rules(MessageRule{Set: map[string]Expression{"user": user}}), `{"type":"m","user":"bob","x":1}`, `{"type":"m","user":"alice","x":1}`, "", ""},
		{"set adds", rules(MessageRule{Set: map[string]Expression{"user.id": user, "user.name": name}}), `{"type":"m"}`, `{"type":"m","user":{"id":"alice","name":"Alice \u003cb\u003e"}}`, "", ""},
		{"a name that both sides use", MessagePolicy{Dialect: dialect.NewActionCable(), Client: map[string]MessageRule{"subscribe Room": {Clean: map[string]Cleaner{"name": escapes}}}},
			`{"command":"subscribe","identifier":"{\"channel\":\"Room\",\"name\":\"a\"}"}`, same, "", ""},
		{"a name that both sides use, to be changed", MessagePolicy{Dialect: dialect.NewActionCable(), Reject: RejectDrop, Client: map[string]MessageRule{"subscribe Room": {Clean: map[string]Cleaner{"name": escapes}}}},
			`{"command":"subscribe","identifier":"{\"channel\":\"Room\",\"name\":\"<b>\"}"}`, "", "", "message.fixed subscribe Room WS302"},
		{"set from the message", rules(MessageRule{Set: map[string]Expression{"said": said}}), `{"type":"m","text":"a"}`, `{"type":"m","text":"a","said":"a"}`, "", ""},
		{"set from each message of a batch", MessagePolicy{Dialect: jsonrpc(), Client: map[string]MessageRule{"a": {Allow: anything}, "b": {Set: map[string]Expression{"said": said}}}},
			`[{"jsonrpc":"2.0","method":"a","params":{"text":"1"}},{"jsonrpc":"2.0","method":"b","params":{"text":"2"}}]`,
			`[{"jsonrpc":"2.0","method":"a","params":{"text":"1"}},{"jsonrpc":"2.0","method":"b","params":{"text":"2","said":"2"}}]`, "", ""},
		{"set drops other cases", rules(MessageRule{Set: map[string]Expression{"user": user}}), `{"type":"m","USER":"bob"}`, `{"type":"m","user":"alice"}`, "", ""},
		{"set into what is no object", rules(MessageRule{Set: map[string]Expression{"user.id": user}}), `{"type":"m","user":"bob"}`, "", "schema", "message.set m WS401"},
		{"set fails", rules(MessageRule{Set: map[string]Expression{"user": gives(func(*Facts) any { return errStub })}}), `{"type":"m"}`, "", "schema", "message.set m WS401"},
		{"set gives no JSON", rules(MessageRule{Set: map[string]Expression{"user": gives(func(*Facts) any { return json.RawMessage(`"a","b":1`) })}}), `{"type":"m"}`, "", "schema", "message.set m WS401"},
		{"schema is of what the client sent", rules(MessageRule{Schema: chatSchema, Set: map[string]Expression{"user": user}}), `{"type":"m","text":"a"}`, `{"type":"m","text":"a","user":"alice"}`, "", ""},
		{"clean", rules(MessageRule{Clean: map[string]Cleaner{"text": escapes}}), `{"type":"m","text":"<b>"}`, `{"type":"m","text":"&lt;b&gt;"}`, "", ""},
		{"clean finds nothing", rules(MessageRule{Clean: map[string]Cleaner{"text": escapes}}), `{"type":"m", "text":"\u0062 & c"}`, same, "", ""},
		{"clean of what is missing", rules(MessageRule{Clean: map[string]Cleaner{"text": escapes}}), `{"type":"m"}`, same, "", ""},
		{"clean with an escape", rules(MessageRule{Clean: map[string]Cleaner{"text": escapes}}), `{"type":"m","text":"\u003cb"}`, `{"type":"m","text":"&lt;b"}`, "", ""},
		{"clean below", rules(MessageRule{Clean: map[string]Cleaner{"text": escapes}}), `{"type":"m","text":[{"a":"<"},["<"]]}`, `{"type":"m","text":[{"a":"&lt;"},["&lt;"]]}`, "", ""},
		{"clean of a name", rules(MessageRule{Clean: map[string]Cleaner{"text": escapes}}), `{"type":"m","text":{"<b>":1}}`, "", "schema", "message.clean m WS501"},
		{"clean in another case", rules(MessageRule{Clean: map[string]Cleaner{"text": escapes}}), `{"type":"m","Text":"<b>"}`, "", "schema", "message.clean m WS501"},
		{"clean refuses", rules(MessageRule{Clean: map[string]Cleaner{"text": rejects}}), `{"type":"m","text":"<b>"}`, "", "schema", "message.clean m WS501"},
		{"clean behind set", rules(MessageRule{Set: map[string]Expression{"name": name}, Clean: map[string]Cleaner{"name": escapes}}), `{"type":"m"}`, `{"type":"m","name":"Alice &lt;b&gt;"}`, "", ""},
		{"schema before allow", rules(MessageRule{Schema: orderSchema, Allow: quantity(0)}), `{"type":"m","quantity":1001}`, "", "schema", "message.schema m WS302"},
		{"allow before set", rules(MessageRule{Allow: quantity(0), Set: map[string]Expression{"a.b": user}}), `{"type":"m","quantity":1,"a":1}`, "", "denied", "message.allow m WS403"},
		{"set before clean", rules(MessageRule{Set: map[string]Expression{"a.b": user}, Clean: map[string]Cleaner{"c": rejects}}), `{"type":"m","a":1,"c":"<"}`, "", "schema", "message.set m WS401"},
		{"fresh before allow", rules(MessageRule{Fresh: true, Allow: quantity(0)}), `{"type":"m","quantity":1}`, "", "denied", "message.fresh m WS207"},
		{"schema before fresh", rules(MessageRule{Fresh: true, Schema: orderSchema}), `{"type":"m"}`, "", "schema", "message.schema m WS302"},
		{"drop says nothing", MessagePolicy{Reject: RejectDrop}, `{"type":"m"}`, "", "", "message.unknown-type other WS311"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newTalk(t, messages(c.policy))
				r.client.send(wire.Text, c.send)
				var want []string
				switch c.want {
				case same:
					want = []string{c.send}
				case "":
				default:
					want = []string{c.want}
				}
				r.backend.want(t, want...)
				told := strings.Join(errorCodes(r.client.got(t)), " ")
				if c.told != "" {
					c.told = "error " + c.told
				}
				if c.policy.Type != "" {
					told = "" // the type is elsewhere
				}
				if told != c.told {
					t.Errorf("the client is told %q, want %q", told, c.told)
				}
				if c.record != "" {
					c.record = "denied " + c.record
				}
				if got := strings.Join(r.decisions(), ", "); got != c.record {
					t.Errorf("recorded %q, want %q", got, c.record)
				}
			})
		})
	}
}

var chatSchemaOpen = schema(`{"type":"object","required":["type","text"],"properties":{"type":{},"text":{"type":"string"}}}`)

// said is what stands in the field text of a message.
var said = gives(func(f *Facts) any { return string(f.Message.Get("text").Text()) })

var anything = holds(func(*Facts) (bool, error) { return true, nil })

func jsonrpc() dialect.Dialect {
	d, err := dialect.New("jsonrpc", dialect.Options{})
	if err != nil {
		panic(err)
	}
	return d
}

// TestRefusalsClose holds every kind of refusal to its close code.
func TestRefusalsClose(t *testing.T) {
	never := holds(func(*Facts) (bool, error) { return false, nil })
	once := Rate{Count: 1, Per: hour}
	for _, c := range []struct {
		name   string
		policy MessagePolicy
		sends  []string
		want   string
	}{
		{"schema", MessagePolicy{Reject: RejectClose, Client: map[string]MessageRule{"m": {Schema: chatSchema}}}, []string{`{"type":"m"}`}, "(close 4022 schema)"},
		{"syntax", MessagePolicy{Reject: RejectClose}, []string{`{`}, "(close 4022 schema)"},
		{"unknown type", MessagePolicy{Reject: RejectClose}, []string{`{}`}, "(close 4022 schema)"},
		{"allow", MessagePolicy{Reject: RejectClose, Client: map[string]MessageRule{"m": {Allow: never}}}, []string{`{"type":"m"}`}, "(close 4003 denied)"},
		{"rate of a type", MessagePolicy{Reject: RejectClose, Client: map[string]MessageRule{"m": {Limit: once}}}, []string{`{"type":"m"}`, `{"type":"m"}`}, "(close 4029 rate)"},
		{"strikes", MessagePolicy{Reject: RejectDrop, Strikes: 3, Client: map[string]MessageRule{"m": {Allow: never}}}, []string{`{`, `{}`, `{"type":"m"}`, `{"type":"m"}`}, "(close 4003 denied)"},
		{"the first strike", MessagePolicy{Reject: RejectReply, Strikes: 1}, []string{`{`}, "(close 4022 schema)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := newTalk(t, messages(c.policy))
				for _, s := range c.sends {
					r.client.send(wire.Text, s)
				}
				got := r.client.got(t)
				if len(got) == 0 || got[0] != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
				if got := r.backend.got(t); !slices.Contains(got, "(close 1001 )") {
					t.Errorf("the backend got %q", got)
				}
			})
		})
	}
}

// TestTypeRates counts by type on a connection, and by user over connections.
func TestTypeRates(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{Client: map[string]MessageRule{"a": {Limit: Rate{Count: 2, Per: time.Minute}}, "b": {Limit: Rate{Count: 1, Per: time.Minute}}, "c": {}}}))
		for _, m := range []string{"a", "b", "a", "c", "a", "b", "c", "c"} {
			r.client.send(wire.Text, `{"type":"`+m+`"}`)
		}
		r.backend.want(t, `{"type":"a"}`, `{"type":"b"}`, `{"type":"a"}`, `{"type":"c"}`, `{"type":"c"}`, `{"type":"c"}`)
		if got := strings.Join(errorCodes(r.client.got(t)), ","); got != "error rate,error rate" {
			t.Errorf("told %q", got)
		}
		time.Sleep(30 * time.Second)
		r.client.send(wire.Text, `{"type":"a"}`)
		r.client.send(wire.Text, `{"type":"b"}`)
		r.backend.want(t, `{"type":"a"}`)
	})
}

// TestRepliesAreBounded floods with refused messages: not each is answered.
func TestRepliesAreBounded(t *testing.T) {
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{}))
		for range 200 {
			r.client.send(wire.Text, `{"type":"x"}`)
		}
		if n := len(r.client.got(t)); n != 20 {
			t.Errorf("%d replies, want 20", n)
		}
		time.Sleep(5 * time.Second)
		r.client.send(wire.Text, `{"type":"x"}`)
		if n := len(r.client.got(t)); n != 1 {
			t.Errorf("%d replies later, want 1", n)
		}
		if n := len(r.decisions()); n != 201 {
			t.Errorf("%d records, want 201", n)
		}
	})
}

// TestBinaryMessages are no JSON, unless a policy says so.
func TestBinaryMessages(t *testing.T) {
	for _, c := range []struct {
		policy MessagePolicy
		send   string
		passes bool
	}{
		{MessagePolicy{Unknown: UnknownPass}, `{"type":"m"}`, false},
		{MessagePolicy{Client: map[string]MessageRule{"m": {}}, Binary: BinaryText}, `{"type":"m"}`, true},
		{MessagePolicy{Client: map[string]MessageRule{"m": {}}, Binary: BinaryText}, `{"type":"x"}`, false},
		{MessagePolicy{Client: map[string]MessageRule{"m": {}}, Binary: BinaryText}, "{\"type\":\"m\",\"a\":\"\xff\"}", false},
		{MessagePolicy{Binary: BinaryPass}, "\x00\xff", true},
	} {
		bubble(t, func(t *testing.T) {
			r := newTalk(t, messages(c.policy))
			r.client.send(wire.Binary, c.send)
			if got := r.backend.got(t); (len(got) == 1) != c.passes {
				t.Errorf("%q under binary: %q: the backend got %q", c.send, c.policy.Binary, got)
			}
		})
	}
	bubble(t, func(t *testing.T) {
		r := newTalk(t, messages(MessagePolicy{Reject: RejectClose}))
		r.client.send(wire.Binary, "{}")
		r.client.want(t, "(close 1003 type)", "(end)")
	})
}
