package config_test

import (
	"strings"
	"testing"
)

const jwtLine = "jwt: {issuer: id, audience: trading, jwks_file: jwks.json}"

func TestJWTRules(t *testing.T) {
	jwt := func(s string) []string { return edits(jwtLine, "jwt: {issuer: id, audience: trading, "+s+"}") }
	judge(t, []problemCase{
		{"secret", jwt("secret_env: JWT_SECRET"), nil},
		{"secret with its algorithm", jwt("secret_env: JWT_SECRET, algorithms: [HS256]"), nil},
		{"key set with algorithms", jwt("jwks_file: jwks.json, algorithms: [EdDSA, ES256, RS256]"), nil},
		{"key set by https", jwt(`jwks_url: "https://id.example.com/jwks?a=b"`), nil},
		{"key set by http on loopback", jwt(`jwks_url: "http://127.0.0.1:9000/jwks"`), nil},
		{"leeway", jwt("jwks_file: jwks.json, leeway: 5s"), nil},
		{"no issuer", edits("issuer: id, ", ""), wants("3:3: sign_in.jwt.issuer: the setting is missing; write the value of iss")},
		{"no audience", edits("audience: trading, ", ""), wants("3:3: sign_in.jwt.audience: the setting is missing; write the value of aud")},
		{"nothing", edits("{issuer: id, audience: trading, jwks_file: jwks.json}", "{}"), wants("3:3: sign_in.jwt: 0 of jwks_file, jwks_url and secret_env are set (WS208); set exactly one", "3:3: sign_in.jwt.audience", "3:3: sign_in.jwt.issuer")},
		{"two kinds of key", jwt("jwks_file: jwks.json, secret_env: JWT_SECRET"), wants("3:3: sign_in.jwt: 2 of jwks_file, jwks_url and secret_env are set (WS208); set exactly one: a token is verified with one kind of key")},
		{"two key sets", jwt(`jwks_file: jwks.json, jwks_url: "https://id.example.com/jwks"`), wants("3:3: sign_in.jwt: 2 of")},
		{"none", jwt("jwks_file: jwks.json, algorithms: [none]"), wants(`3:75: sign_in.jwt.algorithms[0]: "none" is not accepted: other algorithms are weak, or none at all (WS208); write HS256, RS256, ES256 or EdDSA`)},
		{"another algorithm", jwt("jwks_file: jwks.json, algorithms: [ES256, HS512]"), wants(`3:82: sign_in.jwt.algorithms[1]: "HS512" is not accepted`)},
		{"algorithm in lower case", jwt("jwks_file: jwks.json, algorithms: [es256]"), wants(`3:75: sign_in.jwt.algorithms[0]: "es256" is not accepted`)},
		{"HS256 with public keys", jwt("jwks_file: jwks.json, algorithms: [HS256, ES256]"), wants("3:75: sign_in.jwt.algorithms[0]: HS256 does not fit the kind of key (WS208); write RS256, ES256 or EdDSA")},
		{"ES256 with a secret", jwt("secret_env: JWT_SECRET, algorithms: [ES256]"), wants("3:77: sign_in.jwt.algorithms[0]: ES256 does not fit the kind of key (WS208); write HS256")},
		{"no algorithm", jwt("jwks_file: jwks.json, algorithms: []"), wants("3:62: sign_in.jwt.algorithms: the list is empty: no token would be accepted")},
		{"long leeway", jwt("jwks_file: jwks.json, leeway: 31s"), wants("3:70: sign_in.jwt.leeway: must be 0s to 30s")},
		{"no leeway", jwt("jwks_file: jwks.json, leeway: 0s"), nil},
		{"variable not set", jwt("secret_env: NOBODY"), wants("3:52: sign_in.jwt.secret_env: the environment variable NOBODY is not set")},
		{"short secret", jwt("secret_env: SHORT"), wants("3:52: sign_in.jwt.secret_env: the secret in SHORT is shorter than 32 bytes; make one with: openssl rand -base64 48")},
		{"secret in place of its name", jwt("secret_env: s3cret/value"), wants("3:52: sign_in.jwt.secret_env: this is not the name of an environment variable")},
		{"no key file", jwt("jwks_file: none.json"), wants(`3:51: sign_in.jwt.jwks_file: read "none.json": no such file or directory`)},
		{"key file that is none", jwt("jwks_file: not-keys.txt"), wants(`3:51: sign_in.jwt.jwks_file: "not-keys.txt" can't be used: not a JSON Web Key Set; the file must hold`)},
		{"key file without a key", jwt("jwks_file: no-keys.json"), wants(`3:51: sign_in.jwt.jwks_file: "no-keys.json" can't be used: no key can be used`)},
		{"large key file", jwt("jwks_file: large.json"), wants(`3:51: sign_in.jwt.jwks_file: read "large.json": larger than 1MiB`)},
		{"device", jwt("jwks_file: /dev/zero"), wants(`3:51: sign_in.jwt.jwks_file: read "/dev/zero": not a regular file`)},
		{"key set by http", jwt(`jwks_url: "http://id.example.com/jwks"`), wants("3:50: sign_in.jwt.jwks_url: keys that come in plaintext can be replaced on the way (WS208); write https://")},
		{"key set by another scheme", jwt(`jwks_url: "file:///jwks"`), wants("3:50: sign_in.jwt.jwks_url: the address must start with http:// or https://; write an address such as https://id.example.com/jwks.json")},
		{"key set with a password", jwt(`jwks_url: "https://user:hunter2@id.example.com/jwks"`), wants("3:50: sign_in.jwt.jwks_url: the address holds a user name or a password; remove what stands before the @")},
	})
}

