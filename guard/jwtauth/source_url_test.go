package jwtauth_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/jwtauth"
)

// provider publishes keys and counts how often it is asked.
type provider struct {
	*httptest.Server
	asked  atomic.Int32
	answer atomic.Pointer[http.HandlerFunc]
}

func newProvider(t *testing.T, keys ...object) *provider {
	p := &provider{}
	p.publish(keys...)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		(*p.answer.Load())(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) handle(h http.HandlerFunc) { p.answer.Store(&h) }

func (p *provider) publish(keys ...object) {
	p.handle(func(w http.ResponseWriter, _ *http.Request) { w.Write(jwks(keys...)) })
}

func (p *provider) fail() {
	p.handle(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
}

// wantAsked fails the test unless the provider was asked n times so far.
func (p *provider) wantAsked(t *testing.T, n int) {
	t.Helper()
	if got := int(p.asked.Load()); got != n {
		t.Fatalf("the provider was asked %d times, want %d", got, n)
	}
}

// edToken returns a token by an Ed25519 key under a kid, valid for a week.
func edToken(c *clock, private any, kid string) string {
	header := object{"alg": "EdDSA", "kid": kid}
	if kid == "" {
		header = object{"alg": "EdDSA"}
	}
	return sign(private, header.json(), goodClaims(c.Now()).with(object{"exp": c.Now().Add(7 * 24 * time.Hour).Unix()}).json())
}

func TestKeysAreFetchedOnceAtFirstUse(t *testing.T) {
	c, p := newClock(), newProvider(t, publicJWK(edKey, "k1", nil))
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
	p.wantAsked(t, 0)
	for range 3 {
		accepted(t, v, edToken(c, edKey, "k1"))
	}
	p.wantAsked(t, 1)
}

func TestKeyRotation(t *testing.T) {
	c, p := newClock(), newProvider(t, publicJWK(edKey, "old", nil))
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
	oldToken, newToken := edToken(c, edKey, "old"), edToken(c, otherEd, "new")
	accepted(t, v, oldToken)

	c.Add(10 * time.Second)
	refused(t, v, newToken, "signing key unknown")
	p.wantAsked(t, 2)

	p.publish(publicJWK(edKey, "old", nil), publicJWK(otherEd, "new", nil))
	c.Add(4 * time.Second)
	refused(t, v, newToken, "signing key unknown") // too soon to ask again
	p.wantAsked(t, 2)
	c.Add(time.Second)
	accepted(t, v, newToken)
	accepted(t, v, oldToken)
	p.wantAsked(t, 3)

	p.publish(publicJWK(otherEd, "new", nil))
	c.Add(5 * time.Minute)
	refused(t, v, oldToken, "signing key unknown") // out of date, fetched again, gone
	accepted(t, v, newToken)
	p.wantAsked(t, 4)
}

func TestKeyRotationWithoutKid(t *testing.T) {
	c, p := newClock(), newProvider(t, publicJWK(edKey, "", object{"kid": remove}))
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
	accepted(t, v, edToken(c, edKey, ""))
	p.publish(publicJWK(otherEd, "", object{"kid": remove}))
	refused(t, v, edToken(c, otherEd, ""), "signature not valid") // too soon to ask again
	c.Add(5 * time.Second)
	accepted(t, v, edToken(c, otherEd, ""))
	p.wantAsked(t, 2)
	c.Add(5 * time.Second)
	refused(t, v, edToken(c, edKey, ""), "signature not valid")
	p.wantAsked(t, 3)
}

func TestStrangersDoNotMakeUsAsk(t *testing.T) {
	c, p := newClock(), newProvider(t, publicJWK(edKey, "k1", nil))
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
	for range 100 {
		refused(t, v, edToken(c, otherEd, "invented"), "signing key unknown")
	}
	p.wantAsked(t, 1)
}

func TestCacheControl(t *testing.T) {
	for _, tc := range []struct {
		header string
		want   time.Duration
	}{
		{"", 5 * time.Minute},
		{"public, max-age=600, must-revalidate", 10 * time.Minute},
		{`MAX-AGE="600"`, 10 * time.Minute},
		{"max-age=0", time.Minute},
		{"max-age=10", time.Minute},
		{"max-age=31536000", time.Hour},
		{"max-age=18446744073709551615", time.Hour},
		{"max-age=99999999999999999999999", time.Minute},
		{"max-age=-1", time.Minute},
		{"max-age=600, no-store", time.Minute},
		{"no-cache", time.Minute},
	} {
		t.Run(tc.header, func(t *testing.T) {
			c, p := newClock(), newProvider(t)
			p.handle(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Cache-Control", tc.header)
				w.Write(jwks(publicJWK(edKey, "k1", nil)))
			})
			v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
			token := edToken(c, edKey, "k1")
			accepted(t, v, token)
			c.Add(tc.want - time.Second)
			accepted(t, v, token)
			p.wantAsked(t, 1)
			c.Add(time.Second)
			accepted(t, v, token)
			p.wantAsked(t, 2)
		})
	}
}

// settle waits until the fetch that runs besides has ended, by asking for a
// key that is not there: such a token waits for it.
func settle(v *jwtauth.Verifier, c *clock) {
	v.VerifyToken(context.Background(), edToken(c, otherEd, "settle"))
}

func TestProviderDown(t *testing.T) {
	t.Run("from the start", func(t *testing.T) {
		c, p := newClock(), newProvider(t)
		p.fail()
		v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
		for range 5 {
			unjudged(t, v, edToken(c, edKey, "k1"))
		}
		p.wantAsked(t, 1)
		p.publish(publicJWK(edKey, "k1", nil))
		c.Add(5 * time.Second)
		accepted(t, v, edToken(c, edKey, "k1"))
	})
	t.Run("later", func(t *testing.T) {
		c, p := newClock(), newProvider(t, publicJWK(edKey, "k1", nil))
		var log logBuffer
		v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL, Log: log.logger()})
		token := edToken(c, edKey, "k1")
		accepted(t, v, token)
		p.fail()

		c.Add(6 * time.Minute)
		accepted(t, v, token) // waits for the failure, then uses what is there
		p.wantAsked(t, 2)
		unjudged(t, v, edToken(c, otherEd, "k2"))
		unjudged(t, v, edToken(c, otherEd, ""))
		refused(t, v, edToken(c, otherEd, "k1"), "signature not valid")
		p.wantAsked(t, 2)

		for range 3 {
			c.Add(time.Hour)
			accepted(t, v, token)
			settle(v, c)
		}
		p.wantAsked(t, 5)
		if n := log.count("fetch failed"); n != 1 {
			t.Errorf("the failure was logged %d times, want 1", n)
		}

		c.Add(24*time.Hour - 3*time.Hour - 6*time.Minute - time.Second)
		accepted(t, v, token)
		settle(v, c)
		c.Add(time.Second)
		unjudged(t, v, token) // the keys are a day old

		p.publish(publicJWK(edKey, "k1", nil))
		c.Add(5 * time.Second)
		accepted(t, v, token)
		if n := log.count("in force"); n != 2 {
			t.Errorf("keys coming into force were logged %d times, want 2", n)
		}
	})
	t.Run("refusing connections", func(t *testing.T) {
		c, p := newClock(), newProvider(t, publicJWK(edKey, "k1", nil))
		v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
		token := edToken(c, edKey, "k1")
		accepted(t, v, token)
		p.Close()
		c.Add(6 * time.Minute)
		accepted(t, v, token)
		unjudged(t, v, edToken(c, otherEd, "k2"))
	})
}

