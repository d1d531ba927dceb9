package config_test

import (
	"strings"
	"testing"
)

func TestListenerRules(t *testing.T) {
	const plain = "listening off loopback without tls would carry tickets and messages in plaintext (WS106); set tls {cert, key}, listen on 127.0.0.1, or set insecure_plaintext: true"
	judge(t, []problemCase{
		{"loopback by name", edits("127.0.0.1:8080", "localhost:8080"), nil},
		{"loopback of IPv6", edits("127.0.0.1:8080", `"[::1]:8080"`), nil},
		{"another loopback address", edits("127.0.0.1:8080", "127.0.0.2:8080"), nil},
		{"any port", edits("127.0.0.1:8080", "127.0.0.1:0"), nil},
		{"plaintext on every address", edits("127.0.0.1:8080", "0.0.0.0:8080"), wants("1:9: listen: " + plain)},
		{"plaintext on every address, short", edits("127.0.0.1:8080", ":8080"), wants("1:9: listen: " + plain)},
		{"plaintext on every IPv6 address", edits("127.0.0.1:8080", `"[::]:8080"`), wants("1:9: listen: " + plain)},
		{"plaintext on a private address", edits("127.0.0.1:8080", "10.0.0.5:8080"), wants("1:9: listen: " + plain)},
		{"plaintext on a name", edits("127.0.0.1:8080", "ws.example.com:8080"), wants("1:9: listen: " + plain)},
		{"plaintext on a name like loopback", edits("127.0.0.1:8080", "localhost.example.com:8080"), wants("1:9: listen: " + plain)},
		{"plaintext that was asked for", edits("127.0.0.1:8080", "0.0.0.0:8080\ninsecure_plaintext: true"), nil},
		{"plaintext refused by word", edits("127.0.0.1:8080", "0.0.0.0:8080\ninsecure_plaintext: false"), wants("1:9: listen: " + plain)},
		{"tls", edits("127.0.0.1:8080", "0.0.0.0:8443\ntls: {cert: cert.pem, key: key.pem}"), nil},
		{"tls and plaintext", edits("127.0.0.1:8080", "0.0.0.0:8443\ntls: {cert: cert.pem, key: key.pem}\ninsecure_plaintext: true"), wants("3:21: insecure_plaintext: it has no effect with tls; remove one of the two")},
		{"no port", edits("127.0.0.1:8080", "127.0.0.1"), wants("1:9: listen: this is not an address to listen on; write host and port, such as 127.0.0.1:8080")},
		{"large port", edits("127.0.0.1:8080", "127.0.0.1:65536"), wants("1:9: listen: this is not an address")},
		{"named port", edits("127.0.0.1:8080", "127.0.0.1:http"), wants("1:9: listen: this is not an address")},
		{"port with zeros", edits("127.0.0.1:8080", "127.0.0.1:08080"), wants("1:9: listen: this is not an address")},
		{"host with a space", edits("127.0.0.1:8080", "a b:8080"), wants("1:9: listen: this is not an address")},
	})
}

func TestTLSRules(t *testing.T) {
	judge(t, []problemCase{
		{"no key", edits("sign_in:", "tls: {cert: cert.pem}\nsign_in:"), wants("2:1: tls.key: the setting is missing; name the file with the private key")},
		{"nothing", edits("sign_in:", "tls: {}\nsign_in:"), wants("2:1: tls.cert: the setting is missing", "2:1: tls.key: the setting is missing")},
		{"no such files", edits("sign_in:", "tls: {cert: no.pem, key: none.pem}\nsign_in:"), wants(
			`2:13: tls.cert: read "no.pem": no such file or directory; name a file that this program may read; a relative name starts at the folder of the configuration`,
			`2:26: tls.key: read "none.pem": no such file or directory`)},
		{"a folder", edits("sign_in:", "tls: {cert: ., key: key.pem}\nsign_in:"), wants(`2:13: tls.cert: read "`)},
		{"files swapped", edits("sign_in:", "tls: {cert: key.pem, key: cert.pem}\nsign_in:"), wants("2:1: tls: the certificate and key don't work: tls: failed to find certificate PEM data")},
		{"a key of another certificate", edits("sign_in:", "tls: {cert: cert.pem, key: p384.pem}\nsign_in:"), wants("2:1: tls: the certificate and key don't work: tls: private key type does not match public key type")},
	})
}