func TestForwardAuthRules(t *testing.T) {
	forward := func(s string) []string {
		return edits(`forward_auth: {url: "http://127.0.0.1:3000/whoami"}`, "forward_auth: {"+s+"}")
	}
	judge(t, []problemCase{
		{"https", forward(`url: "https://app.example.com/whoami?for=ws"`), nil},
		{"http off loopback", forward(`url: "http://app:3000/whoami"`), nil},
		{"headers and timeout", forward(`url: "http://127.0.0.1/", headers: [cookie, X-Session], timeout: 2s`), nil},
		{"no url", forward(""), wants("4:3: sign_in.forward_auth.url: the setting is missing; write the address that judges requests")},
		{"no scheme", forward(`url: "127.0.0.1:3000/whoami"`), wants("4:23: sign_in.forward_auth.url: the address must start with http:// or https://")},
		{"no host", forward(`url: "http:///whoami"`), wants("4:23: sign_in.forward_auth.url: the address names no valid host")},
		{"no port", forward(`url: "http://127.0.0.1:/whoami"`), wants("4:23: sign_in.forward_auth.url: the address has no valid port")},
		{"port of zero", forward(`url: "http://127.0.0.1:0/whoami"`), wants("4:23: sign_in.forward_auth.url: the address has no valid port")},
		{"broken escape", forward(`url: "http://127.0.0.1/%zz"`), wants("4:23: sign_in.forward_auth.url: this is not an address")},
		{"fragment", forward(`url: "http://127.0.0.1/#"`), wants("4:23: sign_in.forward_auth.url: the address has a fragment")},
		{"password", forward(`url: "http://user:hunter2@127.0.0.1/"`), wants("4:23: sign_in.forward_auth.url: the address holds a user name or a password")},
		{"long timeout", forward(`url: "http://127.0.0.1/", timeout: 1m`), wants("4:53: sign_in.forward_auth.timeout: must be 1ms to 30s")},
		{"no headers", forward(`url: "http://127.0.0.1/", headers: []`), wants("4:44: sign_in.forward_auth.headers: the list is empty: the endpoint would have nothing to judge")},
		{"many headers", forward(`url: "http://127.0.0.1/", headers: [a` + letters("bcdefghijklmnopq") + `]`), wants("4:44: sign_in.forward_auth.headers: the list has more than 16 headers")},
		{"header that is none", forward(`url: "http://127.0.0.1/", headers: ["a b"]`), wants("4:54: sign_in.forward_auth.headers[0]: this is not the name of a header")},
		{"header of the connection", forward(`url: "http://127.0.0.1/", headers: [upgrade, Host, Sec-WebSocket-Key, X-Forwarded-For]`), wants(
			"4:54: sign_in.forward_auth.headers[0]: Upgrade is no credential", "4:63: sign_in.forward_auth.headers[1]", "4:69: sign_in.forward_auth.headers[2]", "4:88: sign_in.forward_auth.headers[3]")},
		{"header twice", forward(`url: "http://127.0.0.1/", headers: [cookie, Cookie]`), wants("4:62: sign_in.forward_auth.headers[1]: the header is here twice; keep one of the two")},
	})
}

