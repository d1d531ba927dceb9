//go:build linux

package echo_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/echo"
	"github.com/wswarden/wswarden/internal/wire"
)

// dial connects to a new backend. Everything ends with the test.
func dial(t *testing.T) (*echo.Server, net.Conn) {
	t.Helper()
	s, err := echo.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- s.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	c, err := net.Dial("tcp4", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return s, c
}

// The key and its answer are those of RFC 6455 section 1.3.
const (
	request = "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

func upgrade(t *testing.T, c net.Conn, pieces ...string) *bufio.Reader {
	t.Helper()
	for _, p := range pieces {
		if _, err := io.WriteString(c, p); err != nil {
			t.Fatal(err)
		}
	}
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := resp.Header.Get("Sec-WebSocket-Accept"); resp.StatusCode != 101 || got != accept {
		t.Fatalf("got status %d and accept %q, want 101 and %q", resp.StatusCode, got, accept)
	}
	return r
}

func frame(fin bool, op wire.Opcode, payload string) string {
	h := wire.Header{Fin: fin, Opcode: op, Masked: true, Length: uint64(len(payload)), Key: [4]byte{9, 8, 7, 6}}
	b := append(h.Append(nil), payload...)
	wire.Mask(b[len(b)-len(payload):], h.Key, 0)
	return string(b)
}

func TestAnswers(t *testing.T) {
	for _, tt := range []struct{ name, send, want string }{
		{"text", frame(true, wire.Text, "hi"), "\x81\x02hi"},
		{"binary", frame(true, wire.Binary, "\x00\xff"), "\x82\x02\x00\xff"},
		{"empty", frame(true, wire.Text, ""), "\x81\x00"},
		{"fragments as they came", frame(false, wire.Text, "a") + frame(true, wire.Continuation, "b"), "\x01\x01a\x80\x01b"},
		{"ping", frame(true, wire.Ping, "x"), "\x8a\x01x"},
		{"no answer to a pong", frame(true, wire.Pong, "x") + frame(true, wire.Text, "y"), "\x81\x01y"},
		{"a close ends it", frame(true, wire.Close, "\x03\xe8") + frame(true, wire.Text, "y"), "\x88\x02\x03\xe8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, c := dial(t)
			r := upgrade(t, c, request)
			if _, err := io.WriteString(c, tt.send); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(tt.want))
			if _, err := io.ReadFull(r, got); err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// However the bytes are cut, also with frames right behind the request.
func TestAnyCutGivesTheSame(t *testing.T) {
	stream := request + frame(true, wire.Text, "one") + frame(true, wire.Text, "two")
	for _, at := range []int{1, len(request) - 2, len(request), len(request) + 1, len(request) + 5, len(stream) - 1} {
		_, c := dial(t)
		r := upgrade(t, c, stream[:at], stream[at:])
		got := make([]byte, 10)
		if _, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, []byte("\x81\x03one\x81\x03two")) {
			t.Errorf("cut at %d: got %q, %v", at, got, err)
		}
	}
}

func TestWhatIsNotWebSocketIsCutOff(t *testing.T) {
	for _, tt := range []struct{ name, send string }{
		{"no upgrade", "GET /ws HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"no HTTP", "hello\r\n\r\n"},
		{"unmasked frame", request + "\x81\x02hi"},
		{"reserved opcode", request + frame(true, 3, "hi")},
		{"length not minimal", request + "\x81\xfe\x00\x01keyk?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, c := dial(t)
			if _, err := io.WriteString(c, tt.send); err != nil {
				t.Fatal(err)
			}
			// It may answer what came before; then it must hang up, not wait.
			_, err := io.Copy(io.Discard, c)
			if e, ok := err.(net.Error); ok && e.Timeout() {
				t.Error("the connection is still open")
			}
		})
	}
}

func TestOpenCountsConnections(t *testing.T) {
	s, c := dial(t)
	upgrade(t, c, request)
	if got := s.Open(); got != 1 {
		t.Errorf("got %d, want 1", got)
	}
}
