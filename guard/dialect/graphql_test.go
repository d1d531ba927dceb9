package dialect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

func TestGraphQL(t *testing.T) {
	const hello = `{"query":"{ hello }"}`
	refused := `{"id":"2","type":"error","payload":[{"message":"not \"so\"","extensions":{"code":"schema","event":"e1"}}]}`
	c := dialect.NewGraphQL(dialect.GraphQL{Operations: 2}).Open(dialect.Opening{Subprotocol: "graphql-transport-ws"})
	converse(t, c, []step{
		{name: "before init", side: "<", data: `{"type":"subscribe","id":"1","payload":` + hello + `}`, want: is("!graphql.init")},
		{name: "init refused", side: "<", data: `{"type":"connection_init","payload":{"token":"x"}}`, want: is(`*connection_init {"token":"x"}`), refuse: "close -"},
		{name: "init", side: "<", data: `{"type":"connection_init"}`, want: is(`*connection_init`)},
		{name: "ack", side: ">", data: `{"type":"connection_ack"}`, want: is(`*connection_ack`)},
		{name: "init again", side: "<", data: `{"type":"connection_init"}`, want: is("!graphql.init")},
		{name: "ping", side: "<", data: `{"type":"ping"}`, want: is("*ping")},
		{name: "anonymous", side: "<", data: `{"type":"subscribe","id":"1","payload":` + hello + `}`, want: is("query " + hello + " operation=query name= fields=hello")},
		{name: "the same id", side: "<", data: `{"type":"subscribe","id":"1","payload":` + hello + `}`, want: is("!graphql.id")},
		{name: "named, refused", side: "<", data: `{"type":"subscribe","id":"2","payload":{"query":"mutation Order { o: order(a: {b: [1, $x]}) }"}}`,
			want: is(`mutation Order {"query":"mutation Order { o: order(a: {b: [1, $x]}) }"} operation=mutation name=Order fields=order`), refuse: refused},
		{name: "chosen of two", side: "<", data: `{"type":"subscribe","id":"2","payload":{"operationName":"B","query":"query A{a} subscription B{b c ...F} fragment F on T{d ...{e}}"}}`,
			want: is(`subscription B {"operationName":"B","query":"query A{a} subscription B{b c ...F} fragment F on T{d ...{e}}"} operation=subscription name=B fields=b c d e`)},
		{name: "too many", side: "<", data: `{"type":"subscribe","id":"3","payload":` + hello + `}`, want: is("!graphql.operations")},
		{name: "next", side: ">", data: `{"type":"next","id":"2","payload":{"data":1}}`, want: is(`subscription B {"data":1}`)},
		{name: "next of nothing", side: ">", data: `{"type":"next","id":"9","payload":{"data":1}}`, want: is("!graphql.operation")},
		{name: "complete", side: "<", data: `{"type":"complete","id":"2"}`, want: is("*complete")},
		{name: "late next", side: ">", data: `{"type":"next","id":"2","payload":{"data":1}}`, want: is(`subscription B {"data":1}`)},
		{name: "id not free yet", side: "<", data: `{"type":"subscribe","id":"2","payload":` + hello + `}`, want: is("!graphql.id")},
		{name: "place for another", side: "<", data: `{"type":"subscribe","id":"3","payload":` + hello + `}`, want: is("query " + hello + " operation=query name= fields=hello")},
		{name: "answered", side: ">", data: `{"type":"complete","id":"3"}`, want: is("*complete")},
		{name: "error", side: ">", data: `{"type":"error","id":"1","payload":[{"message":"x"}]}`, want: is(`*error [{"message":"x"}]`)},
		{name: "id free", side: "<", data: `{"type":"subscribe","id":"1","payload":` + hello + `}`, want: is("query " + hello + " operation=query name= fields=hello")},
		{name: "binary", side: "<b", data: `{"type":"ping"}`, want: is("!message.binary"), refuse: "-"},
		{name: "server's type", side: "<", data: `{"type":"next","id":"1"}`, want: is("!graphql.message"), refuse: "-"},
		{name: "batch", side: "<", data: `[{"type":"ping"}]`, want: is("!graphql.message")},
		{name: "other letters", side: "<", data: `{"type":"ping","Type":"subscribe"}`, want: is("!graphql.message")},
		{name: "persisted", side: "<", data: `{"type":"subscribe","id":"5","payload":{"extensions":{"persistedQuery":{"sha256Hash":"abc"}}}}`, want: is(`persisted abc {"extensions":{"persistedQuery":{"sha256Hash":"abc"}}}`), refuse: strings.ReplaceAll(refused, `"id":"2"`, `"id":"5"`)},
		{name: "persisted by a name, and empty", side: "<", data: `{"type":"subscribe","id":"5","payload":{"query":"","extensions":{"persistedQuery":"abc"}}}`, want: is(`persisted abc {"query":"","extensions":{"persistedQuery":"abc"}}`), refuse: strings.ReplaceAll(refused, `"id":"2"`, `"id":"5"`)},
		{name: "persisted beside a document", side: "<", data: `{"type":"subscribe","id":"5","payload":{"query":"{a}","documentId":"abc"}}`, want: is(`query {"query":"{a}","documentId":"abc"} operation=query name= fields=a`, "persisted abc"), refuse: strings.ReplaceAll(refused, `"id":"2"`, `"id":"5"`)},
		{name: "persisted twice", side: "<", data: `{"type":"subscribe","id":"5","payload":{"documentId":"abc","extensions":{"persistedQuery":"x"}}}`, want: is("!graphql.message")},
		{name: "persisted by a number", side: "<", data: `{"type":"subscribe","id":"5","payload":{"documentId":1,"query":"{a}"}}`, want: is("!graphql.message")},
		{name: "query in other letters", side: "<", data: `{"type":"subscribe","id":"5","payload":{"query":"{a}","Query":"{b}"}}`, want: is("!graphql.message")},
	})
}

