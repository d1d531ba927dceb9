package config_test

import (
	"fmt"
	"testing"
)

func TestRouteRules(t *testing.T) {
	path := func(p string) []string { return edits("path: /ws", "path: "+p) }
	judge(t, []problemCase{
		{"root", path("/"), nil},
		{"several segments", path("/api/v1/ws.stream~x@y:z"), nil},
		{"no path", edits("path: /ws\n    ", ""), wants("6:5: routes[0].path: the setting is missing; write the path of the endpoint, such as /ws")},
		{"relative", path("ws"), wants("6:11: routes[0].path: ")},
		{"double slash", path("/a//b"), wants("6:11: routes[0].path: ")},
		{"dot", path("/a/./b"), wants("6:11: routes[0].path: ")},
		{"dots", path("/a/.."), wants("6:11: routes[0].path: ")},
		{"slash at the end", path("/socket.io/"), nil},
		{"path with and without a slash", edits("    auth: {ticket: true}\n", "    auth: {ticket: true}\n  - path: /ws/\n    backend: ws://127.0.0.1:1\n    origins: [\"https://app.example.com\"]\n    auth: {ticket: true}\n"), wants("10:11: routes[1].path: ")},
		{"escape", path("/%77s"), wants("6:11: routes[0].path: ")},
		{"semicolon", path("/ws;a"), wants("6:11: routes[0].path: ")},
		{"query", path("/ws?a"), wants("6:11: routes[0].path: ")},
		{"fragment", path(`"/ws#a"`), wants("6:11: routes[0].path: ")},
		{"backslash", path(`/a\b`), wants("6:11: routes[0].path: ")},
		{"space", path(`"/a b"`), wants("6:11: routes[0].path: ")},
		{"letter beyond ASCII", path("/größe"), wants("6:11: routes[0].path: ")},
		{"ticket endpoint", path("/ws/ticket"), wants("6:11: routes[0].path: ")},
		{"paths of the guard", path("/-/ws"), wants("6:11: routes[0].path: ")},
		{"path twice", edits("    auth: {ticket: true}\n", "    auth: {ticket: true}\n  - path: /ws\n    backend: ws://127.0.0.1:1\n    origins: [\"https://app.example.com\"]\n    auth: {ticket: true}\n"), wants("10:11: routes[1].path: ")},
		{"sub-protocols", edits("    auth:", "    subprotocols: [v1.trading, graphql-transport-ws]\n    auth:"), nil},
		{"sub-protocol that is no token", edits("    auth:", "    subprotocols: [\"a b\"]\n    auth:"), wants("9:20: routes[0].subprotocols[0]: ")},
		{"sub-protocol of tickets", edits("    auth:", "    subprotocols: [wst.a, wswarden.v1]\n    auth:"), wants("9:20: routes[0].subprotocols[0]: ", "9:27: routes[0].subprotocols[1]: ")},
		{"parameters", edits("    auth:", "    query: [board, since]\n    auth:"), nil},
		{"no parameter", edits("    auth:", "    query: []\n    auth:"), nil},
		{"parameter that is a credential", edits("    auth:", "    query: [board, access_token]\n    auth:"), wants("9:20: routes[0].query[1]: ")},
		{"backend host", edits("    auth:", "    backend_host: app.internal:8080\n    auth:"), nil},
		{"backend host of IPv6", edits("    auth:", "    backend_host: \"[::1]:80\"\n    auth:"), nil},
		{"backend host of a number", edits("    auth:", "    backend_host: \"[0]\"\n    auth:"), wants("9:19: routes[0].backend_host: this is not a host name")},
		{"backend host in brackets", edits("    auth:", "    backend_host: \"[localhost]\"\n    auth:"), wants("9:19: routes[0].backend_host: this is not a host name")},
		{"backend host without its name", edits("    auth:", "    backend_host: \":80\"\n    auth:"), wants("9:19: routes[0].backend_host: this is not a host name")},
		{"backend host that is none", edits("    auth:", "    backend_host: \"a b\"\n    auth:"), wants("9:19: routes[0].backend_host: ")},
	})
}

