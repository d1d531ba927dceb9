package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

// records ends each of its arguments as SignalR does.
func records(list ...string) string { return strings.Join(list, "\x1e") + "\x1e" }

var signalROpening = []step{
	{side: "<", data: records(`{"protocol":"json","version":1}`), want: is(`*:handshake {"protocol":"json","version":1}`)},
	{side: ">", data: records(`{}`), want: is("*:handshake {}")},
	{side: "<", data: records(`{"type":1,"invocationId":"7","target":"Ask","arguments":[],"streamIds":["s"]}`), want: is(`Ask [] kind=invocation`)},
	{side: ">", data: records(`{"type":1,"invocationId":"7","target":"question","arguments":[]}`), want: is(`question [] kind=invocation`)},
}

func TestSignalR(t *testing.T) {
	refused := func(id string) string {
		return records(`{"type":3,"invocationId":"` + id + `","error":"not \"so\" (schema, e1)"}`)
	}
	c := dialect.NewSignalR().Open(dialect.Opening{})
	converse(t, c, []step{
		{name: "no handshake", side: "<", data: records(`{"type":6}`), want: is("!signalr.handshake"), refuse: "close " + records(`{"error":"not \"so\""}`)},
		{name: "MessagePack", side: "<", data: records(`{"protocol":"messagepack","version":1}`), want: is("!signalr.handshake"), refuse: "close " + records(`{"error":"not \"so\""}`)},
		{name: "more in the handshake's message", side: "<", data: records(`{"protocol":"json","version":1}`, `{"type":6}`), want: is("!signalr.handshake")},
		{name: "handshake", side: "<", data: records(`{"protocol":"json","version":1}`), want: is(`*:handshake {"protocol":"json","version":1}`)},
		{name: "its answer, and more", side: ">", data: records(`{}`, `{"type":6}`), want: is("*:handshake {}", "*:ping")},
		{name: "binary", side: "<b", data: records(`{"type":6}`), want: is("!signalr.record"), refuse: "-"},
		{name: "cut", side: "<", data: `{"type":6}`, want: is("!signalr.record")},
		{name: "empty", side: "<", data: "", want: is("!signalr.record")},
		{name: "empty record", side: "<", data: "\x1e", want: is("!message.empty")},
		{name: "ping", side: "<", data: records(`{"type":6}`), want: is("*:ping")},
		{name: "send", side: "<", data: records(`{"type":1,"target":"Order","arguments":[{"a":1}]}`), want: is(`Order [{"a":1}] kind=invocation`)},
		{name: "send, refused", side: "<", data: records(`{"type":1,"target":"Order","arguments":[]}`), want: is(`Order [] kind=invocation`), refuse: "-"},
		{name: "invoke, refused", side: "<", data: records(`{"type":1,"invocationId":"0","target":"Order","arguments":[]}`), want: is(`Order [] kind=invocation`), refuse: refused("0")},
		{name: "two, refused", side: "<", data: records(`{"type":1,"invocationId":"0","target":"Order","arguments":[]}`, `{"type":6}`, `{"type":4,"invocationId":"1","target":"Count","arguments":[3]}`),
			want: is(`Order [] kind=invocation`, "*:ping", `Count [3] kind=stream`), refuse: refused("0") + refused("1")},
		{name: "invoke", side: "<", data: records(`{"type":1,"invocationId":"0","target":"Order","arguments":[]}`), want: is(`Order [] kind=invocation`)},
		{name: "same id", side: "<", data: records(`{"type":1,"invocationId":"0","target":"Order","arguments":[]}`), want: is("!signalr.id")},
		{name: "same id twice in one message", side: "<", data: records(`{"type":1,"invocationId":"9","target":"A","arguments":[]}`, `{"type":1,"invocationId":"9","target":"B","arguments":[]}`), want: is("!signalr.id")},
		{name: "result", side: ">", data: records(`{"type":3,"invocationId":"0","result":{"b":2}}`), want: is(`:reply Order {"b":2}`)},
		{name: "result of nothing", side: ">", data: records(`{"type":3,"invocationId":"0","result":{"b":2}}`), want: is("!signalr.id")},
		{name: "stream", side: "<", data: records(`{"type":4,"invocationId":"1","target":"Count","arguments":[3]}`), want: is(`Count [3] kind=stream`)},
		{name: "its items", side: ">", data: records(`{"type":2,"invocationId":"1","item":1}`, `{"type":2,"invocationId":"1","item":2}`), want: is(":item Count 1", ":item Count 2")},
		{name: "cancel", side: "<", data: records(`{"type":5,"invocationId":"1"}`), want: is("*:cancel")},
		{name: "its end", side: ">", data: records(`{"type":3,"invocationId":"1"}`), want: is("*:completion")},
		{name: "item behind it", side: ">", data: records(`{"type":2,"invocationId":"1","item":3}`), want: is("!signalr.id")},
		{name: "upload", side: "<", data: records(`{"type":1,"invocationId":"2","target":"Upload","arguments":["x"],"streamIds":["3","4"]}`), want: is(`Upload ["x"] kind=invocation`)},
		{name: "item", side: "<", data: records(`{"type":2,"invocationId":"3","item":{"a":1}}`), want: is(`:item Upload {"a":1}`)},
		{name: "end of it", side: "<", data: records(`{"type":3,"invocationId":"3"}`), want: is("*:completion")},
		{name: "item behind the end", side: "<", data: records(`{"type":2,"invocationId":"3","item":1}`), want: is("!signalr.id"), refuse: "-"},
		{name: "upload, refused", side: "<", data: records(`{"type":1,"invocationId":"6","target":"Upload","arguments":[],"streamIds":["7"]}`), want: is(`Upload [] kind=invocation`), refuse: refused("6")},
		{name: "its item", side: "<", data: records(`{"type":2,"invocationId":"7","item":1}`), want: is("!signalr.refused-stream"), refuse: "-"},
		{name: "and its end", side: "<", data: records(`{"type":3,"invocationId":"7"}`), want: is("!signalr.refused-stream"), refuse: "-"},
		{name: "item of nothing", side: "<", data: records(`{"type":2,"invocationId":"2","item":1}`), want: is("!signalr.id")},
		{name: "server invokes", side: ">", data: records(`{"type":1,"target":"news","arguments":[{"a":1}]}`), want: is(`news [{"a":1}] kind=invocation`)},
		{name: "server asks", side: ">", data: records(`{"type":1,"invocationId":"5","target":"question","arguments":[]}`), want: is(`question [] kind=invocation`)},
		{name: "client answers", side: "<", data: records(`{"type":3,"invocationId":"5","result":42}`), want: is(":reply question 42")},
		{name: "client answers nothing", side: "<", data: records(`{"type":3,"invocationId":"5","result":42}`), want: is("!signalr.id")},
		{name: "unknown type", side: "<", data: records(`{"type":10}`), want: is("!signalr.record")},
		{name: "type in words", side: "<", data: records(`{"type":"1","target":"A","arguments":[]}`), want: is("!signalr.record")},
		{name: "target in other letters", side: "<", data: records(`{"type":1,"target":"A","Target":"B","arguments":[]}`), want: is("!signalr.record")},
		{name: "our names", side: "<", data: records(`{"type":1,"target":":item A","arguments":[]}`), want: is("!signalr.record")},
		{name: "endless target", side: "<", data: records(`{"type":1,"target":"` + strings.Repeat("x", 257) + `","arguments":[]}`), want: is("!signalr.record")},
		{name: "no arguments", side: "<", data: records(`{"type":1,"target":"A"}`), want: is("!signalr.record")},
		{name: "stream without id", side: "<", data: records(`{"type":4,"target":"A","arguments":[]}`), want: is("!signalr.record")},
		{name: "array", side: "<", data: records(`[]`), want: is("!signalr.record")},
		{name: "too many records", side: "<", data: strings.Repeat(records(`{"type":6}`), 65), want: is("!signalr.record")},
		{name: "server's close", side: ">", data: records(`{"type":7,"error":"x"}`), want: is(`*:close "x"`)},
	})
}

// TestSignalRPending bounds the invocations that wait for a result.
func TestSignalRPending(t *testing.T) {
	c := dialect.NewSignalR().Open(dialect.Opening{})
	converse(t, c, signalROpening[:2])
	for n := range 1025 {
		m := message("<", []byte(records(fmt.Sprintf(`{"type":1,"invocationId":"%d","target":"A","arguments":[]}`, n))))
		bad := c.Read(m)
		if (bad == dialect.ErrSignalRID) != (n == 1024) {
			t.Fatalf("invocation %d: got %v", n, bad)
		}
		if bad == nil {
			c.Passed(m)
		}
	}
}

func FuzzSignalR(f *testing.F) {
	fuzz(f, dialect.NewSignalR(), promise{exact: true, any: `[{"new":1}]`}, signalROpening,
		records(`{"type":1,"invocationId":"1","target":"A","arguments":[1],"streamIds":["2"]}`, `{"type":6}`), records(`{"type":2,"invocationId":"s","item":{}}`),
		records(`{"type":3,"invocationId":"7","result":[]}`), records(`{"type":4,"invocationId":"9","target":"B","arguments":[]}`), records(`{"type":5,"invocationId":"9"}`))
}
