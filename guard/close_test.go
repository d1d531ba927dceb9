package guard_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// guardReason is the form of every close reason that the guard makes.
var guardReason = regexp.MustCompile(`^([a-z][a-z0-9.-]*);r=(no|fresh|wait|now)(;t=([0-9]+))?;i=([0-9a-f]{8,})$`)

// cutBy reads to the Close frame that the guard itself made, holds it to code
// and to the form of reasons, ends the client and returns the audit event that
// the reason names.
func (w *gateway) cutBy(t *testing.T, c *wireclient.Conn, code wire.CloseCode, start string) guard.Event {
	t.Helper()
	u, err := c.NextMessage(testContext(t))
	for err == nil && u.Opcode != wire.Close {
		u, err = c.NextMessage(testContext(t))
	}
	if err != nil {
		t.Fatalf("no close frame, want %d %s: %v; audit: %+v", code, start, err, w.audit.Events())
	}
	m := guardReason.FindStringSubmatch(string(u.Reason))
	if u.Code != code || m == nil || len(u.Reason) > 123 || !strings.HasPrefix(string(u.Reason), start+";i=") && !strings.HasPrefix(string(u.Reason), start+";t=") {
		t.Fatalf("closed with %d %q, want %d and a reason that starts with %q", u.Code, u.Reason, code, start)
	}
	c.Close()
	e := w.audit.Wait(t, "the end of the connection", func(e guard.Event) bool { return e.Action == "connection" && e.ID == m[5] })
	if e.Close != guard.CloseCode(code) {
		t.Errorf("audit says close %d, the client read %d", e.Close, code)
	}
	return e
}

// ended returns the audit event of the only connection's end.
func (w *gateway) ended(t *testing.T) guard.Event {
	t.Helper()
	return w.audit.Wait(t, "the end of the connection", func(e guard.Event) bool { return e.Action == "connection" })
}

var sendableCodes = []wire.CloseCode{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4001, 4999, wire.CloseNoStatus}

// closePaths are the ways in which frames travel: as they came, or framed anew.
var closePaths = map[string]struct {
	edit       func(*guard.Config)
	extensions string
}{
	"plain":      {edit: generous},
	"compressed": {all(generous, func(cfg *guard.Config) { cfg.Routes[0].Compression = true }), "permessage-deflate"},
}

// TestCloseCodesPass closes from either side: code and reason arrive unchanged,
// so does the answer, and then both sockets end.
func TestCloseCodesPass(t *testing.T) {
	for name, path := range closePaths {
		t.Run(name, func(t *testing.T) {
			s := startScript(t)
			w := startGateway(t, all(path.edit, func(cfg *guard.Config) { cfg.Routes[0].Backend = s.url }))
			for _, code := range sendableCodes {
				reason := fmt.Sprintf("grüße %d", code)
				if code == wire.CloseNoStatus {
					reason = ""
				}
				t.Run(fmt.Sprintf("%d from the client", code), func(t *testing.T) {
					c := w.dial(t, wireclient.Handshake{Origin: appOrigin, Extensions: path.extensions, Reader: wire.ReaderConfig{Deflate: new(wire.Deflate)}})
					p := <-s.conns
					c.SendClose(code, reason)
					wantClose(t, "backend", p.must(t), code, reason)
					p.write(t, wire.AppendClose(nil, 4321, "answer", nil))
					wantClose(t, "client", must(t, c), 4321, "answer")
					eof(t, c)
					p.ends(t)
				})
				t.Run(fmt.Sprintf("%d from the backend", code), func(t *testing.T) {
					c := w.dial(t, wireclient.Handshake{Origin: appOrigin, Extensions: path.extensions, Reader: wire.ReaderConfig{Deflate: new(wire.Deflate)}})
					p := <-s.conns
					p.write(t, wire.AppendClose(nil, code, reason, nil))
					wantClose(t, "client", must(t, c), code, reason)
					c.SendClose(4321, "answer")
					wantClose(t, "backend", p.must(t), 4321, "answer")
					eof(t, c)
					p.ends(t)
				})
			}
			w.Close()
			for _, e := range w.audit.Events() {
				if e.Action == "connection" && (e.Outcome != guard.Allowed || e.Detail != "closed" || e.Close != 0) {
					t.Errorf("an ordinary close reads %+v", e)
				}
			}
			if st := w.Stats(); len(st.Routes[0].Closes) != 0 {
				t.Errorf("closes of others count as the guard's: %v", st.Routes[0].Closes)
			}
		})
	}
}

