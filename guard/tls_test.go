package guard_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// TestTLSRelay sends messages of all sizes, alone and in batches, through TLS.
func TestTLSRelay(t *testing.T) {
	w, trust := startSecure(t, generous)
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin, TLS: trust})
	var batch []byte
	var want []string
	for i, size := range []int{0, 1, 125, 126, 5000, 20000, 60000, 3, 3, 3} {
		text := strings.Repeat(string(rune('a'+i)), size)
		want = append(want, text)
		batch = append(batch, masked(true, wire.Text, text)...)
	}
	for _, chunk := range []int{len(batch), 1 << 10, 7} {
		for b := range slices.Chunk(batch, chunk) {
			if _, err := c.Write(b); err != nil {
				t.Fatal(err)
			}
		}
		for i, text := range want {
			if u := must(t, c); string(u.Payload) != text {
				t.Fatalf("in pieces of %d, message %d: %v of %d bytes, want %d", chunk, i, u.Opcode, len(u.Payload), len(text))
			}
		}
	}
	c.SendClose(4000, "bye")
	wantClose(t, "client", must(t, c), 4000, "bye")
	eof(t, c)
	if e := w.ended(t); e.Detail != "closed" {
		t.Errorf("audit says %+v", e)
	}
}

// TestTLSClientCutOff refuses a client under TLS, which reads why.
func TestTLSClientCutOff(t *testing.T) {
	w, trust := startSecure(t, generous)
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin, TLS: trust})
	c.Write(bytes.Repeat([]byte{0xff}, 100<<10))
	w.cutBy(t, c, 1002, "protocol;r=no")
}

// TestTLSClientThatNeverReads is closed, and holds up neither the guard's end
// nor others.
func TestTLSClientThatNeverReads(t *testing.T) {
	s := startScript(t)
	w, trust := startSecure(t, all(generous, limits(func(l *guard.Limits) { l.SendTimeout = 200 * time.Millisecond }),
		func(cfg *guard.Config) { cfg.Routes[0].Backend = s.url }))
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin, TLS: trust})
	p := <-s.conns
	message := wire.AppendMessage(nil, wire.Binary, make([]byte, 32<<10), nil)
	for {
		if _, err := p.Write(message); err != nil {
			break
		}
	}
	if e := w.audit.WaitRule(t, "send.slow"); e.Weakness != "WS706" || e.Close != guard.CloseSlowConsumer {
		t.Errorf("audit says %+v", e)
	}
	w.Close()
	c.Close()
}

// secureBackend is an echoing backend behind TLS.
func secureBackend(t *testing.T) (url string, roots *x509.CertPool) {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		nc, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer nc.Close()
		if guardtest.Accept(nc, r) == nil {
			guardtest.Echo(nc, rw.Reader)
		}
	}))
	t.Cleanup(s.Close)
	roots = x509.NewCertPool()
	roots.AddCert(s.Certificate())
	return "wss" + s.URL[len("https"):] + "/ws", roots
}

func TestTLSBackend(t *testing.T) {
	url, roots := secureBackend(t)
	w := startGateway(t, all(generous, func(cfg *guard.Config) {
		cfg.Routes[0].Backend, cfg.BackendTLS = url, &tls.Config{RootCAs: roots}
	}))
	c := w.dial(t, wireclient.Handshake{Origin: appOrigin})
	for i := range 20 {
		text := strings.Repeat(fmt.Sprint(i), 1000)
		c.SendText(text)
		if u := must(t, c); string(u.Payload) != text {
			t.Fatalf("got %v of %d bytes", u.Opcode, len(u.Payload))
		}
	}
	c.SendClose(4000, "bye")
	wantClose(t, "client", must(t, c), 4000, "bye")
	eof(t, c)
}
