package front_test

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/serve/front"
)

const switching = "HTTP/1.1 101 Switching Protocols\r\n\r\n"

// dialSecurely speaks TLS where secure is set, plaintext else.
func dialSecurely(t *testing.T, s *server, conf *tls.Config) net.Conn {
	c := s.dial(t, "")
	if conf == nil {
		return c
	}
	secured := tls.Client(c, conf)
	if err := secured.Handshake(); err != nil {
		t.Fatal(err)
	}
	return secured
}

func transports(t *testing.T, run func(t *testing.T, server, client *tls.Config)) {
	t.Run("plaintext", func(t *testing.T) { run(t, nil, nil) })
	t.Run("TLS", func(t *testing.T) {
		cert, pool := certificate(t)
		run(t, &tls.Config{Certificates: []tls.Certificate{cert}}, &tls.Config{RootCAs: pool, ServerName: "localhost"})
	})
}

func TestHijackHandsOutTheSocket(t *testing.T) {
	transports(t, func(t *testing.T, serverTLS, clientTLS *tls.Config) {
		pending := make(chan int, 1)
		var s *server
		s = serve(t, front.Config{TLS: serverTLS}, func(w http.ResponseWriter, r *http.Request) {
			c, brw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			switch c.(type) {
			case *net.TCPConn, *tls.Conn:
			default:
				t.Errorf("hijacked a %T: every read and write of the connection would go through it", c)
			}
			pending <- s.Stats().Pending
			io.WriteString(c, switching)
			line, _ := brw.Reader.ReadString('\n')
			io.WriteString(c, "echo "+line)
		})
		c := dialSecurely(t, s, clientTLS)
		io.WriteString(c, upgrade)
		if got := <-pending; got != 0 {
			t.Errorf("%d pending after the upgrade, want 0", got)
		}
		got := make([]byte, len(switching))
		if _, err := io.ReadFull(c, got); err != nil || string(got) != switching {
			t.Fatalf("got %q, %v", got, err)
		}
		io.WriteString(c, "hello\n")
		if rest, _ := io.ReadAll(c); string(rest) != "echo hello\n" {
			t.Errorf("got %q, want the echo", rest)
		}
	})
}

// Bytes that come between the request and its answer must be seen by whoever
// takes the socket over, however late in the handshake they come: they are
// neither frames nor a request.
func TestEarlyDataIsSeen(t *testing.T) {
	transports(t, func(t *testing.T, serverTLS, clientTLS *tls.Config) {
		entered, sent, seen := make(chan struct{}), make(chan struct{}), make(chan int, 1)
		s := serve(t, front.Config{TLS: serverTLS}, func(w http.ResponseWriter, r *http.Request) {
			close(entered)
			<-sent
			if err := r.Context().Err(); err != nil {
				t.Errorf("the request was cancelled: %v", err)
			}
			c, brw, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			seen <- brw.Reader.Buffered()
			c.Close()
		})
		c := dialSecurely(t, s, clientTLS)
		io.WriteString(c, upgrade)
		<-entered
		io.WriteString(c, "\x81\x80\x00\x00\x00\x00")
		close(sent)
		if got := <-seen; got == 0 {
			t.Error("nothing is buffered, want the early data to show")
		}
	})
}

func TestProxiedSocketUnwraps(t *testing.T) {
	s := serve(t, front.Config{Trusted: trust("127.0.0.0/8")}, func(w http.ResponseWriter, r *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if u, ok := c.(guard.ConnUnwrapper); !ok {
			t.Errorf("a %T does not unwrap", c)
		} else if _, ok := u.UnwrapConn().(*net.TCPConn); !ok {
			t.Errorf("unwraps to a %T, want the socket", u.UnwrapConn())
		}
	})
	io.ReadAll(s.dial(t, header(t, 2, "[2001:db8::9]:4711")+upgrade))
}

func TestHandlerWithoutListenerLeavesHijackAlone(t *testing.T) {
	w := &plainWriter{}
	front.Handler(http.HandlerFunc(func(got http.ResponseWriter, _ *http.Request) {
		if got != http.ResponseWriter(w) {
			t.Errorf("got %T, want the writer unchanged", got)
		}
	})).ServeHTTP(w, &http.Request{})
}

type plainWriter struct{ http.ResponseWriter }
