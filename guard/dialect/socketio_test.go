package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

var socketIOOpening = []step{
	{side: ">", data: `0{"sid":"a","upgrades":[],"pingInterval":25000}`},
	{side: "<", data: "40"},
	{side: ">", data: `40{"sid":"b"}`},
	{side: "<", data: `40/chat,{"token":"x"}`},
	{side: ">", data: `427["question",1]`},
	{side: "<", data: `4212["ask",1]`},
}

func TestSocketIO(t *testing.T) {
	c := dialect.NewSocketIO(dialect.SocketIO{}).Open(dialect.Opening{})
	converse(t, c, []step{
		{name: "engine open", side: ">", data: `0{"sid":"a"}`, want: is(`*:open {"sid":"a"}`)},
		{name: "event before connect", side: "<", data: `42["order",{}]`, want: is("order {} namespace=/")},
		{name: "event before connect to another", side: "<", data: `42/x,["order",{}]`, want: is("!socketio.namespace"), refuse: `42/x,["error",{"status":"error","code":"schema","message":"not \"so\"","event":"e1"}]`},
		{name: "connect", side: "<", data: `40{"token":"x"}`, want: is(`*connect {"token":"x"} namespace=/`)},
		{name: "connected", side: ">", data: `40{"sid":"b"}`, want: is(`*connect {"sid":"b"} namespace=/`)},
		{name: "connect twice", side: "<", data: `40`, want: is("!socketio.connect")},
		{name: "namespace", side: "<", data: `40/chat,`, want: is("*connect namespace=/chat")},
		{name: "namespace refused", side: "<", data: `40/admin,{}`, want: is("*connect {} namespace=/admin"), refuse: `44/admin,{"message":"not \"so\"","data":{"status":"error","code":"schema","message":"not \"so\"","event":"e1"}}`},
		{name: "its events too", side: "<", data: `42/admin,["drop"]`, want: is("!socketio.namespace")},
		{name: "event", side: "<", data: `42["order",{"a":1}]`, want: is(`order {"a":1} namespace=/`)},
		{name: "event in a namespace", side: "<", data: `42/chat,["say","hi"]`, want: is(`say "hi" namespace=/chat`)},
		{name: "event without arguments", side: "<", data: `42["leave"]`, want: is("leave namespace=/")},
		{name: "event of two arguments", side: "<", data: `42["say","a","b"]`, want: is(`say "a" namespace=/ unseen`)},
		{name: "event refused", side: "<", data: `42/chat,["say",1]`, want: is("say 1 namespace=/chat"), refuse: `42/chat,["error",{"status":"error","code":"schema","message":"not \"so\"","event":"e1"}]`},
		{name: "question", side: "<", data: `427["order",{}]`, want: is("order {} namespace=/")},
		{name: "the same id", side: "<", data: `427["order",{}]`, want: is("!socketio.reply")},
		{name: "the same id elsewhere", side: "<", data: `42/chat,7["order",{}]`, want: is("order {} namespace=/chat"), refuse: `43/chat,7[{"status":"error","code":"schema","message":"not \"so\"","event":"e1"}]`},
		{name: "answer", side: ">", data: `437[{"ok":true}]`, want: is(`:reply order {"ok":true} namespace=/`)},
		{name: "answer twice", side: ">", data: `437[{"ok":true}]`, want: is("!socketio.reply")},
		{name: "id free again", side: "<", data: `427["order",{}]`, want: is("order {} namespace=/"), refuse: `437[{"status":"error","code":"schema","message":"not \"so\"","event":"e1"}]`},
		{name: "server asks", side: ">", data: `423["question",{"n":1}]`, want: is(`question {"n":1} namespace=/`)},
		{name: "client answers", side: "<", data: `433[2]`, want: is(":reply question 2 namespace=/")},
		{name: "server says more than one thing", side: ">", data: `42["news",1,{"stack":"x"},[2]]`, want: is("news 1 namespace=/ unseen", `*:argument {"stack":"x"}`, "*:argument [2]")},
		{name: "client answers what nobody asked", side: "<", data: `434[2]`, want: is("!socketio.reply")},
		{name: "reserved event", side: "<", data: `42["disconnecting"]`, want: is("!socketio.event")},
		{name: "endless name", side: "<", data: `42["` + strings.Repeat("x", 257) + `"]`, want: is("!socketio.event")},
		{name: "our names", side: "<", data: `42[":reply order"]`, want: is("!socketio.event")},
		{name: "event that is a number", side: "<", data: `42[1]`, want: is("!socketio.event")},
		{name: "connect_error of a client", side: "<", data: `44{"message":"x"}`, want: is("!socketio.packet")},
		{name: "two attachments", side: "<", data: `452-["file",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]`, want: is(`file {"_placeholder":true,"num":0} namespace=/ unseen`)},
		{name: "the first", side: "<b", data: "\x00\xff", want: is("*:attachment")},
		{name: "ping between", side: "<", data: "3", want: is("*:ping")},
		{name: "text between", side: "<", data: `42["say"]`, want: is("!socketio.packet")},
		{name: "the second", side: "<b", data: "", want: is("*:attachment")},
		{name: "a third", side: "<b", data: "x", want: is("!socketio.unannounced"), refuse: "-"},
		{name: "file refused", side: "<", data: `451-["file",{"_placeholder":true,"num":0}]`, want: is(`file {"_placeholder":true,"num":0} namespace=/`), refuse: `42["error",{"status":"error","code":"schema","message":"not \"so\"","event":"e1"}]`},
		{name: "its attachment", side: "<b", data: "x", want: is("!socketio.refused-attachment"), refuse: "-"},
		{name: "too many attachments", side: "<", data: `4511-["file"]`, want: is("!socketio.attachments")},
		{name: "prototype", side: "<", data: `42["order",{"__proto__":{}}]`, want: is("!message.prototype-key")},
		{name: "duplicate", side: "<", data: `42["order",{"a":1,"a":2}]`, want: is("!message.duplicate-key")},
		{name: "server disconnects", side: ">", data: "41/chat,", want: is("*disconnect namespace=/chat")},
		{name: "nothing there any more", side: "<", data: `42/chat,["say","hi"]`, want: is("!socketio.namespace")},
		{name: "and again", side: "<", data: `40/chat,`, want: is("*connect namespace=/chat")},
		{name: "client disconnects", side: "<", data: "41", want: is("*disconnect namespace=/")},
		{name: "engine ping", side: ">", data: "2", want: is("*:ping")},
		{name: "engine close", side: "<", data: "1", want: is("*:ping")},
		{name: "as many as a server likes", side: ">", data: `4511-["file"]`, want: is("file namespace=/")},
	})
}

