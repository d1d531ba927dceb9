package guard_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/wireclient"
)

// denial is what a refused request leaves behind.
type denial struct {
	status               int
	code, rule, weakness string
}

// rawHandshake is a handshake that is admitted; tests replace lines of it.
const rawHandshake = "GET /ws HTTP/1.1\r\n" +
	"Host: localhost\r\n" +
	"Upgrade: websocket\r\n" +
	"Connection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\n" +
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
	"Origin: https://app.example.com\r\n" +
	"\r\n"

// sendRaw sends bytes to the gateway and returns the first answer and whatever
// comes behind it until the gateway closes.
func (w *gateway) sendRaw(t *testing.T, raw string) (res *http.Response, behind string) {
	t.Helper()
	nc, err := net.Dial("tcp", strings.TrimPrefix(w.url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	nc.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(nc, raw); err != nil {
		t.Fatal(err)
	}
	return readAnswer(t, nc)
}

// refuses sends a handshake that must be refused as want says, and returns the
// audit event.
func (w *gateway) refuses(t *testing.T, h wireclient.Handshake, want denial) guard.Event {
	t.Helper()
	before := w.tally()
	c, res := w.try(t, h)
	if c != nil {
		t.Fatalf("admitted, want %d by %s", want.status, want.rule)
	}
	return w.checkDenial(t, res, before, want)
}

// refusesRaw is refuses for bytes.
func (w *gateway) refusesRaw(t *testing.T, raw string, want denial) {
	t.Helper()
	before := w.tally()
	res, behind := w.sendRaw(t, raw)
	w.checkDenial(t, res, before, want)
	if behind != "" {
		t.Errorf("%q came behind the refusal", behind)
	}
}

// tally is how many refusals were recorded and counted.
type tally struct{ recorded, counted int }

func (w *gateway) tally() tally {
	s := w.Stats()
	n := tally{recorded: len(w.denied())}
	for _, c := range s.Refusals {
		n.counted += int(c)
	}
	for _, r := range s.Routes {
		for _, c := range r.Refusals {
			if c.Outcome == guard.Denied {
				n.counted += int(c.Count)
			}
		}
	}
	return n
}

func (w *gateway) denied() (events []guard.Event) {
	for _, e := range w.audit.Events() {
		if e.Outcome == guard.Denied {
			events = append(events, e)
		}
	}
	return events
}

// checkDenial judges the answer to a refused request, and that it was recorded
// and counted once.
func (w *gateway) checkDenial(t *testing.T, res *http.Response, before tally, want denial) guard.Event {
	t.Helper()
	id := checkProblem(t, res, want)
	after := w.tally()
	if after.recorded != before.recorded+1 || after.counted != before.counted+1 {
		t.Fatalf("recorded %d and counted %d times, want once each: %+v", after.recorded-before.recorded, after.counted-before.counted, w.denied()[before.recorded:])
	}
	e := w.denied()[before.recorded]
	if e.Rule != want.rule || e.Weakness != want.weakness || e.Status != want.status || e.ID != id {
		t.Errorf("recorded rule %q, weakness %q, status %d, id %q; want %q, %q, %d, %q (detail %q)", e.Rule, e.Weakness, e.Status, e.ID, want.rule, want.weakness, want.status, id, e.Detail)
	}
	if e.Client == "" || e.Detail == "" || e.Time.IsZero() {
		t.Errorf("the record lacks client, detail or time: %+v", e)
	}
	return e
}

// checkProblem judges a problem document (RFC 9457) and returns its id.
func checkProblem(t *testing.T, res *http.Response, want denial) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != want.status || !res.Close {
		t.Errorf("status %d, connection close %t; want %d, true (%s)", res.StatusCode, res.Close, want.status, body)
	}
	for name, value := range map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if got := res.Header.Get(name); got != value {
			t.Errorf("%s is %q, want %q", name, got, value)
		}
	}
	retry := want.status == http.StatusTooManyRequests || want.status == http.StatusServiceUnavailable
	if got := res.Header.Get("Retry-After"); retry != (got != "") || got == "0" {
		t.Errorf("Retry-After is %q with status %d", got, want.status)
	}
	if got := res.Header.Get("Sec-WebSocket-Version"); (want.status == http.StatusUpgradeRequired) != (got == "13") {
		t.Errorf("Sec-WebSocket-Version is %q with status %d", got, want.status)
	}
	var p struct {
		Type, Title, Code, ID string
		Status                int
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&p); err != nil {
		t.Fatalf("problem %q: %v", body, err)
	}
	if p.Type != "urn:wswarden:problem:"+want.code || p.Code != want.code || p.Status != want.status || p.Title == "" || p.ID == "" {
		t.Errorf("problem %s, want code %q and status %d", body, want.code, want.status)
	}
	return p.ID
}

