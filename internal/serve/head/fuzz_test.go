package head_test

import (
	"bufio"
	"bytes"
	"net/http"
	"testing"

	"github.com/wswarden/wswarden/internal/serve/head"
)

// FuzzParser holds the parser against net/http: whatever passes must be read
// there as the same request, and the verdict must not depend on where the
// input was cut.
func FuzzParser(f *testing.F) {
	for _, seed := range []string{
		upgrade,
		upgrade + "GET / HTTP/1.1\r\n\r\n",
		get("Content-Length: 3", "Expect: 100-continue") + "abc",
		get("A:b", "A: c", "Pragma: no-cache", "Trailer: x"),
		"GET //a/../%41?%zz&;= HTTP/1.1\r\nHost: [::1]:1\r\n\r\n",
		"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + upgrade,
		"GET / HTTP/1.1\nHost: a\n\n",
	} {
		f.Add([]byte(seed), 3)
	}
	f.Fuzz(func(t *testing.T, input []byte, size int) {
		whole, done, d := parse(string(input), 1<<20)
		if done && d != nil {
			t.Fatalf("both done and denied: %+v", d)
		}
		pieces, done2, d2 := parse(string(input), max(1, size%64))
		if d == nil || d.Rule != "request.early-data" {
			if done != done2 || (d == nil) != (d2 == nil) || d != nil && d.Rule != d2.Rule {
				t.Fatalf("in one piece %v %+v, in pieces %v %+v", done, d, done2, d2)
			}
		}
		if !done {
			return
		}
		if !bytes.HasPrefix(input, pieces.Bytes()) || !bytes.Equal(input, whole.Bytes()) {
			t.Fatal("the parser changed the bytes")
		}
		sameAsNetHTTP(t, whole)
	})
}

func sameAsNetHTTP(t *testing.T, p *head.Parser) {
	t.Helper()
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(p.Bytes())))
	if err != nil {
		t.Fatalf("net/http does not read what passed: %v", err)
	}
	if r.Method != p.Method() || r.RequestURI != p.Target() || r.Proto != "HTTP/1.1" {
		t.Fatalf("net/http reads %s %s %s, the parser %s %s", r.Method, r.RequestURI, r.Proto, p.Method(), p.Target())
	}
	count := 1 // net/http moves Host out of the map
	for _, values := range r.Header {
		count += len(values)
	}
	if r.Header.Get("Pragma") == "no-cache" && count == p.Lines()+1 {
		count-- // net/http adds a Cache-Control for HTTP/1.0's sake
	}
	if count != p.Lines() {
		t.Fatalf("net/http reads %d headers, the parser %d", count, p.Lines())
	}
	if len(r.TransferEncoding) > 0 || r.ContentLength > head.MaxBody || r.ContentLength < 0 {
		t.Fatalf("net/http reads a body of %d bytes, encoding %q", r.ContentLength, r.TransferEncoding)
	}
}
