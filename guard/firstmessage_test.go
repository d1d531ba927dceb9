package guard_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// firstMessages has a route take tickets in the first message alone.
func firstMessages(c *guard.Config) {
	c.Routes[0].Auth = guard.Auth{Ticket: &guard.TicketPolicy{Carriers: []guard.Carrier{guard.CarrierFirstMessage}}}
}

// ticketMessage is the first message with this ticket.
func ticketMessage(ticket string) string {
	return fmt.Sprintf(`{"type":"wswarden.ticket","ticket":%q}`, ticket)
}

// clientFrame are the bytes of a client's message.
func clientFrame(op wire.Opcode, payload string) []byte {
	return wire.AppendMessage(nil, op, []byte(payload), &[4]byte{1, 2, 3, 4})
}

func TestFirstMessage(t *testing.T) {
	for _, c := range []struct {
		name string
		send func(ticket string) []byte
	}{
		{"ticket", func(v string) []byte { return clientFrame(wire.Text, ticketMessage(v)) }},
		{"with white space and more fields", func(v string) []byte {
			return clientFrame(wire.Text, ` { "v": 1, "ticket" : "`+v+`", "type":"wswarden.ticket" } `)
		}},
		{"after pings and pongs", func(v string) []byte {
			return append(bytes.Repeat(append(clientFrame(wire.Ping, "a"), clientFrame(wire.Pong, "")...), 7), clientFrame(wire.Text, ticketMessage(v))...)
		}},
		{"in fragments", func(v string) []byte {
			text := ticketMessage(v)
			key := &[4]byte{9, 9, 9, 9}
			b := wire.AppendFrame(nil, false, wire.Text, []byte(text[:10]), key)
			return wire.AppendFrame(b, true, wire.Continuation, []byte(text[10:]), key)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, firstMessages)
			m := w.minted(t, nil)
			conn := w.dial(t, wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{"wswarden.v1"}})
			if n := len(w.backend.Requests()); n != 0 {
				t.Error("the backend was asked before the client has shown its ticket")
			}
			// Messages right behind the ticket are neither lost nor early (WS203).
			conn.Write(append(c.send(m.Ticket), append(clientFrame(wire.Text, "first"), clientFrame(wire.Text, "second")...)...))
			for _, want := range []string{"first", "second"} {
				if u, err := conn.NextMessage(testContext(t)); err != nil || string(u.Payload) != want {
					t.Fatalf("got %q, %v; want %q", u.Payload, err, want)
				}
			}
			r := w.backend.Requests()[0]
			if got := r.Header.Get("Wswarden-User"); got != "alice" || w.Connections()[0].User != "alice" {
				t.Errorf("the backend reads user %q", got)
			}
			conn.Close()
			w.waitEmpty(t)
			again := w.dial(t, wireclient.Handshake{Origin: appOrigin})
			again.SendText(ticketMessage(m.Ticket))
			checkClose(t, again, guard.CloseDenied, "ticket_invalid;r=fresh;i=")
			w.audit.WaitRule(t, "ticket.used")
		})
	}
}

// checkClose reads the next message, which must be this Close frame.
func checkClose(t *testing.T, c *wireclient.Conn, code guard.CloseCode, reason string) {
	t.Helper()
	u, err := c.NextMessage(testContext(t))
	if err != nil || u.Opcode != wire.Close || guard.CloseCode(u.Code) != code || !strings.HasPrefix(string(u.Reason), reason) {
		t.Fatalf("got %v %d %q, %v; want the close code %d and %q", u.Opcode, u.Code, u.Reason, err, code, reason)
	}
}

