// Package claims turns the claims of a credential into a [guard.Identity]. All
// sign-in adapters use it, so that a claim means the same whoever judged the
// credential.
//
// It judges form, not truth: whether the credential holds is for the adapter
// to decide before the claims get here. No error of this package holds any
// part of a claim, only what is wrong with it.
package claims

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wswarden/wswarden/guard"
)

// Bounds of what an identity may hold. Claims beyond them are refused, never
// cut: a shortened list of roles is another list of roles.
const (
	// MaxText is the longest user, name, session, token or role, in bytes.
	MaxText = 256
	// MaxRoles is the largest number of roles.
	MaxRoles = 256
	// MaxRolesText is the largest sum of the lengths of all roles, in bytes.
	MaxRolesText = 8 << 10
)

// Names says which claim holds what. An empty name takes the default that its
// comment gives. A name is first looked for as it stands, which suits names
// that are URLs ("https://example.com/roles"), then as a path of nested
// objects separated by dots ("realm_access.roles").
type Names struct {
	// User is the stable name of the account; default "sub". The claim must be
	// there.
	User string
	// Name is what other people may read; default "name".
	Name string
	// Roles is an array of strings, or one string with spaces or commas between
	// the roles; default "roles".
	Roles string
	// Session names the sign-in; default "sid".
	Session string
	// Token names the credential; default "jti".
	Token string
}

// WithDefaults returns n with the empty names filled in.
func (n Names) WithDefaults() Names {
	fill := func(name *string, value string) {
		if *name == "" {
			*name = value
		}
	}
	fill(&n.User, "sub")
	fill(&n.Name, "name")
	fill(&n.Roles, "roles")
	fill(&n.Session, "sid")
	fill(&n.Token, "jti")
	return n
}

// Validate reports every name that can't be looked for.
func (n Names) Validate() error {
	n = n.WithDefaults()
	var problems []error
	for _, field := range []struct{ key, name string }{
		{"user", n.User}, {"name", n.Name}, {"roles", n.Roles}, {"session", n.Session}, {"token", n.Token},
	} {
		if fault := textFault(field.name); fault != "" {
			problems = append(problems, fmt.Errorf("claims.%s: %s", field.key, fault))
		}
	}
	return errors.Join(problems...)
}

// Identity returns who the claims in all describe; all becomes its Claims. The
// claim "exp", if there is one, becomes its Expires. Authenticated is the claim
// "auth_time" (OpenID Connect Core 1.0 section 2), else "iat"; where neither
// holds a time it is zero, which counts as long ago.
//
// The user must be a non-empty string. Other claims may be absent or null, but
// one that is there must have the right form. Text with control characters,
// with characters that reverse the order of text on a screen, or with spaces
// at its ends is refused: the first two forge lines of logs, the last is
// trimmed by whoever reads it from a header, and " admin" becomes "admin".
// Spaces around a display name are dropped.
func (n Names) Identity(all map[string]any) (*guard.Identity, error) {
	n = n.WithDefaults()
	id := &guard.Identity{Claims: all}
	var err error
	if id.User, err = text(lookup(all, n.User), "user"); err != nil {
		return nil, err
	}
	if id.User == "" {
		return nil, errors.New("user claim missing")
	}
	if id.Name, err = text(trimmed(lookup(all, n.Name)), "name"); err != nil {
		return nil, err
	}
	if id.Session, err = text(lookup(all, n.Session), "session"); err != nil {
		return nil, err
	}
	if id.Token, err = text(lookup(all, n.Token), "token"); err != nil {
		return nil, err
	}
	if id.Roles, err = roles(lookup(all, n.Roles)); err != nil {
		return nil, err
	}
	id.Expires, _, err = Time(all, "exp")
	if err != nil {
		return nil, err
	}
	id.Authenticated = authenticated(all)
	return id, nil
}

// authenticated prefers when the user signed in to when the credential was
// issued: one that was renewed without the user is no newer sign-in.
func authenticated(all map[string]any) time.Time {
	for _, name := range []string{"auth_time", "iat"} {
		if at, ok, err := Time(all, name); ok && err == nil {
			return at
		}
	}
	return time.Time{}
}

// latest is the last second of the year 9999: a claim beyond it is most often
// in milliseconds, and time.Time can't be written as JSON there.
const latest = 253402300799

// Time returns a claim that holds seconds since 1970 (NumericDate, RFC 7519
// section 2) and whether there is one. A claim that is null counts as absent.
// Fractions of a second are cut off.
func Time(all map[string]any, name string) (at time.Time, ok bool, err error) {
	var seconds int64
	switch v := all[name].(type) {
	case nil:
		return time.Time{}, false, nil
	case int64:
		seconds = v
	case float64:
		// The comparison fails for NaN too, and keeps the conversion defined.
		if !(v >= 0 && v <= latest) {
			return time.Time{}, false, fmt.Errorf("%s claim out of range", name)
		}
		seconds = int64(v)
	default:
		return time.Time{}, false, fmt.Errorf("%s claim not a number", name)
	}
	if seconds < 0 || seconds > latest {
		return time.Time{}, false, fmt.Errorf("%s claim out of range", name)
	}
	return time.Unix(seconds, 0), true, nil
}

// Text returns the claim of that name, found as those of [Names] are; empty if it is
// no string.
func Text(all map[string]any, name string) string {
	s, _ := lookup(all, name).(string)
	return s
}

// lookup finds a claim by its name, then by its path.
func lookup(all map[string]any, name string) any {
	if value, ok := all[name]; ok {
		return value
	}
	for {
		step, rest, nested := strings.Cut(name, ".")
		value := all[step]
		if !nested {
			return value
		}
		inner, ok := value.(map[string]any)
		if !ok {
			return nil
		}
		all, name = inner, rest
	}
}
