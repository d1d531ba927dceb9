package dialect_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

func TestActionCable(t *testing.T) {
	const (
		identifier = `"{\"channel\":\"RoomChannel\",\"id\":1}"`
		params     = `{"channel":"RoomChannel","id":1}`
		envelope   = ` channel=RoomChannel identifier=` + params
	)
	message := func(data string) string {
		return `{"command":"message","identifier":` + identifier + `,"data":` + quote(data) + `}`
	}
	refused := `{"identifier":` + identifier + `,"message":{"type":"error","code":"schema","message":"not \"so\"","event":"e1"}}`
	c := dialect.NewActionCable().Open(dialect.Opening{})
	converse(t, c, []step{
		{name: "welcome", side: ">", data: `{"type":"welcome"}`, want: is("*welcome")},
		{name: "ping", side: ">", data: `{"type":"ping","message":1}`, want: is("*ping")},
		{name: "subscribe", side: "<", data: `{"command":"subscribe","identifier":` + identifier + `}`, want: is("subscribe RoomChannel " + params + envelope), refuse: `{"identifier":` + identifier + `,"type":"reject_subscription"}`},
		{name: "confirmed", side: ">", data: `{"identifier":` + identifier + `,"type":"confirm_subscription"}`, want: is("*confirm_subscription")},
		{name: "action", side: "<", data: message(`{"action":"speak","a":1}`), want: is(`RoomChannel#speak {"action":"speak","a":1}` + envelope), refuse: refused},
		{name: "no action", side: "<", data: message(`{"a":1}`), want: is(`RoomChannel#receive {"a":1}` + envelope)},
		{name: "empty action", side: "<", data: message(`{"action":""}`), want: is(`RoomChannel#receive {"action":""}` + envelope)},
		{name: "blank action", side: "<", data: message(`{"action":" "}`), want: is("!actioncable.action")},
		{name: "action that is none", side: "<", data: message(`{"action":["speak"]}`), want: is("!actioncable.action")},
		{name: "action of another name", side: "<", data: message(`{"action":"a#b"}`), want: is("!actioncable.action")},
		{name: "data that is no object", side: "<", data: message(`[1]`), want: is("!actioncable.message"), refuse: "-"},
		{name: "data of two readings", side: "<", data: message(`{"action":"speak","action":"drop"}`), want: is("!message.duplicate-key")},
		{name: "data that is no text", side: "<", data: `{"command":"message","identifier":` + identifier + `,"data":{"action":"speak"}}`, want: is("!actioncable.message")},
		{name: "unsubscribe", side: "<", data: `{"command":"unsubscribe","identifier":` + identifier + `}`, want: is("*unsubscribe" + envelope), refuse: "-"},
		{name: "unknown command", side: "<", data: `{"command":"drop","identifier":` + identifier + `}`, want: is("!actioncable.message")},
		{name: "identifier that is no text", side: "<", data: `{"command":"subscribe","identifier":{"channel":"RoomChannel"}}`, want: is("!actioncable.message")},
		{name: "identifier without channel", side: "<", data: `{"command":"subscribe","identifier":"{}"}`, want: is("!actioncable.action")},
		{name: "channel that is no constant", side: "<", data: `{"command":"subscribe","identifier":"{\"channel\":\"Room Channel\"}"}`, want: is("!actioncable.action")},
		{name: "channel in another spelling", side: "<", data: `{"command":"subscribe","identifier":"{\"channel\":\"::RoomChannel\"}"}`, want: is("!actioncable.action")},
		{name: "channel that is a method", side: "<", data: `{"command":"subscribe","identifier":"{\"channel\":\"exit\"}"}`, want: is("!actioncable.action")},
		{name: "channel in a module", side: "<", data: `{"command":"subscribe","identifier":"{\"channel\":\"Chat::Room\"}"}`, want: is(`subscribe Chat::Room {"channel":"Chat::Room"} channel=Chat::Room identifier={"channel":"Chat::Room"}`)},
		{name: "binary", side: "<b", data: `{"command":"subscribe"}`, want: is("!message.binary")},
		{name: "message", side: ">", data: `{"identifier":` + identifier + `,"message":{"a":1}}`, want: is(`RoomChannel {"a":1}` + envelope)},
		{name: "disconnect", side: ">", data: `{"type":"disconnect","reason":"unauthorized","reconnect":false}`, want: is("*disconnect")},
	})
}

func TestActionCableRewrite(t *testing.T) {
	c := dialect.NewActionCable().Open(dialect.Opening{})
	m := message("<", []byte(`{"command":"message","data":"{\"a\":1}","identifier":"{\"channel\":\"C\"}"}`))
	if bad := c.Read(m); bad != nil {
		t.Fatal(bad)
	}
	got := string(c.Rewrite(nil, m, [][]byte{[]byte(`{"b":"\""}`)}))
	if want := `{"command":"message","data":"{\"b\":\"\\\"\"}","identifier":"{\"channel\":\"C\"}"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func FuzzActionCable(f *testing.F) {
	fuzz(f, dialect.NewActionCable(), promise{}, nil,
		`{"command":"subscribe","identifier":"{\"channel\":\"RoomChannel\"}"}`, `{"command":"message","identifier":"{\"channel\":\"R\"}","data":"{\"action\":\"speak\",\"a\":\"\\u00e9\"}"}`,
		`{"identifier":"{\"channel\":\"R\"}","message":{"a":1}}`, `{"type":"ping","message":1}`)
}