func TestFirstMessageRefused(t *testing.T) {
	const invalid = "ticket_invalid;r=fresh;i="
	body := "wst1_" + strings.Repeat("A", 43)
	for _, c := range []struct {
		name           string
		cfg            func(*guard.Config)
		send           func(ticket string) []byte // nil: the ticket as it should be
		from           string
		code           guard.CloseCode
		reason         string
		rule, weakness string
	}{
		{"other message", nil, func(string) []byte { return clientFrame(wire.Text, `{"action":"subscribe"}`) }, "", 4003, invalid, "credential.first-message", "WS203"},
		{"other type", nil, func(v string) []byte {
			return clientFrame(wire.Text, strings.Replace(ticketMessage(v), "wswarden.ticket", "ticket", 1))
		}, "", 4003, invalid, "credential.first-message", "WS203"},
		{"no JSON", nil, func(v string) []byte { return clientFrame(wire.Text, v) }, "", 4003, invalid, "credential.first-message", "WS203"},
		{"two values", nil, func(v string) []byte { return clientFrame(wire.Text, ticketMessage(v)+ticketMessage(v)) }, "", 4003, invalid, "credential.first-message", "WS203"},
		{"empty", nil, func(string) []byte { return clientFrame(wire.Text, "") }, "", 4003, invalid, "credential.first-message", "WS203"},
		{"binary", nil, func(v string) []byte { return clientFrame(wire.Binary, ticketMessage(v)) }, "", 4003, invalid, "credential.first-message", "WS203"},
		{"close", nil, func(string) []byte { return clientFrame(wire.Close, "\x03\xe8") }, "", 4003, invalid, "credential.first-message", "WS203"},
		{"seventeen frames", nil, func(v string) []byte {
			return append(bytes.Repeat(clientFrame(wire.Ping, ""), 16), clientFrame(wire.Text, ticketMessage(v))...)
		}, "", 4003, invalid, "credential.first-message", "WS203"},
		{"no ticket", nil, func(string) []byte { return clientFrame(wire.Text, `{"type":"wswarden.ticket"}`) }, "", 4003, invalid, "ticket.malformed", "WS204"},
		{"unknown ticket", nil, func(string) []byte { return clientFrame(wire.Text, ticketMessage(body+checksum(body))) }, "", 4003, invalid, "ticket.unknown", "WS204"},
		{"ticket of another address", nil, nil, "127.0.0.2", 4003, invalid, "ticket.address", "WS204"},
		{"too long", nil, func(v string) []byte { return clientFrame(wire.Text, ticketMessage(v)+strings.Repeat(" ", 4<<10)) }, "", 1009, "too-big;r=no;i=", "frame.message-size", "WS701"},
		{"not masked", nil, func(v string) []byte { return wire.AppendMessage(nil, wire.Text, []byte(ticketMessage(v)), nil) }, "", 1002, "protocol;r=no;i=", "frame.unmasked-frame", "WS801"},
		{"not UTF-8", nil, func(string) []byte { return clientFrame(wire.Text, "\xff") }, "", 1007, "utf8;r=no;i=", "frame.invalid-utf8", "WS801"},
		{"dead backend", func(c *guard.Config) { c.Routes[0].Backend = "ws://127.0.0.1:1" }, nil, "", 1014, "bad_gateway;r=wait;i=", "backend.unreachable", ""},
		{"backend that does not switch", func(c *guard.Config) { c.Routes[0].Backend = answering(t, "HTTP/1.1 200 OK\r\n\r\n") }, nil, "", 1014, "bad_gateway;r=wait;i=", "backend.answer", "WS105"},
		{"chat.v1 promised, and not chosen", func(c *guard.Config) {
			c.Routes[0].Subprotocols = []string{"chat.v1"}
			c.Routes[0].Backend = answering(t, accepting)
		}, nil, "", 1014, "bad_gateway;r=wait;i=", "backend.answer", "WS105"},
		{"store down", func(c *guard.Config) {
			c.Store = &fakeStore{MemoryStore: guard.NewMemoryStore(), take: func(guard.Ticket) (guard.Ticket, error) { return guard.Ticket{}, errDown }}
		}, nil, "", 1013, "unavailable;r=wait;t=5;i=", "store.down", ""},
		{"store that panics", func(c *guard.Config) {
			c.Store = &fakeStore{MemoryStore: guard.NewMemoryStore(), take: func(guard.Ticket) (guard.Ticket, error) { panic("store") }}
		}, nil, "", 1011, "internal;r=wait;i=", "internal", ""},
		{"unsigned", func(c *guard.Config) { c.Identity = signer{err: errDown, seen: make(chan string, 1)} }, nil, "", 1011, "unavailable;r=wait;t=5;i=", "identity.unsigned", "WS201"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				firstMessages(cfg)
				if c.cfg != nil {
					c.cfg(cfg)
				}
			})
			m := w.minted(t, nil)
			h := wireclient.Handshake{Origin: appOrigin, From: c.from}
			if strings.HasPrefix(c.name, "chat") {
				h.Subprotocols = []string{"chat.v1"}
			}
			conn := w.dial(t, h)
			if c.send == nil {
				c.send = func(v string) []byte { return clientFrame(wire.Text, ticketMessage(v)) }
			}
			before := w.tally()
			conn.Write(c.send(m.Ticket))
			checkClose(t, conn, c.code, c.reason)
			conn.Close()
			w.waitEmpty(t)
			if after := w.tally(); after.recorded != before.recorded+1 || after.counted != before.counted+1 {
				t.Fatalf("recorded %d and counted %d times", after.recorded-before.recorded, after.counted-before.counted)
			}
			e := w.denied()[before.recorded]
			if e.Rule != c.rule || e.Weakness != c.weakness || e.Client == "" || e.Status != 101 || e.Close != c.code {
				t.Errorf("recorded %+v, want %s (%s)", e, c.rule, c.weakness)
			}
			if n := w.Stats().Routes[0].Closes[c.code]; n != 1 {
				t.Errorf("counted %d close codes %d", n, c.code)
			}
			if n := len(w.backend.Requests()); n != 0 {
				t.Errorf("the backend was asked %d times", n)
			}
		})
	}
}