// TestQueryNone: a list without a name is another thing than no list.
func TestQueryNone(t *testing.T) {
	for text, want := range map[string]string{"query: []": "[]string{}", "query: [board]": `[]string{"board"}`, "mode: enforce": "[]string(nil)"} {
		cfg, err := parse(with(t, edits("    auth:", "    "+text+"\n    auth:")...))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if got := fmt.Sprintf("%#v", cfg.Guard.Routes[0].Query); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestBackendRules(t *testing.T) {
	backend := func(b string) []string { return edits("ws://127.0.0.1:3000/ws", b) }
	const form = "the address must start with ws:// or wss://; write an address such as ws://127.0.0.1:3000/ws"
	judge(t, []problemCase{
		{"no path", backend("ws://127.0.0.1:3000"), nil},
		{"tls", backend("wss://app.internal/ws"), nil},
		{"IPv6", backend(`"ws://[::1]:3000/ws"`), nil},
		{"tls with its authority", backend("wss://app.internal/ws\n    backend_ca: cert.pem"), nil},
		{"missing", edits("backend: ws://127.0.0.1:3000/ws\n    ", ""), wants("6:5: routes[0].backend: the setting is missing; write the address of the backend")},
		{"http", backend("http://127.0.0.1:3000/ws"), wants("7:14: routes[0].backend: " + form)},
		{"capitals", backend("WS://127.0.0.1:3000/ws"), wants("7:14: routes[0].backend: " + form)},
		{"no scheme", backend("127.0.0.1:3000"), wants("7:14: routes[0].backend: " + form)},
		{"no host", backend("ws:///ws"), wants("7:14: routes[0].backend: the address names no valid host")},
		{"password", backend("ws://user:hunter2@127.0.0.1/ws"), wants("7:14: routes[0].backend: the address holds a user name or a password")},
		{"query", backend("ws://127.0.0.1:3000/ws?token=hunter2"), wants("7:14: routes[0].backend: the address has a query; remove it")},
		{"empty query", backend("ws://127.0.0.1:3000/ws?"), wants("7:14: routes[0].backend: the address has a query")},
		{"fragment", backend(`"ws://127.0.0.1:3000/ws#a"`), wants("7:14: routes[0].backend: the address has a fragment")},
		{"port", backend("ws://127.0.0.1:99999/ws"), wants("7:14: routes[0].backend: the address has no valid port")},
		{"the guard itself", backend("ws://localhost:8080/other"), wants("7:14: routes[0].backend: the address is one of the guard itself: each connection would open the next; write the address of the application")},
		{"the guard itself on every address", edits("127.0.0.1:8080", "0.0.0.0:8080\ninsecure_plaintext: true", "ws://127.0.0.1:3000", "ws://127.0.0.1:8080"), wants("8:14: routes[0].backend: the address is one of the guard itself")},
		{"the admin listener", edits("127.0.0.1:8080", "127.0.0.1:8080\nadmin: 127.0.0.1:3000"), wants("8:14: routes[0].backend: the address is one of the guard itself")},
		{"authority without tls", backend("ws://127.0.0.1:3000/ws\n    backend_ca: cert.pem"), wants("8:17: routes[0].backend_ca: it has no effect on a ws backend; write wss://")},
		{"authority that is none", backend("wss://app.internal/ws\n    backend_ca: not-keys.txt"), wants(`8:17: routes[0].backend_ca: "not-keys.txt" holds no certificate`)},
		{"no authority file", backend("wss://app.internal/ws\n    backend_ca: none.pem"), wants(`8:17: routes[0].backend_ca: read "none.pem": no such file or directory`)},
		{"authorities that differ", edits("ws://127.0.0.1:3000/ws", "wss://app.internal/ws\n    backend_ca: cert.pem", "    auth: {ticket: true}\n", "    auth: {ticket: true}\n  - path: /b\n    backend: wss://b.internal\n    origins: [\"https://app.example.com\"]\n    auth: {ticket: true}\n"),
			wants("11:5: routes[1].backend_ca: it differs from that of routes[0]: different files are not available in this version")},
	})
}

func TestAuthRules(t *testing.T) {
	auth := func(a string) []string { return edits("{ticket: true}", a) }
	const noSignIn = "sign_in:\n  jwt: {issuer: id, audience: trading, jwks_file: jwks.json}\n  forward_auth: {url: \"http://127.0.0.1:3000/whoami\"}\n"
	const noForward = "  forward_auth: {url: \"http://127.0.0.1:3000/whoami\"}\n"
	judge(t, []problemCase{
		{"all", auth("{ticket: {ttl: 5s, ip: off, carriers: [query, subprotocol, first_message], rate: 1/1s}, bearer: true, cookie: true}"), nil},
		{"ticket of a minute", auth("{ticket: {ttl: 60s}}"), nil},
		{"bearer alone", auth("{bearer: true}"), nil},
		{"anonymous without sign-in", edits(noSignIn, "", "{ticket: true}", "{anonymous: true}"), nil},
		{"missing", edits("    auth: {ticket: true}\n", ""), wants("6:5: routes[0].auth: the setting is missing: no credential would open a connection (WS201)")},
		{"nothing", auth("{}"), wants("9:5: routes[0].auth: ")},
		{"nothing by words", auth("{ticket: false, bearer: false, cookie: false, anonymous: false}"), wants("9:5: routes[0].auth: ")},
		{"misspelt", auth("{tickets: true}"), wants("9:12: routes[0].auth.tickets: unknown key; did you mean ticket?")},
		{"ticket of an hour", auth("{ticket: {ttl: 1h}}"), wants("9:26: routes[0].auth.ticket.ttl: must be 5s to 60s: a ticket that lives longer is a credential to steal, a shorter one can't be used in time (WS204)")},
		{"ticket of four seconds", auth("{ticket: {ttl: 4999ms}}"), wants("9:26: routes[0].auth.ticket.ttl: must be 5s to 60s")},
		{"ticket of no time", auth("{ticket: {ttl: 0s}}"), wants("9:26: routes[0].auth.ticket.ttl: must be 5s to 60s")},
		{"binding", auth("{ticket: {ip: maybe}}"), wants(`9:25: routes[0].auth.ticket.ip: "maybe" is not accepted; write enforce, monitor or off`)},
		{"carrier", auth("{ticket: {carriers: [cookie]}}"), wants(`9:32: routes[0].auth.ticket.carriers[0]: "cookie" is not accepted; write subprotocol, query or first_message`)},
		{"no carrier", auth("{ticket: {carriers: []}}"), wants("9:21: routes[0].auth.ticket.carriers: the list is empty")},
		{"ticket as a word", auth("{ticket: always}"), wants(`9:20: routes[0].auth.ticket: must be true or false, not "always"`)},
		{"ticket without sign-in", edits(noSignIn, ""), wants("6:20: routes[0].auth.ticket: ")},
		{"bearer without sign-in", edits(noSignIn, "", "{ticket: true}", "{bearer: true}"), wants("6:20: routes[0].auth.bearer: ")},
		{"bearer that nothing judges", edits(jwtLine+"\n  ", "", "whoami\"", "whoami\", headers: [Cookie]", "{ticket: true}", "{bearer: true}"), wants("8:20: routes[0].auth.bearer: ")},
		{"cookie without forward_auth", edits(noForward, "", "{ticket: true}", "{cookie: true}"), wants("8:20: routes[0].auth.cookie: ")},
		{"cookie that nothing judges", edits("whoami\"", "whoami\", headers: [Authorization]", "{ticket: true}", "{cookie: true}"), wants("9:20: routes[0].auth.cookie: ")},
		{"cookie from any origin", edits(`origins: ["https://app.example.com"]`, "insecure_any_origin: true", "{ticket: true}", "{cookie: true}"), wants("9:20: routes[0].auth.cookie: ")},
		{"cookie without origin", edits(`origins:`, "allow_no_origin: true\n    origins:", "{ticket: true}", "{cookie: true}"), wants("10:20: routes[0].auth.cookie: ")},
		{"sign-in that is wrong itself", edits("{issuer: id, audience: trading, jwks_file: jwks.json}", "5", noForward, ""), wants("3:8: sign_in.jwt: must be a section, not a number")},
		{"short life", edits("    auth:", "    session: {max_age: 999ms, idle: 500ms}\n    auth:"), wants("9:24: routes[0].session.max_age: must be at least 1s (WS209)", "9:37: routes[0].session.idle: must be at least 1s (WS704)")},
		{"least life", edits("    auth:", "    session: {max_age: 1s, idle: 1s}\n    auth:"), nil},
	})
}

func TestLimitRules(t *testing.T) {
	for _, limit := range []string{"connections_per_ip", "connections_per_user", "connections", "message_bytes", "server_message_bytes", "fragments", "send_queue"} {
		t.Run(limit, func(t *testing.T) {
			text := with(t, "    auth:", "    limits:\n      "+limit+": 0\n    auth:")
			compare(t, text, wants(at(10, len(limit)+9)+"routes[0].limits."+limit+": must be at least 1 (WS7"))
			if got := problemsOf(t, text); len(got) > 0 && !hasSuffix(got[0], "a limit can't be switched off: set a large value") {
				t.Errorf("got %q, want it to say what to do", got[0])
			}
		})
	}
}