// readAnswer reads one answer and all that follows it.
func readAnswer(t *testing.T, nc net.Conn) (res *http.Response, behind string) {
	t.Helper()
	br := bufio.NewReader(nc)
	res, err := http.ReadResponse(br, nil)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	rest, err := io.ReadAll(br)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("the connection stays open: %v", err)
	}
	return res, string(rest)
}

// openRaw sends a handshake that must be admitted.
func openRaw(t *testing.T, w *gateway, raw string) net.Conn {
	t.Helper()
	nc, err := net.Dial("tcp", strings.TrimPrefix(w.url, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(nc, raw); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(nc), nil)
	if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("not admitted: %v, %v", res, err)
	}
	return nc
}

// edited returns s with its first from replaced, which must be there.
func edited(t *testing.T, s, from, to string) string {
	t.Helper()
	if !strings.Contains(s, from) {
		t.Fatalf("%q is not in the request", from)
	}
	return strings.Replace(s, from, to, 1)
}

// waitEmpty waits until no place is held any more.
func (w *gateway) waitEmpty(t *testing.T) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	ctx := testContext(t)
	for s := w.Stats(); s.Reservations != 0 || s.Connections != 0; s = w.Stats() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d places are still held, %d connections are left", s.Reservations, s.Connections)
		}
	}
}

