package head_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/serve/head"
)

const upgrade = "GET /ws HTTP/1.1\r\nHost: app.example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://app.example.com\r\n\r\n"

// parse feeds input in pieces of at most size bytes.
func parse(input string, size int) (*head.Parser, bool, *guard.Denial) {
	p := &head.Parser{}
	for input != "" {
		n := copy(p.Space(), input[:min(size, len(input))])
		input = input[n:]
		if done, d := p.Advance(n); done || d != nil {
			return p, done, d
		}
	}
	return p, false, nil
}

func get(lines ...string) string {
	return "GET / HTTP/1.1\r\nHost: a\r\n" + strings.Join(lines, "\r\n") + "\r\n\r\n"
}

func TestAccepted(t *testing.T) {
	tests := []struct {
		name, input    string
		method, target string
		lines          int
		missing        int64
	}{
		{"a handshake", upgrade, "GET", "/ws", 6, 0},
		{"an empty value", get("Accept:"), "GET", "/", 2, 0},
		{"tabs and spaces around a value", get("Accept: \t a\tb \t"), "GET", "/", 2, 0},
		{"bytes above ASCII in a value", get("User-Agent: caf\xc3\xa9"), "GET", "/", 2, 0},
		{"repeated headers that are lists", get("Cookie: a=1", "Cookie: b=2", "Connection: a", "Connection: b"), "GET", "/", 5, 0},
		{"a query that browsers send", "GET /ws?a=%20&b={}|^`\\ HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/ws?a=%20&b={}|^`\\", 1, 0},
		{"an IPv6 host with a port", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "GET", "/", 1, 0},
		{"a body with the head", "POST /ws/ticket HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}", "POST", "/ws/ticket", 2, 0},
		{"a body that is still to come", "POST /ws/ticket HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\n", "POST", "/ws/ticket", 2, 20},
		{"the most header lines", get(strings.TrimSuffix(strings.Repeat("A: b\r\n", head.MaxLines-1), "\r\n")), "GET", "/", head.MaxLines, 0},
		{"the longest line", get("A: " + strings.Repeat("b", head.MaxLineBytes-3)), "GET", "/", 2, 0},
	}
	for _, tt := range tests {
		for _, size := range []int{1 << 20, 7, 1} {
			t.Run(fmt.Sprintf("%s in pieces of %d", tt.name, size), func(t *testing.T) {
				p, done, d := parse(tt.input, size)
				if d != nil || !done {
					t.Fatalf("parse(%.200q) = %v, %+v, want done", tt.input, done, d)
				}
				if p.Method() != tt.method || p.Target() != tt.target || p.Lines() != tt.lines {
					t.Errorf("got %s %s with %d lines, want %s %s with %d", p.Method(), p.Target(), p.Lines(), tt.method, tt.target, tt.lines)
				}
				if size == 1<<20 && p.Missing() != tt.missing {
					t.Errorf("missing %d bytes of the body, want %d", p.Missing(), tt.missing)
				}
			})
		}
	}
}

