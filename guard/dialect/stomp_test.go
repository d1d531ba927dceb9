package dialect_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/wswarden/wswarden/guard/dialect"
)

// stompOpening settles version 1.2.
var stompOpening = []step{
	{name: "connect", side: "<", data: "CONNECT\naccept-version:1.2\nhost:h\nlogin:me\npasscode:p\n\n\x00", want: is("*CONNECT command=CONNECT login=me host=h")},
	{name: "connected", side: ">", data: "CONNECTED\nversion:1.2\n\n\x00\n", want: is("*CONNECTED command=CONNECTED")},
}

func TestSTOMP(t *testing.T) {
	c := dialect.NewSTOMP().Open(dialect.Opening{})
	refused := "close ERROR\nmessage:schema\nevent:e1%s\ncontent-type:text/plain\ncontent-length:8\n\nnot \"so\"\x00"
	converse(t, c, []step{
		{name: "before connect", side: "<", data: "SEND\ndestination:/a\n\nx\x00", want: is("!stomp.connect"), refuse: strings.ReplaceAll(refused, "%s", "")},
		{name: "heart-beat", side: "<", data: "\n", want: is("*heart-beat")},
		{name: "connect refused", side: "<", data: "CONNECT\naccept-version:1.2\n\n\x00", want: is("*CONNECT command=CONNECT"), refuse: strings.ReplaceAll(refused, "%s", "")},
	})
	converse(t, c, stompOpening)
	converse(t, c, []step{
		{name: "connect again", side: "<", data: "CONNECT\n\n\x00", want: is("!stomp.connect")},
		{name: "JSON", side: "<", data: "SEND\ndestination:/topic/a\ncontent-type:application/json\n\n{\"a\":1}\x00", want: is(`SEND /topic/a {"a":1} command=SEND destination=/topic/a content-type=application/json`)},
		{name: "JSON with its length", side: "<b", data: "SEND\ndestination:/a\ncontent-length:7\n\n{\"a\":1}\x00\n", want: is(`SEND /a {"a":1} command=SEND destination=/a`)},
		{name: "text", side: "<", data: "SEND\ndestination:/a\n\nhello\x00", want: is(`SEND /a command=SEND destination=/a`)},
		{name: "JSON that is called text", side: "<", data: "SEND\ndestination:/a\ncontent-type:text/plain\n\n{\"a\":1}\x00", want: is(`SEND /a {"a":1} command=SEND destination=/a content-type=text/plain`)},
		{name: "no JSON in spite of its type", side: "<", data: "SEND\ndestination:/a\ncontent-type:application/vnd.x+json; charset=utf-8\n\n{\x00", want: is("!message.unexpected-end")},
		{name: "JSON of two readings", side: "<", data: "SEND\ndestination:/a\n\n{\"a\":1,\"a\":2}\x00", want: is("!message.duplicate-key")},
		{name: "NUL in the body", side: "<b", data: "SEND\ndestination:/a\ncontent-length:3\n\na\x00b\x00", want: is(`SEND /a command=SEND destination=/a`)},
		{name: "escapes", side: "<", data: "SEND\ndestination:/a\\cb\\\\c\\n\\r\nreceipt:r\\c1\n\n\x00", want: is("SEND /a:b\\c\n\r command=SEND destination=/a:b\\c\n\r receipt=r:1"), refuse: strings.ReplaceAll(refused, "%s", "\nreceipt-id:r\\c1")},
		{name: "carriage returns", side: "<", data: "SUBSCRIBE\r\ndestination:/topic/a\r\nid:1\r\nselector:x > 1\r\n\r\n\x00", want: is("SUBSCRIBE /topic/a command=SUBSCRIBE destination=/topic/a id=1 selector=x > 1")},
		{name: "two frames", side: "<", data: "ACK\nid:1\n\n\x00\nSEND\ndestination:/a\n\n[1]\x00\n\n", want: is("*ACK command=ACK id=1", "SEND /a [1] command=SEND destination=/a")},
		{name: "message", side: ">", data: "MESSAGE\ndestination:/topic/a\nsubscription:1\nmessage-id:2\nredelivered:false\nredelivered:true\n\n{\"a\":1}\x00", want: is(`MESSAGE /topic/a {"a":1} command=MESSAGE destination=/topic/a`)},
		{name: "receipt", side: ">", data: "RECEIPT\nreceipt-id:1\n\n\x00", want: is("*RECEIPT command=RECEIPT")},
		{name: "error", side: ">", data: "ERROR\nmessage:x\ncontent-type:text/plain\n\n{\x00", want: is("*ERROR command=ERROR content-type=text/plain")},
		{name: "disconnect", side: "<", data: "DISCONNECT\nreceipt:9\n\n\x00", want: is("*DISCONNECT command=DISCONNECT receipt=9")},
	})
}