func TestHandshakeForm(t *testing.T) {
	w := startGateway(t, nil)
	header := func(n int) string { return strings.Repeat("X-Same: v\r\n", n) }
	bad := func(rule string) denial { return denial{400, "bad_request", rule, "WS801"} }
	old := func(rule string) denial { return denial{426, "upgrade_required", rule, "WS801"} }
	for _, c := range []struct {
		name, from, to string
		want           denial
	}{
		{"method", "GET ", "POST ", bad("request.method")},
		{"HTTP/1.0", "HTTP/1.1", "HTTP/1.0", bad("request.version")},
		{"no upgrade", "Upgrade: websocket\r\n", "", old("request.upgrade")},
		{"upgrade to h2c", "Upgrade: websocket", "Upgrade: h2c", old("request.upgrade")},
		{"upgrade to TLS", "Upgrade: websocket", "Upgrade: TLS/1.0", old("request.upgrade")},
		{"upgrade to something", "Upgrade: websocket", "Upgrade: foo", old("request.upgrade")},
		{"upgrade with a letter that folds to s", "Upgrade: websocket", "Upgrade: web\u017focket", old("request.upgrade")},
		{"upgrade to h2c or websocket", "Upgrade: websocket", "Upgrade: h2c, websocket", bad("request.upgrade")},
		{"upgrade to websocket or h2c", "Upgrade: websocket", "Upgrade: websocket, h2c", bad("request.upgrade")},
		{"upgrade twice", "Upgrade: websocket", "Upgrade: websocket\r\nUpgrade: websocket", bad("request.upgrade")},
		{"no connection", "Connection: Upgrade\r\n", "", bad("request.connection")},
		{"connection without upgrade", "Connection: Upgrade", "Connection: keep-alive", bad("request.connection")},
		{"connection with part of the word", "Connection: Upgrade", "Connection: upgrades", bad("request.connection")},
		{"no version", "Sec-WebSocket-Version: 13\r\n", "", old("request.websocket-version")},
		{"version 8", "Version: 13", "Version: 8", old("request.websocket-version")},
		{"version 0", "Version: 13", "Version: 0", old("request.websocket-version")},
		{"version 1337", "Version: 13", "Version: 1337", old("request.websocket-version")},
		{"version 013", "Version: 13", "Version: 013", old("request.websocket-version")},
		{"version list", "Version: 13", "Version: 13, 8", old("request.websocket-version")},
		{"version 13 and 8", "Version: 13", "Version: 13\r\nSec-WebSocket-Version: 8", bad("request.repeated-header")},
		{"version 8 and 13", "Version: 13", "Version: 8\r\nSec-WebSocket-Version: 13", old("request.websocket-version")},
		{"no key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", "", bad("request.websocket-key")},
		{"key of 15 bytes", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j", bad("request.websocket-key")},
		{"key of 17 bytes", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZWU=", bad("request.websocket-key")},
		{"key with stray bits", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZR==", bad("request.websocket-key")},
		{"key that is not base64", "dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZ***", bad("request.websocket-key")},
		{"two keys", "Origin", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin", bad("request.repeated-header")},
		{"content length zero", "Origin", "Content-Length: 0\r\nOrigin", bad("request.body")},
		{"body", "\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nhello", bad("request.body")},
		{"chunked body", "\r\n\r\n", "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad("request.body")},
		{"two authorizations", "Origin", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\nOrigin", bad("request.repeated-header")},
		{"two cookies", "Origin", "Cookie: session=alice\r\nCookie: session=bob\r\nOrigin", bad("request.repeated-header")},
		{"one header a hundred times", "Origin", header(100) + "Origin", denial{431, "bad_request", "request.header-size", "WS801"}},
		{"33 KiB of headers", "Origin", "X-Long: " + strings.Repeat("x", 33<<10) + "\r\nOrigin", denial{431, "bad_request", "request.header-size", "WS801"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.refusesRaw(t, edited(t, rawHandshake, c.from, c.to), c.want)
		})
	}
	for _, c := range []struct{ name, from, to string }{
		{"as it is", "", ""},
		{"connection with keep-alive", "Connection: Upgrade", "Connection: keep-alive, Upgrade"},
		{"two connection headers", "Connection: Upgrade", "Connection: keep-alive\r\nConnection: upgrade"},
		{"upper case", "Upgrade: websocket", "UPGRADE: WebSocket"},
		{"ninety header values", "Origin", header(90) + "Origin"},
	} {
		t.Run("admitted: "+c.name, func(t *testing.T) {
			c := openRaw(t, w, edited(t, rawHandshake, c.from, c.to))
			c.Close()
		})
	}
	w.waitEmpty(t)
}

func TestHandshakePaths(t *testing.T) {
	w := startGateway(t, nil)
	for _, path := range []string{"/", "/ws/", "//ws", "/ws//", "/ws;x", "/ws;", "/%77s", "/ws%2f", "/./ws", "/x/../ws", "/WS", "/ws/x", "/ws%00", "/ws%20", "/ws/ticket/", "/ws/Ticket", "http://localhost/ws", "/wss", "/w"} {
		t.Run(path, func(t *testing.T) {
			w.refusesRaw(t, edited(t, rawHandshake, "/ws ", path+" "), denial{404, "not_found", "route.unknown", ""})
		})
	}
}

// TestHandshakeOrder sends a request that every check refuses, and mends one
// thing after the other.
func TestHandshakeOrder(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		c.Limits.Handshakes = guard.Rate{Count: 1, Per: time.Hour}
		c.Routes[0].Auth.Anonymous = false
		c.Routes[0].Limits.Connections = 1
	})
	held := w.dial(t, wireclient.Handshake{Origin: appOrigin, Bearer: aliceToken, Header: []wireclient.Line{{Name: "X-Forwarded-For", Value: "203.0.113.1"}}})

	steps := []struct {
		want denial
		mend func(r map[string]string)
	}{
		{denial{404, "not_found", "route.unknown", ""}, func(r map[string]string) { r["path"] = "/ws?token=x&ticket=wst1_nonsense" }},
		{denial{400, "bad_request", "request.method", "WS801"}, func(r map[string]string) { r["method"] = "GET" }},
		{denial{400, "bad_request", "request.version", "WS801"}, func(r map[string]string) { r["version"] = "HTTP/1.1" }},
		{denial{426, "upgrade_required", "request.upgrade", "WS801"}, func(r map[string]string) { r["Upgrade"] = "websocket" }},
		{denial{400, "bad_request", "request.connection", "WS801"}, func(r map[string]string) { r["Connection"] = "Upgrade" }},
		{denial{426, "upgrade_required", "request.websocket-version", "WS801"}, func(r map[string]string) { r["Sec-WebSocket-Version"] = "13" }},
		{denial{400, "bad_request", "request.websocket-key", "WS801"}, func(r map[string]string) { r["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ==" }},
		{denial{400, "bad_request", "request.body", "WS801"}, func(r map[string]string) { delete(r, "Content-Length") }},
		{denial{431, "bad_request", "request.header-size", "WS801"}, func(r map[string]string) { delete(r, "X-Long") }},
		{denial{400, "bad_request", "request.repeated-header", "WS801"}, func(r map[string]string) { delete(r, "Cookie") }},
		{denial{400, "bad_request", "address.malformed", "WS703"}, func(r map[string]string) { r["X-Forwarded-For"] = "203.0.113.1" }},
		{denial{403, "host_refused", "host.foreign", "WS104"}, func(r map[string]string) { r["Host"] = "localhost" }},
		{denial{403, "origin_refused", "origin.foreign", "WS101"}, func(r map[string]string) { r["Origin"] = appOrigin }},
		{denial{429, "too_many_requests", "handshakes.address", "WS703"}, nil}, // mended by the next address
		{denial{429, "too_many_connections", "connections.route", "WS703"}, func(map[string]string) {
			held.Close()
			w.waitEmpty(t)
		}},
		{denial{400, "token_in_url", "query.credential", "WS202"}, func(r map[string]string) { r["path"] = "/ws?ticket=wst1_nonsense" }},
		{denial{400, "subprotocol_refused", "subprotocol.unknown", "WS108"}, func(r map[string]string) { delete(r, "Sec-WebSocket-Protocol") }},
		{denial{400, "several_credentials", "credential.several", "WS201"}, func(r map[string]string) { delete(r, "Authorization") }},
		{denial{401, "ticket_invalid", "ticket.carrier", "WS204"}, func(r map[string]string) { r["path"] = "/ws" }},
		{denial{401, "sign_in_required", "credential.absent", "WS201"}, func(r map[string]string) {
			r["Authorization"] = "Bearer " + aliceToken
			w.backend.Close()
		}},
		{denial{502, "bad_gateway", "backend.unreachable", ""}, nil},
	}
	r := map[string]string{
		"path": "/other", "method": "POST", "version": "HTTP/1.0", "Host": "evil.example", "Origin": "https://evil.example", "Content-Length": "0",
		"X-Long": strings.Repeat("x", 33<<10), "X-Forwarded-For": "nobody", "Authorization": "Bearer nobody", "Cookie": "a=b\r\nCookie: c=d", "Sec-WebSocket-Protocol": "unknown",
	}
	for i, s := range steps {
		w.refusesRaw(t, requestOf(r), s.want)
		if s.mend != nil {
			s.mend(r)
		}
		if i > 12 { // from here on each attempt uses up the rate of its address
			r["X-Forwarded-For"] = fmt.Sprintf("203.0.113.%d", i)
		}
	}
}

// requestOf writes a request from its parts.
func requestOf(parts map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s\r\n", parts["method"], parts["path"], parts["version"])
	for name, value := range parts {
		if name != "method" && name != "path" && name != "version" {
			fmt.Fprintf(&b, "%s: %s\r\n", name, value)
		}
	}
	return b.String() + "\r\n"
}

// TestPipelinedRequest: a request behind a refused upgrade is never served,
// whichever check refuses (kemal #767).
func TestPipelinedRequest(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Routes[0].Auth.Anonymous = false })
	const behind = "GET /ws HTTP/1.1\r\nHost: localhost\r\n\r\n"
	for _, c := range []struct {
		name, from, to string
		want           denial
	}{
		{"route", "/ws ", "/other ", denial{404, "not_found", "route.unknown", ""}},
		{"version", "Version: 13", "Version: 8", denial{426, "upgrade_required", "request.websocket-version", "WS801"}},
		{"key", "Sec-WebSocket-Key", "X-Key", denial{400, "bad_request", "request.websocket-key", "WS801"}},
		{"connection", "Connection: Upgrade", "Connection: keep-alive", denial{400, "bad_request", "request.connection", "WS801"}},
		{"origin", "app.example.com", "evil.example", denial{403, "origin_refused", "origin.foreign", "WS101"}},
		{"credential", "", "", denial{401, "sign_in_required", "credential.absent", "WS201"}},
		{"mint", "GET /ws ", "GET /ws/ticket ", denial{405, "bad_request", "mint.method", "WS801"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.refusesRaw(t, edited(t, rawHandshake, c.from, c.to)+behind, c.want)
		})
	}
}

// TestHandshakeVersion: an upgrade is of HTTP/1.1. Over HTTP/2 it would be
// another request (RFC 8441), which is not spoken.
func TestHandshakeVersion(t *testing.T) {
	h, audit := newJudge(t, nil)
	r := handshakeFor("/ws")
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/2.0", 2, 0
	e, res := judged(h, audit, r)
	if res.StatusCode != http.StatusBadRequest || e.Rule != "request.version" || e.Weakness != "WS801" {
		t.Errorf("status %d by %q (%s)", res.StatusCode, e.Rule, e.Weakness)
	}
}
