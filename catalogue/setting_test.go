package catalogue_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/catalogue"
)

// settings are the keys of guard's configuration, by the path of their parent.
// "*" stands for a name that the user chooses. What is below schema is JSON
// Schema and not checked here.
var settings = map[string][]string{
	"":                               {"listen", "tls", "admin", "store", "trusted_proxies", "sign_in", "audit", "routes", "insecure_plaintext", "hosts", "identity", "limits"},
	"tls":                            {"cert", "key"},
	"sign_in":                        {"jwt", "forward_auth", "introspection", "claims", "csrf_header", "logout"},
	"sign_in.jwt":                    {"issuer", "audience", "jwks_file", "jwks_url", "secret_env"},
	"sign_in.logout":                 {"issuer", "audience", "jwks_file"},
	"sign_in.forward_auth":           {"url", "headers"},
	"routes":                         {"path", "backend", "mode", "origins", "allow_no_origin", "insecure_any_origin", "subprotocols", "auth", "session", "limits", "dialect", "messages", "compression", "backend_ca"},
	"routes.auth":                    {"ticket", "bearer", "cookie", "anonymous"},
	"routes.auth.ticket":             {"ttl", "ip", "carriers"},
	"routes.session":                 {"recheck", "max_age", "idle"},
	"routes.limits":                  {"connections_per_ip", "connections_per_user", "message_bytes", "messages", "user_messages", "control_frames", "fragments", "send_queue", "send_timeout", "message_timeout"},
	"routes.limits.messages":         {"rate", "burst"},
	"routes.messages":                {"type", "asyncapi", "unknown", "client", "server", "reject", "strikes"},
	"routes.messages.client":         {"*"},
	"routes.messages.server":         {"*"},
	"routes.messages.client.*":       {"schema", "allow", "set", "limit", "fresh", "clean"},
	"routes.messages.server.*":       {"schema", "allow", "set", "clean", "undeclared"},
	"routes.messages.client.*.set":   {"*"},
	"routes.messages.client.*.clean": {"*"},
}

// TestSettingsExist checks that every key in the YAML blocks of the guard
// sections is one of guard's configuration, at the place where it belongs.
func TestSettingsExist(t *testing.T) {
	fence := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")
	for _, w := range catalogue.All {
		for _, m := range fence.FindAllStringSubmatch(w.Text().Guard, -1) {
			t.Run(w.ID, func(t *testing.T) {
				for _, path := range keyPaths(m[1]) {
					parent, key := "", path
					if i := strings.LastIndex(path, "."); i >= 0 {
						parent, key = path[:i], path[i+1:]
					}
					if known, ok := settings[generic(parent)]; !ok || !slices.Contains(known, key) && !slices.Contains(known, "*") {
						t.Errorf("no such setting: %s", path)
					}
				}
			})
		}
	}
}

// generic replaces the names of message types in a path by "*".
func generic(path string) string {
	return regexp.MustCompile(`^(routes\.messages\.(?:client|server))\.[^.]+`).ReplaceAllString(path, "$1.*")
}

// keyPaths returns the dotted paths of the keys in a YAML text, in order, down
// to schema. It reads the subset that the examples use: block mappings, flow
// mappings in one line, and lists of mappings.
func keyPaths(text string) []string {
	key := regexp.MustCompile(`^([A-Za-z_]+):(?: |$)`)
	type level struct {
		indent int
		name   string
	}
	var stack []level
	var out []string
	add := func(name string, more ...string) bool {
		parts := make([]string, 0, len(stack)+2)
		for _, l := range stack {
			parts = append(parts, l.name)
		}
		parts = append(append(parts, more...), name)
		if slices.Contains(parts[:len(parts)-1], "schema") {
			return false
		}
		out = append(out, strings.Join(parts, "."))
		return true
	}
	for _, line := range strings.Split(text, "\n") {
		if i := strings.Index(line, " #"); i >= 0 {
			line = line[:i]
		}
		body := strings.TrimLeft(line, " ")
		indent := len(line) - len(body)
		if rest, ok := strings.CutPrefix(body, "- "); ok {
			body, indent = rest, indent+2
		}
		m := key.FindStringSubmatch(body)
		if m == nil {
			continue // a continued scalar
		}
		for len(stack) > 0 && stack[len(stack)-1].indent >= indent {
			stack = stack[:len(stack)-1]
		}
		add(m[1])
		stack = append(stack, level{indent, m[1]})
		for _, p := range flowPaths(strings.TrimSpace(body[len(m[0]):])) {
			add(p[len(p)-1], p[:len(p)-1]...)
		}
	}
	return out
}

// flowPaths returns the key paths inside of a flow mapping such as
// {a: 1, b: {c: [d, e]}}.
func flowPaths(s string) [][]string {
	var out [][]string
	var stack []string
	pending := ""
	quoted := byte(0)
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '"' || c == '\'':
			quoted = c
		case c == '{':
			stack = append(stack, pending)
			start = i + 1
		case c == '}':
			stack = stack[:len(stack)-1]
		case c == ',':
			start = i + 1
		case c == ':' && len(stack) > 0 && i+1 < len(s) && s[i+1] == ' ':
			pending = strings.Trim(s[start:i], " ")
			path := append(slices.Clone(stack[1:]), pending)
			out = append(out, path)
		}
	}
	return out
}