// TestKeysTakenBack shows that a provider which publishes a set without the
// key has taken it back, which is another thing than publishing nothing.
func TestKeysTakenBack(t *testing.T) {
	c, p := newClock(), newProvider(t, publicJWK(edKey, "k1", nil))
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
	accepted(t, v, edToken(c, edKey, "k1"))
	p.publish()
	c.Add(5 * time.Minute)
	unjudged(t, v, edToken(c, edKey, "k1"))
	p.publish(publicJWK(otherEd, "k2", nil))
	c.Add(5 * time.Second)
	refused(t, v, edToken(c, edKey, "k1"), "signing key unknown")
}

func TestOneFlight(t *testing.T) {
	c, p := newClock(), newProvider(t)
	arrived, release := make(chan struct{}, 100), make(chan struct{})
	p.handle(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		w.Write(jwks(publicJWK(edKey, "k1", nil)))
	})
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL})
	good, bad := edToken(c, edKey, "k1"), edToken(c, otherEd, "k2")
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := v.VerifyToken(context.Background(), good); err != nil {
				t.Errorf("VerifyToken: %v", err)
			}
		})
		all.Go(func() {
			if _, err := v.VerifyToken(context.Background(), bad); !errors.Is(err, guard.ErrCredentialRefused) {
				t.Errorf("VerifyToken: %v, want a refusal", err)
			}
		})
	}
	<-arrived
	close(release)
	all.Wait()
	p.wantAsked(t, 1)
}

// TestLogSaysWhenKeysChange counts the lines, which an operator reads.
func TestLogSaysWhenKeysChange(t *testing.T) {
	c, p := newClock(), newProvider(t)
	var log logBuffer
	v := newVerifier(t, c, jwtauth.Config{JWKSURL: p.URL, Log: log.logger()})
	all := []object{publicJWK(edKey, "k1", nil), publicJWK(ecKey, "k2", nil), publicJWK(rsaKey, "k3", nil)}
	for _, step := range []struct {
		keys []object
		want int
	}{
		{all, 1},
		{all, 1},
		{all[:2], 2},
		{[]object{all[0], publicJWK(otherEC, "k2", nil)}, 3},
		{[]object{all[0], publicJWK(otherEC, "k4", nil)}, 4},
		{all, 5},
		{[]object{all[0], all[1], publicJWK(otherRSA, "k3", nil)}, 6},
	} {
		p.publish(step.keys...)
		c.Add(5 * time.Minute)
		accepted(t, v, edToken(c, edKey, "k1"))
		if n := log.count("in force"); n != step.want {
			t.Fatalf("keys coming into force were logged %d times, want %d", n, step.want)
		}
	}
}
