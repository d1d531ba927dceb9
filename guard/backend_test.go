package guard_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// startBackend runs a server that reads one request of each connection, calls
// serve and closes. It returns its ws or, with cfg, wss address.
func startBackend(tb testing.TB, cfg *tls.Config, serve func(net.Conn, *http.Request)) string {
	tb.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	address := "ws://" + ln.Addr().String() + "/ws"
	if cfg != nil {
		ln, address = tls.NewListener(ln, cfg), "wss"+address[len("ws"):]
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				r, err := http.ReadRequest(bufio.NewReader(c))
				if err == nil {
					serve(c, r)
				}
			})
		}
	})
	tb.Cleanup(func() {
		ln.Close()
		wg.Wait()
	})
	return address
}

// accepting are the lines of a right answer; {accept} is what the key asks for.
const accepting = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"

// answering is a backend that says this to every handshake and then waits for
// the guard to hang up.
func answering(tb testing.TB, answer string) string {
	return startBackend(tb, nil, func(c net.Conn, r *http.Request) {
		io.WriteString(c, strings.ReplaceAll(answer, "{accept}", wire.AcceptKey(r.Header.Get("Sec-WebSocket-Key"))))
		io.Copy(io.Discard, c)
	})
}

// TestBackendAnswer: a tunnel opens over the one right answer and no other
// (CVE-2018-1002105 and its like).
func TestBackendAnswer(t *testing.T) {
	wrong := denial{502, "bad_gateway", "backend.answer", "WS105"}
	unread := denial{502, "bad_gateway", "backend.answer", ""} // no HTTP at all
	line := func(s string) string { return strings.Replace(accepting, "\r\n\r\n", "\r\n"+s+"\r\n\r\n", 1) }
	for _, c := range []struct {
		name, answer string
		want         denial
	}{
		{"200", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", wrong},
		{"200 with the headers of a 101", strings.Replace(accepting, "101 Switching Protocols", "200 OK", 1), wrong},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", wrong},
		{"redirect", "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", wrong},
		{"400", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", wrong},
		{"401", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", wrong},
		{"426", "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 0\r\n\r\n", wrong},
		{"500", "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n", wrong},
		{"100 before the 101", "HTTP/1.1 100 Continue\r\n\r\n" + accepting, wrong},
		{"101 and nothing else", "HTTP/1.1 101 Switching Protocols\r\n\r\n", wrong},
		{"101 without upgrade", strings.Replace(accepting, "Upgrade: websocket\r\n", "", 1), wrong},
		{"101 to something else", strings.Replace(accepting, "websocket", "h2c", 1), wrong},
		{"101 to two protocols", strings.Replace(accepting, "websocket", "websocket, h2c", 1), wrong},
		{"101 to two protocols in two lines", line("Upgrade: h2c"), wrong},
		{"101 to a word that folds to websocket", strings.Replace(accepting, "websocket", "web\u017focket", 1), wrong},
		{"101 without connection", strings.Replace(accepting, "Connection: Upgrade\r\n", "", 1), wrong},
		{"101 that closes", strings.Replace(accepting, "Connection: Upgrade", "Connection: close", 1), wrong},
		{"101 without accept", strings.Replace(accepting, "Sec-WebSocket-Accept: {accept}\r\n", "", 1), wrong},
		{"101 with an empty accept", strings.Replace(accepting, "{accept}", "", 1), wrong},
		{"101 with the accept of another key", strings.Replace(accepting, "{accept}", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 1), wrong},
		{"101 with accept in another case", strings.Replace(accepting, "{accept}", "{ACCEPT}", 1), wrong},
		{"101 with two accepts", line("Sec-WebSocket-Accept: {accept}"), wrong},
		{"101 with an extension", line("Sec-WebSocket-Extensions: permessage-deflate"), wrong},
		{"101 with a sub-protocol that nobody offered", line("Sec-WebSocket-Protocol: admin.v1"), wrong},
		{"101 with two sub-protocols", line("Sec-WebSocket-Protocol: chat.v1\r\nSec-WebSocket-Protocol: chat.v2"), wrong},
		{"101 with a list of sub-protocols", line("Sec-WebSocket-Protocol: chat.v1, chat.v2"), wrong},
		{"101 with the sub-protocol in another case", line("Sec-WebSocket-Protocol: CHAT.v1"), wrong},
		{"101 with the guard's own sub-protocol", line("Sec-WebSocket-Protocol: wswarden.v1"), wrong},
		{"101 with an empty sub-protocol", line("Sec-WebSocket-Protocol:"), wrong},
		{"101 with a length", line("Content-Length: 5") + "hello", wrong},
		{"101 with chunks", line("Transfer-Encoding: chunked") + "0\r\n\r\n", wrong},
		{"101 of HTTP/1.0", strings.Replace(accepting, "HTTP/1.1", "HTTP/1.0", 1), wrong},
		{"101 of HTTP/2", strings.Replace(accepting, "HTTP/1.1", "HTTP/2.0", 1), wrong},
		{"64 KiB head", line("X-Long: " + strings.Repeat("x", 64<<10)), unread},
		{"64 KiB of headers", line(strings.TrimSuffix(strings.Repeat("X: y\r\n", 11000), "\r\n")), unread},
		{"garbage", "\x00\x01\x02\x03\r\n\r\n", unread},
		{"another protocol", "220 mail.example ESMTP\r\n", unread},
		{"a WebSocket frame", "\x81\x05hello\r\n\r\n", unread},
		{"two lengths", "HTTP/1.1 101 Switching Protocols\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", unread},
		{"unknown transfer encoding", line("Transfer-Encoding: gzip"), unread},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Backend, cfg.Routes[0].Subprotocols = answering(t, c.answer), []string{"chat.v1", "chat.v2"}
			})
			w.refuses(t, wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{"wswarden.v1", "chat.v1", "chat.v2"}}, c.want)
			w.waitEmpty(t)
		})
	}
	for _, c := range []struct{ name, answer, selected string }{
		{"as it should be", accepting, "wswarden.v1"},
		{"in another case", strings.ToUpper(strings.ReplaceAll(accepting, "{accept}", "{}")), "wswarden.v1"},
		{"with a sub-protocol", line("Sec-WebSocket-Protocol: chat.v2"), "chat.v2"},
		{"with more in Connection", strings.Replace(accepting, "Connection: Upgrade", "Connection: keep-alive, upgrade", 1), "wswarden.v1"},
		{"with headers of its own", line("Server: x\r\nX-Powered-By: y\r\nSet-Cookie: lb=1; Path=/"), "wswarden.v1"},
	} {
		t.Run("admitted: "+c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Backend, cfg.Routes[0].Subprotocols = answering(t, strings.ReplaceAll(c.answer, "{}", "{accept}")), []string{"chat.v1", "chat.v2"}
			})
			_, res := w.try(t, wireclient.Handshake{Origin: appOrigin, Subprotocols: []string{"wswarden.v1", "chat.v1", "chat.v2"}})
			if res.StatusCode != 101 || res.Header.Get("Sec-WebSocket-Protocol") != c.selected || res.Header.Get("X-Powered-By") != "" || res.Header.Get("Server") != "" {
				t.Errorf("status %d, %v; want the sub-protocol %q and none of the backend's own headers", res.StatusCode, res.Header, c.selected)
			}
			if want := strings.Contains(c.answer, "Set-Cookie"); want != (res.Header.Get("Set-Cookie") == "lb=1; Path=/") {
				t.Errorf("Set-Cookie %q", res.Header["Set-Cookie"])
			}
		})
	}
}

