//go:build linux

package load_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/bench/echo"
	"github.com/wswarden/wswarden/bench/load"
)

// backend runs an echo backend in this process until the test ends.
func backend(t *testing.T) *echo.Server {
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
	return s
}

func TestEveryEchoComesBackIntact(t *testing.T) {
	s := backend(t)
	for _, tt := range []struct {
		name     string
		clients  int
		workload load.Workload
	}{
		{"one at a time", 5, load.Workload{Size: 256, Each: 40}},
		{"sixteen in flight", 5, load.Workload{Size: 256, InFlight: 16, Each: 40}},
		{"more in flight than there are", 5, load.Workload{Size: 256, InFlight: 64, Each: 40}},
		{"16-bit length", 4, load.Workload{Size: 4 << 10, InFlight: 2, Each: 50}},
		{"64-bit length, in pieces", 2, load.Workload{Size: 64 << 10, InFlight: 4, Each: 100}},
		{"least size", 1, load.Workload{Size: load.MinSize, Each: 200}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := load.Open(load.Target{Addr: s.Addr(), Origin: "https://bench.example"}, tt.clients)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if got := s.Open(); got < tt.clients {
				t.Errorf("got %d open connections at the backend, want %d", got, tt.clients)
			}
			marks := 0
			got, err := f.Echo(tt.workload, func() error { marks++; return nil })
			if err != nil {
				t.Fatal(err)
			}
			if want := tt.clients * tt.workload.Each; got.RoundTrips != want || marks != 2 {
				t.Errorf("got %d round trips and %d marks, want %d and 2", got.RoundTrips, marks, want)
			}
		})
	}
}

// The sequence goes on from one run to the next on the same connections, and
// the window of a timed run counts only what came back within it.
func TestRunsFollowEachOther(t *testing.T) {
	f, err := load.Open(load.Target{Addr: backend(t).Addr()}, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for range 3 {
		got, err := f.Echo(load.Workload{Size: 300, InFlight: 4, WarmUp: time.Millisecond, Window: 20 * time.Millisecond}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got.RoundTrips == 0 || got.Wall < 20*time.Millisecond {
			t.Errorf("got %+v, want round trips in at least 20ms", got)
		}
	}
	if _, err := f.Echo(load.Workload{Size: 256, Each: 7}, nil); err != nil {
		t.Fatal(err)
	}
}

func TestWorkloadsThatCannotBe(t *testing.T) {
	addr := backend(t).Addr()
	for _, n := range []int{0, -1, load.MaxClients + 1} {
		if _, err := load.Open(load.Target{Addr: addr}, n); err == nil {
			t.Errorf("opened %d connections, want an error", n)
		}
	}
	f, err := load.Open(load.Target{Addr: addr}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Echo(load.Workload{Size: load.MinSize - 1, Each: 1}, nil); err == nil {
		t.Error("sent a message below the least size, want an error")
	}
}

// meddler is a proxy that hands what the backend sends to change before it
// passes it on, once the handshake is over.
func meddler(t *testing.T, backend netip.AddrPort, change func(frames []byte) []byte) netip.AddrPort {
	t.Helper()
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		client, err := ln.Accept()
		if err != nil {
			return
		}
		defer client.Close()
		server, err := net.Dial("tcp4", backend.String())
		if err != nil {
			t.Error(err)
			return
		}
		defer server.Close()
		go func() {
			buf := make([]byte, 1<<16)
			for {
				n, err := client.Read(buf)
				if err != nil {
					server.Close()
					return
				}
				server.Write(buf[:n])
			}
		}()
		buf := make([]byte, 1<<16)
		for {
			n, err := server.Read(buf)
			if err != nil {
				return
			}
			out := buf[:n]
			if !strings.HasPrefix(string(out), "HTTP/1.1") {
				out = change(out)
			}
			client.Write(out)
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return netip.MustParseAddrPort(ln.Addr().String())
}

func TestAProxyThatChangesAnythingFailsTheRun(t *testing.T) {
	flip := func(at int) func([]byte) []byte {
		return func(b []byte) []byte { b[at] ^= 1; return b }
	}
	const header = 4 // of an unmasked frame of 256 bytes
	for _, tt := range []struct {
		name   string
		change func([]byte) []byte
		echo   bool // the error is load.ErrEcho

		// Set where nothing comes, so that the test need not wait for long.
		patience time.Duration
	}{
		{"first byte", flip(header), true, 0},
		{"last byte", flip(header + 255), true, 0},
		{"a digit of the number", flip(header + 37), true, 0},
		{"a digit of the client", flip(header + 53), true, 0},
		{"twice", func(b []byte) []byte { return append(b, b...) }, true, 0},
		{"shorter", func(b []byte) []byte { b[2], b[3] = 0, 255; return b[:len(b)-1] }, true, 0},
		{"lost", func([]byte) []byte { return nil }, true, 200 * time.Millisecond},
		{"cut off", func(b []byte) []byte { return b[:len(b)-1] }, true, 200 * time.Millisecond},
		{"final bit", flip(0), false, 0},
		{"reserved bit", func(b []byte) []byte { b[0] |= 0x40; return b }, false, 0},
		{"binary", func(b []byte) []byte { b[0] = 0x82; return b }, false, 0},
		{"close", func([]byte) []byte { return []byte{0x88, 2, 3, 0xF0} }, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := load.Open(load.Target{Addr: meddler(t, backend(t).Addr(), tt.change)}, 1)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			got, err := f.Echo(load.Workload{Size: 256, Each: 2, Patience: tt.patience}, nil)
			if err == nil {
				t.Fatalf("got %+v, want an error", got)
			}
			if errors.Is(err, load.ErrEcho) != tt.echo {
				t.Errorf("got %v, want load.ErrEcho to be %v", err, tt.echo)
			}
		})
	}
}

func TestPingsAreAnswered(t *testing.T) {
	pinged := false
	addr := meddler(t, backend(t).Addr(), func(b []byte) []byte {
		if pinged {
			return b
		}
		pinged = true
		return append([]byte{0x89, 2, 'h', 'i'}, b...)
	})
	f, err := load.Open(load.Target{Addr: addr}, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := f.Echo(load.Workload{Size: 256, Each: 5}, nil); err != nil || got.RoundTrips != 5 {
		t.Errorf("got %+v, %v, want 5 round trips", got, err)
	}
}

func TestARefusedHandshakeSaysHow(t *testing.T) {
	for _, tt := range []struct{ name, answer, want string }{
		{"refused", "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 4\r\n\r\nslow", `429, "slow"`},
		{"wrong key", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n", "wrong Upgrade or Sec-WebSocket-Accept"},
		{"not HTTP", "SSH-2.0\r\n\r\n", "malformed HTTP"},
		{"hung up", "", "closed without an answer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ln, err := net.Listen("tcp4", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			go func() {
				c, err := ln.Accept()
				if err != nil {
					return
				}
				defer c.Close()
				c.Read(make([]byte, 1024))
				c.Write([]byte(tt.answer))
			}()
			f, err := load.Open(load.Target{Addr: netip.MustParseAddrPort(ln.Addr().String())}, 1)
			if err == nil {
				f.Close()
				t.Fatal("got an open connection, want an error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want it to contain %q", err, tt.want)
			}
		})
	}
}
