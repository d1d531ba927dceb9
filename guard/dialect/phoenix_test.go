package dialect_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

func TestPhoenix(t *testing.T) {
	const response = `{"status":"error","response":{"reason":"schema","message":"not \"so\"","event":"e1"}}`
	c := dialect.NewPhoenix().Open(dialect.Opening{})
	converse(t, c, []step{
		{name: "join, refused", side: "<", data: `["1","1","room:1","phx_join",{"a":1}]`, want: is(`phx_join {"a":1} topic=room:1`), refuse: `["1","1","room:1","phx_reply",` + response + `]`},
		{name: "push", side: "<", data: `["1","2","room:1","order",{"a":1}]`, want: is(`order {"a":1} topic=room:1`)},
		{name: "escapes", side: "<", data: `["1","\u0032","room:\"1","order",{"a":1}]`, want: is(`order {"a":1} topic=room:"1`), refuse: `["1","\u0032","room:\"1","phx_reply",` + response + `]`},
		{name: "no refs", side: "<", data: `[null,null,"room:1","order",1]`, want: is(`order 1 topic=room:1`), refuse: "-"},
		{name: "heartbeat", side: "<", data: `[null,"3","phoenix","heartbeat",{}]`, want: is(`*heartbeat {} topic=phoenix`), refuse: `[null,"3","phoenix","phx_reply",` + response + `]`},
		{name: "an application's heartbeat", side: "<", data: `[null,"3","room:1","heartbeat",{}]`, want: is(`heartbeat {} topic=room:1`)},
		{name: "leave", side: "<", data: `["1","4","room:1","phx_leave",{}]`, want: is(`*phx_leave {} topic=room:1`)},
		{name: "a server's event", side: "<", data: `["1","4","room:1","phx_reply",{}]`, want: is("!phoenix.event")},
		{name: "version 1", side: "<", data: `{"topic":"room:1","event":"order","payload":{"a":1},"ref":"7"}`, want: is(`order {"a":1} topic=room:1`), refuse: `{"ref":"7","topic":"room:1","event":"phx_reply","payload":` + response + `}`},
		{name: "binary", side: "<b", data: "\x00\x01\x01\x06\x0512room:1order\xff\x00", want: is("order topic=room:1"), refuse: `["1","2","room:1","phx_reply",` + response + `]`},
		{name: "binary without refs", side: "<b", data: "\x00\x00\x00\x06\x05room:1order", want: is("order topic=room:1"), refuse: "-"},
		{name: "binary, a server's event", side: "<b", data: "\x00\x01\x01\x06\x0912room:1phx_reply\xff\x00", want: is("!phoenix.event")},
		{name: "binary, a server's kind", side: "<b", data: "\x02\x06\x05room:1order", want: is("!phoenix.message")},
		{name: "binary, cut head", side: "<b", data: "\x00\x01", want: is("!phoenix.message")},
		{name: "binary, cut text", side: "<b", data: "\x00\x00\x00\x06\x05room:1orde", want: is("!phoenix.message")},
		{name: "binary, no UTF-8", side: "<b", data: "\x00\x00\x00\x01\x05\xfforder", want: is("!phoenix.message")},
		{name: "binary, nothing", side: "<b", data: "", want: is("!phoenix.message")},
		{name: "four elements", side: "<", data: `["1","2","room:1","order"]`, want: is("!phoenix.message"), refuse: "-"},
		{name: "six elements", side: "<", data: `["1","2","room:1","order",{},1]`, want: is("!phoenix.message")},
		{name: "topic that is none", side: "<", data: `["1","2",1,"order",{}]`, want: is("!phoenix.message")},
		{name: "ref that is none", side: "<", data: `["1",[],"room:1","order",{}]`, want: is("!phoenix.message")},
		{name: "empty event", side: "<", data: `["1","2","room:1","",{}]`, want: is("!phoenix.message")},
		{name: "text", side: "<", data: `"order"`, want: is("!phoenix.message")},
		{name: "prototype", side: "<", data: `["1","2","room:1","order",{"__proto__":1}]`, want: is("!message.prototype-key")},
		{name: "reply", side: ">", data: `["1","2","room:1","phx_reply",{"status":"ok","response":{}}]`, want: is(`phx_reply {"status":"ok","response":{}} topic=room:1`)},
		{name: "broadcast", side: ">", data: `[null,null,"room:1","news",{"a":1}]`, want: is(`news {"a":1} topic=room:1`)},
		{name: "closed", side: ">", data: `["1","1","room:1","phx_close",{}]`, want: is(`*phx_close {} topic=room:1`)},
		{name: "binary push", side: ">b", data: "\x00\x01\x06\x041room:1news\xff", want: is("news topic=room:1")},
		{name: "binary reply", side: ">b", data: "\x01\x01\x01\x06\x0212room:1ok\xff", want: is("phx_reply topic=room:1")},
		{name: "binary broadcast", side: ">b", data: "\x02\x06\x04room:1news\xff", want: is("news topic=room:1")},
	})
}

func FuzzPhoenix(f *testing.F) {
	fuzz(f, dialect.NewPhoenix(), promise{exact: true, any: `[{"new":1}]`}, nil,
		`["1","2","room:1","order",{"a":1}]`, `{"topic":"room:1","event":"order","payload":{"a":1},"ref":"7"}`, `[null,"3","phoenix","heartbeat",{}]`, "\x00\x01\x01\x06\x0512room:1order\xff\x00", "\x02\x06\x04room:1news\xff")
}
