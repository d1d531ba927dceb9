package probe_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/wswarden/wswarden/probe"
	"github.com/wswarden/wswarden/probe/probetest"
)

// front answers HTTP/2 itself, with extended CONNECT where offer says so, and
// hands everything else to a twin. judge is the status of an extended CONNECT.
func front(t *testing.T, s *probetest.Server, offer bool, judge func(header map[string]string) string) *url.URL {
	t.Helper()
	to, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			nc, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer nc.Close()
				br := bufio.NewReader(nc)
				if start, _ := br.Peek(4); string(start) == "PRI " {
					serveH2(nc, br, offer, judge)
					return
				}
				relayTo(nc, br, to.Host)
			})
		}
	})
	out := *to
	out.Host = l.Addr().String()
	return &out
}

func relayTo(nc net.Conn, br *bufio.Reader, host string) {
	server, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	defer server.Close()
	var wg sync.WaitGroup
	wg.Go(func() { io.Copy(nc, server); nc.Close() })
	io.Copy(server, br)
	server.Close()
	wg.Wait()
}

func serveH2(nc net.Conn, br *bufio.Reader, offer bool, judge func(map[string]string) string) {
	if _, err := io.CopyN(io.Discard, br, int64(len(http2.ClientPreface))); err != nil {
		return
	}
	fr := http2.NewFramer(nc, br)
	fr.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	var settings []http2.Setting
	if offer {
		settings = append(settings, http2.Setting{ID: http2.SettingEnableConnectProtocol, Val: 1})
	}
	fr.WriteSettings(settings...)
	for {
		f, err := fr.ReadFrame()
		if err != nil {
			return
		}
		h, ok := f.(*http2.MetaHeadersFrame)
		if !ok {
			continue
		}
		header := map[string]string{}
		for _, field := range h.Fields {
			header[field.Name] = field.Value
		}
		var block bytes.Buffer
		hpack.NewEncoder(&block).WriteField(hpack.HeaderField{Name: ":status", Value: judge(header)})
		fr.WriteHeaders(http2.HeadersFrameParam{StreamID: h.StreamID, BlockFragment: block.Bytes(), EndHeaders: true})
	}
}

// TestExtendedConnect compares what comes over HTTP/2 with what HTTP/1.1 lets in.
func TestExtendedConnect(t *testing.T) {
	strict := func(h map[string]string) string {
		switch {
		case h[":protocol"] != "websocket":
			return "501"
		case h["origin"] != probetest.Origin:
			return "403"
		case !strings.Contains(h["cookie"], "session="):
			return "401"
		}
		return "200"
	}
	for _, c := range []struct {
		name  string
		offer bool
		judge func(map[string]string) string
		want  string
	}{
		{"not offered", false, strict, ""},
		{"the same rules", true, strict, ""},
		{"no rules", true, func(map[string]string) string { return "200" }, "WS101 extended-connect WS105 extended-connect WS201 extended-connect"},
		{"no check of origin", true, func(h map[string]string) string {
			if h["cookie"] == "" || h[":protocol"] != "websocket" {
				return "401"
			}
			return "200"
		}, "WS101 extended-connect"},
		{"refuses all", true, func(map[string]string) string { return "404" }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := probetest.Hardened(t)
			opt := probe.Options{Target: target(t, s), Only: []string{"extended-connect"}}
			opt.Target.URL = front(t, s, c.offer, c.judge)
			r := run(t, opt)
			if got := strings.Join(found(r), " "); got != c.want {
				t.Errorf("got %q, want %q%s", got, c.want, describe(r))
			}
		})
	}
}
