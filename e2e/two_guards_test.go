package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/guardtest"
	"github.com/wswarden/wswarden/internal/wire"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// sharedConfig is the configuration of guards that share a Redis; %s are listen,
// admin, store, backend, audit file, backend as WebSocket.
const sharedConfig = `listen: %[1]s
admin: %[2]s
store: %[3]s
nodes: 2
sign_in:
  forward_auth: {url: "%[4]s/whoami", headers: [Cookie]}
audit: {file: %[5]s, accepted: true}
routes:
  - path: /ws
    backend: %[6]s/ws
    origins: ["%[4]s"]
    auth: {ticket: true, cookie: true}
    limits: {messages: 600/1m, user_messages: 40/1h, connections_per_user: 4, connections_per_ip: 100}
`

// guards are two gateways in front of one backend, with one Redis.
type guards struct {
	redis *guardtest.Redis
	app   *flaky
	a, b  *process
}

func startGuards(t *testing.T) *guards {
	t.Helper()
	g := &guards{redis: guardtest.StartRedis(t), app: newFlaky(t)}
	g.a, g.b = g.start(t), g.start(t)
	return g
}

func (g *guards) start(t *testing.T) *process {
	t.Helper()
	dir, listen, admin := t.TempDir(), freeAddress(t), freeAddress(t)
	p := &process{url: "http://" + listen, admin: "http://" + admin, config: filepath.Join(dir, "wswarden.yaml"), audit: filepath.Join(dir, "audit.jsonl")}
	p.write(t, fmt.Sprintf(sharedConfig, listen, admin, g.redis.URL()+"/0", g.app.url, p.audit, "ws"+strings.TrimPrefix(g.app.url, "http")))
	p.run(t)
	return p
}

// alice is who the backend knows.
var alice = account{cookie: "session=alice"}

// dial opens a connection with a ticket, or with alice's cookie if there is
// none, and returns the status.
func (g *guards) dial(t *testing.T, p *process, ticket string) (*wireclient.Conn, int) {
	t.Helper()
	h := wireclient.Handshake{URL: "ws" + strings.TrimPrefix(p.url, "http") + "/ws", Origin: g.app.url}
	if ticket != "" {
		h.Subprotocols = []string{"wswarden.v1", "wst." + ticket}
	} else {
		h.Header = []wireclient.Line{{Name: "Cookie", Value: alice.cookie}}
	}
	c, res, err := wireclient.Dial(testContext(t), h)
	if err != nil {
		t.Fatal(err)
	}
	if c != nil {
		t.Cleanup(func() { c.Close() })
	}
	return c, res.StatusCode
}

func (g *guards) mustDial(t *testing.T, p *process) *wireclient.Conn {
	t.Helper()
	c, status := g.dial(t, p, "")
	if c == nil {
		t.Fatalf("not admitted: %d", status)
	}
	return c
}

// echoes sends n messages and returns how many come back, and the code of a
// Close frame that came in their place.
func echoes(t *testing.T, c *wireclient.Conn, n int) (int, wire.CloseCode) {
	t.Helper()
	for i := range n {
		if err := c.SendText(fmt.Sprint("message ", i)); err != nil {
			t.Fatal(err)
		}
		u, err := c.NextMessage(testContext(t))
		if err != nil {
			t.Fatal(err)
		}
		if u.Opcode == wire.Close {
			return i, u.Code
		}
	}
	return n, 0
}

