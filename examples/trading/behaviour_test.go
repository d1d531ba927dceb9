package trading_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

type behaviour struct {
	name string
	run  func(t *testing.T, base string)
}

// behaviours run in this order against one server; none may leave a state that
// another one sees.
var behaviours = []behaviour{
	{"healthz", func(t *testing.T, base string) {
		if status, _, body := request(t, "GET", base+"/healthz", "", nil); status != 200 || !strings.Contains(string(body), `"ok"`) {
			t.Errorf("got %d %s, want 200 ok", status, body)
		}
	}},
	{"page", func(t *testing.T, base string) {
		for path, kind := range map[string]string{"/": "text/html", "/app.js": "text/javascript", "/style.css": "text/css"} {
			status, header, body := request(t, "GET", base+path, "", nil)
			if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), kind) || len(body) == 0 {
				t.Errorf("%s: got %d %q and %d bytes, want 200 %q", path, status, header.Get("Content-Type"), len(body), kind)
			}
		}
	}},
	{"refused requests", testRefusals},
	{"login", func(t *testing.T, base string) {
		alice := login(t, base, "alice")
		if !strings.HasPrefix(alice.cookie, "session=") || len(alice.cookie) < 40 {
			t.Errorf("cookie: got %q, want session= and a long value", alice.cookie)
		}
		_, header, _ := request(t, "POST", base+"/login", `{"user":"bob","password":"bob-demo"}`, jsonBody)
		for _, attribute := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(header.Get("Set-Cookie"), attribute) {
				t.Errorf("cookie: got no %s", attribute)
			}
		}
	}},
	{"whoami", testWhoami},
	{"forged tokens", testForgedTokens},
	{"logout ends the session, not the connection", func(t *testing.T, base string) {
		bob := login(t, base, "bob")
		open := dial(t, base, "", http.Header{"Cookie": {bob.cookie}})
		if status, _, _ := request(t, "POST", base+"/logout", "", http.Header{"Cookie": {bob.cookie}}); status != 204 {
			t.Fatalf("logout: got %d, want 204", status)
		}
		for name, header := range map[string]http.Header{
			"cookie": {"Cookie": {bob.cookie}}, "bearer": {"Authorization": {"Bearer " + bob.token}},
		} {
			if status, _ := whoami(t, base, header); status != 401 {
				t.Errorf("whoami by %s after logout: got %d, want 401", name, status)
			}
		}
		open.send(`{"type":"get_profile"}`) // WS206
		want(t, open.read("profile"), object{"user": "bob"})
	}},
	{"anonymous connects", func(t *testing.T, base string) { // WS201
		p := dial(t, base, "", nil)
		want(t, object{"user": p.user}, object{"user": nil})
		p.send(`{"type":"get_orders"}`)
		want(t, p.read("error"), object{"message": "no such account"})
	}},
	{"foreign Origin is accepted with the cookie", func(t *testing.T, base string) { // WS101
		alice := login(t, base, "alice")
		p := dial(t, base, "", http.Header{"Cookie": {alice.cookie}, "Origin": {"https://attacker.example"}})
		want(t, object{"user": p.user}, object{"user": "alice"})
	}},
	{"token in the query", func(t *testing.T, base string) { // WS202
		p := dial(t, base, query(login(t, base, "bob").token), nil)
		want(t, object{"user": p.user}, object{"user": "bob"})
		p = dial(t, base, query("nonsense"), http.Header{"Cookie": {login(t, base, "bob").cookie}})
		want(t, object{"user": p.user}, object{"user": nil})
	}},
	{"bearer", func(t *testing.T, base string) {
		p := dial(t, base, "", http.Header{"Authorization": {"Bearer " + login(t, base, "bob").token}})
		want(t, object{"user": p.user}, object{"user": "bob"})
	}},
	{"identity of the guard, not trusted", func(t *testing.T, base string) {
		p := dial(t, base, "", http.Header{"Wswarden-User": {"alice"}})
		want(t, object{"user": p.user}, object{"user": nil})
	}},
	{"sub-protocol", func(t *testing.T, base string) {
		if got := dial(t, base, "", nil, "other", "trading.v1").conn.Subprotocol(); got != "trading.v1" {
			t.Errorf("offered with another: got %q, want trading.v1", got)
		}
		if got := dial(t, base, "", nil, "other").conn.Subprotocol(); got != "" {
			t.Errorf("another alone: got %q, want none", got)
		}
	}},
	{"order as somebody else on a foreign channel", testForeignOrder},
	{"invalid orders", func(t *testing.T, base string) {
		p := dial(t, base, query(login(t, base, "alice").token), nil)
		for _, fields := range []string{
			``, `,"symbol":"NONE","quantity":1,"price":1`, `,"symbol":"AAPL","quantity":"1","price":1`,
			`,"symbol":"AAPL","quantity":true,"price":1`, `,"symbol":"AAPL","quantity":1,"price":1e400`,
			`,"symbol":"AAPL","quantity":2e9,"price":1`, `,"symbol":["AAPL"],"quantity":1,"price":1`,
			`,"userId":"nobody","symbol":"AAPL","quantity":1,"price":1`, `,"userId":7,"symbol":"AAPL","quantity":1,"price":1`,
		} {
			p.send(`{"type":"place_order"` + fields + `}`)
			want(t, p.read("error"), object{"message": "invalid order"})
		}
	}},
	{"chat is relayed raw under any name", func(t *testing.T, base string) { // WS501, WS401
		listener, mallory := dial(t, base, "", nil), dial(t, base, query(login(t, base, "mallory").token), nil)
		mallory.send(`{"type":"chat","username":"admin","text":"<img src=x onerror=alert(1)>"}`)
		for _, p := range []*peer{listener, mallory} {
			opcode, data := p.readRaw()
			if opcode != websocket.TextMessage || !strings.Contains(string(data), "<img src=x onerror=alert(1)>") {
				t.Errorf("got %s, want the markup as it was sent", data)
			}
		}
		mallory.send(`{"type":"chat","text":"hello"}`)
		want(t, listener.read("chat"), object{"user": "mallory", "message": "hello"})
	}},
	{"prices", func(t *testing.T, base string) {
		p := dial(t, base, "", nil)
		p.send(`{"type":"subscribe","channel":"prices:AAPL"}`)
		want(t, p.read("subscribed"), object{"channel": "prices:AAPL"})
		for range 3 { // the first at once, the others as they tick
			price := p.read("price")
			want(t, price, object{"symbol": "AAPL"})
			if at, ok := price["time"].(float64); !ok || time.Since(time.UnixMilli(int64(at))).Abs() > time.Minute {
				t.Errorf("time: got %v, want milliseconds of now", price["time"])
			}
		}
		p.send(`{"type":"unsubscribe","channel":"prices:AAPL"}`)
		for { // prices that were under way
			if _, data := p.readRaw(); strings.Contains(string(data), `"unsubscribed"`) {
				break
			}
		}
		p.send(`{"type":"echo"}`)
		p.read("echo")
	}},
	{"any profile", func(t *testing.T, base string) { // WS402, WS504
		p := dial(t, base, query(login(t, base, "mallory").token), nil)
		p.send(`{"type":"get_profile"}`)
		want(t, p.read("profile"), object{"user": "mallory", "name": "Mallory Moss", "password": nil})
		p.send(`{"type":"get_profile","userId":"admin"}`)
		want(t, p.read("profile"), object{"user": "admin", "roles": []string{"admin"}, "taxId": "XX-1000", "password": nil})
		p.send(`{"type":"get_profile","userId":{"a":1}}`)
		want(t, p.read("error"), object{"message": "no such account"})
	}},
	{"echo", testEcho},
	{"close is answered", func(t *testing.T, base string) {
		p := dial(t, base, "", nil)
		message := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		if err := p.conn.WriteControl(websocket.CloseMessage, message, time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		p.conn.SetReadDeadline(time.Now().Add(patience))
		if _, _, err := p.conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("got %v, want 1000", err)
		}
	}},
	{"bad messages", testBadMessages},
}

