package redact_test

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/internal/redact"
)

const (
	ticket = "wst1_qwertyuiopasdfghjklzxcvbnm0123456789ABCDEFG-_x"
	jwt    = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
)

func TestString(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"a ticket", "bad ticket " + ticket + " of a client", "bad ticket [redacted] of a client"},
		{"a ticket as sub-protocol", "wst." + ticket, "wst.[redacted]"},
		{"a JWT", `parse "` + jwt + `": no`, `parse "[redacted]": no`},
		{"a JWT without its signature", "x eyJhbGciOiJIUzI1NiJ9.eyJzdWIi. y", "x [redacted] y"},
		{"a bearer header", "Authorization: Bearer abc.def-ghi", "Authorization: [redacted]"},
		{"basic in lower case", "basic dXNlcjpwYXNz", "[redacted]"},
		{"a query", "GET /ws?a=1&access_token=abc&b=2", "GET /ws?a=1&[redacted]&b=2"},
		{"plain text", "dial tcp 127.0.0.1:3000: connection refused", "dial tcp 127.0.0.1:3000: connection refused"},
		{"words about credentials", "the bearer is no JWT, token expired", "the bearer is no JWT, token expired"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := redact.String(tt.in); got != tt.want {
				t.Errorf("String(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// Whatever way a credential comes into a record, it must not come out.
func TestAttr(t *testing.T) {
	tests := map[string]slog.Attr{
		"a name":            slog.String("Set-Cookie", "opaque"),
		"a name with parts": slog.String("admin_token", "opaque"),
		"an error":          slog.Any("error", errors.New("verify "+jwt)),
		"a struct":          slog.Any("header", http.Header{"X": {"Bearer opaque-value"}}),
		"a text":            slog.String("detail", "ticket="+ticket),
		"in a group":        slog.Group("request", slog.String("query", "jwt=opaque")),
	}
	for name, attr := range tests {
		for _, format := range []string{"text", "json"} {
			t.Run(name+" as "+format, func(t *testing.T) {
				var out bytes.Buffer
				opts := &slog.HandlerOptions{ReplaceAttr: redact.Attr}
				var h slog.Handler = slog.NewTextHandler(&out, opts)
				if format == "json" {
					h = slog.NewJSONHandler(&out, opts)
				}
				slog.New(h).Info("verify "+jwt, attr)
				for _, secret := range []string{"opaque", ticket, jwt} {
					if strings.Contains(out.String(), secret) {
						t.Errorf("the log has %q: %s", secret, out.String())
					}
				}
				if !strings.Contains(out.String(), "INFO") || !strings.Contains(out.String(), redact.Mask) {
					t.Errorf("the record is damaged: %s", out.String())
				}
			})
		}
	}
}