func TestGraphQLLegacy(t *testing.T) {
	c := dialect.NewGraphQL(dialect.GraphQL{}).Open(dialect.Opening{Subprotocol: "graphql-ws"})
	converse(t, c, []step{
		{name: "init refused", side: "<", data: `{"type":"connection_init","payload":{}}`, want: is("*connection_init {}"),
			refuse: `close {"type":"connection_error","payload":{"message":"not \"so\"","extensions":{"code":"schema","event":"e1"}}}`},
		{name: "init", side: "<", data: `{"type":"connection_init","payload":{}}`, want: is("*connection_init {}")},
		{name: "keep alive", side: ">", data: `{"type":"ka"}`, want: is("*ka")},
		{name: "start", side: "<", data: `{"type":"start","id":"1","payload":{"query":"query A { a }"}}`, want: is(`query A {"query":"query A { a }"} operation=query name=A fields=a`)},
		{name: "refused", side: "<", data: `{"type":"start","id":"2","payload":{"query":"query A { a }"}}`, want: is(`query A {"query":"query A { a }"} operation=query name=A fields=a`),
			refuse: `{"id":"2","type":"error","payload":{"message":"not \"so\"","extensions":{"code":"schema","event":"e1"}}}`},
		{name: "data", side: ">", data: `{"type":"data","id":"1","payload":{"data":{"a":1}}}`, want: is(`query A {"data":{"a":1}}`)},
		{name: "stop", side: "<", data: `{"type":"stop","id":"1"}`, want: is("*stop")},
		{name: "terminate", side: "<", data: `{"type":"connection_terminate"}`, want: is("*connection_terminate")},
		{name: "the new protocol's", side: "<", data: `{"type":"subscribe","id":"1","payload":{"query":"{a}"}}`, want: is("!graphql.message")},
	})
}

