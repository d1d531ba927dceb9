package config_test

import (
	"strings"
	"testing"
)

func hasSuffix(s, suffix string) bool { return strings.HasSuffix(s, suffix) }

func TestOriginRules(t *testing.T) {
	for _, c := range []struct{ origin, want string }{
		{"https://app.example.com", ""},
		{"https://app.example.com:8443", ""},
		{"http://localhost:3000", ""},
		{"http://app.example.com", ""},
		{"https://xn--bcher-kva.example", ""},
		{"chrome-extension://abcdefghijklmnopabcdefghijklmnop", ""},
		{"*", `"*" admits every page on the web (WS101); list exact origins such as https://app.example.com, or set insecure_any_origin: true`},
		{"https://*.example.com", ""},
		{"null", ""},
		{"app.example.com", ""},
		{"https://app.example.com/", ""},
		{"https://app.example.com/chat", ""},
		{"https://app.example.com?a", ""},
		{"HTTPS://app.example.com", ""},
		{"https://App.example.com", ""},
		{"https://app.example.com:443", ""},
		{"http://app.example.com:80", ""},
		{"wss://app.example.com", `"wss://app.example.com" is the address of a WebSocket: an Origin is that of the page; write "https://app.example.com"`},
		{"ws://app.example.com", `"ws://app.example.com" is the address of a WebSocket: an Origin is that of the page; write "http://app.example.com"`},
		{"file://app", "pages of the scheme file send the origin null"},
		{"https://bücher.example", ""},
		{"https://user@app.example.com", ""},
		{"https://app..example.com", `"https://app..example.com" names no valid host`},
		{"https://app.example.com.", `"https://app.example.com." names no valid host`},
		{"http://127.1", `"http://127.1" names no valid host`},
		{"http://0x7f000001", `"http://0x7f000001" names no valid host`},
		{"https://app.example.com:", `"https://app.example.com:" has no valid port`},
		{"https://app.example.com:0", `"https://app.example.com:0" has no valid port`},
		{"https://app.example.com:99999", `"https://app.example.com:99999" has no valid port`},
		{"https://app.example.com:08443", `"https://app.example.com:08443" has no valid port`},
		{"https://[2001:DB8::1]", ""},
	} {
		t.Run(c.origin, func(t *testing.T) {
			got := problemsOf(t, with(t, "https://app.example.com", c.origin))
			if accepted[c.origin] {
				if len(got) != 0 {
					t.Errorf("got %q, want none", got)
				}
				return
			}
			if len(got) != 1 || !strings.HasPrefix(got[0], "8:15: routes[0].origins[0]: "+c.want) {
				t.Errorf("got %q, want one that begins with %q", got, "8:15: routes[0].origins[0]: "+c.want)
			}
		})
	}
}

var accepted = map[string]bool{
	"https://app.example.com":                             true,
	"https://app.example.com:8443":                        true,
	"http://localhost:3000":                               true,
	"http://app.example.com":                              true,
	"https://xn--bcher-kva.example":                       true,
	"chrome-extension://abcdefghijklmnopabcdefghijklmnop": true,
}

// The refusal of a misspelt origin says how browsers spell it.
func TestOriginIsCorrected(t *testing.T) {
	for origin, want := range map[string]string{
		"https://app.example.com/":     `"https://app.example.com"`,
		"https://App.Example.com":      `"https://app.example.com"`,
		"HTTPS://app.example.com:443":  `"https://app.example.com"`,
		"http://app.example.com:80":    `"http://app.example.com"`,
		"https://app.example.com:8443": "",
	} {
		got := strings.Join(problemsOf(t, with(t, "https://app.example.com", origin)), "\n")
		if want == "" && got != "" || want != "" && !strings.HasSuffix(got, "write "+want) {
			t.Errorf("for %q got %q, want it to end in write %s", origin, got, want)
		}
	}
}

func TestOriginsOfARoute(t *testing.T) {
	const list = `    origins: ["https://app.example.com"]` + "\n"
	judge(t, []problemCase{
		{"none", edits(list, ""), wants("6:5: routes[0].origins: ")},
		{"empty", edits(`["https://app.example.com"]`, "[]"), wants("8:5: routes[0].origins: ")},
		{"any", edits(list, "    insecure_any_origin: true\n"), nil},
		{"absent", edits(list, "    allow_no_origin: true\n"), nil},
		{"IPv6", edits("https://app.example.com", "http://[::1]:3000"), nil},
		{"both", edits(list, list+"    insecure_any_origin: true\n"), wants("9:26: routes[0].insecure_any_origin: ")},
	})
}
