package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

func TestJSONRPC(t *testing.T) {
	failed := func(code int, text, id string) string {
		return fmt.Sprintf(`{"jsonrpc":"2.0","error":{"code":%d,"message":%s,"data":{"code":"schema","event":"e1"}},"id":%s}`, code, quote(text), id)
	}
	const why, other = `not "so"`, "another message of the batch was refused"
	call := func(rest string) string { return `{"jsonrpc":"2.0",` + rest + `}` }
	converse(t, dialect.NewJSONRPC().Open(dialect.Opening{}), []step{
		{name: "call", side: "<", data: call(`"method":"sum","params":[1, 2],"id":1`), want: is(`sum [1, 2]`)},
		{name: "call, refused", side: "<", data: call(`"method":"sum","params":{"a":1},"id":"x"`), want: is(`sum {"a":1}`), refuse: failed(-32602, why, `"x"`)},
		{name: "notification", side: "<", data: call(`"method":"log","params":[]`), want: is(`log []`), refuse: "-"},
		{name: "no parameters", side: "<", data: call(`"method":"list","id":2`), want: is(`list`)},
		{name: "escapes", side: "<", data: call(`"m\u0065thod":"l\u0069st","id":"\u0078"`), want: is(`list`), refuse: failed(-32602, why, `"x"`)},
		{name: "another member", side: "<", data: call(`"method":"list","auth":1`), want: is(`list unseen`)},
		{name: "id in use", side: "<", data: call(`"method":"list","id":1`), want: is("!jsonrpc.id"), refuse: failed(-32600, why, "null")},
		{name: "id of another spelling", side: "<", data: call(`"method":"list","id":1.0`), want: is("!jsonrpc.id")},
		{name: "id with an exponent", side: "<", data: call(`"method":"list","id":1e2`), want: is("!jsonrpc.id")},
		{name: "id that JavaScript reads as another", side: "<", data: call(`"method":"list","id":9007199254740993`), want: is("!jsonrpc.id")},
		{name: "id of null", side: "<", data: call(`"method":"list","id":null`), want: is("!jsonrpc.id")},
		{name: "id of an object", side: "<", data: call(`"method":"list","id":{}`), want: is("!jsonrpc.id")},
		{name: "long id", side: "<", data: call(`"method":"list","id":"` + strings.Repeat("x", 200) + `"`), want: is("!jsonrpc.id")},
		{name: "version 1", side: "<", data: `{"method":"list","params":[],"id":3}`, want: is("!jsonrpc.message")},
		{name: "version that is a number", side: "<", data: `{"jsonrpc":2.0,"method":"list"}`, want: is("!jsonrpc.message")},
		{name: "parameters of a text", side: "<", data: call(`"method":"list","params":"x"`), want: is("!jsonrpc.message")},
		{name: "method of a number", side: "<", data: call(`"method":1`), want: is("!jsonrpc.method")},
		{name: "empty method", side: "<", data: call(`"method":""`), want: is("!jsonrpc.method")},
		{name: "method like a reply", side: "<", data: call(`"method":":reply sum"`), want: is("!jsonrpc.method")},
		{name: "method in another case", side: "<", data: call(`"method":"list","Method":"admin"`), want: is("!jsonrpc.ambiguous")},
		{name: "call and result", side: "<", data: call(`"method":"list","result":1,"id":4`), want: is("!jsonrpc.message")},
		{name: "nothing", side: "<", data: call(`"id":4`), want: is("!jsonrpc.message")},
		{name: "result that nobody asked for", side: "<", data: call(`"result":1,"id":4`), want: is("!jsonrpc.id")},
		{name: "not JSON", side: "<", data: `{"jsonrpc"`, want: is("!message.unexpected-end"), refuse: failed(-32700, why, "null")},
		{name: "text", side: "<", data: `"2.0"`, want: is("!jsonrpc.message")},
		{name: "binary", side: "<b", data: call(`"method":"list"`), want: is("!message.binary")},
		{name: "batch", side: "<", data: `[` + call(`"method":"a","id":10`) + `,` + call(`"method":"b"`) + `, ` + call(`"method":"c","params":{},"id":11`) + `]`, want: is("a", "b", "c {}"),
			refuse: "[" + failed(-32602, why, "10") + "," + failed(-32000, other, "11") + "]"},
		{name: "batch of notifications", side: "<", data: `[` + call(`"method":"a"`) + `]`, want: is("a"), refuse: "-"},
		{name: "batch with an id twice", side: "<", data: `[` + call(`"method":"a","id":12`) + `,` + call(`"method":"b","id":12`) + `]`, want: is("!jsonrpc.id")},
		{name: "batch with one that is none", side: "<", data: `[` + call(`"method":"a","id":12`) + `,1]`, want: is("!jsonrpc.message"), refuse: failed(-32600, why, "null")},
		{name: "empty batch", side: "<", data: `[]`, want: is("!jsonrpc.batch")},
		{name: "long batch", side: "<", data: `[` + strings.Repeat("1,", 64) + `1]`, want: is("!jsonrpc.batch")},

		{name: "result", side: ">", data: call(`"result":{"a":1},"id":1`), want: is(`:reply sum {"a":1}`)},
		{name: "result twice", side: ">", data: call(`"result":{"a":1},"id":1`), want: is("!jsonrpc.id")},
		{name: "error", side: ">", data: call(`"error":{"code":1},"id":2`), want: is(`:error list {"code":1}`)},
		{name: "error of no call", side: ">", data: call(`"error":{"code":1},"id":null`), want: is(`:error {"code":1}`)},
		{name: "the id is free again", side: "<", data: call(`"method":"list","id":1`), want: is("list")},
		{name: "result as of version 1", side: ">", data: `{"result":1,"error":null,"id":1}`, want: is(`:reply list 1`)},
		{name: "server calls", side: ">", data: call(`"method":"ask","id":7`), want: is("ask")},
		{name: "client answers", side: "<", data: call(`"result":2,"id":7`), want: is(`:reply ask 2`)},
		{name: "client answers twice", side: "<", data: call(`"result":2,"id":7`), want: is("!jsonrpc.id")},
	})
}

