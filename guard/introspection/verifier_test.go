package introspection_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/introspection"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What no error may hold.
const (
	token  = "s3cr3t-opaque-token"
	secret = "cl1ent:s3cr3t%"
)

var now = time.Unix(1_800_000_000, 0)

// issuer answers every question alike.
func issuer(t *testing.T, answer http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return s.URL
}

func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func newVerifier(t *testing.T, url string, edit func(*introspection.Config)) *introspection.Verifier {
	t.Helper()
	cfg := introspection.Config{URL: url, ClientID: "guard one", ClientSecret: secret, Clock: func() time.Time { return now }}
	if edit != nil {
		edit(&cfg)
	}
	v, err := introspection.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// TestQuestion checks what is sent, as RFC 7662 section 2.1 and RFC 6749
// section 2.3.1 ask for.
func TestQuestion(t *testing.T) {
	url := issuer(t, func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		if r.Method != "POST" || !ok || user != "guard+one" || password != "cl1ent%3As3cr3t%25" {
			t.Errorf("got %s from %q", r.Method, user)
		}
		if err := r.ParseForm(); err != nil || r.PostForm.Get("token") != token || len(r.PostForm) != 2 || r.URL.RawQuery != "" {
			t.Errorf("form %v, %v", r.PostForm, err)
		}
		if h := r.Header; h.Get("Accept") != "application/json" || h.Get("User-Agent") != "" || h.Get("Cookie") != "" {
			t.Errorf("headers %v", h)
		}
		io.WriteString(w, `{"active":true,"sub":"u1","roles":"pro","sid":"s1","jti":"t1","exp":1800000060,"iat":1799999000}`)
	})
	id, err := newVerifier(t, url, nil).VerifyToken(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if id.User != "u1" || !id.HasRole("pro") || id.Session != "s1" || id.Token != "t1" || !id.Expires.Equal(now.Add(time.Minute)) || id.Authenticated.Unix() != 1799999000 {
		t.Errorf("got %+v", id)
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name    string
		answer  http.HandlerFunc
		refusal string // empty: no verdict
		says    string
	}{
		{"not active", says(200, `{"active":false}`), "issuer says that the token is not active", ""},
		{"not active, with claims", says(200, `{"active":false,"sub":"u1"}`), "issuer says that the token is not active", ""},
		{"expired", says(200, `{"active":true,"sub":"u1","exp":1800000000}`), "token expired", ""},
		{"not yet", says(200, `{"active":true,"sub":"u1","nbf":1800000031}`), "token not valid yet", ""},
		{"nothing said", says(200, `{"sub":"u1"}`), "", `"active"`},
		{"active as text", says(200, `{"active":"true","sub":"u1"}`), "", `"active"`},
		{"active as a number", says(200, `{"active":1,"sub":"u1"}`), "", `"active"`},
		{"active twice", says(200, `{"active":false,"active":true,"sub":"u1"}`), "", "duplicate name"},
		{"no user", says(200, `{"active":true}`), "", "user claim missing"},
		{"exp as text", says(200, `{"active":true,"sub":"u1","exp":"soon"}`), "", "exp claim"},
		{"nbf as text", says(200, `{"active":true,"sub":"u1","nbf":"soon"}`), "", "nbf claim"},
		{"401", says(401, `{"active":true,"sub":"u1"}`), "", "client_id"},
		{"403", says(403, ""), "", "client_id"},
		{"400", says(400, `{"error":"invalid_request"}`), "", "status 400"},
		{"500", says(500, `{"active":true,"sub":"u1"}`), "", "status 500"},
		{"redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/yes", http.StatusFound) }, "", "status 302"},
		{"garbage", says(200, "<html>"+token), "", "not a JSON object"},
		{"empty", says(200, ""), "", "not a JSON object"},
		{"a JWT answer", says(200, "eyJhbGciOiJub25lIn0.e30."), "", "not a JSON object"},
		{"endless", func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte(strings.Repeat(" ", 65<<10) + `{"active":true,"sub":"u1"}`))
		}, "", "longer than"},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte(`{"active":true,"sub":"u1"}`))
		}, "", "read answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			id, err := newVerifier(t, issuer(t, c.answer), nil).VerifyToken(t.Context(), token)
			if id != nil || err == nil {
				t.Fatalf("got %+v", id)
			}
			if refused := errors.Is(err, guard.ErrCredentialRefused); refused != (c.refusal != "") || c.refusal != "" && err.Error() != c.refusal || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, a refusal: %v", err, refused)
			}
			if strings.Contains(err.Error(), token[:8]) || strings.Contains(err.Error(), secret[:6]) || strings.Contains(err.Error(), "127.0.0.1") {
				t.Errorf("the error holds too much: %v", err)
			}
		})
	}
}

