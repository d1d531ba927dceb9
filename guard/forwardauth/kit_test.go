package forwardauth_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/forwardauth"
)

// The credentials that no error may hold.
const (
	cookie = "session=s3cr3t-cookie-value"
	bearer = "Bearer s3cr3t-opaque-token"
)

// application is asked who somebody is, and remembers the last question.
type application struct {
	*httptest.Server
	asked atomic.Int32
	last  atomic.Pointer[http.Request]
}

func newApplication(t testing.TB, answer http.HandlerFunc) *application {
	a := &application{}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.asked.Add(1)
		a.last.Store(r)
		answer(w, r)
	}))
	t.Cleanup(a.Close)
	return a
}

// says answers with a status and a body.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

func newVerifier(t testing.TB, cfg forwardauth.Config) *forwardauth.Verifier {
	t.Helper()
	v, err := forwardauth.New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

func withCookie() http.Header { return http.Header{"Cookie": {cookie}} }

// accepted fails the test unless v says who it is.
func accepted(t *testing.T, v *forwardauth.Verifier, h http.Header) *guard.Identity {
	t.Helper()
	id, err := v.VerifyRequest(context.Background(), h)
	if err != nil {
		t.Fatalf("VerifyRequest: %v, want no error", err)
	}
	return id
}

// refused fails the test unless v refuses for the cause want.
func refused(t *testing.T, v *forwardauth.Verifier, h http.Header, want string) {
	t.Helper()
	id, err := v.VerifyRequest(context.Background(), h)
	if id != nil || !errors.Is(err, guard.ErrCredentialRefused) || err.Error() != want {
		t.Fatalf("VerifyRequest: %+v, %v; want the refusal %q", id, err, want)
	}
	holdsNothing(t, err)
}

// unjudged fails the test unless v says that it has no verdict, and why.
func unjudged(t *testing.T, v *forwardauth.Verifier, h http.Header, want string) {
	t.Helper()
	id, err := v.VerifyRequest(context.Background(), h)
	if id != nil || err == nil || errors.Is(err, guard.ErrCredentialRefused) || !strings.Contains(err.Error(), want) {
		t.Fatalf("VerifyRequest: %+v, %v; want an error that is no refusal and says %q", id, err, want)
	}
	holdsNothing(t, err)
}

// holdsNothing fails the test if the error holds 8 bytes of a credential, of an
// answer or of the address.
func holdsNothing(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	for _, s := range []string{cookie, bearer, "s3cr3t-answer-body", "http://127.0.0.1", "key=hunter2-in-query"} {
		for i := 0; i+8 <= len(s); i++ {
			if strings.Contains(text, s[i:i+8]) {
				t.Errorf("the error %q holds %q", text, s[i:i+8])
				return
			}
		}
	}
}
