package console_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/internal/console"
)

// order sends a revocation.
func order(t *testing.T, f *fake, media, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	h := newConsole(t, console.Options{Guard: f, Hosts: func() guard.HostList { return guard.NewHostList([]string{"localhost"}) }})
	r := httptest.NewRequest("POST", "/revocations", strings.NewReader(body))
	r.Host = "localhost"
	r.Header.Set("Content-Type", media)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRevoke(t *testing.T) {
	for body, want := range map[string]guard.Revocation{
		`{"user":"alice"}`:                  {User: "alice"},
		`{"session":"s1"}`:                  {Session: "s1"},
		`{"token_id":"t1"}`:                 {Token: "t1"},
		`{"all":true}`:                      {All: true},
		` { "user" : "\u0061lice" } `:       {User: "alice"},
		`{"session_of":"c1"}`:               {Session: "session-1"},
		`{"user_of":"c1"}`:                  {User: "alice"},
		`{}`:                                {},
		``:                                  {},
		`null`:                              {},
		`[]`:                                {},
		`"alice"`:                           {},
		`{"user":""}`:                       {},
		`{"user":7}`:                        {},
		`{"user":null}`:                     {},
		`{"all":false}`:                     {},
		`{"all":"true"}`:                    {},
		`{"token":"t1"}`:                    {},
		`{"User":"alice"}`:                  {},
		`{"user":"alice","user":"bob"}`:     {},
		`{"user":"alice","session":"s1"}`:   {},
		`{"session_of":""}`:                 {},
		`{"user_of":"c1","user":"bob"}`:     {},
		`{"user":"alice","reason":"fired"}`: {},
		`{"user":"alice"}{"user":"bob"}`:    {},
		`{"user":"` + strings.Repeat("x", 4<<10) + `"}`: {},
	} {
		f := &fake{}
		w := order(t, f, "application/json", body)
		if want == (guard.Revocation{}) {
			if w.Code != 400 || len(f.revoked) > 0 {
				t.Errorf("%.60s: got %d, revoked %+v", body, w.Code, f.revoked)
			}
			continue
		}
		if w.Code != 204 || len(f.revoked) != 1 || f.revoked[0] != want {
			t.Errorf("%s: got %d, revoked %+v", body, w.Code, f.revoked)
		}
	}
}

// TestRevokeBehindNothing: an order that reaches nobody must not look as if it
// had.
func TestRevokeBehindNothing(t *testing.T) {
	for _, body := range []string{`{"session_of":"c2"}`, `{"user_of":"c2"}`, `{"session_of":"anonymous"}`, `{"user_of":"anonymous"}`} {
		f := &fake{}
		if w := order(t, f, "application/json", body); w.Code != 404 || len(f.revoked) > 0 {
			t.Errorf("%s: got %d, revoked %+v, want 404 and nothing", body, w.Code, f.revoked)
		}
	}
}

func TestRevokeFails(t *testing.T) {
	for _, tt := range []struct {
		media  string
		err    error
		status int
	}{
		{"text/plain", nil, 204},
		{"", nil, 204},
		{"application/json; charset=utf-8", nil, 204},
		{"application/json", guard.ErrRevocation, 400},
		{"application/json", errors.New("store down at 10.0.0.7"), 503},
	} {
		w := order(t, &fake{fail: tt.err}, tt.media, `{"user":"alice"}`)
		if w.Code != tt.status || strings.Contains(w.Body.String(), "10.0.0.7") {
			t.Errorf("%q, %v: got %d %s, want %d", tt.media, tt.err, w.Code, w.Body, tt.status)
		}
	}
}

// TestRevokeFromAPage: a page of another site sends a form without being asked
// anything, but not without its Origin.
func TestRevokeFromAPage(t *testing.T) {
	for _, tt := range []struct {
		name, value string
		status      int
	}{
		{"Origin", "https://evil.example", 403},
		{"Origin", "null", 403},
		{"Sec-Fetch-Site", "cross-site", 403},
		{"Origin", "http://localhost", 204},
	} {
		f := &fake{}
		if w := order(t, f, "text/plain", `{"all":true}`, tt.name, tt.value); w.Code != tt.status || len(f.revoked) > 0 != (tt.status == 204) {
			t.Errorf("%s %s: got %d, revoked %+v", tt.name, tt.value, w.Code, f.revoked)
		}
	}
}