// TestBackendGone: a backend that does not answer is a 502, in time, and holds
// no place.
func TestBackendGone(t *testing.T) {
	hang := func(c net.Conn) { io.Copy(io.Discard, c) } // until the guard hangs up
	for _, c := range []struct {
		name  string
		serve func(net.Conn, *http.Request)
		rule  string
	}{
		{"silent", func(c net.Conn, _ *http.Request) { hang(c) }, "backend.timeout"},
		{"stops in the middle", func(c net.Conn, _ *http.Request) {
			io.WriteString(c, accepting[:40])
			hang(c)
		}, "backend.timeout"},
		{"answers without end", func(c net.Conn, _ *http.Request) {
			for _, err := io.WriteString(c, "HTTP/1.1 101 "); err == nil; {
				_, err = io.WriteString(c, "and on")
			}
		}, "backend.answer"},
		{"closes at once", func(net.Conn, *http.Request) {}, "backend.answer"},
		{"closes in the middle", func(c net.Conn, _ *http.Request) { io.WriteString(c, accepting[:40]) }, "backend.answer"},
		{"resets", func(c net.Conn, _ *http.Request) { c.(*net.TCPConn).SetLinger(0) }, "backend.answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Backend = startBackend(t, nil, c.serve)
				cfg.Limits.Handshake = 100 * time.Millisecond
			})
			w.refuses(t, wireclient.Handshake{Origin: appOrigin}, denial{502, "bad_gateway", c.rule, ""})
			w.waitEmpty(t)
		})
	}
	t.Run("does not listen", func(t *testing.T) {
		w := startGateway(t, nil)
		w.backend.Close()
		e := w.refuses(t, wireclient.Handshake{Origin: appOrigin}, denial{502, "bad_gateway", "backend.unreachable", ""})
		if !strings.Contains(e.Detail, "refused") {
			t.Errorf("recorded %q", e.Detail)
		}
		w.waitEmpty(t)
	})
}

