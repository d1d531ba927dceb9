package claims_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/wswarden/wswarden/guard/claims"
)

type object = map[string]any

// list returns n different roles of size bytes.
func list(n, size int) []any {
	roles := make([]any, n)
	for i := range roles {
		roles[i] = strings.Repeat("r", size-2) + string(rune('A'+i%26)) + string(rune('a'+i/26))
	}
	return roles
}

func TestIdentity(t *testing.T) {
	all := object{
		"sub": "u1", "name": " Ada Lovelace ", "roles": []any{"pro", "trader", "pro"}, "sid": "s1", "jti": "t1",
		"exp": int64(1_800_000_000), "email": "ada@example.com",
	}
	id, err := claims.Names{}.Identity(all)
	if err != nil {
		t.Fatalf("Identity: %v", err)
	}
	if id.User != "u1" || id.Name != "Ada Lovelace" || id.Session != "s1" || id.Token != "t1" {
		t.Errorf("identity %+v does not hold what the claims say", id)
	}
	if want := []string{"pro", "trader"}; !reflect.DeepEqual(id.Roles, want) {
		t.Errorf("roles %q, want %q", id.Roles, want)
	}
	if want := time.Unix(1_800_000_000, 0); !id.Expires.Equal(want) {
		t.Errorf("expires %v, want %v", id.Expires, want)
	}
	if !reflect.DeepEqual(id.Claims, all) {
		t.Errorf("claims %v, want %v", id.Claims, all)
	}
}

func TestIdentityOfTheUserAlone(t *testing.T) {
	for name, all := range map[string]object{
		"absent": {"sub": "u1"},
		"null":   {"sub": "u1", "name": nil, "roles": nil, "sid": nil, "jti": nil, "exp": nil},
		"empty":  {"sub": "u1", "name": "", "roles": "", "sid": "", "jti": ""},
	} {
		t.Run(name, func(t *testing.T) {
			id, err := claims.Names{}.Identity(all)
			if err != nil {
				t.Fatalf("Identity: %v", err)
			}
			if id.Name != "" || len(id.Roles) != 0 || id.Session != "" || id.Token != "" || !id.Expires.IsZero() {
				t.Errorf("identity %+v, want the user alone", id)
			}
		})
	}
}

func TestAuthenticated(t *testing.T) {
	for _, tc := range []struct {
		name   string
		claims object
		want   int64 // 0: unknown
	}{
		{"nothing said", object{}, 0},
		{"issued", object{"iat": int64(1000)}, 1000},
		{"signed in before it was issued", object{"iat": int64(1000), "auth_time": int64(900)}, 900},
		{"signed in", object{"auth_time": 900.9}, 900},
		{"null", object{"iat": nil, "auth_time": nil}, 0},
		{"not a time", object{"iat": "2026-01-01T00:00:00Z"}, 0},
		{"one not a time", object{"iat": int64(1000), "auth_time": "yesterday"}, 1000},
		{"beyond time", object{"iat": int64(1) << 60}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.claims["sub"] = "u1"
			id, err := claims.Names{}.Identity(tc.claims)
			if err != nil {
				t.Fatal(err)
			}
			if want := time.Unix(tc.want, 0); tc.want == 0 && !id.Authenticated.IsZero() || tc.want != 0 && !id.Authenticated.Equal(want) {
				t.Errorf("authenticated %v, want %d", id.Authenticated, tc.want)
			}
		})
	}
}

