package dialect_test

import (
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

func newJSON(t testing.TB, typ string) dialect.Dialect {
	t.Helper()
	d, err := dialect.NewJSON(typ)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestJSON(t *testing.T) {
	const told = `"code":"schema","message":"not \"so\"","event":"e1"}`
	converse(t, newJSON(t, "type").Open(dialect.Opening{}), []step{
		{name: "object", side: "<", data: ` {"type":"a","x":1} `, want: is(`a {"type":"a","x":1}`), refuse: `{"type":"error",` + told},
		{name: "escapes", side: "<", data: `{"t\u0079pe":"\u0061\n"}`, want: is("a\n {\"t\\u0079pe\":\"\\u0061\\n\"}")},
		{name: "number", side: "<", data: `{"type":2}`, want: is(`2 {"type":2}`)},
		{name: "no type", side: "<", data: `{"kind":"a"}`, want: is(` {"kind":"a"}`)},
		{name: "type that is none", side: "<", data: `{"type":["a"]}`, want: is(` {"type":["a"]}`)},
		{name: "array", side: "<", data: `[1]`, want: is(` [1]`)},
		{name: "another case beside", side: "<", data: `{"type":"a","TYPE":"b"}`, want: is("!message.type-ambiguous"), refuse: `{"type":"error",` + told},
		{name: "another case alone", side: "<", data: `{"TYPE":"b"}`, want: is("!message.type-ambiguous")},
		{name: "another case of a server", side: ">", data: `{"type":"a","TYPE":"b"}`, want: is(`a {"type":"a","TYPE":"b"}`)},
		{name: "not JSON", side: "<", data: `{"type":"a"`, want: is("!message.unexpected-end")},
		{name: "binary", side: "<b", data: `{"type":"a"}`, want: is("!message.binary")},
	})
	for typ, want := range map[string]string{
		"data.kind": `{"data":{"kind":"error"},` + told, "code": `{"code":"error","message":"not \"so\"","event":"e1"}`, `["a.b"]`: `{"a.b":"error",` + told,
	} {
		c := newJSON(t, typ).Open(dialect.Opening{})
		if got := string(c.Refuse(nil, new(dialect.Message), -1, refusal).Data); got != want {
			t.Errorf("type at %q: refused with %s, want %s", typ, got, want)
		}
	}
	if _, err := dialect.NewJSON("a..b"); err == nil {
		t.Error("a path that is none was accepted")
	}
}

func TestRaw(t *testing.T) {
	converse(t, dialect.NewRaw().Open(dialect.Opening{}), []step{
		{name: "text", side: "<", data: `{`, want: is("*text"), refuse: "-"},
		{name: "binary", side: ">b", data: "\xff", want: is("*binary")},
	})
}

func FuzzJSON(f *testing.F) {
	fuzz(f, newJSON(f, "data.type"), promise{}, nil, `{"data":{"type":"a"}}`, ` {"data":{"typ\u0065":1,"x":[1]}}`, `[]`)
}