// TestFirstMessageQuota: a user's quota holds for tickets in messages too.
func TestFirstMessageQuota(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) {
		firstMessages(c)
		c.Routes[0].Limits.ConnectionsPerUser = 1
	})
	held := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	held.SendText(ticketMessage(w.minted(t, nil).Ticket))
	held.SendText("hello")
	held.NextMessage(testContext(t))
	second := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	second.SendText(ticketMessage(w.minted(t, nil).Ticket))
	checkClose(t, second, guard.CloseRate, "too_many_connections;r=wait;t=10;i=")
	second.Close()
	held.Close()
	w.waitEmpty(t)
}

// TestFirstMessageBesideOthers: a credential in the handshake is judged there.
func TestFirstMessageBesideOthers(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) {
		firstMessages(c)
		c.Routes[0].Auth.Bearer = true
	})
	conn := w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken})
	conn.SendText("hello")
	if u, err := conn.NextMessage(testContext(t)); err != nil || string(u.Payload) != "hello" {
		t.Errorf("got %q, %v", u.Payload, err)
	}
	w.refuses(t, wireclient.Handshake{Origin: appOrigin, Bearer: "nobody"}, denial{401, "sign_in_required", "credential.refused", "WS201"})
	w.refuses(t, withTicket(w.minted(t, nil)), ticketInvalid("ticket.carrier"))
	w.refuses(t, wireclient.Handshake{Origin: "https://evil.example"}, foreign)
}

// TestEarlyData: what follows a handshake before its 101 is neither a frame
// nor a request.
func TestEarlyData(t *testing.T) {
	for name, early := range map[string]string{
		"a request": "GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n", "a message": string(clientFrame(wire.Text, "hello")), "one byte": "\x81",
	} {
		for route, edit := range map[string]func(*guard.Config){"backend": nil, "first message": firstMessages} {
			t.Run(name+" to "+route, func(t *testing.T) {
				w := startGateway(t, edit)
				res, behind := w.sendRaw(t, rawHandshake+early)
				if res.StatusCode != http.StatusBadRequest || !res.Close || behind != "" {
					t.Errorf("status %d, close %t, then %q", res.StatusCode, res.Close, behind)
				}
				if e := w.audit.WaitRule(t, "request.early-data"); e.Weakness != "WS801" || e.Status != http.StatusBadRequest {
					t.Errorf("recorded %+v", e)
				}
				w.waitEmpty(t)
			})
		}
	}
}

