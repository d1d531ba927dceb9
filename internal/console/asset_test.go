package console_test

import (
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/console"
)

// The page is for browsers: programs get the index that they always got, and
// only with the token.
func TestPageIsForBrowsers(t *testing.T) {
	const browser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for _, tt := range []struct {
		name    string
		headers []string
		status  int
		kind    string
	}{
		{"curl without the token", []string{"Accept: */*"}, 401, "text/plain"},
		{"curl", []string{"Accept: */*", "Authorization: Bearer " + token}, 200, "text/plain"},
		{"nothing said", []string{"Authorization: Bearer " + token}, 200, "text/plain"},
		{"a browser", []string{browser}, 200, "text/html"},
		{"a browser on a rebound name", []string{browser, "Host: evil.example"}, 403, "text/plain"},
		{"a frame of another site", []string{browser, "Sec-Fetch-Site: cross-site"}, 403, "text/plain"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ask(t, console.Options{Token: token}, "GET /", tt.headers...)
			if kind := w.Header().Get("Content-Type"); w.Code != tt.status || !strings.HasPrefix(kind, tt.kind) {
				t.Errorf("got %d %s, want %d %s", w.Code, kind, tt.status, tt.kind)
			}
		})
	}
}

func TestPagePolicy(t *testing.T) {
	w := ask(t, console.Options{}, "GET /", "Accept: text/html")
	policy := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self' ws://localhost:9090 wss://localhost:9090;", "frame-ancestors 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy %q lacks %q", policy, want)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "*") {
		t.Errorf("the policy %q loosens what it should hold", policy)
	}
	if body := w.Body.String(); strings.Contains(body, "http://") || strings.Contains(body, "https://") || strings.Contains(body, " style=") || strings.Contains(body, "<script>") {
		t.Errorf("the page asks for something else than its own files:\n%s", body)
	}
}

// Every file that the page names is there, under a kind that nosniff lets run.
func TestPageFiles(t *testing.T) {
	page := ask(t, console.Options{}, "GET /", "Accept: text/html").Body.String()
	found := 0
	for _, part := range strings.Split(page, "\"")[1:] {
		if !strings.HasPrefix(part, "/assets/") {
			continue
		}
		found++
		w := ask(t, console.Options{Token: token}, "GET "+part)
		if w.Code != 200 || w.Body.Len() == 0 {
			t.Errorf("%s: got %d", part, w.Code)
		}
		kind := w.Header().Get("Content-Type")
		if strings.HasSuffix(part, ".js") && !strings.HasPrefix(kind, "text/javascript") || strings.HasSuffix(part, ".css") && !strings.HasPrefix(kind, "text/css") {
			t.Errorf("%s is %s", part, kind)
		}
	}
	if found < 2 {
		t.Errorf("the page names %d files, want a script and a style:\n%s", found, page)
	}
}