func TestRefused(t *testing.T) {
	tests := []struct {
		name, input string
		rule        string
		status      int
	}{
		{"a bare line feed after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", "request.bare-lf", 400},
		{"a bare line feed after a header", "GET / HTTP/1.1\r\nHost: a\n\r\n", "request.bare-lf", 400},
		{"a bare line feed as the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", "request.bare-lf", 400},
		{"a bare carriage return in a value", get("A: b\rX: c"), "request.bare-cr", 400},
		{"two carriage returns", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", "request.bare-cr", 400},
		{"a line folded with a space", get("A: b", " c"), "request.folded", 400},
		{"a line folded with a tab", get("A: b", "\tc"), "request.folded", 400},
		{"a first header folded", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "request.folded", 400},
		{"NUL in a value", get("A: b\x00c"), "request.control-byte", 400},
		{"escape in a value", get("A: \x1b[31m"), "request.control-byte", 400},
		{"delete in a value", get("A: \x7f"), "request.control-byte", 400},
		{"NUL in a name", get("A\x00: b"), "request.header-name", 400},
		{"a name above ASCII", get("\xc3\xa9: b"), "request.header-name", 400},
		{"an empty name", get(": b"), "request.header-name", 400},
		{"no colon", get("Origin"), "request.header-name", 400},
		{"a space before the colon", get("Origin : https://a"), "request.space-before-colon", 400},
		{"a tab before the colon", get("Origin\t: https://a"), "request.space-before-colon", 400},

		{"an empty first line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "request.line", 400},
		{"a leading space", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", "request.line", 400},
		{"two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "request.line", 400},
		{"two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", "request.line", 400},
		{"a tab between the parts", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", "request.line", 400},
		{"no version", "GET /\r\n\r\n", "request.line", 400},
		{"a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", "request.line", 400},
		{"a version with a third digit", "GET / HTTP/1.10\r\nHost: a\r\n\r\n", "request.line", 400},
		{"a trailing space", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "request.line", 400},
		{"a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", "request.line", 400},
		{"a TLS hello", "\x16\x03\x01\x02\x00\x01", "request.line", 400},
		{"HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", "request.version", 505},
		{"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "request.version", 505},
		{"the absolute form", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "request.target-form", 400},
		{"the authority form", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "request.target-form", 400},
		{"the asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "request.target-form", 400},
		{"a fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", "request.target", 400},
		{"a control byte in the target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", "request.target", 400},
		{"a target above ASCII", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", "request.target", 400},
		{"a broken escape", "GET /%2 HTTP/1.1\r\nHost: a\r\n\r\n", "request.target", 400},
		{"an escape that is no number", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "request.target", 400},

		{"no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", "request.host", 400},
		{"an empty Host", "GET / HTTP/1.1\r\nHost: \r\n\r\n", "request.host", 400},
		{"a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "request.host", 400},
		{"a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "request.host", 400},
		{"two Hosts", get("host: a"), "request.repeated-host", 400},
		{"two Origins", get("Origin: https://a", "ORIGIN: https://b"), "request.repeated-origin", 400},
		{"two keys", get("Sec-WebSocket-Key: a", "Sec-WebSocket-Key: a"), "request.repeated-sec-websocket-key", 400},
		{"two versions", get("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13"), "request.repeated-sec-websocket-version", 400},
		{"two credentials", get("Authorization: a", "authorization: b"), "request.repeated-authorization", 400},
		{"two lengths", get("Content-Length: 0", "Content-Length: 0"), "request.repeated-content-length", 400},
		{"a list of lengths", get("Content-Length: 1, 1"), "request.content-length", 400},
		{"a signed length", get("Content-Length: +1"), "request.content-length", 400},
		{"an empty length", get("Content-Length:"), "request.content-length", 400},
		{"a length with a leading zero", get("Content-Length: 01"), "request.content-length", 400},
		{"a length that overflows", get("Content-Length: 99999999999999999999999"), "request.body-too-large", 413},
		{"chunks", get("Transfer-Encoding: chunked"), "request.transfer-encoding", 400},
		{"chunks beside a length", get("Content-Length: 3", "tRANSFER-eNCODING: identity"), "request.transfer-encoding", 400},

		{"bytes after a head without a body", upgrade + "\x81\x80", "request.early-data", 400},
		{"a request behind the request", upgrade + get(), "request.early-data", 400},
		{"bytes after the body", get("Content-Length: 2") + "{}x", "request.early-data", 400},

		{"one header line too many", get(strings.TrimSuffix(strings.Repeat("A: b\r\n", head.MaxLines), "\r\n")), "request.too-many-headers", 431},
		{"a header line one byte too long", get("A: " + strings.Repeat("b", head.MaxLineBytes-2)), "request.header-too-long", 431},
		{"a header line without an end", "GET / HTTP/1.1\r\nA: " + strings.Repeat("b", head.MaxLineBytes), "request.header-too-long", 431},
		{"a request line without an end", "GET /" + strings.Repeat("b", head.MaxLineBytes), "request.line-too-long", 414},
		{"a head that is too large", get(strings.TrimSuffix(strings.Repeat("A: "+strings.Repeat("b", 8000)+"\r\n", 5), "\r\n")), "request.head-too-large", 431},
	}
	for _, tt := range tests {
		for _, size := range []int{1 << 20, 1} {
			if size == 1 && tt.rule == "request.early-data" {
				continue // in pieces, these bytes come after the head was done
			}
			t.Run(fmt.Sprintf("%s in pieces of %d", tt.name, size), func(t *testing.T) {
				_, done, d := parse(tt.input, size)
				if d == nil {
					t.Fatalf("parse(%.200q) = %v, want %s", tt.input, done, tt.rule)
				}
				if done || d.Rule != tt.rule || d.Status != tt.status {
					t.Errorf("parse(%.200q) = %v, %s %d, want %s %d", tt.input, done, d.Rule, d.Status, tt.rule, tt.status)
				}
				if d.Weakness == "" || d.Public == "" || d.Detail == "" || d.Code == "" {
					t.Errorf("%+v lacks a text", d)
				}
			})
		}
	}
}

// What an operator or a peer reads must not repeat a header value, which can
// be a credential.
func TestDenialsHoldNoValues(t *testing.T) {
	const secret = "s3cret"
	for _, line := range []string{
		"Authorization: " + secret + "\x00",
		"Authorization: " + secret + "\r\nAuthorization: " + secret,
		"Cookie " + secret,
		" " + secret,
		"Content-Length: " + secret,
		"A: " + secret + strings.Repeat("b", head.MaxLineBytes),
	} {
		_, _, d := parse(get(line), 1<<20)
		if d == nil {
			t.Fatalf("parse(%.80q) passed", line)
		}
		if strings.Contains(d.Detail+d.Public, secret) {
			t.Errorf("denial of %.40q repeats the value: %+v", line, d)
		}
	}
}

// A head that drips in byte by byte must cost what it costs in one piece:
// each byte is looked at once, so no re-parse from the start
// (CVE-2023-43669). Counted by the space that the parser asks for.
func TestMemoryIsBounded(t *testing.T) {
	p := &head.Parser{}
	fed := 0
	for line := "GET / HTTP/1.1\r\n"; ; line = "A: " + strings.Repeat("b", 1000) + "\r\n" {
		for _, c := range []byte(line) {
			space := p.Space()
			if got := len(p.Bytes()) + len(space); got > 2*head.MaxBytes {
				t.Fatalf("after %d bytes the parser holds %d, want at most %d", fed, got, 2*head.MaxBytes)
			}
			space[0] = c
			fed++
			if _, d := p.Advance(1); d != nil {
				if fed > head.MaxBytes+1 {
					t.Fatalf("refused after %d bytes, want at most %d", fed, head.MaxBytes+1)
				}
				return
			}
		}
	}
}
