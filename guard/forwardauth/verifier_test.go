package forwardauth_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/forwardauth"
)

func TestIdentity(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	app := newApplication(t, says(200, `{"user":{"id":"u1","roles":["pro"]},"name":"Ada","sid":"s1","exp":1800000060}`))
	v := newVerifier(t, forwardauth.Config{
		URL:    app.URL,
		Claims: claims.Names{User: "user.id", Roles: "user.roles"},
		Clock:  func() time.Time { return now },
	})
	id := accepted(t, v, withCookie())
	if id.User != "u1" || id.Name != "Ada" || id.Session != "s1" || !id.HasRole("pro") {
		t.Errorf("identity %+v does not hold what the application says", id)
	}
	if want := now.Add(time.Minute); !id.Expires.Equal(want) {
		t.Errorf("expires %v, want %v", id.Expires, want)
	}
	now = now.Add(time.Minute)
	refused(t, v, withCookie(), "session expired")
}

func TestIdentityWithoutExpiry(t *testing.T) {
	app := newApplication(t, says(200, `{"sub":"u1"}`))
	if id := accepted(t, newVerifier(t, forwardauth.Config{URL: app.URL}), withCookie()); !id.Expires.IsZero() {
		t.Errorf("expires %v, want zero", id.Expires)
	}
}

// TestAuthenticated: an application that does not say when somebody signed in
// vouches for now.
func TestAuthenticated(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for body, want := range map[string]int64{
		`{"sub":"u1"}`:                                1_800_000_000,
		`{"sub":"u1","iat":1700000000}`:               1_700_000_000,
		`{"sub":"u1","auth_time":1600000000,"iat":1}`: 1_600_000_000,
	} {
		app := newApplication(t, says(200, body))
		v := newVerifier(t, forwardauth.Config{URL: app.URL, Clock: func() time.Time { return now }})
		if id := accepted(t, v, withCookie()); !id.Authenticated.Equal(time.Unix(want, 0)) {
			t.Errorf("%s: authenticated %v, want %d", body, id.Authenticated, want)
		}
	}
}

// TestAnswers has the application answer all sorts of things. Only a plain yes
// admits, only a plain no is the client's fault.
func TestAnswers(t *testing.T) {
	const body = `{"sub":"s3cr3t-answer-body"}`
	redirect := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/yes", status) }
	}
	for _, tc := range []struct {
		name    string
		answer  http.HandlerFunc
		refusal string // empty: no verdict
		says    string
	}{
		{"401", says(401, body), "application refused the credential", ""},
		{"403", says(403, body), "application refused the credential", ""},
		{"302", redirect(302), "application redirected to a sign-in", ""},
		{"307", redirect(307), "application redirected to a sign-in", ""},
		{"304", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, "application redirected to a sign-in", ""},
		{"201", says(201, body), "", "status 201"},
		{"204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "", "status 204"},
		{"206", says(206, body), "", "status 206"},
		{"400", says(400, body), "", "status 400"},
		{"404", says(404, body), "", "status 404"},
		{"407", says(407, body), "", "status 407"},
		{"429", says(429, body), "", "status 429"},
		{"500", says(500, body), "", "status 500"},
		{"502", says(502, body), "", "status 502"},
		{"empty", says(200, ""), "", "claims not a JSON object"},
		{"HTML", says(200, "<!doctype html>s3cr3t-answer-body"), "", "claims not a JSON object"},
		{"null", says(200, "null"), "", "claims not a JSON object"},
		{"true", says(200, "true"), "", "claims not a JSON object"},
		{"a list", says(200, "["+body+"]"), "", "claims not a JSON object"},
		{"two objects", says(200, body+body), "", "claims not a JSON object"},
		{"cut off", says(200, body[:20]), "", "claims not a JSON object"},
		{"a name twice", says(200, `{"sub":"s3cr3t-answer-body","sub":"admin"}`), "", "claims have a duplicate name"},
		{"no user", says(200, `{"ok":true}`), "", "user claim missing"},
		{"user null", says(200, `{"sub":null}`), "", "user claim missing"},
		{"user empty", says(200, `{"sub":""}`), "", "user claim missing"},
		{"user a number", says(200, `{"sub":1}`), "", "user claim not a string"},
		{"expiry a string", says(200, `{"sub":"u","exp":"never"}`), "", "exp claim not a number"},
		{"expiry in milliseconds", says(200, `{"sub":"u","exp":1800000000000}`), "", "exp claim out of range"},
		{"expired", says(200, `{"sub":"u","exp":1}`), "session expired", ""},
		{"too long", says(200, `{"sub":"s3cr3t-answer-body","x":"`+strings.Repeat("x", 64<<10)+`"}`), "", "longer than 65536 bytes"},
		{"shorter than announced", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			io.WriteString(w, body)
		}, "", "read answer"},
		{"connection broken", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "", "exchange failed"},
		{"connection reset", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		}, "", "connection failed (read)"},
		{"no HTTP", func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				panic(err)
			}
			// The error of the HTTP client would quote this.
			io.WriteString(conn, "HTTP/9 "+r.Header.Get("Cookie")+"\r\n\r\n")
			conn.Close()
		}, "", "exchange failed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			app := newApplication(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/yes" {
					io.WriteString(w, `{"sub":"whoever"}`)
					return
				}
				tc.answer(w, r)
			})
			v := newVerifier(t, forwardauth.Config{URL: app.URL + "?key=hunter2-in-query"})
			if tc.refusal != "" {
				refused(t, v, withCookie(), tc.refusal)
			} else {
				unjudged(t, v, withCookie(), tc.says)
			}
			if path := app.last.Load().URL.Path; path == "/yes" {
				t.Errorf("the redirect was followed")
			}
		})
	}
}