func wantClose(t *testing.T, who string, u wire.Unit, code wire.CloseCode, reason string) {
	t.Helper()
	if u.Opcode != wire.Close || u.Code != code || string(u.Reason) != reason {
		t.Fatalf("%s got %v %d %q, want close %d %q", who, u.Opcode, u.Code, u.Reason, code, reason)
	}
}

// ends reads to the end of the socket, which must come without a frame.
func (p *part) ends(t *testing.T) {
	t.Helper()
	if u, err := p.next(t); err == nil {
		t.Fatalf("backend got %v %q after the end", u.Opcode, u.Payload)
	} else if n, ok := errors.AsType[net.Error](err); ok && n.Timeout() {
		t.Fatal("the backend's socket stayed open")
	}
}

// TestClientVanishes ends the client's socket without a Close frame: the
// backend reads 1001.
func TestClientVanishes(t *testing.T) {
	for name, vanish := range map[string]func(*wireclient.Conn){
		"reset": func(c *wireclient.Conn) {
			c.Conn.(*net.TCPConn).SetLinger(0)
			c.Close()
		},
		"end of stream":         func(c *wireclient.Conn) { c.Close() },
		"end of the write half": func(c *wireclient.Conn) { c.CloseWrite() },
		"in the middle of a frame": func(c *wireclient.Conn) {
			c.Write(masked(true, wire.Text, "hello")[:7])
			c.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, c, p := playGateway(t)
			c.SendText("last words")
			if u := p.must(t); string(u.Payload) != "last words" {
				t.Fatalf("got %q", u.Payload)
			}
			vanish(c)
			wantClose(t, "backend", p.must(t), 1001, "")
			p.ends(t)
			p.Close()
			if e := w.ended(t); e.Detail != "client lost" || e.Outcome != guard.Allowed || e.Close != 0 {
				t.Errorf("audit says %+v", e)
			}
		})
	}
}

// TestBackendVanishes ends the backend's socket without a Close frame: the
// client learns that waiting helps, and nothing else.
func TestBackendVanishes(t *testing.T) {
	for name, vanish := range map[string]func(*part){
		"reset": func(p *part) {
			p.Conn.(*net.TCPConn).SetLinger(0)
			p.Close()
		},
		"end of stream": func(p *part) { p.Close() },
		"end of the write half": func(p *part) {
			p.Conn.(*net.TCPConn).CloseWrite()
		},
		"in the middle of a frame": func(p *part) {
			p.Write(wire.AppendMessage(nil, wire.Text, []byte("hello"), nil)[:4])
			p.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, c, p := playGateway(t)
			p.send(t, wire.Text, "last words")
			if u := must(t, c); string(u.Payload) != "last words" {
				t.Fatalf("got %q", u.Payload)
			}
			vanish(p)
			if e := w.cutBy(t, c, 1014, "upstream;r=wait"); e.Detail != "backend lost" {
				t.Errorf("audit says %+v", e)
			}
		})
	}
}

// TestBackendVanishesAfterClientClosed cuts the backend off while the client
// waits for the answer to its Close frame.
func TestBackendVanishesAfterClientClosed(t *testing.T) {
	_, c, p := playGateway(t)
	c.SendClose(1000, "bye")
	p.must(t)
	p.Close()
	wantClose(t, "client", must(t, c), 1000, "")
	eof(t, c)
}

// TestBackendGoneAfterItsClose lets the backend close its socket right behind
// its Close frame, as servers do that do not wait: that is no failure.
func TestBackendGoneAfterItsClose(t *testing.T) {
	w, c, p := playGateway(t)
	p.write(t, wire.AppendClose(nil, 1000, "bye", nil))
	p.Conn.(*net.TCPConn).SetLinger(0)
	p.Close()
	wantClose(t, "client", must(t, c), 1000, "bye")
	for range 10 { // the first may still find room in the socket
		c.SendText("too late")
	}
	c.SendClose(1000, "bye")
	eof(t, c)
	if e := w.ended(t); e.Detail != "closed" || e.Close != 0 {
		t.Errorf("audit says %+v", e)
	}
}

