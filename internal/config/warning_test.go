package config_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestWarnings(t *testing.T) {
	limit := func(s string) []string { return edits("    auth:", "    limits: {"+s+"}\n    auth:") }
	auth := func(s string) []string { return edits("{ticket: true}", s) }
	for _, c := range []struct {
		name  string
		edits []string
		want  []string // weakness, path and line
	}{
		{"nothing loosened", nil, nil},
		{"limits at the edge", limit("message_bytes: 1MiB, send_queue: 16MiB, messages: 100/1s"), nil},
		{"plaintext", edits("127.0.0.1:8080", "0.0.0.0:8080\ninsecure_plaintext: true"), wants("WS106 insecure_plaintext 2")},
		{"admin off loopback", edits("sign_in:", "admin: 0.0.0.0:9090\nadmin_token_env: ADMIN_TOKEN\nsign_in:"), wants("WS106 admin 2")},
		{"any origin", edits(`origins: ["https://app.example.com"]`, "insecure_any_origin: true"), wants("WS101 routes[0].insecure_any_origin 8")},
		{"no origin", edits(`origins: ["https://app.example.com"]`, "allow_no_origin: true"), wants("WS103 routes[0].allow_no_origin 8")},
		{"origin of a page in plaintext", edits("https://app.example.com", "http://app.example.com"), wants("WS106 routes[0].origins[0] 8")},
		{"origin of a local page", edits("https://app.example.com", "http://127.0.0.1:3000"), nil},
		{"anonymous", auth("{anonymous: true}"), wants("WS201 routes[0].auth.anonymous 9")},
		{"cookie", auth("{cookie: true}"), wants("WS101 routes[0].auth.cookie 9")},
		{"query", auth("{ticket: {carriers: [query]}}"), wants("WS202 routes[0].auth.ticket.carriers[0] 9")},
		{"first message", auth("{ticket: {carriers: [subprotocol, first_message]}}"), wants("WS203 routes[0].auth.ticket.carriers[1] 9")},
		{"address recorded", auth("{ticket: {ip: monitor}}"), wants("WS204 routes[0].auth.ticket.ip 9")},
		{"address not looked at", auth("{ticket: {ip: off}}"), wants("WS204 routes[0].auth.ticket.ip 9")},
		{"many tickets", auth("{ticket: {rate: 101/1s}}"), wants("WS204 routes[0].auth.ticket.rate 9")},
		{"monitor", edits("    auth:", "    mode: monitor\n    auth:"), wants("WS201 routes[0].mode 9")},
		{"compression", edits("    auth:", "    compression: true\n    auth:"), wants("WS705 routes[0].compression 9")},
		{"backend in plaintext", edits("ws://127.0.0.1:3000", "ws://10.0.0.5:3000"), wants("WS106 routes[0].backend 7")},
		{"backend by name in plaintext", edits("ws://127.0.0.1:3000", "ws://app"), wants("WS106 routes[0].backend 7")},
		{"backend in TLS", edits("ws://127.0.0.1:3000", "wss://app"), nil},
		{"forward_auth in plaintext", edits("http://127.0.0.1:3000", "http://app:3000"), wants("WS106 sign_in.forward_auth.url 4")},
		{"large messages", limit("message_bytes: 1048577"), wants("WS701 routes[0].limits.message_bytes 9")},
		{"large messages of the server", limit("server_message_bytes: 65MiB"), wants("WS701 routes[0].limits.server_message_bytes 9")},
		{"large queue", limit("send_queue: 17MiB"), wants("WS706 routes[0].limits.send_queue 9")},
		{"many messages", limit("messages: 6001/1m"), wants("WS702 routes[0].limits.messages 9")},
		{"many messages of a user", limit("user_messages: 501/1s"), wants("WS702 routes[0].limits.user_messages 9")},
		{"many pings", limit("control_frames: {rate: 101/1s, burst: 1}"), wants("WS707 routes[0].limits.control_frames 9")},
		{"many fragments", limit("fragments: 5000"), wants("WS708 routes[0].limits.fragments 9")},
		{"many connections", limit("connections_per_ip: 1001, connections_per_user: 101, connections: 1000001"), wants(
			"WS703 routes[0].limits.connections_per_ip 9", "WS703 routes[0].limits.connections_per_user 9", "WS703 routes[0].limits.connections 9")},
		{"patience", limit("send_timeout: 6m, message_timeout: 6m"), wants("WS706 routes[0].limits.send_timeout 9", "WS708 routes[0].limits.message_timeout 9")},
		{"long life", edits("    auth:", "    session: {max_age: 200h, idle: 2h}\n    auth:"), wants("WS209 routes[0].session.max_age 9", "WS704 routes[0].session.idle 9")},
		{"shared limits", edits("sign_in:", "limits: {connections: 2000000, handshakes: 3000/1s, handshake: 2m}\nsign_in:"), wants(
			"WS703 limits.connections 2", "WS703 limits.handshakes 2", "WS704 limits.handshake 2")},
		{"order", edits("sign_in:", "insecure_plaintext: true\nlimits: {handshake: 2m}\nsign_in:", "ws://127.0.0.1:3000", "ws://app"), wants(
			"WS106 insecure_plaintext 2", "WS704 limits.handshake 3", "WS106 routes[0].backend 9")},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg, err := parse(with(t, c.edits...))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range cfg.Warnings() {
				got = append(got, fmt.Sprintf("%s %s %d", w.Weakness, w.Path, w.Line))
				if w.Opens == "" || w.Close == "" {
					t.Errorf("the warning %v says too little", w)
				}
				if want := fmt.Sprintf("%d: %s: %s (%s); %s", w.Line, w.Path, w.Opens, w.Weakness, w.Close); w.String() != want {
					t.Errorf("got text %q, want %q", w, want)
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
