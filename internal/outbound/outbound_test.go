package outbound_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/internal/outbound"
)

func TestCheckURL(t *testing.T) {
	for text, want := range map[string]string{
		"https://id.example.com/introspect?a=b": "",
		"http://127.0.0.1:3000/whoami":          "",
		"http://[::1]/":                         "",
		"http://localhost/":                     "",
		"":                                      "must be set",
		"http://id.example.com/":                "must be https",
		"http://127.0.0.1.example.com/":         "must be https",
		"ftp://id.example.com/":                 "http or https",
		"https:///path":                         "http or https",
		"https://u:hunter2@id.example.com/":     "user or password",
		"https://id.example.com/#f":             "fragment",
		"https://id.example.com/%zz":            "not a URL",
	} {
		err := outbound.CheckURL(text, false)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error quotes a password: %v", err)
		}
	}
	if err := outbound.CheckURL("http://id.example.com/", true); err != nil {
		t.Errorf("plaintext that is accepted: %v", err)
	}
}

// TestClient: a redirect is an answer, and an error names nothing.
func TestClient(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/abort" {
			panic(http.ErrAbortHandler)
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer s.Close()
	c := outbound.NewClient(outbound.Server{MaxConcurrent: 1})
	defer c.CloseIdle()
	get := func(url string) (*http.Response, error) {
		t.Helper()
		ctx, end, err := c.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer end()
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		return c.Do(request)
	}
	for range 2 { // of one place, which is given back
		res, err := get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != http.StatusFound {
			t.Errorf("followed a redirect: %d", res.StatusCode)
		}
	}
	_, err := get(s.URL + "/abort?key=hunter2")
	if err == nil {
		t.Fatal("no error")
	}
	if got := err.Error(); strings.Contains(got, "hunter2") || strings.Contains(got, "127.0.0.1") {
		t.Errorf("got %q", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := outbound.Cause(ctx, err); !errors.Is(got, context.Canceled) {
		t.Errorf("got %v", got)
	}
}

// TestPlaces: who finds no free place in time is told so.
func TestPlaces(t *testing.T) {
	c := outbound.NewClient(outbound.Server{MaxConcurrent: 1, Timeout: 20 * time.Millisecond})
	_, end, err := c.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Begin(t.Context()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no place is free: got %v, want that the time is up", err)
	}
	end()
	if _, end, err = c.Begin(t.Context()); err != nil {
		t.Fatalf("the place was given back: %v", err)
	}
	end()
}