// TestSocketIOForms refuses what Socket.IO's decoder would take for something else
// than it looks like.
func TestSocketIOForms(t *testing.T) {
	for _, data := range []string{
		"", "4", "4 ", "4x", "47[]", "42", `42{"a":1}`, `42 ["order"]`, `42 7["order"]`, `42/chat["order"]`, `427 ["order"]`,
		`401{}`, `40[]`, `40 {}`, `40"x"`, `411`, `41{}`, `43[]`, `45["x"]`, `450-["x"]`, `451["x"]`, `4501-["x"]`, `451e1-["x"]`, `45-1-["x"]`, `45-["x"]`,
		`42["order"`, `42["order"]x`, "2", "2probe", "3probe", "5", "6", `0{"sid":"x"}`, "bAAAA", "8", "1x",
		`421234567890123456["order"]`, `4207["order"]`, "40/" + strings.Repeat("x", 300) + ",",
	} {
		c := dialect.NewSocketIO(dialect.SocketIO{}).Open(dialect.Opening{})
		begin(t, c, socketIOOpening)
		m := message("<", []byte(data))
		if bad := c.Read(m); bad == nil {
			t.Errorf("%q: got %q, want a violation", data, describe(m, bad))
		}
	}
}

func TestSocketIOAllArguments(t *testing.T) {
	d := dialect.NewSocketIO(dialect.SocketIO{AllArguments: true})
	c := d.Open(dialect.Opening{})
	converse(t, c, []step{
		{side: "<", data: "40", want: is("*connect namespace=/")},
		{side: "<", data: `42["leave" ]`, want: is("leave [] namespace=/")},
		{side: "<", data: `421["say" , "a",{"b":2}]`, want: is(`say ["a",{"b":2}] namespace=/`)},
		{side: ">", data: `431[1,2]`, want: is(`:reply say [1,2] namespace=/`)},
	})
	for _, c := range []struct{ data, payload, want string }{
		{`42["leave"]`, `["a",1]`, `42["leave","a",1]`},
		{`42["leave"]`, `[]`, `42["leave"]`},
		{`42["say", "a"]`, ` [ "b" ] `, `42["say","b" ]`},
		{`42["say", "a"]`, ` [ ] `, `42["say"]`},
	} {
		conversation := d.Open(dialect.Opening{})
		hello := message("<", []byte("40"))
		conversation.Read(hello)
		conversation.Passed(hello)
		m := message("<", []byte(c.data))
		if bad := conversation.Read(m); bad != nil {
			t.Fatal(bad)
		}
		if got := string(conversation.Rewrite(nil, m, [][]byte{[]byte(c.payload)})); got != c.want {
			t.Errorf("%s with %s: got %s, want %s", c.data, c.payload, got, c.want)
		}
	}
}

// TestSocketIOPending bounds the questions that wait for an answer.
func TestSocketIOPending(t *testing.T) {
	c := dialect.NewSocketIO(dialect.SocketIO{}).Open(dialect.Opening{})
	hello := message("<", []byte("40"))
	c.Read(hello)
	c.Passed(hello)
	for n := range 1025 {
		m := message("<", fmt.Appendf(nil, `42%d["ask"]`, n))
		bad := c.Read(m)
		if (bad == dialect.ErrSocketIOReply) != (n == 1024) {
			t.Fatalf("question %d: got %v", n, bad)
		}
		if bad == nil {
			c.Passed(m)
		}
	}
}

func FuzzSocketIO(f *testing.F) {
	fuzz(f, dialect.NewSocketIO(dialect.SocketIO{}), promise{exact: true, any: `[{"new":1}]`}, socketIOOpening,
		`42["order",{"a":1}]`, `42/chat,7["say","x",{"b":[]}]`, `451-["file",{"_placeholder":true,"num":0}]`, `437[{"ok":1}]`, `40/x,{"a":1}`, "41", "2", `4312[1]`)
}

func FuzzSocketIOAllArguments(f *testing.F) {
	fuzz(f, dialect.NewSocketIO(dialect.SocketIO{AllArguments: true}), promise{any: `[{"new":1}]`}, socketIOOpening,
		`42["order",{"a":1}]`, `42/chat,7["say" , "x",{"b":[]}]`, `42["leave" ]`, `437[{"ok":1}]`, `40/x,{"a":1}`, `4312[1]`)
}