// metric returns a line of /metrics that begins with name, "" if there is none.
func (p *process) metric(t *testing.T, name string) string {
	t.Helper()
	res, err := http.Get(p.admin + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(body)) {
		if strings.HasPrefix(line, name) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// TestTwoGuardsLimits: the quota and the rate of a user hold over both guards,
// and a guard that dies leaves its places to the other.
func TestTwoGuardsLimits(t *testing.T) {
	t.Parallel()
	g := startGuards(t)
	a, b := g.mustDial(t, g.a), g.mustDial(t, g.b)
	g.mustDial(t, g.a)
	g.mustDial(t, g.b)
	for _, p := range []*process{g.a, g.b} {
		if c, status := g.dial(t, p, ""); c != nil || status != http.StatusTooManyRequests {
			t.Errorf("a fifth connection of four: %d", status)
		}
	}
	if n, code := echoes(t, a, 15); n != 15 {
		t.Fatalf("%d of 15 messages, closed with %d", n, code)
	}
	if n, code := echoes(t, b, 40); n != 25 || code != 4029 {
		t.Errorf("%d messages at the other guard, closed with %d; 25 were left", n, code)
	}
	if err := g.a.cmd.Process.Kill(); err != nil { // its places end with it
		t.Fatal(err)
	}
	waitFor(t, "the places of the guard that died", func() bool {
		c, _ := g.dial(t, g.b, "")
		return c != nil
	})
}

// TestTwoGuardsTickets: a ticket that one guard minted opens one connection, at
// either.
func TestTwoGuardsTickets(t *testing.T) {
	t.Parallel()
	g := startGuards(t)
	value := ticket(t, g.a.url, g.app.url, alice)
	if c, status := g.dial(t, g.b, value); c == nil {
		t.Fatalf("a ticket of the other guard: %d", status)
	}
	for _, p := range []*process{g.a, g.b} {
		if c, status := g.dial(t, p, value); c != nil || status != http.StatusUnauthorized {
			t.Errorf("a used ticket: %d", status)
		}
	}
	if line := g.b.metric(t, `wswarden_store_operation_seconds_count{operation="take_ticket"}`); !strings.HasSuffix(line, " 2") {
		t.Errorf("the metric of redemptions is %q, want 2", line)
	}
}

// TestTwoGuardsRevocation: an order to one guard closes the connections of the
// other.
func TestTwoGuardsRevocation(t *testing.T) {
	t.Parallel()
	g := startGuards(t)
	c := g.mustDial(t, g.b)
	body, _ := json.Marshal(map[string]string{"user": "alice"})
	res, err := http.Post(g.a.admin+"/revocations", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("the order is answered with %d", res.StatusCode)
	}
	if u, err := c.NextMessage(testContext(t)); err != nil || u.Opcode != wire.Close || u.Code != 4001 {
		t.Errorf("got %v %d, %v, want a Close frame with 4001", u.Opcode, u.Code, err)
	}
}

// TestTwoGuardsLoseRedis: without Redis connections live on under the limits of
// each guard and tickets open nothing; all of it works again when Redis is back.
func TestTwoGuardsLoseRedis(t *testing.T) {
	t.Parallel()
	g := startGuards(t)
	open := g.mustDial(t, g.a)
	echoes(t, open, 10) // it is under way: what the guard looks up last is looked up
	value := ticket(t, g.a.url, g.app.url, alice)
	g.redis.Kill()
	if c, status := g.dial(t, g.b, value); c != nil || status != http.StatusServiceUnavailable {
		t.Errorf("a ticket without Redis: %d, want 503", status)
	}
	if status, _ := mint(t, g.a.url, g.app.url, alice); status != http.StatusServiceUnavailable {
		t.Errorf("mint without Redis: %d, want 503", status)
	}
	if n, code := echoes(t, open, 30); n != 30 {
		t.Errorf("%d of 30 messages without Redis, closed with %d", n, code)
	}
	if n, code := echoes(t, open, 1); n != 0 || code != 4029 {
		t.Errorf("the rate of the guard alone: %d messages, closed with %d", n, code)
	}
	for _, p := range []*process{g.a, g.b} {
		if res, err := http.Get(p.admin + "/readyz"); err != nil || res.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("readiness without Redis: %v, %v", res, err)
		} else {
			res.Body.Close()
		}
	}
	waitFor(t, "the metric of the loss", func() bool { return g.a.metric(t, "wswarden_store_lost") == "wswarden_store_lost 1" })

	g.redis.Restart()
	for _, p := range []*process{g.a, g.b} {
		p.waitReady(t)
		waitFor(t, "the metric of the return", func() bool { return p.metric(t, "wswarden_store_lost") == "wswarden_store_lost 0" })
	}
	if c, status := g.dial(t, g.b, ticket(t, g.a.url, g.app.url, alice)); c == nil {
		t.Errorf("a ticket after the return of Redis: %d", status)
	}
	for _, p := range []*process{g.a, g.b} {
		if n := strings.Count(p.log.String(), "the store is lost"); n != 1 {
			t.Errorf("the loss was logged %d times:\n%s", n, p.log)
		}
	}
}