func TestIntrospectionRules(t *testing.T) {
	introspection := func(s string) []string { return edits("routes:", "  introspection: {"+s+"}\nroutes:") }
	const client = `, client_id: guard, client_secret_env: ADMIN_TOKEN`
	const at = "sign_in.introspection."
	judge(t, []problemCase{
		{"https", introspection(`url: "https://id.example.com/introspect"` + client), nil},
		{"audience and timeout", introspection(`url: "http://127.0.0.1:9000/introspect", audience: trading, timeout: 2s` + client), nil},
		{"http off loopback", introspection(`url: "http://id.example.com/introspect"` + client), nil},
		{"nothing", introspection(""), wants("5:3: "+at+"client_id: the setting is missing", "5:3: "+at+"client_secret_env: the setting is missing", "5:3: "+at+"url: the setting is missing")},
		{"password", introspection(`url: "https://guard:hunter2@id.example.com/"` + client), wants("5:24: " + at + "url: the address holds a user name or a password")},
		{"short secret", introspection(`url: "https://id.example.com/", client_id: guard, client_secret_env: EMPTY`), wants("5:88: " + at + "client_secret_env: the environment variable EMPTY is not set")},
		{"secret in place of its name", introspection(`url: "https://id.example.com/", client_id: guard, client_secret_env: s3cret/value`), wants("5:88: " + at + "client_secret_env: this is not the name of an environment variable")},
		{"long timeout", introspection(`url: "https://id.example.com/", timeout: 1m` + client), wants("5:60: " + at + "timeout: must be 1ms to 30s")},
	})
	opaque := "listen: 127.0.0.1:8080\nsign_in:\n  introspection: {url: \"https://id.example.com/\"" + client + "}\nroutes:\n" + base[strings.Index(base, "  - path"):]
	compare(t, strings.Replace(opaque, "ticket: true", "ticket: true, bearer: true", 1), nil)
}

func TestLogoutRules(t *testing.T) {
	logout := func(s string) []string { return edits("routes:", "  logout: {"+s+"}\nroutes:") }
	const id = "issuer: id, audience: trading"
	judge(t, []problemCase{
		{"file", logout(id + ", jwks_file: jwks.json"), nil},
		{"url", logout(id + `, jwks_url: "https://id.example.com/jwks"`), nil},
		{"nothing", logout(""), wants("5:3: sign_in.logout: 0 of jwks_file and jwks_url are set (WS208); set exactly one", "5:3: sign_in.logout.audience", "5:3: sign_in.logout.issuer")},
		{"both", logout(id + `, jwks_file: jwks.json, jwks_url: "https://id.example.com/jwks"`), wants("5:3: sign_in.logout: 2 of")},
		{"a secret", logout(id + ", secret_env: JWT_SECRET, jwks_file: jwks.json"), wants("5:43: sign_in.logout.secret_env: unknown key")},
		{"no keys", logout(id + ", jwks_file: no-keys.json"), wants(`5:54: sign_in.logout.jwks_file: "no-keys.json" can't be used`)},
		{"http", logout(id + `, jwks_url: "http://id.example.com/jwks"`), wants("5:53: sign_in.logout.jwks_url: keys that come in plaintext")},
	})
}

func TestSessionRules(t *testing.T) {
	session := func(s string) []string {
		return edits("auth: {ticket: true}", "auth: {ticket: true}\n    session: {"+s+"}")
	}
	judge(t, []problemCase{
		{"recheck", session("recheck: 60s, grace: 30s"), nil},
		{"least", session("recheck: 1s, grace: 1s"), nil},
		{"too short", session("recheck: 500ms, grace: 0s"), wants("10:24: routes[0].session.recheck: must be at least 1s (WS205)", "10:38: routes[0].session.grace: must be at least 1s (WS211)")},
		{"no unit", session("recheck: 60"), wants(`10:24: routes[0].session.recheck: "60" has no unit`)},
	})
	compare(t, with(t, "sign_in:\n  jwt: {issuer: id, audience: trading, jwks_file: jwks.json}\n  forward_auth: {url: \"http://127.0.0.1:3000/whoami\"}\n", "",
		"auth: {ticket: true}", "auth: {anonymous: true}\n    session: {recheck: 60s}"),
		wants("7:24: routes[0].session.recheck: nothing could judge a session again: no sign_in is set (WS211)"))
}