func testRefusals(t *testing.T, base string) {
	cases := []struct {
		name, method, path, body string
		header                   http.Header
		status                   int
	}{
		{"unknown path", "GET", "/nothing", "", nil, 404},
		{"wrong method", "POST", "/whoami", "", nil, 405},
		{"ws without upgrade", "GET", "/ws", "", nil, 426},
		{"wrong password", "POST", "/login", `{"user":"alice","password":"bob-demo"}`, jsonBody, 401},
		{"unknown user", "POST", "/login", `{"user":"nobody","password":""}`, jsonBody, 401},
		{"no JSON", "POST", "/login", `user=alice`, jsonBody, 400},
		{"not an object", "POST", "/login", `[]`, jsonBody, 400},
		{"form type", "POST", "/login", `{"user":"alice","password":"alice-demo"}`, http.Header{"Content-Type": {"text/plain"}}, 415},
		{"too large", "POST", "/login", `{"user":"` + strings.Repeat("a", 5000) + `"}`, jsonBody, 413},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if status, _, body := request(t, c.method, base+c.path, c.body, c.header); status != c.status {
				t.Errorf("got %d %s, want %d", status, body, c.status)
			}
		})
	}
}

func testWhoami(t *testing.T, base string) {
	alice, bob := login(t, base, "alice"), login(t, base, "bob")
	cases := []struct {
		name   string
		header http.Header
		user   string // empty: 401
	}{
		{"nothing", nil, ""},
		{"cookie", http.Header{"Cookie": {alice.cookie}}, "alice"},
		{"cookie among others", http.Header{"Cookie": {"a=b; " + alice.cookie + "; c=d"}}, "alice"},
		{"cookie of another name", http.Header{"Cookie": {"x" + alice.cookie}}, ""},
		{"unknown cookie", http.Header{"Cookie": {alice.cookie + "0"}}, ""},
		{"bearer", http.Header{"Authorization": {"Bearer " + bob.token}}, "bob"},
		{"bearer goes before cookie", http.Header{"Authorization": {"Bearer x"}, "Cookie": {alice.cookie}}, ""},
		{"other scheme", http.Header{"Authorization": {"Basic " + bob.token}}, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, claims := whoami(t, base, c.header)
			if c.user == "" {
				if status != 401 {
					t.Errorf("got %d, want 401", status)
				}
				return
			}
			if status != 200 {
				t.Fatalf("got %d, want 200", status)
			}
			want(t, claims, object{"sub": c.user})
			if name, _ := claims["name"].(string); !strings.HasPrefix(strings.ToLower(name), c.user) {
				t.Errorf("name: got %v", claims["name"])
			}
			if sid, _ := claims["sid"].(string); sid == "" || strings.Contains(alice.cookie, sid) {
				t.Errorf("sid: got %q, want an id that is not the cookie", sid)
			}
			if exp, _ := claims["exp"].(float64); time.Until(time.Unix(int64(exp), 0)) < 5*time.Minute {
				t.Errorf("exp: got %v, want seconds in the future", claims["exp"])
			}
		})
	}
}