// TestSTOMPForms refuses what two readers could take for different frames.
func TestSTOMPForms(t *testing.T) {
	for name, c := range map[string]struct{ data, rule string }{
		"no end":                     {"SEND\ndestination:/a\n\nx", "frame"},
		"no head":                    {"SEND\x00", "frame"},
		"second frame cut":           {"ACK\nid:1\n\n\x00SEND\n", "frame"},
		"junk behind":                {"ACK\nid:1\n\n\x00x", "frame"},
		"length beyond the end":      {"SEND\ndestination:/a\ncontent-length:9\n\nx\x00", "frame"},
		"length before the end":      {"SEND\ndestination:/a\ncontent-length:1\n\nxy\x00", "frame"},
		"length that is none":        {"SEND\ndestination:/a\ncontent-length:+1\n\nx\x00", "frame"},
		"negative length":            {"SEND\ndestination:/a\ncontent-length:-1\n\nx\x00", "frame"},
		"empty length":               {"SEND\ndestination:/a\ncontent-length:\n\nx\x00", "frame"},
		"length twice":               {"SEND\ndestination:/a\ncontent-length:1\ncontent-length:2\n\nx\x00", "header"},
		"length in other letters":    {"SEND\ndestination:/a\nContent-Length:1\n\nx\x00", "header"},
		"destination twice":          {"SEND\ndestination:/a\ndestination:/b\n\nx\x00", "header"},
		"destination in capitals":    {"SEND\ndestination:/a\nDestination:/b\n\nx\x00", "header"},
		"destination with a space":   {"SEND\ndestination:/a\ndestination :/b\n\nx\x00", "header"},
		"value with a space":         {"SEND\ndestination: /a\n\nx\x00", "header"},
		"no destination":             {"SEND\n\nx\x00", "header"},
		"empty destination":          {"SUBSCRIBE\ndestination:\nid:1\n\n\x00", "header"},
		"unknown escape":             {"SEND\ndestination:/a\nx:\\t\n\n\x00", "header"},
		"cut escape":                 {"SEND\ndestination:/a\nx:\\\n\n\x00", "header"},
		"no colon":                   {"SEND\ndestination:/a\nx\n\n\x00", "frame"},
		"no name":                    {"SEND\ndestination:/a\n:x\n\n\x00", "frame"},
		"bare carriage return":       {"SEND\ndestination:/a\rx:y\n\n\x00", "frame"},
		"NUL in the head":            {"SEND\ndestination:/a\x00\n\n\x00", "frame"},
		"no UTF-8":                   {"SEND\ndestination:/\xff\n\n\x00", "frame"},
		"body where none is":         {"SUBSCRIBE\ndestination:/a\nid:1\n\nx\x00", "frame"},
		"unknown command":            {"send\ndestination:/a\n\nx\x00", "command"},
		"command with a space":       {"SEND \ndestination:/a\n\nx\x00", "command"},
		"a server's command":         {"MESSAGE\ndestination:/a\n\nx\x00", "command"},
		"too many headers":           {"SEND\ndestination:/a\n" + strings.Repeat("x:y\n", 64) + "\n\x00", "frame"},
		"too many frames":            {strings.Repeat("ACK\nid:1\n\n\x00", 33), "frame"},
		"connect behind a heartbeat": {"\n\nCONNECT\n\n\x00", "connect"},
	} {
		conversation := dialect.NewSTOMP().Open(dialect.Opening{})
		converse(t, conversation, stompOpening)
		m := message("<b", []byte(c.data))
		if bad := conversation.Read(m); bad == nil || bad.Rule != "stomp."+c.rule {
			t.Errorf("%s: %q: got %q, want stomp.%s", name, c.data, describe(m, bad), c.rule)
		}
	}
}