func TestAdminRules(t *testing.T) {
	judge(t, []problemCase{
		{"loopback", edits("sign_in:", "admin: 127.0.0.1:9090\nsign_in:"), nil},
		{"loopback with a token", edits("sign_in:", "admin: 127.0.0.1:9090\nadmin_token_env: ADMIN_TOKEN\nsign_in:"), nil},
		{"off loopback with a token", edits("sign_in:", "admin: 0.0.0.0:9090\nadmin_token_env: ADMIN_TOKEN\nsign_in:"), nil},
		{"off loopback", edits("sign_in:", "admin: 0.0.0.0:9090\nsign_in:"), wants("2:8: admin: off loopback everybody could list and close connections (WS201); set admin_token_env, or listen on 127.0.0.1")},
		{"token not set", edits("sign_in:", "admin: 0.0.0.0:9090\nadmin_token_env: NOBODY\nsign_in:"), wants("3:18: admin_token_env: the environment variable NOBODY is not set; set it where the program is started")},
		{"token empty", edits("sign_in:", "admin: 0.0.0.0:9090\nadmin_token_env: EMPTY\nsign_in:"), wants("3:18: admin_token_env: the environment variable EMPTY is not set")},
		{"token short", edits("sign_in:", "admin: 127.0.0.1:9090\nadmin_token_env: SHORT\nsign_in:"), wants("3:18: admin_token_env: the secret in SHORT is shorter than 16 bytes; make one with")},
		{"token in place of its name", edits("sign_in:", "admin: 0.0.0.0:9090\nadmin_token_env: hunter2-hunter2-hunter2\nsign_in:"), wants("3:18: admin_token_env: this is not the name of an environment variable; write a name in capitals")},
		{"token without listener", edits("sign_in:", "admin_token_env: ADMIN_TOKEN\nsign_in:"), wants("2:18: admin_token_env: it has no effect: there is no admin listener; set admin, or remove the key")},
		{"the public address", edits("sign_in:", "admin: 127.0.0.1:8080\nsign_in:"), wants("2:8: admin: it is the address of listen; give the admin listener its own port")},
		{"the public address by name", edits("sign_in:", "admin: localhost:8080\nsign_in:"), wants("2:8: admin: it is the address of listen")},
		{"both on any port", edits("127.0.0.1:8080", "127.0.0.1:0\nadmin: 127.0.0.1:0"), nil},
		{"no address", edits("sign_in:", "admin: 9090\nsign_in:"), wants("2:8: admin: must be text, not a number")},
		{"half an address", edits("sign_in:", "admin: localhost\nsign_in:"), wants("2:8: admin: this is not an address to listen on")},
	})
}

// TestHostsOfListener admits the names by which the listener itself is known,
// unless the file names its hosts.
func TestHostsOfListener(t *testing.T) {
	const tls = "tls: {cert: cert.pem, key: key.pem}\nsign_in:"
	tests := []struct {
		name  string
		edits []string
		want  string
	}{
		{"loopback", nil, "localhost 127.0.0.1 [::1] app.example.com"},
		{"certificate", edits("sign_in:", tls, "127.0.0.1:8080", "0.0.0.0:8443"), "localhost 127.0.0.1 [::1] app.example.com ws.example.com 192.0.2.7"},
		{"address", edits("sign_in:", "insecure_plaintext: true\nsign_in:", "127.0.0.1:8080", "\"[2001:db8::1]:8080\""), "localhost 127.0.0.1 [::1] app.example.com [2001:db8::1]"},
		{"named", edits("sign_in:", "hosts: [only.example.com]\n"+tls), "only.example.com"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg, err := parse(with(t, tt.edits...))
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(cfg.Guard.WithDefaults().Hosts, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