// TestBackendComesBack: nothing needs a restart when a backend does.
func TestBackendComesBack(t *testing.T) {
	var up atomic.Bool
	w := startGateway(t, func(c *guard.Config) {
		c.Routes[0].Backend = startBackend(t, nil, func(c net.Conn, r *http.Request) {
			if up.Load() {
				guardtest.Accept(c, r)
				guardtest.Echo(c, bufio.NewReader(c))
			}
		})
	})
	w.refuses(t, wireclient.Handshake{Origin: appOrigin}, denial{502, "bad_gateway", "backend.answer", ""})
	up.Store(true)
	w.dial(t, wireclient.Handshake{Origin: appOrigin})
}

// TestClientGone: a client that goes away while the backend is slow leaves no
// connection to it behind.
func TestClientGone(t *testing.T) {
	asked, hungUp := make(chan bool), make(chan bool)
	w := startGateway(t, func(c *guard.Config) {
		c.Routes[0].Backend = startBackend(t, nil, func(c net.Conn, _ *http.Request) {
			asked <- true
			io.Copy(io.Discard, c)
			hungUp <- true
		})
	})
	nc, err := net.Dial("tcp", strings.TrimPrefix(w.url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(nc, rawHandshake)
	<-asked
	nc.Close()
	<-hungUp
	w.waitEmpty(t)
	if e := w.audit.WaitRule(t, "client.lost"); e.Outcome != guard.Denied {
		t.Errorf("recorded %+v", e)
	}
}

// TestBackendTLS: a backend is who its certificate says, or is not spoken to.
func TestBackendTLS(t *testing.T) {
	certificates := httptest.NewTLSServer(nil) // for its certificate of 127.0.0.1
	defer certificates.Close()
	roots := x509.NewCertPool()
	roots.AddCert(certificates.Certificate())
	server := &tls.Config{Certificates: certificates.TLS.Certificates}
	old := server.Clone()
	old.MaxVersion = tls.VersionTLS11
	for _, c := range []struct {
		name     string
		server   *tls.Config
		host     string
		client   *tls.Config
		admitted bool
	}{
		{"known certificate", server, "127.0.0.1", &tls.Config{RootCAs: roots}, true},
		{"certificate of another name", server, "localhost", &tls.Config{RootCAs: roots}, false},
		{"name set by the operator", server, "localhost", &tls.Config{RootCAs: roots, ServerName: "example.com"}, true},
		{"unknown certificate", server, "127.0.0.1", nil, false},
		{"no roots at all", server, "127.0.0.1", &tls.Config{RootCAs: x509.NewCertPool()}, false},
		{"TLS 1.1", old, "127.0.0.1", &tls.Config{RootCAs: roots}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			address := startBackend(t, c.server, func(c net.Conn, r *http.Request) {
				guardtest.Accept(c, r)
				guardtest.Echo(c, bufio.NewReader(c))
			})
			w := startGateway(t, func(cfg *guard.Config) {
				cfg.Routes[0].Backend, cfg.BackendTLS = strings.Replace(address, "127.0.0.1", c.host, 1), c.client
			})
			if !c.admitted {
				e := w.refuses(t, wireclient.Handshake{Origin: appOrigin}, denial{502, "bad_gateway", "backend.unreachable", ""})
				if !strings.Contains(e.Detail, "tls") {
					t.Errorf("recorded %q", e.Detail)
				}
				return
			}
			conn := w.dial(t, wireclient.Handshake{Origin: appOrigin})
			conn.SendText("hello")
			if u, err := conn.NextMessage(testContext(t)); err != nil || string(u.Payload) != "hello" {
				t.Errorf("got %q, %v", u.Payload, err)
			}
		})
	}
	t.Run("plain server", func(t *testing.T) {
		w := startGateway(t, func(cfg *guard.Config) {
			cfg.Routes[0].Backend = "wss" + answering(t, accepting)[len("ws"):]
			cfg.Limits.Handshake = 200 * time.Millisecond
		})
		if conn, res := w.try(t, wireclient.Handshake{Origin: appOrigin}); conn != nil || res.StatusCode != http.StatusBadGateway {
			t.Errorf("status %d", res.StatusCode)
		}
	})
}

// FuzzBackendAnswer: whatever a backend says, nothing panics, and nobody gets
// in without the accept that belongs to the key.
func FuzzBackendAnswer(f *testing.F) {
	f.Add(accepting)
	f.Add(strings.Replace(accepting, "\r\n\r\n", "\r\nSec-WebSocket-Protocol: chat.v1\r\n\r\n\x81\x02hi", 1))
	f.Add(strings.Replace(accepting, "{accept}", "x", 1))
	f.Add("HTTP/1.1 101 \r\nupgrade:websocket\nconnection: a,upgrade\r\nSec-Websocket-Accept:{accept}\r\n\r\n")
	f.Add("HTTP/1.1 200 OK\r\n\r\n")
	f.Add("\x00")
	var answer atomic.Value
	backend := startBackend(f, nil, func(c net.Conn, r *http.Request) {
		io.WriteString(c, strings.ReplaceAll(answer.Load().(string), "{accept}", wire.AcceptKey(r.Header.Get("Sec-WebSocket-Key"))))
	})
	f.Fuzz(func(t *testing.T, said string) {
		answer.Store(said)
		h, audit := newJudge(t, func(c *guard.Config) {
			c.Routes[0].Backend, c.Routes[0].Subprotocols = backend, []string{"chat.v1"}
		})
		r := handshakeFor("/ws")
		r.Header["Sec-Websocket-Protocol"] = []string{"chat.v1"}
		e, res := judged(h, audit, r)
		switch {
		case e.Rule == "server.hijack" && strings.Contains(said, "{accept}") && strings.HasPrefix(said, "HTTP/1.1 101"):
		case res.StatusCode == http.StatusBadGateway && strings.HasPrefix(e.Rule, "backend."):
		default:
			t.Errorf("answer %q: %d by %q", said, res.StatusCode, fmt.Sprint(e))
		}
	})
}
