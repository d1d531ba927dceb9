package serve_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/serve"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// dashboard opens the feed of the admin listener as its page does.
func dashboard(t *testing.T, s *serve.Server) *wireclient.Conn {
	t.Helper()
	admin := "http://" + s.AdminAddr().String()
	r, err := http.NewRequestWithContext(contextOf(t), "POST", admin+"/live/ticket", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", admin)
	r.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var minted struct{ Protocol, URL string }
	if err := json.NewDecoder(res.Body).Decode(&minted); err != nil || res.StatusCode != 200 {
		t.Fatalf("mint: %d, %v", res.StatusCode, err)
	}
	c, res := dial(t, s, wireclient.Handshake{URL: minted.URL, Origin: admin, Subprotocols: []string{"wswarden.v1", minted.Protocol}})
	if c == nil {
		t.Fatalf("got %d, want a connection", res.StatusCode)
	}
	if err := c.SendText(`{"type":"view","group":false,"route":"","user":null,"query":"","offset":0,"limit":10}`); err != nil {
		t.Fatal(err)
	}
	return c
}

// told reads messages until one says so.
func told(t *testing.T, c *wireclient.Conn, what string, says func(told message) bool) {
	t.Helper()
	ctx := contextOf(t)
	for {
		u, err := c.NextMessage(ctx)
		if err != nil {
			t.Fatalf("wait for %s: %v", what, err)
		}
		var m message
		if err := json.Unmarshal(u.Payload, &m); err != nil {
			t.Fatalf("%q: %v", u.Payload, err)
		}
		if says(m) {
			return
		}
	}
}

// message is of what the dashboard is told, that which a server adds.
type message struct {
	Refusals []struct{ Weakness, Rule string }
	Now      struct {
		Draining    bool
		Connections int
		Revision    int
		Refusals    map[string]int
	}
}

func (m message) refused(weakness, rule string) bool {
	return slices.Contains(m.Refusals, struct{ Weakness, Rule string }{weakness, rule})
}

// The dashboard hears of what every part of the server refuses, of reloads and
// of the drain, and is told to come back at the end.
func TestDashboard(t *testing.T) {
	g := newGateway(t)
	s := g.start(g.plain())
	if c, res := dial(t, s, wireclient.Handshake{Origin: "https://evil.example"}); c != nil || res.StatusCode != 403 {
		t.Fatal("a foreign origin was let in")
	}
	c := dashboard(t, s)
	told(t, c, "the refusal before", func(m message) bool { return m.refused("WS101", "origin.foreign") && m.Now.Revision == 1 })

	open(t, s, "/ws")
	told(t, c, "the connection", func(m message) bool { return m.Now.Connections == 1 })

	r, err := http.NewRequestWithContext(contextOf(t), "GET", "http://"+s.AdminAddr().String()+"/connections", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Origin", "https://evil.example")
	if res, err := http.DefaultTransport.RoundTrip(r); err != nil || res.Body.Close() != nil || res.StatusCode != 403 {
		t.Fatalf("the admin listener answers a foreign page: %v, %v", res, err)
	}
	told(t, c, "the refusal of the admin listener", func(m message) bool { return m.refused("WS101", "admin.origin") })

	g.write("wswarden.yaml", g.plain()+g.route("/more"))
	if err := s.Reload(); err != nil {
		t.Fatal(err)
	}
	told(t, c, "the reload", func(m message) bool { return m.Now.Revision == 2 })

	drained := make(chan error, 1)
	go func() { drained <- s.Drain() }()
	told(t, c, "the drain", func(m message) bool { return m.Now.Draining })
	if err := <-drained; err != nil {
		t.Error(err)
	}
	s.Close()
	ctx := contextOf(t)
	for {
		u, err := c.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if u.Opcode == wire.Close {
			if !strings.Contains(string(u.Payload), "drain;r=now") {
				t.Errorf("closed with %q", u.Payload)
			}
			return
		}
	}
}
