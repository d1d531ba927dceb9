package guard_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// TestOwn: an endpoint of the guard's own is as hard to reach as a handshake.
func TestOwn(t *testing.T) {
	w := startGateway(t, func(c *guard.Config) { c.Limits.Handshakes = guard.Rate{Count: 2, Per: time.Hour} })
	h := w.Own(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic("a defect")
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	ask := func(path, host string) int {
		r := httptest.NewRequest("POST", path, nil)
		r.Host = host
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		return answer.Code
	}
	for _, c := range []struct {
		path, host string
		status     int
	}{
		{"/", "app.example.com", 202},
		{"/", "evil.example", 403},
		{"/panic", "app.example.com", 500},
		{"/", "app.example.com", 429},
	} {
		if got := ask(c.path, c.host); got != c.status {
			t.Errorf("%s at %s is answered with %d, want %d", c.path, c.host, got, c.status)
		}
	}
}