// TestGraphQLDocument reads documents as the grammar has them.
func TestGraphQLDocument(t *testing.T) {
	good := map[string]string{ // type and fields
		`{a}`:           "query a",
		`query{a,b c}`:  "query a b c",
		"\ufeff{a#}\n}": "query a",
		`query Q($a:[Int!]!=[1,-2.5e+3],$b:T={x:"}"}@d)@e(f:1){a}`: "query Q a",
		`{a(b:"\u00e9\u{1F600}\n\/") c}`:                           "query a c",
		`{a(b:"}{\"\\") c}`:                                        "query a c",
		`{a(b:"""x " \""" }""") c}`:                                "query a c",
		`{a:b c:d}`:                                                "query b d",
		`{...F} fragment F on T{a...G} fragment G on T{b...F}`:     "query a b",
		`{... on T{a} ...@include(if:true){b}}`:                    "query a b",
		`"what it does" query Q{a}`:                                "query Q a",
		`mutation on{a}`:                                           "mutation on a",
		`{query mutation fragment on}`:                             "query query mutation fragment on",
		`{a(on:null,b:TRUE,c:[],d:{},e:$f,g:0)}`:                   "query a",
		`{__typename}`:                                             "query __typename",
	}
	for query, want := range good {
		it, bad := operation(query, "")
		if bad != nil || it != want {
			t.Errorf("%s: got %q, %v, want %q", query, it, bad, want)
		}
	}
	for _, query := range []string{
		"", "a", "{}", "{a", "{a}}", "query", "query Q", "query(){a}", "query Q(){a}", "{a()}", "{a(b)}", "{a(b:)}", "{a{}}", "{a:}", "{..F}", "{...}", "{... on{a}}",
		"type T{a:Int}", "schema{query:Q}", "extend type T{a:Int}", "{a} type T{a:Int}", "query Q{a} query Q{b}", "{a}{b}", "{a} query Q{b}",
		"fragment F on T{a}", "fragment on on T{a} {b}", "{...F} fragment F on T{a} fragment F on T{b}", "{...F}", `{a(b:")}`, "{a(b:\"\n\")}", "{a(b:\"\\\n\")}", `{a(b:"""")}`, `{a(b:"\x")}`, `{a(b:"\u12")}`, `{a(b:"\u{}")}`, `{a(b:"\u{12")}`, `{a(b:"\u{x}")}`, `{a(b:"\`, "query($a:B=$c){a}", "query($a:B=[{c:$d}]){a}", "query($a:B@c(d:$e)){a}",
		"{a(b:01)}", "{a(b:1a)}", "{a(b:.5)}", "{a(b:1.)}", "{a(b:1.5.5)}", "{a(b:-)}", "{a ? b}", "{a\u00a0b}", "{ä}", "query Q($a){b}", "query Q($a:){b}", "query Q($a:[T){b}", "query Q@(a:1){b}",
		strings.Repeat("{a", 40) + strings.Repeat("}", 40), "{" + strings.Repeat("a ", 65) + "}", "{" + strings.Repeat("a{", 20) + strings.Repeat("b ", 9000) + strings.Repeat("}", 21),
		"query " + strings.Repeat("x", 257) + "{a}",
		"{a(b:" + strings.Repeat("[", 40) + strings.Repeat("]", 40) + ")}",
	} {
		if it, bad := operation(query, ""); bad == nil || bad.Rule != "graphql.document" {
			t.Errorf("%q: got %q, %v, want a violation", query, it, bad)
		}
	}
	for query, rule := range map[string]string{
		"{__schema{types{name}}}": "graphql.introspection", "{a{x:__type(name:\"T\"){name}}}": "graphql.introspection",
	} {
		if it, bad := operation(query, ""); bad == nil || bad.Rule != rule {
			t.Errorf("%q: got %q, %v, want %s", query, it, bad, rule)
		}
	}
	for _, name := range []string{`,"operationName":"X"`, `,"operationName":""`, `,"operationName":1`, `,"query":"{b}"`} {
		if it, bad := operation("query A{a}", name); bad == nil {
			t.Errorf("%q: got %q, want a violation", name, it)
		}
	}
	if it, bad := operation("query A{a}", `,"operationName":null`); bad != nil || it != "query A a" {
		t.Errorf("got %q, %v", it, bad)
	}
}

// operation returns type and fields of a query's operation.
func operation(query, more string) (string, *dialect.Violation) {
	c := dialect.NewGraphQL(dialect.GraphQL{}).Open(dialect.Opening{})
	hello := message("<", []byte(`{"type":"connection_init"}`))
	c.Read(hello)
	c.Passed(hello)
	m := message("<", []byte(`{"type":"subscribe","id":"1","payload":{"query":`+quote(query)+more+`}}`))
	if bad := c.Read(m); bad != nil {
		return "", bad
	}
	fields, _ := m.Items[0].Envelope.Get("fields")
	return string(m.Items[0].Type) + " " + string(fields), nil
}

// TestGraphQLEnded bounds what is remembered of operations that a client has ended.
func TestGraphQLEnded(t *testing.T) {
	c := dialect.NewGraphQL(dialect.GraphQL{}).Open(dialect.Opening{})
	say := func(data string) *dialect.Violation {
		m := message("<", []byte(data))
		bad := c.Read(m)
		if bad == nil {
			c.Passed(m)
		}
		return bad
	}
	say(`{"type":"connection_init"}`)
	subscribe := func(n int) *dialect.Violation {
		return say(fmt.Sprintf(`{"type":"subscribe","id":"%d","payload":{"query":"{a}"}}`, n))
	}
	for n := range 300 {
		if bad := subscribe(n); bad != nil {
			t.Fatalf("operation %d: %v", n, bad)
		}
		say(fmt.Sprintf(`{"type":"complete","id":"%d"}`, n))
	}
	if bad := subscribe(0); bad != nil {
		t.Errorf("the oldest is still remembered: %v", bad)
	}
	if bad := subscribe(299); bad != dialect.ErrGraphQLID {
		t.Errorf("the latest: got %v, want %v", bad, dialect.ErrGraphQLID)
	}
}

func FuzzGraphQL(f *testing.F) {
	fuzz(f, dialect.NewGraphQL(dialect.GraphQL{}), promise{exact: true}, []step{
		{side: "<", data: `{"type":"connection_init"}`},
		{side: "<", data: `{"type":"subscribe","id":"1","payload":{"query":"query A{a}"}}`},
	}, `{"type":"subscribe","id":"2","payload":{"query":"query A($b:[C!]=1){a(b:\"\"\"x\"\"\"){...F}} fragment F on T{c}","operationName":"A"}}`,
		`{"type":"next","id":"1","payload":{"data":{}}}`, `{"type":"complete","id":"1"}`, `{"type":"error","id":"1","payload":[]}`, `{"type":"ping","payload":{}}`)
}
