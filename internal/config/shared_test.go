package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/config"
)

func TestSharedRules(t *testing.T) {
	judge(t, []problemCase{
		{"memory", edits("sign_in:", "store: memory\nnodes: 1\nsign_in:"), nil},
		{"no nodes", edits("sign_in:", "nodes: 0\nsign_in:"), wants("2:8: nodes: must be at least 1 (WS204)")},
		{"two nodes on memory", edits("sign_in:", "store: memory\nnodes: 2\nsign_in:"), wants("3:8: nodes: store: memory can't serve 2 nodes: each of them would redeem a ticket once (WS204); write the address of a Redis that the nodes share, such as store: redis://127.0.0.1:6379/0, or run one node")},
		{"a password in the address of the store", edits("sign_in:", "store: redis://user:hunter2@127.0.0.1:6379/0\nsign_in:"), wants("2:8: store: the address holds a password; put it into an environment variable, and the name of that into password_env")},
		{"two nodes on Redis", edits("sign_in:", "store: redis://127.0.0.1:6379/0\nnodes: 2\nsign_in:"), nil},
		{"a section for the store", edits("sign_in:", "store: {redis: \"rediss+sentinel://u@a:1,b/1?master=m\", password_env: JWT_SECRET, confirm_replicas: 1, prefix: \"x:\", timeout: 50ms}\nsign_in:"), nil},
		{"a section without an address", edits("sign_in:", "store: {prefix: x}\nsign_in:"), wants("2:1: store.redis: the setting is missing; write memory, or an address")},
		{"a port that is none", edits("sign_in:", "store: {redis: \"redis://127.0.0.1:x\"}\nsign_in:"), wants("2:16: store.redis: the address names no valid host and port")},
		{"an option of the address", edits("sign_in:", "store: redis://127.0.0.1?db=1\nsign_in:"), wants("2:8: store: the address has an option that is not known here")},
		{"TLS files without TLS", edits("sign_in:", "store: {redis: \"redis://127.0.0.1\", tls_ca: ca.pem}\nsign_in:"), wants("2:45: store.tls_ca: it has no effect on an address without TLS")},
		{"a certificate without its key", edits("sign_in:", "store: {redis: \"rediss://127.0.0.1\", tls_cert: cert.pem}\nsign_in:"), wants("2:1: store: a certificate needs a key")},
		{"authorities that are none", edits("sign_in:", "store: {redis: \"rediss://127.0.0.1\", tls_ca: jwks.json}\nsign_in:"), wants("2:46: store.tls_ca: ")},
		{"a password that is not set", edits("sign_in:", "store: {redis: \"redis://127.0.0.1\", password_env: UNSET}\nsign_in:"), wants("2:51: store.password_env: the environment variable UNSET is not set")},
		{"unknown store", edits("sign_in:", "store: disk\nsign_in:"), wants("2:8: store: there is no store of this name; write memory, or an address such as redis://127.0.0.1:6379/0")},
		{"proxies", edits("sign_in:", "trusted_proxies: [10.0.0.0/8, 192.0.2.7, \"fd00::/8\", \"2001:db8::1\", \"fc00::/7\"]\nsign_in:"), nil},
		{"every IPv4 address", edits("sign_in:", "trusted_proxies: [0.0.0.0/0]\nsign_in:"), wants(`2:19: trusted_proxies[0]: "0.0.0.0/0" trusts so much of the internet that every client could name its own address (WS703); name the networks of your proxies alone`)},
		{"every IPv6 address", edits("sign_in:", "trusted_proxies: [\"::/0\"]\nsign_in:"), wants(`2:19: trusted_proxies[0]: "::/0" trusts`)},
		{"every IPv4 address in IPv6", edits("sign_in:", "trusted_proxies: [\"::ffff:0.0.0.0/96\"]\nsign_in:"), wants(`2:19: trusted_proxies[0]: "::ffff:0.0.0.0/96" trusts`)},
		{"every IPv4 address in halves", edits("sign_in:", "trusted_proxies: [0.0.0.0/1, 128.0.0.0/1]\nsign_in:"), wants("2:19: trusted_proxies[0]:", "2:30: trusted_proxies[1]:")},
		{"all of global IPv6", edits("sign_in:", "trusted_proxies: [\"2000::/3\"]\nsign_in:"), wants("2:19: trusted_proxies[0]:")},
		{"bits behind the length", edits("sign_in:", "trusted_proxies: [10.0.0.7/8]\nsign_in:"), wants(`2:19: trusted_proxies[0]: "10.0.0.7/8" has bits set behind its length; write 10.0.0.0/8`)},
		{"a name", edits("sign_in:", "trusted_proxies: [proxy]\nsign_in:"), wants(`2:19: trusted_proxies[0]: "proxy" is not a network; write an address or a network such as 10.0.0.0/8`)},
		{"a zone", edits("sign_in:", "trusted_proxies: [\"fe80::1%eth0\"]\nsign_in:"), wants("2:19: trusted_proxies[0]:")},
		{"hosts", edits("sign_in:", "hosts: [ws.example.com, \"10.0.0.5:8080\", \"[::1]\"]\nsign_in:"), nil},
		{"pattern of hosts", edits("sign_in:", "hosts: [\"*.example.com\"]\nsign_in:"), wants("2:9: hosts[0]:")},
		{"address of a host", edits("sign_in:", "hosts: [\"https://a.example.com\"]\nsign_in:"), wants("2:9: hosts[0]:")},
		{"shared limits", edits("sign_in:", "limits: {connections: 100, handshakes: {rate: 5/1s, burst: 9}, handshake: 3s}\nsign_in:"), nil},
		{"no connections", edits("sign_in:", "limits: {connections: 0}\nsign_in:"), wants("2:23: limits.connections: must be at least 1 (WS703); a limit can't be switched off: set a large value")},
		{"long handshake", edits("sign_in:", "limits: {handshake: 1h}\nsign_in:"), wants("2:21: limits.handshake: must be 1ms to 5m (WS704); write a value in that range")},
		{"audit", edits("sign_in:", "audit: {file: audit.jsonl, accepted: true}\nsign_in:"), nil},
		{"audit to a folder", edits("sign_in:", "audit: {file: .}\nsign_in:"), wants(`2:15: audit.file: "`)},
		{"audit into no folder", edits("sign_in:", "audit: {file: none/audit.jsonl}\nsign_in:"), wants(`2:15: audit.file: the folder of "none/audit.jsonl" can't be used: no such file or directory; create the folder first`)},
		{"hash chain", edits("sign_in:", "audit: {hash_chain: true, hash_chain_key_env: JWT_SECRET}\nsign_in:"), nil},
		{"key without a chain", edits("sign_in:", "audit: {hash_chain_key_env: JWT_SECRET}\nsign_in:"), wants("2:29: audit.hash_chain_key_env: the key has no chain; add hash_chain: true")},
		{"short key of a chain", edits("sign_in:", "audit: {hash_chain: true, hash_chain_key_env: SHORT}\nsign_in:"), wants("2:47: audit.hash_chain_key_env: the secret in SHORT is shorter than 32 bytes")},
		{"telemetry", edits("sign_in:", "telemetry: {endpoint: \"http://127.0.0.1:4318\", service: sockets, one_connection_in: 10, one_message_in: 0}\nsign_in:"), nil},
		{"telemetry to nowhere", edits("sign_in:", "telemetry: true\nsign_in:"), wants("2:12: telemetry.endpoint: nothing names a collector; write its address")},
		{"telemetry by another protocol", edits("sign_in:", "telemetry: {endpoint: \"grpc://127.0.0.1:4317\"}\nsign_in:"), wants("2:23: telemetry.endpoint: the address must start with http:// or https://")},
		{"telemetry of no connection", edits("sign_in:", "telemetry: {endpoint: \"http://127.0.0.1:4318\", one_connection_in: 0}\nsign_in:"), wants("2:67: telemetry.one_connection_in: must be at least 1")},
		{"drain", edits("sign_in:", "drain: {spread: 0s, deadline: 1s}\nsign_in:"), nil},
		{"spread over the deadline", edits("sign_in:", "drain: {spread: 1m}\nsign_in:"), wants("2:17: drain.spread: connections would be cut off after 30s, before all were told to go in 1m; make the deadline longer than the spread")},
		{"deadline below the spread", edits("sign_in:", "drain: {deadline: 5s}\nsign_in:"), wants("2:19: drain.deadline: connections would be cut off after 5s")},
		{"no routes", edits("routes:\n  - path: /ws\n    backend: ws://127.0.0.1:3000/ws\n    origins: [\"https://app.example.com\"]\n    auth: {ticket: true}\n", ""), wants("1:1: routes: there is no route")},
		{"empty routes", edits("\n  - path: /ws\n    backend: ws://127.0.0.1:3000/ws\n    origins: [\"https://app.example.com\"]\n    auth: {ticket: true}\n", " []\n"), wants("5:1: routes: there is no route")},
	})
}