func TestIdentityRefuses(t *testing.T) {
	long := strings.Repeat("x", claims.MaxText+1)
	for _, tc := range []struct {
		name string
		edit object
		want string
	}{
		{"no user", object{"sub": nil}, "user claim missing"},
		{"empty user", object{"sub": ""}, "user claim missing"},
		{"user a number", object{"sub": int64(7)}, "user claim not a string"},
		{"user a list", object{"sub": []any{"u"}}, "user claim not a string"},
		{"user an object", object{"sub": object{"id": "u"}}, "user claim not a string"},
		{"user true", object{"sub": true}, "user claim not a string"},
		{"user too long", object{"sub": long}, "user claim longer than 256 bytes"},
		{"user with a line break", object{"sub": "u\nadmin"}, "user claim has a control character"},
		{"user with NUL", object{"sub": "admin\x00"}, "user claim has a control character"},
		{"user with DEL", object{"sub": "admin\x7f"}, "user claim has a control character"},
		{"user with C1", object{"sub": "admin\u0085"}, "user claim has a control character"},
		{"user with a line separator", object{"sub": "u\u2028admin"}, "user claim has a control character"},
		{"user in reverse", object{"sub": "\u202enimda"}, "user claim has a control character"},
		{"user isolated", object{"sub": "\u2066u\u2069"}, "user claim has a control character"},
		{"user of half a character", object{"sub": "u\ufffd"}, "user claim has a control character"},
		{"user of invalid UTF-8", object{"sub": "u\xff"}, "user claim not valid UTF-8"},
		{"user with a space in front", object{"sub": " admin"}, "user claim begins or ends with a space"},
		{"user with a space behind", object{"sub": "admin "}, "user claim begins or ends with a space"},
		{"user with a wide space", object{"sub": "admin\u3000"}, "user claim begins or ends with a space"},
		{"user of a space", object{"sub": " "}, "user claim begins or ends with a space"},
		{"name too long", object{"name": long}, "name claim longer than 256 bytes"},
		{"name a number", object{"name": 1.5}, "name claim not a string"},
		{"name with a line break", object{"name": "Ada\r\nSet-Cookie: x"}, "name claim has a control character"},
		{"session a number", object{"sid": int64(1)}, "session claim not a string"},
		{"session with a tab", object{"sid": "a\tb"}, "session claim has a control character"},
		{"token too long", object{"jti": long}, "token claim longer than 256 bytes"},
		{"roles a number", object{"roles": int64(1)}, "roles claim not an array of strings"},
		{"roles an object", object{"roles": object{"admin": true}}, "roles claim not an array of strings"},
		{"roles with a number", object{"roles": []any{"a", int64(1)}}, "roles claim not an array of strings"},
		{"roles with null", object{"roles": []any{"a", nil}}, "roles claim not an array of strings"},
		{"roles within roles", object{"roles": []any{[]any{"a"}}}, "roles claim not an array of strings"},
		{"an empty role", object{"roles": []any{"a", ""}}, "roles claim has an empty role"},
		{"a long role", object{"roles": []any{long}}, "roles claim longer than 256 bytes"},
		{"a role with a line break", object{"roles": "a\nb"}, "roles claim has a control character"},
		{"too many roles", object{"roles": list(claims.MaxRoles+1, 3)}, "roles claim has more than 256 roles"},
		{"too many roles in a string", object{"roles": strings.Repeat("r ", claims.MaxRoles+1)}, "roles claim has more than 256 roles"},
		{"too much of roles", object{"roles": list(50, 200)}, "roles claim longer than 8192 bytes"},
		{"expiry a string", object{"exp": "1800000000"}, "exp claim not a number"},
		{"expiry in milliseconds", object{"exp": int64(1_800_000_000_000)}, "exp claim out of range"},
		{"expiry negative", object{"exp": int64(-1)}, "exp claim out of range"},
		{"expiry beyond all numbers", object{"exp": 1e300}, "exp claim out of range"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			all := object{"sub": "u1"}
			for name, value := range tc.edit {
				all[name] = value
			}
			id, err := claims.Names{}.Identity(all)
			if id != nil || err == nil || err.Error() != tc.want {
				t.Errorf("Identity(%v): %+v, %v; want %q", tc.edit, id, err, tc.want)
			}
		})
	}
}

