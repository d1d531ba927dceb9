package forwardauth_test

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/wswarden/wswarden/guard/forwardauth"
)

// recordingJar fails the test when it is used.
type recordingJar struct{ t *testing.T }

func (j recordingJar) SetCookies(*url.URL, []*http.Cookie) { j.t.Error("a cookie was kept") }
func (j recordingJar) Cookies(*url.URL) []*http.Cookie     { return nil }

// TestQuestion looks at what arrives at the application: what it is to judge,
// and nothing besides.
func TestQuestion(t *testing.T) {
	client := http.Header{
		"Cookie":                {cookie},
		"Authorization":         {bearer},
		"X-Csrf-Token":          {"c5rf"},
		"X-Api-Key":             {"k3y"},
		"X-Forwarded-For":       {"192.0.2.1"},
		"Wswarden-User":         {"admin"},
		"User-Agent":            {"curl"},
		"Accept-Encoding":       {"gzip"},
		"Accept":                {"text/html"},
		"Origin":                {"https://app.example.com"},
		"Upgrade":               {"websocket"},
		"Connection":            {"Upgrade"},
		"Sec-Websocket-Key":     {"dGhlIHNhbXBsZSBub25jZQ=="},
		"Sec-Websocket-Version": {"13"},
		"Host":                  {"evil.example.com"},
		"Content-Length":        {"5"},
	}
	for _, tc := range []struct {
		name string
		cfg  forwardauth.Config
		want http.Header
	}{
		{"by default", forwardauth.Config{}, http.Header{
			"Accept": {"application/json"}, "Cookie": {cookie}, "Authorization": {bearer}}},
		{"with a CSRF header", forwardauth.Config{CSRFHeader: "X-CSRF-Token"}, http.Header{
			"Accept": {"application/json"}, "Cookie": {cookie}, "Authorization": {bearer}, "X-Csrf-Token": {"c5rf"}}},
		{"with a CSRF header that is absent", forwardauth.Config{CSRFHeader: "X-XSRF-Token", Headers: []string{"Cookie"}}, http.Header{
			"Accept": {"application/json"}, "Cookie": {cookie}}},
		{"with other headers", forwardauth.Config{Headers: []string{"x-api-key", "X-Tenant", "User-Agent"}}, http.Header{
			"Accept": {"application/json"}, "X-Api-Key": {"k3y"}, "User-Agent": {"curl"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			app := newApplication(t, says(200, `{"sub":"u1"}`))
			tc.cfg.URL = app.URL + "/whoami?v=1"
			before := client.Clone()
			accepted(t, newVerifier(t, tc.cfg), client)
			got := app.last.Load()
			if !reflect.DeepEqual(got.Header, tc.want) {
				t.Errorf("headers %v, want %v", got.Header, tc.want)
			}
			if got.Method != http.MethodGet || got.RequestURI != "/whoami?v=1" || got.ContentLength != 0 {
				t.Errorf("%s %s with %d bytes, want GET /whoami?v=1 with none", got.Method, got.RequestURI, got.ContentLength)
			}
			if host := strings.TrimPrefix(app.URL, "http://"); got.Host != host {
				t.Errorf("host %q, want %q", got.Host, host)
			}
			if !reflect.DeepEqual(client, before) {
				t.Errorf("the client's headers were changed to %v", client)
			}
		})
	}
}

func TestCookiesAreJoined(t *testing.T) {
	app := newApplication(t, says(200, `{"sub":"u1"}`))
	client := http.Header{"Cookie": {"a=1", "", "b=2"}}
	accepted(t, newVerifier(t, forwardauth.Config{URL: app.URL}), client)
	if want := (http.Header{"Cookie": {"a=1", "", "b=2"}}); !reflect.DeepEqual(client, want) {
		t.Errorf("the client's headers were changed to %v", client)
	}
	if got, want := app.last.Load().Header["Cookie"], []string{"a=1; b=2"}; !reflect.DeepEqual(got, want) {
		t.Errorf("Cookie %q, want %q", got, want)
	}
}

// TestQuestionsNotAsked presents what is refused without a question.
func TestQuestionsNotAsked(t *testing.T) {
	app := newApplication(t, says(200, `{"sub":"u1"}`))
	v := newVerifier(t, forwardauth.Config{URL: app.URL, Headers: []string{"Cookie", "Authorization", "X-Api-Key"}, CSRFHeader: "X-CSRF-Token"})
	for _, tc := range []struct {
		name   string
		header http.Header
		want   string
	}{
		{"nothing", http.Header{}, "credential missing"},
		{"nil", nil, "credential missing"},
		{"empty cookie", http.Header{"Cookie": {""}}, "credential missing"},
		{"empty token", http.Header{"Authorization": {""}}, "credential missing"},
		{"CSRF header alone", http.Header{"X-Csrf-Token": {"x"}}, "credential missing"},
		{"headers that are not judged", http.Header{"X-Auth": {"x"}}, "credential missing"},
		{"two tokens", http.Header{"Authorization": {bearer, bearer}}, "credential header repeated"},
		{"two tokens beside a cookie", http.Header{"Cookie": {cookie}, "Authorization": {bearer, "Bearer x"}}, "credential header repeated"},
		{"an empty and a full token", http.Header{"Authorization": {"", bearer}}, "credential header repeated"},
		{"two keys", http.Header{"X-Api-Key": {"a", "b"}}, "credential header repeated"},
		{"two CSRF headers", http.Header{"Cookie": {cookie}, "X-Csrf-Token": {"a", "b"}}, "credential header repeated"},
		{"long cookie", http.Header{"Cookie": {strings.Repeat("x", 8<<10+1)}}, "credential header too long"},
		{"cookies that are long together", http.Header{"Cookie": {strings.Repeat("x", 4<<10), strings.Repeat("x", 4<<10)}}, "credential header too long"},
		{"long CSRF header", http.Header{"Cookie": {cookie}, "X-Csrf-Token": {strings.Repeat("x", 8<<10+1)}}, "credential header too long"},
		{"line break", http.Header{"Cookie": {cookie + "\r\nX-Admin: 1"}}, "credential header malformed"},
		{"line feed", http.Header{"Authorization": {bearer + "\nX-Admin: 1"}}, "credential header malformed"},
		{"NUL", http.Header{"Cookie": {cookie + "\x00"}}, "credential header malformed"},
		{"DEL", http.Header{"X-Api-Key": {"\x7f"}}, "credential header malformed"},
	} {
		t.Run(tc.name, func(t *testing.T) { refused(t, v, tc.header, tc.want) })
	}
	if n := app.asked.Load(); n != 0 {
		t.Errorf("the application was asked %d times, want 0", n)
	}
	accepted(t, v, http.Header{"Cookie": {strings.Repeat("x", 8<<10)}})
}

// FuzzVerifyRequest: whatever a client sends, at most the judged headers
// arrive, with no more lines than they had.
func FuzzVerifyRequest(f *testing.F) {
	app := newApplication(f, says(200, `{"sub":"u1"}`))
	v := newVerifier(f, forwardauth.Config{URL: app.URL})
	f.Add("a=1", "b=2", "Bearer x")
	f.Add("a=1\r\nX: y", "", "")
	f.Add("\x00", "\xff", "\t")
	f.Fuzz(func(t *testing.T, one, two, token string) {
		app.last.Store(nil)
		id, err := v.VerifyRequest(t.Context(), http.Header{"Cookie": {one, two}, "Authorization": {token}})
		if (id == nil) == (err == nil) {
			t.Fatalf("VerifyRequest: %v, %v", id, err)
		}
		got := app.last.Load()
		if got == nil {
			if err == nil {
				t.Fatal("accepted without a question")
			}
			return
		}
		for name, values := range got.Header {
			if name != "Accept" && name != "Cookie" && name != "Authorization" || len(values) != 1 {
				t.Fatalf("%s: %q arrived", name, values)
			}
		}
	})
}