func TestApplicationDown(t *testing.T) {
	var down atomic.Bool
	app := newApplication(t, func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			panic(http.ErrAbortHandler)
		}
		io.WriteString(w, `{"sub":"u1"}`)
	})
	v := newVerifier(t, forwardauth.Config{URL: app.URL + "?key=hunter2-in-query"})
	accepted(t, v, withCookie())
	down.Store(true)
	unjudged(t, v, withCookie(), "exchange failed")
	down.Store(false)
	accepted(t, v, withCookie()) // it recovers by itself
	app.Close()
	unjudged(t, v, withCookie(), "connection refused")
}

func TestApplicationSlow(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"no answer": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"half an answer": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"sub":"s3cr3t-answer-body"`)
			http.NewResponseController(w).Flush()
			<-r.Context().Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			app := newApplication(t, answer)
			v := newVerifier(t, forwardauth.Config{URL: app.URL, Timeout: 20 * time.Millisecond})
			unjudged(t, v, withCookie(), context.DeadlineExceeded.Error())
		})
	}
	t.Run("the caller goes away", func(t *testing.T) {
		arrived := make(chan struct{})
		app := newApplication(t, func(_ http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-r.Context().Done()
		})
		v := newVerifier(t, forwardauth.Config{URL: app.URL})
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			<-arrived
			cancel()
		}()
		_, err := v.VerifyRequest(ctx, withCookie())
		if !errors.Is(err, context.Canceled) || errors.Is(err, guard.ErrCredentialRefused) {
			t.Errorf("VerifyRequest: %v, want context.Canceled", err)
		}
	})
}

// TestPlaces asks more at once than there are places: the rest wait, and give
// up in time.
func TestPlaces(t *testing.T) {
	const places = 3
	arrived, release := make(chan struct{}, 2*places+1), make(chan struct{})
	app := newApplication(t, func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		io.WriteString(w, `{"sub":"u1"}`)
	})
	v := newVerifier(t, forwardauth.Config{URL: app.URL, MaxConcurrent: places})
	var all sync.WaitGroup
	for range places {
		all.Go(func() {
			if _, err := v.VerifyRequest(context.Background(), withCookie()); err != nil {
				t.Errorf("VerifyRequest: %v", err)
			}
		})
	}
	for range places {
		<-arrived
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := v.VerifyRequest(ctx, withCookie())
	if err == nil || errors.Is(err, guard.ErrCredentialRefused) || !strings.Contains(err.Error(), "free place") {
		t.Errorf("VerifyRequest without a place: %v, want an error that says so", err)
	}
	close(release)
	all.Wait()
	for range places + 1 { // every place came back
		accepted(t, v, withCookie())
	}
	if n := app.asked.Load(); n != 2*places+1 {
		t.Errorf("the application was asked %d times, want %d", n, 2*places+1)
	}
}

func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(says(200, `{"sub":"u1"}`))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())

	unjudged(t, newVerifier(t, forwardauth.Config{URL: server.URL}), withCookie(), "certificate not accepted")
	accepted(t, newVerifier(t, forwardauth.Config{URL: server.URL, TLS: &tls.Config{RootCAs: roots}}), withCookie())
	accepted(t, newVerifier(t, forwardauth.Config{URL: server.URL, HTTPClient: server.Client()}), withCookie())
	other := &tls.Config{RootCAs: roots, ServerName: "id.example.org"}
	unjudged(t, newVerifier(t, forwardauth.Config{URL: server.URL, TLS: other}), withCookie(), "certificate not accepted")

	plain := newApplication(t, says(200, `{"sub":"u1"}`))
	unjudged(t, newVerifier(t, forwardauth.Config{URL: strings.Replace(plain.URL, "http:", "https:", 1)}), withCookie(), "exchange failed")
}

// TestGivenClient shows that a given client's own habits do not count.
func TestGivenClient(t *testing.T) {
	app := newApplication(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "mine", Value: "x"})
		http.Redirect(w, r, "/yes", http.StatusFound)
	})
	client := &http.Client{
		Jar:           recordingJar{t},
		CheckRedirect: func(*http.Request, []*http.Request) error { return nil },
	}
	refused(t, newVerifier(t, forwardauth.Config{URL: app.URL, HTTPClient: client}), withCookie(), "application redirected to a sign-in")
}

func TestJudges(t *testing.T) {
	v := newVerifier(t, forwardauth.Config{URL: "http://127.0.0.1:1"})
	if got, want := v.Judges(), []string{"Cookie", "Authorization"}; !reflect.DeepEqual(got, want) {
		t.Errorf("Judges: %q, want %q", got, want)
	}
	v = newVerifier(t, forwardauth.Config{URL: "http://127.0.0.1:1", Headers: []string{"x-api-KEY"}, CSRFHeader: "x-csrf-token"})
	for range 2 {
		got := v.Judges()
		if want := []string{"X-Api-Key"}; !reflect.DeepEqual(got, want) {
			t.Errorf("Judges: %q, want %q", got, want)
		}
		got[0] = "changed"
	}
}
