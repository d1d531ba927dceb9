package forwardauth_test

import (
	"crypto/tls"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/forwardauth"
)

func TestNewRefuses(t *testing.T) {
	type config = forwardauth.Config
	headers := func(names ...string) func(*config) { return func(c *config) { c.Headers = names } }
	for _, tc := range []struct {
		name string
		edit func(*config)
		want string
	}{
		{"no URL", func(c *config) { c.URL = "" }, "url: must be set"},
		{"broken URL", func(c *config) { c.URL = "http://u:hunter2@%" }, "url: not a URL"},
		{"file scheme", func(c *config) { c.URL = "file:///etc/passwd" }, "url: must be an http"},
		{"no scheme", func(c *config) { c.URL = "127.0.0.1/whoami" }, "url: must be an http"},
		{"no host", func(c *config) { c.URL = "http:///whoami" }, "url: must be an http"},
		{"password", func(c *config) { c.URL = "http://u:hunter2@127.0.0.1/" }, "url: must not hold a user"},
		{"fragment", func(c *config) { c.URL = "http://127.0.0.1/#x" }, "url: must not have a fragment"},
		{"plaintext", func(c *config) { c.URL = "http://app.example.com/whoami" }, "url: must be https"},
		{"name that begins like loopback", func(c *config) { c.URL = "http://127.0.0.1.example.com/" }, "url: must be https"},
		{"no headers", headers([]string{}...), "headers: must be from 1 to 16"},
		{"many headers", headers(strings.Split("a b c d e f g h i j k l m n o p q", " ")...), "headers: must be from 1 to 16"},
		{"header twice", headers("Cookie", "cookie"), `headers[1]: "Cookie" is listed twice`},
		{"header with a space", headers("X Y"), `headers[0]: "X Y" is not a header name`},
		{"header with a line break", headers("X\r\nY"), "is not a header name"},
		{"empty header", headers(""), "is not a header name"},
		{"host", headers("Host"), `"Host" can't be passed on`},
		{"connection", headers("connection"), `"Connection" can't be passed on`},
		{"upgrade", headers("Upgrade"), "can't be passed on"},
		{"transfer coding", headers("Transfer-Encoding"), "can't be passed on"},
		{"TE", headers("TE"), "can't be passed on"},
		{"length", headers("Content-Length"), "can't be passed on"},
		{"condition", headers("If-None-Match"), "can't be passed on"},
		{"proxy", headers("Proxy-Authorization"), "can't be passed on"},
		{"WebSocket key", headers("Sec-WebSocket-Key"), "can't be passed on"},
		{"own", headers("Wswarden-User"), "can't be passed on"},
		{"client address", headers("X-Forwarded-For"), "can't be passed on"},
		{"real address", headers("X-Real-IP"), "can't be passed on"},
		{"accept", headers("Accept"), "can't be passed on"},
		{"CSRF header", func(c *config) { c.CSRFHeader = "X Y" }, `csrf_header: "X Y" is not a header name`},
		{"CSRF header that is judged", func(c *config) { c.CSRFHeader = "cookie" }, `csrf_header: "Cookie" is one of headers`},
		{"negative timeout", func(c *config) { c.Timeout = -1 }, "timeout: must be at most 30s"},
		{"long timeout", func(c *config) { c.Timeout = time.Minute }, "timeout: must be at most 30s"},
		{"negative places", func(c *config) { c.MaxConcurrent = -1 }, "max_concurrent: must be from 1 to 4096"},
		{"many places", func(c *config) { c.MaxConcurrent = 4097 }, "max_concurrent: must be from 1 to 4096"},
		{"TLS beside a client", func(c *config) { c.TLS, c.HTTPClient = &tls.Config{}, &http.Client{} }, "tls: set it in the transport"},
		{"claim name", func(c *config) { c.Claims = claims.Names{User: "a\n"} }, "claims.user"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			cfg := config{URL: "http://127.0.0.1:3000/whoami"}
			tc.edit(&cfg)
			v, err := forwardauth.New(cfg)
			if v != nil || !errors.Is(err, guard.ErrConfig) || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("New: %v, want an ErrConfig that says %q", err, tc.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error %q holds a password", err)
			}
		})
	}
	t.Run("all at once", func(t *testing.T) {
		_, err := forwardauth.New(config{Headers: []string{"Host"}, Timeout: time.Hour})
		for _, want := range []string{"url", "headers[0]", "timeout"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("New: %v, want it to name %s", err, want)
			}
		}
	})
}

func TestNewAccepts(t *testing.T) {
	for name, cfg := range map[string]forwardauth.Config{
		"loopback":             {URL: "http://127.0.0.2:3000/whoami"},
		"loopback IPv6":        {URL: "http://[::1]:3000/"},
		"loopback in IPv6":     {URL: "http://[::ffff:127.0.0.1]:3000/"},
		"localhost":            {URL: "http://localhost:3000/?x=1"},
		"https":                {URL: "https://app.example.com/whoami"},
		"plaintext on purpose": {URL: "http://app.example.com/whoami", InsecurePlaintext: true},
		"other headers":        {URL: "https://app.example.com", Headers: []string{"X-Api-Key", "User-Agent"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := forwardauth.New(cfg); err != nil {
				t.Errorf("New: %v", err)
			}
		})
	}
}