func letters(s string) string {
	var b strings.Builder
	for _, c := range s {
		b.WriteString(", " + string(c))
	}
	return b.String()
}

func TestSignInRules(t *testing.T) {
	line := func(s string) []string { return edits("routes:", "  "+s+"\nroutes:") }
	const browsers = "by themselves, or let every page set it (WS101); write a name of your own such as X-CSRF-Token"
	judge(t, []problemCase{
		{"claims", line("claims: {user: realm.user, roles: \"https://example.com/roles\"}"), nil},
		{"claim that is no text", line("claims: {user: 1}"), wants("5:18: sign_in.claims.user: must be text")},
		{"claim that can't be", line("claims: {roles: " + strings.Repeat("a", 300) + "}"), wants("5:19: sign_in.claims.roles: this can't be the name of a claim")},
		{"header", line("csrf_header: X-My-Page"), nil},
		{"header that is none", line("csrf_header: \"X CSRF\""), wants("5:16: sign_in.csrf_header: this is not the name of a header")},
		{"header that pages may set", line("csrf_header: content-type"), wants("5:16: sign_in.csrf_header: browsers send Content-Type " + browsers)},
		{"header of the browser", line("csrf_header: Origin"), wants("5:16: sign_in.csrf_header: browsers send Origin " + browsers)},
		{"header of fetch metadata", line("csrf_header: Sec-Fetch-Site"), wants("5:16: sign_in.csrf_header: browsers send Sec-Fetch-Site " + browsers)},
		{"header of the credential", edits("whoami\"}", "whoami\", headers: [Cookie, X-Page]}\n  csrf_header: X-Page"), wants("5:16: sign_in.csrf_header: it is one of sign_in.forward_auth.headers")},
	})
}

func TestIdentityRules(t *testing.T) {
	identity := func(s string) []string { return edits("routes:", "identity: {"+s+"}\nroutes:") }
	judge(t, []problemCase{
		{"secret", identity("secret_env: IDENTITY_SECRET"), nil},
		{"key", identity("key_file: key.pem"), nil},
		{"none", identity(""), wants("5:1: identity: 0 of secret_env and key_file are set; set exactly one")},
		{"both", identity("secret_env: IDENTITY_SECRET, key_file: key.pem"), wants("5:1: identity: 2 of secret_env and key_file are set")},
		{"short secret", identity("secret_env: SHORT"), wants("5:24: identity.secret_env: the secret in SHORT is shorter than 32 bytes")},
		{"no file", identity("key_file: none.pem"), wants(`5:22: identity.key_file: read "none.pem": no such file or directory`)},
		{"certificate", identity("key_file: cert.pem"), wants(`5:22: identity.key_file: the key in "cert.pem" can't sign: `)},
		{"no key", identity("key_file: not-keys.txt"), wants(`5:22: identity.key_file: the key in "not-keys.txt" can't sign: `)},
		{"another curve", identity("key_file: p384.pem"), wants(`5:22: identity.key_file: the key in "p384.pem" can't sign: `)},
		{"the secret of sign-in", edits("jwks_file: jwks.json", "secret_env: JWT_SECRET", "routes:", "identity: {secret_env: JWT_SECRET}\nroutes:"),
			wants("5:24: identity.secret_env: it is the secret of sign_in.jwt: whoever verifies identities could forge sign-ins (WS208); use a secret of its own, or key_file")},
		{"the secret of sign-in by another name", edits("jwks_file: jwks.json", "secret_env: JWT_SECRET", "routes:", "identity: {secret_env: ADMIN_TOKEN}\nroutes:"),
			wants("5:24: identity.secret_env: it is the secret of sign_in.jwt")},
	})
}