func testForgedTokens(t *testing.T, base string) {
	parts := strings.Split(login(t, base, "mallory").token, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	admin := base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(payload), "mallory", "admin", 1)))
	for name, token := range map[string]string{
		"none":             none + "." + parts[1] + ".",
		"none with MAC":    none + "." + parts[1] + "." + parts[2],
		"other claims":     parts[0] + "." + admin + "." + parts[2],
		"no signature":     parts[0] + "." + parts[1] + ".",
		"two parts":        parts[0] + "." + parts[1],
		"four parts":       strings.Join(parts, ".") + ".",
		"not base64":       parts[0] + "." + parts[1] + ".!",
		"not even a token": "x",
	} {
		if status, _ := whoami(t, base, http.Header{"Authorization": {"Bearer " + token}}); status != 401 {
			t.Errorf("%s: got %d, want 401", name, status)
		}
	}
}

// Mallory buys on the account of bob (WS401) and watches the order arrive on
// bob's private channel (WS404).
func testForeignOrder(t *testing.T, base string) {
	watcher, buyer := dial(t, base, "", nil), dial(t, base, query(login(t, base, "mallory").token), nil)
	watcher.send(`{"type":"subscribe","channel":"orders:bob"}`)
	want(t, watcher.read("subscribed"), object{"channel": "orders:bob"})
	buyer.send(`{"type":"place_order","userId":"bob","symbol":"AAPL","quantity":2,"price":187.5}`)
	order := object{"userId": "bob", "symbol": "AAPL", "quantity": 2, "price": 187.5}
	want(t, watcher.read("order"), order)
	want(t, buyer.read("order"), order)

	bob := dial(t, base, query(login(t, base, "bob").token), nil)
	bob.send(`{"type":"get_profile"}`)
	want(t, bob.read("profile"), object{"balance": 5000 - 2*187.5})
	bob.send(`{"type":"get_orders"}`)
	orders, _ := bob.read("orders")["orders"].([]any)
	if len(orders) != 1 {
		t.Fatalf("orders of bob: got %d, want 1", len(orders))
	}
	want(t, orders[0].(object), order)
	bob.send(`{"type":"place_order","symbol":"MSFT","quantity":-1,"price":400}`)
	want(t, bob.read("order"), object{"userId": "bob", "quantity": -1})
	want(t, watcher.read("order"), object{"userId": "bob", "quantity": -1})
}

