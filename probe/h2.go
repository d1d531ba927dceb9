package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/wswarden/wswarden/report"
)

// errNoHTTP2 says that the other side does not speak HTTP/2.
var errNoHTTP2 = errors.New("HTTP/2 is not spoken")

// h2Conn is as much of an HTTP/2 client as extended CONNECT needs (RFC 8441):
// one request at a time, and no care for flow control, which short answers do
// not need.
type h2Conn struct {
	s       *Session
	nc      net.Conn
	framer  *http2.Framer
	block   bytes.Buffer
	encoder *hpack.Encoder
	next    uint32 // the next stream
	// extended says that the server offers extended CONNECT.
	extended bool
}

// maxH2Frames bounds how many frames are read for one answer.
const maxH2Frames = 64

// dialH2 opens a connection, with ALPN behind TLS and with prior knowledge
// without, and reads the server's settings.
func (s *Session) dialH2(ctx context.Context) (*h2Conn, error) {
	cfg := &tls.Config{}
	if s.Target.TLS != nil {
		cfg = s.Target.TLS.Clone()
	}
	cfg.NextProtos = []string{http2.NextProtoTLS}
	nc, err := s.Dial(ctx, s.plain(), cfg)
	if err != nil {
		return nil, err
	}
	h := &h2Conn{s: s, nc: nc, framer: http2.NewFramer(nc, nc), next: 1}
	h.encoder = hpack.NewEncoder(&h.block)
	h.framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if err := h.greet(); err != nil {
		nc.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errNoHTTP2
	}
	return h, nil
}

// greet sends the preface and waits for the settings.
func (h *h2Conn) greet() error {
	if g, ok := h.nc.(*guarded); ok {
		if t, ok := g.Conn.(*tls.Conn); ok && t.ConnectionState().NegotiatedProtocol != http2.NextProtoTLS {
			return errNoHTTP2
		}
	}
	h.nc.SetDeadline(time.Now().Add(h.s.run.patience()))
	if _, err := io.WriteString(h.nc, http2.ClientPreface); err != nil {
		return err
	}
	if err := h.framer.WriteSettings(); err != nil {
		return err
	}
	for range maxH2Frames {
		f, err := h.framer.ReadFrame()
		if err != nil {
			return err
		}
		settings, ok := f.(*http2.SettingsFrame)
		if !ok || settings.IsAck() {
			continue
		}
		v, _ := settings.Value(http2.SettingEnableConnectProtocol)
		h.extended = v == 1
		return h.framer.WriteSettingsAck()
	}
	return errNoHTTP2
}

// connect asks for a WebSocket on a new stream and returns the status of the
// answer; 0 says that the stream was reset. The stream is given up afterwards.
func (h *h2Conn) connect(r Request, protocol string) (int, report.Evidence, error) {
	id := h.next
	h.next += 2
	h.block.Reset()
	var shown strings.Builder
	write := func(name, value string) {
		h.encoder.WriteField(hpack.HeaderField{Name: name, Value: value}) // into memory
		fmt.Fprintf(&shown, "%s: %s\n", name, value)
	}
	scheme := "http"
	if h.s.Target.Secure() {
		scheme = "https"
	}
	write(":method", "CONNECT")
	write(":protocol", protocol)
	write(":scheme", scheme)
	write(":path", r.Target)
	write(":authority", r.Value("Host"))
	for _, l := range r.Without("Host", "Connection", "Upgrade", "Sec-WebSocket-Key").Lines {
		write(strings.ToLower(l.Name), l.Value)
	}
	e := report.Evidence{Request: h.s.Mask(clipLines(shown.String()))}
	h.nc.SetDeadline(time.Now().Add(h.s.run.patience()))
	err := h.framer.WriteHeaders(http2.HeadersFrameParam{StreamID: id, BlockFragment: h.block.Bytes(), EndHeaders: true})
	if err != nil {
		return 0, e, err
	}
	status, answer, err := h.answer(id)
	e.Response = h.s.Mask(clipLines(answer))
	if err == nil && status != 0 {
		h.framer.WriteRSTStream(id, http2.ErrCodeCancel) // the connection goes with it at the latest
	}
	return status, e, err
}

// answer reads until the answer of a stream.
func (h *h2Conn) answer(id uint32) (int, string, error) {
	for range maxH2Frames {
		f, err := h.framer.ReadFrame()
		if err != nil {
			return 0, "", err
		}
		switch f := f.(type) {
		case *http2.MetaHeadersFrame:
			if f.StreamID != id {
				continue
			}
			var shown strings.Builder
			for _, field := range f.Fields {
				fmt.Fprintf(&shown, "%s: %s\n", field.Name, field.Value)
			}
			var status int
			fmt.Sscanf(f.PseudoValue("status"), "%d", &status) // 0 where it is none
			return status, shown.String(), nil
		case *http2.RSTStreamFrame:
			if f.StreamID == id {
				return 0, "(stream reset: " + f.ErrCode.String() + ")", nil
			}
		case *http2.GoAwayFrame:
			return 0, "(connection ended: " + f.ErrCode.String() + ")", nil
		case *http2.PingFrame:
			if !f.IsAck() {
				h.framer.WritePing(true, f.Data)
			}
		}
	}
	return 0, "(no answer)", nil
}