func TestGreatestIdentity(t *testing.T) {
	id, err := claims.Names{}.Identity(object{
		"sub": strings.Repeat("u", claims.MaxText), "roles": list(claims.MaxRoles, claims.MaxRolesText/claims.MaxRoles),
		"exp": int64(253402300799),
	})
	if err != nil {
		t.Fatalf("Identity: %v", err)
	}
	if len(id.Roles) != claims.MaxRoles {
		t.Errorf("%d roles, want %d", len(id.Roles), claims.MaxRoles)
	}
}

func TestTextThatIsFit(t *testing.T) {
	for _, user := range []string{"auth0|5f7c8ec7c33c6c004bbafe82", "ada@example.com", "DOMAIN\\ada", "Ada L", "Žofie", "李", "नमस्ते", "👩‍💻"} {
		id, err := claims.Names{}.Identity(object{"sub": user})
		if err != nil || id.User != user {
			t.Errorf("Identity of %q: %v", user, err)
		}
	}
}

func TestRolesForms(t *testing.T) {
	for _, tc := range []struct {
		roles any
		want  []string
	}{
		{"admin", []string{"admin"}},
		{"read write", []string{"read", "write"}},
		{"read,write", []string{"read", "write"}},
		{" read,  write , ", []string{"read", "write"}},
		{[]any{"Domain Admins", "cn=ops,dc=example"}, []string{"Domain Admins", "cn=ops,dc=example"}},
		{[]any{}, []string{}},
	} {
		id, err := claims.Names{}.Identity(object{"sub": "u", "roles": tc.roles})
		if err != nil || len(id.Roles)+len(tc.want) > 0 && !reflect.DeepEqual(id.Roles, tc.want) {
			t.Errorf("roles %v: %q, %v; want %q", tc.roles, id.Roles, err, tc.want)
		}
	}
}

func TestNames(t *testing.T) {
	all := object{
		"sub":                       "wrong",
		"account":                   object{"id": "u1", "a.b": "x"},
		"https://example.com/roles": []any{"pro"},
		"a.b":                       "literal",
		"a":                         object{"b": "path"},
		"text":                      "no object",
	}
	for _, tc := range []struct {
		names claims.Names
		want  string // the user, empty if missing
	}{
		{claims.Names{User: "account.id"}, "u1"},
		{claims.Names{User: "a.b"}, "literal"},
		{claims.Names{User: "account.none"}, ""},
		{claims.Names{User: "account.id.more"}, ""},
		{claims.Names{User: "text.id"}, ""},
		{claims.Names{User: "none.id"}, ""},
		{claims.Names{User: "account."}, ""},
		{claims.Names{User: ".account"}, ""},
	} {
		id, err := tc.names.Identity(all)
		switch {
		case tc.want == "" && (err == nil || err.Error() != "user claim missing"):
			t.Errorf("user %q: %+v, %v; want it missing", tc.names.User, id, err)
		case tc.want != "" && (err != nil || id.User != tc.want):
			t.Errorf("user %q: %+v, %v; want %q", tc.names.User, id, err, tc.want)
		}
	}
	id, err := claims.Names{User: "account.id", Roles: "https://example.com/roles"}.Identity(all)
	if err != nil || !id.HasRole("pro") {
		t.Errorf("roles of a name that is a URL: %+v, %v", id, err)
	}
}

func TestNamesWithDefaults(t *testing.T) {
	want := claims.Names{User: "sub", Name: "name", Roles: "groups", Session: "sid", Token: "jti"}
	if got := (claims.Names{Roles: "groups"}).WithDefaults(); got != want {
		t.Errorf("WithDefaults: %+v, want %+v", got, want)
	}
}

func TestNamesValidate(t *testing.T) {
	if err := (claims.Names{}).Validate(); err != nil {
		t.Errorf("Validate of the defaults: %v", err)
	}
	err := claims.Names{User: "a\nb", Token: strings.Repeat("x", 257)}.Validate()
	for _, want := range []string{"claims.user", "claims.token"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate: %v, want it to name %s", err, want)
		}
	}
}
