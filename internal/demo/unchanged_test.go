package demo_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
	"github.com/wswarden/wswarden/internal/demo"
	"github.com/wswarden/wswarden/internal/wire"
)

// tap passes bytes on between the guard and a platform, and keeps them.
type tap struct {
	url string // http://…

	mu    sync.Mutex
	conns []*tapped // guarded by mu
}

// tapped is one connection.
type tapped struct {
	mu       sync.Mutex
	up, down bytes.Buffer // from the client's side and from the platform; guarded by mu
}

// newTap starts a tap in front of a platform. It ends with the test.
func newTap(t *testing.T, platform string) *tap {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &tap{url: "http://" + ln.Addr().String()}
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	wg.Go(func() {
		for {
			near, err := ln.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", strings.TrimPrefix(platform, "http://"))
			if err != nil {
				near.Close()
				continue
			}
			c := &tapped{}
			p.mu.Lock()
			p.conns = append(p.conns, c)
			p.mu.Unlock()
			context.AfterFunc(ctx, func() { near.Close(); far.Close() })
			wg.Go(func() { c.copy(far, near, &c.up) })
			wg.Go(func() { c.copy(near, far, &c.down) })
		}
	})
	t.Cleanup(func() {
		cancel()
		ln.Close()
		wg.Wait()
	})
	return p
}

func (c *tapped) copy(to, from net.Conn, kept *bytes.Buffer) {
	defer to.Close()
	b := make([]byte, 4096)
	for {
		n, err := from.Read(b)
		c.mu.Lock()
		kept.Write(b[:n])
		c.mu.Unlock()
		if _, werr := to.Write(b[:n]); err != nil || werr != nil {
			return
		}
	}
}

// sockets returns the texts that went up and down over WebSockets.
func (p *tap) sockets(t *testing.T) (up, down []string) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.mu.Lock()
		head := bufio.NewReader(bytes.NewReader(c.up.Bytes()))
		req, err := http.ReadRequest(head)
		if err == nil && req.Header.Get("Upgrade") != "" {
			up = append(up, texts(t, head, wire.FromClient)...)
			answer := bufio.NewReader(bytes.NewReader(c.down.Bytes()))
			if _, err := http.ReadResponse(answer, req); err != nil {
				t.Fatal(err)
			}
			down = append(down, texts(t, answer, wire.FromServer)...)
		}
		c.mu.Unlock()
	}
	return up, down
}

// texts reads frames.
func texts(t *testing.T, from io.Reader, role wire.Role) (out []string) {
	t.Helper()
	b, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	r := wire.NewReader(wire.ReaderConfig{From: role, Payload: true})
	for {
		n, u, ok, err := r.Next(b)
		b = b[n:]
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return out
		}
		if u.Opcode == wire.Text {
			out = append(out, string(u.Payload))
		}
	}
}

// TestLegitimateTrafficIsUnchanged compares bytes on both sides of the guard, with
// each flavour. Messages with an identity of their own are left out: they are
// stamped.
func TestLegitimateTrafficIsUnchanged(t *testing.T) {
	sent := []string{
		`{"type":"subscribe","channel":"prices:AAPL"}`,
		` { "channel" : "orders:alice" , "type" : "subscribe" } `,
		"{\"type\":\"unsubscribe\",\t\"channel\":\"prices:AAPL\"}",
		`{"type":"get_orders"}`,
		`{"type":"echo","text":"gr\u00fc\u00dfe \ud83d\ude00 \/ \"<b>\" & grüße"}`,
		`{"type":"\u0065cho"}`,
		`{"type":"get_profile","userId":"alice"}`,
		`{"type":"unsubscribe","channel":""}`, // refused by the platform itself
	}
	answered := []string{"subscribed", "subscribed", "unsubscribed", "orders", "echo", "echo", "profile", "error"}
	for _, flavour := range []string{tradingtest.Node, tradingtest.Python, tradingtest.InProcess} {
		t.Run(flavour, func(t *testing.T) {
			t.Parallel()
			p := newTap(t, tradingtest.Start(t, flavour, "TRADING_TICK_MS=50"))
			s, err := demo.NewStageAt(p.url)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			c, err := s.Enter(ctx, "alice")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			read := func(until string) {
				t.Helper()
				for {
					u, err := c.NextMessage(ctx)
					if err != nil || u.Opcode != wire.Text {
						t.Fatalf("waiting for %q: got opcode %d, %v", until, u.Opcode, err)
					}
					got = append(got, string(u.Payload))
					var m struct{ Type string }
					if json.Unmarshal(u.Payload, &m) == nil && m.Type == until {
						return
					}
				}
			}
			read("welcome")
			for i, text := range sent {
				if err := c.SendText(text); err != nil {
					t.Fatal(err)
				}
				read(answered[i])
			}
			c.Close()

			up, down := p.sockets(t)
			if !slices.Equal(up, sent) {
				t.Errorf("the platform got\n%s\nwant what was sent\n%s", strings.Join(up, "\n"), strings.Join(sent, "\n"))
			}
			// Prices that came later were not read.
			down = down[:min(len(down), len(got))]
			for i, text := range down {
				if strings.Contains(text, `"profile"`) { // loses its tax number, and nothing else
					before, after := object(t, text), object(t, got[i])
					delete(before, "taxId")
					if !jsonEqual(before, after) {
						t.Errorf("the profile %s became %s", text, got[i])
					}
					continue
				}
				if text != got[i] {
					t.Errorf("the platform sent %s, the client got %s", text, got[i])
				}
			}
			if len(down) != len(got) {
				t.Errorf("the platform sent %d messages, the client got %d", len(down), len(got))
			}
		})
	}
}

func object(t *testing.T, text string) (m map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func jsonEqual(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