// TestSTOMPVersions reads escapes and line ends as the version that was agreed on
// has them.
func TestSTOMPVersions(t *testing.T) {
	for version, want := range map[string][]string{
		"":              is(`SEND /a\c\\b command=SEND destination=/a\c\\b`, "!stomp.frame"),
		"version:1.0\n": is(`SEND /a\c\\b command=SEND destination=/a\c\\b`, "!stomp.frame"),
		"version:1.1\n": is(`SEND /a:\b command=SEND destination=/a:\b`, "!stomp.frame"),
		"version:1.2\n": is(`SEND /a:\b command=SEND destination=/a:\b`, "SEND /a command=SEND destination=/a"),
	} {
		c := dialect.NewSTOMP().Open(dialect.Opening{})
		converse(t, c, []step{
			{side: "<", data: "STOMP\n\n\x00", want: is("*STOMP command=STOMP")},
			{name: "early", side: "<", data: "SEND\ndestination:/a\n\n\x00", want: is("SEND /a command=SEND destination=/a")},
			{name: "early and ambiguous", side: "<", data: "SEND\ndestination:/a\\c\n\n\x00", want: is("!stomp.header")},
			{side: ">", data: "CONNECTED\n" + version + "\n\x00", want: is("*CONNECTED command=CONNECTED")},
			{name: version, side: "<", data: "SEND\ndestination:/a\\c\\\\b\n\n\x00", want: want[:1]},
			{name: version, side: "<", data: "SEND\r\ndestination:/a\r\n\r\n\x00", want: want[1:]},
		})
	}
}

func TestSTOMPRewrite(t *testing.T) {
	c := dialect.NewSTOMP().Open(dialect.Opening{})
	converse(t, c, stompOpening)
	m := message("<", []byte("\nSEND\r\ndestination:/a\r\ncontent-length:2\r\nx:y\r\n\r\n[]\x00\nSEND\ndestination:/b\n\n1\x00ACK\nid:1\n\n\x00\n"))
	if bad := c.Read(m); bad != nil {
		t.Fatal(bad)
	}
	got := string(c.Rewrite([]byte("before "), m, [][]byte{[]byte(`{"a":"é"}`), nil, nil}))
	want := "before \nSEND\r\ndestination:/a\r\ncontent-length:10\r\nx:y\r\n\r\n{\"a\":\"é\"}\x00\nSEND\ndestination:/b\n\n1\x00ACK\nid:1\n\n\x00\n"
	if got != want {
		t.Errorf("got %q,\nwant %q", got, want)
	}
}

func FuzzSTOMP(f *testing.F) {
	fuzz(f, dialect.NewSTOMP(), promise{any: `[{"new":1}]`}, stompOpening,
		"SEND\ndestination:/a\\c\ncontent-length:7\n\n{\"a\":1}\x00", "SUBSCRIBE\r\ndestination:/a\r\nid:1\r\n\r\n\x00", "ACK\nid:1\n\n\x00\nSEND\ndestination:/a\n\n[1]\x00\n",
		"MESSAGE\ndestination:/a\n\n{}\x00", "\r\n", "SEND\ndestination:/a\ncontent-type:application/json\n\n1\x00")
}

// TestSTOMPVersionInARace: a message that is read while CONNECTED passes is read as
// one version has it from its first frame to its last.
func TestSTOMPVersionInARace(t *testing.T) {
	long := strings.Repeat("SEND\ndestination:/a\n\n"+strings.Repeat("x", 100)+"\x00", 30)
	data := []byte(long + "SEND\ndestination:/a\\cb\n\nx\x00")
	for range 2000 {
		c := dialect.NewSTOMP().Open(dialect.Opening{})
		begin(t, c, stompOpening[:1])
		connected := message(">", []byte(stompOpening[1].data))
		c.Read(connected)
		m := message("<", data)
		var race sync.WaitGroup
		race.Go(func() { c.Passed(connected) })
		bad := c.Read(m)
		race.Wait()
		if last := describe(m, bad); last[len(last)-1] != "!stomp.header" && !strings.HasPrefix(last[len(last)-1], "SEND /a:b ") {
			t.Fatalf("read as %q", last[len(last)-1])
		}
	}
}