// TestNothingFollowsClose sends data and another Close frame behind a Close
// frame: neither passes (RFC 6455 section 5.5.1).
func TestNothingFollowsClose(t *testing.T) {
	t.Run("from the client", func(t *testing.T) {
		_, c, p := playGateway(t)
		c.Write(slices.Concat(masked(true, wire.Text, "before"), masked(true, wire.Close, "\x03\xe8"), masked(true, wire.Text, "after"), masked(true, wire.Close, "\x03\xe9")))
		c.SendText("later")
		if u := p.must(t); string(u.Payload) != "before" {
			t.Errorf("backend got %q", u.Payload)
		}
		wantClose(t, "backend", p.must(t), 1000, "")
		p.write(t, wire.AppendClose(nil, 1000, "", nil))
		p.ends(t)
	})
	t.Run("from the backend", func(t *testing.T) {
		_, c, p := playGateway(t)
		p.write(t, slices.Concat(wire.AppendMessage(nil, wire.Text, []byte("before"), nil), wire.AppendClose(nil, 1000, "", nil),
			wire.AppendMessage(nil, wire.Text, []byte("after"), nil), wire.AppendClose(nil, 1001, "", nil)))
		if u := must(t, c); string(u.Payload) != "before" {
			t.Errorf("client got %q", u.Payload)
		}
		wantClose(t, "client", must(t, c), 1000, "")
		c.SendClose(1000, "")
		eof(t, c)
	})
}

// TestHalfClosed lets one side go on sending after the other has sent its
// Close frame.
func TestHalfClosed(t *testing.T) {
	t.Run("backend goes on", func(t *testing.T) {
		_, c, p := playGateway(t)
		c.SendClose(1000, "enough")
		p.must(t)
		for range 3 {
			p.send(t, wire.Text, "one more")
			if u := must(t, c); string(u.Payload) != "one more" {
				t.Fatalf("client got %v %q", u.Opcode, u.Payload)
			}
		}
		p.write(t, wire.AppendClose(nil, 1000, "done", nil))
		wantClose(t, "client", must(t, c), 1000, "done")
		eof(t, c)
		p.ends(t)
	})
	t.Run("client goes on", func(t *testing.T) {
		_, c, p := playGateway(t)
		p.write(t, wire.AppendClose(nil, 1000, "enough", nil))
		must(t, c)
		for range 3 {
			c.SendText("one more")
			if u := p.must(t); string(u.Payload) != "one more" {
				t.Fatalf("backend got %v %q", u.Opcode, u.Payload)
			}
		}
		c.SendClose(1000, "done")
		wantClose(t, "backend", p.must(t), 1000, "done")
		eof(t, c)
		p.ends(t)
	})
}

// TestClientCutOffReadsWhy refuses a client that keeps sending: the Close frame
// must not be lost to a reset.
func TestClientCutOffReadsWhy(t *testing.T) {
	w, c, _ := playGateway(t)
	junk := make([]byte, 64<<10)
	for i := range junk {
		junk[i] = 0xff
	}
	sent := make(chan error, 1)
	go func() {
		var err error
		for range 3 {
			if _, err = c.Write(junk); err != nil {
				break
			}
		}
		sent <- err
	}()
	if u := must(t, c); u.Opcode != wire.Close || u.Code != 1002 {
		t.Errorf("got %v %d", u.Opcode, u.Code)
	}
	if err := <-sent; err != nil {
		t.Errorf("send: %v", err)
	}
	if u, err := c.Next(testContext(t)); !errors.Is(err, io.EOF) {
		t.Errorf("after the close: %v, %v, want the end of the stream", u.Opcode, err)
	}
	c.Close()
	if e := w.ended(t); e.Weakness != "WS801" {
		t.Errorf("audit says %+v", e)
	}
}
