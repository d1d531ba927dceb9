package draft_test

import (
	"strings"
	"testing"
)

// holds fails where a draft has not all of want, has some of never, or is not
// accepted by the guard.
func holds(t *testing.T, got string, want, never []string) {
	t.Helper()
	if err := judge([]byte(got)); err != nil {
		t.Errorf("the guard does not accept it: %v", err)
	}
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("got no %q in\n%s", w, got)
		}
	}
	for _, n := range never {
		if strings.Contains(got, n) {
			t.Errorf("got %q in\n%s", n, got)
		}
	}
}

// TestQuery: whatever the program calls it, what says in the URL who a client is does
// not pass, and what else it reads there does.
func TestQuery(t *testing.T) {
	for _, tt := range []struct {
		name, file, text string
		want, never      []string
	}{
		{"URL and cookie in JavaScript", "server.js", `
const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 7100, path: '/ferry' });
wss.on('connection', (ws, req) => {
  const url = new URL(req.url, 'http://x');
  const badge = url.searchParams.get('boarding_pass');
  const deck = url.searchParams.get('deck');
  const { berth, since: from } = Object.fromEntries(url.searchParams);
  const k = url.searchParams.get('k');
  ws.user = sessions.get(k) || passes.get(badge) || sessions.get(cookies(req.headers.cookie).sid);
  ws.on('message', (data) => { const m = JSON.parse(data); if (m.type === 'call') ws.send(m.text); });
});`, []string{"query: [berth, deck, since]"}, []string{"forward_query: deck"}},
		{"only the URL, in Python", "app.py", `
from fastapi import FastAPI, WebSocket, Query
app = FastAPI()
@app.websocket("/pens/{pen}")
async def pens(ws: WebSocket, pen: str, herd_key: str = Query(None), breed: str = "all"):
    who = KEYS.get(herd_key)
    await ws.accept()
    while True:
        m = await ws.receive_json()
        if m["type"] == "feed":
            await ws.send_json({"type": "fed", "grams": m["grams"]})`,
			[]string{"query: [breed] # confirm: without herd_key", "forward_query: herd_key # confirm:", "bearer: true"}, nil},
		{"only the header, in Go", "main.go", strings.ReplaceAll(`package main

import (
	"net/http"

	"github.com/gorilla/websocket"
)

var up websocket.Upgrader

func tap(w http.ResponseWriter, r *http.Request) {
	user, err := verify(r.Header.Get("Authorization"))
	if err != nil {
		http.Error(w, "no", 401)
		return
	}
	valve := r.URL.Query().Get("valve")
	as := r.FormValue("act_as_user")
	c, _ := up.Upgrade(w, r, nil)
	for {
		var m struct {
			Text string ~json:"text"~
		}
		if c.ReadJSON(&m) != nil {
			return
		}
		c.WriteJSON(map[string]any{"user": user, "valve": valve, "as": as})
	}
}

func main() { http.HandleFunc("/tap", tap); http.ListenAndServe(":7200", nil) }
`, "~", "`"), []string{"query: [valve] # confirm: without act_as_user", "bearer: true", "forward: true"}, []string{"forward_query"}},
		{"a header of its own", "server.js", `
const { WebSocketServer } = require('ws');
const wss = new WebSocketServer({ port: 7300, path: '/loom' });
wss.on('connection', (ws, req) => {
  ws.user = verify(req.headers['x-loom-token']);
  ws.on('message', (data) => { const m = JSON.parse(data); if (m.type === 'weave') ws.send(m.text); });
});`, []string{"headers: [Cookie, Authorization, X-Loom-Token] # confirm:", "forward: true"}, []string{"query:", "asks nobody"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			holds(t, string(source(t, tt.file, tt.text)), tt.want, tt.never)
		})
	}
}

// TestClaims: what the answer of the program calls the account is taken from it, in
// another file, too, and else written down to be confirmed.
func TestClaims(t *testing.T) {
	whoami := `
const http = require('http');
const app = require('express')();
app.get('/api/me', tellMe);
function tellMe(req, res) { const s = sessions.get(req.cookies.sid); if (!s) return res.status(401).json({ error: 'no' }); res.json({ handle: s.handle, nick: s.nick, duties: s.duties }); }
`
	for _, tt := range map[string]struct{ text, want string }{
		"seen":     {whoami + serverIn("ws.send('x');"), "claims: {user: handle, name: nick, roles: duties} # confirm:"},
		"not seen": {serverIn("ws.send('x');"), "claims: {user: sub, name: name, roles: roles} # confirm:"},
	} {
		holds(t, string(source(t, "server.js", tt.text)), []string{tt.want}, nil)
	}
}
