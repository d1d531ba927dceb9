package serve_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// TestSpansAreExported opens a connection and looks for its span at a collector
// once the gateway has ended.
func TestSpansAreExported(t *testing.T) {
	var named atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if body, err := io.ReadAll(r.Body); err == nil && r.URL.Path == "/v1/traces" && strings.Contains(string(body), "GET /ws") && strings.Contains(string(body), "sockets") {
			named.Add(1)
		}
	}))
	defer collector.Close()
	g := newGateway(t)
	s := g.start("telemetry: {endpoint: \"" + collector.URL + "\", service: sockets}\n" + g.plain())
	if !echoes(t, open(t, s, "/ws")) {
		t.Error("no echo")
	}
	g.write("wswarden.yaml", g.plain())
	if err := s.Reload(); err != nil || !strings.Contains(g.log.String(), "setting=telemetry") {
		t.Errorf("a reload without telemetry: error %v, log %s", err, g.log.String())
	}
	if !echoes(t, open(t, s, "/ws")) {
		t.Error("no echo after a reload")
	}
	s.Close()
	if named.Load() == 0 {
		t.Error("the collector got no span of the route and service")
	}
}
