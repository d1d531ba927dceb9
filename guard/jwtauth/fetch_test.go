package jwtauth_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

func TestProviderGarbage(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"HTML", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<!doctype html>") }},
		{"nothing", func(http.ResponseWriter, *http.Request) {}},
		{"an object without keys", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"issuer":"x"}`) }},
		{"keys null", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"keys":null}`) }},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) { w.Write(jwks(publicJWK(edKey, "k1", nil))[:60]) }},
		{"1 MiB", func(w http.ResponseWriter, _ *http.Request) {
			w.Write(jwks(publicJWK(edKey, "k1", nil)))
			io.WriteString(w, strings.Repeat(" ", 1<<20))
		}},
		{"connection broken", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
		{"404", func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) }},
		{"keys with status 500", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusInternalServerError)
			w.Write(jwks(publicJWK(edKey, "k1", nil)))
		}},
		{"204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }},
		{"too many keys", func(w http.ResponseWriter, _ *http.Request) {
			w.Write(jwks(append(make([]object, 128), publicJWK(edKey, "k1", nil))...))
		}},
		{"endless redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/again", http.StatusFound) }},
		{"redirect off loopback", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://id.example.com/jwks", http.StatusFound)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, p := newClock(), newProvider(t)
			p.handle(tc.answer)
			v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
			unjudged(t, v, edToken(c, edKey, "k1"))

			p.publish(publicJWK(edKey, "k1", nil))
			c.Add(time.Minute)
			accepted(t, v, edToken(c, edKey, "k1"))
			p.handle(tc.answer)
			c.Add(time.Hour)
			accepted(t, v, edToken(c, edKey, "k1"))
		})
	}
}

func TestSlowProvider(t *testing.T) {
	t.Run("is given up", func(t *testing.T) {
		c, p := newClock(), newProvider(t)
		p.handle(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL, Timeout: 20 * time.Millisecond})
		unjudged(t, v, edToken(c, edKey, "k1"))
	})
	t.Run("does not hold up known keys for long", func(t *testing.T) {
		c, p := newClock(), newProvider(t, publicJWK(edKey, "k1", nil))
		v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
		token := edToken(c, edKey, "k1")
		accepted(t, v, token)
		p.fail()
		c.Add(time.Hour)
		accepted(t, v, token)
		// From here on it is known to be unreachable: nobody waits, though this
		// question is never answered.
		arrived := make(chan struct{})
		p.handle(func(_ http.ResponseWriter, r *http.Request) {
			close(arrived)
			<-r.Context().Done()
		})
		c.Add(time.Minute)
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // only who waits looks at it
		if _, err := v.VerifyToken(ctx, token); err != nil {
			t.Errorf("VerifyToken: %v, want no error", err)
		}
		<-arrived // asked all the same
	})
	t.Run("the caller goes away", func(t *testing.T) {
		c, p := newClock(), newProvider(t)
		release := make(chan struct{})
		p.handle(func(w http.ResponseWriter, _ *http.Request) {
			<-release
			w.Write(jwks(publicJWK(edKey, "k1", nil)))
		})
		v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := v.VerifyToken(ctx, edToken(c, edKey, "k1"))
		if !errors.Is(err, context.Canceled) || errors.Is(err, guard.ErrCredentialRefused) {
			t.Errorf("VerifyToken: %v, want context.Canceled", err)
		}
		close(release)
		accepted(t, v, edToken(c, edKey, "k1")) // the question went on without its caller
		p.wantAsked(t, 1)
	})
}

// transport answers requests in the same process.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestCloseEndsFetches(t *testing.T) {
	c := newClock()
	arrived, ended := make(chan struct{}), make(chan error, 1)
	client := &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		close(arrived)
		<-r.Context().Done()
		ended <- r.Context().Err()
		return nil, r.Context().Err()
	})}
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: "https://id.example.com/jwks", HTTPClient: client})
	result := make(chan error, 1)
	go func() {
		_, err := v.VerifyToken(context.Background(), edToken(c, edKey, "k1"))
		result <- err
	}()
	<-arrived
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the fetch ended with %v, want it canceled by Close", err)
		}
	default:
		t.Errorf("Close did not wait for the fetch")
	}
	if err := <-result; !errors.Is(err, jwtauth.ErrKeys) {
		t.Errorf("VerifyToken: %v, want ErrKeys", err)
	}
	c.Add(time.Hour)
	unjudged(t, v, edToken(c, edKey, "k1")) // a second fetch would close arrived again
}

func TestClosedBeforeTheFirstToken(t *testing.T) {
	c, p := newClock(), newProvider(t, publicJWK(edKey, "k1", nil))
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
	v.Close()
	unjudged(t, v, edToken(c, edKey, "k1"))
	p.wantAsked(t, 0)
}

func TestRedirects(t *testing.T) {
	c, p := newClock(), newProvider(t)
	p.handle(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/new" {
			http.Redirect(w, r, "/new", http.StatusMovedPermanently)
			return
		}
		w.Write(jwks(publicJWK(edKey, "k1", nil)))
	})
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
	accepted(t, v, edToken(c, edKey, "k1"))

	t.Run("bounded", func(t *testing.T) {
		for hops, ok := range map[int]bool{3: true, 4: false} {
			p := newProvider(t)
			p.handle(func(w http.ResponseWriter, r *http.Request) {
				if len(r.URL.Path) <= hops {
					http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
					return
				}
				w.Write(jwks(publicJWK(edKey, "k1", nil)))
			})
			v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL + "/"})
			if ok {
				accepted(t, v, edToken(c, edKey, "k1"))
			} else {
				unjudged(t, v, edToken(c, edKey, "k1"))
			}
		}
	})
	t.Run("off https", func(t *testing.T) {
		p.publish(publicJWK(edKey, "k1", nil))
		before := p.asked.Load()
		secure := httptest.NewTLSServer(http.RedirectHandler(p.URL, http.StatusFound))
		defer secure.Close()
		v := newVerifier(t, c, jwtauth.Config{JWKSURL: secure.URL, HTTPClient: secure.Client()})
		unjudged(t, v, edToken(c, edKey, "k1"))
		if p.asked.Load() != before {
			t.Errorf("the redirect off https was followed")
		}
	})
}

func TestTLSIsVerified(t *testing.T) {
	c := newClock()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Write(jwks(publicJWK(edKey, "k1", nil)))
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	unjudged(t, newVerifier(t, c, jwtauth.Config{JWKSURL: server.URL}), edToken(c, edKey, "k1"))
	accepted(t, newVerifier(t, c, jwtauth.Config{JWKSURL: server.URL, HTTPClient: server.Client()}), edToken(c, edKey, "k1"))
}
