package oidclogout_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard"
	"github.com/wswarden/wswarden/guard/claims"
	"github.com/wswarden/wswarden/guard/oidclogout"
)

var (
	eventHeader = object{"alg": "ES256", "kid": "1", "typ": "secevent+jwt"}
	eventClaims = object{"iss": issuer, "aud": audience, "iat": now.Unix(), "jti": "j1", "events": object{revoked: object{"event_timestamp": now.Unix()}}}
)

func issSub(sub string) object { return object{"format": "iss_sub", "iss": issuer, "sub": sub} }

func opaque(id string) object { return object{"format": "opaque", "id": id} }

// TestSubjects: whom an event is about, by RFC 9493 and by the drafts before
// it.
func TestSubjects(t *testing.T) {
	user, session := guard.Revocation{User: "alice"}, guard.Revocation{Session: "s1"}
	for _, c := range []struct {
		name  string
		id    object
		names claims.Names
		want  guard.Revocation // nobody: 400
	}{
		{"iss_sub", issSub("alice"), claims.Names{}, user},
		{"iss_sub of another issuer", object{"format": "iss_sub", "iss": "https://evil.example", "sub": "alice"}, claims.Names{}, guard.Revocation{}},
		{"opaque", opaque("alice"), claims.Names{}, user},
		{"email of a user known by it", object{"format": "email", "email": "a@example.com"}, claims.Names{User: "email"}, guard.Revocation{User: "a@example.com"}},
		{"email of a user known by sub", object{"format": "email", "email": "alice"}, claims.Names{}, guard.Revocation{}},
		{"sub of a user known by email", issSub("alice"), claims.Names{User: "email"}, guard.Revocation{}},
		{"phone number", object{"format": "phone_number", "phone_number": "+1206"}, claims.Names{User: "phone_number"}, guard.Revocation{User: "+1206"}},
		{"jwt_id", object{"format": "jwt_id", "iss": issuer, "jti": "t1"}, claims.Names{}, guard.Revocation{Token: "t1"}},
		{"account", object{"format": "account", "uri": "acct:alice@example.com"}, claims.Names{}, guard.Revocation{}},
		{"complex of a user", object{"format": "complex", "user": issSub("alice")}, claims.Names{}, user},
		{"complex of a session", object{"format": "complex", "session": opaque("s1")}, claims.Names{}, session},
		{"complex of both", object{"format": "complex", "user": issSub("alice"), "session": opaque("s1")}, claims.Names{}, session},
		{"complex with a session of no known form", object{"format": "complex", "user": issSub("alice"), "session": object{"format": "did", "url": "s1"}}, claims.Names{}, user},
		{"complex of a device", object{"format": "complex", "device": opaque("d1")}, claims.Names{}, guard.Revocation{}},
		{"complex in complex", object{"format": "complex", "user": object{"format": "complex", "user": issSub("alice")}}, claims.Names{}, guard.Revocation{}},
		{"aliases", object{"format": "aliases", "identifiers": []object{{"format": "email", "email": "a@example.com"}, issSub("alice")}}, claims.Names{}, user},
		{"aliases of nobody", object{"format": "aliases", "identifiers": []object{}}, claims.Names{}, guard.Revocation{}},
		{"no format", object{"sub": "alice"}, claims.Names{}, guard.Revocation{}},
		{"empty", issSub(""), claims.Names{}, guard.Revocation{}},
		{"null", nil, claims.Names{}, guard.Revocation{}},
	} {
		for place, edit := range map[string]object{
			"sub_id":  {"sub_id": c.id},
			"subject": {"events": object{revoked: object{"subject": c.id}}},
		} {
			t.Run(c.name+" in "+place, func(t *testing.T) {
				b := newBench(t, func(cfg *oidclogout.Config) { cfg.Claims = c.names })
				res := b.event(b.sign(t, eventHeader, with(eventClaims, edit)))
				got := b.take()
				if c.want == (guard.Revocation{}) {
					if res.StatusCode != 400 || len(got) > 0 {
						t.Errorf("got %d, revoked %+v", res.StatusCode, got)
					}
					return
				}
				c.want.At = now
				if res.StatusCode != 202 || bodyOf(t, res) != "" || len(got) != 1 || got[0] != c.want {
					t.Errorf("got %d, revoked %+v, want %+v", res.StatusCode, got, c.want)
				}
			})
		}
	}
}