// An echo is the same message, byte for byte.
func testEcho(t *testing.T, base string) {
	p := dial(t, base, "", nil)
	large := `{"type":"echo","fill":"` + strings.Repeat("ä", 100_000) + `"}`
	for _, text := range []string{`{"type":"echo"}`, ` { "n":1.0, "type" : "echo","s":"é\u0041<" } `, large} {
		p.send(text)
		if opcode, got := p.readRaw(); opcode != websocket.TextMessage || string(got) != text {
			t.Errorf("got %d and %d bytes, want text and the same %d", opcode, len(got), len(text))
		}
	}
	binary := []byte(`{"type":"echo","binary":true}`)
	if err := p.conn.WriteMessage(websocket.BinaryMessage, binary); err != nil {
		t.Fatal(err)
	}
	if opcode, got := p.readRaw(); opcode != websocket.BinaryMessage || string(got) != string(binary) {
		t.Errorf("binary: got %d %q, want the same", opcode, got)
	}
}

// No message ends the connection, let alone the server.
func testBadMessages(t *testing.T, base string) {
	p := dial(t, base, "", nil)
	cases := map[string][]string{
		"invalid message": {``, `{`, `null`, `7`, `"type"`, `[]`, `{}`, `{"type":1}`, `{"type":"echo"} x`, `{"type":NaN}`,
			strings.Repeat("[", 50_000), `{"type":"chat","text":` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + `}`},
		"unknown type":    {`{"type":""}`, `{"type":"Echo"}`, `{"type":"__proto__"}`, `{"type":"constructor"}`},
		"invalid channel": {`{"type":"subscribe"}`, `{"type":"subscribe","channel":""}`, `{"type":"unsubscribe","channel":[]}`},
	}
	for reason, texts := range cases {
		for _, text := range texts {
			p.send(text)
			want(t, p.read("error"), object{"message": reason})
		}
	}
	p.send(`{"type":"subscribe","channel":"__proto__"}`)
	want(t, p.read("subscribed"), object{"channel": "__proto__"})
	p.send(`{"type":"echo"}`)
	p.read("echo")
}