// TestJSONRPCRemembersCalls: no flood of calls makes the guard forget which method
// an answer is to.
func TestJSONRPCRemembersCalls(t *testing.T) {
	c := dialect.NewJSONRPC().Open(dialect.Opening{})
	say := func(side, data string) []string {
		m := message(side, []byte(data))
		bad := c.Read(m)
		if bad == nil {
			c.Passed(m)
		}
		return describe(m, bad)
	}
	say("<", `{"jsonrpc":"2.0","method":"secret","id":"s"}`)
	refused := 0
	for i := range 2000 {
		if got := say("<", fmt.Sprintf(`{"jsonrpc":"2.0","method":"x","id":%d}`, i)); got[0] == "!jsonrpc.id" {
			refused++
		}
	}
	if refused == 0 {
		t.Error("there is no end of calls")
	}
	if got := say(">", `{"jsonrpc":"2.0","result":1,"id":"s"}`); got[0] != ":reply secret 1" {
		t.Errorf("got %q", got)
	}
}

func FuzzJSONRPC(f *testing.F) {
	fuzz(f, dialect.NewJSONRPC(), promise{exact: true}, []step{{side: "<", data: `{"jsonrpc":"2.0","method":"m","id":1}`}},
		`{"jsonrpc":"2.0","method":"m","params":[1],"id":2}`, ` [ {"jsonrpc":"2.0","method":"m","params":{"a":1},"id":2},{"jsonrpc":"2.0","method":"n"} ] `,
		`{"jsonrpc":"2.0","result":{},"id":1}`, `{"jsonrpc":"2.0","error":{"code":-32000,"message":"x"},"id":1}`)
}
