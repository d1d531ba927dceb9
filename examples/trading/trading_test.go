package trading_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wswarden/wswarden/examples/trading/tradingtest"
)

// patience bounds every wait for a server.
const patience = 10 * time.Second

var client = &http.Client{Timeout: patience}

// object is a JSON object.
type object = map[string]any

// signedIn is what POST /login gives.
type signedIn struct {
	cookie string // "session=…"
	token  string
}

// request sends one request and returns its status, headers and body.
func request(t *testing.T, method, address, body string, header http.Header) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, address, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, address, err)
	}
	return resp.StatusCode, resp.Header, text
}

var jsonBody = http.Header{"Content-Type": {"application/json"}}

func login(t *testing.T, base, user string) signedIn {
	t.Helper()
	body := `{"user":"` + user + `","password":"` + user + `-demo"}`
	status, header, text := request(t, "POST", base+"/login", body, jsonBody)
	var answer struct{ User, Token string }
	if err := json.Unmarshal(text, &answer); status != http.StatusOK || err != nil || answer.User != user {
		t.Fatalf("login as %s: got %d %s, want 200 and the user", user, status, text)
	}
	cookie, _, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	return signedIn{cookie: cookie, token: answer.Token}
}

// whoami returns the status and the claims.
func whoami(t *testing.T, base string, header http.Header) (int, object) {
	t.Helper()
	status, _, text := request(t, "GET", base+"/whoami", "", header)
	var claims object
	if err := json.Unmarshal(text, &claims); err != nil {
		t.Fatalf("whoami: %q is no JSON object: %v", text, err)
	}
	return status, claims
}

// peer is a WebSocket client of the platform.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
	user any // of the welcome
}

// dial opens a connection and reads the welcome.
func dial(t *testing.T, base, query string, header http.Header, protocols ...string) *peer {
	t.Helper()
	dialer := websocket.Dialer{HandshakeTimeout: patience, Subprotocols: protocols}
	address := "ws" + strings.TrimPrefix(base, "http") + "/ws" + query
	conn, resp, err := dialer.DialContext(t.Context(), address, header)
	if err != nil {
		status := 0
		if resp != nil {
			status = resp.StatusCode
		}
		t.Fatalf("open /ws: %v (status %d)", err, status)
	}
	t.Cleanup(func() { conn.Close() })
	p := &peer{t: t, conn: conn}
	p.user = p.read("welcome")["user"]
	return p
}

func (p *peer) send(text string) {
	p.t.Helper()
	p.conn.SetWriteDeadline(time.Now().Add(patience))
	if err := p.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		p.t.Fatalf("send %s: %v", text, err)
	}
}

// read returns the next message and fails when it is not of the type.
func (p *peer) read(kind string) object {
	p.t.Helper()
	_, data := p.readRaw()
	var message object
	if err := json.Unmarshal(data, &message); err != nil {
		p.t.Fatalf("read: %q is no JSON object: %v", data, err)
	}
	if message["type"] != kind {
		p.t.Fatalf("read: got %s, want type %q", data, kind)
	}
	return message
}

func (p *peer) readRaw() (int, []byte) {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(patience))
	opcode, data, err := p.conn.ReadMessage()
	if err != nil {
		p.t.Fatalf("read: %v", err)
	}
	return opcode, data
}

// want fails when a field of the message is not as given.
func want(t *testing.T, message object, fields object) {
	t.Helper()
	for name, value := range fields {
		got, _ := json.Marshal(message[name])
		expected, _ := json.Marshal(value)
		if !bytes.Equal(got, expected) {
			t.Errorf("%s: got %s, want %s in %v", name, got, expected, message)
		}
	}
}

// Every behaviour of PROTOCOL.md holds for every flavour, also the flaws: they
// are what the example is for.
func TestFlavoursBehaveAlike(t *testing.T) {
	for _, flavour := range []string{tradingtest.Node, tradingtest.Python, tradingtest.Go, tradingtest.InProcess} {
		t.Run(flavour, func(t *testing.T) {
			t.Parallel()
			base := tradingtest.Start(t, flavour, "TRADING_TICK_MS=50")
			for _, b := range behaviours {
				t.Run(b.name, func(t *testing.T) { b.run(t, base) })
			}
			trusting := tradingtest.Start(t, flavour, "TRADING_TRUST_GUARD=1", "TRADING_TICK_MS=3600000")
			t.Run("identity of the guard, trusted", func(t *testing.T) {
				alice := login(t, trusting, "alice")
				p := dial(t, trusting, "", http.Header{"Wswarden-User": {"carol"}, "Cookie": {alice.cookie}})
				want(t, object{"user": p.user}, object{"user": "carol"})
				p = dial(t, trusting, "", http.Header{"Cookie": {alice.cookie}})
				want(t, object{"user": p.user}, object{"user": "alice"})
			})
		})
	}
}

// query makes the query of a token in the URL.
func query(token string) string { return "?token=" + url.QueryEscape(token) }