// TestEventErrors: the codes of RFC 8935 section 2.4.
func TestEventErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		header object
		claims object
		code   string
	}{
		{"alg none", object{"alg": "none"}, nil, "invalid_key"},
		{"unknown key", object{"kid": "2"}, nil, "invalid_key"},
		{"type of a logout token", object{"typ": "logout+jwt"}, nil, "invalid_request"},
		{"another issuer", nil, object{"iss": "https://evil.example"}, "invalid_issuer"},
		{"another audience", nil, object{"aud": []string{"chat"}}, "invalid_audience"},
		{"no iat", nil, object{"iat": remove}, "invalid_request"},
		{"iat in the future", nil, object{"iat": now.Unix() + 31}, "invalid_request"},
		{"expired", nil, object{"exp": now.Unix() - 31}, "invalid_request"},
		{"no jti", nil, object{"jti": remove}, "invalid_request"},
		{"no events", nil, object{"events": remove}, "invalid_request"},
		{"no event", nil, object{"events": object{}}, "invalid_request"},
		{"event as text", nil, object{"events": object{revoked: ""}}, "invalid_request"},
		{"nobody", nil, object{"sub_id": remove}, "invalid_request"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, nil)
			res := b.event(b.sign(t, with(eventHeader, c.header), with(with(eventClaims, object{"sub_id": issSub("alice")}), c.claims)))
			var body struct{ Err, Description string }
			if err := json.NewDecoder(res.Body).Decode(&body); err != nil || res.StatusCode != 400 || body.Err != c.code || body.Description == "" {
				t.Errorf("got %d %+v, %v, want 400 %s", res.StatusCode, body, err, c.code)
			}
			if h := res.Header; h.Get("Content-Type") != "application/json" || h.Get("Content-Language") == "" || h.Get("Cache-Control") != "no-store" {
				t.Errorf("headers %v", h)
			}
			if got := b.take(); len(got) > 0 {
				t.Errorf("revoked %+v", got)
			}
		})
	}
	b := newBench(t, nil)
	for media, body := range map[string]string{
		"application/jwt":          b.sign(t, eventHeader, with(eventClaims, object{"sub_id": issSub("alice")})),
		"application/secevent+jwt": "not a token",
	} {
		if res := post(b.Events(), media, body); res.StatusCode != 400 {
			t.Errorf("%s: status %d", media, res.StatusCode)
		}
	}
}

func TestEventOfTheSubjectClaim(t *testing.T) {
	b := newBench(t, nil)
	if res := b.event(b.sign(t, eventHeader, with(eventClaims, object{"sub": "alice"}))); res.StatusCode != 202 {
		t.Errorf("status %d", res.StatusCode)
	}
	if got := b.take(); len(got) != 1 || got[0].User != "alice" {
		t.Errorf("revoked %+v", got)
	}
}

// TestOtherEvents are taken note of, and end nothing.
func TestOtherEvents(t *testing.T) {
	b := newBench(t, nil)
	for _, uri := range []string{"https://schemas.openid.net/secevent/ssf/event-type/verification", "https://schemas.openid.net/secevent/caep/event-type/credential-change", logout} {
		if res := b.event(b.sign(t, eventHeader, with(eventClaims, object{"sub_id": issSub("alice"), "events": object{uri: object{}}}))); res.StatusCode != 202 {
			t.Errorf("%s: status %d", uri, res.StatusCode)
		}
	}
	if got := b.take(); len(got) > 0 {
		t.Errorf("revoked %+v", got)
	}
}

// TestEventAgain: a provider that missed the answer sends a token again, which
// is no error, and ends nothing twice. One that is late ends what is older.
func TestEventAgain(t *testing.T) {
	b := newBench(t, nil)
	token := b.sign(t, eventHeader, with(eventClaims, object{"sub_id": issSub("alice")}))
	for range 3 {
		if res := b.event(token); res.StatusCode != 202 {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	if got := b.take(); len(got) != 1 {
		t.Errorf("revoked %+v", got)
	}
	b.clock = now.Add(10 * time.Hour)
	if res := b.event(token); res.StatusCode != 202 {
		t.Errorf("status %d", res.StatusCode)
	}
	if got := b.take(); len(got) != 1 || !got[0].At.Equal(now.Add(5*time.Minute)) {
		t.Errorf("late, revoked %+v", got)
	}
}

func TestEventFails(t *testing.T) {
	b := newBench(t, nil)
	token := b.sign(t, eventHeader, with(eventClaims, object{"sub_id": issSub("alice")}))
	b.fail = errors.New("store down at 10.0.0.7")
	res := b.event(token)
	if body := bodyOf(t, res); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" || strings.Contains(body, "10.0.0.7") {
		t.Errorf("got %d %s", res.StatusCode, body)
	}
	b.fail = nil
	if res := b.event(token); res.StatusCode != 202 || len(b.take()) != 1 {
		t.Errorf("status %d", res.StatusCode)
	}
}

// FuzzEvent: whatever a provider signs, at most one name is revoked, and that
// has a form which names somebody.
func FuzzEvent(f *testing.F) {
	for _, id := range []object{issSub("alice"), opaque("x"), {"format": "complex", "session": opaque("s")}, {"format": "aliases", "identifiers": []object{opaque("x")}}} {
		text, _ := json.Marshal(id)
		f.Add(text, []byte(`{}`))
		f.Add([]byte(`null`), text)
	}
	b := newBench(f, nil)
	n := 0
	f.Fuzz(func(t *testing.T, id, subject []byte) {
		n++
		var top, inner any
		if json.Unmarshal(id, &top) != nil || json.Unmarshal(subject, &inner) != nil {
			return
		}
		res := b.event(b.sign(t, eventHeader, with(eventClaims, object{"jti": time.Unix(int64(n), 0).String(), "sub_id": top, "events": object{revoked: object{"subject": inner}}})))
		got := b.take()
		if len(got) > 1 || (len(got) == 1) != (res.StatusCode == 202) || res.StatusCode != 202 && res.StatusCode != 400 {
			t.Errorf("status %d, revoked %+v", res.StatusCode, got)
		}
		for _, r := range got {
			if names := strings.Count(r.User+"\x00"+r.Session+"\x00"+r.Token, "\x00"); names < 2 || r.All || r.User == "" && r.Session == "" && r.Token == "" {
				t.Errorf("revoked %+v", r)
			}
		}
	})
}