// TestFirstMessageExtensions: what can be refused before the 101 is.
func TestFirstMessageExtensions(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) {
		firstMessages(c)
		c.Routes[0].Compression = true
	})
	w.refuses(t, wireclient.Handshake{Origin: appOrigin, Extensions: `permessage-deflate; a="`}, denial{400, "bad_request", "request.extensions", "WS801"})
	w.waitEmpty(t)
}

// hijacked is a ResponseWriter whose socket is one end of a pipe.
type hijacked struct {
	*httptest.ResponseRecorder
	nc net.Conn
}

func (w hijacked) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return w.nc, bufio.NewReadWriter(bufio.NewReader(w.nc), bufio.NewWriter(w.nc)), nil
}

// pipeTo sends a handshake to h over a pipe and reads its answer.
func pipeTo(t *testing.T, h http.Handler) (nc net.Conn, br *bufio.Reader, status int) {
	t.Helper()
	nc, server := net.Pipe()
	w := hijacked{httptest.NewRecorder(), server}
	done := make(chan bool)
	go func() {
		h.ServeHTTP(w, handshakeFor("/ws"))
		close(done)
	}()
	br = bufio.NewReader(nc)
	answered := make(chan *http.Response)
	go func() {
		res, _ := http.ReadResponse(br, nil)
		answered <- res
	}()
	select {
	case res := <-answered:
		return nc, br, res.StatusCode
	case <-done: // refused before the upgrade
		nc.Close()
		server.Close()
		<-answered
		return nil, nil, w.Code
	}
}

// TestFirstMessageTime runs on a fake clock: five seconds are all the time
// there is, whatever else a client sends meanwhile.
func TestFirstMessageTime(t *testing.T) {
	for _, c := range []struct {
		name string
		send [][]byte // one each second
	}{
		{"silence", nil},
		{"pings", slices.Repeat([][]byte{clientFrame(wire.Ping, "a")}, 9)},
		{"a message byte by byte", slices.Collect(slices.Chunk(clientFrame(wire.Text, "never whole"), 1))},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, audit := newJudge(t, firstMessages)
				start := time.Now()
				nc, br, status := pipeTo(t, h)
				if status != http.StatusSwitchingProtocols {
					t.Fatalf("status %d", status)
				}
				var sender sync.WaitGroup
				defer sender.Wait()
				sender.Go(func() {
					for _, b := range c.send {
						time.Sleep(time.Second)
						if _, err := nc.Write(b); err != nil {
							return
						}
					}
				})
				said, err := io.ReadAll(br)
				if err != nil || !bytes.Contains(said, []byte("ticket_invalid;r=fresh")) || time.Since(start) != 5*time.Second {
					t.Errorf("%q after %v, %v; want a refusal after 5 s", said, time.Since(start), err)
				}
				if e := audit.WaitRule(t, "credential.first-message"); e.Weakness != "WS203" {
					t.Errorf("recorded %+v", e)
				}
			})
		})
	}
}

// TestFirstMessageWaiting: clients that have shown nothing have a quota of
// their own.
func TestFirstMessageWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, audit := newJudge(t, func(c *guard.Config) {
			firstMessages(c)
			c.Routes[0].Limits.ConnectionsPerIP = 2000
		})
		for i := range 1000 {
			if _, _, status := pipeTo(t, h); status != http.StatusSwitchingProtocols {
				t.Fatalf("client %d: %d", i, status)
			}
		}
		if _, _, status := pipeTo(t, h); status != http.StatusTooManyRequests {
			t.Errorf("one more: %d, want 429", status)
		}
		if e := audit.WaitRule(t, "connections.waiting"); e.Weakness != "WS703" {
			t.Errorf("recorded %+v", e)
		}
		time.Sleep(10 * time.Second)
		if _, _, status := pipeTo(t, h); status != http.StatusSwitchingProtocols {
			t.Errorf("when they are gone: %d", status)
		}
		time.Sleep(10 * time.Second)
	})
}