func TestAudience(t *testing.T) {
	for answer, ok := range map[string]bool{
		`"aud":"trading"`:          true,
		`"aud":["x","trading"]`:    true,
		`"aud":"trading2"`:         false,
		`"aud":["x"]`:              false,
		`"aud":7`:                  false,
		`"name":"without aud"`:     false,
		`"aud":[["trading"],null]`: false,
	} {
		v := newVerifier(t, issuer(t, says(200, `{"active":true,"sub":"u1",`+answer+`}`)), func(c *introspection.Config) { c.Audience = "trading" })
		if _, err := v.VerifyToken(t.Context(), token); (err == nil) != ok || err != nil && !errors.Is(err, guard.ErrCredentialRefused) {
			t.Errorf("%s: %v", answer, err)
		}
	}
}

func TestAuthenticatedNow(t *testing.T) {
	v := newVerifier(t, issuer(t, says(200, `{"active":true,"username":"u1"}`)), func(c *introspection.Config) { c.Claims = claims.Names{User: "username"} })
	if id, err := v.VerifyToken(t.Context(), token); err != nil || id.User != "u1" || !id.Authenticated.Equal(now) {
		t.Errorf("got %+v, %v", id, err)
	}
}

// TestForm: what can't be a token is not sent anywhere.
func TestForm(t *testing.T) {
	v := newVerifier(t, issuer(t, func(http.ResponseWriter, *http.Request) { t.Error("asked") }), nil)
	for _, s := range []string{"", "a b", "a\n", "ä", strings.Repeat("x", 16<<10+1)} {
		if _, err := v.VerifyToken(t.Context(), s); !errors.Is(err, guard.ErrCredentialRefused) {
			t.Errorf("%.10q: %v", s, err)
		}
	}
}

// TestHangs: an issuer that does not answer is no verdict, and is not waited
// for longer than Timeout. Questions beyond MaxConcurrent wait no longer.
func TestHangs(t *testing.T) {
	release := make(chan struct{})
	v := newVerifier(t, issuer(t, func(http.ResponseWriter, *http.Request) { <-release }), func(c *introspection.Config) {
		c.Timeout, c.MaxConcurrent = 50*time.Millisecond, 1
	})
	defer close(release)
	answers := make(chan error, 3)
	for range cap(answers) {
		go func() {
			_, err := v.VerifyToken(context.Background(), token)
			answers <- err
		}()
	}
	for range cap(answers) {
		if err := <-answers; !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, guard.ErrCredentialRefused) {
			t.Errorf("got %v", err)
		}
	}
}

func TestConnectionRefused(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	if _, err := newVerifier(t, s.URL, nil).VerifyToken(t.Context(), token); err == nil || err.Error() != "introspection: connection refused" {
		t.Errorf("got %v", err)
	}
}

func TestConfig(t *testing.T) {
	for want, cfg := range map[string]introspection.Config{
		"url: must be set":           {ClientID: "a", ClientSecret: "b"},
		"client_id: must be set":     {URL: "https://id.example.com", ClientSecret: "b"},
		"client_secret: must be set": {URL: "https://id.example.com", ClientID: "a"},
		"https, or http on a":        {URL: "http://id.example.com", ClientID: "a", ClientSecret: "b"},
		"timeout: must be":           {URL: "https://id.example.com", ClientID: "a", ClientSecret: "b", Timeout: time.Hour},
		"max_concurrent: must be":    {URL: "https://id.example.com", ClientID: "a", ClientSecret: "b", MaxConcurrent: -1},
	} {
		if _, err := introspection.New(cfg); !errors.Is(err, guard.ErrConfig) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