func TestNotAvailable(t *testing.T) {
	const refused = ": not available in this version; remove the key; meanwhile "
	route := func(key string) []string { return edits("    auth:", "    "+key+"\n    auth:") }
	judge(t, []problemCase{
		{"learn in a route", route("learn: out.yaml"), wants("9:5: routes[0].learn" + refused)},
		{"learn", edits("sign_in:", "learn: out.yaml\nsign_in:"), wants("2:1: learn" + refused)},
	})
}

// A version that brings a setting must take it off the list.
func TestUnavailableIsRefused(t *testing.T) {
	for path := range config.Unavailable() {
		t.Run(path, func(t *testing.T) {
			keys := strings.Split(strings.ReplaceAll(path, "routes[].", ""), ".")
			value := "1"
			for _, k := range slices.Backward(keys) {
				value = k + ": " + value
				if k != keys[0] {
					value = "{" + value + "}"
				}
			}
			text := with(t, "sign_in:", value+"\nsign_in:")
			switch {
			case strings.HasPrefix(path, "routes[]."):
				text = with(t, "    auth:", "    "+value+"\n    auth:")
			case keys[0] == "sign_in":
				text = with(t, "routes:", "  "+keys[1]+": 1\nroutes:")
			}
			if got := problemsOf(t, text); len(got) != 1 || !strings.Contains(got[0], "not available in this version; ") {
				t.Errorf("got %q, want it to be refused", got)
			}
		})
	}
}
